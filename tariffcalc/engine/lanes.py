"""A checked flow table -> arrays: which item, origin and period each row is, and its value.

An *item* is a distinct ten-digit product together with what a row itself says of it (a content
share, a quantity per dollar). Codes shorter than ten digits are spread over the lines below them
first, by their trade where there is any, else equally: rates are never averaged. Lines that have
fewer digits of their own, as those of other importers than the one whose tariff is held whole, are
padded with zeros.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from tariffcalc.engine.flows import Flows
from tariffcalc.engine.lookup import DIGITS, Bools, Floats, Ints, as_ints, distinct
from tariffcalc.engine.periods import parse_period
from tariffcalc.engine.tradefacts import TradeFacts
from tariffcalc.law.dates import Period

SHARE = "_share"
HS_DIGITS = 6
NATIONAL = "the national lines known are those that measures list: an upper bound"
CLAIMED = "_claimed_value"


@dataclass(frozen=True)
class Lanes:
    """Parallel arrays, one entry a row of the table (or of its expansion).

    ``items`` are sorted ten-digit codes; ``says`` what rows themselves say of an item (content
    name -> share, ``quantity`` -> units per dollar; not a number where nothing is said).
    ``spread_value`` is that of codes shorter than the importer's lines, ``new_suffix_value`` that
    of codes that are none of them, in dollars; ``digits`` those that the lines have of their own.
    """

    items: Ints
    says: Mapping[str, Floats]
    units: tuple[str, ...]
    item_of: Ints
    origins: tuple[str, ...]
    origin_of: Ints
    products: tuple[str, ...]
    product_of: Ints
    periods: tuple[Period, ...]
    period_of: Ints
    value: Floats
    shares: Mapping[str, Floats] = field(default_factory=dict)
    claimed: Mapping[str, Floats] = field(default_factory=dict)
    spread_value: float = 0.0
    new_suffix_value: float = 0.0
    digits: int = DIGITS

    @property
    def notes(self) -> list[str]:
        """What a reader must know of codes that are not themselves lines that are held."""
        said = []
        if self.spread_value:
            fewer = "ten" if self.digits == DIGITS else str(self.digits)
            what = f"codes of fewer than {fewer} digits (value {self.spread_value:,.0f})"
            bound = f"; {NATIONAL}" if HS_DIGITS < self.digits < DIGITS else ""
            said.append(f"{what} were spread over the lines below them{bound}")
        if self.new_suffix_value and self.digits == DIGITS:
            said.append(
                f"statistical suffixes in no edition held (value {self.new_suffix_value:,.0f}) take their line's rates"
            )
        elif self.new_suffix_value:
            said.append(
                f"national codes that are not held (value {self.new_suffix_value:,.0f}) take what measures say "
                "of them and of the codes above them"
            )
        return said

    @cached_property
    def lanes(self) -> tuple[Ints, Ints]:
        """The distinct (item, origin) pairs as ``item * origins + origin``, and each row's pair."""
        return distinct(self.item_of * len(self.origins) + self.origin_of)


def lanes_of(flows: Flows, facts: TradeFacts, contents: Collection[str]) -> Lanes:
    """The table's rows as arrays; ``contents`` are the names of contents that rows may state."""
    frame = flows.frame
    products, product_of = _categories(frame["product"])
    origins, origin_of = _categories(frame["origin"])
    periods, period_of = _categories(frame["period"])
    value = frame["customs_value"].to_numpy(dtype=float)
    shorter, unknown = _apart(products, facts)
    by_product = np.bincount(product_of, weights=value, minlength=len(products))
    rows, codes, weight = _expand(products, product_of, origins, origin_of, facts)
    taken = slice(None) if rows is None else rows
    frame = frame if rows is None else frame.iloc[rows]
    value = value[taken] * weight
    items, says, units, item_of = _items(codes, frame, contents)
    columns = [name for name in frame.columns if name.endswith(SHARE)]
    claims = [name for name in frame.columns if name.endswith(CLAIMED)]
    claimed = {name.removesuffix(CLAIMED): frame[name].to_numpy(dtype=float) * weight for name in claims}
    return Lanes(
        items=items,
        says=says,
        units=units,
        item_of=item_of,
        origins=origins,
        origin_of=origin_of[taken],
        products=products,
        product_of=product_of[taken],
        periods=tuple(Period(w.from_, w.until) for w in map(parse_period, periods)),
        period_of=period_of[taken],
        value=value,
        shares={name.removesuffix(SHARE): frame[name].to_numpy(dtype=float) for name in columns},
        claimed=claimed,
        spread_value=float(by_product[shorter].sum()),
        new_suffix_value=float(by_product[unknown].sum()),
        digits=facts.digits,
    )


