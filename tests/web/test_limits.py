"""Limits: how often, how much at a time, how large. Each refusal says when to come back or what is too large."""

from __future__ import annotations

import io
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pytest
import xlsxwriter
from flask.testing import FlaskClient
from live import OPEN, service
from problem_words import problem_of
from pyarrow import parquet as pq

from tariffcalc.errors import BadRequestError, FlowTableError
from tariffcalc.settings import Settings
from tariffcalc.sources import read_table
from tariffcalc.sources.bounds import Bounds, within
from tariffcalc.web import create_app
from tariffcalc.web.limits import Turns
from tariffcalc.web.problems import ProblemError

RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"
CSV = {"content_type": "text/csv"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = b"origin,product,period,customs_value\nCAN,7208390015,2025-05,1000\nMEX,8429511050,2025-06,2000\n"


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., FlaskClient]:
    """A client of an application with settings of its own."""

    def make(**given: Any) -> FlaskClient:
        return create_app(settings=Settings(home=tmp_path, **{"logs": "off", **given})).test_client()

    return make


def test_a_client_that_asks_too_often_is_told_when_to_come_back(made: Callable[..., FlaskClient]) -> None:
    client = made(rate_limit="3 per minute")
    assert [client.get(RATE).status_code for _ in range(3)] == [200, 200, 200]
    answer = client.get("/v1/products?q=steel")
    assert problem_of(answer, 429)["code"] == "too-many-requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert client.get("/healthz").status_code == 200
    assert client.get(RATE, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_a_run_says_itself_when_to_look_again(made: Callable[..., FlaskClient]) -> None:
    """The count of requests does not put its own time in the place of the view's; other answers have none."""
    client = made()
    asked = {"flows": "us-north-america-2025", "by": "month"}
    run = client.post("/v1/estimates", json=asked, headers={"Prefer": "respond-async"})
    assert (run.status_code, int(run.headers["Retry-After"]) <= 5) == (202, True)
    answer = client.get(RATE)
    assert "Retry" not in str(answer.headers)


def test_answers_say_what_is_left(made: Callable[..., FlaskClient]) -> None:
    headers = made(rate_limit="7 per minute").get(RATE).headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("7", "6")


def test_writing_has_a_limit_of_its_own(made: Callable[..., FlaskClient]) -> None:
    client = made(write_limit="1 per minute")
    assert client.post("/v1/estimates", data=TABLE, **CSV).status_code == 200
    assert problem_of(client.post("/v1/estimates", data=TABLE, **CSV), 429)
    assert client.get(RATE).status_code == 200


def test_a_limit_that_is_none_is_refused_at_the_start(made: Callable[..., FlaskClient]) -> None:
    for given in ({"limits_url": "nowhere://"}, {"rate_limit": "often"}, {"write_limit": "0"}, {"api_keys": "yes"}):
        with pytest.raises(BadRequestError) as caught:
            made(**given)
        assert caught.value.code == "bad-setting"


def test_only_proxies_that_are_trusted_say_who_asks(made: Callable[..., FlaskClient]) -> None:
    """Else anyone could have a fresh limit with every request, by naming another address."""
    for proxies, statuses in ((0, [200, 429]), (1, [200, 200])):
        client = made(rate_limit="1 per minute", trusted_proxies=proxies)
        asked = [client.get(RATE, headers={"X-Forwarded-For": f"192.0.2.{number}"}) for number in (1, 2)]
        assert [answer.status_code for answer in asked] == statuses


def test_heavy_work_waits_for_its_turn() -> None:
    turns = Turns(slots=1, patience=60, waiting=8)
    at_once, most = 0, 0

    def work() -> None:
        nonlocal at_once, most
        with turns.turn():
            at_once += 1
            most = max(most, at_once)
            time.sleep(0.02)
            at_once -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, at_once) == (1, 0)


