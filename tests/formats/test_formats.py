"""Every format on the same small result: round trips, rounding, missing cells, formulas, totals."""

import csv
import io
import json
import math
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather
from pyarrow import parquet as pq

from tariffcalc.errors import BadRequestError, UnknownNameError
from tariffcalc.formats import COLUMN_KINDS, FORMATS, Options, Rendered, render, stream
from tariffcalc.formats.base import CHUNK, print_number
from tariffcalc.formats.totals import totals

FRAME = pd.DataFrame(
    {
        "origin": pd.Categorical(["CAN", "MEX", "MEX"]),
        "sector": ["01", "II", "unclassified"],
        "sector_name": ["Live animals, cattle", 'The "vegetable" | kind', "Ärger"],
        "period": ["2025-03", "2025-03", "2025-04"],
        "customs_value": [1234567.891, 1000.0, 0.0],
        "duty": [308641.97275, -0.001, math.nan],
        "effective_rate": [0.25, 0.1234564, math.nan],
        "resolved_share": [1.0, 0.5, 0.0],
        "duty_change": [-5.125, 7.0, math.nan],
    }
)
RESULT = Rendered(
    FRAME,
    {"schedule": {"digest": "abc", "importers": ["USA"]}, "model": None},
    "Duty by sector",
    ("5 rows were skipped",),
)
NUMBERS = [name for name in FRAME.columns if COLUMN_KINDS[name] != "text"]
TEXTS = [name for name in FRAME.columns if COLUMN_KINDS[name] == "text"]


def printed(name: str, frame: pd.DataFrame = FRAME, **options: object) -> str:
    return render(Rendered(frame), name, Options(**options)).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_format_is_named_and_gives_the_same_bytes_twice(name: str) -> None:
    """The same result gives the same bytes, and its entry says what they are."""
    assert FORMATS[name].name == name
    assert FORMATS[name].suffix.startswith(".")
    assert "/" in FORMATS[name].content_type
    assert render(RESULT, name) == render(RESULT, name)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_empty_result_is_a_table_without_rows(name: str) -> None:
    """No row is no error, and the columns are still there."""
    data = render(Rendered(FRAME.iloc[:0]), name)
    assert FORMATS[name].binary or "customs_value" in data.decode()


@pytest.mark.parametrize("name", sorted(name for name in FORMATS if not FORMATS[name].binary))
def test_minus_zero_is_never_printed(name: str) -> None:
    """A thousandth of a cent below zero is 0.00."""
    frame = FRAME.iloc[[1]].drop(columns="duty_change")
    assert "-0" not in render(Rendered(frame), name).decode().replace("2025-0", "")


def test_csv_is_rfc_4180_with_rounded_numbers_and_empty_cells() -> None:
    """One header, line ends of two signs, quotes only where needed, money in cents, rates to a millionth."""
    assert printed("csv").split("\r\n") == [
        "origin,sector,sector_name,period,customs_value,duty,effective_rate,resolved_share,duty_change",
        'CAN,01,"Live animals, cattle",2025-03,1234567.89,308641.97,0.250000,1.000000,-5.12',
        'MEX,II,"The ""vegetable"" | kind",2025-03,1000.00,0.00,0.123456,0.500000,7.00',
        "MEX,unclassified,Ärger,2025-04,0.00,,,0.000000,",
        "",
    ]


def test_csv_comes_back_through_pandas() -> None:
    """What pandas reads is the result, rounded."""
    back = pd.read_csv(io.StringIO(printed("csv")), dtype=dict.fromkeys(TEXTS, str))
    assert back[TEXTS].to_numpy().tolist() == FRAME[TEXTS].astype(str).to_numpy().tolist()
    np.testing.assert_allclose(back[NUMBERS], FRAME[NUMBERS], rtol=0, atol=0.00500001)


def test_csv_for_european_spreadsheets() -> None:
    """A decimal comma goes with a semicolon; a mark before the text tells a spreadsheet that it is UTF-8."""
    rows = list(csv.reader(io.StringIO(printed("csv", decimal=",", sep=";")), delimiter=";"))
    assert rows[1] == [
        "CAN",
        "01",
        "Live animals, cattle",
        "2025-03",
        "1234567,89",
        "308641,97",
        "0,250000",
        "1,000000",
        "-5,12",
    ]
    assert printed("csv", decimal=",") == printed("csv", decimal=",", sep=";")
    assert render(RESULT, "csv", Options(bom=True)) == b"\xef\xbb\xbf" + render(RESULT, "csv")


