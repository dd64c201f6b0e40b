"""The exporter's page: a shipment in, its duty and every part of it out, on one page with a permanent address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from marshmallow import ValidationError

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_schedule
from tariffcalc.law.measure import InTransit
from tariffcalc.rates import Rate
from tariffcalc.shipments import MODES
from tariffcalc.web.pages import lines, locale, words
from tariffcalc.web.pages.answer import Answer, answer_of
from tariffcalc.web.pages.charts_rate import SIZES
from tariffcalc.web.pages.contents import Box, Shares, boxes, contents_of, shares_of
from tariffcalc.web.pages.faults import faults_of
from tariffcalc.web.pages.formulas import Formula, for_cell
from tariffcalc.web.pages.headline import headline
from tariffcalc.web.pages.locale import say
from tariffcalc.web.pages.measured import misfit, own_unit, unmeasured
from tariffcalc.web.pages.places import importer_names, origin_name, origin_names, origin_of
from tariffcalc.web.pages.question import (
    FIELDS,
    QUERY,
    SHARE,
    Question,
    code_of,
    first_day,
    is_words,
    programmes,
    query_of,
    question_of,
)

OWN = (*FIELDS, "lang", "share")
IN_HISTORY = ("product", "origin", "importer", "claim", "ave", "share")

blueprint = Blueprint("pages", __name__)


@dataclass
class Page:
    """What the page shows: what was typed, what is wrong with it, lines to choose from, the answer.

    ``unknown`` are names in the address that the form does not use: it says so. ``transit``: rules for goods already
    on their way, where the day of loading matters.
    """

    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    total: int = 0
    matches: list[lines.Match] = field(default_factory=list)
    question: Question | None = None
    answer: Answer | None = None
    transit: list[InTransit] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    shares: Shares = field(default_factory=Shares)
    boxes: list[Box] = field(default_factory=list)

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, without what was left empty."""
        shares = {"share": self.shares.asked} if self.shares.asked else {}
        return {**{name: text for name, text in self.typed.items() if text}, **shares}

    @property
    def query(self) -> dict[str, Any]:
        """The question as a query string has it: once it has an answer, with codes in place of names."""
        return self.question.address if self.question else self.given

    @property
    def history(self) -> dict[str, Any]:
        """What the API's history takes of the question."""
        return {name: text for name, text in self.query.items() if name in IN_HISTORY}

    @property
    def by_quantity(self) -> bool:
        """Whether the boxes of quantity are wanted."""
        names = ("quantity", "unit")
        return any(self.typed[name] or name in self.faults or name in self.notices for name in names)


@blueprint.get("/")
def form() -> Response:
    """The form, and with a shipment in the address its duty."""
    typed = {name: request.args.get(name, "").strip() for name in FIELDS}
    asked = any(typed[name] for name in FIELDS if name != "importer")
    shares = shares_of(request.args)
    page = asked_page(typed, shares) if asked else Page({**typed, "origin": origin_name("CAN"), "date": today()})
    page.typed["importer"] = page.typed["importer"] or "USA"
    if not page.boxes and page.shares.percents and page.typed["importer"] in importer_names():
        page.boxes = boxes(read_schedule(page.typed["importer"]), page.shares.percents, {})
    page.unknown = sorted(name for name in set(request.args) - set(OWN) if not name.startswith(SHARE))
    html = render_template("form.html", page=page, asked=asked, w=words, **surroundings(page, asked=asked))
    answer = make_response(html, 422 if page.faults else 200)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Content-Language"] = locale.current().language
    answer.vary.add("Accept-Language")
    return answer


def surroundings(page: Page, *, asked: bool) -> dict[str, Any]:
    """What the template needs beside the page itself."""
    lang = {"lang": request.args["lang"]} if request.args.get("lang") in locale.LANGUAGES else {}
    claims = programme_choices(page)
    drawn = {"ave": "1"} if page.answer and page.answer.averaged else {}
    return {
        "countries": origin_names(),
        "importers": importer_names(),
        "modes": MODES,
        "programmes": claims,
        "claim_names": {"": say("Nothing claimed"), **{one["name"]: one["title"] for one in claims}},
        "rate_address": lambda suffix: _chart(suffix, {**page.query, **drawn, **lang}),
        "sizes": SIZES,
        "most_lines": lines.MOST,
        "examples": () if asked else examples(),
        "headline": headline(),
        "origin_name": origin_name,
        "lang": lang,
        "formulas": formulas(page),
    }


def _chart(suffix: str, query: Mapping[str, str]) -> str:
    """The address of the picture of the rate through time."""
    name = "chart_csv" if suffix == "csv" else "chart"
    told: dict[str, Any] = dict(query) if suffix == "csv" else {**query, "suffix": suffix}
    return url_for(f"rate_charts.{name}", **told)


def today() -> str:
    """Today's day: only where the form first offers one."""
    return datetime.now(tz=UTC).date().isoformat()


