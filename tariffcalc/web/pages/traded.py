"""The lines below a code and its trade of 2024 by origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from tariffcalc.engine.lookup import DIGITS, as_ints
from tariffcalc.sources import trade_facts
from tariffcalc.web.pages.words import dotted, headings, short_money

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A code one step below another: as the address and as the tariff write it, its words, its imports of 2024."""

    code: str
    printed: str
    words: str
    value: float


def trade_of(code: str) -> list[tuple[str, float]]:
    """Imports of the United States of 2024 below a code by origin, in dollars, the largest first."""
    trade = trade_facts.home_trade()
    least = int(as_ints([code.ljust(DIGITS, "0")])[0])
    inside = (trade.codes >= least) & (trade.codes < least + 10 ** (DIGITS - len(code)))
    sums = np.bincount(trade.origin_of[inside], weights=trade.value[inside], minlength=len(trade.origins))
    return [(trade.origins[at], float(sums[at])) for at in np.argsort(-sums, kind="stable") if sums[at] > 0]


def below(code: str) -> tuple[int, list[Row]]:
    """How many codes are one step below, and the first of them."""
    known = trade_facts.descriptions()
    lines = [line for line in trade_facts.lines_below(code) if line != code]
    for length in range(len(code) + 2, DIGITS + 1, 2):
        codes = sorted({line[:length] for line in lines})
        if len(codes) > 1 or length == DIGITS:
            break
    else:
        return 0, []
    worth = worth_of(length)
    rows = [Row(one, dotted(one), own_words(known.get(one)), worth.get(int(one), 0.0)) for one in codes[:MOST_LINES]]
    return len(codes), rows


@cache
def worth_of(length: int) -> Mapping[int, float]:
    """Imports of 2024 of every code of so many digits, as a number, in dollars."""
    trade = trade_facts.home_trade()
    heads, at = np.unique(trade.codes // 10 ** (DIGITS - length), return_inverse=True)
    return dict(zip(heads.tolist(), np.bincount(at, weights=trade.value).tolist(), strict=True))


def own_words(known: tuple[str, str, str] | None) -> str:
    """The own words of a line; of one that the tariff does not print, none."""
    return "" if known is None else headings(known[0] or known[1])[-1]


def small_money(value: float) -> str:
    """Dollars, in short where there are many."""
    return short_money(value) if value >= 1e8 else f"${value:,.0f}"
