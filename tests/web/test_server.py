"""The server itself: gunicorn with the law loaded before its workers are forked."""

from __future__ import annotations

import runpy
import urllib.request
from pathlib import Path

import pytest
from live import UNHURRIED, service

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


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own
        data: bytes = answer.read()
        return data


def test_workers_answer_like_the_process_that_loaded_the_law(tmp_path: Path) -> None:
    """Arrow's threads do not survive a fork: what uses them must start its own in each worker."""
    path = "/v1/estimates.parquet?flows=us-north-america-2025&by=month"
    expected = tc.estimate("us-north-america-2025", by=("month",)).to("parquet")
    with service(tmp_path / "home", ends=0, **UNHURRIED) as address:
        assert {fetched(address + path) for _ in range(6)} == {expected}
