"""The acts that took effect in the window of a run, for its picture by month."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from tariffcalc.law.dates import ALWAYS, Step
from tariffcalc.law.measure import Measure, Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.web.pages.findings import long_day

Change = tuple[Measure, Step[Rate]]
"""A step of a measure's rate."""

FEW = 3
"""Measures that are named of one day; the rest are counted."""

OWN = ("the scenario itself", "")
"""What stands in place of an act where a step is the scenario's own."""


@dataclass(frozen=True, slots=True)
class Event:
    """One day on which rates changed: its number on the picture, its month, what changed, the acts and their places."""

    number: int
    day: date
    period: str
    date: str
    text: str
    acts: tuple[tuple[str, str], ...]


def events_of(law: Schedule, window: tuple[date, date], measures: Collection[str]) -> list[Event]:
    """The days of the window on which the rate of one of the measures changed, in order."""
    days: dict[date, list[Change]] = {}
    paying = [one for one in law.measures.values() if one.family in measures]
    steps = [(one, step) for one in paying for step in one.rates.steps if step.start > ALWAYS]
    for change in sorted(steps, key=lambda one: (one[1].start, one[1].announced, one[0].id)):
        if window[0] < change[1].start < window[1]:
            days.setdefault(change[1].start, []).append(change)
    return [_event(law, number, day, found) for number, (day, found) in enumerate(sorted(days.items()), 1)]


def by_period(events: list[Event], *, short: bool = False) -> list[dict[str, Any]]:
    """The marks of the picture, one a month: the numbers of its first and last event, or ``short`` of its first."""
    months: dict[str, list[Event]] = {}
    for one in events:
        months.setdefault(one.period, []).append(one)
    return [
        {
            "period": period,
            "number": str(found[0].number) if len(found) == 1 else _between(found, short=short),
            "text": "; ".join(f"{one.date}: {one.text}" for one in found),
        }
        for period, found in months.items()
    ]


def _between(found: list[Event], *, short: bool) -> str:
    return f"{found[0].number}+" if short else f"{found[0].number}-{found[-1].number}"


def _event(law: Schedule, number: int, day: date, found: list[Change]) -> Event:
    last = {measure.family: (measure, step) for measure, step in found}
    said = [f"{measure.title}: {_rate(step.value)}" for measure, step in list(last.values())[:FEW]]
    if len(last) > FEW:
        more = len(last) - FEW
        said.append(f"and {more} more {'measure' if more == 1 else 'measures'}")
    named = ((measure, step.cite) for measure, step in last.values() if step.cite or law.scenario)
    acts = dict.fromkeys(_act(law, measure, cite) if cite else OWN for measure, cite in named)
    return Event(number, day, f"{day:%Y-%m}", long_day(day), "; ".join(said), tuple(acts))


def _rate(rate: Rate) -> str:
    """A rate as it is told: ``25%``, ``50% of the steel content``."""
    part = f" of the {rate.content} content" if rate.content else ""
    return f"{rate.duty}{part}".replace(" %", "%")


def _act(law: Schedule, measure: Measure, name: str) -> tuple[str, str]:
    """Title and address of an act."""
    cite = measure.citations.get(name) or law.acts.get(name)
    return (name, "") if cite is None else (cite.title, cite.url)
