"""``tariffcalc serve``: web and worker by one command, kept up, and stopped together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tariffcalc.jobs import WakeQueue, submit
from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tests.jobs.processes import PATIENCE, descendants, environment, finished, is_alive, process, questions, until
from tests.servers import free_port


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home, lease_seconds=1.5, sweep_seconds=0.3)


def answers(port: int) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError):
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200
    return False


def serving(port: int) -> tuple[str, ...]:
    return ("-m", "tariffcalc.cli", "serve", "--port", str(port), "--workers", "1")


def test_one_command_starts_both_and_stops_both(store: Store, settings: Settings, tmp_path: Path) -> None:
    port = free_port()
    with process(*serving(port), env=environment(settings), log=tmp_path / "log") as one:
        until(lambda: answers(port), "the service answers")
        run = submit(questions(1)[0], store, WakeQueue(settings))
        assert finished(store, run).status == "done"
        started = descendants(one.pid)
        one.send_signal(signal.SIGINT)
        assert one.wait(PATIENCE) == 0
        assert not any(map(is_alive, started))


def test_what_is_killed_is_started_again(store: Store, settings: Settings, tmp_path: Path) -> None:
    port = free_port()
    with process(*serving(port), env=environment(settings), log=tmp_path / "log") as one:
        until(lambda: answers(port), "the service answers")
        before = descendants(one.pid)
        for pid in before:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: answers(port), "the service answers again")
        run = submit(questions(1)[0], store, WakeQueue(settings))
        assert finished(store, run).status == "done"
        after = descendants(one.pid)
        assert not set(before) & set(after)
        one.send_signal(signal.SIGTERM)
        assert one.wait(PATIENCE) == 0
        assert not any(map(is_alive, after))


def test_both_end_with_the_one_that_is_killed(settings: Settings, tmp_path: Path) -> None:
    port = free_port()
    with process(*serving(port), env=environment(settings), log=tmp_path / "log") as one:
        until(lambda: answers(port), "the service answers")
        started = descendants(one.pid)
        assert len(started) >= 2
        one.kill()
        one.wait()
        until(lambda: not any(map(is_alive, started)), "web and worker end")
        assert not answers(port)


def test_a_port_that_is_taken_ends_the_whole(settings: Settings, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = serving(taken.getsockname()[1])
        with process(*line, env=environment(settings), log=tmp_path / "log") as one:
            assert one.wait(PATIENCE) != 0
            assert descendants(one.pid) == []
