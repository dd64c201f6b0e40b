"""Every error is a problem (RFC 9457), whatever went wrong."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient
from problem_words import problem_of

from tariffcalc.errors import Fault, LawFileError
from tariffcalc.web import create_app
from tariffcalc.web.api import rates

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

    monkeypatch.setattr(rates, "rate", fall)
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

    monkeypatch.setattr(rates, "rate", broken)
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
