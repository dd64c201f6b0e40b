"""Parquet and Arrow files that unfold, lie, point outside, or are none."""

from __future__ import annotations

import struct
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from hostile_made import Made
from pyarrow import parquet as pq

COLUMNS = Made("columns")
FLOWS, QUOTES = "POST /v1/flows", "POST /v1/quotes"

GOOD = {"origin": ["CAN"], "product": ["7208390015"], "period": ["2025-05"], "customs_value": [1000.0]}


def table(**columns: Any) -> pa.Table:
    """A table of one row that nobody could refuse, with columns of one's own."""
    return pa.table({**GOOD, **columns})


def parquet(content: pa.Table, **how: Any) -> bytes:
    """A table as Parquet."""
    sink = pa.BufferOutputStream()
    pq.write_table(content, sink, **{"compression": "zstd", "store_schema": False, **how})
    return bytes(sink.getvalue())


def arrow(content: pa.Table, *, stream: bool = False, compression: str | None = "zstd") -> bytes:
    """A table as an Arrow file or stream."""
    sink = pa.BufferOutputStream()
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with make(sink, content.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(content)
    return bytes(sink.getvalue())


@cache
def good() -> bytes:
    """The good table as Parquet."""
    return parquet(table())


def constant(rows: int, text: str) -> pa.Array:
    """A column with one text in every row: small in a file, whatever its size in memory."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype="i4")), [text])


def nested(depth: int) -> pa.DataType:
    """Lists of lists."""
    kind = pa.int8()
    for _ in range(depth):
        kind = pa.list_(kind)
    return kind


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def nothing() -> bytes:
    return b""


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def marks_alone() -> bytes:
    return b"PAR1PAR1"


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def a_file_without_its_end() -> bytes:
    return good()[:-20]


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def a_file_without_its_beginning() -> bytes:
    return good()[100:]


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def an_end_longer_than_the_file() -> bytes:
    return good()[:-8] + struct.pack("<I", 0xFFFFFFFF) + b"PAR1"


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def an_end_of_no_length() -> bytes:
    return good()[:-8] + struct.pack("<I", 0) + b"PAR1"


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def an_end_under_lock_and_key() -> bytes:
    return good()[:-4] + b"PARE"


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def an_end_of_noise() -> bytes:
    return b"PAR1" + bytes(range(256)) * 8 + struct.pack("<I", 2_000) + b"PAR1"


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def an_end_of_structures_without_end() -> bytes:
    return b"PAR1" + b"\x1c" * 100_000 + struct.pack("<I", 100_000) + b"PAR1"


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def an_end_of_lists_of_two_billion() -> bytes:
    told = bytes.fromhex("15021af9ffffffff07")
    return b"PAR1" + told + struct.pack("<I", len(told)) + b"PAR1"


@COLUMNS.add(FLOWS, "parquet", "422 unreadable-file")
def pages_of_noise() -> bytes:
    whole = bytearray(good())
    whole[8:120] = bytes(reversed(range(112)))
    return bytes(whole)


@COLUMNS.add(FLOWS, "parquet", "413 table-too-large")
def six_million_rows_of_nothing() -> bytes:
    return parquet(pa.table({"a": pa.nulls(6_000_000)}))


@COLUMNS.add(FLOWS, "parquet", "413 table-too-large")
def five_million_bad_rows_in_few_bytes() -> bytes:
    rows = 5_000_000
    return parquet(pa.table({name: constant(rows, "x") for name in GOOD}))


@COLUMNS.add(FLOWS, "parquet", "413 table-too-large")
def one_long_text_in_many_rows() -> bytes:
    return parquet(pa.table({"origin": constant(100_000, "x" * 4_000)}))


@COLUMNS.add(FLOWS, "parquet", "413 table-too-large")
def few_rows_of_very_long_texts() -> bytes:
    return parquet(pa.table({"origin": ["y" * 9_000_000] * 3}), use_dictionary=False)


@COLUMNS.add(FLOWS, "parquet", "413 table-too-large")
def more_columns_than_are_taken() -> bytes:
    return parquet(pa.table({f"c{number}": [1] for number in range(17_000)}), write_statistics=False)


@COLUMNS.add(FLOWS, "parquet", "422 missing-column")
def three_thousand_columns() -> bytes:
    return parquet(pa.table({f"c{number}": [1] for number in range(3_000)}), write_statistics=False)


@COLUMNS.add(FLOWS, "parquet", "422 nested-column")
def a_column_of_lists() -> bytes:
    return parquet(table(origin=[["CAN"]]))


@COLUMNS.add(FLOWS, "parquet", "422 nested-column")
def a_column_of_lists_of_lists() -> bytes:
    return parquet(table(origin=pa.nulls(1, nested(20))))


@COLUMNS.add(FLOWS, "parquet", "422 flow-table")
def no_columns() -> bytes:
    return parquet(pa.table({}))


@COLUMNS.add(FLOWS, "parquet", "422 empty-table")
def no_rows() -> bytes:
    return parquet(table().slice(0, 0))


@COLUMNS.add(FLOWS, "parquet", "422 duplicate-column")
def a_column_twice() -> bytes:
    names = [*GOOD, "ORIGIN"]
    return parquet(pa.Table.from_arrays([pa.array(GOOD[name.lower()]) for name in names], names=names))


@COLUMNS.add(FLOWS, "parquet", "422 value-not-a-number")
def a_value_that_is_no_number() -> bytes:
    return parquet(table(customs_value=[float("nan")]))


@COLUMNS.add(FLOWS, "parquet", "422 value-not-a-number")
def a_value_without_end() -> bytes:
    return parquet(table(customs_value=[float("inf")]))


@COLUMNS.add(FLOWS, "parquet", "422 value-not-a-number")
def values_of_yes_and_no() -> bytes:
    return parquet(table(customs_value=[True]))


@COLUMNS.add(FLOWS, "parquet", "422 product-not-digits")
def codes_that_are_no_text() -> bytes:
    return parquet(table(product=[b"\xff\xfe\x00"]))


@COLUMNS.add(FLOWS, "parquet", "422 bad-period")
def a_moment_at_the_end_of_time() -> bytes:
    return parquet(table(period=pa.array([2**62], pa.timestamp("us"))))


@COLUMNS.add(FLOWS, "parquet", "422 bad-period")
def a_moment_in_the_year_zero() -> bytes:
    return parquet(table(period=pa.array([datetime(1, 1, 1, 12)], pa.timestamp("us"))))  # noqa: DTZ001 - as files have it


@COLUMNS.add(FLOWS, "arrow", "422 unreadable-file")
def a_mark_alone() -> bytes:
    return b"ARROW1\0\0"


@COLUMNS.add(FLOWS, "arrow", "422 unreadable-file")
def an_arrow_file_without_its_end() -> bytes:
    return arrow(table())[:200]


@COLUMNS.add(FLOWS, "arrow", "422 unreadable-file")
def a_message_longer_than_the_file() -> bytes:
    return b"\xff\xff\xff\xff" + struct.pack("<i", 0x7FFFFFF0) + bytes(64)


@COLUMNS.add(FLOWS, "arrow", "422 unreadable-file")
def a_message_of_a_negative_length() -> bytes:
    return b"\xff\xff\xff\xff" + struct.pack("<i", -8) + bytes(64)


@COLUMNS.add(FLOWS, "arrow", "422 unreadable-file")
def a_message_of_zeros() -> bytes:
    return b"\xff\xff\xff\xff" + struct.pack("<i", 64) + bytes(64)


@COLUMNS.add(FLOWS, "arrow", "422 unreadable-file")
def an_old_feather_of_noise() -> bytes:
    return b"FEA1" + bytes(range(256)) + b"FEA1"


@COLUMNS.add(FLOWS, "arrow", "413 table-too-large")
def buffers_that_point_outside() -> bytes:
    whole = bytearray(arrow(table(), stream=True, compression=None))
    at = whole.index(b"CAN") - 8
    whole[at : at + 8] = struct.pack("<ii", 0, 0x7FFFFFFF)
    return bytes(whole)


@COLUMNS.add(FLOWS, "arrow", "422 unreadable-file")
def texts_that_are_no_text() -> bytes:
    return arrow(table(), compression=None).replace(b"CAN", b"\xff\xfe\xfd")


@COLUMNS.add(FLOWS, "arrow", "413 table-too-large")
def twenty_million_zeros() -> bytes:
    return arrow(pa.table({"a": np.zeros(20_000_000, dtype="i8")}))


@COLUMNS.add(FLOWS, "arrow", "413 table-too-large")
def four_million_zeros_in_a_stream() -> bytes:
    return arrow(pa.table({"a": np.zeros(4_000_000, dtype="i8")}), stream=True)


@COLUMNS.add(FLOWS, "arrow", "413 table-too-large")
def fifty_million_rows_of_nothing() -> bytes:
    return arrow(pa.table({"a": pa.nulls(50_000_000)}))


@COLUMNS.add(FLOWS, "arrow", "413 table-too-large")
def one_long_text_to_which_all_rows_point() -> bytes:
    return arrow(pa.table({"origin": constant(100_000, "x" * 4_000)}))


@COLUMNS.add(FLOWS, "arrow", "413 table-too-large")
def a_value_that_says_how_often_it_repeats() -> bytes:
    ends, values = pa.array([2_000_000_000], pa.int32()), pa.array(["CAN"])
    return arrow(pa.table({"origin": pa.RunEndEncodedArray.from_arrays(ends, values)}), compression=None)


@COLUMNS.add(FLOWS, "arrow", "422 nested-column")
def a_column_of_records() -> bytes:
    return arrow(table(origin=[{"a": "CAN"}]))


@COLUMNS.add(FLOWS, "arrow", "422 nested-column")
def a_column_sixty_lists_deep() -> bytes:
    return arrow(table(origin=pa.nulls(1, nested(60))))


@COLUMNS.add(QUOTES, "arrow", "422 unreadable-file")
def lines_that_are_parquet() -> bytes:
    return good()


@COLUMNS.add(QUOTES, "parquet", "422 unreadable-file")
def lines_that_are_arrow() -> bytes:
    return arrow(table())
