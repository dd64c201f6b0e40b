"""Delimited text: CSV, semicolon-separated (European spreadsheets) and tab-separated tables.

Every cell is read as text, so that codes keep their leading zeros. Rows are numbered by the line on which they begin.
"""

import csv
import io
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.sources.bounds import check_faults, check_size, check_unfolding
from tariffcalc.sources.decimal_comma import to_decimal_point
from tariffcalc.sources.encoding import decode

DELIMITERS = ",;\t|"
_CHUNK = 2_000
_CELL_BYTES, _MOST_RATIO = 8, 20
"""A cell takes at least its delimiter; only those below headers without a name may be left out and are made up."""

_Row = tuple[int, list[str]]


def read_csv(data: bytes) -> RawTable:
    """Read delimited text; the delimiter is the one that the header line has most of.

    Blank lines, and empty cells beyond the header, are passed over; a row with otherwise more or fewer cells than the
    header is a fault. Raises ``FlowTableError`` where the text cannot be decoded or its quotes do not match.
    """
    text, told = decode(data)
    delimiter, skipped = _delimiter(text)
    rows = _rows(text, delimiter)
    for _ in range(skipped):
        next(rows, None)
    header = next(rows, (1, []))[1]
    frame, lines, faults = _frame(header, rows, len(data))
    frame, warnings = to_decimal_point(frame)
    return RawTable(frame, lines, told + warnings, tuple(faults))


def _delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter and the number of lines before the header: spreadsheets may write ``sep=;`` above it."""
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    if first.lower().startswith("sep=") and len(first.strip("\r\n")) == len("sep=;"):
        return first[len("sep=")], 1
    outside_quotes = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside_quotes.count), 0


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Yield the rows that have any text, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if "".join(cells).strip():
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        hint = "close every quotation mark, and double those inside a quoted cell"
        fault = Fault("unreadable-row", f"From this row on the text cannot be read: {error}.", hint, row=line)
        raise FlowTableError.of("CSV", [fault]) from error


def _frame(
    header: list[str], rows: Iterator[_Row], size: int
) -> tuple[pd.DataFrame, np.ndarray[Any, Any], list[Fault]]:
    """Return the cells below the header, their lines and what is wrong with them; ``size``: bytes of the text."""
    width = len(header)
    check_size("CSV", 1, width)
    spare = sum(1 for _ in itertools.takewhile(lambda name: not name.strip(), reversed(header)))
    lines: list[int] = []
    faults: list[Fault] = []
    parts: list[pd.DataFrame] = []
    while chunk := list(itertools.islice(rows, _CHUNK)):
        rows_so_far = len(lines) + len(chunk)
        check_size("CSV", rows_so_far, width)
        check_unfolding("CSV", size, _CELL_BYTES * rows_so_far * spare, _MOST_RATIO)
        chunk = [(line, _fitted(cells, header)) for line, cells in chunk]
        faults += [_wrong_cell_count(line, cells, width) for line, cells in chunk if len(cells) != width]
        good = [(line, cells) for line, cells in chunk if len(cells) == width]
        lines += [line for line, _ in good]
        parts.append(_part([cells for _, cells in good], width))
        check_faults("CSV", faults)
    frame = pd.concat(parts, ignore_index=True) if parts else _part([], width)
    frame.columns = pd.Index(header, dtype="str")
    return frame, np.array(lines, dtype=np.int64), faults


def _fitted(cells: list[str], header: list[str]) -> list[str]:
    """A row as wide as the header, where it differs by empty cells alone: lines may end in delimiters."""
    width = len(header)
    if len(cells) < width and not any(name.strip() for name in header[len(cells) :]):
        return cells + [""] * (width - len(cells))
    return cells if any(cell.strip() for cell in cells[width:]) else cells[:width]


def _part(rows: list[list[str]], width: int) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * width
    return pd.DataFrame({at: pd.array(list(cells), dtype="str") for at, cells in enumerate(columns)})


def _wrong_cell_count(line: int, cells: list[str], width: int) -> Fault:
    return Fault(
        "wrong-cell-count",
        f"The row has {len(cells)} cells, the header {width}.",
        "quote a cell that holds the delimiter, and write numbers without thousands separators",
        row=line,
        value=" | ".join(cells),
    )
