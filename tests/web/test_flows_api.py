"""``/v1/flows``: bundled tables told, own ones saved, named by id, deleted; nothing half saved."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from flask.testing import FlaskClient
from problem_words import faults_of, problem_of
from pyarrow import parquet as pq

import tariffcalc as tc
from tariffcalc.catalogue import flow_tables
from tariffcalc.changes import changes

ROWS: list[dict[str, Any]] = [
    {"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000.0},
    {"origin": "MEX", "product": "8429511050", "period": "2025-06", "customs_value": 2500.5},
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "text/csv": lambda frame, file: frame.to_csv(file, index=False),
    "text/tab-separated-values": lambda frame, file: frame.to_csv(file, index=False, sep="\t"),
    XLSX: lambda frame, file: frame.to_excel(file, index=False, engine="xlsxwriter"),
    "application/vnd.apache.parquet": lambda frame, file: frame.to_parquet(file, index=False),
    "application/vnd.apache.arrow.file": lambda frame, file: frame.to_feather(file),
}


def as_bytes(kind: str, rows: list[dict[str, Any]] = ROWS) -> bytes:
    file = io.BytesIO()
    KINDS[kind](pd.DataFrame(rows), file)
    return file.getvalue()


def saved(client: FlaskClient, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/v1/flows", json={"rows": ROWS, **more}).get_json()
    return found


def count(client: FlaskClient) -> int:
    return int(client.get("/v1/flows").get_json()["total"])


def test_the_bundled_tables_come_first(saver: FlaskClient) -> None:
    found = saver.get("/v1/flows").get_json()
    bundled = [one for one in found["flows"] if one["kind"] == "bundled"]
    assert [one["id"] for one in bundled] == [one["name"] for one in flow_tables()]
    told = saver.get("/v1/flows/us-world-2024").get_json()
    assert told in bundled
    assert {**told, **flow_tables()[-1]} == told
    assert "us-world-2024" in problem_of(saver.get("/v1/flows/us-world-2025"), 404)["hint"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_is_saved_and_charged_as_it_is(saver: FlaskClient, kind: str) -> None:
    """A saved table is named by its id; the estimate of it is that of the table itself."""
    answer = saver.post("/v1/flows?name=mine", data=as_bytes(kind), content_type=kind)
    body = answer.get_json()
    assert answer.status_code == 201
    assert (body["name"], body["rows"], body["customs_value"], body["importers"]) == ("mine", 2, 3500.5, ["USA"])
    assert (body["from"], body["until"], body["errors"]) == ("2025-05-01", "2025-07-01", [])
    assert answer.headers["Location"] == f"/v1/flows/{body['id']}"
    again = saver.get(answer.headers["Location"])
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert {**again.get_json(), "errors": []} == body
    given = saver.get("/v1/estimates.csv", query_string={"flows": body["id"], "by": "origin,measure"})
    assert given.data == tc.estimate(tc.read_flows(ROWS, importer="USA"), by=("origin", "measure")).to("csv")
    assert given.headers["Cache-Control"] == "no-cache"


def test_rows_and_a_form_are_saved(saver: FlaskClient) -> None:
    assert saved(saver)["name"] == "rows"
    form = {"flows": (io.BytesIO(as_bytes("text/csv")), "mine.csv"), "name": "by form"}
    assert saver.post("/v1/flows", data=form).get_json()["name"] == "by form"
    form = {"flows": (io.BytesIO(as_bytes("text/csv")), "mine.csv")}
    assert saver.post("/v1/flows", data=form).get_json()["name"] == "mine.csv"


def test_bad_rows_are_told_at_once_and_nothing_is_saved(saver: FlaskClient) -> None:
    before = count(saver)
    rows = [ROWS[0], {**ROWS[0], "origin": "Atlantis"}, {**ROWS[0], "customs_value": "much"}]
    body = problem_of(saver.post("/v1/flows", json={"rows": rows}), 422)
    assert [(one["row"], one["column"], one["code"]) for one in body["errors"]] == [
        (2, "origin", "unknown-country"),
        (3, "customs_value", "value-not-a-number"),
    ]
    assert count(saver) == before


def test_bad_rows_may_be_left_out(saver: FlaskClient) -> None:
    body = saved(saver, rows=[*ROWS, {**ROWS[0], "origin": "Atlantis"}], on_bad_row="skip")
    assert (body["rows"], body["skipped_rows"]) == (2, 1)
    assert [(one["row"], one["code"]) for one in body["errors"]] == [(3, "unknown-country")]


def test_a_row_with_several_faults_is_counted_once(saver: FlaskClient) -> None:
    bad = {"origin": "Atlantis", "product": "7208390015", "period": "never", "customs_value": -1}
    body = saved(saver, rows=[*ROWS, bad, bad], on_bad_row="skip")
    assert (body["skipped_rows"], len(body["errors"])) == (2, 6)
    assert saver.get(f"/v1/flows/{body['id']}").get_json()["skipped_rows"] == 2
    told = saver.get("/v1/estimates", query_string={"flows": body["id"]}).get_json()["provenance"]
    assert told["skipped_rows"] == 2


def test_a_page_holds_so_many(saver: FlaskClient) -> None:
    made = [saved(saver, name=f"page {number}")["id"] for number in range(3)]
    total = count(saver)
    seen: list[str] = []
    address: str | None = "/v1/flows?page_size=2"
    while address:
        answer = saver.get(address)
        seen += [one["id"] for one in answer.get_json()["flows"] if one["kind"] == "saved"]
        links = answer.headers.get("Link", "")
        address = next((part.split(">")[0].strip(" <") for part in links.split(",") if 'rel="next"' in part), None)
    assert seen[:3] == made[::-1]
    assert len(seen) == len(set(seen)) == total - len(flow_tables())


def test_a_table_is_deleted_by_those_who_know_its_version(saver: FlaskClient) -> None:
    made = saver.post("/v1/flows", json={"rows": ROWS})
    place = made.headers["Location"]
    stale = saver.delete(place, headers={"If-Match": '"another"'})
    assert problem_of(stale, 412)["code"] == "stale-version"
    assert saver.delete(place, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    problem_of(saver.get(place), 404)
    problem_of(saver.delete(place), 404)
    assert faults_of(saver.get("/v1/estimates", query_string={"flows": made.get_json()["id"]})) == {
        "flows": "unknown-name"
    }


def test_what_is_bundled_stays(saver: FlaskClient) -> None:
    answer = saver.delete("/v1/flows/us-world-2024")
    assert problem_of(answer, 405)["code"] == "method-not-allowed"
    assert "DELETE" not in answer.headers["Allow"]


def test_a_request_that_comes_again_saves_once(saver: FlaskClient) -> None:
    before = count(saver)
    headers = {"Idempotency-Key": "upload-1"}
    first, second = (saver.post("/v1/flows", json={"rows": ROWS}, headers=headers) for _ in range(2))
    assert (first.data, first.headers["Location"]) == (second.data, second.headers["Location"])
    assert (first.status_code, second.status_code, count(saver)) == (201, 201, before + 1)
    other = saver.post("/v1/flows", json={"rows": ROWS[:1]}, headers=headers)
    assert problem_of(other, 409)["code"] == "idempotency-conflict"


def test_a_form_that_comes_again_under_another_boundary_saves_once(saver: FlaskClient) -> None:
    found = set()
    for _ in range(2):
        form = {"flows": (io.BytesIO(as_bytes("text/csv")), "mine.csv")}
        found.add(saver.post("/v1/flows", data=form, headers={"Idempotency-Key": "form-1"}).get_json()["id"])
    assert len(found) == 1


def test_a_request_that_failed_may_come_again_mended(saver: FlaskClient) -> None:
    headers = {"Idempotency-Key": "upload-2"}
    problem_of(saver.post("/v1/flows", json={"rows": []}, headers=headers), 422)
    assert saver.post("/v1/flows", json={"rows": ROWS}, headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "x" * 201, "é"])
def test_keys_that_are_none(saver: FlaskClient, key: str) -> None:
    answer = saver.post("/v1/flows", json={"rows": ROWS}, headers={"Idempotency-Key": key})
    assert problem_of(answer, 400)["code"] == "bad-idempotency-key"


def test_too_many_rows(saver: FlaskClient) -> None:
    answer = saver.post("/v1/flows", json={"rows": [ROWS[0]] * 60_001})
    assert problem_of(answer, 413)["code"] == "table-too-large"
    header, row, _ = as_bytes("text/csv").splitlines(keepends=True)
    answer = saver.post("/v1/flows", data=header + row * 60_001, content_type="text/csv")
    assert problem_of(answer, 413)["code"] == "table-too-large"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"rows": "missing-parameter"}),
        ({"rows": "many"}, {"rows": "wrong-type"}),
        ({"rows": ROWS, "name": ""}, {"name": "bad-name"}),
        ({"rows": ROWS, "name": "a\nb"}, {"name": "bad-name"}),
        ({"rows": ROWS, "nam": "x"}, {"nam": "unknown-parameter"}),
        ({"rows": ROWS, "importer": "Atlantis"}, {"importer": "unknown-country"}),
        ({"rows": ROWS, "on_bad_row": "hide"}, {"on_bad_row": "unknown-name"}),
    ],
)
def test_faults_of_the_body(saver: FlaskClient, body: dict[str, Any], expected: dict[str, str]) -> None:
    assert faults_of(saver.post("/v1/flows", json=body)) == expected


def test_kinds_that_cannot_be_read(saver: FlaskClient) -> None:
    refused = problem_of(saver.post("/v1/flows", data=b"x", content_type="application/pdf"), 415)
    assert "text/csv" in refused["hint"]
    for data, status, code in ((b"[]", 422, "wrong-type"), (b"{", 400, "malformed")):
        answer = saver.post("/v1/flows", data=data, content_type="application/json")
        assert problem_of(answer, status)["code"] == code
    assert faults_of(saver.post("/v1/flows?name=x", json={"rows": ROWS})) == {"name": "unknown-parameter"}


def test_no_parameter_is_dropped(saver: FlaskClient) -> None:
    assert faults_of(saver.get("/v1/flows?pag=2")) == {"pag": "unknown-parameter"}
    assert faults_of(saver.get("/v1/flows/us-world-2024?page=2")) == {"page": "unknown-parameter"}


def test_changes_are_told_on_a_saved_table(saver: FlaskClient) -> None:
    """What a step costs a year, on one's own trade."""
    rows = [{"origin": "CAN", "product": "7208390015", "period": "2025", "customs_value": 1_000_000}]
    made = saver.post("/v1/flows", json={"rows": rows, "name": "mine", "importer": "USA"})
    assert made.status_code == 201, made.text
    asked = {"since": "2025-06-04", "until": "2025-06-05", "flows": made.get_json()["id"]}
    answer = saver.get("/v1/changes", query_string=asked)
    assert answer.status_code == 200, answer.text
    costs = [row["cost"] for row in answer.get_json()["rows"]]
    expected = changes(date(2025, 6, 4), tc.read_flows(rows, importer="USA"), until=date(2025, 6, 5))["cost"]
    assert max(costs) > 200_000
    assert costs == pytest.approx(expected.tolist(), abs=0.01)
    assert "mine" in answer.get_json()["title"]
    assert saver.get("/v1/changes", query_string={**asked, "flows": "nobody"}).status_code == 422


