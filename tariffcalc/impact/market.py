"""What every model of trade response is given and gives back: many markets at once, one row a flow.

A market is one importer's purchases of one product (in one period, where the question has periods); its rows are the
origins it buys from. Values are US dollars at world prices, that is before duty; tariffs are applied rates as
fractions of that value; elasticities carry their economic sign (demand below zero). Quantities are counted so that
every world price is 1 before the change: a row's quantity before is its value.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tariffcalc.errors import BadRequestError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Markets:
    """Flows of ``count`` markets: ``market`` (n,) ascending from 0, ``value``, ``before`` and ``after`` (n,).

    ``value`` is above zero; ``before`` and ``after`` are the tariffs, known for every row.
    """

    market: Ints
    value: Floats
    before: Floats
    after: Floats

    @cached_property
    def count(self) -> int:
        """How many markets there are."""
        return int(self.market[-1]) + 1 if self.market.size else 0

    def total(self, rows: Floats) -> Floats:
        """Sums of a quantity of the rows over each market, (count,)."""
        sums: Floats = np.bincount(self.market, weights=rows, minlength=self.count).astype(np.float64)
        return sums

    def spread(self, markets: Floats) -> Floats:
        """A quantity of the markets repeated for each of their rows, (n,)."""
        return markets[self.market]

    @cached_property
    def wedge(self) -> Floats:
        """By how much the duty alone raises a row's price, as a fraction: (1 + after) / (1 + before) - 1."""
        return (1 + self.after) / (1 + self.before) - 1

    @cached_property
    def share(self) -> Floats:
        """Each row's share of what its market spends, duty included, before the change."""
        spent = self.value * (1 + self.before)
        return spent / self.spread(self.total(spent))


@dataclass(frozen=True)
class Elasticities:
    """How strongly buyers and sellers answer a price.

    ``demand`` (count,) of the whole import, below zero; ``substitution`` (count,) between origins, above zero;
    ``supply`` (n,) of each origin's exports, above zero, ``inf`` where the world price does not move.
    ``pass_through``: the fraction of a change of duty that buyers bear, where that is assumed; it then takes the place
    of ``supply``. None: the elasticities decide.
    """

    demand: Floats
    substitution: Floats
    supply: Floats
    pass_through: float | None = None


@dataclass(frozen=True)
class Response:
    """What a model answers, all (n,) by row and in dollars or fractions.

    With V the value, t0 and t1 the tariffs, q the change of quantity and p that of the world price as fractions:

    - ``quantity_change`` q; ``price_received_change`` p; ``price_paid_change`` (1 + p)(1 + t1)/(1 + t0) - 1, which
      the linear ``gsim`` has without the product: p + (1 + t1)/(1 + t0) - 1
    - ``creation`` and ``diversion``: dollars at the world prices of before; they sum to V q, and the diversion of a
      market to 0
    - ``value_after`` = V (1 + q)(1 + p), at the world prices of after
    - ``duty_before`` = t0 V; ``duty_after`` = t1 value_after
    - ``buyers_loss``, ``exporters_loss``: the surplus that each side loses, dollars, above zero for a loss
    - ``deadweight_loss`` = 1/2 (t1 - t0) (-q) V, the triangle of Amiti, Redding & Weinstein (2019); where the lines of
      a model are straight, t1 counts up to the rate at which trade ends

    ``settled`` (count,) says which markets have a solution; the rows of others hold NaN.
    """

    quantity_change: Floats
    price_paid_change: Floats
    price_received_change: Floats
    creation: Floats
    diversion: Floats
    value_after: Floats
    duty_before: Floats
    duty_after: Floats
    buyers_loss: Floats
    exporters_loss: Floats
    deadweight_loss: Floats
    settled: Bools

    @property
    def revenue_change(self) -> Floats:
        """Duty after less duty before."""
        return self.duty_after - self.duty_before

    @property
    def welfare_change(self) -> Floats:
        """What both sides together gain: revenue less what buyers and exporters lose."""
        return self.revenue_change - self.buyers_loss - self.exporters_loss


class Model(Protocol):
    """A way in which trade answers a change of tariffs."""

    @property
    def name(self) -> str:
        """What the model is called where one is asked for."""
        ...

    def respond(self, markets: Markets, elasticities: Elasticities) -> Response:
        """The answer of all markets."""
        ...


