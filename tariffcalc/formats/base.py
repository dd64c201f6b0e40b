"""What every format gets and how columns are printed: the one place where numbers are rounded."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

Kind = Literal["text", "money", "rate", "number"]

COLUMN_KINDS: dict[str, Kind] = {
    "importer": "text",
    "origin": "text",
    "sector": "text",
    "sector_name": "text",
    "product": "text",
    "period": "text",
    "segment_from": "text",
    "segment_until": "text",
    "measure": "text",
    "authority": "text",
    "customs_value": "money",
    "duty": "money",
    "refund": "money",
    "effective_rate": "rate",
    "resolved_share": "rate",
    "ave_share": "rate",
    "prohibited_value": "money",
    "baseline_duty": "money",
    "duty_change": "money",
    "trade_change": "money",
    "cost": "money",
    "cost_of_day": "money",
    "price_change": "rate",
}
"""How a column is printed: money with 2 decimals, rates with 6, text as it is."""

PLACES: dict[Kind, int] = {"money": 2, "rate": 6}
_MONEY_ENDS = ("value", "duty")
_RATE_ENDS = ("rate", "share")


@dataclass(frozen=True)
class Rendered:
    """A result to be printed: the table, where it came from, and what has to be said beside it."""

    frame: pd.DataFrame
    provenance: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """Choices for text formats: a byte order mark, the decimal sign, the separator (by default the one that fits)."""

    bom: bool = False
    decimal: str = "."
    sep: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One way out: its name, its media type, the suffix of a file, whether the bytes are text, and what makes them."""

    name: str
    content_type: str
    suffix: str
    binary: bool
    render: Callable[[Rendered, Options], bytes]


def kind_of(name: str, column: "pd.Series[Any]") -> Kind:
    """Return how a column is printed: by its name where that is known or has a known ending, else by its type."""
    if name in COLUMN_KINDS:
        return COLUMN_KINDS[name]
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return "text"
    ending = name.rsplit("_", 1)[-1]
    if ending in _MONEY_ENDS:
        return "money"
    return "rate" if ending in _RATE_ENDS else "number"


def kinds_of(frame: pd.DataFrame) -> dict[str, Kind]:
    """Return how each column is printed."""
    return {str(name): kind_of(str(name), frame[name]) for name in frame.columns}


def is_missing(cell: object) -> bool:
    """Tell whether a cell has no value; missing is not zero and is never printed as zero."""
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell))


def print_number(value: float, kind: Kind, *, group: str = "") -> str:
    """Print a number with the decimals of its kind, never as minus zero; ``group`` separates thousands."""
    if kind not in PLACES:
        return (
            f"{value:{group}}" if isinstance(value, int) or not float(value).is_integer() else f"{int(value):{group}}"
        )
    text = f"{value:{group}.{PLACES[kind]}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def print_cell(cell: Any, kind: Kind, *, group: str = "") -> str:
    """Print a cell: nothing where it is missing, dates as ISO dates."""
    if is_missing(cell):
        return ""
    if kind == "text":
        return str(cell.isoformat()).removesuffix("T00:00:00") if hasattr(cell, "isoformat") else str(cell)
    return print_number(cell, kind, group=group)


def printed_columns(frame: pd.DataFrame, *, group: str = "") -> list[list[str]]:
    """Print every cell, column by column."""
    kinds = kinds_of(frame)
    return [
        [print_cell(cell, kinds[str(name)], group=group) for cell in frame[name].tolist()] for name in frame.columns
    ]


def plain(text: str) -> str:
    """Return text for one line of a terminal or page: control signs, which could move a cursor, become blanks."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
