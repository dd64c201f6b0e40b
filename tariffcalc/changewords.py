"""What one day changes in one measure, in a line or two of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tariffcalc.law.dates import Step
from tariffcalc.law.duty import ENDED
from tariffcalc.law.measure import Measure, Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.originrates import by_origin, spread

if TYPE_CHECKING:
    from tariffcalc.changes import Change

MOST_PARTS, MOST_NAMES = 4, 3
LAST = ("relief", "relief lists", "stacking", "goods on the water")
"""Kinds of change that are told after the others, in this order."""


def told(measure: Measure, day: date, steps: Sequence[Change]) -> str:
    """The new rate first, then the rest by weight; what is too much for two lines is counted."""
    parts = list(_parts(measure, day, steps))
    said = [text for text, _ in parts[:MOST_PARTS]]
    left = sum(many for _, many in parts[MOST_PARTS:])
    return "; ".join(said + ([f"{left} further {'detail' if left == 1 else 'details'}"] if left else []))


def acts_of(law: Schedule, measure: Measure, steps: Sequence[Change]) -> tuple[str, str]:
    """The title and address of the act behind the weightiest step, and how many more there are."""
    latest = sorted(steps, key=lambda step: (step.kind == "rate", step.announced), reverse=True)
    cites = list(dict.fromkeys(step.cite for step in latest))
    act = measure.citations.get(cites[0]) or law.acts.get(cites[0])
    title, url = (cites[0], "") if act is None else (act.title, act.url)
    return title + (f"; and {len(cites) - 1} more" if len(cites) > 1 else ""), url


def _parts(measure: Measure, day: date, steps: Sequence[Change]) -> Iterator[tuple[str, int]]:
    """Each thing that changed, in words, and how many steps it stands for."""
    kinds: dict[str, list[Change]] = {}
    for step in steps:
        own, _, part = step.kind.partition(": ")
        relief = own.startswith("relief ")
        kinds.setdefault("relief lists" if part else "relief" if relief else step.kind, []).append(step)
    if rates := kinds.pop("rate", []):
        yield rate_words(measure, day), len(rates)
    for step in kinds.pop("status", []):
        yield f"standing: {step.text.replace('_', ' ')}", 1
    for kind in sorted(kinds, key=lambda kind: (LAST.index(kind) if kind in LAST else -1, kind)):
        yield _said(measure, day, kind, kinds[kind]), len(kinds[kind])


def _said(measure: Measure, day: date, kind: str, steps: Sequence[Change]) -> str:
    """What changed of one kind."""
    if kind == "stacking":
        return "a new order of precedence"
    if kind == "goods on the water":
        return "; ".join(f"goods {step.text.replace('before,', f'before {day}')}" for step in steps)
    if kind == "relief":
        return f"relief: {_reliefs(steps)}"
    if kind == "table":
        rate = measure.rate_at(day)
        table = None if rate is None else by_origin(rate)
        return f"table: {_moved(steps, 'rows begin', 'end')}" if table is None else spread(measure, table, day)
    return f"{kind}: {_moved(steps, 'codes join', 'leave') if steps[0].counts else steps[0].text}"


def rate_words(measure: Measure, day: date) -> str:
    """The rate from a day on, and what it was; a rate of the same day that another took the place of is told too."""
    today = [step for step in measure.rates.standing if step.start == day]
    before, here = measure.rate_at(day - timedelta(days=1)), today[-1].value
    old = "" if before is None else _rate(measure, before, day - timedelta(days=1))
    if here.applies:
        now = _rate(measure, here, day)
        said = f"rate {now}, before {old}" if old not in ("", now) else f"begins: {now}" if not old else f"rate {now}"
    else:
        said = ("ends" if here.duty == ENDED else "suspended") + (f", before {old}" if old else "")
    return said + "".join(f" (never applied: {_never(measure, step)})" for step in today[:-1])


def _never(measure: Measure, step: Step[Rate]) -> str:
    said = _rate(measure, step.value, step.start) if step.value.applies else str(step.value.duty)
    return f"{said}, announced {step.announced}"


def _rate(measure: Measure, rate: Rate, day: date) -> str:
    table = by_origin(rate)
    said = str(rate.duty) if table is None else spread(measure, table, day)
    return said + (f" of the {rate.content} content" if rate.content else "")


def _reliefs(steps: Sequence[Change]) -> str:
    names = list(dict.fromkeys(_relief(step) for step in steps))
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _relief(step: Change) -> str:
    name = step.kind.removeprefix("relief ").replace("_", " ")
    return f"{name} ends" if step.text == "ends" else name


def _moved(steps: Sequence[Change], joining: str, leaving: str) -> str:
    came, went = (sum(step.counts[at] for step in steps if step.counts) for at in (0, 1))
    return ", ".join(f"{many:,} {word}" for many, word in ((came, joining), (went, leaving)) if many) or "as before"
