"""How trade answers, over HTTP: the same options and the same numbers as from Python, each fault at its place."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc.impact.traded import LONG, SHORT
from tariffcalc.jobs.work import work_one
from tariffcalc.models import answer
from tariffcalc.models.consumer_prices import price_impact
from tariffcalc.models.economy import economy_impact
from tariffcalc.models.retaliation import both, other_side
from tariffcalc.web import state

ROWS = [
    {"importer": "USA", "origin": "CAN", "product": "7208390030", "period": "2025-06", "customs_value": 1000},
    {"importer": "USA", "origin": "JPN", "product": "7208390030", "period": "2025-06", "customs_value": 3000},
]
UNKNOWN_MEASURE = ("retaliation.change[0].end", "unknown-measure")
ASKED = {"flows": ROWS, "by": ["origin"], "baseline": "no-tariffs-2025", "model": "gsim", "supply": 2.5}


def test_the_short_answer_and_the_full_one(client: FlaskClient) -> None:
    short = client.post("/v1/estimates", json=ASKED).get_json()
    full = client.post("/v1/estimates", json={**ASKED, "full": True}).get_json()
    assert short["columns"][-len(SHORT) :] == list(SHORT)
    assert full["columns"][-len(LONG) :] == list(LONG)
    frame = tc.estimate(
        tc.read_flows(ROWS), baseline="no-tariffs-2025", by=("origin",), model="gsim", supply=2.5, full=True
    ).frame
    for name in ("trade_change", "duty_after", "deadweight_loss"):
        assert [row[name] for row in full["rows"]] == pytest.approx(frame[name].tolist(), abs=0.006)
    assert short["provenance"]["response"]["elasticities"]["supply"][0]["level"] == "given"


def test_a_whole_economy_answers(client: FlaskClient) -> None:
    asked = {"flows": ROWS, "baseline": "no-tariffs-2025", "model": "exact-hat"}
    told = client.post("/v1/estimates", json=asked).get_json()
    frame = economy_impact(tc.read_flows(ROWS), baseline="no-tariffs-2025").frame
    assert told["columns"] == list(frame)
    assert [row["country"] for row in told["rows"]] == frame["country"].tolist()
    assert [row["real_income_change"] for row in told["rows"]] == pytest.approx(
        frame["real_income_change"].tolist(), abs=6e-7
    )
    assert told["provenance"]["economy"]["year"] == 1993
    by = client.post("/v1/estimates", json={**asked, "by": ["sector"], "keep_deficits": True}).get_json()
    assert by["columns"][:2] == ["sector", "sector_name"]


def test_prices_are_answered_on_a_model_of_importers(client: FlaskClient) -> None:
    asked = {"flows": ROWS, "baseline": "no-tariffs-2025", "model": "io-prices", "on": "armington", "by": "total"}
    told = client.post("/v1/estimates", json=asked).get_json()
    frame = price_impact(tc.read_flows(ROWS), baseline="no-tariffs-2025", on="armington", by=("total",)).frame
    assert [row["price_change"] for row in told["rows"]] == pytest.approx(frame["price_change"].tolist(), abs=6e-7)
    assert told["provenance"]["prices"]["on"] == "armington"


def test_draws_are_a_run_whose_result_has_the_bands(saving: Flask, saver: FlaskClient) -> None:
    vary = {"preference": ["settled", "none"], "content": ["table"]}
    asked = {"flows": ROWS, "baseline": "no-tariffs-2025", "model": "smart", "draws": 40, "seed": 3, "vary": vary}
    begun = saver.post("/v1/estimates", json=asked)
    assert begun.status_code == 202
    with saving.app_context():
        while work_one(state.store(), "tests"):
            pass
    told = saver.get(f"{begun.headers['Location']}/result").get_json()
    options = {"model": "smart", "draws": 40, "seed": 3, "vary": vary}
    frame = answer(tc.read_flows(ROWS), baseline="no-tariffs-2025", **options).frame
    assert [row["headline"] for row in told["rows"]] == frame["headline"].tolist()
    assert [row["high_value"] for row in told["rows"]] == pytest.approx(frame["high_value"].tolist(), abs=0.006)
    assert told["provenance"]["ranges"]["assumptions"]["preference"] == ["settled", "none"]
    again = saver.post("/v1/estimates", json={**asked, "vary": [f"{k}={','.join(v)}" for k, v in vary.items()]})
    assert again.status_code == 200, "the same question, written otherwise, has its answer"


THEIRS = [{**ROWS[0], "importer": "CAN", "origin": "USA", "product": "720839"}]
BOTH = {**ASKED, "retaliation": "statutory", "retaliation_flows": THEIRS}


def test_both_sides_answer_at_once_and_as_a_run(saving: Flask, saver: FlaskClient) -> None:
    told = saver.post("/v1/estimates", json=BOTH).get_json()
    side = other_side(tc.read_flows(THEIRS), "statutory", None, "no-tariffs-2025")
    own = {name: ASKED[name] for name in ("baseline", "by", "model", "supply")}
    frame = both(tc.read_flows(ROWS), None, side, **own).frame
    assert [row["importer"] for row in told["rows"]] == ["USA", "USA", "CAN"]
    assert [row["trade_change"] for row in told["rows"]] == pytest.approx(frame["trade_change"].tolist(), abs=0.006)
    assert told["rows"][2]["duty"] == 250.0, "Canada's surtax on steel, SOR/2025-66"
    begun = saver.post("/v1/estimates", json=BOTH, headers={"Prefer": "respond-async"})
    with saving.app_context():
        while work_one(state.store(), "tests"):
            pass
    later = saver.get(f"{begun.headers['Location']}/result").get_json()
    assert later["rows"] == told["rows"]
    assert later["provenance"]["retaliation"]["importer"] == "CAN"


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"retaliation": None}, "retaliation", "half-a-retaliation"),
        ({"retaliation_flows": None}, "retaliation", "half-a-retaliation"),
        ({"retaliation": "nope"}, "retaliation", "unknown-name"),
        ({"retaliation": {"name": "x", "change": [{"end": "nope", "from": "2025-01-01"}]}}, *UNKNOWN_MEASURE),
        ({"model": "exact-hat", "by": None, "supply": None}, "retaliation", "draws-not-meant"),
        ({"by": None, "draws": 10}, "retaliation", "draws-not-meant"),
        ({"baseline": "statutory"}, None, "retaliation-needs-baseline"),
    ],
)
def test_half_a_retaliation_is_refused(
    client: FlaskClient, change: dict[str, Any], path: str | None, code: str
) -> None:
    asked = {name: value for name, value in {**BOTH, **change}.items() if value is not None}
    told = client.post("/v1/estimates", json=asked)
    assert told.status_code == 422
    assert [(one.get("path"), one["code"]) for one in told.get_json()["errors"]] == [(path, code)]


TABLE = b"origin,product,period,customs_value\nCAN,7208390030,2025-06,1000\nJPN,7208390030,2025-06,3000\n"
MINE = [{"product": "7208", "substitution": 4.5}, {"product": "default", "supply": 2}]


def test_elasticities_of_ones_own(client: FlaskClient) -> None:
    """As rows beside rows, and as a file beside a file."""
    bare = {name: value for name, value in ASKED.items() if name != "supply"}
    rows = client.post("/v1/estimates", json={**bare, "elasticities": MINE, "full": True})
    form = {
        **{name: value for name, value in ASKED.items() if name not in ("flows", "supply", "by")},
        "by": "origin",
        "full": "1",
        "flows": (io.BytesIO(TABLE), "own.csv"),
        "elasticities": (io.BytesIO(b"product,substitution,supply\n7208,4.5,\ndefault,,2\n"), "mine.csv"),
    }
    file = client.post("/v1/estimates", data=form, content_type="multipart/form-data")
    assert (rows.status_code, file.status_code) == (200, 200)
    assert rows.get_json()["rows"] == file.get_json()["rows"]
    told = rows.get_json()["provenance"]["response"]["elasticities"]["substitution"][0]
    assert told["source"] == "table"
    assert rows.get_json()["rows"] != client.post("/v1/estimates", json={**ASKED, "full": True}).get_json()["rows"]


def test_faults_of_elasticities_are_told_by_row(client: FlaskClient) -> None:
    wrong = [{"product": "7208", "substitution": -3}, {"product": "72x", "substitution": 3}]
    told = client.post("/v1/estimates", json={**ASKED, "elasticities": wrong})
    assert told.status_code == 422
    places = [(one["path"], one["row"], one["column"]) for one in told.get_json()["errors"]]
    assert places == [("elasticities", 1, "substitution"), ("elasticities", 2, "product")]
    form = {
        "flows": (io.BytesIO(TABLE), "own.csv"),
        "elasticities": (io.BytesIO(b"product,supply\n72,-1\n"), "mine.csv"),
    }
    told = client.post("/v1/estimates", data=form, content_type="multipart/form-data")
    places = [(one["path"], one["row"], one["column"]) for one in told.get_json()["errors"]]
    assert places == [("elasticities", 2, "supply")], "by the file's own rows, of which the header is the first"


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"model": "exact-hat", "by": ["month"], "supply": None}, "by", "unknown-by"),
        ({"model": "exact-hat", "by": ["country"]}, "model", "option-of-other-model"),
        (
            {"model": "io-prices", "by": None, "economy": "caliendo-parro-1993"},
            "model",
            "option-of-other-model",
        ),
        ({"model": "io-prices", "by": ["total"], "on": "exact-hat"}, "on", "unknown-name"),
        ({"by": ["country"]}, "by", "unknown-by"),
        ({"by": None, "draws": 0}, "draws", "out-of-range"),
        ({"draws": 10}, "draws", "option-of-other-model"),
        ({"by": None, "model": "exact-hat", "supply": None, "draws": 10}, "draws", "draws-not-meant"),
        ({"seed": 1}, "model", "half-a-range"),
        ({"by": None, "draws": 10, "markets": "hs22"}, "markets", "unknown-name"),
        ({"by": None, "draws": 10, "vary": {"preference": ["settled", "nine"]}}, "vary[0]", "unknown-name"),
        ({"by": None, "draws": 10, "vary": ["preference"]}, "vary[0]", "bad-options"),
        ({"economy": "/etc"}, "economy", "unknown-name"),
        ({"elasticities": [{"product": "72", "supply": 1}] * 50_001}, "elasticities", "table-too-large"),
        ({"model": "gsmi"}, "model", "unknown-name"),
        ({"demand": 1.5}, "demand", "elasticity"),
        ({"substitution": "many"}, "substitution", "not-a-number"),
        ({"supply": -1}, "supply", "elasticity"),
        ({"pass_through": 1.2}, "pass_through", "bad-pass-through"),
        ({"elasticities": "/etc/passwd"}, "elasticities", "unknown-name"),
    ],
)
def test_faults_are_placed(client: FlaskClient, change: dict[str, Any], path: str, code: str) -> None:
    asked = {name: value for name, value in {**ASKED, **change}.items() if value is not None}
    told = client.post("/v1/estimates", json=asked)
    assert told.status_code == 422
    assert [(one["path"], one["code"]) for one in told.get_json()["errors"]] == [(path, code)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"baseline": None}, "model-needs-baseline"),
        ({"by": ["measure"]}, "by-without-market"),
        ({"model": "exact-hat", "by": None, "supply": None, "baseline": None}, "model-needs-baseline"),
    ],
)
def test_what_models_refuse(client: FlaskClient, change: dict[str, Any], code: str) -> None:
    asked = {name: value for name, value in {**ASKED, **change}.items() if value is not None}
    told = client.post("/v1/estimates", json=asked)
    assert told.status_code == 422
    assert told.get_json()["code"] == code