def _categories(column: pd.Series) -> tuple[tuple[str, ...], Ints]:
    """The categories that occur, sorted, and each row's place among them."""
    codes = column.cat.codes.to_numpy()
    words = column.cat.categories.to_numpy(dtype=object)
    seen = np.flatnonzero(np.bincount(codes, minlength=len(words))).tolist()
    ordered = sorted(seen, key=words.__getitem__)
    place = np.full(len(words), -1, dtype=np.int64)
    place[ordered] = np.arange(len(ordered))
    return tuple(words[ordered]), place[codes]


def _apart(products: tuple[str, ...], facts: TradeFacts) -> tuple[Bools, Bools]:
    """Which codes are shorter than the lines held; which neither begin one nor go on from a national one."""
    lengths = np.array([len(code) for code in products])
    shorter = lengths < facts.digits
    if not len(facts.line_codes):
        return shorter, np.zeros(len(products), dtype=bool)
    _, low, high = _lines_below(tuple(code[: facts.digits] for code in products), facts)
    beyond = (lengths > facts.digits) & (facts.digits <= HS_DIGITS)
    return shorter, (high == low) | beyond


def _lines_below(codes: tuple[str, ...], facts: TradeFacts) -> tuple[Ints, Ints, Ints]:
    """Each code padded to ten digits, and where the lines that begin with it start and end."""
    width = 10 ** (DIGITS - np.array([len(code) for code in codes], dtype=np.int64))
    first = as_ints(codes) * width
    lines = facts.line_codes
    return first, np.searchsorted(lines, first), np.searchsorted(lines, first + width)


def _expand(
    products: tuple[str, ...],
    product_of: Ints,
    origins: tuple[str, ...],
    origin_of: Ints,
    facts: TradeFacts,
) -> tuple[Ints | None, Ints, Floats | float]:
    """Rows, ten-digit codes and weights after short codes are spread; rows None: as they were."""
    if all(len(code) == DIGITS for code in products):
        return None, as_ints(products)[product_of], 1.0
    first, low, high = _lines_below(products, facts)
    lines = facts.line_codes
    count = np.maximum(high - low, 1)
    per_row = count[product_of]
    rows = np.repeat(np.arange(len(product_of)), per_row)
    step = np.arange(len(rows)) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    product = product_of[rows]
    below = high[product] > low[product]
    at = np.minimum(low[product] + step, len(lines) - 1)
    codes = np.where(below, lines[at], first[product]) if len(lines) else first[product]
    weight = _weights(rows, codes, origin_of[rows], origins, facts, len(product_of))
    return rows, codes, weight


def _weights(
    rows: Ints, codes: Ints, origin_of: Ints, origins: tuple[str, ...], facts: TradeFacts, size: int
) -> Floats:
    """Each line's part of its row: by trade with the origin, else with the world, else equal."""
    weight = np.ones(len(rows))
    trade = None if facts.trade is None else facts.trade()
    if trade is None:
        return weight / np.bincount(rows, minlength=size)[rows]
    number = {name: i for i, name in enumerate(trade.origins)}
    own = np.array([number.get(name, -1) for name in origins], dtype=np.int64)[origin_of]
    for attempt in (trade.of_world(codes), trade.of(codes, own)):
        total = np.bincount(rows, weights=attempt, minlength=size)[rows]
        weight = np.where(total > 0, attempt, weight)
    return weight / np.bincount(rows, weights=weight, minlength=size)[rows]


def _items(
    codes: Ints, frame: pd.DataFrame, contents: Collection[str]
) -> tuple[Ints, dict[str, Floats], tuple[str, ...], Ints]:
    """The distinct items, what is said of them, and each row's item.

    Goods of value that are 0 of anything were not counted: their quantity is not known.
    """
    said = {name: frame[name + SHARE].to_numpy(dtype=float) for name in contents if name + SHARE in frame}
    units: tuple[str, ...] = ()
    if "quantity" in frame and "unit" in frame:
        units, unit_of = _categories(frame["unit"].astype("category").cat.add_categories([""]).fillna(""))
        value = frame["customs_value"].to_numpy(dtype=float)
        quantity = frame["quantity"].to_numpy(dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            said["quantity"] = np.where((value > 0) & (quantity > 0), quantity / value, np.nan)
        said["unit"] = unit_of.astype(float)
    items, item_of = np.unique(codes, return_inverse=True)
    if not said:
        return items, {}, units, item_of
    keys = np.column_stack([codes.astype(float), *(np.nan_to_num(part, nan=-1.0) for part in said.values())])
    distinct, item_of = np.unique(keys, axis=0, return_inverse=True)
    says = {name: np.where(distinct[:, i] < 0, np.nan, distinct[:, i]) for i, name in enumerate(said, start=1)}
    return distinct[:, 0].astype(np.int64), says, units, item_of.reshape(-1)
