"""Flow tables in: one file a source, and the table of them by the suffix of a file's name."""

from collections.abc import Callable
from pathlib import Path

from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError, UnknownNameError
from tariffcalc.sources.bounds import check_size
from tariffcalc.sources.csv_table import read_csv
from tariffcalc.sources.json_rows import read_json
from tariffcalc.sources.parquet_table import read_arrow, read_parquet
from tariffcalc.sources.xlsx_table import read_xlsx

__all__ = ["SOURCES", "read_table"]

SOURCES: dict[str, Callable[[bytes], RawTable]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".xlsx": read_xlsx,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
    ".json": read_json,
}
"""Suffix of a file's name -> reader of its bytes."""


def read_table(table: Path | str | bytes, suffix: str | None = None) -> RawTable:
    """Read a table from a file, or from bytes whose ``suffix`` (``.csv`` ...) says what they are.

    Raises ``UnknownNameError`` for a suffix that no source reads, ``FlowTableError`` where the file cannot be read.
    """
    ending = suffix or ("" if isinstance(table, bytes) else Path(table).suffix)
    reader = SOURCES.get(ending.lower())
    if reader is None:
        raise UnknownNameError.of("source of flow tables", ending, SOURCES)
    raw = reader(table if isinstance(table, bytes) else _bytes_of(Path(table)))
    check_size("table", *raw.frame.shape)
    return raw


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fault = Fault("unreadable-file", f"The file cannot be read: {error.strerror}.", file=str(path))
        raise FlowTableError.of(path.name, [fault]) from error
