"""Delimited text and JSON: encodings, delimiters, decimal signs, line numbers."""

import json

import pytest

import tariffcalc as tc
from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import FlowTableError, UnknownNameError
from tariffcalc.sources import SOURCES, read_table
from tariffcalc.sources.json_rows import read_rows

TEXT = "origin,product,period,customs_value\nCôte d'Ivoire,0201100510,2025-03,1000.50\n"
CELLS = [["Côte d'Ivoire", "0201100510", "2025-03", "1000.50"]]


def read(text: str | bytes) -> RawTable:
    return read_table(text if isinstance(text, bytes) else text.encode(), ".csv")


def code_of(text: str | bytes, suffix: str = ".csv") -> str:
    with pytest.raises(FlowTableError) as caught:
        read_table(text if isinstance(text, bytes) else text.encode(), suffix)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_and_without_its_mark(encoding: str) -> None:
    """UTF-8, UTF-8 with a mark and UTF-16 with a mark give the same cells, zeros kept."""
    table = read(TEXT.encode(encoding))
    assert table.frame.columns.tolist() == ["origin", "product", "period", "customs_value"]
    assert table.frame.to_numpy().tolist() == CELLS


def test_utf_16_of_either_byte_order_is_read() -> None:
    """The mark says which byte comes first."""
    assert read(b"\xfe\xff" + TEXT.encode("utf-16-be")).frame.to_numpy().tolist() == CELLS
    assert read(b"\xff\xfe" + TEXT.encode("utf-16-le")).frame.to_numpy().tolist() == CELLS


def test_windows_1252_is_read_with_a_warning() -> None:
    """European spreadsheets save CSV so; the reader is told, for another code page would have other letters."""
    table = read(TEXT.encode("cp1252"))
    assert table.frame.to_numpy().tolist() == CELLS
    assert len(table.warnings) == 1
    assert "line 2" in table.warnings[0]
    assert "Windows-1252" in table.warnings[0]


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    """The byte, the line and the remedy are named."""
    with pytest.raises(FlowTableError) as caught:
        read(TEXT.encode().replace("ô".encode(), b"\x81"))
    fault = caught.value.faults[0]
    assert (fault.code, fault.row) == ("wrong-encoding", 2)
    assert f"byte {TEXT.index('ô')} (0x81)" in fault.message
    assert "UTF-8" in str(fault.hint)


def test_a_mark_that_lies_is_refused() -> None:
    """A file that says it is UTF-8 is not guessed to be something else."""
    assert code_of(b"\xef\xbb\xbf" + TEXT.encode("cp1252")) == "wrong-encoding"
    assert code_of(b"\xff\xfe" + TEXT.encode("utf-16-le")[:-1]) == "wrong-encoding"


def test_utf_16_without_its_mark_is_refused() -> None:
    """Zero bytes are no text."""
    assert code_of(TEXT.encode("utf-16-le")) == "wrong-encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter: str, end: str) -> None:
    """The header line tells the delimiter; any line end will do."""
    table = read(TEXT.replace(",", delimiter).replace("\n", end))
    assert table.frame.to_numpy().tolist() == CELLS


def test_a_line_that_names_the_separator_is_no_header() -> None:
    """Spreadsheets write sep=; above the header."""
    assert read("sep=;\r\n" + TEXT.replace(",", ";")).frame.to_numpy().tolist() == CELLS


def test_rows_are_numbered_by_the_line_on_which_they_begin() -> None:
    """Blank lines and line ends inside quotes do not shift the numbers."""
    table = read('a,b\n1,2\n\n"3\n3",4\n,,\n5,6\n'.replace(",,\n", ",\n"))
    assert table.rows.tolist() == [2, 4, 7]
    assert table.frame["a"].tolist() == ["1", "3\n3", "5"]


@pytest.mark.parametrize("row", ["1,2,3", "1"])
def test_a_row_with_more_or_fewer_cells_is_a_fault(row: str) -> None:
    """A comma too many shifts every cell after it: the row is not guessed."""
    table = read(f"a,b\n1,2\n{row}\n5,6\n")
    assert table.rows.tolist() == [2, 4]
    assert [(fault.code, fault.row) for fault in table.faults] == [("wrong-cell-count", 3)]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2,,\n3,4,\n", "a,b,,\n1,2,,\n3,4\n", "a,b,\n1,2,\n3,4,,\n", "a;b;\n1;2\n3;4;;\n"]
)
def test_empty_cells_beyond_the_header_are_no_fault(text: str) -> None:
    """Some programs end every line in delimiters, others cut them off."""
    table = read(text)
    assert table.faults == ()
    assert table.frame[["a", "b"]].to_numpy().tolist() == [["1", "2"], ["3", "4"]]


def test_what_stands_beyond_the_header_is_a_fault() -> None:
    """A cell without a column is not dropped in silence, and a missing one is not made up."""
    assert [fault.row for fault in read("a,b\n1,2,,9\n1\n").faults] == [2, 3]


def test_doubled_headers_reach_the_checks() -> None:
    """A doubled column is kept, so that it can be reported."""
    assert read("a,a\n1,2\n").frame.columns.tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (["1234,50"], ["1234.50"]),
        (["1.234.567,5", "1.234", "7"], ["1234567.5", "1234", "7"]),
        (["1,234", "12,5"], ["1.234", "12.5"]),
        (["1,234"], ["1,234"]),
        (["1234.50"], ["1234.50"]),
        (["1,234.50", "12,5"], ["1,234.50", "12,5"]),
    ],
)
def test_decimal_commas_are_turned_only_where_nothing_is_ambiguous(written: list[str], read_as: list[str]) -> None:
    """Beside semicolons 1234,50 can only be a decimal; 1,234 alone could be a thousand and stays as it is."""
    rows = "".join(f"CAN;0201.10;{cell}\n" for cell in written)
    table = read("origin;product;customs_value\n" + rows)
    assert table.frame["customs_value"].tolist() == read_as
    assert set(table.frame["product"]) == {"0201.10"}


