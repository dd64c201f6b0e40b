"""What every error has in common, and a short way to its entries."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "errors"}


def problem_of(answer: TestResponse, status: int) -> dict[str, Any]:
    """The body of an error, after checking that it is a problem of that status and tells nothing of the inside."""
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.get_json(force=True)
    assert answer.status_code == status == body["status"]
    assert set(body) <= MEMBERS | {"hint"}
    assert set(body) >= MEMBERS
    assert body["type"] == f"urn:tariffcalc:problem:{body['code']}"
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text
    return body


def faults_of(answer: TestResponse, status: int = 422) -> dict[str, str]:
    """Path of each entry with its code."""
    return {one["path"]: one["code"] for one in problem_of(answer, status)["errors"]}
