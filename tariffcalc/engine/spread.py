"""A flow's value over days: which part of each period falls into each cell of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tariffcalc.engine.lookup import Floats
from tariffcalc.engine.periods import Unit, parse_period, period_of
from tariffcalc.errors import BadRequestError
from tariffcalc.law.dates import Period, segments

YEAR_DAYS = (365, 366)
UNITS: tuple[Unit, ...] = ("day", "month", "quarter", "year")


@dataclass(frozen=True)
class Cell:
    """A stretch of days in which every rate is constant and that lies in one reported period."""

    period: Period
    segment: int
    label: str


def cells(parts: Sequence[Period], by: Sequence[str]) -> list[Cell]:
    """Law segments cut at the edges of the reported unit of time, labelled.

    ``by`` may name day, month, quarter or year, or segment; without one there is one label.
    """
    unit = next((unit for unit in UNITS if unit in by), None)
    made = []
    for index, part in enumerate(parts):
        if unit is None:
            made.append(Cell(part, index, f"{part.start}/{part.until}" if "segment" in by else ""))
            continue
        pieces = segments(part, unit_edges(part, unit))
        made += [Cell(piece, index, period_of(piece.start, unit)) for piece in pieces]
    return made


def unit_edges(window: Period, unit: Unit) -> list[date]:
    """The days inside a window on which a new day, month, quarter or year begins."""
    edges, day = [], window.start
    while day < window.until:
        day = parse_period(period_of(day, unit)).until
        edges.append(day)
    return edges


def observed(periods: Sequence[Period], parts: Sequence[Cell]) -> Floats:
    """Share of each period's value that falls into each cell, evenly by day; periods x cells."""
    share: Floats = _overlaps(periods, parts) / np.array([[period.days] for period in periods], dtype=float)
    return share


def base_year(periods: Sequence[Period], parts: Sequence[Cell]) -> Floats:
    """A year's trade at any date: value times days of the cell over days of its year.

    The periods together must be one year, each day once; otherwise ``BadRequestError``.
    """
    days = sum(period.days for period in periods)
    span = (max(p.until for p in periods) - min(p.start for p in periods)).days
    if days != span or days not in YEAR_DAYS:
        raise BadRequestError(
            f"basis base_year needs a table of one year; this one has {days} days of trade",
            code="basis-needs-a-year",
            hint="use basis observed, or a table of one calendar year such as us-world-2024",
        )
    share = [_year_share(part.period) for part in parts]
    return np.tile(np.array(share), (len(periods), 1))


def _year_share(period: Period) -> float:
    share = 0.0
    for year in range(period.start.year, (period.until - timedelta(days=1)).year + 1):
        whole = Period(date(year, 1, 1), date(year + 1, 1, 1))
        share += whole.overlap(period) / whole.days
    return share


def _overlaps(periods: Sequence[Period], parts: Sequence[Cell]) -> Floats:
    starts = np.array([p.start.toordinal() for p in periods])[:, None]
    untils = np.array([p.until.toordinal() for p in periods])[:, None]
    first = np.array([c.period.start.toordinal() for c in parts])[None, :]
    last = np.array([c.period.until.toordinal() for c in parts])[None, :]
    shared = np.minimum(untils, last) - np.maximum(starts, first)
    days: Floats = np.maximum(0, shared).astype(float)
    return days
