"""A table of trade as markets, and what a model says of them as columns, by the groups asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from tariffcalc.engine.aggregate import key_columns
from tariffcalc.impact.market import Bools, Floats, Ints, Markets, Response

MONEY = (
    "trade_change",
    "trade_creation",
    "trade_diversion",
    "duty_after",
    "revenue_change",
    "buyers_loss",
    "exporters_loss",
    "deadweight_loss",
    "welfare_change",
)
"""Columns in dollars, that add up."""

RATES = ("price_paid_change", "price_received_change", "preference_margin")
"""Columns that are means over rows, weighted by customs value."""

LONG = (*MONEY[:3], *RATES[:2], *MONEY[3:], RATES[2])
"""Everything that is told of how trade answers, in the order of the result table."""

SHORT = ("trade_change", "price_paid_change", "duty_after")
"""What an estimate tells of it."""


@dataclass(frozen=True)
class Traded:
    """Rows of trade by origin, product and whatever is reported, and the markets that they make.

    ``keys`` has a row for every row of trade; those in ``at`` have known tariffs before and after and are the rows of
    ``markets``. ``products`` are those of the markets. ``prohibited`` is, for every row, the value that may be entered
    under the law before and not under the law after; ``left_out`` the value of which a rate is not known.
    """

    keys: pd.DataFrame
    at: Ints
    markets: Markets
    products: tuple[str, ...]
    prohibited: Floats
    left_out: float

    @cached_property
    def origins(self) -> list[str]:
        """The origin of each row of the markets."""
        return list(self.keys["origin"].to_numpy()[self.at])

    def totals(self, response: Response) -> dict[str, float]:
        """The columns in dollars, summed over everything that has an answer."""
        columns = _columns(response, self)
        return {name: float(np.nansum(columns[name])) for name in MONEY}


def markets_of(before: pd.DataFrame, after: pd.DataFrame, prohibited: Floats) -> Traded:
    """Markets from the unrounded frames of one table run under two laws by origin, product and what else is reported.

    A row's tariffs are its duty over its resolved value under each law; its value is what is resolved under both. A
    market is a product (of a period, where there are periods).
    """
    keys = [name for name in after if name not in _AMOUNTS]
    if not after[keys].equals(before[keys]):
        raise ValueError("the two laws were not run on the same table by the same groups")
    old, new = (frame["resolved_value"].to_numpy(dtype=float) for frame in (before, after))
    value = np.minimum(old, new)
    known = np.flatnonzero(value > 0)
    market, products = _numbered(after, known)
    order = np.argsort(market, kind="stable")
    at = known[order]
    duties = [frame["duty"].to_numpy(dtype=float)[at] for frame in (before, after)]
    markets = Markets(market[order], value[at], duties[0] / old[at], duties[1] / new[at])
    total = float(after["customs_value"].sum())
    left_out = max(total - float(value.sum()) - float(prohibited.sum()), 0.0)
    return Traded(after[keys], at, markets, products, prohibited, left_out)


_AMOUNTS = ("customs_value", "resolved_value", "duty", "refund", "effective_rate", "resolved_share")


def _numbered(frame: pd.DataFrame, known: Ints) -> tuple[Ints, tuple[str, ...]]:
    """The market of each known row, numbered from 0 without gaps, and the markets' products."""
    product_of, products = pd.factorize(frame["product"].iloc[known], sort=True)
    period_of = np.zeros(len(known), dtype=np.int64)
    if "period" in frame:
        period_of, _ = pd.factorize(frame["period"].iloc[known], sort=True)
    size = int(period_of.max(initial=0)) + 1
    seen, market = np.unique(product_of * size + period_of, return_inverse=True)
    return market.astype(np.int64), tuple(str(products[i]) for i in seen // size)


def aggregate(response: Response, traded: Traded, by: Sequence[str]) -> pd.DataFrame:
    """The answer by the groups asked for: their keys, then the columns of ``LONG``.

    Dollars are sums; changes of prices are means weighted by customs value; the margin of preference is there with
    origins. A group of which nothing is known has no numbers.
    """
    keys = key_columns(by)
    group, words = _groups(traded.keys[keys])
    size = len(words)
    columns, weight = _columns(response, traded), np.zeros(len(group))
    weight[traded.at] = traded.markets.value
    found: dict[str, Floats] = {name: _sums(columns[name], group, size) for name in MONEY}
    found |= {name: _means(columns[name], weight, group, size) for name in RATES}
    if "origin" not in by:
        del found["preference_margin"]
    return words.assign(**{name: found[name] for name in LONG if name in found})


def _groups(keys: pd.DataFrame) -> tuple[Ints, pd.DataFrame]:
    """The group of each row, and the keys of the groups."""
    number = np.zeros(len(keys), dtype=np.int64)
    for name in keys:
        place, words = pd.factorize(keys[name])
        number = np.unique(number * len(words) + place, return_inverse=True)[1]
    first = np.unique(number, return_index=True)[1]
    return number, keys.iloc[first].reset_index(drop=True)


def _columns(response: Response, traded: Traded) -> Mapping[str, Floats]:
    """Every column for every row of trade; not a number where a rate is unknown or a market has no solution."""
    markets, barred = traded.markets, traded.prohibited
    rows = {
        "trade_change": response.value_after - markets.value,
        "trade_creation": response.creation,
        "trade_diversion": response.diversion,
        "duty_after": response.duty_after,
        "revenue_change": response.revenue_change,
        "buyers_loss": response.buyers_loss,
        "exporters_loss": response.exporters_loss,
        "deadweight_loss": response.deadweight_loss,
        "welfare_change": response.welfare_change,
        "price_paid_change": response.price_paid_change,
        "price_received_change": response.price_received_change,
        "preference_margin": preference_margin(markets),
    }
    columns = {}
    for name, values in rows.items():
        columns[name] = np.full(len(barred), np.nan)
        columns[name][traded.at] = values
    lost = np.flatnonzero(barred > 0)
    for name in ("trade_change", "trade_creation"):
        columns[name][lost] = np.nan_to_num(columns[name][lost]) - barred[lost]
    return columns


def preference_margin(markets: Markets) -> Floats:
    """By how much rivals in the same market pay more, after: their mean tariff weighted by trade, less the row's own.

    Not a number for an origin that sells alone.
    """
    paid = markets.after * markets.value
    rivals = markets.spread(markets.total(markets.value)) - markets.value
    duty = markets.spread(markets.total(paid)) - paid
    alone = np.bincount(markets.market, minlength=markets.count)[markets.market] == 1
    return np.where(alone, np.nan, duty / np.where(alone, 1.0, rivals) - markets.after)


def residuals(markets: Markets, response: Response) -> dict[str, float]:
    """How far the identities are from holding, the largest over all settled rows or markets, in dollars."""
    settled = response.settled[markets.market]

    def worst(rows: Floats, where: Bools = settled) -> float:
        return float(np.abs(rows[where]).max(initial=0.0))

    moved = response.creation + response.diversion
    return {
        "duty_is_rate_times_value": worst(response.duty_after - markets.after * response.value_after),
        "diversion_sums_to_nothing": worst(markets.total(response.diversion), response.settled),
        "creation_and_diversion_are_all": worst(moved - markets.value * response.quantity_change),
    }


def _sums(column: Floats, group: Ints, size: int) -> Floats:
    """Sums by group of what is known; not a number where nothing is."""
    known = ~np.isnan(column)
    sums = np.bincount(group[known], weights=column[known], minlength=size)
    return np.where(np.bincount(group[known], minlength=size) > 0, sums, np.nan)


def _means(column: Floats, weight: Floats, group: Ints, size: int) -> Floats:
    """Weighted means by group of what is known; not a number where nothing is."""
    known = ~np.isnan(column) & (weight > 0)
    total = np.bincount(group[known], weights=weight[known], minlength=size)
    sums = np.bincount(group[known], weights=column[known] * weight[known], minlength=size)
    return np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan)
