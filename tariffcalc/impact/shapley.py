"""What drives the spread: each assumption alone from low to high, and its Shapley share of the variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial

import numpy as np

from tariffcalc.impact.market import Floats
from tariffcalc.impact.uncertainty import Assumption, Draw, Run, Work, Z, central, drawn, evaluate, only

Subset = frozenset[str]
_ROUNDING = 1e-12
"""A headline that varies by no more than this part of itself does not vary."""


@dataclass(frozen=True)
class Swing:
    """One headline as one assumption goes from one end to the other, all others at their central values.

    ``share`` is the Shapley share of the variance of the headline, a fraction; the shares of a headline sum to 1. None
    where nothing varies, or where it was not asked for.
    """

    headline: str
    assumption: str
    low: float
    high: float
    low_at: str
    high_at: str
    share: float | None = None


def swings(run: Run, assumptions: Sequence[Assumption], work: Work | None = None) -> list[Swing]:
    """Every headline as one assumption at a time moves: choices over all options, elasticities over their band.

    Elasticities are taken at their 5th and 95th percentiles, all rows of the tables at once.
    """
    middle = central(assumptions)
    ends = [(one.name, label, draw) for one in assumptions for label, draw in _ends(one, middle)]
    found = evaluate(run, [draw for *_, draw in ends], work)
    return [
        _swing(headline, one.name, [(label, values[i]) for i, (name, label, _) in enumerate(ends) if name == one.name])
        for headline, values in found.items()
        for one in assumptions
    ]


def _ends(assumption: Assumption, middle: Draw) -> list[tuple[str, Draw]]:
    name = assumption.name
    if assumption.options:
        return [(option, replace(middle, choices={**middle.choices, name: option})) for option in assumption.options]
    ends = (("5th percentile", -Z), ("95th percentile", Z))
    return [(label, replace(middle, shocks={**middle.shocks, name: shock})) for label, shock in ends]


def _swing(headline: str, name: str, ends: Sequence[tuple[str, float]]) -> Swing:
    low, high = min(ends, key=lambda end: end[1]), max(ends, key=lambda end: end[1])
    return Swing(headline, name, float(low[1]), float(high[1]), low[0], high[0])


def shares(
    run: Run, assumptions: Sequence[Assumption], draws: int = 100, seed: int = 0, work: Work | None = None
) -> dict[str, dict[str, float | None]]:
    """By headline the Shapley share of each assumption in the variance over ``draws`` draws (Owen 2014, Song 2016).

    The worth of a set of assumptions is the variance of the headline when they are drawn and all others are held at
    their central values; a Shapley value is the mean of what an assumption adds, over all orders in which they can be
    let loose: exact, over all 2^n sets, and the values sum to the variance with all drawn.
    """
    names = [one.name for one in assumptions]
    sets = [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]
    middle, sample = central(assumptions), drawn(assumptions, draws, seed)
    asked = [only(draw, chosen, middle) for chosen in sets for draw in sample]
    found = evaluate(run, asked, work)
    return {headline: _of_headline(names, sets, values.reshape(len(sets), -1)) for headline, values in found.items()}


def _of_headline(names: Sequence[str], sets: Sequence[Subset], values: Floats) -> dict[str, float | None]:
    """Shares of one headline; a draw without a number in any set is left out of all."""
    kept = values[:, np.isfinite(values).all(axis=0)]
    if not kept.shape[1]:
        return dict.fromkeys(names)
    worth = dict(zip(sets, kept.var(axis=1).tolist(), strict=True))
    total = worth[frozenset(names)]
    if total <= (_ROUNDING * np.abs(kept).max()) ** 2:
        return dict.fromkeys(names)
    return {name: shapley(worth, name, names) / total for name in names}


def shapley(worth: Mapping[Subset, float], name: str, names: Sequence[str]) -> float:
    """The Shapley value of one player: sum over S without it of |S|! (n - |S| - 1)! / n! (v(S + it) - v(S))."""
    others = [one for one in names if one != name]
    n = len(names)
    value = 0.0
    for size in range(n):
        weight = factorial(size) * factorial(n - size - 1) / factorial(n)
        for chosen in combinations(others, size):
            value += weight * (worth[frozenset((*chosen, name))] - worth[frozenset(chosen)])
    return value


def tornado(
    run: Run,
    assumptions: Sequence[Assumption],
    draws: int = 100,
    seed: int = 0,
    work: Work | None = None,
) -> list[Swing]:
    """The swings of every headline with the Shapley shares beside them, the largest share first.

    An assumption with one option cannot vary and is left out.
    """
    able = [one for one in assumptions if len(one.options) != 1]
    if not able:
        return []
    fixed = _with_fixed(run, [one for one in assumptions if len(one.options) == 1])
    part = shares(fixed, able, draws, seed, work)
    found = [replace(one, share=part[one.headline][one.assumption]) for one in swings(fixed, able, work)]
    order = list(part)
    return sorted(found, key=lambda one: (order.index(one.headline), -(one.share or 0.0), one.assumption))


@dataclass(frozen=True)
class _Fixed:
    """A run in which some choices are always the same."""

    run: Run
    choices: Mapping[str, str]

    def __call__(self, draws: Sequence[Draw]) -> Mapping[str, Floats]:
        """The headlines of the draws with the fixed choices added."""
        return self.run([replace(one, choices={**self.choices, **one.choices}) for one in draws])


def _with_fixed(run: Run, fixed: Sequence[Assumption]) -> Run:
    return _Fixed(run, {one.name: one.options[0] for one in fixed})
