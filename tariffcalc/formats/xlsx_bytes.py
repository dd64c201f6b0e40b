"""An Excel workbook: the data, a summary whose totals are live formulas, and the provenance.

Codes are text cells; numbers are unrounded and shown with the decimals of their kind. The same result gives the same
bytes: the workbook's date of creation is fixed.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import xlsxwriter

from tariffcalc.errors import BadRequestError
from tariffcalc.formats.base import (
    Format,
    Kind,
    Options,
    Rendered,
    chunks,
    is_missing,
    kinds_of,
    print_cell,
    print_number,
)
from tariffcalc.formats.spool import spooled
from tariffcalc.formats.xlsx_summary import Styles, cell_text, write_summary

_MOST_ROWS = 1_048_575
_SHARED_TEXTS = 20_000
"""Up to so many rows a text that recurs is kept once, as old readers want it; beyond, rows leave memory at once."""

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NUMBER_FORMATS: dict[Kind, str] = {"money": "#,##0.00", "rate": "0.000000", "text": "@", "number": "General"}
_WIDTHS: dict[Kind, int] = {"money": 20, "rate": 15, "number": 12}
_WIDEST = 48
_LOOKED_AT = 1_000
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def stream(result: Rendered, _options: Options) -> Iterator[bytes]:
    """Write the workbook. Raises ``BadRequestError`` for more rows than a sheet can hold."""
    rows = len(result.frame)
    if rows > _MOST_ROWS:
        message = f"{rows:,} rows are more than a sheet can hold ({_MOST_ROWS:,})"
        raise BadRequestError(message, hint="ask for fewer keys with by, or for csv or parquet")
    large = rows > _SHARED_TEXTS
    options = {**_SAFE, "constant_memory": large, "in_memory": not large}

    def write(file: Any) -> None:
        with xlsxwriter.Workbook(file, options) as workbook:
            workbook.set_properties({"title": cell_text(result.title), "created": _CREATED})
            styles = Styles(
                {kind: workbook.add_format({"num_format": code}) for kind, code in _NUMBER_FORMATS.items()},
                workbook.add_format({"bold": True, "bottom": 1}),
            )
            _write_data(workbook.add_worksheet("Data"), result.frame, styles)
            write_summary(workbook.add_worksheet("Summary"), result, styles)
            _write_provenance(workbook.add_worksheet("Provenance"), result.provenance, styles)

    return spooled(write)


def _write_data(sheet: Any, frame: pd.DataFrame, styles: Styles) -> None:
    """Write the table row by row: header frozen, with a filter; empty where a cell is missing."""
    kinds = kinds_of(frame)
    for at, (name, kind) in enumerate(kinds.items()):
        sheet.set_column(at, at, _width(frame, name, kind), styles.cells[kind])
        sheet.write_string(0, at, cell_text(name), styles.head)
    places = [(at, kind, styles.cells[kind]) for at, kind in enumerate(kinds.values())]
    for row, cells in enumerate(_rows(frame), 1):
        for (at, kind, style), cell in zip(places, cells, strict=True):
            _write_cell(sheet, row, at, cell, kind, style)
    sheet.freeze_panes(1, 0)
    if kinds:
        sheet.autofilter(0, 0, len(frame), len(kinds) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(frame) + 1}"})


def _rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The cells of each row, as plain values."""
    for part in chunks(frame):
        yield from zip(*(part[name].tolist() for name in frame.columns), strict=True)


def _write_cell(sheet: Any, row: int, at: int, cell: Any, kind: Kind, style: Any) -> None:
    if is_missing(cell):
        return
    if kind == "text":
        sheet.write_string(row, at, cell_text(print_cell(cell, kind)), style)
    else:
        sheet.write_number(row, at, _no_minus_zero(cell, kind), style)


def _width(frame: pd.DataFrame, name: str, kind: Kind) -> int:
    """The width of a column in signs: texts by their longest among the first rows, numbers by their kind."""
    if kind == "text":
        first = frame[name].iloc[:_LOOKED_AT].tolist()
        longest = max((len(print_cell(cell, kind)) for cell in first), default=0)
    else:
        longest = _WIDTHS[kind]
    return min(max(longest, len(name)) + 3, _WIDEST)


def _no_minus_zero(amount: float, kind: Kind) -> float:
    return 0.0 if amount < 0 and not print_number(amount, kind).startswith("-") else amount


def _write_provenance(sheet: Any, provenance: Mapping[str, Any], styles: Styles) -> None:
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 80)
    sheet.write_row(0, 0, ["key", "value"], styles.head)
    for row, (key, text) in enumerate(_flat(provenance), 1):
        sheet.write_string(row, 0, cell_text(key))
        sheet.write_string(row, 1, cell_text(text))


def _flat(content: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield keys with values: names in a list stand in one cell, sentences (warnings) in one each."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif isinstance(value, list | tuple) and any(" " in str(one) for one in value):
            yield from ((f"{before}{key}[{at}]", str(one)) for at, one in enumerate(value, 1))
        elif isinstance(value, list | tuple):
            yield f"{before}{key}", ", ".join(map(str, value))
        else:
            yield f"{before}{key}", "" if value is None else str(value)


XLSX = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
    binary=True,
    stream=stream,
)
