"""The server itself: gunicorn with the law loaded before its workers are forked, and a second process of each."""

from __future__ import annotations

import json
import os
import runpy
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import pytest
from live import PATIENCE, UNHURRIED, counted, service

import tariffcalc as tc
from tariffcalc.web.server import Server, settings_for

ROOT = Path(__file__).resolve().parents[2]
RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"
ESTIMATE = "/v1/estimates.csv?flows=us-north-america-2025&by=origin"
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in Linux's /proc")


def test_settings_reach_gunicorn() -> None:
    server = Server(settings_for("127.0.0.1", 8001, 3))
    assert server.cfg.address == [("127.0.0.1", 8001)]
    assert (server.cfg.workers, server.cfg.preload_app) == (3, True)


def test_the_file_for_gunicorn_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "0.0.0.0", "PORT": "9000", "WEB_CONCURRENCY": "5"}.items():  # noqa: S104
        monkeypatch.setenv(name, value)
    found = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert (found["bind"], found["workers"], found["preload_app"]) == ("0.0.0.0:9000", 5, True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service of two workers, that ends in order when it is asked to and leaves no file of its own behind."""
    folder = tmp_path_factory.mktemp("tmp")
    with service(home, ends=0, TMPDIR=str(folder), **UNHURRIED) as found:
        yield found
    assert list(folder.iterdir()) == []


def test_workers_answer_like_the_process_that_loaded_the_law(address: str) -> None:
    """Arrow's threads do not survive a fork: what uses them must start its own in each worker."""
    path = "/v1/estimates.parquet?flows=us-north-america-2025&by=month"
    expected = tc.estimate("us-north-america-2025", by=("month",)).to("parquet")
    assert {fetched(address + path)[2] for _ in range(6)} == {expected}


def test_processes_count_together(address: str, home: Path) -> None:
    """Twenty requests over two workers are twenty, whichever worker is asked, and so many lines of the log."""
    assert {fetched(address + RATE)[0] for _ in range(20)} == {200}
    texts = [fetched(f"{address}/metrics")[2].decode() for _ in range(4)]
    assert {counted(text, "tariffcalc_requests_total", route="/v1/rates") for text in texts} == {20}
    logged = [json.loads(line) for line in (home / "serve.log").read_text().splitlines() if line[0] == "{"]
    assert sum(line.get("route") == "/v1/rates" for line in logged) == 20


@needs_proc
def test_a_second_process_that_is_lost_is_told_and_replaced(address: str) -> None:
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


@needs_proc
def test_no_process_outlives_a_service_that_is_killed(tmp_path: Path) -> None:
    with service(tmp_path / "home", **UNHURRIED) as address:
        first, workers, others = begun_at(address)
        os.kill(first, signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while any(map(runs, [*workers, *others])) and time.monotonic() < until:
        time.sleep(0.2)
    assert [one for one in [*workers, *others] if runs(one)] == []


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


def runs(process: int) -> bool:
    """Whether a process is there and not merely waiting to be forgotten."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
