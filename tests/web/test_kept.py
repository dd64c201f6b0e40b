"""Kept answers: the same bytes as the first time, counted, limited, named and logged as any other answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from problem_words import problem_of

from tariffcalc.settings import Settings
from tariffcalc.web import counts, create_app, kept
from tariffcalc.web.api import rates

RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"
OTHER = "/v1/rates?product=2709002010&origin=MEX&date=2025-03-05"
ADDRESSES = (
    RATE,
    RATE.replace("rates?", "rates.csv?"),
    RATE.replace("rates?", "rates.txt?") + "&field=additional_rate",
    "/v1/rates/history?product=8429511015&origin=CAN",
    "/v1/rates/history.csv?product=8429511015&origin=CAN",
)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., FlaskClient]:
    """A client of an application with settings of its own."""

    def make(**given: Any) -> FlaskClient:
        return create_app(settings=Settings(home=tmp_path, **{"logs": "off", **given})).test_client()

    return make


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The products whose rates were reckoned."""
    seen: list[str] = []
    true = rates.answer

    def noted(product: str, *args: Any, **given: Any) -> Any:
        seen.append(product)
        return true(product, *args, **given)

    monkeypatch.setattr(rates, "answer", noted)
    return seen


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_second_answer_is_the_first(made: Callable[..., FlaskClient], address: str) -> None:
    client = made()
    first, second = client.get(address), client.get(address)
    assert (first.status_code, second.data) == (200, first.data)
    own = {"X-Request-Id", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    told = [{name: text for name, text in one.headers if name not in own} for one in (first, second)]
    assert told[0] == told[1]
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert int(second.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1


def test_it_is_reckoned_once(made: Callable[..., FlaskClient], asked: list[str]) -> None:
    client = made()
    for _ in range(3):
        client.get(RATE)
    client.get(OTHER)
    assert asked == ["2709002010", "2709002010"]
    assert client.head(RATE).headers["ETag"] == client.get(RATE).headers["ETag"]


def test_who_has_it_already_is_told_so(made: Callable[..., FlaskClient]) -> None:
    client = made()
    tag = client.get(RATE).headers["ETag"]
    assert client.get(RATE, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(RATE).status_code == 200


def test_kept_answers_count_as_any_other(made: Callable[..., FlaskClient]) -> None:
    client = made(rate_limit="4 per minute")
    assert [client.get(address).status_code for address in (RATE, RATE, OTHER, RATE)] == [200] * 4
    answer = client.get(RATE)
    assert problem_of(answer, 429)["code"] == "too-many-requests"
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get(RATE, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_keys_are_asked_for(made: Callable[..., FlaskClient]) -> None:
    """Where reading needs a key, nothing is kept: whoever has none gets nothing of what another one asked."""
    client = made(api_keys="all")
    key = made().application.extensions["tariffcalc"].store.keys.create("reader")
    assert client.get(RATE, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert [problem_of(client.get(RATE), 401)["code"] for _ in range(2)] == ["key-missing"] * 2


def test_a_saved_scenario_is_looked_up_each_time(made: Callable[..., FlaskClient]) -> None:
    client = made()

    def scenario(rate: str) -> dict[str, Any]:
        return {"name": "mine", "change": [{"set": "ieepa-canada-energy", "rate": rate, "from": "2025-03-04"}]}

    saved = client.post("/v1/scenarios", json=scenario("20%"))
    place, tag = f"/v1/scenarios/{saved.json['id']}", saved.headers["ETag"]
    asked = f"{RATE}&scenario={saved.json['id']}"
    assert client.get(asked).json["additional_rate"] == 0.2
    assert client.put(place, json=scenario("30%"), headers={"If-Match": tag}).status_code == 200
    assert client.get(asked).json["additional_rate"] == 0.3


def test_faults_are_not_kept(made: Callable[..., FlaskClient]) -> None:
    client = made()
    wrong = RATE.replace("CAN", "Atlantis")
    names = [problem_of(client.get(wrong), 422)["request_id"] for _ in range(2)]
    assert names[0] != names[1]


def test_a_kept_answer_has_its_line_and_its_count(
    made: Callable[..., FlaskClient], capsys: pytest.CaptureFixture[str]
) -> None:
    client = made(logs="on")
    capsys.readouterr()
    named = [
        client.get(RATE, headers={"X-Request-Id": name}).headers["X-Request-Id"] for name in ("first-one", "again-it")
    ]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["request_id"] for line in lines] == named == ["first-one", "again-it"]
    for name, told in (("method", "GET"), ("route", "/v1/rates"), ("status", 200), ("bytes", lines[0]["bytes"])):
        assert lines[1][name] == told
    assert set(lines[0]) == set(lines[1])
    assert 'tariffcalc_requests_total{method="GET",route="/v1/rates",status="200"} 2.0' in client.get("/metrics").text


def test_the_oldest_goes_first(
    made: Callable[..., FlaskClient], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    client = made()
    for day in ("05", "06", "07", "06", "07", "05"):
        client.get(f"{RATE[:-2]}{day}")
    assert len(asked) == 4


def test_counts_run_out_and_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(counts, "time", lambda: clock[0])
    held = counts.Counts()
    assert [held.incr("one", 60), held.incr("one", 60), held.incr("two", 600, amount=3)] == [1, 2, 3]
    clock[0] += 61
    assert held.incr("two", 600) == 4
    assert set(held.expirations) == {"two"}
    assert held.incr("one", 60) == 1