def test_whoever_waits_too_long_or_in_too_long_a_line_is_sent_away() -> None:
    turns = Turns(slots=1, patience=0.05, waiting=0)
    with turns.turn(), pytest.raises(ProblemError) as full, turns.turn():
        pass
    patient = Turns(slots=1, patience=0.05, waiting=1)
    with patient.turn(), pytest.raises(ProblemError) as late, patient.turn():
        pass
    for caught in (full, late):
        assert (caught.value.status, caught.value.code) == (503, "busy")
        assert int(caught.value.headers["Retry-After"]) > 0
    with turns.turn():
        pass


def test_an_estimate_that_takes_too_long_is_given_up(made: Callable[..., FlaskClient]) -> None:
    answer = made(answer_seconds=1e-9).get("/v1/estimates?flows=us-north-america-2025&by=origin&baseline=no-pause")
    assert problem_of(answer, 503)["code"] == "takes-too-long"
    assert "Retry-After" in answer.headers


def test_a_body_that_is_too_large_is_not_read(made: Callable[..., FlaskClient]) -> None:
    client = made(body_bytes=90)
    for kind in ("text/csv", "application/json", "multipart/form-data; boundary=x"):
        assert problem_of(client.post("/v1/estimates", data=b"x" * 91, content_type=kind), 413)["code"] == "too-large"


def test_a_table_with_too_many_rows_or_cells_is_refused(made: Callable[..., FlaskClient]) -> None:
    for given in ({"table_rows": 1}, {"table_cells": 7}):
        body = problem_of(made(**given).post("/v1/estimates", data=TABLE, **CSV), 413)
        assert body["code"] == "table-too-large"


@pytest.fixture
def bounded() -> Iterator[None]:
    """The bounds that the service reads tables within."""
    within(Bounds(1_000_000, 5_000_000, 50_000_000))
    yield
    within(None)


def refused(data: bytes, suffix: str) -> str:
    """The code with which a file is refused, in less than two seconds of work."""
    begun = time.thread_time()
    with pytest.raises(FlowTableError) as caught:
        read_table(data, suffix)
    assert time.thread_time() - begun < 2
    return caught.value.code


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def workbook(sheet: bytes | None = None, texts: bytes | None = None, **more: bytes) -> bytes:
    """A workbook with a sheet, shared texts and further parts of one's own."""
    plain, made = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, ["origin", "product"])
    with zipfile.ZipFile(plain) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            own = sheet if name == "xl/worksheets/sheet1.xml" else texts if name.endswith("sharedStrings.xml") else None
            archive.writestr(name, whole.read(name) if own is None else own)
        for name, content in more.items():
            archive.writestr(name, content)
    return made.getvalue()


FAR = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
WIDE = b"<row>" + b"<c><v>1</v></c>" * 9_000 + b"</row>" + b"<row/>" * 900_000
LONG = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>' % (
    b"a" * 99_999
)
SHOWN = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 9_999))
BOOKS = {
    "two cells far apart": workbook(HEAD + FAR + TAIL),
    "cells without places": workbook(HEAD + WIDE + TAIL),
    "blanks": workbook(HEAD + b" " * 60_000_000 + TAIL),
    "a part that nobody asks for": workbook(None, None, **{"xl/media/image1.png": bytes(60_000_000)}),
    "one long text in many cells": workbook(HEAD + SHOWN + TAIL, LONG),
}


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_that_unfolds_is_not_opened(name: str) -> None:
    assert len(BOOKS[name]) < 200_000
    assert refused(BOOKS[name], ".xlsx") == "table-too-large"


@pytest.mark.usefixtures("bounded")
def test_an_archive_that_lies_about_its_sizes_is_measured() -> None:
    """The sizes in the archive's list are overwritten with small ones; what unfolds is counted all the same."""
    data = bytearray(workbook(HEAD + b" " * 60_000_000 + TAIL))
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        entry = data.rindex(b"PK\x01\x02", 0, data.rindex(info.filename.encode()))
        data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert sum(one.file_size for one in zipfile.ZipFile(io.BytesIO(data)).infolist()) < 1_000
    assert refused(bytes(data), ".xlsx") == "table-too-large"