@pytest.mark.parametrize(("decimal", "sep"), [(",", ","), ("'", None), (".", "x"), (".", "\n")])
def test_csv_refuses_signs_that_cannot_be_used(decimal: str, sep: str | None) -> None:
    """A separator that is the decimal sign, or no separator at all, is refused."""
    with pytest.raises(BadRequestError):
        render(RESULT, "csv", Options(decimal=decimal, sep=sep))


STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("start", STARTS)
def test_csv_texts_cannot_run_as_formulas(start: str) -> None:
    """A text that could begin a formula gets an apostrophe, a negative number stays a number."""
    frame = pd.DataFrame({"sector_name": [f"{start}1+1"], "duty_change": [-3.0]})
    row = list(csv.reader(io.StringIO(printed("csv", frame), newline="")))[1]
    assert row == [f"'{start}1+1", "-3.00"]


@pytest.mark.parametrize("start", STARTS[:4])
@pytest.mark.parametrize("name", ["markdown", "table"])
def test_texts_to_be_pasted_cannot_run_as_formulas(name: str, start: str) -> None:
    """A table copied from a document or a terminal into a spreadsheet is as harmless as a file."""
    text = printed(name, pd.DataFrame({"sector_name": [f"{start}1+1"], "duty_change": [-3.0]}))
    assert f"'{start}1+1" in text
    assert " -3.00" in text
    assert "'-3" not in text


def test_a_header_cannot_run_either() -> None:
    """Columns of other tables may have any name."""
    assert printed("csv", pd.DataFrame({"=1+1": ["a"]})).startswith("'=1+1")