@pytest.mark.parametrize("path", ["/v1/flows", "/v1/estimates?by=origin"])
def test_values_beyond_all_measure_are_refused(saver: FlaskClient, path: str) -> None:
    """Their sum would be infinite, which no JSON can say."""
    table = "origin,product,period,customs_value\n" + "CAN,7208390015,2025-05,1e308\n" * 2
    body = problem_of(saver.post(path, data=table, content_type="text/csv"), 422)
    assert [(one["row"], one["code"]) for one in body["errors"]] == [(2, "value-too-large"), (3, "value-too-large")]
    most = saver.post("/v1/flows", json={"rows": [{**ROWS[0], "customs_value": 10**15}] * 2}).get_json()
    assert most["customs_value"] == 2e15


def test_a_column_is_told_without_the_signs_that_it_hides(saver: FlaskClient) -> None:
    rows = [{**ROWS[0], "z\x00\x1bz": 1}]
    assert saved(saver, rows=rows)["warnings"] == ["column z??z is not known and was not read"]


COLUMN_FILES = {
    "nested-column": pa.table({**{name: [value] for name, value in ROWS[0].items()}, "origin": [["CAN"]]}),
    "duplicate-column": pa.table([[value] for value in (*ROWS[0].values(), "MEX")], names=[*ROWS[0], "origin"]),
}


