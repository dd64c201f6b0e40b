"""``/v1/estimates``: a table of trade in by name, rows, file or form; every format out."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient
from problem_words import faults_of, problem_of

import tariffcalc as tc
from tariffcalc.formats import FORMATS, Options

US = "us-north-america-2025"
ROWS: list[dict[str, Any]] = [
    {"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000.0},
    {"origin": "MEX", "product": "8429511050", "period": "2025-06", "customs_value": 2500.5},
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"


def own(by: tuple[str, ...] = ("sector", "month"), **given: Any) -> tc.Result:
    return tc.estimate(tc.read_flows(ROWS, importer="USA", name="rows"), by=by, **given)


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    return pd.DataFrame(rows).to_csv(index=False).encode()


def as_bytes(kind: str) -> bytes:
    frame, buffer = pd.DataFrame(ROWS), io.BytesIO()
    if kind == "text/csv":
        return as_csv(ROWS)
    if kind == XLSX:
        with pd.ExcelWriter(buffer, engine="xlsxwriter") as book:
            frame.to_excel(book, index=False)
    else:
        frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "parquet", "arrow"])
def test_a_bundled_table_is_byte_for_byte_that_of_the_python_api(client: FlaskClient, suffix: str) -> None:
    """What the command line prints with ``--format`` is what the address gives."""
    law = tc.read_schedule().apply(tc.read_scenario("no-pause"))
    expected = tc.estimate(US, law, baseline="no-tariffs-2025", by=("sector", "month")).to(suffix)
    asked = {"flows": US, "scenario": "no-pause", "baseline": "no-tariffs-2025", "by": "sector,month"}
    answer = client.get(f"/v1/estimates.{suffix}", query_string=asked)
    assert answer.status_code == 200
    assert answer.content_type == FORMATS[suffix].content_type
    assert answer.data == expected
    assert answer.headers["Content-Disposition"] == f"inline; filename={'tariffcalc-' + US}.{suffix}"


def test_every_option_reaches_the_reckoning(client: FlaskClient) -> None:
    asked = {
        "flows": US,
        "by": ["origin", "quarter"],
        "from": "2025-Q2",
        "until": "2026",
        "as_known_on": "2025-12-01",
        "status": "owed",
        "sectors": "naics3",
        "basis": "observed",
    }
    window = (date(2025, 4, 1), date(2026, 1, 1))
    expected = tc.estimate(
        US, by=("origin", "quarter"), window=window, as_known_on=date(2025, 12, 1), sectors="naics3", status="owed"
    )
    assert client.get("/v1/estimates.csv", query_string=asked).data == expected.to("csv")


def test_csv_for_a_continental_spreadsheet(client: FlaskClient) -> None:
    asked = {"flows": US, "by": "month", "bom": "true", "decimal": ",", "sep": ";"}
    expected = tc.estimate(US, by=("month",)).to("csv", Options(bom=True, decimal=",", sep=";"))
    assert client.get("/v1/estimates.csv", query_string=asked).data == expected


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("text/csv", "csv"),
        ("text/html, text/csv;q=0.5", "csv"),
        (PARQUET, "parquet"),
        (XLSX, "xlsx"),
        ("text/markdown", "markdown"),
    ],
)
def test_accept_chooses_the_format(client: FlaskClient, accept: str | None, name: str) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = client.get("/v1/estimates", query_string={"flows": US, "by": "origin"}, headers=headers)
    assert answer.content_type == FORMATS[name].content_type
    assert answer.data == tc.estimate(US, by=("origin",)).to(name)
    assert "Accept" in answer.vary


def test_a_format_that_is_not_offered_is_refused(client: FlaskClient) -> None:
    answer = client.get("/v1/estimates", query_string={"flows": US}, headers={"Accept": "application/pdf"})
    assert "text/csv" in problem_of(answer, 406)["hint"]


def test_the_same_bytes_are_not_sent_twice(client: FlaskClient) -> None:
    asked = {"flows": US, "by": "month"}
    first = client.get("/v1/estimates.csv", query_string=asked)
    again = client.get("/v1/estimates.csv", query_string=asked, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/v1/estimates.csv", query_string={**asked, "by": "year"})
    assert other.headers["ETag"] != first.headers["ETag"]
    assert "max-age" in first.headers["Cache-Control"]


@pytest.mark.parametrize("kind", ["text/csv", XLSX, PARQUET])
def test_a_table_of_one_s_own_as_the_body(client: FlaskClient, kind: str) -> None:
    answer = client.post(
        "/v1/estimates?by=origin,measure&baseline=no-tariffs-2025",
        data=as_bytes(kind),
        content_type=kind,
        headers={"Accept": "text/csv"},
    )
    assert answer.data == own(("origin", "measure"), baseline="no-tariffs-2025").to("csv")


def test_a_table_as_a_form_s_file(client: FlaskClient) -> None:
    form = {"flows": (io.BytesIO(as_csv(ROWS)), "mine.csv"), "by": "origin,measure"}
    answer = client.post("/v1/estimates", data=form, headers={"Accept": "text/csv"})
    assert answer.data == own(("origin", "measure")).to("csv")
    assert answer.headers["Content-Disposition"] == "inline; filename=tariffcalc-mine.csv"


def test_rows_and_a_written_scenario_as_json(client: FlaskClient) -> None:
    scenario = client.get("/v1/scenarios/no-pause").get_json()
    body = {"flows": ROWS, "scenario": scenario, "baseline": "no-tariffs-2025", "by": ["measure"]}
    law = tc.read_schedule().apply(tc.read_scenario(scenario))
    answer = client.post("/v1/estimates", json=body, headers={"Accept": "text/csv"})
    table = tc.read_flows(ROWS, importer="USA", name="rows")
    assert answer.data == tc.estimate(table, law, baseline="no-tariffs-2025", by=("measure",)).to("csv")


def test_a_written_baseline_and_the_text_options(client: FlaskClient) -> None:
    baseline = client.get("/v1/scenarios/no-tariffs-2025").get_json()
    body = {"flows": ROWS, "baseline": baseline, "by": "origin"}
    answer = client.post("/v1/estimates?decimal=,", json=body, headers={"Accept": "text/csv"})
    expected = own(("origin",), baseline="no-tariffs-2025").to("csv", Options(decimal=","))
    assert answer.data == expected


def test_a_bundled_table_by_name_in_json(client: FlaskClient) -> None:
    answer = client.post("/v1/estimates", json={"flows": US, "by": "month"})
    assert answer.data == tc.estimate(US, by=("month",)).to("json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_bad_rows_may_be_left_out(client: FlaskClient) -> None:
    rows = [*ROWS, {**ROWS[0], "origin": "Atlantis"}]
    found = client.post("/v1/estimates", json={"flows": rows, "on_bad_row": "skip", "by": "origin"}).get_json()
    assert found["provenance"]["skipped_rows"] == 1
    assert [row["origin"] for row in found["rows"]] == ["CAN", "MEX"]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"origin": "Atlantis"}, "unknown-country", "origin"),
    ({"product": "27O9"}, "product-not-digits", "product"),
    ({"product": "709002010"}, "product-length", "product"),
    ({"product": "2799999999"}, "unknown-product", "product"),
    ({"period": "March"}, "bad-period", "period"),
    ({"customs_value": "1,234.50"}, "value-not-a-number", "customs_value"),
    ({"customs_value": "-1"}, "value-negative", "customs_value"),
    ({"quantity": "-1", "unit": "kg"}, "quantity-negative", "quantity"),
    ({"quantity": "few", "unit": "kg"}, "quantity-not-a-number", "quantity"),
    ({"quantity": "5", "unit": ""}, "unit-missing", "unit"),
    ({"steel_share": "1.5"}, "share-out-of-range", "steel_share"),
    ({"steel_share": "much"}, "share-not-a-number", "steel_share"),
]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_dozen_kinds_of_bad_rows_in_one_answer(client: FlaskClient, kind: str) -> None:
    """A person mends a table in one go: each bad cell with its row as the person counts it."""
    blank = {"quantity": "", "unit": "", "steel_share": ""}
    rows = [{**ROWS[0], **blank, **cells} for cells, _, _ in BAD]
    if kind == "json":
        answer, first = client.post("/v1/estimates", json={"flows": rows}), 1
    else:
        answer, first = client.post("/v1/estimates", data=as_csv(rows), content_type="text/csv"), 2
    body = problem_of(answer, 422)
    found = [(one["row"], one["column"], one["code"]) for one in body["errors"]]
    assert found == [(row, column, code) for row, (_, code, column) in enumerate(BAD, first)]
    assert all(one["message"] and one["hint"] and "value" in one for one in body["errors"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-table"),
        (b"origin,product,period\r\nCAN,7208390015,2025-05\r\n", "missing-column"),
        (b"origin,origin,product,period,customs_value\r\nCAN,CAN,7208390015,2025-05,1\r\n", "duplicate-column"),
        ("origin,product,period,customs_value\r\nCôte,7208390015,2025-05,1\r\n".encode("latin-1"), "unknown-country"),
    ],
)
def test_tables_that_cannot_be_read(client: FlaskClient, data: bytes, code: str) -> None:
    body = problem_of(client.post("/v1/estimates", data=data, content_type="text/csv"), 422)
    assert code in {one["code"] for one in body["errors"]}


def test_what_claims_to_be_a_workbook_and_is_none(client: FlaskClient) -> None:
    for kind in (XLSX, PARQUET, "application/vnd.apache.arrow.file"):
        body = problem_of(client.post("/v1/estimates", data=b"not a workbook", content_type=kind), 422)
        assert [one["code"] for one in body["errors"]] == ["unreadable-file"]


def test_names_of_files_are_no_tables(client: FlaskClient) -> None:
    """A name over HTTP never opens a file of the server."""
    for name in ("/etc/passwd.csv", "trade_data/flows/us-world-2024.parquet", "README.md"):
        assert faults_of(client.get("/v1/estimates", query_string={"flows": name})) == {"flows": "unknown-name"}
        assert faults_of(client.post("/v1/estimates", json={"flows": name})) == {"flows": "unknown-name"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"flows": "missing-parameter"}),
        ({"flows": "us-nort-america"}, {"flows": "unknown-name"}),
        ({"flows": US, "by": "sectr"}, {"by": "unknown-by"}),
        ({"flows": US, "by": "day,month"}, {"by": "two-times-in-by"}),
        ({"flows": US, "sectors": "hs3"}, {"sectors": "unknown-name"}),
        ({"flows": US, "basis": "guess"}, {"basis": "unknown-name"}),
        ({"flows": US, "from": "soon", "until": "never"}, {"from": "bad-date", "until": "bad-date"}),
        ({"flows": US, "baselin": "statutory"}, {"baselin": "unknown-parameter"}),
        ({"flows": US, "currency": "EUR"}, {"currency": "not-supported"}),
        ({"flows": US, "model": "armingtn"}, {"model": "unknown-name"}),
        ({"flows": US, "on_bad_row": "hide"}, {"on_bad_row": "unknown-name"}),
    ],
)
def test_faults_of_the_query(client: FlaskClient, asked: dict[str, str], expected: dict[str, str]) -> None:
    assert faults_of(client.get("/v1/estimates.csv", query_string=asked)) == expected


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"model": "smart"}, "model-needs-baseline"),
        ({"engine": "dask"}, "not-supported"),
        ({"basis": "base_year"}, "basis-needs-dates"),
        ({"from": "2025-06", "until": "2025-05"}, "empty-window"),
        ({"from": "1000", "until": "9998", "by": "day"}, "window-too-long"),
        ({"decimal": ";"}, "bad-request"),
    ],
)
def test_what_the_reckoning_refuses(client: FlaskClient, asked: dict[str, str], code: str) -> None:
    assert problem_of(client.get("/v1/estimates.csv", query_string={"flows": US, **asked}), 422)["code"] == code


def test_faults_of_a_scenario_are_placed(client: FlaskClient) -> None:
    scenario = {"name": "x", "change": [{"set": "ieepa-canad", "rate": "25%"}, {"pause": "s232-steel", "form": 1}]}
    body = problem_of(client.post("/v1/estimates", json={"flows": ROWS, "scenario": scenario}), 422)
    assert any(one["path"].startswith("scenario.change[0]") for one in body["errors"])
    assert any(one["path"].startswith("scenario.change[1]") for one in body["errors"])
    assert any("ieepa-canada" in one.get("hint", "") for one in body["errors"])


@pytest.mark.parametrize("body", ["{", "", "[1", '{"flows": NaN}', "[" * 100_000])
def test_what_is_no_json_is_malformed(client: FlaskClient, body: str) -> None:
    answer = client.post("/v1/estimates", data=body, content_type="application/json")
    assert problem_of(answer, 400)["code"] == "malformed"


@pytest.mark.parametrize("body", [[], "x", 1, None])
def test_json_that_is_no_object_is_refused(client: FlaskClient, body: object) -> None:
    answer = client.post("/v1/estimates", data=json.dumps(body), content_type="application/json")
    assert problem_of(answer, 422)["hint"] == "send one JSON object"


@pytest.mark.parametrize(("flows", "code"), [(None, "missing-parameter"), (1, "wrong-type"), ({}, "wrong-type")])
def test_what_is_no_table_is_refused(client: FlaskClient, flows: object, code: str) -> None:
    assert faults_of(client.post("/v1/estimates", json={"flows": flows})) == {"flows": code}


@pytest.mark.parametrize("flows", [[1], ["x"], [[]], [], [{}]])
def test_rows_that_are_no_rows_are_refused(client: FlaskClient, flows: object) -> None:
    body = problem_of(client.post("/v1/estimates", json={"flows": flows}), 422)
    assert {"empty-table", "missing-column"} <= {one["code"] for one in body["errors"]}


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (1, {"scenario": "wrong-type"}),
        ([], {"scenario": "wrong-type"}),
        ({}, {"scenario.name": "law-file-value"}),
        ({"name": 1}, {"scenario.name": "law-file-value"}),
        ({"name": "x", "change": 1}, {"scenario.change": "law-file-value"}),
        ({"name": "x", "change": [1]}, {"scenario.change[0]": "law-file-value"}),
    ],
)
def test_scenarios_that_are_none_are_refused(client: FlaskClient, scenario: object, expected: dict[str, str]) -> None:
    answer = client.post("/v1/estimates", json={"flows": ROWS, "scenario": scenario})
    assert faults_of(answer) == expected


def test_kinds_of_bodies_that_cannot_be_read(client: FlaskClient) -> None:
    for kind in ("application/pdf", "text/plain", "application/octet-stream", ""):
        answer = client.post("/v1/estimates", data=b"x", content_type=kind)
        assert "text/csv" in problem_of(answer, 415)["hint"]
    odd = {"flows": (io.BytesIO(b"x"), "mine.exe")}
    problem_of(client.post("/v1/estimates", data=odd), 415)


def test_a_form_without_its_file(client: FlaskClient) -> None:
    answer = client.post("/v1/estimates", data={"by": "origin"}, content_type="multipart/form-data")
    assert problem_of(answer, 422)["code"] == "missing-parameter"
