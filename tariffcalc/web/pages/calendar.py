"""``/law/calendar``: what changed in the law and what is coming, month by month; what a month's changes cost a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from math import isnan
from typing import TypeAlias

import pandas as pd
from flask import Blueprint, Response, make_response, render_template, request

from tariffcalc.changecosts import own_table
from tariffcalc.changes import Change, all_changes
from tariffcalc.engine.periods import first_day
from tariffcalc.estimate import read_schedule
from tariffcalc.law.measure import Measure
from tariffcalc.law.schedule import Schedule
from tariffcalc.web.pages.lawfind import law_asked, named, place_of, today
from tariffcalc.web.pages.lawwords import STANDINGS, plain_name
from tariffcalc.web.pages.places import importer_names
from tariffcalc.web.pages.words import long_day, sentence, short_money
from tariffcalc.web.reckoned import reckoned_changes

RECENT = timedelta(days=92)
"""Without a month the page shows the changes of so long before today, and all that are coming."""

COSTED = "USA"
"""The importer on whose trade of a year costs are told."""

Costs: TypeAlias = Mapping[tuple[date, str], float]
Year: TypeAlias = tuple[int, list[tuple[str, str, int]]]
"""A year and its months: as the address names each, its short name, how many changes."""

blueprint = Blueprint("law_calendar", __name__)

_known: set[tuple[str, date]] = set()
"""The months whose costs have been reckoned."""


@dataclass(frozen=True, slots=True)
class Item:
    """All that one day changes in one measure; ``cost`` in words, empty where it is not reckoned."""

    measure: Measure
    lines: tuple[tuple[tuple[str, ...], str, str], ...]
    announced: str
    cost: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month's changes by day, and what they cost a year where that is known."""

    start: date
    label: str
    days: tuple[tuple[str, bool, tuple[Item, ...]], ...]
    costed: bool

    @property
    def key(self) -> str:
        """As the address names it: ``2025-03``."""
        return f"{self.start:%Y-%m}"


@blueprint.get("/law/calendar")
def calendar() -> Response:
    """What is coming and what changed lately, or one month; with ``cost=yes`` what that month's changes cost."""
    law, now = law_asked(), today()
    month, fault = month_asked()
    found = list(kept_changes(law.importer))
    if month is not None and request.args.get("cost") == "yes" and law.importer == COSTED:
        costs_of(law, month)
    shown = [one for one in found if _in(one, month, now)]
    page = render_template(
        "calendar.html",
        law=law,
        named=named(law),
        importers=importer_names(),
        month=month,
        fault=fault,
        coming=months_of(law, (one for one in shown if one.day > now)),
        past=months_of(law, (one for one in shown if one.day <= now))[::-1],
        years=years_of(found, now.year),
        place=place_of(law),
        since=first_of(now - RECENT),
        costed=law.importer == COSTED,
        table=own_table(law.importer) if law.importer == COSTED else None,
        until=next_month(month) if month else None,
        first=long_day(first_of(now - RECENT)),
    )
    return make_response(page, 422 if fault else 200)


def month_asked() -> tuple[date | None, str]:
    """The month in the address, if there is one, and what is wrong with it."""
    text = request.args.get("month", "").strip()
    try:
        return (first_of(first_day(text)) if text else None), ""
    except ValueError:
        return None, f"“{text}” is not a month: write it as 2025-03."


def _in(one: Change, month: date | None, now: date) -> bool:
    return first_of(one.day) == month if month is not None else one.day >= first_of(now - RECENT)


@lru_cache(maxsize=16)
def kept_changes(importer: str) -> tuple[Change, ...]:
    """Every dated step of an importer's law by day, worked out once."""
    key = lambda one: (one.day, one.measure.authority, one.measure.title, one.announced, one.kind)  # noqa: E731
    return tuple(sorted(all_changes(read_schedule(importer)), key=key))


