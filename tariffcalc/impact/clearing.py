"""The prices at which straight lines of demand and supply clear, where nobody buys or sells less than nothing.

Lines as in ``gsim``, with a = E_m + E_s, p the change of a world price and T that of the power of a tariff:

- demand q = a c - E_s (p + T), c the change of the composite's price: the mean, by what is spent, of the prices paid
- supply q = E_x p

Where the lines ask for less than nothing, trade is **barred**: q = -1, and its price counts in the composite as the
virtual one at which buyers would just take nothing, (a c + 1) / E_s. A world price does not fall below nothing: at
p = -1 the seller takes what is asked for (``floored``: only where E_x is below 1).

``clear`` has one unknown a market, c = mean of min(max(free, T - 1), choke), with free = (a c + E_x T) / (E_x + E_s)
and choke the virtual price. Which rows are barred is found by Newton's method, each pass in closed form: the equation
is bent one way, so the passes come down to its solution and end (where a > 0 a row once barred stays so). Only then is
it asked which rows are floored; that brings c up, from solution to solution, and ends too. ``clear_world`` goes the
same way with an equation for each country's price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import BadRequestError
from tariffcalc.impact.market import Bools, Elasticities, Floats, Markets

PASSES = 200
NEAR = 1e-12
_HELD = 1e-12
"""A composite that no row holds is held by so much, so that every pass gives a number."""


@dataclass(frozen=True)
class Cleared:
    """What clears: ``composite`` (count,) the changes c and ``settled`` whether they are; by row (n,) the rest.

    ``received`` is the change of the world price p, where nothing is sold that at which supply ends; ``virtual`` the
    change of price that counts in the composite.
    """

    composite: Floats
    settled: Bools
    received: Floats
    virtual: Floats
    barred: Bools


def clear(markets: Markets, elasticities: Elasticities, supply: Floats) -> Cleared:
    """The prices of each importer's market on its own, its exporters selling there at a price of their own."""
    sigma, eta = markets.spread(elasticities.substitution), markets.spread(elasticities.demand)
    pull, wedge = sigma + eta, markets.wedge
    with np.errstate(divide="ignore"):
        level, steep = wedge / (1 + sigma / supply), pull / (supply + sigma)
    mean, floored = np.zeros(markets.count), np.zeros(len(wedge), dtype=bool)
    for _ in range(PASSES):
        around = markets.spread(mean)
        line, choke = (pull * around - sigma * wedge) / (supply + sigma), (pull * around + 1) / sigma
        paid = np.maximum(line, -1.0) + wedge
        virtual = np.minimum(paid, choke)
        settled = _meets(markets.total(markets.share * virtual), mean)
        if settled.all():
            break
        within = np.minimum(np.where(floored, -1.0, line) + wedge, choke)
        found = _meets(markets.total(markets.share * within), mean)[markets.market]
        floored = np.where(found, line < -1, floored)
        barred = np.where(floored, -1.0, line) + wedge > choke
        slope = np.where(barred, pull / sigma, np.where(floored, 0.0, steep))
        start = np.where(barred, 1 / sigma, np.where(floored, wedge - 1, level))
        held = np.maximum(1 - markets.total(markets.share * slope), _HELD)
        mean = np.where(settled, mean, markets.total(markets.share * start) / held)
    barred = paid > choke
    return Cleared(mean, settled, np.where(barred, -least(supply), np.maximum(line, -1.0)), virtual, barred)


def least(supply: Floats) -> Floats:
    """The fall of price at which nothing is sold any more, 1 / E_x, or at which the price itself is nothing."""
    return 1 / np.maximum(supply, 1.0)


def _meets(made: Floats, sought: Floats) -> Bools:
    met: Bools = np.abs(made - sought) <= NEAR * (1 + np.abs(sought))
    return met


@dataclass(frozen=True)
class World:
    """Many countries: (n exporters, n importers) shares of spending and of sales, ``cut`` the changes T of powers.

    Elasticities (n,): demand and substitution by importer, supply by exporter.
    """

    theta: Floats
    sold: Floats
    cut: Floats
    demand: Floats
    supply: Floats
    substitution: Floats

    def clear(self) -> tuple[Floats, Floats, Floats]:
        """Changes of world prices (n,) and of composites (n,), quantities (n, n). ``BadRequestError`` if not found."""
        price, mean, stiff = np.zeros(len(self.sold)), np.zeros(len(self.sold)), self.sold @ self.substitution
        unsold, floored = np.zeros(self.sold.shape, dtype=bool), np.zeros(len(self.sold), dtype=bool)
        for _ in range(PASSES):
            paid = price[:, None] + self.cut
            choke = ((self.demand + self.substitution) * mean + 1) / self.substitution
            quantity = np.maximum((self.demand + self.substitution) * mean - self.substitution * paid, -1.0)
            sales = (self.sold * quantity).sum(axis=1)
            found = _meets((self.theta * np.minimum(paid, choke)).sum(axis=0), mean).all()
            moved = price + (sales - self.supply * price) / (self.supply + stiff)
            if found and _meets(np.maximum(moved, -1.0), price).all():
                return np.maximum(price, -1.0), mean, quantity
            if found:
                unsold, floored = paid > choke, sales < -self.supply
            price, mean = self._pass(paid > choke, unsold, floored)
        raise _unsettled()

    def _pass(self, beyond: Bools, unsold: Bools, floored: Bools) -> tuple[Floats, Floats]:
        """Prices and composites if these cells count at their virtual price, and these are not sold."""
        pull, steep = self.demand + self.substitution, self.substitution
        held = np.maximum(1 - (self.theta * beyond).sum(axis=0) * pull / steep, _HELD)
        share = np.where(beyond, 0.0, self.theta) / held
        start = (share * self.cut).sum(axis=0) + (self.theta * beyond).sum(axis=0) / steep / held
        sells = np.where(unsold, 0.0, self.sold)
        matrix = np.diag(self.supply + (sells * steep).sum(axis=1)) - (sells * pull) @ share.T
        right = (sells * (pull * start - steep * self.cut)).sum(axis=1) - (self.sold * unsold).sum(axis=1)
        matrix[floored], right[floored] = np.eye(len(right))[floored], -1.0
        try:
            price = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError as error:
            raise _unsettled() from error
        return price, price @ share + start


def _unsettled() -> BadRequestError:
    return BadRequestError(
        "no prices were found at which every market clears",
        code="not-settled",
        hint="look for changes of tariffs of several hundred per cent, or for a substitution below demand",
    )
