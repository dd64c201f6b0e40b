"""The estimate that the first page shows: duty by month on the bundled imports from Canada and Mexico."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tariffcalc.estimate import estimate
from tariffcalc.web.pages.words import month, short_money

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


@cache
def headline() -> Headline:
    """The bundled estimate, reckoned once."""
    frame = estimate(FLOWS, by=("origin", "month")).frame
    duty = frame.pivot_table(index="period", columns="origin", values="duty", aggfunc="sum", observed=True)[
        list(ORIGINS)
    ]
    value = frame.groupby("period", observed=True)["customs_value"].sum()
    longest = float(duty.sum(axis=1).max())
    months = tuple(
        Month(
            label=month(str(period)),
            duty=short_money(sum(row)),
            rate=f"{sum(row) / float(value.loc[period]):.1%}",
            bars=tuple(round(100 * part / longest, 2) for part in row),
            parts=tuple(short_money(part) for part in row),
        )
        for period, row in zip(duty.index, duty.to_numpy().tolist(), strict=True)
    )
    query = {"flows": FLOWS, "by": "origin,month"}
    return Headline(
        short_money(float(duty.to_numpy().sum())),
        short_money(float(value.sum())),
        months[0].label,
        months[-1].label,
        months,
        query,
    )
