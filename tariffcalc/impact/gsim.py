"""GSIM: world prices clear many markets at once; linear in percentage changes, so one system of equations.

Francois & Hall (2002), Global Simulation Analysis of Industry-Level Trade Policy. With theta_vr the share of exporter r
in what importer v spends, E_m the elasticity of import demand, E_s that of substitution, E_x that of export supply, T
the relative change of the power of the tariff (T1/T0 - 1):

- own price elasticity N_vrr = theta_vr E_m - (1 - theta_vr) E_s, cross N_vrs = theta_vs (E_m + E_s)  (equations 3, 4)
- quantity bought q_vr = N_vrr (p_r + T_vr) + sum over s not r of N_vrs (p_s + T_vs)  (equation 9)
- clearing for each exporter: E_x p_r = sum over v of (share of v in r's sales) x q_vr  (equation 10)
- producer surplus V p (1 + E_x p / 2); consumer surplus -E (c + E_m c^2 / 2), c the mean price change of what v buys

Linear, the price paid is p + T and not (1 + p)(1 + T) - 1: demand, clearing and surplus all have it so. Being linear
the model can also ask for less than nothing, or for a world price below nothing; ``clearing`` solves it with quantities
and prices that stop there. What is barred by its tariff counts at the virtual price at which nobody would buy it.

``solve`` is the whole system, ``respond`` that of one importer a market: both give the same prices, trade and surplus.
Of a row buyers lose E_r v (1 + E_m c / 2), with E_r what they spent on it and v its price paid or virtual price; as c
is the mean of v, the rows sum to E (c + E_m c^2 / 2). Exporters lose -V p (1 + E_x p / 2). What both lose, less the
change of revenue, is the loss of welfare, in both forms; revenue is that of the new prices and quantities exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import BadRequestError
from tariffcalc.impact.clearing import World, clear, least
from tariffcalc.impact.market import (
    Elasticities,
    Floats,
    Markets,
    Response,
    answer,
    mixed,
    own_elasticity,
    supply_of,
)


@dataclass(frozen=True)
class Gsim:
    """The linear clearing of one importer's market, its exporters selling there at a price of their own."""

    name: str = "gsim"

    def respond(self, markets: Markets, elasticities: Elasticities) -> Response:
        """The answer of all markets."""
        sigma, eta = markets.spread(elasticities.substitution), markets.spread(elasticities.demand)
        supply = supply_of(elasticities, own_elasticity(markets, elasticities))
        cleared = clear(markets, elasticities, supply)
        mean, price, virtual = markets.spread(cleared.composite), cleared.received, cleared.virtual
        paid = price + markets.wedge
        quantity = np.where(cleared.barred, -1.0, np.maximum((sigma + eta) * mean - sigma * paid, -1.0))
        spent, steep = markets.value * (1 + markets.before), np.where(np.isinf(supply), 0.0, supply)
        lost = spent * virtual * (1 + eta * mean / 2), -markets.value * price * (1 + steep * price / 2)
        raised = cleared.barred & (markets.wedge > 0)
        ends = np.clip((virtual + least(supply)) / np.where(raised, markets.wedge, 1.0), 0.0, 1.0)
        reached = np.where(raised, ends, 1.0)
        return answer(markets, quantity, price, mixed(markets, quantity), lost, cleared.settled, reached, paid)


MODEL = Gsim()


@dataclass(frozen=True)
class Solution:
    """Changes of world prices (n,) as fractions; trade at the new world prices (n, n); dollars by country (n,)."""

    price_change: Floats
    trade_after: Floats
    producer_surplus: Floats
    consumer_surplus: Floats
    revenue_change: Floats

    @property
    def welfare(self) -> Floats:
        """By country: surplus of its producers and consumers, and its revenue."""
        return self.producer_surplus + self.consumer_surplus + self.revenue_change


def solve(
    trade: ArrayLike,
    power_before: ArrayLike,
    power_after: ArrayLike,
    demand: ArrayLike = -1.25,
    supply: ArrayLike = 1.5,
    substitution: ArrayLike = 5.0,
) -> Solution:
    """Many countries: ``trade`` at world prices and powers of tariffs (1 + tariff), (n exporters, n importers).

    Elasticities are one figure or (n,): demand and substitution by importer, supply by exporter. Bad shapes or figures
    raise ``BadRequestError``, and so does a market in which no prices are found.
    """
    flows, old, new = _square(trade, power_before, power_after)
    e_m, e_x, e_s = (
        np.broadcast_to(np.asarray(one, dtype=np.float64), len(flows)) for one in (demand, supply, substitution)
    )
    _check(flows, old, new, e_m, e_x, e_s)
    spent = flows * old
    theta = _over(spent, spent.sum(axis=0, keepdims=True))
    sold = _over(flows, flows.sum(axis=1, keepdims=True))
    cut = np.where(flows > 0, new / old - 1, 0.0)
    price, mean, quantity = World(theta, sold, cut, e_m, e_x, e_s).clear()
    after = flows * (1 + quantity) * (1 + price[:, None])
    return Solution(
        price_change=price,
        trade_after=after,
        producer_surplus=flows.sum(axis=1) * price * (1 + e_x * price / 2),
        consumer_surplus=-spent.sum(axis=0) * (mean + e_m * mean**2 / 2),
        revenue_change=((new - 1) * after - (old - 1) * flows).sum(axis=0),
    )


def _over(part: Floats, whole: Floats) -> Floats:
    """Shares; nothing of nothing is nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _square(trade: ArrayLike, before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """The three tables, if they are square and of one size."""
    tables = tuple(np.asarray(one, dtype=np.float64) for one in (trade, before, after))
    shape = tables[0].shape
    if len(shape) != 2 or shape[0] != shape[1] or any(one.shape != shape for one in tables):
        raise BadRequestError(
            f"trade and powers of tariffs have the shapes {', '.join(str(one.shape) for one in tables)}",
            code="bad-market",
            hint="give three square tables, a row an exporter and a column an importer, in the same order",
        )
    return tables[0], tables[1], tables[2]


def _check(trade: Floats, before: Floats, after: Floats, demand: Floats, supply: Floats, substitution: Floats) -> None:
    """Refuse figures that no market can have, by name and place."""
    wrong = {
        "trade must be finite and not below 0": ~(np.isfinite(trade) & (trade >= 0)),
        "powers of tariffs before must be above 0": ~(np.isfinite(before) & (before > 0)),
        "powers of tariffs after must be above 0": ~(np.isfinite(after) & (after > 0)),
        "elasticities of demand must not be above 0": ~(np.isfinite(demand) & (demand <= 0)),
        "elasticities of supply must be finite and above 0": ~(np.isfinite(supply) & (supply > 0)),
        "elasticities of substitution must be above 0": ~(np.isfinite(substitution) & (substitution > 0)),
    }
    for said, where in wrong.items():
        if where.any():
            place = ", ".join(str(int(i)) for i in np.unravel_index(int(where.argmax()), where.shape))
            raise BadRequestError(f"{said}: not so at place {place}", code="bad-market", hint="give other figures")
