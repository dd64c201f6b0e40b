"""The form: a shipment in, its duty and every part of it out, on one page with a permanent address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from tariffcalc.errors import TariffcalcError
from tariffcalc.rates import Rate, rate
from tariffcalc.sources.countries import country_names
from tariffcalc.web.api.parser import entries_of
from tariffcalc.web.api.queries import RateQuery
from tariffcalc.web.pages.headline import headline
from tariffcalc.web.pages.words import Answer, answer_of, charged_by_quantity, dotted, sentence
from tariffcalc.web.search import Line, search

FIELDS = ("product", "origin", "date", "value", "quantity", "unit", "claim", "ave")
MOST_MATCHES = 15
MISSING = {
    "product": "Enter a code of the tariff, or a few words such as “front-end loader”.",
    "origin": "Enter the country where the product was made.",
    "date": "Enter the day of entry: the rate depends on it.",
}
EXAMPLES = (
    ("Canadian crude oil, March 2025", {"product": "2709002010", "origin": "Canada", "date": "2025-03-05"}),
    ("Canadian steel sheet, June 2025", {"product": "7208101500", "origin": "Canada", "date": "2025-06-05"}),
    ("Mexican loaders without USMCA", {"product": "8429511050", "origin": "Mexico", "date": "2025-04-10"}),
    ("The same with USMCA", {"product": "8429511050", "origin": "Mexico", "date": "2025-04-10", "claim": "usmca"}),
)
_THOUSANDS = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]*)?")
_RATE_QUERY = RateQuery()

blueprint = Blueprint("pages", __name__)


@dataclass
class Page:
    """What the form shows: what was typed, what is wrong with it, lines to choose from, the answer.

    ``unknown`` are names in the address that the form does not use: it says so.
    """

    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    total: int = 0
    matches: list[Line] = field(default_factory=list)
    answer: Answer | None = None
    query: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


@blueprint.get("/")
def form() -> Response:
    """The form, and with a shipment in the address its duty."""
    typed = {name: request.args.get(name, "").strip() for name in FIELDS}
    asked = any(typed.values())
    page = asked_page(typed) if asked else Page({**typed, "origin": "Canada", "date": today()})
    page.unknown = sorted(set(request.args) - set(FIELDS))
    html = render_template(
        "form.html",
        page=page,
        asked=asked,
        countries=sorted(set(country_names().values())),
        examples=EXAMPLES,
        headline=headline(),
        dotted=dotted,
    )
    answer = make_response(html, 422 if page.faults else 200)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def today() -> str:
    """Today's day: only where the form first offers one."""
    return datetime.now(tz=UTC).date().isoformat()


def asked_page(typed: dict[str, str]) -> Page:
    """The answer to what was typed, or what stands in its way."""
    page = Page(typed)
    given = {name: text for name, text in typed.items() if text}
    if is_words(typed["product"]):
        given.pop("product")
        look_up(page, typed["product"])
    try:
        known = _RATE_QUERY.load(query_of(given))
    except ValidationError as error:
        blame(page, error, given)
        return page
    if not page.faults and not page.matches:
        answer(page, known, given)
    return page


def query_of(given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as the API would be asked; dollars may have a sign and commas."""
    query: dict[str, Any] = dict(given)
    for name in ("value", "quantity"):
        if name in query and (match := _THOUSANDS.fullmatch(query[name])):
            query[name] = match[1].replace(",", "") + (match[2] or "")
    return {**query, "product": [query["product"]] if "product" in query else [], "origin": [query.get("origin", "")]}


def blame(page: Page, error: ValidationError, given: Mapping[str, str]) -> None:
    """Say beside each entry what is wrong with it; near an unknown code, show its neighbours."""
    for one in entries_of(error.messages, _RATE_QUERY):
        name = re.split(r"[\[.]", one.get("path", "product"))[0]
        if name == "product" and page.matches:
            continue
        said = " ".join(sentence(one[key]) for key in ("message", "hint") if key in one)
        page.faults.setdefault(name, MISSING[name] if name in MISSING and name not in given else said)
    if "product" in page.faults and "product" in given:
        digits = given["product"].replace(".", "").replace(" ", "")
        page.total, page.matches = search(digits[:4], MOST_MATCHES) if digits[:4].isdigit() else (0, [])


def look_up(page: Page, words: str) -> None:
    """Lines of the tariff that the words may mean."""
    page.total, page.matches = search(words, MOST_MATCHES)
    if not page.matches:
        page.faults["product"] = f"No line of the tariff has the words “{words}”. Try fewer or other words, or a code."


def is_words(text: str) -> bool:
    """Whether the product box holds words and not a code."""
    return any(sign.isalpha() for sign in text)


def answer(page: Page, known: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """Put the duty on the page."""
    wanted: dict[str, Any] = {name: known.get(name) for name in ("claim", "value", "quantity", "unit", "ave")}
    try:
        found = rate(known["product"][0], known["origin"][0], known["date"], **wanted)
        page.answer = answer_of(found, known.get("claim"))
    except TariffcalcError as error:
        page.faults["product"] = error.message
        return
    page.query = {**query_of(given), "product": found.product, "origin": found.origin}
    if len(found.product) < 10:
        page.total, page.matches = search(found.product, MOST_MATCHES)
    notice(page, found)


def notice(page: Page, found: Rate) -> None:
    """Say beside the entries what the answer still needs."""
    if charged := charged_by_quantity(found):
        printed, unit = charged
        page.notices["quantity"] = f"This duty is charged by quantity ({printed}): enter how much, and the unit."
        if unit and not page.typed["unit"]:
            page.typed["unit"] = unit
        if not page.typed["value"]:
            page.notices["value"] = "Enter the value too: the rate is the duty as a share of it."
    elif page.typed["quantity"] and not page.typed["unit"]:
        page.notices["unit"] = "Enter the unit of the quantity, such as kg."
