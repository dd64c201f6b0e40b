"""Parquet, Arrow and Feather files; rows are counted from 1, since they have no header line."""

from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import feather
from pyarrow import parquet as pq

from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError


def read_parquet(data: bytes) -> RawTable:
    """Read a Parquet file. Raises ``FlowTableError`` where it is none."""
    return _raw(data, "Parquet", pq.read_table)


def read_arrow(data: bytes) -> RawTable:
    """Read an Arrow IPC file, an Arrow stream or a Feather file. Raises ``FlowTableError`` where it is none."""
    is_stream = not data.startswith((b"ARROW1", b"FEA1"))
    return _raw(data, "Arrow", _read_stream if is_stream else feather.read_table)


def _read_stream(source: Any) -> Any:
    return pa.ipc.open_stream(source).read_all()


def _raw(data: bytes, kind: str, read: Any) -> RawTable:
    try:
        table = read(pa.BufferReader(data))
        table.validate(full=True)  # a damaged file could otherwise point outside its own memory
        frame = table.replace_schema_metadata(None).to_pandas()
    except (pa.ArrowException, OSError, ValueError) as error:
        fault = Fault("unreadable-file", f"The file is not {kind}: {error}.", "check its suffix, or save it again")
        raise FlowTableError.of(kind, [fault]) from error
    return RawTable(frame, np.arange(1, len(frame) + 1))
