"""``/v1/scenarios``: ready-made ones told, own ones checked, saved in versions, changed without lost updates."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from problem_words import faults_of, problem_of

import tariffcalc as tc
from tariffcalc.catalogue import scenario_list
from tariffcalc.shipments import schedule_for
from tariffcalc.web.api import scenarios

STEEL: dict[str, Any] = {
    "name": "steel-at-30",
    "title": "Steel at 30 % from June on",
    "change": [{"set": "s232-steel", "rate": "30%", "from": "2025-06-04"}],
}
ROWS = [{"origin": "CAN", "product": "7208390015", "period": "2025-07", "customs_value": 1000.0}]


def saved(client: FlaskClient, document: dict[str, Any] = STEEL) -> tuple[str, str]:
    """The address and the version of a scenario that has just been saved."""
    answer = client.post("/v1/scenarios", json=document)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"], answer.headers["ETag"]


def test_the_ready_made_ones_come_first(saver: FlaskClient) -> None:
    found = saver.get("/v1/scenarios").get_json()["scenarios"]
    assert [one["id"] for one in found if one["kind"] == "ready-made"] == [one["name"] for one in scenario_list()]
    assert problem_of(saver.get("/v1/scenarios/no-paus"), 404)["hint"] == "did you mean no-pause?"


@pytest.mark.parametrize("name", [one["name"] for one in scenario_list()])
def test_a_scenario_written_out_is_the_same_scenario(saver: FlaskClient, name: str) -> None:
    written = tc.read_scenario(saver.get(f"/v1/scenarios/{name}").get_json())
    assert (written.name, written.changes) == (name, tc.read_scenario(name).changes)


def test_what_is_saved_is_read_again_and_listed(saver: FlaskClient) -> None:
    answer = saver.post("/v1/scenarios", json=STEEL)
    head, place = answer.get_json(), answer.headers["Location"]
    assert place == f"/v1/scenarios/{head['id']}"
    assert (head["kind"], head["name"], head["title"], head["version"]) == ("saved", STEEL["name"], STEEL["title"], 1)
    again = saver.get(place)
    assert (again.get_json(), again.headers["ETag"]) == (STEEL, answer.headers["ETag"])
    assert saver.get(place, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert head in saver.get("/v1/scenarios").get_json()["scenarios"]


def test_a_change_is_a_new_version_and_the_old_one_stays(saver: FlaskClient) -> None:
    place, etag = saved(saver)
    changed = {**STEEL, "change": [{**STEEL["change"][0], "rate": "35%"}]}
    answer = saver.put(place, json=changed, headers={"If-Match": etag})
    assert (answer.status_code, answer.get_json()["version"]) == (200, 2)
    assert answer.headers["ETag"] != etag
    assert saver.get(place).get_json() == changed
    assert saver.get(f"{place}/versions/1").get_json() == STEEL
    assert saver.get(f"{place}/versions/2").get_json() == changed
    problem_of(saver.get(f"{place}/versions/3"), 404)


def test_a_lost_update_is_refused(saver: FlaskClient) -> None:
    place, etag = saved(saver)
    assert saver.put(place, json={**STEEL, "title": "one"}, headers={"If-Match": etag}).status_code == 200
    late = saver.put(place, json={**STEEL, "title": "two"}, headers={"If-Match": etag})
    assert problem_of(late, 412)["code"] == "stale-version"
    assert saver.get(place).get_json()["title"] == "one"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_change_needs_the_version_that_it_is_meant_for(saver: FlaskClient, method: str) -> None:
    place, _ = saved(saver)
    body = STEEL if method == "PUT" else None
    assert problem_of(saver.open(place, method=method, json=body), 428)["code"] == "precondition-required"
    stale = saver.open(place, method=method, json=body, headers={"If-Match": '"1-0000"'})
    assert problem_of(stale, 412)["code"] == "stale-version"
    assert saver.open(place, method=method, json=body, headers={"If-Match": "*"}).status_code in {200, 204}


def test_what_is_deleted_is_gone(saver: FlaskClient) -> None:
    place, etag = saved(saver)
    assert saver.delete(place, headers={"If-Match": etag}).status_code == 204
    problem_of(saver.get(place), 404)
    problem_of(saver.put(place, json=STEEL, headers={"If-Match": etag}), 404)


def test_what_is_ready_made_stays(saver: FlaskClient) -> None:
    for method in ("PUT", "DELETE"):
        answer = saver.open("/v1/scenarios/no-pause", method=method, json=STEEL, headers={"If-Match": "*"})
        assert problem_of(answer, 405)["code"] == "method-not-allowed"
        assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_faults_are_told_with_their_places_and_nothing_is_saved(saver: FlaskClient, method: str) -> None:
    place, etag = ("/v1/scenarios", "*") if method == "POST" else saved(saver)
    before = saver.get("/v1/scenarios").get_json()["total"]
    bad = {**STEEL, "change": [{"set": "s232-stel", "rate": "30%"}, {"pause": "s232-steel", "form": 1}]}
    body = problem_of(saver.open(place, method=method, json=bad, headers={"If-Match": etag}), 422)
    assert any(one["path"].startswith("change[0]") and "s232-steel" in one["hint"] for one in body["errors"])
    assert any(one["path"].startswith("change[1]") for one in body["errors"])
    assert saver.get("/v1/scenarios").get_json()["total"] == before


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "wrong-type"),
        ("x", "wrong-type"),
        ({}, "scenario"),
        ({"name": 1}, "scenario"),
        ({"name": ""}, "bad-name"),
        ({"name": "x" * 300}, "bad-name"),
    ],
)
def test_what_is_no_scenario(saver: FlaskClient, document: object, code: str) -> None:
    assert problem_of(saver.post("/v1/scenarios", json=document), 422)["code"] == code


@pytest.mark.parametrize(
    ("importers", "code"),
    [
        (["BRA"], "unknown-name"),
        (["Atlantis"], "unknown-country"),
        (1, "law-file-value"),
        ([1], "law-file-value"),
        ({"USA": 1}, "law-file-value"),
    ],
)
def test_whose_law_is_checked(saver: FlaskClient, importers: object, code: str) -> None:
    assert faults_of(saver.post("/v1/scenarios", json={**STEEL, "importers": importers})) == {"importers": code}


def test_a_scenario_is_checked_by_the_law_that_it_names(saver: FlaskClient) -> None:
    other = {"name": "no-us-surtax", "importers": ["CAN"], "change": [{"disable": "us-surtax-steel"}]}
    assert saver.post("/v1/scenarios", json=other).get_json()["importers"] == ["CAN"]
    assert problem_of(saver.post("/v1/scenarios", json={**other, "importers": ["USA"]}), 422)["errors"]


def test_bodies_that_cannot_be_read(saver: FlaskClient) -> None:
    problem_of(saver.post("/v1/scenarios", data=b"name = 'x'", content_type="application/toml"), 415)
    problem_of(saver.post("/v1/scenarios", data=b"{", content_type="application/json"), 400)
    large = {"name": "x", "description": "x" * 1_000_000}
    assert problem_of(saver.post("/v1/scenarios", json=large), 413)["code"] == "too-large"


def test_a_saved_scenario_is_named_by_its_id_everywhere(saver: FlaskClient) -> None:
    """What is saved answers as what is written out, in estimates, as a baseline, and in rates."""
    place, _ = saved(saver)
    name = place.rsplit("/", 1)[1]
    asked = {"flows": ROWS, "by": ["measure"], "baseline": "statutory"}
    by_id, by_keys = (
        saver.post("/v1/estimates", json={**asked, "scenario": one}, headers={"Accept": "text/csv"}).data
        for one in (name, STEEL)
    )
    assert by_id == by_keys
    against = saver.post("/v1/estimates", json={**asked, "scenario": "no-pause", "baseline": name})
    assert against.get_json()["provenance"]["baseline"]["scenario"] == STEEL["name"]
    rate = "/v1/rates?product=7208390015&origin=CAN&date=2025-07-01"
    assert saver.get(f"{rate}&scenario={name}").get_json()["additional_rate"] == 0.3
    assert saver.get(rate).get_json()["additional_rate"] == 0.5


def test_two_saved_scenarios_are_compared(saver: FlaskClient) -> None:
    other = {**STEEL, "name": "steel-at-10", "change": [{**STEEL["change"][0], "rate": "10%"}]}
    high, low = (saved(saver, one)[0].rsplit("/", 1)[1] for one in (STEEL, other))
    body = {"flows": ROWS, "scenario": high, "baseline": low, "by": "origin"}
    (row,) = saver.post("/v1/estimates", json=body).get_json()["rows"]
    assert (row["duty"], row["baseline_duty"], row["duty_change"]) == (300.0, 100.0, 200.0)


def test_a_request_that_comes_again_saves_once(saver: FlaskClient) -> None:
    headers = {"Idempotency-Key": "scenario-1"}
    first, second = (saver.post("/v1/scenarios", json=STEEL, headers=headers) for _ in range(2))
    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])


@pytest.mark.parametrize("name", ["..%2Fusa%2Ffacts", "x.toml", "%00", "a" * 200, "%F0%9F%92%A5"])
def test_names_are_no_paths(saver: FlaskClient, name: str) -> None:
    problem_of(saver.get(f"/v1/scenarios/{name}"), 404)
    assert faults_of(saver.get(f"/v1/estimates?flows=us-world-2024&scenario={name}")) == {"scenario": "unknown-name"}


def test_a_scenario_of_many_changes_or_importers_takes_no_minute(
    saver: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An importer named twenty thousand times is looked at once; more than 500 changes are refused unread."""
    asked: list[str] = []

    def counted(importer: str, *rest: Any) -> Any:
        asked.append(importer)
        return schedule_for(importer, *rest)

    monkeypatch.setattr(scenarios, "schedule_for", counted)
    made = saver.post("/v1/scenarios", json={**STEEL, "importers": ["USA"] * 20_000})
    assert made.get_json()["importers"] == asked == ["USA"]
    many = {**STEEL, "change": STEEL["change"] * 501}
    assert problem_of(saver.post("/v1/scenarios", json=many), 422)["code"] == "too-many"
    ask = {"flows": "us-north-america-2025", "by": "origin", "scenario": many}
    assert faults_of(saver.post("/v1/estimates", json=ask)) == {"scenario": "too-many"}
    assert asked == ["USA"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": "a\x00b"}, "control-character"),
        ({"title": "a\nb"}, "control-character"),
        ({"description": "two\nlines\x1b[2J"}, "control-character"),
        ({"change": [{"add": {"id": "mine", "title": "a\x00b", "rate": "10%"}}]}, "control-character"),
        ({"a\x7f": 1}, "control-character"),
        ({"name": "a\x00b"}, "bad-name"),
    ],
)
def test_signs_that_no_database_holds(saver: FlaskClient, more: dict[str, Any], code: str) -> None:
    assert problem_of(saver.post("/v1/scenarios", json={**STEEL, **more}), 422)["code"] == code
    ask = {"flows": "us-north-america-2025", "by": "origin", "scenario": {**STEEL, **more}}
    assert faults_of(saver.post("/v1/estimates", json=ask)) == {"scenario": code}


def test_a_description_may_have_several_lines(saver: FlaskClient) -> None:
    made = saver.post("/v1/scenarios", json={**STEEL, "description": "two\n\tlines"})
    assert saver.get(made.headers["Location"]).get_json()["description"] == "two\n\tlines"


@pytest.mark.parametrize("rate", [10**400, -(10**400), {"specific": 10**400, "unit": "kg"}, {"swiss": 10**400}])
def test_numbers_that_no_float_holds(saver: FlaskClient, rate: object) -> None:
    bad = {**STEEL, "change": [{**STEEL["change"][0], "rate": rate}]}
    body = problem_of(saver.post("/v1/scenarios", json=bad), 422)
    assert body["detail"] == "the scenario has 1 fault"
    assert body["errors"][0]["path"].startswith("change[0].rate")
