"""Whether a Parquet or Arrow file may be read: what it unfolds to is counted from its metadata first.

Three things can be small in the file and huge in memory: compressed pages and buffers, a column that only says how
often a value repeats, and a long text to which many rows point.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet as pq

from tariffcalc.engine.flow_columns import duplicate_columns
from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.sources.bounds import check_size, check_unfolding, current, refuse

_DICTIONARY, _RECORDS = 2, 3
_MOST_BUFFERS = 100_000
_CELL_BYTES = 8
_UNBOUNDED = (pa.types.is_nested, pa.types.is_run_end_encoded, pa.types.is_fixed_size_binary)


def read_bounded_parquet(source: pa.BufferReader) -> pa.Table:
    """A Parquet file as a table, or a refusal where it goes beyond the bounds. Raises ``FlowTableError``."""
    told = pq.read_metadata(source)
    check_size("Parquet", 1, told.num_columns)
    if twice := duplicate_columns(names := told.schema.to_arrow_schema().names, {*names}):
        raise FlowTableError.of("Parquet", twice)  # no reader can tell them apart
    source.seek(0)
    if current() is None:
        return pq.read_table(source)
    groups = [told.row_group(at) for at in range(told.num_row_groups)]
    check_size("Parquet", told.num_rows, told.num_columns, sum(max(0, group.total_byte_size) for group in groups))
    rows = sum(group.num_rows for group in groups)
    check_size("Parquet", rows, told.num_columns)
    check_unfolding("Parquet", source.size(), _CELL_BYTES * rows * told.num_columns)
    texts = [
        told.schema.column(at).path
        for at in range(told.num_columns)
        if told.schema.column(at).physical_type == "BYTE_ARRAY" and told.schema.column(at).max_repetition_level == 0
    ]
    source.seek(0)
    table = pq.read_table(source, read_dictionary=texts)
    check_texts("Parquet", table, source.size())
    return table.cast(pa.schema([field.with_type(_plain(field.type)) for field in table.schema]))


def read_bounded_stream(data: pa.Buffer, kind: str = "Arrow") -> pa.Table:
    """An Arrow stream as a table, or a refusal where it goes beyond the bounds. Raises ``FlowTableError``."""
    if current() is not None:
        rows = columns = unpacked = 0
        for length, buffers, size in _batches(data):
            rows, columns, unpacked = rows + length, max(columns, buffers // 2), unpacked + size
            check_size(kind, rows, columns, unpacked)
        check_unfolding(kind, data.size, unpacked)
    reader = pa.ipc.open_stream(data)
    check_size(kind, 1, len(reader.schema))
    batches, rows = [], 0
    for batch in reader:
        rows += batch.num_rows
        check_size(kind, rows, len(reader.schema))
        batches.append(batch)
    table = pa.Table.from_batches(batches, reader.schema)
    check_texts(kind, table, data.size)
    return table


def check_texts(kind: str, table: pa.Table, packed: int) -> None:
    """Refuse texts that, written out in every row, go beyond the bounds, and cells that hold lists or the like.

    ``packed``: bytes of the file. Raises ``FlowTableError``.
    """
    if current() is None:
        return
    size = 0
    for name, column in zip(table.column_names, table.columns, strict=True):
        if any(test(column.type) for test in _UNBOUNDED):
            said = f"The column {name[:60]!r} holds lists, repetitions or the like, and no plain cells."
            raise FlowTableError.of(kind, [Fault("nested-column", said, "give one number or text in each cell")])
        for chunk in column.chunks:
            size += _written_out(chunk)
            check_unfolding(kind, packed, size)


def _written_out(chunk: pa.Array) -> int:
    """Bytes of a column's texts, each counted in every row that shows it."""
    kind = chunk.type
    if pa.types.is_dictionary(kind):
        if not _is_text(kind.value_type):
            return 0
        lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
        return int(pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0)
    return int(pc.sum(pc.binary_length(chunk).cast(pa.int64())).as_py() or 0) if _is_text(kind) else 0


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests) or pa.types.is_string_view(kind) or pa.types.is_binary_view(kind)


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type that a text has where it was not asked to be kept as a dictionary."""
    is_ours = pa.types.is_dictionary(kind) and kind.index_type == pa.int32() and not kind.ordered
    return kind.value_type if is_ours and _is_text(kind.value_type) else kind


def _batches(data: pa.Buffer) -> Iterator[tuple[int, int, int]]:
    """Of every batch in a stream: its rows, its buffers and the bytes to which they unfold.

    The layout is that of the Arrow columnar format, version 1.5, Message.fbs: a message's header is a table of
    FlatBuffers, a compressed buffer begins with its size before compression as a little-endian integer of 64 bits.
    """
    stream = pa.BufferReader(data)
    while True:
        try:
            message = pa.ipc.read_message(stream)
        except EOFError:
            return
        head = message.metadata.to_pybytes()
        root = Table(head, struct.unpack_from("<I", head, 0)[0])
        kind = root.number(1, "<B")
        batch = root.table(2)
        if kind == _DICTIONARY and batch is not None:
            batch = batch.table(1)
        if kind in {_DICTIONARY, _RECORDS} and batch is not None:
            yield batch.number(0, "<q"), *_unpacked(batch, message.body)


def _unpacked(batch: Table, body: pa.Buffer | None) -> tuple[int, int]:
    """The number of a batch's buffers and the bytes to which they unfold."""
    at = batch.vector(2)
    if at is None or body is None:
        return 0, 0
    start, count = at
    if count > _MOST_BUFFERS:
        refuse("Arrow", f"A batch has {count:,} buffers.")
    if batch.table(3) is None:
        return count, body.size
    size = 0
    for number in range(count):
        offset, length = struct.unpack_from("<qq", batch.data, start + 16 * number)
        stated = struct.unpack_from("<q", body, offset)[0] if length >= 8 and 0 <= offset <= body.size - 8 else length
        size += length if stated < 0 else stated
    return count, size


class Table:
    """A table of FlatBuffers: where it begins, and its fields by number."""

    def __init__(self, data: bytes, at: int) -> None:
        """Keep the bytes and the place."""
        self.data, self.at = data, at
        self.fields = at - struct.unpack_from("<i", data, at)[0]

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        if entry >= struct.unpack_from("<H", self.data, self.fields)[0]:
            return None
        offset = struct.unpack_from("<H", self.data, self.fields + entry)[0]
        return self.at + offset if offset else None

    def number(self, field: int, form: str) -> int:
        """A number; zero where the field is left out, as FlatBuffers have it."""
        place = self._place(field)
        return 0 if place is None else int(struct.unpack_from(form, self.data, place)[0])

    def table(self, field: int) -> Table | None:
        """A table inside, if there is one."""
        place = self._place(field)
        return None if place is None else Table(self.data, place + struct.unpack_from("<I", self.data, place)[0])

    def vector(self, field: int) -> tuple[int, int] | None:
        """Where a list begins, and how many it holds."""
        place = self._place(field)
        if place is None:
            return None
        start = place + struct.unpack_from("<I", self.data, place)[0]
        return start + 4, struct.unpack_from("<I", self.data, start)[0]
