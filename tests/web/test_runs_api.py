"""Long estimates: a run is begun, found again, done by a worker, read in every format, cancelled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from problem_words import faults_of, problem_of
from werkzeug.test import TestResponse

import tariffcalc as tc
from tariffcalc.formats import FORMATS, Options
from tariffcalc.jobs.work import work_one
from tariffcalc.settings import Settings
from tariffcalc.web import create_app, state

US = "us-north-america-2025"
ASYNC = {"Prefer": "respond-async"}
ROWS: list[dict[str, Any]] = [
    {"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000.0},
    {"origin": "MEX", "product": "8429511050", "period": "2025-06", "customs_value": 2500.5},
]


def work(app: Flask) -> int:
    """Bring every run that waits to its end; return how many there were."""
    with app.app_context():
        store = state.store()
    done = 0
    while work_one(store, "tests"):
        done += 1
    return done


def begun(answer: TestResponse) -> str:
    """The address of the run that an answer tells of."""
    assert answer.status_code == 202, answer.text[:500]
    assert int(answer.headers["Retry-After"]) > 0
    return str(answer.headers["Location"])


def test_a_long_question_is_answered_by_a_run(saving: Flask, saver: FlaskClient) -> None:
    """Asked, polled, read; and the same question again is answered from what is stored."""
    body = {"flows": US, "scenario": "no-pause", "baseline": "no-tariffs-2025", "by": ["sector", "month"]}
    place = begun(saver.post("/v1/estimates", json=body))
    run = saver.get(place)
    assert (run.get_json()["status"], run.headers["Cache-Control"]) == ("queued", "no-store")
    assert "Retry-After" in run.headers
    early = saver.get(f"{place}/result.csv")
    assert problem_of(early, 409)["code"] == "run-not-done"
    assert int(early.headers["Retry-After"]) > 0
    assert begun(saver.post("/v1/estimates", json=body)) == place
    assert work(saving) == 1
    done = saver.get(place)
    assert (done.get_json()["status"], done.get_json()["progress"]) == ("done", 1.0)
    assert "Retry-After" not in done.headers
    law = tc.read_schedule().apply(tc.read_scenario("no-pause"))
    expected = tc.estimate(US, law, baseline="no-tariffs-2025", by=("sector", "month"))
    assert saver.get(f"{place}/result").data == expected.to("json")
    again = saver.post("/v1/estimates", json=body, headers={"Accept": "text/csv"})
    assert (again.status_code, again.data) == (200, expected.to("csv"))
    assert work(saving) == 0


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "parquet", "arrow", "md", "txt"])
def test_a_result_in_every_format_is_that_of_the_python_api(saving: Flask, saver: FlaskClient, suffix: str) -> None:
    place = begun(saver.get("/v1/estimates", query_string={"flows": US, "by": "origin,month"}, headers=ASYNC))
    work(saving)
    name = next(name for name, form in FORMATS.items() if form.suffix == f".{suffix}")
    answer = saver.get(f"{place}/result.{suffix}")
    assert answer.content_type == FORMATS[name].content_type
    assert answer.data == tc.estimate(US, by=("origin", "month")).to(name)
    assert "immutable" in answer.headers["Cache-Control"]
    held = saver.get(f"{place}/result.{suffix}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (held.status_code, held.data) == (304, b"")


def test_a_spreadsheet_is_told_to_wait_and_then_reads_the_result(saving: Flask, saver: FlaskClient) -> None:
    """One address, no headers: first a row that says how far it is, later the table."""
    address = "/v1/estimates.csv?flows=us-north-america-2025&by=quarter&sep=;&bom=1"
    first = saver.get(address)
    begun(first)
    assert first.content_type == FORMATS["csv"].content_type
    assert first.text.splitlines()[0] == "\ufeffstatus;progress;result"
    assert first.text.splitlines()[1].startswith("queued;")
    work(saving)
    then = saver.get(address)
    expected = tc.estimate(US, by=("quarter",)).to("csv", Options(bom=True, sep=";"))
    assert (then.status_code, then.data) == (200, expected)


def test_a_run_is_begun_for_whoever_prefers_it(saving: Flask, saver: FlaskClient) -> None:
    body = {"flows": ROWS, "by": "origin"}
    assert saver.post("/v1/estimates", json=body).status_code == 200
    answer = saver.post("/v1/estimates", json=body, headers=ASYNC)
    place = begun(answer)
    assert answer.headers["Preference-Applied"] == "respond-async"
    work(saving)
    expected = tc.estimate(tc.read_flows(ROWS, importer="USA", name="rows"), by=("origin",))
    assert saver.get(f"{place}/result").data == expected.to("json")
    listed = saver.get("/v1/flows").get_json()["flows"]
    assert all(one["name"] != "rows" for one in listed)


def test_a_saved_table_under_saved_scenarios(saving: Flask, saver: FlaskClient) -> None:
    """A run keeps what it was asked: deleting the table and the scenario changes nothing."""
    table = saver.post("/v1/flows", json={"rows": ROWS, "name": "mine"})
    steel = {"name": "steel", "change": [{"set": "s232-steel", "rate": "30%", "from": "2025-05-01"}]}
    scenario = saver.post("/v1/scenarios", json=steel)
    asked = {"flows": table.get_json()["id"], "scenario": scenario.get_json()["id"], "baseline": "statutory"}
    place = begun(saver.post("/v1/estimates", json={**asked, "by": "origin"}, headers=ASYNC))
    assert saver.delete(table.headers["Location"]).status_code == 204
    assert saver.delete(scenario.headers["Location"], headers={"If-Match": "*"}).status_code == 204
    work(saving)
    law = tc.read_schedule().apply(tc.read_scenario(steel))
    expected = tc.estimate(tc.read_flows(ROWS, importer="USA", name="mine"), law, baseline="statutory", by=("origin",))
    assert saver.get(f"{place}/result.csv").data == expected.to("csv")


def test_slices_add_up_to_the_whole(saving: Flask, saver: FlaskClient) -> None:
    asked = {"flows": US, "by": "sector,month", "sectors": "hs2"}
    place = begun(saver.get("/v1/estimates.csv", query_string=asked))
    work(saving)
    whole = saver.get(f"{place}/result.csv").text.splitlines()
    address: str | None = f"{place}/result.csv?limit=500&bom=0"
    rows: list[str] = []
    while address:
        answer = saver.get(address)
        header, *part = answer.text.splitlines()
        assert header == whole[0]
        assert 0 < len(part) <= 500
        rows += part
        link = answer.headers.get("Link")
        address = None if link is None else link.split(">")[0].removeprefix("<")
    assert rows == whole[1:]
    beyond = saver.get(f"{place}/result.csv?offset=1000000").text.splitlines()
    assert beyond == whole[:1]


def test_no_slice_is_larger_than_the_settings_say(tmp_path: Path) -> None:
    """Asked for more, it has fewer rows, and the next one begins where it ends."""
    small = Settings(home=tmp_path, slice_bytes=20_000, rate_limit="off", write_limit="off", logs="off")
    client = create_app(settings=small).test_client()
    asked = {"flows": US, "by": "sector,month", "sectors": "hs2"}
    whole = client.get("/v1/estimates.csv", query_string=asked).text.splitlines()
    address: str | None = "/v1/estimates.csv?flows=us-north-america-2025&by=sector,month&sectors=hs2&limit=5000"
    rows: list[str] = []
    while address:
        answer = client.get(address)
        assert 10_000 < len(answer.data) <= 20_000 or "Link" not in answer.headers
        rows += answer.text.splitlines()[1:]
        link = answer.headers.get("Link")
        address = None if link is None else link.split(">")[0].removeprefix("<")
    assert rows == whole[1:]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "out-of-range"),
        ("limit=x", "not-a-number"),
        ("offset=-1", "out-of-range"),
        ("limit=1000000000", "out-of-range"),
        ("page=1", "unknown-parameter"),
    ],
)
def test_faults_of_a_slice(saver: FlaskClient, query: str, code: str) -> None:
    assert faults_of(saver.get(f"/v1/runs/none/result.csv?{query}")) == {query.split("=", maxsplit=1)[0]: code}


def test_a_run_is_cancelled(saving: Flask, saver: FlaskClient) -> None:
    place = begun(saver.post("/v1/estimates", json={"flows": US, "by": ["day"]}))
    answer = saver.delete(place)
    assert (answer.status_code, answer.get_json()["status"]) == (200, "cancelled")
    assert work(saving) == 0
    assert problem_of(saver.get(f"{place}/result"), 409)["code"] == "run-cancelled"
    assert begun(saver.post("/v1/estimates", json={"flows": US, "by": ["day"]})) != place
    work(saving)


def test_what_is_done_stays_done(saving: Flask, saver: FlaskClient) -> None:
    place = begun(saver.post("/v1/estimates", json={"flows": ROWS, "by": "measure"}, headers=ASYNC))
    work(saving)
    assert saver.delete(place).get_json()["status"] == "done"
    assert saver.get(f"{place}/result.csv").status_code == 200


def test_a_run_that_fails_says_why(saving: Flask, saver: FlaskClient) -> None:
    body = {"flows": US, "from": "2025-06", "until": "2025-05"}
    place = begun(saver.post("/v1/estimates", json=body))
    work(saving)
    told = saver.get(place).get_json()
    assert (told["status"], told["error"]["code"]) == ("failed", "empty-window")
    body = problem_of(saver.get(f"{place}/result"), 409)
    assert (body["code"], "not after" in body["detail"]) == ("run-failed", True)


def test_faults_are_told_before_a_run_is_begun(saver: FlaskClient) -> None:
    bad = {"name": "x", "change": [{"set": "ieepa-canad", "rate": "25%"}]}
    answer = saver.post("/v1/estimates", json={"flows": US, "scenario": bad})
    assert any(one["path"].startswith("scenario.change[0]") for one in problem_of(answer, 422)["errors"])
    answer = saver.post("/v1/estimates", json={"flows": US, "baseline": bad})
    assert any(one["path"].startswith("baseline.change[0]") for one in problem_of(answer, 422)["errors"])


@pytest.mark.parametrize("name", ["none", "..%2F..", "a" * 100, "%00"])
def test_ids_that_are_none(saver: FlaskClient, name: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/result"), ("GET", "/result.csv")):
        assert problem_of(saver.open(f"/v1/runs/{name}{path}", method=method), 404)["code"] == "not-found"
    assert problem_of(saver.get("/v1/runs/none/result.pdf"), 404)["code"] == "not-found"


def test_a_format_that_is_not_offered(saving: Flask, saver: FlaskClient) -> None:
    place = begun(saver.post("/v1/estimates", json={"flows": ROWS, "by": "measure"}, headers=ASYNC))
    work(saving)
    refused = problem_of(saver.get(f"{place}/result", headers={"Accept": "application/pdf"}), 406)
    assert "text/csv" in refused["hint"]


def test_a_retried_question_is_the_same_run(saving: Flask, saver: FlaskClient) -> None:
    headers = {**ASYNC, "Idempotency-Key": "run-1"}
    body = {"flows": ROWS, "by": "product"}
    first, second = (begun(saver.post("/v1/estimates", json=body, headers=headers)) for _ in range(2))
    assert first == second
    other = saver.post("/v1/estimates", json={**body, "by": "day"}, headers=headers)
    assert problem_of(other, 409)["code"] == "idempotency-conflict"
    work(saving)