@pytest.mark.parametrize("kind", ["application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"])
@pytest.mark.parametrize("code", COLUMN_FILES)
def test_columns_that_are_no_columns(saver: FlaskClient, code: str, kind: str) -> None:
    sink = pa.BufferOutputStream()
    if kind.endswith("parquet"):
        pq.write_table(COLUMN_FILES[code], sink)
    else:
        with pa.ipc.new_stream(sink, COLUMN_FILES[code].schema) as writer:
            writer.write_table(COLUMN_FILES[code])
    body = problem_of(saver.post("/v1/flows", data=bytes(sink.getvalue()), content_type=kind), 422)
    (fault,) = body["errors"]
    assert fault["code"] == code
    assert "origin" in fault["message"]


def test_what_is_null_or_no_list_is_told_in_plain_words(saver: FlaskClient) -> None:
    ask = {"flows": "us-north-america-2025"}
    for name in ("model", "full", "draws", "by", "baseline", "sectors"):
        (fault,) = problem_of(saver.post("/v1/estimates", json={**ask, name: None}), 422)["errors"]
        assert (fault["path"], fault["message"]) == (name, "this is null")
    assert "finite number" in problem_of(saver.post("/v1/estimates", json={**ask, "demand": None}), 422)["detail"]
    assert problem_of(saver.post("/v1/flows", json={"rows": {}}), 422)["detail"] == "rows: this is not a list"
