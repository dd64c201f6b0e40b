"""Operation: a name for every request, a line in the log, counts, and readiness that is true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from live import counted
from problem_words import problem_of

from tariffcalc.settings import Settings
from tariffcalc.web import create_app
from tariffcalc.web.api import rates

RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"


@pytest.fixture(scope="module")
def logging_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings=Settings(home=tmp_path_factory.mktemp("home"), rate_limit="off"))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What has been logged since the last look, each line as JSON."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_named(client: FlaskClient) -> None:
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second
    assert re.fullmatch("[0-9a-f]{32}", first)


def test_a_well_formed_name_is_taken_over(client: FlaskClient) -> None:
    given = "req-2025.03_05-abc"
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
    assert problem_of(client.get("/v1/none", headers={"X-Request-Id": given}), 404)["request_id"] == given


@pytest.mark.parametrize(
    "given", ["short", "a" * 129, "with blank in it", '"quoted-name"', "-begins-badly", "ümläute-äöü"]
)
def test_any_other_name_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": given.encode().decode("latin-1")})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_a_line_a_request(logging_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    answer = logging_app.test_client().get(f"{RATE}&value=1000")
    (line,) = lines(capsys)
    assert set(line) == {"time", "level", "request_id", "method", "route", "status", "ms", "bytes"}
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["route"], line["status"], line["level"]) == ("GET", "/v1/rates", 200, "info")
    assert line["bytes"] == len(answer.data)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_the_line_has_neither_ids_nor_what_was_asked(logging_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the log must not be able to open a run with it, nor what nobody matched fill it."""
    client = logging_app.test_client()
    for path in ("/v1/runs/secretsecretsecret", "/secret/path?secret=1"):
        client.get(path, headers={"Authorization": "Bearer tc_secret", "Cookie": "secret"})
    client.open(RATE, method="SECRET")
    logged = lines(capsys)
    assert [line["route"] for line in logged] == ["/v1/runs/<run_id>", "unmatched", "unmatched"]
    assert logged[2]["method"] == "other"
    assert "secret" not in json.dumps(logged).lower()


def test_an_accident_is_logged_with_its_trace_and_name(
    logging_app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(rates, "answer", fall)
    body = problem_of(logging_app.test_client().get(RATE), 500)
    error, request = lines(capsys)
    assert error["request_id"] == request["request_id"] == body["request_id"]
    assert "RuntimeError: two\nlines" in error["trace"]
    assert (error["level"], request["level"], request["status"]) == ("error", "error", 500)


def test_ready_only_with_a_database_in_order(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    for given in ({"home": in_the_way / "home"}, {"database_url": "postgresql://nobody@127.0.0.1:1/none"}):
        settings = Settings(**{"home": tmp_path, "logs": "off", **given})
        client = create_app(settings=settings).test_client()
        answer = client.get("/readyz")
        body = problem_of(answer, 503)
        assert (body["code"], answer.headers["Retry-After"]) == ("not-ready", "5")
        assert "127.0.0.1" not in answer.text
        assert str(tmp_path) not in answer.text
        assert client.get("/healthz").status_code == 200
        assert client.get(RATE).status_code == 200


def test_ready_again_when_the_database_is(tmp_path: Path) -> None:
    in_the_way = tmp_path / "home"
    in_the_way.write_text("not a folder")
    client = create_app(settings=Settings(home=in_the_way, logs="off")).test_client()
    assert client.get("/readyz").status_code == 503
    in_the_way.unlink()
    assert client.get("/readyz").get_json()["status"] == "ready"


def test_requests_are_counted_by_route_and_status(tmp_path: Path) -> None:
    client = create_app(settings=Settings(home=tmp_path, logs="off")).test_client()
    for path in (RATE, RATE, "/v1/rates", "/v1/none/1", "/v1/none/2"):
        client.get(path)
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=")
    for route, status, number in (("/v1/rates", "200", 2), ("/v1/rates", "422", 1), ("unmatched", "404", 2)):
        for name in ("tariffcalc_requests_total", "tariffcalc_request_seconds_count"):
            assert counted(answer.text, name, route=route, status=status) == number
    assert counted(answer.text, "tariffcalc_request_seconds_bucket", route="/v1/rates", status="200", le="+Inf") == 2
    assert counted(answer.text, "tariffcalc_law_measures", importer="USA") > 40
    assert "tariffcalc_database_up 1.0" in answer.text


def test_runs_are_counted_by_status(tmp_path: Path) -> None:
    client = create_app(settings=Settings(home=tmp_path, logs="off")).test_client()
    asked = "/v1/estimates?flows=us-north-america-2025&by=origin"
    assert client.get(asked, headers={"Prefer": "respond-async"}).status_code == 202
    assert counted(client.get("/metrics").text, "tariffcalc_runs", status="queued") == 1


def test_metrics_without_a_database_say_so(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    client = create_app(settings=Settings(home=in_the_way / "home", logs="off")).test_client()
    assert "tariffcalc_database_up 0.0" in client.get("/metrics").text
