"""Workers as processes: killed, stopped, restarted; nothing is lost and nothing is answered twice."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from tariffcalc.jobs import WakeQueue, submit
from tariffcalc.settings import Settings
from tariffcalc.store import Run, Store
from tests.jobs.processes import (
    PATIENCE,
    descendants,
    environment,
    finished,
    is_alive,
    process,
    questions,
    slow_worker,
    until,
)

WORKER = ("-m", "tariffcalc.cli", "worker")
ON_ONE = pytest.mark.parametrize("settings", [("sqlite", "sqlite")], ids="-".join, indirect=True)
"""For what a worker does with its own processes, whatever the store and the queue."""


def all_asked(store: Store, settings: Settings, count: int) -> list[Run]:
    queue = WakeQueue(settings)
    return [submit(question, store, queue) for question in questions(count)]


def process_of(store: Store, run: Run) -> int:
    """The process that is at work on a run."""
    until(lambda: store.runs.get(run.id).status == "running", "the run is begun")
    return int(str(store.runs.get(run.id).worker).rpartition(":")[2])


def all_done(store: Store, runs: list[Run]) -> list[Run]:
    """The runs, each done, each with one result of its own."""
    ended = [finished(store, run) for run in runs]
    assert [run.status for run in ended] == ["done"] * len(runs)
    files = list(store._results.digests())
    assert sorted(files) == sorted({run.result["digest"] for run in ended})
    return ended


def test_runs_asked_before_and_after_it_starts(store: Store, settings: Settings, tmp_path: Path) -> None:
    before = all_asked(store, settings, 2)
    with process(*WORKER, env=environment(settings), log=tmp_path / "log") as worker:
        all_done(store, before)
        after = all_asked(store, settings, 4)
        assert [run.found for run in after] == [True, True, False, False]
        all_done(store, after)
        started = descendants(worker.pid)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
        assert not any(map(is_alive, started))


def test_a_run_whose_worker_is_killed_is_done_once_by_another(store: Store, settings: Settings, tmp_path: Path) -> None:
    runs = all_asked(store, settings, 4)
    with process(*slow_worker(settings), env=environment(settings), log=tmp_path / "log"):
        os.kill(process_of(store, runs[0]), signal.SIGKILL)
        ended = all_done(store, runs)
    assert [run.attempts for run in ended] == [2, 1, 1, 1]


def test_all_workers_killed_and_started_again(store: Store, settings: Settings, tmp_path: Path) -> None:
    runs = all_asked(store, settings, 4)
    with process(*slow_worker(settings), env=environment(settings), log=tmp_path / "log") as worker:
        process_of(store, runs[1])
        for pid in (worker.pid, *descendants(worker.pid)):
            os.kill(pid, signal.SIGKILL)
        worker.wait()
    assert store.runs.counts().get("done", 0) == 0
    with process(*WORKER, env=environment(settings), log=tmp_path / "log"):
        all_done(store, runs)


@ON_ONE
def test_children_of_a_killed_worker_end_by_themselves(store: Store, settings: Settings, tmp_path: Path) -> None:
    with process(*WORKER, env=environment(settings), log=tmp_path / "log") as worker:
        all_done(store, all_asked(store, settings, 1))
        children = descendants(worker.pid)
        assert len(children) >= 2
        worker.kill()
        worker.wait()
        until(lambda: not any(map(is_alive, children)), "the children end")


@ON_ONE
def test_a_stopped_worker_ends_its_run_first(store: Store, settings: Settings, tmp_path: Path) -> None:
    runs = all_asked(store, settings, 3)
    with process(*slow_worker(settings, 5), env=environment(settings), log=tmp_path / "log") as worker:
        process_of(store, runs[1])
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    told = [store.runs.get(run.id) for run in runs]
    assert [(run.status, run.attempts) for run in told] == [("done", 1), ("done", 1), ("queued", 0)]


@ON_ONE
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_may_not_wait_gives_its_run_back(
    store: Store, settings: Settings, tmp_path: Path, number: int
) -> None:
    hasty = replace(settings, grace_seconds=0.3)
    run = all_asked(store, settings, 1)[0]
    with process(*slow_worker(hasty, 2 * PATIENCE), env=environment(hasty), log=tmp_path / "log") as worker:
        process_of(store, run)
        worker.send_signal(number)
        assert worker.wait(PATIENCE) == 0
    assert (store.runs.get(run.id).status, store.runs.get(run.id).attempts) == ("queued", 0)


def test_a_cancelled_run_frees_its_worker(store: Store, settings: Settings, tmp_path: Path) -> None:
    single = replace(settings, run_workers=1)
    first, second = all_asked(store, settings, 2)
    with process(*slow_worker(single, 2 * PATIENCE), env=environment(single), log=tmp_path / "log"):
        process_of(store, first)
        store.runs.cancel(first.id)
        process_of(store, second)
    assert store.runs.get(first.id).status == "cancelled"


@ON_ONE
def test_a_run_that_takes_too_long_fails(store: Store, settings: Settings, tmp_path: Path) -> None:
    run = all_asked(store, settings, 1)[0]
    env = environment(settings, TARIFFCALC_RUN_SECONDS="1")
    with process(*slow_worker(settings, 30), env=env, log=tmp_path / "log"):
        assert finished(store, run).error["code"] == "run-too-long"
