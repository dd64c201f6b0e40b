"""A result as one file and back: its frame as Parquet, everything else in the file's metadata."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet as pq

from tariffcalc.result import Result

_KEY = b"tariffcalc"


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of a result and their SHA-256, in hex."""

    data: Any
    digest: str

    def write(self, file: BinaryIO) -> None:
        """Write the bytes."""
        file.write(self.data)


def pack(result: Result) -> Packed:
    """A result as a Parquet file that ``unpack`` reads: unrounded, the order of rows, columns and members kept."""
    table = pa.Table.from_pandas(result.frame, preserve_index=False)
    told = {"provenance": result.provenance, "warnings": list(result.warnings)}
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: json.dumps(told)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data = sink.getvalue()
    return Packed(data, hashlib.sha256(data).hexdigest())


def unpack(data: bytes) -> Result:
    """The result that ``pack`` made the bytes of."""
    table = pq.read_table(pa.BufferReader(data))
    told = json.loads(table.schema.metadata[_KEY])
    return Result(table.to_pandas(), told["provenance"], tuple(told["warnings"]))
