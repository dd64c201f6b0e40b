"""Workbooks: codes as text, live totals with their values, provenance, nothing that runs, small and large alike."""

import io
import math
import re
import zipfile

import pandas as pd
import pytest
import python_calamine

from tariffcalc.errors import BadRequestError
from tariffcalc.formats import Rendered, render, xlsx_bytes, xlsx_summary

FRAME = pd.DataFrame(
    {
        "sector": ["01", "II", "II"],
        "sector_name": ["Live animals", "Vegetables", "Vegetables"],
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
    {"scenario": "=1+1", "a": {"b": [1, 2]}, "warnings": ["a sentence, with a comma", "=another one"], "model": None},
    "=Duty by sector",
    ("@5 rows were skipped",),
)


def sheets(data: bytes) -> dict[str, list[list[object]]]:
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def formulas(data: bytes) -> dict[str, str]:
    """The formulas of the summary by cell."""
    found = re.findall(r'<c r="([A-Z]+[0-9]+)"[^>]*><f>([^<]*)</f>', part(data, "xl/worksheets/sheet2.xml"))
    return {cell: text.replace("&gt;", ">").replace("&quot;", '"') for cell, text in found}


@pytest.fixture(params=["small", "large"])
def data(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The same workbook in both ways of writing: texts shared, or row by row."""
    monkeypatch.setattr(xlsx_bytes, "_SHARED_TEXTS", 100 if request.param == "small" else 0)
    return render(RESULT, "xlsx")


def test_codes_are_text_and_numbers_are_numbers(data: bytes) -> None:
    """A sector 01 keeps its zero, an amount is a number, what is missing is an empty cell."""
    rows = sheets(data)["Data"]
    assert rows[0] == FRAME.columns.tolist()
    assert rows[1] == ["01", "Live animals", "2025-03", 1234567.891, 308641.97275, 0.25, 1.0, -5.125]
    assert rows[3][4:] == ["", "", 0.0, ""]


def test_totals_and_totals_by_the_first_key(data: bytes) -> None:
    """The values are there for programs that do not reckon."""
    rows = sheets(data)["Summary"]
    names = ["customs_value", "duty", "effective_rate", "resolved_share", "duty_change"]
    assert rows[0][0] == "=Duty by sector"
    assert rows[2] == ["sector", "sector_name", *names]
    assert rows[3][:2] == ["Total", ""]
    assert rows[3][2:] == pytest.approx([1235567.891, 308641.97175, 308641.97175 / 1235067.891, 0.99959533, 1.875])
    assert rows[4] == ["01", "Live animals", 1234567.891, 308641.97275, pytest.approx(0.25, abs=1e-6), 1.0, -5.125]
    assert rows[5] == ["II", "Vegetables", 1000.0, -0.001, -0.001 / 500, 0.5, 7.0]
    assert rows[-1][0] == "@5 rows were skipped"


def test_totals_are_formulas_over_the_data(data: bytes) -> None:
    """Whoever changes the data sees the totals change."""
    found = formulas(data)
    assert found["C4"] == "SUM(Data!$D$2:$D$4)"
    assert found["E4"].startswith("IF(SUMPRODUCT(Data!$D$2:$D$4,Data!$G$2:$G$4)>0,SUM(Data!$E$2:$E$4)/")
    assert found["D5"] == "SUMPRODUCT(--(Data!$A$2:$A$4=$A5),Data!$E$2:$E$4)"
    assert set(found) == {f"{column}{row}" for column in "CDEFG" for row in (4, 5, 6)}


def test_only_what_is_known_has_a_total() -> None:
    """A group without a known duty has an empty cell, not a zero."""
    frame = FRAME.assign(duty=[math.nan, 1.0, 2.0])
    found = formulas(render(Rendered(frame), "xlsx"))
    assert {"D4", "D6"} <= set(found)
    assert "D5" not in found


def test_nothing_but_the_totals_can_run(data: bytes) -> None:
    """Texts that look like formulas or addresses are texts in every sheet."""
    for sheet in ("sheet1", "sheet3"):
        assert "<f>" not in part(data, f"xl/worksheets/{sheet}.xml")
    assert all(text.startswith(("SUM", "IF(SUM")) for text in formulas(data).values())
    linked = render(Rendered(pd.DataFrame({"sector_name": ["=1+1", "http://example.com", "+1", "mailto:a@b"]})), "xlsx")
    assert "<f>" not in part(linked, "xl/worksheets/sheet1.xml")
    assert "hyperlink" not in part(linked, "xl/worksheets/sheet1.xml")
    assert [row[0] for row in sheets(linked)["Data"][1:]] == ["=1+1", "http://example.com", "+1", "mailto:a@b"]


def test_provenance_is_keys_and_values(data: bytes) -> None:
    """Names in a list share a cell, warnings have one each."""
    assert sheets(data)["Provenance"] == [
        ["key", "value"],
        ["scenario", "=1+1"],
        ["a.b", "1, 2"],
        ["warnings[1]", "a sentence, with a comma"],
        ["warnings[2]", "=another one"],
        ["model", ""],
    ]


def test_the_data_sheet_is_ready_to_be_read(data: bytes) -> None:
    """Header frozen, filter set, columns as wide as their content, number formats by kind."""
    sheet = part(data, "xl/worksheets/sheet1.xml")
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:H4"/>' in sheet
    widths = re.findall(r'<col min="([0-9]+)" max="([0-9]+)" width="([0-9.]+)"', sheet)
    assert (widths[0][0], widths[-1][1]) == ("1", "8")
    assert float(widths[1][2]) > float(widths[0][2])
    styles = part(data, "xl/styles.xml")
    assert {'"#,##0.00"', '"0.000000"', '"@"'} <= set(re.findall(r'formatCode=("[^"]*")', styles))


def test_too_many_groups_are_not_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet says so, and the grand total stays."""
    monkeypatch.setattr(xlsx_summary, "_MOST_GROUPS", 1)
    rows = sheets(render(RESULT, "xlsx"))["Summary"]
    assert rows[3][0] == "Total"
    assert any("too many" in str(row[0]) for row in rows)
    assert len(formulas(render(RESULT, "xlsx"))) == 5


def test_tables_that_do_not_add_up_have_no_totals() -> None:
    """A timeline of rates has a summary of title and notes alone."""
    frame = pd.DataFrame({"segment_from": ["2025-01-01"], "statutory_rate": [0.25]})
    data = render(Rendered(frame, {}, "rates", ("a note",)), "xlsx")
    assert [row[0] for row in sheets(data)["Summary"] if row[0]] == ["rates", "a note"]
    assert formulas(data) == {}


def test_a_result_without_keys_has_one_total() -> None:
    """Nothing to group by: a line of totals below the names."""
    rows = sheets(render(Rendered(FRAME[["customs_value", "duty"]]), "xlsx"))["Summary"]
    assert rows[2:4] == [["", "customs_value", "duty"], ["Total", 1235567.891, pytest.approx(308641.97175)]]


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    """Before a byte is written."""
    with pytest.raises(BadRequestError, match="1,048,575"):
        render(Rendered(pd.DataFrame({"duty": pd.RangeIndex(1_048_576)})), "xlsx")


def test_a_long_text_is_cut_and_not_lost() -> None:
    """A cell holds 32,767 signs."""
    rows = sheets(render(Rendered(pd.DataFrame({"why": ["a" * 40_000]})), "xlsx"))["Data"]
    assert rows[1] == ["a" * 32_767]
