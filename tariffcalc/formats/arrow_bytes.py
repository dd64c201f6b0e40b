"""Parquet and Arrow: the table unrounded, texts as texts, title, provenance and notes in the schema's metadata.

They stand there twice: as ``tariffcalc``, and as what pandas reads into ``frame.attrs``.
"""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet as pq

from tariffcalc.formats.base import Format, Options, Rendered, kinds_of, print_cell
from tariffcalc.formats.spool import spooled

_ROWS = 2**16
"""Rows of one group: what is held in memory at a time."""


def stream_parquet(result: Rendered, _options: Options) -> Iterator[bytes]:
    """Write a Parquet file, compressed with zstd."""
    schema = schema_of(result)

    def write(file: Any) -> None:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for table in _tables(result.frame, schema):
                writer.write_table(table)

    return spooled(write)


def stream_arrow(result: Rendered, _options: Options) -> Iterator[bytes]:
    """Write an Arrow IPC file (Feather, version 2), uncompressed."""
    schema = schema_of(result)

    def write(file: Any) -> None:
        with pa.ipc.new_file(file, schema) as writer:
            for table in _tables(result.frame, schema):
                writer.write_table(table)

    return spooled(write)


def schema_of(result: Rendered) -> Any:
    """Return the ``pyarrow.Schema``: a text column is text, a number has its own type, and all may be null."""
    kinds = kinds_of(result.frame)
    numbers = [name for name, kind in kinds.items() if kind != "text"]
    types = dict.fromkeys(kinds, pa.string())
    types |= {name: pa.Array.from_pandas(result.frame[name]).type for name in numbers}
    about = {"title": result.title, "provenance": result.provenance, "notes": list(result.notes)}
    told = json.dumps(about, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return pa.schema(list(types.items()), metadata={"tariffcalc": told, "PANDAS_ATTRS": told})


def _tables(frame: pd.DataFrame, schema: Any) -> Iterator[Any]:
    """Turn the rows into Arrow tables, a group at a time; one without rows where there are none."""
    kinds = kinds_of(frame)
    for start in range(0, max(len(frame), 1), _ROWS):
        part = frame.iloc[start : start + _ROWS]
        arrays = [
            _texts(part[name]) if kind == "text" else pa.Array.from_pandas(part[name], type=schema.field(name).type)
            for name, kind in kinds.items()
        ]
        yield pa.Table.from_arrays(arrays, schema=schema)


def _texts(cells: "pd.Series[Any]") -> Any:
    printed = (print_cell(cell, "text") for cell in cells.tolist())
    return pa.array([cell.encode("utf-8", "replace").decode() or None for cell in printed], type=pa.string())


PARQUET = Format("parquet", "application/vnd.apache.parquet", ".parquet", binary=True, stream=stream_parquet)
ARROW = Format("arrow", "application/vnd.apache.arrow.file", ".arrow", binary=True, stream=stream_arrow)
