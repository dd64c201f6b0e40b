"""The input-output tables of the United States that come with the program, as arrays."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tariffcalc.paths import trade_data_folder
from tariffcalc.sources.trade_facts import read_meta

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

IMPORTER = "USA"
SECTORS = "bea"
"""The list of sectors whose codes are those of the commodities."""


@dataclass(frozen=True, eq=False)
class InputOutput:
    """C commodities, I industries, K categories of consumption with R rows.

    ``imported`` (C, I) inputs per dollar of output; ``requirements`` (I, C) domestic, direct and indirect, per dollar
    of a commodity; ``import_value`` (C,) of goods in dollars; ``import_share`` and ``import_high`` (C,), the imported
    part of consumption and its upper bound: not a number where a commodity is no good. ``category_of``,
    ``commodity_of``, ``producers`` and ``purchasers`` (R,) are what households buy, in dollars.
    """

    commodities: tuple[str, ...]
    industries: tuple[str, ...]
    categories: tuple[str, ...]
    imported: Floats
    requirements: Floats
    import_value: Floats
    import_share: Floats
    import_high: Floats
    category_of: Ints
    commodity_of: Ints
    producers: Floats
    purchasers: Floats
    source: str
    vintage: str


MILLION = 1e6


@cache
def read_input_output() -> InputOutput:
    """The tables of 2024, read once; they were checked when they were compiled."""
    goods, spent = _csv("commodities"), _csv("consumption")
    needs, abroad = _parquet("requirements"), _parquet("imports")
    commodities = tuple(goods["commodity"])
    industries = tuple(sorted({*needs["industry"]}))
    categories = tuple(dict.fromkeys(spent["category"]))
    meta = _meta("requirements")
    return InputOutput(
        commodities=commodities,
        industries=industries,
        categories=categories,
        imported=_matrix(abroad, {"commodity": commodities, "industry": industries}, "per_output"),
        requirements=_matrix(needs, {"industry": industries, "commodity": commodities}, "domestic"),
        import_value=_numbers(goods["import_value"]) * MILLION,
        import_share=_numbers(goods["import_share"]),
        import_high=_numbers(goods["import_share_high"]),
        category_of=_places(spent["category"], categories),
        commodity_of=_places(spent["commodity"], commodities),
        producers=_numbers(spent["producers_value"]) * MILLION,
        purchasers=_numbers(spent["purchasers_value"]) * MILLION,
        source=str(meta["source"]),
        vintage=str(meta["vintage"]),
    )


def read_requirements(name: str, row: str, column: str, value: str) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    """One of the published matrices with the codes of its rows and columns, for whoever wants to check them."""
    table = _parquet(name)
    rows, columns = tuple(sorted({*table[row]})), tuple(_csv("commodities")["commodity"])
    return rows, columns, _matrix(table, {row: rows, column: columns}, value)


def _matrix(table: Mapping[str, Any], axes: Mapping[str, Sequence[str]], value: str) -> Floats:
    """Rows as a matrix; what has no row is zero, as the tables say."""
    matrix = np.zeros(tuple(len(codes) for codes in axes.values()))
    matrix[tuple(_places(table[name], codes) for name, codes in axes.items())] = table[value]
    return matrix


def _places(codes: Sequence[str], known: Sequence[str]) -> Ints:
    place = {code: i for i, code in enumerate(known)}
    return np.array([place[code] for code in codes], dtype=np.int64)


def _numbers(texts: Sequence[str]) -> Floats:
    return np.array([float(text) if text else np.nan for text in texts])


def _csv(name: str) -> dict[str, list[str]]:
    with (_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def _parquet(name: str) -> dict[str, Any]:
    table = pq.read_table(_folder() / f"{name}.parquet")
    return {column: table.column(column).to_pylist() for column in table.column_names}


def _meta(name: str) -> Mapping[str, Any]:
    return read_meta(_folder() / f"{name}.meta.toml")


def _folder() -> Path:
    return trade_data_folder() / "input_output"
