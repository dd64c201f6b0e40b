"""Safety: nothing that is sent is run, opened as a file, taken as a host or let loose in a spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import python_calamine
from flask.testing import FlaskClient
from problem_words import problem_of

from tariffcalc.formats import FORMATS, Rendered, render
from tariffcalc.settings import Settings
from tariffcalc.web import create_app

RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")']
RUNS = ("=", "+", "-", "@", "\t", "\r")


def cells_of(name: str, data: bytes) -> list[str]:
    """Every text cell that a spreadsheet would see in a result."""
    if name == "csv":
        return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = [book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names]
    return [cell for sheet in sheets for row in sheet for cell in row if isinstance(cell, str)]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_csv_runs(formula: str) -> None:
    frame = pd.DataFrame({"authority": [formula, "plain"], "duty": [-1.5, 2.0]})
    cells = cells_of("csv", render(Rendered(frame, {}, formula), "csv"))
    assert [cell for cell in cells if cell.startswith(RUNS) and cell != "-1.50"] == []
    assert "-1.50" in cells


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula_of_the_caller(formula: str) -> None:
    """Text cells are written as texts: a workbook keeps formulas apart from them."""
    frame = pd.DataFrame({"authority": [formula, "plain"], "duty": [-1.5, 2.0]})
    data = render(Rendered(frame, {"name": formula}, formula, (formula,)), "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
        links = [name for name in archive.namelist() if "externalLink" in name or "_rels/sheet" in name]
    core = formula.strip().lstrip("=+-@")
    assert [sheet for sheet in sheets if f"<f>{core}" in sheet] == []
    assert links == []


def test_a_scenario_with_formulas_as_names_is_harmless_in_every_format(client: FlaskClient) -> None:
    added = {
        "id": "my-measure",
        "title": "=1+1",
        "authority": "=HYPERLINK(1)",
        "scope": {"origins": ["CAN"], "products": ["44"]},
        "rate": "10%",
        "from": "2025-05-01",
    }
    body = {
        "flows": "us-north-america-2025",
        "by": ["authority"],
        "scenario": {"name": "x", "change": [{"add": added}]},
    }
    for name in ("csv", "xlsx"):
        kind = FORMATS[name].content_type
        answer = client.post("/v1/estimates", json=body, headers={"Accept": kind.partition(";")[0]})
        assert answer.status_code in {200, 422}, answer.text
        if answer.status_code == 200 and name == "csv":
            assert [cell for cell in cells_of(name, answer.data) if cell.startswith(("=", "+", "@"))] == []


PATHS = ["../../etc/passwd", "/etc/passwd", "..%2f..%2fetc%2fpasswd", "file:///etc/passwd", "http://127.0.0.1:1/x.csv"]
PATHS += ["C:\\windows\\win.ini", "us-world-2024.parquet", "s3://bucket/key", "' OR 1=1 --", "\x00"]


@pytest.mark.parametrize("name", PATHS)
def test_a_name_is_never_a_path_a_host_or_a_statement(client: FlaskClient, name: str) -> None:
    for parameter in ("flows", "scenario", "baseline", "sectors"):
        asked = {"flows": "us-north-america-2025", "by": "origin", parameter: name}
        body = problem_of(client.get("/v1/estimates", query_string=asked), 422)
        assert "root:" not in str(body)
    for base in ("/v1/flows/", "/v1/scenarios/", "/v1/runs/", "/v1/measures/", "/docs/ui/", "/static/"):
        with client.get(base + name.replace("%", "%25")) as answer:
            assert answer.status_code in {404, 308}, base
            assert "root:" not in answer.text
    sent = client.post("/v1/estimates", json={"flows": name, "by": ["origin"]})
    assert problem_of(sent, 422)


def test_another_host_changes_nothing(client: FlaskClient) -> None:
    """No answer is built from the header Host: a cache could hand it to others."""
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        for path in ("/v1/measures?page_size=1", "/docs", "/"):
            answer = client.get(path, headers=headers)
            assert "evil.example" not in answer.text + str(answer.headers)


def test_https_is_asked_for_where_it_is_used(tmp_path: Path, client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get(RATE).headers
    assert client.get(RATE, base_url="https://localhost").headers["Strict-Transport-Security"] == "max-age=31536000"
    forwarded = {"X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" not in client.get(RATE, headers=forwarded).headers
    behind = create_app(settings=Settings(home=tmp_path, trusted_proxies=1, logs="off")).test_client()
    assert "Strict-Transport-Security" in behind.get(RATE, headers=forwarded).headers


def test_errors_of_every_kind_tell_nothing_of_the_inside(client: FlaskClient) -> None:
    sent: list[tuple[str, str, dict[str, Any], int]] = [
        ("POST", "/v1/estimates", {"data": b"{", "content_type": "application/json"}, 400),
        ("POST", "/v1/estimates", {"data": b"[" * 100_000, "content_type": "application/json"}, 400),
        ("GET", "/v1/nothing", {}, 404),
        ("PATCH", "/v1/flows", {}, 405),
        ("GET", "/v1/estimates?flows=us-world-2024", {"headers": {"Accept": "image/webp"}}, 406),
        ("POST", "/v1/estimates", {"data": b"x", "content_type": "image/png"}, 415),
        ("GET", "/v1/rates?product=x", {}, 422),
        ("PUT", "/v1/scenarios/no-pause", {"json": {}}, 405),
    ]
    for method, path, given, status in sent:
        answer = client.open(path, method=method, **given)
        body = problem_of(answer, status)
        assert "/tariffcalc/" not in answer.text, body


def test_every_answer_has_the_security_headers(client: FlaskClient) -> None:
    for path in (RATE, "/", "/docs", "/metrics", "/v1/nothing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "camera=()" in headers["Permissions-Policy"]
