"""SMART: one importer's demand and the diversion between its partners, in closed form.

Laird & Yeats (1986), The UNCTAD Trade Policy Simulation Model; Jammes & Olarreaga (2005), Explaining SMART and GSIM.
With M a row's imports, d the relative change of the price that buyers pay, eps the elasticity of import demand (below
zero), mu that of export supply, sigma that of substitution:

- price paid: d = w / (1 - eps/mu), where w = (1 + t1)/(1 + t0) - 1; a fixed world price (mu infinite) gives d = w
- trade diversion towards a row from all others, R = their imports, s = -sigma d, at least -1:
  M R s / (M + R + M s), taken from (or given to) the others in proportion to what they sell
- trade creation: M eps d, never more of a loss than diversion has left of the row: nobody buys less than nothing
- welfare: 1/2 (t0 + t1) x change of imports

Where several rows change price, the part of d that all of them share diverts nothing and is taken out first. A row
loses at most all of its imports to others; where more is drawn on, all that gain get less in proportion. Diversion
comes before creation, so that a higher tariff never takes back what it brought to the rivals; it sums to 0 over the
rows of a market. The model does not promise that an origin split in two gives the same total: creation does, diversion
does only to first order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.impact.market import Elasticities, Floats, Markets, Response, answer, one_market, supply_of


@dataclass(frozen=True)
class Smart:
    """Creation and diversion with straight lines of demand."""

    name: str = "smart"

    def respond(self, markets: Markets, elasticities: Elasticities) -> Response:
        """The answer of all markets."""
        demand = markets.spread(elasticities.demand)
        supply = supply_of(elasticities, -demand)
        paid = markets.wedge / (1 + _ratio(-demand, supply))
        asked = markets.value * demand * paid
        pulled = pairwise(markets, paid, markets.spread(elasticities.substitution))
        diversion = within(markets, pulled, markets.value)
        creation = np.maximum(asked, -markets.value - np.minimum(diversion, 0.0))
        quantity = np.maximum((creation + diversion) / markets.value, -1.0)
        received = (1 + paid) / (1 + markets.wedge) - 1
        reached = _reached(quantity, (asked + pulled) / markets.value)
        return answer(markets, quantity, received, (creation, diversion), reached=reached)


def _reached(quantity: Floats, asked: Floats) -> Floats:
    """The part of the line that quantities follow, where the line asks for less than can be."""
    reached = np.ones_like(quantity)
    np.divide(quantity, asked, out=reached, where=(asked < quantity) & (quantity < 0))
    return reached


def _ratio(demand: Floats, supply: Floats) -> Floats:
    """Demand over supply, where a supply of 0 lets no part of a duty reach buyers."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(demand == 0, 0.0, demand / supply)
    return found


def pairwise(markets: Markets, paid: Floats, substitution: Floats) -> Floats:
    """What each row draws from all others, less what the others draw from it, in dollars; sums to 0 over a market.

    Each draws on the others in proportion to what they sell, so sums over the market are all that is needed.
    """
    value = markets.value
    rest = markets.spread(markets.total(value)) - value
    alone = rest <= 0
    pull = np.maximum(-substitution * _relative(markets, paid), -1.0)
    by_value = np.where(alone, 0.0, value * pull / np.where(alone, 1.0, value + rest + value * pull))
    return rest * by_value - value * (markets.spread(markets.total(by_value)) - by_value)


def within(markets: Markets, drawn: Floats, room: Floats) -> Floats:
    """What is drawn, with no row losing more than its ``room``; all that gain then get less in proportion."""
    lost = np.minimum(np.maximum(-drawn, 0.0), room)
    gained = np.maximum(drawn, 0.0)
    asked = markets.total(gained)
    kept = np.where(asked > 0, markets.total(lost) / np.where(asked > 0, asked, 1.0), 0.0)
    return gained * markets.spread(kept) - lost


def _relative(markets: Markets, paid: Floats) -> Floats:
    """The change of each row's price against that which all rows of its market share."""
    least, most = np.full(markets.count, np.inf), np.full(markets.count, -np.inf)
    np.minimum.at(least, markets.market, paid)
    np.maximum.at(most, markets.market, paid)
    shared = markets.spread(np.maximum(least, 0.0) + np.minimum(most, 0.0))
    return (1 + paid) / (1 + shared) - 1


MODEL = Smart()


@dataclass(frozen=True)
class Solution:
    """One market's answer: dollars (n,), the change of the price paid (n,) as a fraction, dollars in total."""

    creation: Floats
    diversion: Floats
    price_change: Floats
    revenue_change: float
    welfare_change: float


def solve(
    imports: object,
    tariff_before: object,
    tariff_after: object,
    demand: float,
    substitution: float,
    supply: object = np.inf,
) -> Solution:
    """One market: ``imports`` (n,) by origin at world prices, tariffs (n,) as fractions, elasticities.

    ``demand`` below zero; ``supply`` one figure or (n,), infinite for a fixed world price. Bad figures raise
    ``BadRequestError``.
    """
    made = MODEL.respond(*one_market(imports, tariff_before, tariff_after, demand, substitution, supply))
    return Solution(
        made.creation,
        made.diversion,
        made.price_paid_change,
        float(made.revenue_change.sum()),
        float(made.welfare_change.sum()),
    )
