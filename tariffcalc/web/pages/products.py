"""``/products/{code}``: a line of the tariff of the United States: base duty, trade, what each origin pays."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_schedule
from tariffcalc.shipments import describe_product, product_code, product_of
from tariffcalc.sources import trade_facts
from tariffcalc.sources.countries import country_code, country_names
from tariffcalc.web.pages.charts_rate import SIZES
from tariffcalc.web.pages.lawfind import HOME, day_asked
from tariffcalc.web.pages.lines import Match, matches
from tariffcalc.web.pages.places import origin_names
from tariffcalc.web.pages.traded import below, small_money, trade_of
from tariffcalc.web.pages.treatment import base_duties, treatments
from tariffcalc.web.pages.words import dotted, headings, long_day, sentence

TOP = 12
"""Origins named in the table of trade, and in a group of origins before the rest is folded."""

blueprint = Blueprint("products_pages", __name__)


@blueprint.get("/products")
def find() -> Answer:
    """Lines of the tariff by words or a code; a code that is known leads to its page."""
    text = request.args.get("q", "").strip()
    try:
        if text and not any(sign.isalpha() for sign in text):
            product_of(text)
            return redirect(url_for("products_pages.show", code=product_code(text)))
    except TariffcalcError as error:
        return _found(text, _said(error))
    return _found(text, "")


def _said(error: TariffcalcError) -> str:
    """What is wrong, and what to do."""
    return " ".join(sentence(one) for one in (error.message, error.hint) if one)


def _found(text: str, fault: str, status: int = 422) -> Response:
    """The search with what it found; ``status`` where something is at fault."""
    total, found = matches(text, HOME) if any(sign.isalnum() for sign in text) else (0, list[Match]())
    if text and not found and not fault:
        fault = f"No line of the tariff has the words “{text}”. Try fewer or other words, or a code."
    page = render_template("products.html", text=text, fault=fault, total=total, found=found)
    return make_response(page, status if fault else 200)


@blueprint.get("/products/<code>")
def show(code: str) -> Answer:
    """One line, or a heading with the lines below it. An unknown code is told, with its neighbours, as 404."""
    try:
        line, given = product_of(product_of(code)), product_code(code)  # the line of a heading must be held too
    except TariffcalcError as error:
        return _found(code, _said(error), 404)
    if given != code:
        return redirect(
            url_for("products_pages.show", code=given, on=request.args.get("on"), origin=request.args.get("origin")),
            308,
        )
    day, fault = day_asked()
    law, trade = read_schedule(HOME), trade_of(given)
    origin, odd = origin_asked(trade)
    bases = base_duties(law, line, day)
    page = render_template(
        "product.html",
        code=given,
        printed=dotted(given),
        line=line,
        words=headings(describe_product(given)) if len(given) > 2 else (trade_facts.read_sectors("hs2").names[given],),
        above=[given[:length] for length in (2, 4, 6, 8) if length < len(given) and known(given[:length])],
        dotted=dotted,
        unit=trade_facts.descriptions().get(line, ("", "", ""))[2],
        day=day,
        told=long_day(day),
        known_until=law.law_known_until,
        faults={name: text for name, text in (("on", fault), ("origin", odd)) if text},
        typed={name: request.args.get(name, "") for name in ("on", "origin")},
        bases=bases[:2],
        programmes=[one for one in bases[2:] if one.rate],
        treatments=treatments(law, line, day, dict(trade)),
        trade=shown_trade(trade),
        origin=origin,
        origin_name=country_names().get(origin, origin),
        countries=origin_names(),
        lines=below(given),
        money=small_money,
        sizes=SIZES,
    )
    return make_response(page, 422 if fault or odd else 200)


def known(code: str) -> bool:
    """Whether a shorter code has a page of its own: chapters, and what the tariff has words for."""
    return len(code) == 2 or code in trade_facts.descriptions()


def origin_asked(trade: Iterable[tuple[str, float]]) -> tuple[str, str]:
    """The origin whose rate is drawn: the one in the address, else the most traded; and what is wrong with it."""
    text = request.args.get("origin", "").strip()
    usual = next((code for code, _ in trade), "CAN")
    try:
        return (country_code(text) if text else usual), ""
    except TariffcalcError as error:
        return usual, _said(error)


def shown_trade(trade: list[tuple[str, float]]) -> list[tuple[str, str, str]]:
    """The largest origins with value and share, the rest as one."""
    whole = sum(value for _, value in trade)
    names = country_names()
    rows = [(names.get(code, code), value) for code, value in trade[:TOP]]
    if rest := trade[TOP:]:
        rows.append((f"{len(rest)} other origins", sum(value for _, value in rest)))
    if whole:
        rows.append(("All origins", whole))
    return [(name, small_money(value), f"{value / whole:.1%}") for name, value in rows if whole]
