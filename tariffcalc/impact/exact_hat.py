"""General equilibrium of many countries and sectors that buy inputs of each other, solved in changes.

Caliendo and Parro (2015), "Estimates of the Trade and Welfare Effects of NAFTA", Review of Economic Studies 82, whose
equation numbers are given below; the method of changes ("exact hat") is that of Dekle, Eaton and Kortum (2008), IMF
Staff Papers 55. No productivity or trade cost needs to be known: observed trade shares stand for them.

Axes: ``j`` the sector bought or sold, ``k`` the sector that buys inputs, ``n`` the importer, ``i`` the exporter. Values
are at exporter prices, before duty; tariffs are fractions of them. The numeraire is the value added of the world.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import BadRequestError
from tariffcalc.impact.hat_economy import Economy, Floats, State, array, fault_of, inputs_of, ratio, without_own

__all__ = ["Economy", "Outcome", "solve", "without_own"]

TOLERANCE = 1e-10
_FIRST_STEP, _SMALLEST_STEP, _PATIENCE, _DAMPED_ROUNDS = 0.5, 0.01, 50, 600
_SEARCH_ROUNDS, _INNER_ROUNDS = 300, 400


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A solution.

    ``wage`` (N,), ``cost`` and ``price`` (J, N) are logs of changes; ``shares``, ``spending``, ``income`` (N,) and
    ``trade`` (J, N, N) at exporter prices are levels.
    """

    wage: Floats
    cost: Floats
    price: Floats
    shares: Floats
    spending: Floats
    income: Floats
    trade: Floats
    iterations: int
    residual: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a change of tariffs does; all changes are fractions, (N,) by country unless said.

    ``real_income_change`` is exact: income over the price index. ``terms_of_trade`` and ``volume_of_trade`` are the two
    terms of the first-order reading of welfare (equation 15), with the weights of before and proportional changes;
    they approach the exact figure only for small shocks. ``trade_before`` and ``trade_after`` (J, importer, exporter)
    are at exporter prices and hold a country's sales to itself; with closed deficits ``trade_before`` is the balanced
    trade, not the observed.
    """

    real_income_change: Floats
    terms_of_trade: Floats
    volume_of_trade: Floats
    real_wage_change: Floats
    price_index_change: Floats
    trade_before: Floats
    trade_after: Floats
    iterations: int
    residual: float
    converged: bool = True

    @property
    def first_order_change(self) -> Floats:
        """Welfare to the first order: terms of trade and volume of trade together."""
        return self.terms_of_trade + self.volume_of_trade


def solve(economy: Economy, tariff_after: ArrayLike, close_deficits: bool = True) -> Outcome:  # noqa: FBT001, FBT002 - the signature is a contract
    """The equilibrium under other tariffs, beside the one under the economy's own.

    With ``close_deficits`` both have balanced trade (as in the paper: deficits are closed first); otherwise each
    country's deficit stays the same part of the world's value added. Raises ``BadRequestError`` for tariffs of the
    wrong shape and where no equilibrium is found.
    """
    after = array(tariff_after)
    if fault := fault_of("tariff_after", after, array(economy.tariff).shape, low=0.0):
        raise BadRequestError("the tariffs after cannot be used", code="economy", faults=[fault])
    start, before, after = economy.calibrated, economy.tariffs, without_own(after)
    deficits = np.zeros_like(start.value_added) if close_deficits else economy.deficits
    base = _settle(start, before, before, deficits)
    wages = start.value_added * np.exp(base.wage)
    settled = replace(start, shares=base.shares, value_added=wages, spending=base.spending)
    return _outcome(settled.final, before, base, _settle(settled, before, after, deficits))


def _settle(state: State, before: Floats, after: Floats, deficits: Floats) -> Equilibrium:
    """Wages, prices and spending that agree: by damped iteration, or where that fails by a search for wages."""
    market = _Market(state, np.log1p(after) - np.log1p(before), after, deficits)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        rounds = _damped(market)
        if not market.residual < TOLERANCE:
            rounds += _searched(market)
    if not market.residual < TOLERANCE:
        raise _unsettled(market, rounds)
    trade = market.shares / (1.0 + after) * market.spending[:, :, None]
    return Equilibrium(
        market.wage,
        market.cost,
        market.price,
        market.shares,
        market.spending,
        market.income,
        trade,
        rounds,
        market.residual,
    )


class _Market:
    """Where the search for an equilibrium stands: wages and prices in logs of changes, spending, and what is amiss."""

    def __init__(self, state: State, shift: Floats, tariff: Floats, deficits: Floats) -> None:
        self.state, self.shift, self.tariff, self.deficits = state, shift, tariff, deficits
        self.start()

    def start(self) -> None:
        """Nothing has changed yet."""
        self.wage, self.price = np.zeros_like(self.state.value_added), np.zeros_like(self.state.spending)
        self.spending, self.residual = self.state.spending, np.inf

    def round(self, wage: Floats) -> Floats:
        """One round of prices and spending at these wages: the excess demand for labour, (N,), in logs.

        Labour markets clear where trade balances (14): income is spent and what is sold pays value added and inputs.
        """
        added = self.state.value_added
        self.wage = wage - np.log((added * np.exp(wage)).sum() / added.sum())
        self.cost, self.price, self.shares, moved = _prices(self.state, self.shift, self.wage, self.price)
        paid = added * np.exp(self.wage)
        earned = paid + self.deficits
        found, output, self.income = _spending(self.state, self.shares, self.tariff, earned, self.spending)
        self.drift = float(np.maximum(moved, np.max(np.abs(found - self.spending)) / np.max(found)))
        self.spending = found
        excess: Floats = np.log((self.state.added * output).sum(axis=0) / paid)
        self.excess = excess
        self.residual = float(np.maximum(self.drift, np.max(np.abs(self.excess))))
        return excess

    def settled(self, wage: Floats) -> Floats:
        """The same after as many rounds as prices and spending need to agree with these wages."""
        excess = self.round(wage)
        for _ in range(_INNER_ROUNDS):
            if not self.drift > TOLERANCE / 100:
                break
            excess = self.round(wage)
        return excess


def _damped(market: _Market) -> int:
    """Let wages rise by a part of the excess demand for labour, and count the rounds.

    After Alvarez and Lucas (2007), Journal of Monetary Economics 54; the part is halved where the excess does not
    shrink. Wages, prices and spending move together.
    """
    step, best, excess = _FIRST_STEP, np.inf, np.zeros_like(market.wage)
    for iteration in range(1, _DAMPED_ROUNDS + 1):
        excess = market.round(market.wage + step * excess)
        if market.residual < TOLERANCE or not np.isfinite(market.residual):
            return iteration
        if iteration % _PATIENCE == 0:
            step = step if market.residual < best / 2 else max(step / 2, _SMALLEST_STEP)
            best = min(best, market.residual)
    return _DAMPED_ROUNDS


def _searched(market: _Market) -> int:
    """Find wages by a spectral search without derivatives, and count the evaluations.

    La Cruz, Martinez and Raydan (2006), Mathematics of Computation 75, as scipy has it.
    """
    from scipy.optimize import root  # type: ignore[import-untyped]  # noqa: PLC0415 - rarely needed

    market.start()
    options = {"maxfev": _SEARCH_ROUNDS, "fatol": TOLERANCE / 10, "ftol": 0.0}
    found = root(market.settled, market.wage, method="df-sane", options=options)
    market.settled(found.x)
    return int(found.nfev)


def _prices(state: State, shift: Floats, wage: Floats, price: Floats) -> tuple[Floats, Floats, Floats, float]:
    """Two rounds of costs (10), price indices (11) and expenditure shares (12), and how far prices still moved."""
    for _ in range(2):
        cost = (
            state.added * wage
            + (1.0 - state.added) * np.matmul(state.inputs.transpose(0, 2, 1), price.T[:, :, None])[:, :, 0].T
        )
        weight = state.shares * np.exp(-state.theta[:, :, None] * (shift + cost[:, None, :]))
        total = weight.sum(axis=2)
        found = np.where(total > 0, -np.log(np.where(total > 0, total, 1.0)) / state.theta, 0.0)
        moved, price = float(np.max(np.abs(found - price))), found
    return cost, price, ratio(weight, total[:, :, None]), moved


def _spending(
    state: State, shares: Floats, tariff: Floats, earned: Floats, spending: Floats
) -> tuple[Floats, Floats, Floats]:
    """Two rounds of spending by sector (13), and the output and income that belong to it."""
    received = shares / (1.0 + tariff)
    revenue = (received * tariff).sum(axis=2)
    for _ in range(2):
        output = np.matmul(received.transpose(0, 2, 1), spending[:, :, None])[:, :, 0]
        income = earned + (revenue * spending).sum(axis=0)
        spending = inputs_of(state.inputs, (1.0 - state.added) * output) + state.final * income
    return spending, output, income


def _outcome(final: Floats, tariff: Floats, base: Equilibrium, new: Equilibrium) -> Outcome:
    index = (final * new.price).sum(axis=0)
    cost = np.expm1(new.cost)
    grown = ratio(new.trade, base.trade) - (base.trade > 0)
    sold, bought = np.einsum("jni,ji->i", base.trade, cost), np.einsum("jni,ji->n", base.trade, cost)
    volume = (tariff * base.trade * (grown - cost[:, None, :])).sum(axis=(0, 2))
    return Outcome(
        real_income_change=new.income / base.income / np.exp(index) - 1.0,
        terms_of_trade=(sold - bought) / base.income,
        volume_of_trade=volume / base.income,
        real_wage_change=np.expm1(new.wage - index),
        price_index_change=np.expm1(index),
        trade_before=base.trade,
        trade_after=new.trade,
        iterations=base.iterations + new.iterations,
        residual=max(base.residual, new.residual),
    )


def _unsettled(market: _Market, rounds: int) -> BadRequestError:
    worst = int(np.argmax(np.abs(np.nan_to_num(market.excess, nan=np.inf))))
    return BadRequestError(
        f"no equilibrium was found in {rounds} rounds: the residual is {market.residual:.1e}, and demand for labour "
        f"is furthest from its supply in country {worst}",
        code="not-settled",
        hint="look for tariffs of several hundred per cent, or for a theta of many tens where tariffs move much",
    )
