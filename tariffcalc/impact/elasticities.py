"""Which elasticities a market and its rows have, from where, and how sure they are.

Tables are asked in order, the caller's own first; in each the longest prefix of the product wins. What is found keeps
the level of its row (HS6, HS3, chapter, default ...) and its source, so that a result can say on what it rests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tariffcalc.engine.elasticity_table import (
    DEFAULT,
    GIVEN,
    PARAMETERS,
    RANGES,
    ElasticityTable,
    ParameterRows,
    wrong_value,
)
from tariffcalc.engine.lookup import Bools
from tariffcalc.errors import BadRequestError
from tariffcalc.impact.market import Elasticities, Floats, Ints

__all__ = [
    "DEFAULT",
    "DEFAULT_SPREAD",
    "GIVEN",
    "PARAMETERS",
    "ElasticityTable",
    "Found",
    "Known",
    "ParameterRows",
    "above",
    "default_warnings",
    "elasticities_of",
    "plain_table",
]

DEFAULT_SPREAD = 0.5
"""Standard deviation of the log of an elasticity where no standard error is published: nine draws in ten lie within a
factor of 2.3 either way. An assumption, not an estimate."""


@dataclass(frozen=True)
class Found:
    """One parameter for each market (or row of a market).

    ``place`` numbers the table row that it came from: what shares a number came from one estimate and errs together.
    ``spread`` is the standard deviation of its log; ``assumed`` says where that is not from a published standard error.
    """

    value: Floats
    spread: Floats
    place: Ints
    assumed: Bools
    levels: tuple[tuple[str, str], ...] = field(repr=False)
    level: Ints = field(repr=False)

    def shares(self, weight: Floats) -> list[dict[str, object]]:
        """Which part of the weight rests on which level of which source, the largest first."""
        sums = np.bincount(self.level, weights=weight, minlength=len(self.levels))
        total = float(weight.sum())
        told: list[dict[str, object]] = [
            {"level": level, "source": source, "value_share": float(one) / total if total else None}
            for (level, source), one, rows in zip(
                self.levels, sums, np.bincount(self.level, minlength=len(self.levels)), strict=True
            )
            if rows
        ]
        return sorted(told, key=lambda one: -float(str(one["value_share"] or 0)))


@dataclass(frozen=True)
class Known:
    """What is known of all markets: the elasticities themselves, and where each came from.

    ``demand`` and ``substitution`` of ``found`` are by market, ``supply`` by row.
    """

    elasticities: Elasticities
    found: Mapping[str, Found]
    warnings: tuple[str, ...] = ()

    def told(self, value: Floats, market: Ints) -> dict[str, list[dict[str, object]]]:
        """For the record: by parameter the levels and sources with their shares of ``value`` (n,), in dollars."""
        by_market: Floats = np.bincount(market, weights=value, minlength=len(self.found["demand"].value)).astype(float)
        return {name: one.shares(value if name == "supply" else by_market) for name, one in self.found.items()}


def default_warnings(told: Mapping[str, Sequence[Mapping[str, object]]]) -> list[str]:
    """A sentence for each parameter of which a part of the value rests on a default."""
    said = []
    for name, levels in told.items():
        for one in levels:
            if one["level"] == DEFAULT and one["value_share"]:
                share = f"{float(str(one['value_share'])):.1%}"
                said.append(f"elasticity of {name}: {share} of value rests on a default ({one['source']})")
    return said


def plain_table(**numbers: float | None) -> ElasticityTable:
    """A table of plain numbers that hold for every product: ``plain_table(demand=-1.0)``.

    Raises ``BadRequestError`` for a name that is no parameter or a number out of its range.
    """
    rows = {}
    for name, number in numbers.items():
        if number is None:
            continue
        if fault := wrong_value(name, number):
            raise BadRequestError(f"{name} = {number}: {fault}", code="elasticity", hint=RANGES[name])
        rows[name] = ParameterRows(("",), np.array([number]), np.array([np.nan]))
    return ElasticityTable(GIVEN, "given with the request", "", rows, level=GIVEN)


def elasticities_of(
    products: Sequence[str], market: Ints, origins: Sequence[str], tables: Sequence[ElasticityTable]
) -> Known:
    """The elasticities of every market and row, from the first table of ``tables`` that knows each.

    ``products`` (count,) are the digits of each market's product, 2 to 10; ``market`` (n,) the market of each row and
    ``origins`` (n,) its origin. Raises ``BadRequestError`` where no table knows a parameter of some product.
    """
    found = {name: _look(name, products, (), tables) for name in ("demand", "substitution")}
    by_row = any(one.rows["supply"].origins for one in tables if "supply" in one.rows)
    asked = np.arange(len(products))[market] if by_row else np.arange(len(products))
    supply = _look("supply", [products[i] for i in asked], origins if by_row else (), tables)
    found["supply"] = supply if by_row else _spread(supply, market)
    values = Elasticities(found["demand"].value, found["substitution"].value, found["supply"].value)
    return Known(values, found, tuple(text for one in tables for text in one.warnings))


def _look(name: str, products: Sequence[str], origins: Sequence[str], tables: Sequence[ElasticityTable]) -> Found:
    size = len(products)
    value, error = np.full(size, np.nan), np.full(size, np.nan)
    place, level = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    levels: dict[tuple[str, str], int] = {}
    first = 0
    for table in tables:
        rows = table.rows.get(name)
        if rows is None or (place >= 0).all():
            continue
        hit = np.where(place < 0, rows.find(products, origins), -1)
        new = np.flatnonzero(hit >= 0)
        value[new], error[new], place[new] = rows.values[hit[new]], rows.errors[hit[new]], first + hit[new]
        level[new] = _numbered(rows, hit[new], table, levels)
        first += len(rows.values)
    _all_known(name, products, place)
    spread, assumed = _log_spread(name, value, error)
    return Found(value, spread, place, assumed, tuple(levels), level)


def _numbered(rows: ParameterRows, hit: Ints, table: ElasticityTable, levels: dict[tuple[str, str], int]) -> Ints:
    """The number of each row's level among those met so far."""
    distinct, inverse = np.unique(hit, return_inverse=True)
    names = [table.level or rows.level(int(row)) for row in distinct]
    return np.array([levels.setdefault((one, table.source), len(levels)) for one in names], dtype=np.int64)[inverse]


def _all_known(name: str, products: Sequence[str], place: Ints) -> None:
    if (place < 0).any():
        code = products[int(np.argmax(place < 0))]
        raise BadRequestError(
            f"no table knows the elasticity of {name} of product {code}",
            code="elasticity-missing",
            hint="add a row for it, or a row `default`, to the table of elasticities",
        )


def above(name: str, value: Floats) -> Floats:
    """The part of an elasticity that is drawn: of substitution above one what exceeds one, so that it stays above."""
    return np.where(value > 1, value - 1, value) if name == "substitution" else np.abs(value)


def _log_spread(name: str, value: Floats, error: Floats) -> tuple[Floats, Bools]:
    """Standard deviation of the log, of a lognormal with that standard error: sqrt(ln(1 + (error / value)^2))."""
    assumed = np.isnan(error)
    relative = np.divide(error, above(name, value), out=np.zeros_like(value), where=np.isfinite(value) & ~assumed)
    return np.where(assumed, DEFAULT_SPREAD, np.sqrt(np.log1p(relative**2))), assumed


def _spread(found: Found, market: Ints) -> Found:
    """What is known by market, repeated for each row."""
    value, spread, assumed = found.value[market], found.spread[market], found.assumed[market]
    return Found(value, spread, found.place[market], assumed, found.levels, found.level[market])
