"""Costs pushed through inputs to what households pay: the price side of input-output analysis.

A dollar of imports that becomes dearer raises prices twice: where households buy the import itself, and where it is an
input. With fixed coefficients and value added fixed in dollars, prices at home p solve p' = p'A_d + t'A_m, so that
p' = t'A_m (I - A_d)^-1 (Leontief; Miller and Blair 2009, Input-Output Analysis, chapters 2 and 6): A_d and A_m are
inputs from home and from abroad per dollar of output, t the change of what is paid for imports. How trade margins
answer follows Barbiero and Stein (2025), The Impact of Tariffs on Inflation, Federal Reserve Bank of Boston: with
percent markups a margin rises with the cost below it, with dollar markups it stays.

Nothing else moves: no buyer turns to another good, wages and profits per unit stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tariffcalc.errors import BadRequestError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Consumption:
    """What households buy: K categories made of R rows, each a commodity in a category.

    ``category`` and ``commodity`` (R,) are places; ``producers`` and ``purchasers`` (R,) values in dollars, without and
    with transport and trade margins.
    """

    category: Ints
    commodity: Ints
    producers: Floats
    purchasers: Floats

    @property
    def spending(self) -> Floats:
        """What households spend by category, (K,)."""
        return self.total(self.purchasers)

    def total(self, rows: Floats) -> Floats:
        """Sums of the rows by category, (K,)."""
        size = int(self.category.max(initial=-1)) + 1
        return np.bincount(self.category, weights=rows, minlength=size).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Prices:
    """What becomes of prices, as fractions.

    By commodity (C,): ``made_at_home``, the price of what is made at home; ``direct`` and ``through_inputs``, the parts
    of the price of what households buy at producers' prices. By category (K,), at purchasers' prices: the same two with
    percent markups, and ``dollar_markup``, both parts together where margins stay. ``total`` holds the three weighted
    by spending, in that order: direct, through inputs, dollar markup.
    """

    made_at_home: Floats
    direct: Floats
    through_inputs: Floats
    category_direct: Floats
    category_through_inputs: Floats
    category_dollar_markup: Floats
    total: tuple[float, float, float]


def leontief(inputs: ArrayLike) -> Floats:
    """(I - A)^-1: output that a dollar of each good for final use takes of every good, directly and through inputs.

    ``inputs`` (n used, n using) per dollar of output. Raises ``BadRequestError`` where a good would need a dollar of
    itself or more to make a dollar.
    """
    array = np.asarray(inputs, dtype=np.float64)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise BadRequestError(f"inputs have to be square, not of shape {array.shape}", code="input-output")
    if not np.isfinite(array).all() or float(np.max(np.abs(np.linalg.eigvals(array)), initial=0.0)) >= 1:
        raise BadRequestError(
            "the inputs take as much as they make",
            code="input-output",
            hint="give inputs per dollar of output: every column should sum to less than 1",
        )
    inverse: Floats = np.linalg.inv(np.eye(len(array)) - array).astype(np.float64)
    return inverse


def cost_push(change: Floats, imported: Floats, requirements: Floats) -> Floats:
    """How the prices of what is made at home rise, (C,), as imported inputs become dearer.

    ``change`` (M,) of what is paid for imported commodities, a fraction; ``imported`` (M, I) inputs per dollar of an
    industry's output; ``requirements`` (I, C), output of industries per dollar of a commodity: (I - A_d)^-1, or where
    industries make several commodities its product with their market shares.
    """
    pushed: Floats = change @ imported @ requirements
    return pushed


def prices(
    change: Floats,
    imported: Floats,
    requirements: Floats,
    import_share: Floats,
    bought: Consumption,
    pass_through: float = 1.0,
) -> Prices:
    """What a change of import prices does to what households pay.

    ``change`` (C,) of what importers pay for each commodity; ``import_share`` (C,) the imported part of what households
    buy of it; ``pass_through`` 0 to 1 the part that importers hand on. Linear in ``change`` and ``pass_through``.
    """
    if not 0 <= pass_through <= 1:
        hint = "0: importers bear the change, 1: they hand on all of it"
        raise BadRequestError(f"pass-through {pass_through} is not between 0 and 1", code="bad-pass-through", hint=hint)
    passed = pass_through * change
    home = cost_push(passed, imported, requirements)
    direct, through = import_share * passed, (1.0 - import_share) * home
    spending = bought.spending
    parts = [
        bought.total(values * part[bought.commodity])
        for values, part in (
            (bought.purchasers, direct),
            (bought.purchasers, through),
            (bought.producers, direct + through),
        )
    ]
    by_category = [np.divide(part, spending, out=np.zeros_like(part), where=spending != 0) for part in parts]
    whole = float(spending.sum())
    total = (float(parts[0].sum()) / whole, float(parts[1].sum()) / whole, float(parts[2].sum()) / whole)
    return Prices(home, direct, through, by_category[0], by_category[1], by_category[2], total)
