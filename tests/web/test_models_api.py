"""How trade answers, over HTTP: the same options and the same numbers as from Python, each fault at its place."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc.impact.traded import LONG, SHORT

ROWS = [
    {"importer": "USA", "origin": "CAN", "product": "7208390030", "period": "2025-06", "customs_value": 1000},
    {"importer": "USA", "origin": "JPN", "product": "7208390030", "period": "2025-06", "customs_value": 3000},
]
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


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"model": "gsmi"}, "model", "unknown-name"),
        ({"demand": 1.5}, "demand", "elasticity"),
        ({"substitution": "many"}, "substitution", "not-a-number"),
        ({"supply": -1}, "supply", "elasticity"),
        ({"pass_through": 1.2}, "pass_through", "bad-pass-through"),
        ({"elasticities": "/etc/passwd"}, "elasticities", "unknown-name"),
    ],
)
def test_faults_are_placed(client: FlaskClient, change: dict[str, Any], path: str, code: str) -> None:
    answer = client.post("/v1/estimates", json={**ASKED, **change})
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.get_json()["errors"]] == [(path, code)]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"baseline": None}, "model-needs-baseline"), ({"by": ["measure"]}, "by-without-market")],
)
def test_what_models_refuse(client: FlaskClient, change: dict[str, Any], code: str) -> None:
    asked = {name: value for name, value in {**ASKED, **change}.items() if value is not None}
    answer = client.post("/v1/estimates", json=asked)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == code
