"""``/law``: the measures, to be searched and read one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_schedule
from tariffcalc.law.measure import Measure
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawview import measures
from tariffcalc.web.api.parser import entries_of
from tariffcalc.web.api.queries import MeasuresQuery
from tariffcalc.web.pages import lawwords
from tariffcalc.web.pages.lawfind import HOME, law_with, named, today
from tariffcalc.web.pages.lawwords import Standing
from tariffcalc.web.pages.measure import measure_page
from tariffcalc.web.pages.places import importer_names, origin_names
from tariffcalc.web.pages.words import long_day, sentence
from tariffcalc.web.problems import ProblemError

FILTERS = ("importer", "q", "authority", "origin", "product", "on")
_QUERY = MeasuresQuery()

blueprint = Blueprint("law_pages", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A measure in the list: itself and what it is on the day asked for."""

    measure: Measure
    now: Standing


@dataclass
class Asked:
    """What the filters say, what is wrong with them, what they let through by authority."""

    typed: dict[str, str]
    law: Schedule
    day: date
    faults: dict[str, str] = field(default_factory=dict)
    groups: list[tuple[str, list[Row]]] = field(default_factory=list)
    total: int = 0


@blueprint.get("/law")
def browse() -> Response:
    """The measures that the filters let through."""
    asked = ask({name: request.args.get(name, "").strip() for name in FILTERS})
    return listed(asked, 422 if asked.faults else 200)


def listed(asked: Asked, status: int) -> Response:
    """The page of the list."""
    page = render_template(
        "law.html",
        asked=asked,
        named=named(asked.law),
        importers=importer_names(),
        authorities=sorted({one.authority for one in asked.law.measures.values()}),
        countries=origin_names(),
        bases=lawwords.BASES,
        day=long_day(asked.day),
    )
    return make_response(page, status)


def ask(typed: dict[str, str]) -> Asked:
    """The filters answered, or what stands in their way, said beside each."""
    given = {name: text for name, text in typed.items() if text}
    asked = Asked(typed, read_schedule(HOME), today())
    try:
        known = _QUERY.load(given)
        asked.law, asked.day = read_schedule(known["importer"]), known.get("on") or asked.day
        found = measures(
            **{name: known.get(name) for name in FILTERS if name != "importer"}, importer=known["importer"]
        )
    except ValidationError as error:
        asked.faults = faults_of(error)
        return asked
    except TariffcalcError as error:
        asked.faults = {"authority": " ".join(sentence(text) for text in (error.message, error.hint) if text)}
        return asked
    asked.total = len(found)
    asked.groups = grouped(asked.law, (one["id"] for one in found), asked.day, known.get("origin"))
    return asked


def faults_of(error: ValidationError) -> dict[str, str]:
    """For each filter the first thing that is wrong with it."""
    faults: dict[str, str] = {}
    for one in entries_of(error.messages, _QUERY):
        name = re.split(r"[\[.]", one.get("path", "q"))[0]
        faults.setdefault(name, " ".join(sentence(one[key]) for key in ("message", "hint") if key in one))
    return faults


def grouped(law: Schedule, names: Iterable[str], day: date, origin: str | None) -> list[tuple[str, list[Row]]]:
    """Measures by authority, each with what it is on a day, to goods of an origin if one is asked for."""
    last = {one.authority for one in law.measures.values() if one.basis in ("base", "fee")}
    found = sorted(
        (law.measures[name] for name in names), key=lambda one: (one.authority in last, one.authority, one.title)
    )
    return [
        (authority, [Row(one, lawwords.standing(one, day, origin)) for one in those])
        for authority, those in groupby(found, key=lambda one: one.authority)
    ]


@blueprint.get("/law/<name>")
def show(name: str) -> Response:
    """One measure; of an id that no law has the list says so, as 404."""
    try:
        law = law_with(name, request.args.get("importer", ""))
    except ProblemError:
        said = f"No measure has the id “{name}”. Look for it by words of its title."
        asked = Asked({**dict.fromkeys(FILTERS, ""), "q": name}, read_schedule(HOME), today(), {"q": said})
        return listed(asked, 404)
    return make_response(measure_page(law, name))