@pytest.mark.parametrize(("delimiter", "quote"), [("\t", ""), ("|", ""), (",", '"')])
def test_decimal_commas_beside_other_delimiters(delimiter: str, quote: str) -> None:
    """The Unicode text of European spreadsheets has tabs; a comma between quotes can be a decimal too."""
    rows = [["product", "customs_value"], ["0201.10", f"{quote}1234,50{quote}"], ["0202", f"{quote}7{quote}"]]
    table = read("\n".join(delimiter.join(row) for row in rows))
    assert table.frame["customs_value"].tolist() == ["1234.50", "7"]
    assert table.warnings == ()


@pytest.mark.parametrize("amount", ["1 234,50", "1\u00a0234,50", "1\u202f234,50", "1'234.50", "1,234.50", "1,234,567"])
def test_separated_thousands_are_left_for_the_checks_to_refuse(amount: str) -> None:
    """None is read as another number."""
    assert read(f'product;customs_value\n0201;"{amount}"\n').frame["customs_value"].tolist() == [amount]


def test_mixed_decimal_signs_are_pointed_out() -> None:
    """Who skips bad rows must know that the numbers were written in two ways."""
    assert len(read("product;customs_value\n0201;12,5\n0201;12.5\n").warnings) == 1


@pytest.mark.parametrize(
    ("text", "suffix"),
    [("[", ".json"), ("3", ".json"), ('{"a": 1}', ".json"), ("x", ".parquet"), ("x", ".arrow"), ("x", ".xlsx")],
)
def test_a_file_that_is_not_what_it_says_is_refused(text: str, suffix: str) -> None:
    """Each source says so, and does not fall over."""
    assert code_of(text, suffix) == "unreadable-file"


def test_a_missing_file_and_an_unknown_suffix_are_refused() -> None:
    """The name of the file, or the suffixes that are known, are in the message."""
    with pytest.raises(FlowTableError, match=r"nowhere\.csv"):
        read_table("/nowhere.csv")
    with pytest.raises(UnknownNameError) as caught:
        read_table(b"", ".xlsm")
    assert ".xlsx" in str(caught.value.hint)


@pytest.mark.parametrize("suffix", sorted(SOURCES))
def test_no_source_falls_over_on_no_bytes(suffix: str) -> None:
    """An empty file is a table without rows, or refused."""
    try:
        assert read_table(b"", suffix).frame.empty
    except FlowTableError as error:
        assert error.code == "unreadable-file"  # noqa: PT017 - either outcome is right


def test_json_rows_may_lack_keys_and_must_be_objects() -> None:
    """A key that is not there is an empty cell; rows count from 1."""
    table = read_table(json.dumps({"rows": [{"a": 1}, 5, {"b": "x", "a": [1]}]}).encode(), ".json")
    assert table.rows.tolist() == [1, 3]
    assert table.frame["a"].tolist() == [1, "[1]"]
    assert table.frame["b"].tolist() == [None, "x"]
    assert [(fault.code, fault.row) for fault in table.faults] == [("not-an-object", 2)]


def test_half_a_surrogate_pair_does_no_harm() -> None:
    """JSON can spell text that no file can hold."""
    assert read_rows([{"a": "\ud800"}]).frame["a"].tolist() == ["?"]


AWKWARD = {
    "excel, german": "Origin;Product;Period;Customs Value;;\r\nCôte d'Ivoire;0201.10;2025-03;1.234,50;;\r\n;;;;;\r\n",
    "excel, unicode text": "origin\tproduct\tperiod\tcustoms_value\r\nCôte d'Ivoire\t0201.10\t2025-03\t1234,50\r\n",
    "all quoted": '"origin","product","period","customs_value"\n"Côte d\'Ivoire","0201.10","2025-03","1234.50"\n',
    "line ends in quotes": 'origin,product,period,customs_value,note\nCôte d\'Ivoire,0201.10,2025-03,1234.50,"a\nb"\n',
    "blank lines around": "\n\n origin , product ,period,customs_value\n\nCôte d'Ivoire,0201.10,2025-03,1234.50\n\n\n",
    "sep line and blanks": "sep=;\n\norigin;product;period;customs_value\nCôte d'Ivoire;0201.10;2025-03;1234,50",
}
"""Tables as programs write them: all of them say the same."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("table", sorted(AWKWARD))
def test_awkward_files_are_read(table: str, encoding: str) -> None:
    """Encoding, delimiter, decimal sign, line ends and empty cells in every mixture."""
    flows = tc.read_flows(AWKWARD[table].encode(encoding), suffix=".csv", importer="USA")
    row = flows.frame.iloc[0]
    assert len(flows.frame) == 1
    assert (row["origin"], row["product"], row["period"], row["customs_value"]) == ("CIV", "020110", "2025-03", 1234.5)
    assert any("Windows-1252" in told for told in flows.warnings) is (encoding == "cp1252")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "@SUM(A1)", "\t=1"])
def test_a_formula_in_a_table_is_text(cell: str) -> None:
    """It is told as the cell's value, and never reckoned."""
    with pytest.raises(FlowTableError) as caught:
        tc.read_flows(
            f'origin,product,period,customs_value\nCAN,7208,2025,"{cell}x"\n'.encode(), suffix=".csv", importer="USA"
        )
    assert caught.value.faults[0].value == f"{cell}x".strip()
