"""Estimates in a second process: the same answers, the same refusals, and a loss that is told and made good."""

from __future__ import annotations

import os
import pickle
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import pytest
from flask import Flask, g
from live import PATIENCE, UNHURRIED, service

from tariffcalc.web import apart
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.requests import request_id

ESTIMATE = "/v1/estimates.csv?flows=us-north-america-2025&by=origin"


@apart.apart
def where(said: str) -> tuple[str, int, str | None]:
    """What was said, in which process, for which request."""
    return said, os.getpid(), request_id()


@apart.apart
def refuse() -> None:
    raise ProblemError(409, "not now", code="conflict", hint="later", headers={"Retry-After": "1"})


@pytest.fixture
def divided() -> Iterator[Flask]:
    """An application with a second process."""
    app = Flask("divided")
    apart.start(app)
    yield app
    app.extensions["tariffcalc-apart"].shutdown()


def test_work_is_done_in_the_other_process_under_the_name_of_the_request(divided: Flask) -> None:
    with divided.app_context():
        g.request_id = "request-1"
        said, process, name = where("hello")
    assert (said, name) == ("hello", "request-1")
    assert process != os.getpid()


def test_without_a_second_process_it_is_done_in_place() -> None:
    with Flask("whole").app_context():
        assert where("hello")[1] == os.getpid()


def test_a_refusal_comes_back_whole(divided: Flask) -> None:
    with divided.app_context(), pytest.raises(ProblemError) as caught:
        refuse()
    found = caught.value
    assert (found.status, found.detail, found.code, found.hint) == (409, "not now", "conflict", "later")
    assert found.headers == {"Retry-After": "1"}
    assert str(pickle.loads(pickle.dumps(found))) == "not now"  # noqa: S301 - our own


def children(process: int) -> list[int]:
    """The processes that a process has begun."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(word) for word in text.split()]


def words_of(process: int) -> list[str]:
    """The command that a process was begun with."""
    return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8").split("\0")


def fetched(address: str) -> tuple[int, HTTPMessage, bytes]:
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def begun_at(address: str) -> tuple[int, list[int], list[int]]:
    """The service of that address, which this test has begun: first process, workers, and the second process of each.

    It answers as soon as one worker is there: the other one is waited for.
    """
    port, until = address.rpartition(":")[2], time.monotonic() + PATIENCE
    while time.monotonic() < until:
        first = next(one for one in children(os.getpid()) if {"serve", port} <= set(words_of(one)))
        workers = children(first)
        seconds = [one for worker in workers for one in children(worker)]
        if len(workers) == len(seconds) == 2:
            return first, workers, seconds
        time.sleep(0.1)
    raise AssertionError("there are not two workers with a second process each")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc to find the processes")
def test_a_second_process_that_is_lost_is_told_and_replaced(tmp_path: Path) -> None:
    with service(tmp_path / "home", **UNHURRIED) as address:
        whole = fetched(address + ESTIMATE)[2]
        _, _, seconds = begun_at(address)
        for second in seconds:
            os.kill(second, signal.SIGKILL)
        status, headers, body = fetched(address + ESTIMATE)
        assert (status, int(headers["Retry-After"])) == (503, 5)
        assert b"worker-lost" in body
        until = time.monotonic() + PATIENCE
        while (answer := fetched(address + ESTIMATE))[0] == 503 and time.monotonic() < until:
            time.sleep(0.3)
        assert (answer[0], answer[2]) == (200, whole)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc to find the processes")
def test_no_process_outlives_a_service_that_is_killed(tmp_path: Path) -> None:
    with service(tmp_path / "home", **UNHURRIED) as address:
        first, workers, others = begun_at(address)
        os.kill(first, signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while any(map(runs, [*workers, *others])) and time.monotonic() < until:
        time.sleep(0.2)
    assert [one for one in [*workers, *others] if runs(one)] == []


def runs(process: int) -> bool:
    """Whether a process is there and not merely waiting to be forgotten."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
