"""An Excel workbook: the data, a summary whose totals are live formulas, and the provenance.

Codes are text cells; numbers are unrounded and shown with the decimals of their kind. The same result gives the same
bytes: the workbook's date of creation is fixed.
"""

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from tariffcalc.errors import BadRequestError
from tariffcalc.formats.base import Format, Kind, Options, Rendered, is_missing, kinds_of, print_cell, print_number
from tariffcalc.formats.totals import totals

_MOST_ROWS = 1_048_575
_LONGEST_TEXT = 32_767
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NUMBER_FORMATS: dict[Kind, str] = {"money": "#,##0.00", "rate": "0.000000", "text": "@", "number": "General"}
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def render(result: Rendered, _options: Options) -> bytes:
    """Write the workbook. Raises ``BadRequestError`` for more rows than a sheet can hold."""
    if len(result.frame) > _MOST_ROWS:
        message = f"{len(result.frame):,} rows are more than a sheet can hold ({_MOST_ROWS:,})"
        raise BadRequestError(message, hint="ask for fewer keys with by, or for csv or parquet")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _SAFE) as workbook:
        workbook.set_properties({"title": result.title, "created": _CREATED})
        styles = {kind: workbook.add_format({"num_format": code}) for kind, code in _NUMBER_FORMATS.items()}
        head = workbook.add_format({"bold": True})
        _write_data(workbook.add_worksheet("Data"), result.frame, styles, head)
        _write_summary(workbook.add_worksheet("Summary"), result, styles, head)
        _write_provenance(workbook.add_worksheet("Provenance"), result.provenance, head)
    return buffer.getvalue()


def _write_data(sheet: Any, frame: pd.DataFrame, styles: Mapping[Kind, Any], head: Any) -> None:
    for at, (name, kind) in enumerate(kinds_of(frame).items()):
        sheet.write_string(0, at, name, head)
        sheet.set_column(at, at, 16, styles[kind])
        for row, cell in enumerate(frame[name].tolist(), 1):
            if is_missing(cell):
                continue
            if kind == "text":
                sheet.write_string(row, at, print_cell(cell, kind), styles[kind])
            else:
                sheet.write_number(row, at, _no_minus_zero(cell, kind), styles[kind])
    sheet.freeze_panes(1, 0)
    if len(frame.columns):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _no_minus_zero(amount: float, kind: Kind) -> float:
    return 0.0 if amount < 0 and not print_number(amount, kind).startswith("-") else amount


def _write_summary(sheet: Any, result: Rendered, styles: Mapping[Kind, Any], head: Any) -> None:
    """Write title, totals and notes; a total is a formula over the data, with its value as of now."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 24)
    sheet.write_string(0, 0, result.title or "Summary", head)
    kinds = kinds_of(result.frame)
    amounts = totals(result.frame)
    row = 2
    for name in [column for column in kinds if column in amounts]:
        sheet.write_string(row, 0, name)
        sheet.write_formula(row, 1, _formula(name, result.frame), styles[kinds[name]], amounts[name])
        row += 1
    for note in result.notes:
        row += 1
        sheet.write_string(row, 0, note)


def _formula(name: str, frame: pd.DataFrame) -> str:
    """Return the formula of one total: a sum, a share of value, or duty over resolved value."""
    cells = {str(column): _range(at, len(frame)) for at, column in enumerate(frame.columns)}
    if kinds_of(frame)[name] == "money":
        return f"=SUM({cells[name]})"
    if name == "effective_rate":
        value = cells["customs_value"]
        resolved = f"SUMPRODUCT({value},{cells['resolved_share']})" if "resolved_share" in cells else f"SUM({value})"
        return f"=SUM({cells['duty']})/{resolved}"
    return f"=SUMPRODUCT({cells['customs_value']},{cells[name]})/SUM({cells['customs_value']})"


def _range(column: int, rows: int) -> str:
    letter = xl_col_to_name(column)
    return f"Data!${letter}$2:${letter}${rows + 1}"


def _write_provenance(sheet: Any, provenance: Mapping[str, Any], head: Any) -> None:
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 80)
    sheet.write_row(0, 0, ["key", "value"], head)
    for row, (key, text) in enumerate(_flat(provenance), 1):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, text[:_LONGEST_TEXT])


def _flat(content: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif isinstance(value, list | tuple):
            yield f"{before}{key}", ", ".join(map(str, value))
        else:
            yield f"{before}{key}", "" if value is None else str(value)


XLSX = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
    binary=True,
    render=render,
)
