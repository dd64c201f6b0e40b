"""What the law's changes cost: the duty a year on a table of trade, the day after a change less the day before it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

import pandas as pd

from tariffcalc.engine.flow_table import Flows
from tariffcalc.engine.periods import parse_period
from tariffcalc.estimate import estimate, read_flows
from tariffcalc.law.schedule import Schedule
from tariffcalc.sources.bundled import bundled_names, read_bundled_meta

YEAR_DAYS = 365


@dataclass(frozen=True)
class Costs:
    """Dollars a year by day and measure, and by day; what is not in them is ``other``: nothing, or NaN, not known."""

    by_measure: Mapping[tuple[date, str], float] = field(default_factory=dict)
    by_day: Mapping[date, float] = field(default_factory=dict)
    other: float = 0.0


def costs(law: Schedule, table: Flows | None, days: Collection[date]) -> Costs:
    """What each measure's duty and the whole duty change by on these days.

    Of a measure of which no duty is resolved it is not known, nor is the whole on the day on which that begins or ends.
    """
    if table is None:
        return Costs(other=float("nan"))
    if not days:
        return Costs()
    window = (min(days) - timedelta(days=1), max(days) + timedelta(days=1))
    frame = estimate(table, law, by=("segment", "measure"), window=window, basis="base_year").frame
    start, until = pd.to_datetime(frame["segment_from"]), pd.to_datetime(frame["segment_until"])
    dark = ((frame["resolved_share"] == 0) & (frame["customs_value"] > 0)).astype(float)
    frame = frame.assign(yearly=frame["duty"] / (until - start).dt.days * YEAR_DAYS, day=start.dt.date, dark=dark)
    unknown, step = _wide(frame, "dark") > 0, _wide(frame, "yearly").diff()
    before = unknown.shift(fill_value=False)
    whole = step.sum(axis=1).mask((unknown != before).any(axis=1)).iloc[1:]
    own = step.mask(unknown | before).iloc[1:]
    days_of, names, amounts = list(own.index), list(own.columns), own.to_numpy(dtype=float)
    by_measure = {(day, name): amounts[i, j] for i, day in enumerate(days_of) for j, name in enumerate(names)}
    return Costs(by_measure, dict(zip(days_of, whole, strict=True)))


def _wide(frame: pd.DataFrame, values: str) -> pd.DataFrame:
    """Days by measures."""
    return frame.pivot_table(index="day", columns="measure", values=values, aggfunc="sum", fill_value=0.0)


def year_of(flows: Flows | str | None, importer: str) -> tuple[Flows | None, tuple[str, ...]]:
    """A table of one year: that given, of a longer one its last year, else the importer's own; and what to mind."""
    name = own_table(importer) if flows is None else flows
    if name is None:
        return None, (f"no table of a year's imports of {importer} is bundled, so costs are not known: name your own",)
    table = name if isinstance(name, Flows) else read_flows(name)
    start, until = table.window
    first = _year_before(until)
    if start >= first:
        return table, ()
    periods = table.frame["period"].cat.categories
    inside = [period for period in periods if parse_period(period).from_ >= first]
    frame = table.frame[table.frame["period"].isin(inside)].reset_index(drop=True)
    note = f"{table.name} has trade of {start} until {until}: costs are on that of its last year, from {first}"
    return replace(table, frame=frame), (note,)


@cache
def own_table(importer: str) -> str | None:
    """The bundled table of an importer's trade of one year, if there is one: the latest, with the most rows."""
    metas = {name: read_bundled_meta(name) for name in bundled_names()}
    ends = {name: date.fromisoformat(meta["flows"]["window_until"]) for name, meta in metas.items()}
    whole = [name for name in metas if metas[name]["flows"]["window_from"] == _year_before(ends[name]).isoformat()]
    latest = sorted(whole, key=lambda name: (ends[name], metas[name]["rows"]), reverse=True)
    return next((name for name in latest if importer in read_flows(name).frame["importer"].cat.categories), None)


def _year_before(day: date) -> date:
    """The same day of the year before; of a 29 February the 28th."""
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))
