"""The answer beside others: with and without a preference, and the same goods of other origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tariffcalc.engine.lookup import as_ints
from tariffcalc.law.schedule import Fact
from tariffcalc.rates import Rate
from tariffcalc.sources import trade_facts
from tariffcalc.web.pages.question import Question, programmes
from tariffcalc.web.pages.timeline import whole

ALWAYS = ("CAN", "MEX", "CHN")
"""Origins that are compared whatever the product."""

ABROAD = ("USA", "CAN", "MEX", "CHN")
"""Those compared where an importer's trade by origin is not held."""

MOST = 8


@dataclass(frozen=True, slots=True)
class Other:
    """The answer with one thing changed; ``trade``: imports of 2024 in dollars where they are known."""

    name: str
    rate: Rate
    asked: bool
    trade: float | None = None

    @property
    def fraction(self) -> float | None:
        """The whole rate, or what of it is held."""
        return whole(self.rate.quote)

    @property
    def duty(self) -> Decimal | None:
        """The duty, where there is a value."""
        return self.rate.duty


def offered(question: Question) -> list[Fact]:
    """The programmes that goods of the origin may claim."""
    return [fact for fact, origins in programmes(question.importer, question.date) if question.origin in origins]


def with_and_without(question: Question) -> list[Other]:
    """The rate without any claim, and with each programme that the origin may claim and that changes it.

    USMCA is told also where it changes nothing; empty where the origin has no programme.
    """
    without = question.rate(claim=None)
    claimed = question.known.get("claim")
    found = [Other("", without, asked=claimed is None)]
    for fact in offered(question):
        rate = question.rate(claim=fact.name)
        if fact.name in ("usmca", claimed) or whole(rate.quote) != whole(without.quote):
            found.append(Other(fact.name, rate, asked=claimed in (fact.name, *fact.symbols)))
    return found if len(found) > 1 else []


def other_origins(question: Question) -> list[Other]:
    """The same goods of other origins without any claim: those that sent most in 2024, and the neighbours."""
    top = _largest(question)
    wanted = dict.fromkeys((question.origin, *top, *(ALWAYS if top else ABROAD)))
    names = [name for name in wanted if name != question.importer]
    kept = [*names[: MOST - len(ALWAYS)], *(one for one in names[MOST - len(ALWAYS) :] if one in ALWAYS)]
    found = [
        Other(name, question.rate(name, claim=None), asked=name == question.origin, trade=top.get(name))
        for name in kept
    ]
    return sorted(found, key=lambda one: -(one.trade or 0.0))


def _largest(question: Question) -> dict[str, float]:
    """Imports of 2024 of the line by origin, the largest first; empty where they are not held."""
    if question.importer != trade_facts.HOME:
        return {}
    trade = trade_facts.home_trade()
    lines = as_ints(_lines(question.product))
    here = np.isin(trade.codes, lines)
    sums = np.bincount(trade.origin_of[here], weights=trade.value[here], minlength=len(trade.origins))
    order = np.argsort(-sums, kind="stable")
    return {trade.origins[at]: float(sums[at]) for at in order.tolist() if sums[at] > 0}


def _lines(product: str) -> Sequence[str]:
    return trade_facts.lines_below(product) or [product.ljust(10, "0")]