def answer(
    markets: Markets,
    quantity: Floats,
    received: Floats,
    parts: tuple[Floats, Floats],
    surplus: tuple[Floats, Floats] | None = None,
    settled: Bools | None = None,
    reached: Floats | None = None,
    paid: Floats | None = None,
) -> Response:
    """A response from the changes of quantity and world price, and its ``parts``: creation and diversion.

    ``surplus`` is what buyers and exporters lose; left out, it is taken along straight lines: the mean of quantities
    before and after times the change of the price (the trapezoid under which welfare is that of Laird & Yeats 1986).
    ``reached`` is the part of the change of tariff at which a row's trade ends, 1 if it does not: quantities follow the
    line as far as that and stay there, and losses are counted along that path. ``paid`` is the change of the price paid
    where it is not that of world price times tariff.
    """
    settled = np.ones(markets.count, dtype=bool) if settled is None else settled
    paid = (1 + received) * (1 + markets.wedge) - 1 if paid is None else paid
    reached = np.ones_like(quantity) if reached is None else reached
    value_after = markets.value * (1 + quantity) * (1 + received)
    if surplus is None:
        bought = markets.value * (1 + quantity - quantity * reached / 2)
        surplus = bought * (1 + markets.before) * paid, -markets.value * (1 + quantity / 2) * received
    deadweight = -(markets.after - markets.before) / 2 * reached * quantity * markets.value
    duties = markets.before * markets.value, markets.after * value_after
    rows = (quantity, paid, received, *parts, value_after, *duties, *surplus, deadweight)
    told: dict[str, Floats] = {name: _known(markets, settled, one) for name, one in zip(ROWS, rows, strict=True)}
    return Response(**told, settled=settled)


ROWS = tuple(one.name for one in fields(Response) if one.name != "settled")
"""What a response says of every row, in order."""


def _known(markets: Markets, settled: Bools, rows: Floats) -> Floats:
    """The rows, without number where their market has no solution."""
    return rows if settled.all() else np.where(settled[markets.market], rows, np.nan)


def mixed(markets: Markets, quantity: Floats) -> tuple[Floats, Floats]:
    """Creation and diversion of a change of quantities: the market's mean change, and each row's distance from it.

    The mean is weighted by value at world prices, so diversion sums to 0.
    """
    mean = markets.total(markets.value * quantity) / markets.total(markets.value)
    creation = markets.value * markets.spread(mean)
    return creation, markets.value * quantity - creation


def own_elasticity(markets: Markets, elasticities: Elasticities) -> Floats:
    """How much a row's demand falls with its own price: sigma (1 - s) - eta s, with s its share of expenditure.

    First order of nested constant-elasticity demand; equation 3 of Francois & Hall (2002) has the same.
    """
    sigma, eta = markets.spread(elasticities.substitution), markets.spread(elasticities.demand)
    return sigma - markets.share * (sigma + eta)


def supply_of(elasticities: Elasticities, own: Floats) -> Floats:
    """The supply elasticities: those given, or those under which the stated part of a duty reaches buyers.

    Buyers bear the fraction supply / (supply + own) of a small duty, own being the elasticity of demand without its
    sign (incidence of a tax under competition: Weyl & Fabinger 2013); so supply = own x share / (1 - share). A stated
    share of 1 is a world price that does not move: supply is infinite.
    """
    share = elasticities.pass_through
    if share is None:
        return elasticities.supply
    return np.full_like(own, np.inf) if share == 1 else own * share / (1 - share)


def check(markets: Markets, elasticities: Elasticities) -> None:
    """Refuse figures that no market can have: by name, how many rows, and what to do."""
    wrong = {
        "values must be finite and above zero": ~(np.isfinite(markets.value) & (markets.value > 0)),
        "tariffs before must be finite and at least 0": ~(np.isfinite(markets.before) & (markets.before >= 0)),
        "tariffs after must be finite and at least 0": ~(np.isfinite(markets.after) & (markets.after >= 0)),
        "elasticities of demand must not be above 0": ~(np.isfinite(elasticities.demand) & (elasticities.demand <= 0)),
        "elasticities of substitution must be above 0": ~(
            np.isfinite(elasticities.substitution) & (elasticities.substitution > 0)
        ),
        "elasticities of supply must be above 0 (or inf)": ~(elasticities.supply > 0),
    }
    for said, where in wrong.items():
        if where.any():
            raise BadRequestError(
                f"{said}: {int(where.sum())} of {where.size} are not, first at place {int(where.argmax())}",
                code="bad-market",
                hint="leave such rows out, or give other figures",
            )
    share = elasticities.pass_through
    if share is not None and not 0 <= share <= 1:
        raise BadRequestError(
            f"pass-through {share} is not between 0 and 1",
            code="bad-pass-through",
            hint="0: exporters bear the whole duty, 1: buyers do",
        )


def one_market(
    values: object, before: object, after: object, demand: float, substitution: float, supply: object
) -> tuple[Markets, Elasticities]:
    """A single market from plain figures: what the ``solve`` functions take. Zero values are refused."""
    value, low, high = (np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in (values, before, after))
    if not value.ndim == 1 == low.ndim == high.ndim or not value.size == low.size == high.size:
        raise BadRequestError(
            f"values and tariffs have the shapes {value.shape}, {low.shape}, {high.shape}",
            code="bad-market",
            hint="give one value and two tariffs for each origin",
        )
    markets = Markets(np.zeros(value.size, dtype=np.int64), value, low, high)
    sellers = np.broadcast_to(np.asarray(supply, dtype=np.float64), value.shape).copy()
    elasticities = Elasticities(np.array([float(demand)]), np.array([float(substitution)]), sellers)
    check(markets, elasticities)
    return markets, elasticities
