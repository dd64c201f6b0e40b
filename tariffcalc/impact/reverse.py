"""Reverse questions: which rate raises a sum, which rate raises or gains most. Bracketed, or refused.

A question is a function of one rate. Where trade answers, revenue rises with the rate and then falls (Laffer): a sum
above the top of the curve has no rate, and that is said with the top and where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import brentq, minimize_scalar  # type: ignore[import-untyped]

from tariffcalc.errors import BadRequestError

HIGHEST = 10.0
"""The highest rate that is looked at, 1,000 percent: no law file may state a higher one."""
_STEPS = 48
_NEAR = 1e-10

Curve = Callable[[float], float]


@dataclass(frozen=True)
class Top:
    """Where a curve is highest; ``at_edge`` where it still rises at the highest rate looked at."""

    rate: float
    value: float
    at_edge: bool


def highest(curve: Curve, low: float = 0.0, high: float = HIGHEST, near: float = 0.0) -> Top:
    """The rate between ``low`` and ``high`` at which a curve is highest.

    The range is looked over in steps that widen with the rate, then the best step is narrowed down (golden section and
    parabolas: Brent 1973). A curve that nowhere exceeds its value at ``low`` by more than ``near`` is highest there.
    Raises ``BadRequestError`` for an empty range or a curve without numbers.
    """
    rates = grid(low, high)
    values = np.array([curve(float(rate)) for rate in rates])
    if not np.isfinite(values).any():
        raise BadRequestError(
            f"the model has no answer at any rate from {low:.0%} to {high:.0%}",
            code="no-answer",
            hint="try another model",
        )
    best = int(np.nanargmax(values))
    if best == len(rates) - 1:
        top = Top(high, float(values[best]), at_edge=True)
    else:
        top = _narrowed(curve, float(rates[best]), float(values[best]), rates[max(best - 1, 0)], rates[best + 1])
    return Top(low, float(values[0]), at_edge=False) if top.value - values[0] <= near else top


def _narrowed(curve: Curve, rate: float, value: float, left: float, right: float) -> Top:
    """The highest between two neighbours of the best step, unless that step itself is higher."""
    inner = minimize_scalar(
        lambda one: -curve(float(one)), bounds=(left, right), method="bounded", options={"xatol": 1e-9}
    )
    if -float(inner.fun) > value:
        return Top(float(inner.x), -float(inner.fun), at_edge=False)
    return Top(rate, value, at_edge=False)


def grid(low: float, high: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Rates from ``low`` to ``high``, evenly spaced in the logarithm of one plus the rate."""
    if not -1 < low < high:
        raise BadRequestError(f"no rates lie between {low} and {high}", code="empty-range", hint="give the lower first")
    rates: np.ndarray[tuple[int], np.dtype[np.float64]] = np.expm1(np.linspace(np.log1p(low), np.log1p(high), _STEPS))
    rates[0], rates[-1] = low, high
    return rates


def rate_for(curve: Curve, target: float, low: float = 0.0, high: float = HIGHEST, what: str = "revenue") -> float:
    """The lowest rate at which a curve reaches ``target``, by Brent's root finding in a bracket.

    Raises ``BadRequestError`` where it is never reached, with the most it gives and at which rate.
    """
    if not np.isfinite(target):
        raise BadRequestError(f"the {what} asked for is no number", code="bad-target", hint="give an amount in dollars")
    curve = cache(curve)
    before = curve(low)
    if before >= target:
        raise BadRequestError(
            f"a rate of {low:.4%} gives {what} of {before:,.0f} already, {target:,.0f} is asked for",
            code="target-below-range",
            hint="ask for more, or lower the least rate",
        )
    top = highest(curve, low, high)
    if not top.value >= target:
        raise _never(target, top, what)
    below = low
    for rate in grid(low, high)[1:]:
        beyond = min(float(rate), top.rate)
        if curve(beyond) >= target:
            return float(brentq(lambda one: curve(float(one)) - target, below, beyond, xtol=_NEAR))
        below = beyond if np.isfinite(curve(beyond)) else below
    raise _never(target, top, what)


def _never(target: float, top: Top, what: str) -> BadRequestError:
    where = "still rising there" if top.at_edge else "falling beyond"
    return BadRequestError(
        f"no rate gives {what} of {target:,.0f}: the most is {top.value:,.0f}, at {top.rate:.2%}, {where}",
        code="target-not-reached",
        hint=f"ask for at most {top.value:,.0f}, or widen the scope",
    )
