"""Parquet and Arrow: the table unrounded, texts as texts, title, provenance and notes in the schema's metadata."""

import json
from typing import Any

import pyarrow as pa
from pyarrow import feather
from pyarrow import parquet as pq

from tariffcalc.formats.base import Format, Options, Rendered, kinds_of, printed_columns


def render_parquet(result: Rendered, _options: Options) -> bytes:
    """Write a Parquet file, compressed with zstd."""
    sink = pa.BufferOutputStream()
    pq.write_table(as_arrow(result), sink, compression="zstd")
    return bytes(sink.getvalue())


def render_arrow(result: Rendered, _options: Options) -> bytes:
    """Write an Arrow IPC file (Feather, version 2), uncompressed."""
    sink = pa.BufferOutputStream()
    feather.write_feather(as_arrow(result), sink, compression="uncompressed")
    return bytes(sink.getvalue())


def as_arrow(result: Rendered) -> Any:
    """Return the result as a ``pyarrow.Table``: a missing number is null."""
    kinds = kinds_of(result.frame)
    texts = printed_columns(result.frame[[name for name, kind in kinds.items() if kind == "text"]])
    arrays = {name: pa.Array.from_pandas(result.frame[name]) for name, kind in kinds.items() if kind != "text"}
    arrays |= dict(zip((name for name, kind in kinds.items() if kind == "text"), map(_text_array, texts), strict=True))
    table = pa.table({name: arrays[name] for name in kinds})
    about = {"title": result.title, "provenance": result.provenance, "notes": list(result.notes)}
    return table.replace_schema_metadata({"tariffcalc": json.dumps(about, ensure_ascii=False, default=str)})


def _text_array(cells: list[str]) -> Any:
    return pa.array([cell or None for cell in cells], type=pa.string())


PARQUET = Format("parquet", "application/vnd.apache.parquet", ".parquet", binary=True, render=render_parquet)
ARROW = Format("arrow", "application/vnd.apache.arrow.file", ".arrow", binary=True, render=render_arrow)
