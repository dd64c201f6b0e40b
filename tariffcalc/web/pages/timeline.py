"""A rate through time as the page tells it: its stretches, what moved at each edge, and the table of its picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from tariffcalc.engine.reasons import Reason
from tariffcalc.engine.shipment import Component, Quote
from tariffcalc.history import Stretch
from tariffcalc.law.measure import Citation

MARGIN = timedelta(days=120)
"""The picture goes on so long after the last change."""

COLUMNS = ("from", "until", "part", "rate", "low", "high")


@dataclass(frozen=True, slots=True)
class Shift:
    """One measure's move: rates before and after (0.0: it does not apply, None: not a share of value).

    ``act`` sets the new rate; of a measure that no longer applies ``why`` says the reason, where the law gives one.
    """

    title: str
    before: float | None
    after: float | None
    act: Citation | None
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A day on which the rate moves, the whole rates around it and the measures that moved it."""

    number: int
    day: date
    before: float | None
    after: float | None
    prohibited: bool
    shifts: tuple[Shift, ...]


def moves(through: Sequence[Stretch]) -> list[Move]:
    """What moved, day by day; a change of standing that leaves every rate as it was is none."""
    found: list[Move] = []
    for one, other in pairwise(through):
        shifts = tuple(_shifts(one.quote, other.quote))
        if shifts or one.quote.prohibited != other.quote.prohibited:
            told = (whole(one.quote), whole(other.quote), other.quote.prohibited)
            found.append(Move(len(found) + 1, other.period.start, *told, shifts))
    return found


def whole(quote: Quote) -> float | None:
    """The whole rate; where an importer's base duties are not held, that of the additional duties."""
    held = any(one.basis == "base" for one in quote.components)
    return quote.rate if quote.rate is not None or held or quote.prohibited else quote.additional_rate


def shown(through: Sequence[Stretch], day: date, known_until: date) -> list[Stretch]:
    """The stretches that the picture shows: to some time after the last change, the day asked for and today's law."""
    edges = [move.day for move in moves(through)]
    end = max([day, known_until, *edges]) + MARGIN
    return [one for one in through if one.period.start < end]


def table(through: Iterable[Stretch], end: date) -> pd.DataFrame:
    """The picture's table: a row a stretch and measure, rates as fractions heaped one upon the other.

    A part that is no share of value has a row without numbers; a stretch free of duty has one without a part.
    """
    rows: list[tuple[object, ...]] = []
    for one in through:
        edges = one.period.start.isoformat(), min(one.period.until, end).isoformat()
        high = 0.0
        for part in one.quote.components:
            low, high = high, high + (part.applied_rate or 0.0)
            known = part.applied_rate is not None
            rows.append((*edges, part.title, *((part.applied_rate, low, high) if known else (None, None, None))))
        if not one.quote.components:
            rows.append((*edges, "", 0.0, 0.0, 0.0))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def end_of(through: Sequence[Stretch], day: date, known_until: date) -> date:
    """The last day of the picture."""
    return min(through[-1].period.until, max([day, known_until, *(move.day for move in moves(through))]) + MARGIN)


def _shifts(before: Quote, after: Quote) -> Iterable[Shift]:
    one, other = _by_measure(before.components), _by_measure(after.components)
    reasons = {gone.measure: gone.reason for gone in after.not_applied}
    for key in dict.fromkeys((*one, *other)):
        was, now = one.get(key), other.get(key)
        rates = _applied(was), _applied(now)
        printed = (was.printed if was else ""), (now.printed if now else "")
        if rates[0] != rates[1] or (None in rates and printed[0] != printed[1]):
            title = now.title if now else was.title if was else key
            yield Shift(title, *rates, now.citation if now else None, None if now else reasons.get(key))


def _by_measure(parts: Iterable[Component]) -> Mapping[str, Component]:
    return {part.measure: part for part in parts}


def _applied(part: Component | None) -> float | None:
    return 0.0 if part is None else part.applied_rate
