"""``/v1/quotes``: many shipments, each with its own status; the same to the last bit as one by one."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient
from problem_words import faults_of, problem_of

from tariffcalc.errors import Fault, ScenarioError
from tariffcalc.quotes import Quoter
from tariffcalc.rates import rate
from tariffcalc.web.api import quotes

CRUDE = {"product": "2709002010", "origin": "CAN", "date": "2025-03-05"}
LOADER = {"product": "8429.51.10.50", "origin": "Mexico", "date": "2025-06-10"}
SHIPMENTS: list[dict[str, Any]] = [
    {**LOADER, "value": 10000},
    {**LOADER, "value": "9999.99", "claim": "usmca"},
    {**CRUDE, "value": 70000, "quantity": 1000, "unit": "bbl"},
    {**CRUDE, "value": 35000, "quantity": 1000, "unit": "bbl"},
    {**CRUDE, "value": 1234.5, "ave": True},
    {**LOADER, "product": "842951", "value": 0.01},
    {**LOADER, "value": 123456.78, "status": "owed", "mode": "ocean"},
    {**LOADER, "value": 2500, "scenario": "no-pause", "date": "2025-02-20"},
    {**LOADER, "value": 2500, "as_known_on": "2025-02-02", "date": "2025-02-20"},
    {"product": "8708292120", "origin": "CAN", "date": "2025-09-01", "value": 5000, "share": ["steel=0.3"]},
    {"product": "8708292120", "origin": "CAN", "date": "2025-09-01", "value": 5000, "share": {"steel": 0.3}},
    {"product": "8708292120", "origin": "CAN", "date": "2025-09-01", "value": 777.77, "fact": "civil_aircraft"},
    {"product": "7208390015", "origin": "USA", "importer": "CAN", "date": "2025-04-01", "value": 100},
]
PLAIN = ("claim", "quantity", "unit", "ave", "status", "mode", "scenario")
KEYS = [*PLAIN, "product", "origin", "date", "importer", "value", "share", "fact", "as_known_on", "loaded", "reference"]
TABLE = "product,origin,value,reference\r\n2709002010,CAN,100,a\r\n8429511050,MEX,200,b\r\n"


def single(line: dict[str, Any]) -> dict[str, Any]:
    """What one rate says of a line."""
    given = {
        name: line[name] for name in ("claim", "quantity", "unit", "ave", "status", "mode", "scenario") if name in line
    }
    share, fact = line.get("share"), line.get("fact")
    shares = {"steel": 0.3} if share else None
    value = str(line["value"]) if "value" in line else None
    found = rate(
        line["product"],
        line["origin"],
        line["date"],
        line.get("importer", "USA"),
        value=value,
        as_known_on=line.get("as_known_on"),
        shares=shares,
        facts={fact: True} if fact else None,
        **given,
    )
    told: dict[str, Any] = json.loads(json.dumps(found.as_dict()))
    return told


def test_every_line_is_quoted_as_if_it_were_alone(client: FlaskClient) -> None:
    """Values differ between lines that share their rates; nothing of it shows."""
    found = client.post("/v1/quotes", json={"lines": SHIPMENTS}).get_json()
    assert [one["status"] for one in found["lines"]] == ["ok"] * len(SHIPMENTS)
    for line, told in zip(SHIPMENTS, found["lines"], strict=True):
        assert told["quote"] == single(line), line


def test_rates_are_worked_out_once_for_all_values(monkeypatch: pytest.MonkeyPatch, client: FlaskClient) -> None:
    asked: list[str] = []
    inner = quotes.Quoter.rate.__globals__["rate_under"]

    def counted(law: Any, product: str, *rest: Any, **known: Any) -> Any:
        asked.append(product)
        return inner(law, product, *rest, **known)

    monkeypatch.setitem(quotes.Quoter.rate.__globals__, "rate_under", counted)
    lines = [{**LOADER, "value": value} for value in range(1, 40)]
    found = client.post("/v1/quotes", json={"lines": lines}).get_json()
    assert len(asked) == 1
    assert [one["quote"]["duty"] for one in found["lines"]] == [value * 0.25 for value in range(1, 40)]


def test_one_bad_line_fails_no_other(client: FlaskClient) -> None:
    lines = [
        {**LOADER, "value": 100, "reference": "one"},
        {**LOADER, "origin": "Atlantis", "value": "much", "reference": "two"},
        "three",
        {},
        {**LOADER, "prodct": "x"},
        {**LOADER, "product": "84"},
        {**LOADER, "product": 8429511050},
        {**LOADER, "product": "8429519999", "value": -1},
        {**LOADER, "claim": "afta"},
        None,
    ]
    found = client.post("/v1/quotes", json={"lines": lines}).get_json()
    codes = [{one["code"] for one in line.get("errors", ())} for line in found["lines"]]
    assert codes == [
        set(),
        {"unknown-country", "bad-value"},
        {"not-an-object"},
        {"missing-parameter"},
        {"unknown-parameter"},
        {"product-too-short"},
        {"wrong-type"},
        {"bad-value", "unknown-product"} & codes[7],
        {"unknown-name"},
        {"not-an-object"},
    ]
    assert codes[7]
    assert [line["line"] for line in found["lines"]] == list(range(1, len(lines) + 1))
    assert [line["reference"] for line in found["lines"][:3]] == ["one", "two", None]
    first = found["lines"][1]["problem"]
    assert first["code"] in {"unknown-country", "bad-value"}
    assert first["path"] in {"origin", "value"}
    summary = found["summary"]
    assert (summary["lines"], summary["ok"], summary["failed"], summary["duty"]) == (10, 1, 9, 25.0)


UNFIT = {"importer": "CAN", "scenario": "no-pause"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            {"product": "84", "origin": "Atlantis", "date": "soon", "value": "much", "prodct": "x", "claim": "afta"},
            {
                "product": "product-too-short",
                "origin": "unknown-country",
                "date": "bad-date",
                "value": "bad-value",
                "prodct": "unknown-parameter",
                "claim": "unknown-name",
            },
        ),
        ({"product": "84", "quantity": 1e17}, {"product": "product-too-short", "quantity": "bad-quantity"}),
        ({"quantity": -1, "mode": "rocket"}, {"quantity": "negative", "mode": "unknown-name"}),
        ({"origin": ["CAN", "MEX"], "value": "much"}, {"origin": "wrong-type", "value": "bad-value"}),
        (
            {**UNFIT, "origin": "Atlantis"},
            {"origin": "unknown-country", **{f"scenario.change[{at}].set": "unknown-measure" for at in range(3)}},
        ),
        (UNFIT, {f"scenario.change[{at}].set": "unknown-measure" for at in range(3)}),
    ],
)
def test_all_faults_of_a_line_are_told(client: FlaskClient, line: dict[str, Any], expected: dict[str, str]) -> None:
    """Each with its key, in JSON and in the last column of a table; the next line is quoted all the same."""
    body = {"lines": [{**LOADER, **line}, LOADER]}
    bad, good = client.post("/v1/quotes", json=body).get_json()["lines"]
    assert {one["path"]: one["code"] for one in bad["errors"]} == expected
    assert (bad["problem"], good["status"]) == (bad["errors"][0], "ok")
    table = client.post("/v1/quotes", json=body, headers={"Accept": "text/csv"}).text
    first, second = csv.DictReader(io.StringIO(table))
    assert all(f"{one['path']}: {one['message']}" in first["errors"] for one in bad["errors"])
    assert ((first["path"], first["code"]), second["errors"]) == (next(iter(expected.items())), "")


def test_a_scenario_with_a_hundred_faults_does_not_drown_its_lines() -> None:
    unfit = ScenarioError("unfit", faults=[Fault("x", "y", key=f"change[{at}]") for at in range(100)])
    faults = quotes._faults(unfit)
    assert [one["path"] for one in faults[:2]] == ["scenario.change[0]", "scenario.change[1]"]
    assert len(faults) == quotes.MOST_FAULTS + 1
    assert (faults[-1]["path"], faults[-1]["message"]) == ("scenario", "80 more faults are not listed")


def test_an_accident_in_a_line_stays_in_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = Quoter.rate

    def fall(self: Quoter, product: str, *rest: Any, **known: Any) -> Any:
        if product == CRUDE["product"]:
            raise RuntimeError("secret")
        return inner(self, product, *rest, **known)

    monkeypatch.setattr(Quoter, "rate", fall)
    answer = client.post("/v1/quotes", json={"lines": [CRUDE, LOADER]})
    first, second = answer.get_json()["lines"]
    assert (first["status"], first["problem"]["code"], second["status"]) == ("error", "internal", "ok")
    assert "secret" not in answer.text


def test_the_sum_counts_only_what_is_known(client: FlaskClient) -> None:
    lines = [{**LOADER, "value": 100}, {**CRUDE, "value": 100}, LOADER]
    summary = client.post("/v1/quotes", json={"lines": lines}).get_json()["summary"]
    assert (summary["ok"], summary["unresolved"], summary["value"], summary["duty"]) == (3, 1, 100.0, 25.0)
    assert summary["currency"] == "USD"
    nothing = client.post("/v1/quotes", json={"lines": [LOADER]}).get_json()["summary"]
    assert (nothing["value"], nothing["duty"]) == (None, None)


def test_defaults_stand_where_a_line_says_nothing(client: FlaskClient) -> None:
    lines = [{"product": "8429511050", "value": 100}, {"product": "8429511050", "origin": "CAN", "value": None}]
    body = {"lines": lines, "defaults": {"date": "2025-06-10", "origin": "MEX"}}
    first, second = (one["quote"] for one in client.post("/v1/quotes", json=body).get_json()["lines"])
    assert (first["origin"], second["origin"], second["value"]) == ("MEX", "CAN", None)


@pytest.mark.parametrize("kind", ["text/csv", "xlsx", "parquet"])
def test_a_table_of_shipments(client: FlaskClient, kind: str) -> None:
    """The row numbers are those that a person counts; options in the query hold for every row."""
    frame, file = pd.read_csv(io.StringIO(TABLE), dtype=str), io.BytesIO()
    if kind == "xlsx":
        frame.to_excel(file, index=False, engine="xlsxwriter")
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    elif kind == "parquet":
        frame.to_parquet(file, index=False)
        kind = "application/vnd.apache.parquet"
    else:
        file.write(TABLE.encode())
    answer = client.post("/v1/quotes?date=2025-06-10&claim=usmca", data=file.getvalue(), content_type=kind)
    found = answer.get_json()["lines"]
    offset = 1 if "parquet" in kind else 2
    assert [(one["line"], one["reference"]) for one in found] == [(offset, "a"), (offset + 1, "b")]
    assert found[1]["quote"] == single({**LOADER, "product": "8429511050", "value": "200", "claim": "usmca"})


def test_a_row_that_cannot_be_read_fails_alone(client: FlaskClient) -> None:
    text = TABLE + "8429511050,MEX\r\n8429511050,MEX,300,d\r\n"
    answer = client.post("/v1/quotes?date=2025-06-10", data=text, content_type="text/csv")
    found = answer.get_json()["lines"]
    assert [(one["line"], one["status"]) for one in found] == [(2, "ok"), (3, "ok"), (4, "error"), (5, "ok")]
    assert found[2]["problem"]["code"] == "wrong-cell-count"


def test_csv_out(client: FlaskClient) -> None:
    lines = [{**LOADER, "value": 10000, "reference": "=1+1"}, {**LOADER, "origin": "Atlantis"}]
    answer = client.post("/v1/quotes?sep=;&decimal=,", json={"lines": lines}, headers={"Accept": "text/csv"})
    first, second = csv.DictReader(io.StringIO(answer.text), delimiter=";")
    assert (first["status"], first["duty"], first["rate"], first["reference"]) == ("ok", "2500,00", "0,250000", "'=1+1")
    assert (second["status"], second["duty"], second["code"]) == ("error", "", "unknown-country")
    table = client.post(
        "/v1/quotes?date=2025-06-10", data=TABLE, content_type="text/csv", headers={"Accept": "text/csv"}
    )
    assert [row["duty"] for row in csv.DictReader(io.StringIO(table.text))] == ["", "50.00"]
    book = client.post(
        "/v1/quotes",
        json={"lines": lines},
        headers={"Accept": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    )
    frame = pd.read_excel(io.BytesIO(book.data), engine="calamine")
    assert frame["status"].tolist() == ["ok", "error"]


def test_a_form(client: FlaskClient) -> None:
    form = {"lines": (io.BytesIO(TABLE.encode()), "shipments.csv"), "date": "2025-06-10"}
    found = client.post("/v1/quotes", data=form).get_json()
    assert found["summary"]["ok"] == 2


def test_too_many_lines(saver: FlaskClient) -> None:
    for body in ({"json": {"lines": [LOADER] * 61}}, {"data": "product\n" + "84\n" * 61, "content_type": "text/csv"}):
        assert problem_of(saver.post("/v1/quotes", **body), 413)["code"] == "table-too-large"
    assert saver.post("/v1/quotes", json={"lines": [LOADER] * 60}).get_json()["summary"]["ok"] == 60


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"lines": "missing-parameter"}),
        ({"lines": {}}, {"lines": "wrong-type"}),
        ({"lines": None}, {"lines": "missing-parameter"}),
        ({"lines": [LOADER], "default": {}}, {"default": "unknown-parameter"}),
        ({"lines": [LOADER], "defaults": 1}, {"defaults": "wrong-type"}),
    ],
)
def test_faults_of_the_body(client: FlaskClient, body: object, expected: dict[str, str]) -> None:
    assert faults_of(client.post("/v1/quotes", json=body)) == expected


def test_bodies_that_cannot_be_read(client: FlaskClient) -> None:
    problem_of(client.post("/v1/quotes", json={"lines": []}), 422)
    problem_of(client.post("/v1/quotes", data=b"{", content_type="application/json"), 400)
    problem_of(client.post("/v1/quotes", data=b"x", content_type="text/plain"), 415)
    problem_of(client.post("/v1/quotes", json={"lines": [LOADER]}, headers={"Accept": "application/pdf"}), 406)
    assert faults_of(client.post("/v1/quotes?prodct=1", data=TABLE, content_type="text/csv")) == {
        "prodct": "unknown-parameter"
    }


ODD: list[Any] = [1e300, -1, True, [], {}, "1e400", "NaN", "\u0662", "x" * 10_000, "=1+1", "\x00", 0.001, None]


@pytest.mark.parametrize("key", KEYS)
def test_odd_values_are_faults_of_their_line(client: FlaskClient, key: str) -> None:
    lines = [{**CRUDE, "value": 100, "quantity": 1, "unit": "bbl", key: odd} for odd in ODD]
    found = client.post("/v1/quotes", json={"lines": lines}).get_json()["lines"]
    codes = [one.get("problem", {}).get("code") for one in found]
    assert "internal" not in codes
    if key not in {"ave", "reference", "unit"}:
        assert sum(code is not None for code in codes) >= len(ODD) - 4


def test_one_shipment_or_a_list_is_enough(client: FlaskClient) -> None:
    """The answer is the same as with lines."""
    whole = client.post("/v1/quotes", json={"lines": [LOADER]})
    assert client.post("/v1/quotes", json=LOADER).data == whole.data
    assert client.post("/v1/quotes", json=[LOADER]).data == whole.data
    assert client.post("/v1/quotes", json=[LOADER, CRUDE]).get_json()["summary"]["lines"] == 2
    (line,) = client.post("/v1/quotes", json={**LOADER, "prodct": 1}).get_json()["lines"]
    assert line["problem"]["code"] == "unknown-parameter"
    assert problem_of(client.post("/v1/quotes", json=[]), 422)["code"] == "empty-table"
    assert problem_of(client.post("/v1/quotes", json="x"), 422)["code"] == "wrong-type"
    assert faults_of(client.post("/v1/quotes", json={"line": [LOADER]})) == {
        "line": "unknown-parameter",
        "lines": "missing-parameter",
    }


def test_a_table_from_a_continental_spreadsheet(client: FlaskClient) -> None:
    text = "product;origin;value;quantity;unit\n2709002010;CAN;70.000,50;1.000;bbl\n2709002010;MEX;3500,25;10,5;bbl\n"
    found = client.post("/v1/quotes?date=2025-03-05", data=text, content_type="text/csv").get_json()["lines"]
    assert [one["quote"]["value"] for one in found] == [70000.5, 3500.25]
    assert found[0]["quote"] == single({**CRUDE, "value": "70000.50", "quantity": 1000, "unit": "bbl"})


def test_a_number_is_a_reference(client: FlaskClient) -> None:
    lines = [{**LOADER, "reference": said} for said in (17, 17.0, 0.5, True)]
    found = client.post("/v1/quotes", json={"lines": lines}).get_json()["lines"]
    assert [one["reference"] for one in found] == ["17", "17", "0.5", None]
    assert [one["status"] for one in found] == ["ok", "ok", "ok", "error"]


def test_a_column_that_is_not_known_is_told_once(client: FlaskClient) -> None:
    text = "product,origin,value,valeu,zzz\n8429511050,MEX,100,1,2\n8429511050,CAN,200,3,4\n"
    found = client.post("/v1/quotes?date=2025-06-10", data=text, content_type="text/csv").get_json()
    assert found["summary"]["ok"] == 2
    assert found["warnings"] == [
        "column valeu is not known and was not read: did you mean value?",
        "column zzz is not known and was not read",
    ]
    shown = client.post(
        "/v1/quotes?date=2025-06-10", data=text, content_type="text/csv", headers={"Accept": "text/markdown"}
    )
    assert shown.text.count("column zzz is not known") == 1
    twice = "product,origin,value,customs_value\n8429511050,MEX,100,1\n"
    answer = client.post("/v1/quotes?date=2025-06-10", data=twice, content_type="text/csv")
    assert problem_of(answer, 422)["code"] == "duplicate-column"


def test_what_holds_for_every_row_may_be_empty(client: FlaskClient) -> None:
    answer = client.post("/v1/quotes?date=2025-06-10&claim=&share=&value=", data=TABLE, content_type="text/csv")
    assert answer.get_json()["summary"]["ok"] == 2
    body = {"lines": [LOADER], "defaults": {"claim": "", "value": None}}
    assert client.post("/v1/quotes", json=body).get_json()["summary"]["ok"] == 1


def test_shares_of_a_line_are_no_more_than_the_whole(client: FlaskClient) -> None:
    part = {"product": "8708292120", "origin": "CAN", "date": "2025-09-10"}
    shares: list[Any] = [["steel=0.5", "steel=0.4"], {"steel": 0.8, "aluminum": 0.8}, "steel=0.5;aluminum=0.5"]
    lines = [{**part, "share": share} for share in shares] + [{**part, "loaded": "2025-09-11"}]
    found = client.post("/v1/quotes", json={"lines": lines}).get_json()["lines"]
    codes = [one.get("problem", {}).get("code") for one in found]
    assert codes == ["repeated-parameter", "bad-share", None, "loaded-after-entry"]


def test_faults_of_the_body_in_plain_words(client: FlaskClient) -> None:
    for body, said in (
        ({"lines": {}}, "lines: this is not a list"),
        ({"lines": [LOADER], "defaults": []}, "defaults: this is not an object"),
        ({"lines": None}, "lines: this is null"),
    ):
        assert problem_of(client.post("/v1/quotes", json=body), 422)["detail"] == said


def test_many_misspelt_countries_are_told_soon(client: FlaskClient) -> None:
    """A likeness is looked for a hundred times a request: the rest is told without."""
    lines = [{"product": "7208390030", "origin": f"Canada{number:03}", "date": "2025-06-05"} for number in range(300)]
    told = client.post("/v1/quotes", json={"lines": lines}).get_json()["lines"]
    assert {one["problem"]["code"] for one in told} == {"unknown-country"}
    hinted = ["hint" in one["problem"] for one in told]
    assert 0 < sum(hinted) <= 100
    assert not any(hinted[100:])
