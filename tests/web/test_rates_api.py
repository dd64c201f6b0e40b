"""``GET /v1/rates`` and ``/v1/rates/history``: the answers of the Python API, over HTTP."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from problem_words import faults_of, problem_of

import tariffcalc as tc
from tariffcalc.formats import Rendered, render
from tariffcalc.history import history

OIL = {"product": "2709.00.20.10", "origin": "CAN", "date": "2025-03-05"}
LOADER = {"product": "8429511050", "origin": "MEX", "date": "2025-06-10"}


def test_one_rate_is_the_object_of_the_python_api(client: FlaskClient) -> None:
    expected = tc.rate("2709002010", "CAN", "2025-03-05").as_dict()
    assert client.get("/v1/rates", query_string=OIL).get_json() == expected


def test_members_keep_their_order(client: FlaskClient) -> None:
    answer = client.get("/v1/rates", query_string=OIL)
    assert list(answer.get_json()) == list(tc.rate("2709002010", "CAN", "2025-03-05").as_dict())
    assert answer.text.startswith('{"product": "2709002010", "description": "Petroleum oils')
    assert "10.5¢/bbl" in answer.text


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({"claim": "usmca"}, {"claim": "usmca"}),
        ({"value": "10000"}, {"value": 10000}),
        ({"value": "10000", "quantity": "130", "unit": "bbl"}, {"value": 10000, "quantity": 130.0, "unit": "bbl"}),
        ({"ave": "1"}, {"ave": True}),
        ({"as_known_on": "2025-02-02"}, {"as_known_on": "2025-02-02"}),
        ({"scenario": "no-tariffs-2025"}, {"scenario": "no-tariffs-2025"}),
        ({"share": ["steel=0.5", "copper=25%"]}, {"shares": {"steel": 0.5, "copper": 0.25}}),
        ({"fact": "donation"}, {"facts": {"donation": True}}),
        ({"loaded": "2025-02-20"}, {"loaded": "2025-02-20"}),
        ({"mode": "ocean"}, {"mode": "ocean"}),
        ({"value": "10000", "status": "owed"}, {"value": 10000, "status": "owed"}),
        ({"importer": "United States"}, {"importer": "USA"}),
    ],
)
def test_every_parameter_reaches_the_reckoning(
    client: FlaskClient, asked: dict[str, object], given: dict[str, object]
) -> None:
    expected = tc.rate("2709002010", "CAN", "2025-03-05", **given).as_dict()  # type: ignore[arg-type]
    assert client.get("/v1/rates", query_string={**OIL, **asked}).get_json() == expected


def test_the_day_before_and_after_the_pause(client: FlaskClient) -> None:
    """Energy of Canada: paused in February 2025, ten percent from 4 March, ten as it was known on 2 February."""

    def additional(**given: str) -> float:
        return float(client.get("/v1/rates", query_string={**OIL, **given}).get_json()["additional_rate"])

    assert additional(date="2025-02-10") == 0
    assert additional(date="2025-03-05") == 0.10
    assert additional(date="2025-02-10", as_known_on="2025-02-02") == 0.10


def test_repeated_products_and_origins_give_a_list(client: FlaskClient) -> None:
    asked = {"product": ["2709002010", "8429511050"], "origin": ["CAN", "MEX"], "date": "2025-03-05"}
    found = client.get("/v1/rates", query_string=asked).get_json()
    pairs = [("2709002010", "CAN"), ("2709002010", "MEX"), ("8429511050", "CAN"), ("8429511050", "MEX")]
    assert [(one["product"], one["origin"]) for one in found] == pairs
    assert found[2] == tc.rate("8429511050", "CAN", "2025-03-05").as_dict()


def test_the_plural_names_give_a_list_of_one(client: FlaskClient) -> None:
    found = client.get("/v1/rates?products=2709002010&origins=Canada&date=2025-03-05").get_json()
    assert found == [tc.rate("2709002010", "CAN", "2025-03-05").as_dict()]


def test_too_many_pairs_are_refused(client: FlaskClient) -> None:
    asked = {"product": ["2709002010"] * 21, "origin": ["CAN"] * 10, "date": "2025-03-05"}
    assert problem_of(client.get("/v1/rates", query_string=asked), 422)["code"] == "too-many"


def test_rates_as_csv(client: FlaskClient) -> None:
    asked = {"product": ["2709002010", "8429511050"], "origin": "MEX", "date": "2025-06-10", "value": "10000"}
    answer = client.get("/v1/rates.csv", query_string=asked)
    oil, loader = csv.DictReader(io.StringIO(answer.text))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert (oil["rate"], oil["base_rate"], oil["duty"], oil["resolved"]) == ("", "", "", "false")
    assert "quantity" in oil["warnings"]
    assert (loader["rate"], loader["duty"], loader["resolved"]) == ("0.250000", "2500.00", "true")
    assert loader["measures"] == "mfn + ieepa-mexico"


@pytest.mark.parametrize(("value", "fees"), [("10104", "35.00"), ("10133", "35.10"), ("100", "32.71")])
def test_fees_are_printed_in_cents(client: FlaskClient, value: str, fees: str) -> None:
    """0.3464 % of the value, at least $32.71, in every column of money alike."""
    answer = client.get("/v1/rates.csv", query_string={**LOADER, "value": value})
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["value"], row["fees"]) == (f"{value}.00", fees)


def test_rates_as_csv_for_a_continental_spreadsheet(client: FlaskClient) -> None:
    answer = client.get("/v1/rates.csv", query_string={**LOADER, "bom": "1", "decimal": ",", "sep": ";"})
    assert answer.data.startswith(b"\xef\xbb\xbfproduct;")
    assert ";0,250000;" in answer.text


@pytest.mark.parametrize("name", ["csv", "json"])
def test_history_is_byte_for_byte_that_of_the_command_line(client: FlaskClient, name: str) -> None:
    frame = history("8429511050", "MEX", "2025-01-01", "2025-07-01", claim="usmca")
    path = "/v1/rates/history" + (".csv" if name == "csv" else "")
    asked = {"product": "8429511050", "origin": "MEX", "from": "2025", "until": "2025-Q3", "claim": "usmca"}
    assert client.get(path, query_string=asked).data == render(Rendered(frame, {}, "8429511050 of MEX"), name)


def test_history_tells_when_the_rate_changed(client: FlaskClient) -> None:
    asked = {"product": "8429511050", "origin": "MEX", "from": "2025-02-01", "until": "2025-04-01"}
    rows = client.get("/v1/rates/history", query_string=asked).get_json()["rows"]
    assert {(row["segment_from"], row["total_rate"]) for row in rows} == {("2025-02-01", 0.0), ("2025-03-04", 0.25)}


def test_of_a_code_that_no_edition_has_nothing_is_known(client: FlaskClient) -> None:
    """It spoils no answer for the codes beside it, and is never free of duty."""
    asked = {"product": ["99999999", "8429511050"], "origin": "MEX", "date": "2025-06-05", "value": "1000"}
    wrong, right = client.get("/v1/rates", query_string=asked).get_json()
    assert [wrong[name] for name in ("rate", "base_rate", "additional_rate", "duty")] == [None] * 4
    assert (wrong["resolved"], wrong["components"], wrong["value"]) == (False, [], 1000.0)
    assert "no product has the code '99999999'" in wrong["warnings"][0]
    assert (right["resolved"], right["duty"]) == (True, 250.0)
    none, some = csv.DictReader(io.StringIO(client.get("/v1/rates.csv", query_string=asked).text))
    assert (none["rate"], none["resolved"], none["duty"], some["duty"]) == ("", "false", "", "250.00")
    for field in ("rate", "duty", "fees"):
        cell = client.get("/v1/rates.txt", query_string={**asked, "product": "99999999", "field": field}).text
        assert cell.startswith("unresolved: no product has the code '99999999'")


def test_every_fault_of_a_query_is_told_at_once(client: FlaskClient) -> None:
    """Nothing is dropped, nothing is guessed: each parameter is named with its code."""
    asked = {
        "product": ["2709002010", "9999999x"],
        "origin": "Canda",
        "date": "5 March",
        "dat": "2025-03-05",
        "importer": "Brazil",
        "claim": "nafta",
        "share": ["steel=0.5", "tin=0.5", "steel=half"],
        "fact": "in_dispute",
        "as_known_on": "later",
        "scenario": "no-paus",
        "loaded": "x",
        "value": "-1",
        "quantity": "many",
        "mode": "camel",
        "status": "payed",
        "ave": "perhaps",
    }
    assert faults_of(client.get("/v1/rates", query_string=asked)) == {
        "product[1]": "product-not-digits",
        "origin[0]": "unknown-country",
        "date": "bad-date",
        "dat": "unknown-parameter",
        "importer": "unknown-name",
        "claim": "unknown-name",
        "share": "unknown-name",
        "share[2]": "bad-share",
        "fact": "unknown-name",
        "as_known_on": "bad-date",
        "scenario": "unknown-name",
        "loaded": "bad-date",
        "value": "bad-value",
        "quantity": "not-a-number",
        "mode": "unknown-name",
        "status": "unknown-name",
        "ave": "not-yes-or-no",
    }


def test_an_unknown_parameter_is_told_with_the_nearest(client: FlaskClient) -> None:
    body = problem_of(client.get("/v1/rates", query_string={**OIL, "clam": "usmca"}), 422)
    assert body["code"] == "unknown-parameter"
    assert body["errors"][0]["hint"] == "did you mean claim?"


def test_a_parameter_given_twice_is_refused(client: FlaskClient) -> None:
    """Taking the first of two days would be a silent choice."""
    assert faults_of(client.get("/v1/rates", query_string={**OIL, "date": ["2025-03-05", "2025-03-06"]})) == {
        "date": "repeated-parameter"
    }


def test_there_is_no_hidden_day(client: FlaskClient) -> None:
    found = faults_of(client.get("/v1/rates"))
    assert found == dict.fromkeys(("product", "origin", "date"), "missing-parameter")


def test_names_of_files_are_no_scenarios(client: FlaskClient) -> None:
    """A name over HTTP never opens a file of the server."""
    for name in ("/etc/passwd.toml", "../../pyproject.toml", "rates/scenarios/no-pause.toml"):
        assert faults_of(client.get("/v1/rates", query_string={**OIL, "scenario": name})) == {
            "scenario": "unknown-name"
        }


def test_the_duty_in_cents(client: FlaskClient) -> None:
    found = client.get("/v1/rates", query_string={**LOADER, "value": "1234.57"}).get_json()
    assert Decimal(str(found["duty"])) == Decimal("308.64")
    assert sum(part["duty"] for part in found["components"]) == pytest.approx(found["duty"])


@pytest.mark.parametrize(
    "address",
    [
        "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05",
        "/v1/rates/history?product=8429511015&origin=CAN",
        "/v1/changes?since=2026-10-01",
    ],
)
def test_csv_by_accept_is_that_of_the_suffix(client: FlaskClient, address: str) -> None:
    twin = client.get(address.replace("?", ".csv?"))
    asked = client.get(address, headers={"Accept": "text/csv, application/json;q=0.5"})
    assert (asked.data, asked.content_type) == (twin.data, "text/csv; charset=utf-8")
    assert asked.headers["Vary"] == "Accept"
    for accept in ("*/*", "application/json, text/csv", "image/png"):
        assert client.get(address, headers={"Accept": accept}).content_type == "application/json"


METALS = {"product": "8708292120", "origin": "CAN", "date": "2025-09-10"}


@pytest.mark.parametrize(
    ("path", "share", "code"),
    [
        ("/v1/rates", ["steel=0.5", "steel=0.4"], "repeated-parameter"),
        ("/v1/rates", ["steel=0.8", "aluminum=0.8"], "bad-share"),
        ("/v1/rates.txt", ["steel=0.8", "copper=0.3"], "bad-share"),
        ("/v1/rates/history", ["steel=0.8", "aluminum=0.8"], "bad-share"),
    ],
)
def test_an_article_is_no_more_than_the_whole(client: FlaskClient, path: str, share: list[str], code: str) -> None:
    asked: dict[str, Any] = {**METALS, "share": share}
    if path.endswith("history"):
        del asked["date"]
    assert faults_of(client.get(path, query_string=asked)) == {"share": code}


def test_contents_of_other_kinds_may_overlap(client: FlaskClient) -> None:
    """Steel may be of the United States, and three tenths and seven are the whole whatever floats make of them."""
    for share in (["steel=0.8", "us_content=0.8"], ["steel=0.7", "aluminum=0.2", "copper=0.1"]):
        assert client.get("/v1/rates", query_string={**METALS, "share": share}).status_code == 200


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"quantity": "0", "unit": "bbl", "value": "1000"}, {"quantity": "bad-quantity"}),
        ({"loaded": "2025-03-06"}, {"loaded": "loaded-after-entry"}),
    ],
)
def test_what_cannot_be_is_no_zero(client: FlaskClient, given: dict[str, str], expected: dict[str, str]) -> None:
    """No barrels of crude oil worth 1,000 dollars would pay nothing; goods are loaded before they enter."""
    assert faults_of(client.get("/v1/rates", query_string={**OIL, **given})) == expected
    assert client.get("/v1/rates", query_string={**OIL, "loaded": OIL["date"]}).status_code == 200


def test_what_is_given_empty_is_not_given(client: FlaskClient) -> None:
    """A formula over blank cells asks so."""
    optional = ("claim", "value", "quantity", "unit", "share", "fact", "ave", "scenario", "importer", "loaded", "mode")
    asked = {**OIL, **dict.fromkeys(optional, ""), "status": " ", "as_known_on": ""}
    assert client.get("/v1/rates", query_string=asked).data == client.get("/v1/rates", query_string=OIL).data
    assert faults_of(client.get("/v1/rates?product=&origin=%20&date=")) == dict.fromkeys(OIL, "missing-parameter")
    assert faults_of(client.get("/v1/products?q=")) == {"q": "missing-parameter"}
    assert faults_of(client.get("/v1/rates", query_string={**OIL, "valu": ""})) == {"valu": "unknown-parameter"}


def test_a_parameter_of_csv_is_told_where_it_belongs(client: FlaskClient) -> None:
    body = problem_of(client.get("/v1/rates", query_string={**OIL, "bom": "1", "decimal": ","}), 422)
    assert {one["hint"] for one in body["errors"]} == {"it says how CSV is written: ask /v1/rates.csv"}
    assert "csv" not in str(problem_of(client.get("/v1/measures?bom=1"), 422))


def test_a_decimal_sign_is_a_point_or_a_comma(client: FlaskClient) -> None:
    for path in ("/v1/rates.csv", "/v1/rates.txt"):
        (fault,) = problem_of(client.get(path, query_string={**OIL, "decimal": "x"}), 422)["errors"]
        assert fault["hint"].endswith("a point or a comma")