def asked_page(typed: dict[str, str], shares: Shares) -> Page:
    """The answer to what was typed, or what stands in its way."""
    page = Page(typed, shares=shares)
    if shares.fault:
        page.faults["share"] = shares.fault
    given = {name: text for name, text in typed.items() if text}
    if "origin" in given:
        given["origin"] = origin_of(given["origin"])
    if "product" in given:
        given["product"] = code_of(given["product"])
    if is_words(given.get("product", "")):
        given.pop("product")
        look_up(page, typed["product"])
    try:
        known = QUERY.load({**query_of(given), "share": shares.asked})
    except ValidationError as error:
        blame(page, error, given | ({"share": ", ".join(shares.asked)} if shares.asked else {}))
        return page
    if not page.faults and not page.matches:
        answer(page, question_of(known, given))
    return page


def blame(page: Page, error: ValidationError, given: Mapping[str, str]) -> None:
    """Say beside each entry what is wrong with it; near an unknown code, show its neighbours."""
    shown = {name: page.typed.get(name, "") for name in given}
    found = faults_of(error, shown)
    if page.matches:
        found.pop("product", None)
    page.faults = {name: text for name in (*FIELDS, "share") if (text := {**found, **page.faults}.get(name))}
    if "product" in page.faults and "product" in given:
        digits = given["product"].replace(".", "").replace(" ", "")
        if digits[:4].isdigit():
            page.total, page.matches = lines.matches(digits[:4], given.get("importer", "USA"), lines.ALL)


def look_up(page: Page, text: str) -> None:
    """Lines of the tariff that the words may mean."""
    page.total, page.matches = lines.matches(text, page.typed["importer"] or "USA", lines.ALL)
    if not page.matches:
        said = say("No line of the tariff has the words “%(text)s”. Try fewer or other words, or a code.", text=text)
        page.faults["product"] = said


def answer(page: Page, question: Question) -> None:
    """Put the duty on the page."""
    if question.date < (first := first_day(question.law)):
        page.faults["date"] = say("No law of that day is held, only from %(day)s on.", day=words.long_day(first))
        return
    try:
        found = question.rate()
        if page.typed["quantity"] and not page.typed["unit"] and (unit := own_unit(found)):
            page.typed["unit"] = unit
            page.notices["unit"] = say("Taken in %(unit)s, the unit of this duty.", unit=unit)
            question = question.measured_in(unit)
            found = question.rate()
        if page.typed["quantity"] and (fault := misfit(found, page.typed["unit"])):
            page.faults["unit"] = fault
            return
        page.answer = answer_of(question, found)
    except TariffcalcError as error:
        page.faults["product"] = words.sentence(error.message)
        return
    page.question = question
    page.transit = question.transit_rules(found)
    page.boxes = boxes(question.law, page.shares.percents, contents_of(found))
    if len(question.product) < 10 and question.importer == "USA":
        page.total, page.matches = lines.matches(question.product, question.importer, lines.ALL)
    notice(page, found)


def notice(page: Page, found: Rate) -> None:
    """Say beside the entries what the answer still needs."""
    if charged := words.charged_by_quantity(found):
        printed, unit = charged
        page.notices["quantity"] = say(
            "This duty is charged by quantity (%(duty)s): enter how much, and the unit.", duty=printed
        )
        if unit and not page.typed["unit"]:
            page.typed["unit"] = next(iter(unmeasured(found)), unit)
        if not page.typed["value"]:
            page.notices["value"] = say("Enter the value too: the rate is the duty as a share of it.")
    elif page.typed["quantity"] and not page.typed["unit"]:
        page.notices["unit"] = say("Enter the unit of the quantity, such as kg.")


def programme_choices(page: Page) -> list[dict[str, Any]]:
    """The programmes that may be claimed, each with the origins whose goods may; those of the origin are shown."""
    question = page.question
    importer, day = (question.importer, question.date) if question else ("USA", datetime.now(tz=UTC).date())
    origin = question.origin if question else origin_of(page.typed["origin"])
    chosen = page.typed["claim"].lower()
    told = {one.name for one in page.answer.claims} if page.answer else None
    return [
        {
            "name": fact.name,
            "title": say("USMCA") if fact.title == "USMCA claimed" else fact.title.removesuffix(" claimed"),
            "origins": " ".join(sorted(origins)),
            "shown": origin in origins and (told is None or fact.name in told),
            "chosen": chosen == fact.name or chosen.upper() in fact.symbols,
        }
        for fact, origins in programmes(importer, day)
    ]


def formulas(page: Page) -> list[Formula]:
    """How to ask the same from a cell of a spreadsheet."""
    if page.question is None:
        return []
    asked = page.question.address
    pairs = [(name, one) for name, text in asked.items() for one in (text if isinstance(text, list) else [text])]
    return for_cell(request.host_url.rstrip("/"), pairs)


def examples() -> list[tuple[str, dict[str, str]]]:
    """Questions to begin with."""
    loader = {"product": "8429511050", "origin": "MEX", "date": "2025-04-10", "value": "10000"}
    return [
        (say("Canadian crude oil, March 2025"), {"product": "2709002010", "origin": "CAN", "date": "2025-03-05"}),
        (say("Canadian steel sheet, June 2025"), {"product": "7208101500", "origin": "CAN", "date": "2025-06-05"}),
        (say("Mexican loaders without USMCA"), loader),
        (say("The same with USMCA"), {**loader, "claim": "usmca"}),
    ]