def months_of(law: Schedule, found: Iterable[Change]) -> list[Month]:
    """Changes, ordered by day, month by month."""
    made = []
    for start, those in groupby(found, key=lambda one: first_of(one.day)):
        costed = (law.importer, start) in _known
        costs = costs_of(law, start) if costed else {}
        days = tuple(
            (long_day(day), day > law.law_known_until, items_of(law, tuple(each), costs, costed=costed))
            for day, each in groupby(those, key=lambda one: one.day)
        )
        made.append(Month(start, f"{start:%B %Y}", days, costed))
    return made


def items_of(law: Schedule, those: tuple[Change, ...], costs: Costs, *, costed: bool) -> tuple[Item, ...]:
    """One day's changes by measure."""
    made = []
    for _, each in groupby(those, key=lambda one: one.measure.id):
        steps = list(each)
        one = steps[0]
        cost = costs.get((one.day, one.measure.family), 0.0)
        lines: dict[tuple[str, str], dict[str, None]] = {}
        for step in steps:
            lines.setdefault(act_of(law, step), {})[said(law, step)] = None
        told = tuple((tuple(texts), *act) for act, texts in lines.items())
        announced = max(step.announced for step in steps)
        made.append(Item(one.measure, told, long_day(announced), cost_words(cost) if costed else ""))
    return tuple(made)


def said(law: Schedule, one: Change) -> str:
    """One step in words."""
    text = one.text.replace(" %", "%")
    words = {
        "rate": {"suspended": "Paused", "ended": "Ends"}.get(text, f"Rate: {text}"),
        "status": f"Standing: {STANDINGS.get(text, text)}",
        "stacking": "A new order of precedence with other measures",
        "goods on the water": f"Goods {text}",
    }
    if one.kind.startswith("relief "):
        name, _, part = one.kind.removeprefix("relief ").partition(": ")
        title = law.facts[name].title if name in law.facts else plain_name(name)
        return sentence(f"Relief, {title}: {part + ', ' if part else ''}{plain_name(text) if not part else text}")
    return sentence(words.get(one.kind, f"{one.kind}: {text}"))


def act_of(law: Schedule, one: Change) -> tuple[str, str]:
    """The act behind a step: its title and address."""
    cite = one.measure.citations.get(one.cite) or law.acts.get(one.cite)
    return (cite.title, cite.url) if cite else (one.cite, "")


def cost_words(cost: float) -> str:
    """A change of duty a year in words; one that is not known (NaN) is said to be so."""
    if isnan(cost):
        return "cost not known"
    if abs(cost) < 500_000:
        return "under $1 m a year either way"
    return f"{short_money(abs(cost))} a year {'more' if cost > 0 else 'less'} duty"


def costs_of(law: Schedule, start: date) -> Costs:
    """What each measure's changes of a day of the month cost a year, in dollars."""
    frame: pd.DataFrame = reckoned_changes(start, None, until=next_month(start), importer=law.importer)
    _known.add((law.importer, start))
    rows = zip(frame["takes_effect"], frame["measure"], frame["cost"], strict=True)
    return {(date.fromisoformat(day), name): float(cost) for day, name, cost in rows}


def years_of(found: Iterable[Change], now: int) -> dict[str, list[Year]]:
    """The months with changes by year, the latest first: ``later``, ``near`` (this year and the last), ``earlier``."""
    counts = Counter(first_of(one.day) for one in found)
    groups: dict[str, list[Year]] = {"later": [], "near": [], "earlier": []}
    for year, days in groupby(sorted(counts), key=lambda day: day.year):
        name = "later" if year > now else "near" if year >= now - 1 else "earlier"
        groups[name].insert(0, (year, [(f"{day:%Y-%m}", f"{day:%b}", counts[day]) for day in days]))
    return groups


def first_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(start: date) -> date:
    """The first day of the month after."""
    return first_of(start + timedelta(days=32))
