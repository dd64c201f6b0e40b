"""Markets of one change of tariffs under several assumptions, laid over each other and, where asked, taken together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from tariffcalc.impact.drawing import Setting
from tariffcalc.impact.elasticities import Found, Known
from tariffcalc.impact.market import Floats, Ints, Markets
from tariffcalc.impact.shocks import Shocks, shocks_of
from tariffcalc.impact.traded import Traded


@dataclass(frozen=True)
class Merging:
    """Which rows of trade make which row of which market.

    ``at`` (n,) are the rows of the table whose tariffs are known under every assumption; ``product_of`` (n,) and
    ``products`` are theirs; ``group`` (products,) the market of a product; ``row`` (n,) the merged row of each, and
    ``market`` (m,) the market of each merged row, ascending.
    """

    at: Ints
    product_of: Ints
    products: tuple[str, ...]
    group: Ints
    row: Ints
    market: Ints

    @classmethod
    def of(cls, traded: Sequence[Traded], sector_of: Callable[[Sequence[str]], Ints]) -> Merging:
        """The rows known in all of ``traded``; ``sector_of`` numbers the market of each of some products."""
        at: Ints = reduce(np.intersect1d, [one.at for one in traded])
        keys = traded[0].keys.iloc[at]
        products, product_of = np.unique(keys["product"].to_numpy(dtype=str), return_inverse=True)
        origins, origin_of = np.unique(keys["origin"].to_numpy(dtype=str), return_inverse=True)
        names = tuple(products.tolist())
        group = np.unique(sector_of(names), return_inverse=True)[1]
        merged, row = np.unique(group[product_of] * max(len(origins), 1) + origin_of, return_inverse=True)
        return cls(at, product_of, names, group, row, merged // max(len(origins), 1))

    def setting(self, traded: Traded) -> Setting:
        """Values summed and tariffs weighted by value, by merged row."""
        markets = traded.markets
        place = np.full(len(traded.keys), -1, dtype=np.int64)
        place[traded.at] = np.arange(len(traded.at))
        rows = place[self.at]
        value = self._sum(markets.value[rows])
        duties = [self._sum((rate * markets.value)[rows]) for rate in (markets.before, markets.after)]
        return Setting(value, duties[0] / value, duties[1] / value, float(traded.prohibited.sum()))

    def _sum(self, rows: Floats) -> Floats:
        return np.bincount(self.row, weights=rows, minlength=len(self.market)).astype(np.float64)

    def restricted(self, traded: Traded) -> Traded:
        """The rows known under every assumption, a market a product."""
        place = np.full(len(traded.keys), -1, dtype=np.int64)
        place[traded.at] = np.arange(len(traded.at))
        rows, old = place[self.at], traded.markets
        markets = Markets(self.product_of, old.value[rows], old.before[rows], old.after[rows])
        lost = float(old.value.sum() - markets.value.sum())
        return Traded(traded.keys, self.at, markets, self.products, traded.prohibited, traded.left_out + lost)

    def shocks(self, known: Known, value: Floats) -> dict[str, Shocks]:
        """What draws the elasticities of the merged markets; ``value`` (n,) in dollars weighs the products."""
        by_product = np.bincount(self.product_of, weights=value, minlength=len(self.products)).astype(np.float64)
        found: Mapping[str, Found] = known.found
        return {
            "demand": shocks_of("demand", found["demand"], self.group, by_product),
            "substitution": shocks_of("substitution", found["substitution"], self.group, by_product),
            "supply": shocks_of("supply", found["supply"], self.row, value),
        }