@pytest.mark.usefixtures("bounded")
def test_other_files_are_no_workbooks() -> None:
    """A reader that guesses would open them, each with tricks of its own."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("content.xml", "<office/>")
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    for data in (archive.getvalue(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"PK\x03\x04", b""):
        assert refused(data, ".xlsx") == "unreadable-file"


def column_file(table: pa.Table, kind: str) -> bytes:
    """A table as Parquet, an Arrow file or an Arrow stream, packed with zstd."""
    sink = pa.BufferOutputStream()
    if kind == "parquet":
        pq.write_table(table, sink, compression="zstd", store_schema=False)
    else:
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        with make(sink, table.schema, options=options) as writer:
            writer.write_table(table)
    return bytes(sink.getvalue())


TABLES: dict[str, Callable[[], pa.Table]] = {
    "zeros": lambda: pa.table({"a": np.zeros(20_000_000, dtype="i8")}),
    "nothing": lambda: pa.table({"a": pa.nulls(50_000_000)}),
    "one long text in many rows": lambda: pa.table(
        {"a": pa.DictionaryArray.from_arrays(pa.array(np.zeros(500_000, dtype="i4")), ["x" * 1_000_000])}
    ),
    "few rows of long texts": lambda: pa.table({"a": ["y" * 9_000_000] * 8}),
}


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("kind", ["parquet", "file", "stream"])
@pytest.mark.parametrize("name", TABLES)
def test_a_column_file_that_unfolds_is_not_read(name: str, kind: str) -> None:
    data = column_file(TABLES[name](), kind)
    assert len(data) < 200_000
    assert refused(data, ".parquet" if kind == "parquet" else ".arrow") == "table-too-large"


@pytest.mark.usefixtures("bounded")
def test_tables_of_trade_are_within_the_bounds() -> None:
    """The same tables are read alike with bounds and without."""
    rows = {"origin": ["CAN", "MEX"], "product": ["0201100510", "2709"], "customs_value": [1.5, 2.0]}
    files = {"xlsx": workbook(), ".arrow": column_file(pa.table(rows), "file")}
    files[".parquet"] = column_file(pa.table({**rows, "unit": pa.array(["kg", "t"]).dictionary_encode()}), "parquet")
    for suffix, data in files.items():
        ending = "." + suffix.removeprefix(".")
        found = read_table(data, ending).frame
        within(None)
        free = read_table(data, ending).frame
        within(Bounds(1_000_000, 5_000_000, 50_000_000))
        assert found.astype(object).equals(free.astype(object))
        assert found.columns.tolist() == free.columns.tolist()


@pytest.mark.usefixtures("bounded")
def test_rows_and_lines_cannot_make_endless_columns() -> None:
    assert refused(b"a," * 500_000 + b"\n", ".csv") == "table-too-large"
    rows = ",".join(f'{{"k{number}": 1}}' for number in range(20_000))
    assert refused(f"[{rows}]".encode(), ".json") == "table-too-large"


def test_a_bomb_over_http_is_a_problem(client: FlaskClient) -> None:
    answer = client.post("/v1/estimates", data=BOOKS["two cells far apart"], content_type=XLSX)
    body = problem_of(answer, 413)
    assert "cells" in body["errors"][0]["message"]


def test_a_body_that_does_not_go_on_is_given_up(tmp_path: Path) -> None:
    """Those who send half of a body and wait keep nobody else out for long."""
    head = b"POST /v1/flows HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 500\r\n\r\norigin,"
    with service(tmp_path / "home", workers=1, TARIFFCALC_BODY_SECONDS="0.5", **OPEN) as address:
        place = urlsplit(address)
        links = [socket.create_connection((place.hostname or "", place.port or 0), timeout=60) for _ in range(20)]
        for link in links:
            link.sendall(head)
        answers = [link.recv(4096) for link in links]
        for link in links:
            link.close()
    assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 408 REQUEST TIMEOUT"}
    assert all(b"application/problem+json" in answer for answer in answers)
