"""The estimate that the first page shows: duty by month on the bundled imports from Canada and Mexico."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from tariffcalc.estimate import estimate
from tariffcalc.web.pages.words import month, percent, short_money

FLOWS = "us-north-america-2025"
ORIGINS = ("CAN", "MEX")


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its duty and rate in words, and the lengths of its bars in percent of the longest."""

    label: str
    duty: str
    rate: str
    bars: tuple[float, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The estimate as the page shows it."""

    duty: str
    value: str
    first: str
    last: str
    months: tuple[Month, ...]
    query: dict[str, str]


def headline() -> Headline:
    """The bundled estimate in words."""
    table = _table()
    duty = table[list(ORIGINS)]
    longest = float(duty.sum(axis=1).max())
    months = tuple(
        Month(
            label=month(str(period)),
            duty=short_money(sum(parts)),
            rate=percent(round(sum(parts) / value, 3)),
            bars=tuple(round(100 * part / longest, 2) for part in parts),
            parts=tuple(short_money(part) for part in parts),
        )
        for period, *parts, value in table.itertuples(name=None)
    )
    total, value = float(duty.to_numpy().sum()), float(table["value"].sum())
    query = {"flows": FLOWS, "by": "origin,month"}
    return Headline(short_money(total), short_money(value), months[0].label, months[-1].label, months, query)


@cache
def _table() -> pd.DataFrame:
    """Duty by month and origin, and the value of both, in dollars; reckoned once."""
    frame = estimate(FLOWS, by=("origin", "month")).frame
    duty = frame.pivot_table(index="period", columns="origin", values="duty", aggfunc="sum", observed=True)
    value = frame.groupby("period", observed=True)["customs_value"].sum().astype(float)
    return pd.DataFrame({**{name: duty[name].astype(float) for name in ORIGINS}, "value": value})
