"""Workbooks, Parquet and Arrow files."""

import io
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import feather
from pyarrow import parquet as pq

from tariffcalc.engine.flows import Flows, check_flows
from tariffcalc.errors import FlowTableError, UnknownNameError
from tariffcalc.sources import read_table
from tariffcalc.sources.xlsx_table import read_xlsx

ROWS = {
    "origin": ["CAN", "MEX"],
    "product": ["0201100510", "2709"],
    "period": ["2025-03", "2025"],
    "customs_value": [1.5, 2],
}


def a_workbook(*rows: list[Any], sheet: str = "Trade") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet(sheet)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                page.write_datetime(at, column, cell, day) if isinstance(cell, date) else page.write(at, column, cell)
        workbook.add_worksheet("Other").write(0, 0, "a")
    return buffer.getvalue()


def checked(data: bytes, suffix: str) -> Flows:
    countries = {"CAN": "CAN", "MEX": "MEX", "USA": "USA"}
    raw = read_table(data, suffix)
    return check_flows(raw, countries=countries, is_known_product=bool, importer="USA")


def test_a_sheet_is_read_with_its_row_numbers() -> None:
    """Rows above the header and blank rows between do not shift the numbers; texts keep their zeros."""
    data = a_workbook([], ["origin", "product"], ["CAN", "0201100510"], [], ["MEX", "2709"])
    table = read_xlsx(data)
    assert table.rows.tolist() == [3, 5]
    assert table.frame.to_numpy().tolist() == [["CAN", "0201100510"], ["MEX", "2709"]]
    assert table.warnings == ()


def test_codes_kept_as_numbers_are_turned_to_digits_with_a_warning() -> None:
    """A ten-digit number is a code; the reader is told that zeros may be lost."""
    data = a_workbook(["origin", "product", "period", "customs_value"], ["CAN", 2709002010, 2025, 7])
    flows = checked(data, ".xlsx")
    assert flows.frame[["product", "period"]].astype(str).to_numpy().tolist() == [["2709002010", "2025"]]
    assert "1 product codes are numbers" in flows.warnings[0]


def test_a_code_that_lost_its_zero_is_refused() -> None:
    """0201.10.05.10 kept as a number has nine digits."""
    data = a_workbook(["origin", "product", "period", "customs_value"], ["CAN", 201100510, 2025, 7])
    with pytest.raises(FlowTableError) as caught:
        checked(data, ".xlsx")
    assert [(fault.code, fault.row, fault.value) for fault in caught.value.faults] == [
        ("product-length", 2, "201100510")
    ]
    assert "0201100510" in str(caught.value.faults[0].hint)


def test_a_date_in_a_sheet_is_that_day() -> None:
    """A cell kept as a date is a period of one day, and first days of months are pointed out."""
    data = a_workbook(["origin", "product", "period", "customs_value"], ["CAN", "2709", date(2025, 3, 1), 7])
    flows = checked(data, ".xlsx")
    assert flows.frame["period"].astype(str).tolist() == ["2025-03-01"]
    assert any("2025-03" in warning for warning in flows.warnings)


def test_a_sheet_is_chosen_by_name() -> None:
    """The first sheet unless another is named; an unknown name gets the known ones."""
    data = a_workbook(["origin"], ["CAN"])
    assert read_xlsx(data, "Other").frame.columns.tolist() == ["a"]
    with pytest.raises(UnknownNameError) as caught:
        read_xlsx(data, "Trad")
    assert caught.value.hint == "did you mean Trade?"


def test_an_empty_sheet_is_a_table_without_rows() -> None:
    """No cell at all, or a header alone."""
    assert read_xlsx(a_workbook([])).frame.empty
    assert read_xlsx(a_workbook(["origin", "product"])).frame.columns.tolist() == ["origin", "product"]


def arrow_files() -> dict[str, bytes]:
    table = pa.Table.from_pandas(pd.DataFrame(ROWS).astype({"product": "category"}))
    parquet, arrow, stream = (pa.BufferOutputStream() for _ in range(3))
    pq.write_table(table, parquet)
    feather.write_feather(table, arrow)
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return {
        "parquet": bytes(parquet.getvalue()),
        "feather": bytes(arrow.getvalue()),
        "stream": bytes(stream.getvalue()),
    }


@pytest.mark.parametrize(
    ("kind", "suffix"), [("parquet", ".parquet"), ("feather", ".feather"), ("feather", ".arrow"), ("stream", ".arrow")]
)
def test_column_files_are_read(kind: str, suffix: str) -> None:
    """Parquet, Feather, Arrow files and Arrow streams give the same flows; rows count from 1."""
    data = arrow_files()[kind]
    assert read_table(data, suffix).rows.tolist() == [1, 2]
    frame = checked(data, suffix).frame
    assert frame["product"].astype(str).tolist() == ROWS["product"]
    assert frame["customs_value"].tolist() == ROWS["customs_value"]


def a_parquet_file(**cells: list[Any]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"origin": ["CAN"], "product": ["27"], "period": ["2025"]} | cells), sink)
    return bytes(sink.getvalue())


def test_a_decimal_is_a_number() -> None:
    """Money kept as decimals is read to the nearest float."""
    assert checked(a_parquet_file(customs_value=[Decimal("1.50")]), ".parquet").frame["customs_value"].tolist() == [1.5]


def test_a_list_is_a_bad_cell() -> None:
    """A column file may hold lists: where a code should be, that is a fault of its row."""
    with pytest.raises(FlowTableError) as caught:
        checked(a_parquet_file(product=[["27"]], customs_value=[1.0]), ".parquet")
    assert [(fault.code, fault.row) for fault in caught.value.faults] == [("product-not-digits", 1)]


@pytest.mark.parametrize(("kind", "suffix"), [("parquet", ".parquet"), ("feather", ".feather"), ("stream", ".arrow")])
def test_a_damaged_file_is_read_or_refused(kind: str, suffix: str) -> None:
    """A wrong byte anywhere neither stops the program nor raises anything but our own error."""
    whole, chance = arrow_files()[kind], Random(1)  # noqa: S311 - nothing secret
    refused = 0
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] = chance.randrange(256)
        try:
            read_table(bytes(damaged), suffix)
        except FlowTableError as error:
            refused += error.code == "unreadable-file"
    assert 0 < refused < 200
