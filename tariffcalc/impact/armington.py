"""Goods told apart by origin, one importer, sellers with rising costs: constant elasticities, solved exactly.

Armington (1969); Francois & Hall (1997), Applied Methods for Trade Policy Analysis, ch. 5; Hallren & Riker (2017). In
changes from 1: demand q_i = c_i^-sigma P^(sigma + eta), price index P = (sum s_i c_i^(1 - sigma))^(1/(1 - sigma)),
supply q_i = (c_i / T_i)^eps_i, with c the price paid, T = (1 + t1)/(1 + t0), s the shares of expenditure. Clearing
gives ln c_i = (eps_i ln T_i + (sigma + eta) ln P) / (eps_i + sigma): one unknown a market, ln P, found by Newton's
method for all markets at once. At sigma = 1 the index is that of Cobb and Douglas, ln P = sum s_i ln c_i.

The equation in ln P falls without end and is bent one way only, because (sigma + eta)/(eps + sigma) < 1 whenever
eta < eps: there is one solution, and Newton's method reaches it from anywhere.

Surplus is exact. Buyers lose E (P^(1 + eta) - 1)/(1 + eta), E what they spent before; it is shared out over origins by
the weights of Sato (1976) and Vartia (1976), under which ln P is exactly the mean of ln c_i. Exporters lose
V (1 - p^(1 + eps))/(1 + eps), p their price. An origin split into two equal halves gives the same sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.impact.market import (
    Bools,
    Elasticities,
    Floats,
    Markets,
    Response,
    answer,
    mixed,
    one_market,
    own_elasticity,
    supply_of,
)

STEPS = 100
NEAR = 1e-12
COBB_DOUGLAS = 1e-6
"""An elasticity of substitution as near to 1 as this is taken to be 1."""


@dataclass(frozen=True)
class Prices:
    """Logarithms of the changes: price paid ``paid`` (n,), price index ``index`` (count,); what has a solution."""

    paid: Floats
    index: Floats
    settled: Bools


@dataclass(frozen=True)
class Armington:
    """Constant elasticities of demand, substitution and supply."""

    name: str = "armington"

    def respond(self, markets: Markets, elasticities: Elasticities) -> Response:
        """The answer of all markets."""
        supply = supply_of(elasticities, own_elasticity(markets, elasticities))
        prices = prices_of(markets, elasticities, supply)
        sigma, eta = markets.spread(elasticities.substitution), markets.spread(elasticities.demand)
        index = markets.spread(prices.index)
        quantity = np.expm1((sigma + eta) * index - sigma * prices.paid)
        received = np.where(np.isinf(supply), 0.0, prices.paid - np.log1p(markets.wedge))
        surplus = _buyers(markets, prices, sigma, eta), _exporters(markets, received, supply)
        return answer(markets, quantity, np.expm1(received), mixed(markets, quantity), surplus, prices.settled)


def prices_of(markets: Markets, elasticities: Elasticities, supply: Floats) -> Prices:
    """The prices that clear every market, by Newton's method on the logarithm of each price index."""
    sigma, eta = markets.spread(elasticities.substitution), markets.spread(elasticities.demand)
    with np.errstate(divide="ignore"):
        own = np.log1p(markets.wedge) / (1 + sigma / supply)
    slope = (sigma + eta) / (supply + sigma)
    index = np.zeros(markets.count)
    settled = np.zeros(markets.count, dtype=bool)
    for _ in range(STEPS):
        paid = own + slope * markets.spread(index)
        made, share = _index(markets, paid, 1 - sigma)
        gap = made - index
        settled = np.abs(gap) <= NEAR * (1 + np.abs(index))
        if settled.all():
            break
        index = index + np.where(settled, 0.0, gap / (1 - markets.total(share * slope)))
    return Prices(paid, index, settled)


def _index(markets: Markets, paid: Floats, power: Floats) -> tuple[Floats, Floats]:
    """The logarithm of the price index at some prices paid, and the shares of expenditure there."""
    flat = np.abs(power) < COBB_DOUGLAS
    exponent = np.where(flat, 0.0, power * paid)
    top = np.full(markets.count, -np.inf)
    np.maximum.at(top, markets.market, exponent)
    grown = np.expm1(exponent - markets.spread(top))
    summed = markets.total(markets.share * grown)
    market_power = np.ones(markets.count)
    market_power[markets.market] = np.where(flat, 1.0, power)
    flats = np.zeros(markets.count, dtype=bool)
    flats[markets.market] = flat
    made = np.where(flats, markets.total(markets.share * paid), (top + np.log1p(summed)) / market_power)
    return made, markets.share * (1 + grown) / (1 + markets.spread(summed))


def _buyers(markets: Markets, prices: Prices, sigma: Floats, eta: Floats) -> Floats:
    """What buyers lose, by origin: the area left of the demand for the composite, shared out by log-mean weights."""
    index = markets.spread(prices.index)
    weight = markets.share * _mean_growth(np.where(np.isfinite(index), (1 - sigma) * (prices.paid - index), 0.0))
    weight = weight / markets.spread(markets.total(weight))
    spent = markets.spread(markets.total(markets.value * (1 + markets.before)))
    return spent * _mean_growth((1 + eta) * index) * weight * prices.paid


def _exporters(markets: Markets, received: Floats, supply: Floats) -> Floats:
    """What exporters lose: the area left of their supply; nothing where their price is fixed."""
    steep = np.where(np.isinf(supply), 0.0, supply)
    lost: Floats = -markets.value * received * _mean_growth((1 + steep) * received)
    return lost


def _mean_growth(rate: Floats) -> Floats:
    """(e^x - 1) / x, which is 1 at 0."""
    small = np.abs(rate) < 1e-300
    return np.where(small, 1.0, np.expm1(rate) / np.where(small, 1.0, rate))


MODEL = Armington()


@dataclass(frozen=True)
class Solution:
    """One market's answer, as fractions: by origin (n,), and the change of the price index."""

    producer_price_change: Floats
    consumer_price_change: Floats
    quantity_change: Floats
    price_index_change: float


def solve(
    values: object,
    tariff_before: object,
    tariff_after: object,
    demand: float = -1.0,
    substitution: float = 4.0,
    supply: object = 10.0,
) -> Solution:
    """One market: ``values`` (n,) by origin at domestic prices (duty included), tariffs (n,) as fractions.

    ``supply`` is one figure or (n,), infinite for a fixed world price. Bad figures raise ``BadRequestError``.
    """
    before = np.asarray(tariff_before, dtype=np.float64)
    world = np.asarray(values, dtype=np.float64) / (1 + before)
    markets, elasticities = one_market(world, before, tariff_after, demand, substitution, supply)
    made = MODEL.respond(markets, elasticities)
    index = prices_of(markets, elasticities, elasticities.supply).index
    return Solution(made.price_received_change, made.price_paid_change, made.quantity_change, float(np.expm1(index[0])))
