"""The server itself: gunicorn with the law loaded before its workers are forked."""

from __future__ import annotations

import contextlib
import runpy
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import tariffcalc as tc
from tariffcalc.web.server import Server, settings_for

ROOT = Path(__file__).resolve().parents[2]


def test_settings_reach_gunicorn() -> None:
    server = Server(settings_for("127.0.0.1", 8001, 3))
    assert server.cfg.address == [("127.0.0.1", 8001)]
    assert (server.cfg.workers, server.cfg.preload_app) == (3, True)


def test_the_file_for_gunicorn_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "0.0.0.0", "PORT": "9000", "WEB_CONCURRENCY": "5"}.items():  # noqa: S104
        monkeypatch.setenv(name, value)
    found = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert (found["bind"], found["workers"], found["preload_app"]) == ("0.0.0.0:9000", 5, True)


@pytest.fixture
def address() -> Iterator[str]:
    """A service of its own on a free port, stopped by its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tariffcalc.cli", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(20) == 0


def fetched(address: str, patience: float = 60) -> bytes:
    """What is at an address, once there is someone to answer."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(address) as answer:  # noqa: S310
            data: bytes = answer.read()
            return data
        time.sleep(0.1)
    raise AssertionError(f"nobody answered at {address}")


def test_workers_answer_like_the_process_that_loaded_the_law(address: str) -> None:
    """Arrow's threads do not survive a fork: what uses them must start its own in each worker."""
    path = "/v1/estimates.parquet?flows=us-north-america-2025&by=month"
    expected = tc.estimate("us-north-america-2025", by=("month",)).to("parquet")
    assert {fetched(address + path) for _ in range(6)} == {expected}
