"""Parquet, Arrow and Feather files; rows are counted from 1, since they have no header line."""

import struct
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import feather

from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.sources.arrow_bounds import read_bounded_parquet, read_bounded_stream

_MARK = b"ARROW1\0\0"


def read_parquet(data: bytes) -> RawTable:
    """Read a Parquet file. Raises ``FlowTableError`` where it is none, or too large for the bounds that hold."""
    return _raw(data, "Parquet", read_bounded_parquet)


def read_arrow(data: bytes) -> RawTable:
    """Read an Arrow IPC file, an Arrow stream or a Feather file. Raises ``FlowTableError`` as above.

    An Arrow file is a stream between a mark of eight bytes and a list of its parts (Arrow columnar format, IPC).
    """
    if data.startswith(b"FEA1"):
        return _raw(data, "Arrow", feather.read_table)
    start = len(_MARK) if data.startswith(_MARK.rstrip(b"\0")) else 0
    return _raw(data, "Arrow", lambda source: read_bounded_stream(source.read_buffer().slice(start)))


def _raw(data: bytes, kind: str, read: Any) -> RawTable:
    try:
        table = read(pa.BufferReader(data))
        table.validate(full=True)  # a damaged file could otherwise point outside its own memory
        frame = table.replace_schema_metadata(None).to_pandas()
    except (pa.ArrowException, OSError, ValueError, EOFError, struct.error) as error:
        fault = Fault("unreadable-file", f"The file is not {kind}: {error}.", "check its suffix, or save it again")
        raise FlowTableError.of(kind, [fault]) from error
    return RawTable(frame, np.arange(1, len(frame) + 1))