@pytest.mark.parametrize("rows", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"xlsx"}))
def test_streams_are_the_same_bytes(name: str, rows: int) -> None:
    """However the table is cut into runs."""
    frame = pd.concat([FRAME] * (rows // len(FRAME) + 1), ignore_index=True).iloc[:rows]
    result = Rendered(frame, RESULT.provenance, "=a title")
    pieces = list(stream(result, name))
    assert b"".join(pieces) == render(result, name)
    if name in {"csv", "json"}:
        assert len(pieces) > rows // CHUNK


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_wrong_option_is_refused_before_anything_is_sent(name: str) -> None:
    """Half an answer cannot be taken back."""
    wrong = Options(decimal="x")
    if name == "csv":
        with pytest.raises(BadRequestError):
            stream(RESULT, name, wrong)
    else:
        assert b"".join(stream(RESULT, name, wrong)) == render(RESULT, name)


def test_json_rows_of_several_runs_are_one_list() -> None:
    """The runs are joined without a seam."""
    frame = pd.DataFrame({"product": [f"{at:010d}" for at in range(CHUNK + 5)], "duty": range(CHUNK + 5)})
    rows = json.loads(render(Rendered(frame), "json"))["rows"]
    assert [row["product"] for row in rows] == frame["product"].tolist()


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_half_letters_and_endless_numbers_do_no_harm(name: str) -> None:
    """JSON can spell half a letter, and a sum can be larger than a computer holds: neither is a failure."""
    texts = pd.Series(["\ud800"], dtype=object)
    frame = pd.DataFrame({"sector_name": texts, "customs_value": [math.inf], "duty": [-math.inf]})
    told = {"scenario": "\ud800", "totals": {"duty": math.inf, "bounds": [math.nan, 1.0]}}
    data = render(Rendered(frame, told, "\ud800", ("\ud800",)), name)
    if name == "json":
        content = json.loads(data)
        assert content["rows"][0]["customs_value"] is None
        assert content["provenance"]["totals"] == {"duty": None, "bounds": [None, 1.0]}
    if name == "csv":
        assert data == b"sector_name,customs_value,duty\r\n?,,\r\n"


def test_json_has_columns_rows_provenance_and_notes() -> None:
    """Numbers are rounded as in the CSV, and what is missing is null."""
    content = json.loads(render(RESULT, "json"))
    assert list(content) == ["title", "columns", "rows", "provenance", "notes"]
    assert content["columns"] == FRAME.columns.tolist()
    assert content["rows"][2] == {
        "origin": "MEX",
        "sector": "unclassified",
        "sector_name": "Ärger",
        "period": "2025-04",
        "customs_value": 0.0,
        "duty": None,
        "effective_rate": None,
        "resolved_share": 0.0,
        "duty_change": None,
    }
    assert [row["duty"] for row in content["rows"]] == [308641.97, 0.0, None]
    assert content["provenance"] == RESULT.provenance
    assert content["notes"] == ["5 rows were skipped"]


def test_parquet_and_arrow_come_back_unrounded() -> None:
    """Numbers are exact, texts are texts, what is missing is null, and the provenance is in the metadata."""
    parquet = pq.read_table(pa.BufferReader(render(RESULT, "parquet")))
    arrow = feather.read_table(pa.BufferReader(render(RESULT, "arrow")))
    for table in (parquet, arrow):
        assert table.column_names == FRAME.columns.tolist()
        assert table["duty"].to_pylist() == [308641.97275, -0.001, None]
        assert table["origin"].to_pylist() == ["CAN", "MEX", "MEX"]
        about = {"title": RESULT.title, "provenance": RESULT.provenance, "notes": list(RESULT.notes)}
        assert json.loads(table.schema.metadata[b"tariffcalc"]) == about
    assert pd.read_parquet(io.BytesIO(render(RESULT, "parquet"))).attrs == about


def test_a_parquet_file_of_several_groups_has_one_schema() -> None:
    """A column that is empty in one group and not in another keeps its type."""
    rows = 2**16 + 1
    frame = pd.DataFrame({"period": ["2025"] * rows, "days": pd.Series([None] * (rows - 1) + [3], dtype=object)})
    back = pq.read_table(pa.BufferReader(render(Rendered(frame.astype({"days": "Int64"})), "parquet")))
    assert back["days"].to_pylist()[-2:] == [None, 3]
    assert pq.ParquetFile(pa.BufferReader(render(Rendered(frame), "parquet"))).num_row_groups == 2


def test_table_is_aligned_with_thousands_and_totals() -> None:
    """What a person reads in a terminal."""
    lines = render(RESULT, "table").decode().splitlines()
    assert lines[0] == "Duty by sector"
    assert len({len(line) for line in lines[2:4]}) == 1
    assert lines[4].startswith("CAN     01            Live animals, cattle")
    assert "1,234,567.89  308,641.97" in lines[4]
    assert lines[8].split() == ["Total", "1,235,567.89", "308,641.97", "0.249899", "0.999595", "1.88"]
    assert lines[-1] == "note: 5 rows were skipped"


def test_terminals_get_no_control_signs() -> None:
    """A text from outside cannot move the cursor or colour the screen."""
    frame = pd.DataFrame({"sector_name": ["a\x1b[31mb\nc"], "duty": [1.0]})
    for name in ("table", "markdown"):
        assert "\x1b" not in printed(name, frame)
        assert "b c" in printed(name, frame)


def test_markdown_escapes_what_means_something() -> None:
    """A bar inside a name does not split the cell."""
    assert 'The "vegetable" \\| kind' in printed("markdown")
    assert "| **Total** |" in printed("markdown")


def test_values_that_measures_share_are_not_added() -> None:
    """With measures in the rows one value stands in several of them: only the duty adds up."""
    frame = pd.DataFrame(
        {"measure": ["a", "b"], "customs_value": [5.0, 5.0], "duty": [1.0, 2.0], "effective_rate": [0.2, 0.4]}
    )
    assert totals(frame) == {"duty": 3.0}


def test_a_total_of_nothing_known_is_not_zero() -> None:
    """Missing duties add up to missing."""
    frame = pd.DataFrame({"customs_value": [5.0, 5.0], "duty": [math.nan, math.nan]})
    assert totals(frame) == {"customs_value": 10.0}


@pytest.mark.parametrize(
    ("column", "cells", "expected"),
    [
        ("segment_from", [date(2025, 3, 4)], "2025-03-04"),
        ("segment_from", [pd.Timestamp("2025-03-04")], "2025-03-04"),
        ("statutory_rate", [0.25], "0.250000"),
        ("refund_value", [0.256], "0.26"),
        ("rows", [3], "3"),
        ("days", [1.5], "1.5"),
        ("product", ["0201"], "0201"),
    ],
)
def test_columns_that_are_not_in_the_table_are_printed_by_ending_and_type(
    column: str, cells: list[object], expected: str
) -> None:
    """Other tables go out by the same rules."""
    assert printed("csv", pd.DataFrame({column: cells})).split("\r\n")[1] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-0.004, "0.00"), (-0.0, "0.00"), (-0.006, "-0.01"), (2.675, "2.67"), (1e15, "1000000000000000.00")],
)
def test_money_is_printed_in_cents(value: float, expected: str) -> None:
    """Plain decimals, never minus zero."""
    assert print_number(value, "money") == expected


def test_an_unknown_format_gets_the_known_ones() -> None:
    """The hint names what there is."""
    with pytest.raises(UnknownNameError) as caught:
        render(RESULT, "xls")
    assert caught.value.hint == "did you mean xlsx?"
