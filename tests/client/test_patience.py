"""A busy service is asked again when it says so, a write is never done twice, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from tariffcalc.client import Client, ServiceError, problems, transport
from tariffcalc.client.transport import pause_of
from tariffcalc.web.problems import TITLES

Answer = Callable[[httpx.Request], httpx.Response]
SAVED = {"id": "abc", "name": "mine"}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that the client made, none of which took time."""
    pauses: list[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(transport, "sleep", sleep)
    monkeypatch.setattr(transport, "monotonic", lambda: now[0])
    return pauses


def client_of(*answers: httpx.Response | Exception, patience: float = 60.0) -> tuple[Client, list[httpx.Request]]:
    """A client of a service that gives these answers one after another, and what it was asked."""
    asked: list[httpx.Request] = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    return Client("http://service", patience=patience, transport=httpx.MockTransport(answer)), asked


def busy(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, json={"code": "too-many-requests", "detail": "busy", "errors": []})


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(slept: list[float], status: int) -> None:
    client, asked = client_of(busy(status, **{"Retry-After": "7"}), httpx.Response(201, json=SAVED))
    assert client.upload([{"origin": "CAN"}]).id == "abc"
    assert slept == [7.0]
    keys = {request.headers["Idempotency-Key"] for request in asked}
    assert len(asked) == 2
    assert len(keys) == 1
    assert asked[0].content == asked[1].content


def test_every_write_has_a_key_of_its_own(slept: list[float]) -> None:
    client, asked = client_of(httpx.Response(201, json=SAVED))
    client.upload([{"origin": "CAN"}])
    client.upload([{"origin": "CAN"}])
    assert len({request.headers["Idempotency-Key"] for request in asked}) == 2
    assert slept == []


def test_without_retry_after_the_pauses_grow(slept: list[float]) -> None:
    client, _ = client_of(*[busy(503)] * 4, httpx.Response(200, json={"flows": []}))
    client.flows()
    assert len(slept) == 4
    assert slept == sorted(slept)


def test_patience_ends(slept: list[float]) -> None:
    client, _ = client_of(busy(503, **{"Retry-After": "10"}), patience=25.0)
    with pytest.raises(ServiceError) as caught:
        client.flows()
    assert (caught.value.status, caught.value.code) == (503, "too-many-requests")
    assert slept == [10.0, 10.0]


def test_a_connection_that_breaks_is_made_anew(slept: list[float]) -> None:
    client, asked = client_of(httpx.ConnectError("refused"), httpx.Response(200, json={"flows": []}))
    assert client.flows().empty
    assert len(asked) == 2
    assert len(slept) == 1


def test_a_service_that_is_not_there_is_said(slept: list[float]) -> None:
    client, _ = client_of(httpx.ConnectError("refused"), patience=5.0)
    with pytest.raises(ServiceError) as caught:
        client.flows()
    assert caught.value.status is None
    assert "refused" in caught.value.message
    assert sum(slept) <= 5.0


def test_a_change_without_key_is_not_sent_twice(slept: list[float]) -> None:
    """A DELETE that was cut off may have been done: only its asker can tell whether to ask again."""
    client, asked = client_of(httpx.ReadError("cut"))
    with pytest.raises(ServiceError):
        client.delete_flows("abc")
    assert len(asked) == 1
    assert slept == []


def test_other_errors_are_not_asked_again(slept: list[float]) -> None:
    client, asked = client_of(httpx.Response(500, text="<html>"))
    with pytest.raises(ServiceError) as caught:
        client.flows()
    assert "500" in caught.value.message
    assert len(asked) == 1
    assert slept == []


def test_retry_after_may_be_a_moment() -> None:
    soon = format_datetime(datetime.now(tz=UTC) + timedelta(seconds=60))
    assert 50 < pause_of(httpx.Response(503, headers={"Retry-After": soon}), 1.0) <= 60
    past = format_datetime(datetime.now(tz=UTC) - timedelta(seconds=60))
    assert pause_of(httpx.Response(503, headers={"Retry-After": past}), 1.0) == 0.0
    for nonsense in ("", "soon", "-5"):
        assert pause_of(httpx.Response(503, headers={"Retry-After": nonsense}), 1.0) == 1.0


def test_titles_are_those_that_the_service_uses() -> None:
    """A title that the service words anew would turn its errors into others here."""
    for kind, title in TITLES.items():
        if title in problems.KINDS:
            assert problems.KINDS[title] is kind
    assert set(TITLES.values()) - set(problems.KINDS) <= {"Refused"} | {
        title for kind, title in TITLES.items() if kind.__module__ != "tariffcalc.errors"
    }
