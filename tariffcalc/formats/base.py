"""What every format gets and how columns are printed: the one place where numbers are rounded."""

import math
from collections.abc import Callable, Iterator, Mapping
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
    "fees": "money",
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
    "trade_creation": "money",
    "trade_diversion": "money",
    "price_paid_change": "rate",
    "price_received_change": "rate",
    "duty_after": "money",
    "revenue_change": "money",
    "buyers_loss": "money",
    "exporters_loss": "money",
    "deadweight_loss": "money",
    "welfare_change": "money",
    "preference_margin": "rate",
    "country": "text",
    "category": "text",
    "commodity": "text",
    "real_income_change": "rate",
    "first_order_change": "rate",
    "terms_of_trade": "rate",
    "volume_of_trade": "rate",
    "real_wage_change": "rate",
    "imports_change": "rate",
    "exports_change": "rate",
    "tariff_before": "rate",
    "tariff_after": "rate",
    "import_price_change": "rate",
    "home_price_change": "rate",
    "direct_change": "rate",
    "input_change": "rate",
    "price_change_low": "rate",
    "price_change_high": "rate",
    "dollar_markup_change": "rate",
}
"""How a column is printed: money with 2 decimals, rates with 6, text as it is."""

PLACES: dict[Kind, int] = {"money": 2, "rate": 6}
CHUNK = 4_096
"""Rows that are printed at a time: memory does not grow with the table."""

_MONEY_ENDS = ("value", "duty")
_RATE_ENDS = ("rate", "share")
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


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
    """One way out: its name, its media type, the suffix of a file, whether the bytes are text, and what makes them.

    ``stream`` yields the bytes piece by piece; it checks the options when it is called, not when the first piece is
    taken, so that nothing is sent before a wrong option is refused.
    """

    name: str
    content_type: str
    suffix: str
    binary: bool
    stream: Callable[[Rendered, Options], Iterator[bytes]]

    def render(self, result: Rendered, options: Options) -> bytes:
        """Return all the bytes at once."""
        return b"".join(self.stream(result, options))


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
    """Tell whether a cell has no value; missing is not zero and is never printed as zero.

    A sum beyond the largest number a computer holds is infinite, which is no amount either.
    """
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and not math.isfinite(cell))


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
    """Print every cell, column by column; no text runs as a formula where the table is pasted into a spreadsheet."""
    columns = []
    for name, kind in kinds_of(frame).items():
        cells = [print_cell(cell, kind, group=group) for cell in frame[name].tolist()]
        columns.append([neutral(cell) for cell in cells] if kind == "text" else cells)
    return columns


def chunks(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Cut a table into runs of ``CHUNK`` rows."""
    for start in range(0, len(frame), CHUNK):
        yield frame.iloc[start : start + CHUNK]


def neutral(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe goes before a sign that could begin one.

    The wide signs begin formulas in spreadsheets set to Japanese (OWASP, "CSV Injection").
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def plain(text: str) -> str:
    """Return text for one line of a terminal or page: control signs, which could move a cursor, become blanks."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def whole_letters(text: str) -> str:
    """Return text without half surrogates, which JSON can spell and no file can hold."""
    return text.encode("utf-8", "replace").decode()
