"""Every error is a problem (RFC 9457), whatever went wrong."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from problem_words import problem_of

from tariffcalc.errors import Fault, LawFileError
from tariffcalc.settings import Settings
from tariffcalc.web import create_app
from tariffcalc.web.api import rates
from tariffcalc.web.pages import about, problem

RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"


def test_an_unknown_address(client: FlaskClient) -> None:
    for path in ("/v1", "/v1/nothing", "/v1/estimates.pdf", "/favicon.ico", "/v1/quote"):
        assert problem_of(client.get(path), 404)["code"] == "not-found"


def test_a_method_that_is_not_offered(client: FlaskClient) -> None:
    answer = client.post("/v1/rates")
    assert problem_of(answer, 405)["code"] == "method-not-allowed"
    assert "GET" in answer.headers["Allow"]
    problem_of(client.delete("/v1/flows/us-world-2024"), 405)


def test_a_body_that_is_too_large() -> None:
    small = create_app({"MAX_CONTENT_LENGTH": 1000}).test_client()
    for kind in ("text/csv", "application/json"):
        answer = small.post("/v1/estimates", data=b"x" * 1001, content_type=kind)
        assert problem_of(answer, 413)["code"] == "too-large"


def test_an_accident_is_logged_and_not_told(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(rates, "answer", fall)
    with caplog.at_level(logging.ERROR):
        body = problem_of(client.get(RATE), 500)
    assert body["code"] == "internal"
    assert "secret" not in str(body)
    assert "the secret of the house" in caplog.text


def test_law_files_at_fault_are_not_the_caller_s_doing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LawFileError.of([Fault("bad-day", "no day", file="measures/x.toml")])

    monkeypatch.setattr(rates, "answer", broken)
    with caplog.at_level(logging.ERROR):
        body = problem_of(client.get(RATE), 500)
    assert (body["code"], body["errors"]) == ("law-file", [])


def test_errors_are_not_kept(client: FlaskClient) -> None:
    assert client.get("/v1/rates").headers["Cache-Control"] == "no-store"


def test_every_answer_has_the_security_headers(client: FlaskClient) -> None:
    for path in ("/", "/docs", "/healthz", RATE, "/v1/nothing", "/static/style.css"):
        with client.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_only_the_page_of_the_contract_may_set_styles(client: FlaskClient) -> None:
    assert "unsafe-inline" not in client.get("/").headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in client.get("/docs").headers["Content-Security-Policy"]


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_a_person_sees_an_error_as_a_page(client: FlaskClient) -> None:
    """A browser asks for HTML first; whoever does not, and whoever asks the API, gets the problem."""
    answer = client.get("/no/such/page", headers=BROWSER)
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert "<h1>There is no such page</h1>" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert answer.headers["Vary"] == "Accept"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert problem_of(client.get("/no/such/page"), 404)["code"] == "not-found"
    assert problem_of(client.get("/v1/none", headers=BROWSER), 404)["code"] == "not-found"
    assert problem_of(client.get("/no/such/page", headers={"Accept": "application/json, text/html"}), 404)


def test_what_is_wrong_is_told_and_never_as_markup(client: FlaskClient) -> None:
    answer = client.get("/charts/law/USA/<b>none.csv", headers=BROWSER)
    assert answer.status_code == 404
    assert "<b>" not in answer.text
    assert "&lt;b&gt;none" in answer.text


@pytest.mark.parametrize(
    ("language", "heading", "wait"),
    [("en", "Too many questions", "Please try again in"), ("fr", "Trop de questions", "Réessayez dans")],
)
def test_who_asks_too_often_reads_when_to_come_back(tmp_path: Path, language: str, heading: str, wait: str) -> None:
    client = create_app(settings=Settings(home=tmp_path, logs="off", rate_limit="1 per minute")).test_client()
    client.get("/")
    answer = client.get(f"/?lang={language}", headers=BROWSER)
    assert answer.status_code == 429
    assert f'<html lang="{language}">' in answer.text
    assert heading in answer.text
    assert f"{wait} {answer.headers['Retry-After']}" in answer.text


def test_a_page_that_fails_is_told_as_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where the page of errors itself fails, as a problem."""
    app = create_app(settings=Settings(home=tmp_path, logs="off"))
    monkeypatch.setattr(about, "trade_tables", lambda: 1 / 0)
    answer = app.test_client().get("/about", headers=BROWSER)
    assert (answer.status_code, "Something went wrong here" in answer.text) == (500, True)
    assert "ZeroDivisionError" not in answer.text
    monkeypatch.setattr(problem, "render_template", lambda *_, **__: 1 / 0)
    assert problem_of(app.test_client().get("/about", headers=BROWSER), 500)["code"] == "internal"
