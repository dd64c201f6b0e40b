"""Files as they are: text, TOML and the rows of a CSV. What cannot be read is a fault with its place."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tariffcalc.lawfiles.faults import Faults


def read_text(path: Path, faults: Faults, code: str = "wrong-encoding") -> str | None:
    """A file's text, or None and a fault of that code where it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        faults.add(code, "", f"this is not UTF-8 text (byte {error.start})", "save the file as UTF-8")
        return None


def read_toml(path: Path, faults: Faults) -> dict[str, Any] | None:
    """A TOML file's content, or None and a fault with the line where it cannot be read."""
    text = read_text(path, faults, "toml-encoding")
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.add(
            "toml-syntax", "", f"this is not valid TOML: {error}", "check quotes, brackets and dates at that line"
        )
        return None


def csv_rows(text: str | None, columns: tuple[str, ...], faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV with these columns, each with its number as a person counts (the header is row 1).

    Another header, and a row with more or fewer cells, are faults; a line with nothing on it is no row, and a text
    that could not be read has none.
    """
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    header = tuple(next(reader, []))
    if header != columns:
        said = f"the header is {','.join(header)}" if header else "there is no header"
        faults.of_row(1).add("bad-header", "", said, f"it must be {','.join(columns)}")
        return
    for number, cells in enumerate(reader, start=2):
        if len(cells) == len(columns):
            yield number, cells
        elif cells:
            message = f"the row has {len(cells)} cells where the header has {len(columns)}"
            hint = "write every cell, empty ones too, and quote a cell that holds a comma"
            faults.of_row(number).add("wrong-cell-count", "", message, hint)
