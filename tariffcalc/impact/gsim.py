"""GSIM: world prices clear many markets at once; linear in percentage changes, so one system of equations.

Francois & Hall (2002), Global Simulation Analysis of Industry-Level Trade Policy. With theta_vr the share of exporter r
in what importer v spends, E_m the elasticity of import demand, E_s that of substitution, E_x that of export supply, T
the relative change of the power of the tariff (T1/T0 - 1):

- own price elasticity N_vrr = theta_vr E_m - (1 - theta_vr) E_s, cross N_vrs = theta_vs (E_m + E_s)  (equations 3, 4)
- quantity bought q_vr = N_vrr (p_r + T_vr) + sum over s not r of N_vrs (p_s + T_vs)  (equation 9)
- clearing for each exporter: E_x p_r = sum over v of (share of v in r's sales) x q_vr  (equation 10)
- producer surplus V p (1 + E_x p / 2); consumer surplus -E (c + E_m c^2 / 2), c the mean price change of what v buys

``solve`` is the whole system. ``respond`` is the case of one importer a market, a diagonal plus a matrix of rank one:
with x = sum of theta (p + T), p_r = ((E_m + E_s) x - E_s T_r) / (E_x + E_s), and x follows in closed form. Being linear
the model can ask for less than nothing under a prohibitive rate: quantities stop at zero there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tariffcalc.errors import BadRequestError
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
        own = 1 / (1 + sigma / np.where(supply == 0, 1.0, supply)) * (supply > 0)
        steep = 1 / (supply + sigma)
        pull = 1 - markets.total(markets.share * (sigma + eta) * steep)
        mean = markets.spread(markets.total(markets.share * markets.wedge * own) / pull)
        lines = ((sigma + eta) * mean - sigma * markets.wedge) * steep
        asked = (sigma + eta) * mean - sigma * (lines + markets.wedge)
        quantity = np.maximum(asked, -1.0)
        received = np.maximum(lines, -least(supply))
        return answer(markets, quantity, received, mixed(markets, quantity), asked=asked)


def least(supply: Floats) -> Floats:
    """The fall of price at which nothing is sold any more, 1 / E_x, or at which the price itself is nothing."""
    return 1 / np.maximum(supply, 1.0)


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
    raise ``BadRequestError``.
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
    # q = diag(-E_s)(p + T) + (E_m + E_s) x theta' (p + T), importer by importer; weighted by each exporter's sales
    pull = (e_m + e_s) * sold
    matrix = np.diag(e_x + (sold * e_s).sum(axis=1)) - pull @ theta.T
    right = (pull * (theta * cut).sum(axis=0)).sum(axis=1) - (sold * e_s * cut).sum(axis=1)
    price = np.linalg.solve(matrix, right)
    paid = price[:, None] + cut
    mean = (theta * paid).sum(axis=0)
    quantity = np.maximum((e_m + e_s) * mean - e_s * paid, -1.0)
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
