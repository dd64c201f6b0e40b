"""Cells of a raw table as texts and numbers, whatever types the source gave them."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Floats = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

MOST_AMOUNT = 10**15
"""No value in dollars and no quantity is larger: ten times what the world makes in a year is a slip of the pen."""

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_WRITTEN_AS_FLOAT = re.compile(r"([0-9]{5,10})\.0")


@dataclass(frozen=True)
class Texts:
    """A column as texts: ``distinct[codes[row]]``, each spelling once, blanks around it taken off."""

    codes: np.ndarray[Any, Any]
    distinct: list[str]

    def at(self, row: int) -> str:
        """Return the text of one row."""
        return self.distinct[int(self.codes[row])]


@dataclass(frozen=True)
class Numbers:
    """A column as float64: NaN where a cell is ``empty`` or is no number; ``at`` gives the text of one row."""

    amounts: Floats
    empty: Mask
    at: Callable[[int], str]


def read_texts(cells: "pd.Series[Any]") -> Texts:
    """Read a column as texts; a missing cell is the empty text."""
    codes, found = pd.factorize(_as_text(cells) if cells.dtype == object else cells, use_na_sentinel=True)
    distinct = [written(cell) for cell in found]
    return Texts(np.where(codes < 0, len(distinct), codes), [*distinct, ""])


def read_numbers(cells: "pd.Series[Any]", *, percent: bool = False) -> Numbers:
    """Read a column as numbers, texts to the nearest float64; with ``percent``, ``40%`` is 0.4."""
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype):
        amounts = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        return Numbers(amounts + 0.0, np.isnan(amounts), lambda row: written(float(amounts[row])))
    texts = _as_text(cells)
    if percent:
        texts = texts.map(_from_percent)
    readable = texts.str.fullmatch(_NUMBER).to_numpy(dtype=bool)
    amounts = texts.where(readable, "nan").to_numpy(dtype=object).astype(np.float64)
    return Numbers(amounts + 0.0, (texts == "").to_numpy(dtype=bool), lambda row: written(cells.iloc[row]))


def written(cell: object) -> str:
    """Return a cell as a person would write it: whole numbers without a point, dates as ISO dates, missing as empty."""
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, float):
        return "" if math.isnan(cell) else str(int(cell)) if cell.is_integer() else repr(float(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return str(cell).strip()


def product_digits(text: str) -> str:
    """Return a product code without dots and spaces; ``2709002010.0``, a code kept as a number, loses its ``.0``."""
    if match := _WRITTEN_AS_FLOAT.fullmatch(text):
        return match[1]
    return re.sub(r"[.\s]", "", text)


def _as_text(cells: "pd.Series[Any]") -> "pd.Series[str]":
    if pd.api.types.is_string_dtype(cells.dtype) and cells.dtype != object:
        return cells.fillna("").str.strip()
    return pd.Series([written(cell) for cell in cells], index=cells.index, dtype="str")


def _from_percent(text: str) -> str:
    match = _PERCENT.fullmatch(text)
    return text if match is None else repr(float(match[1]) / 100)
