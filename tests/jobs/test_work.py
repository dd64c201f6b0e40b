"""One run in the hands of one worker: done, failed, cancelled, interrupted, or lost."""

from __future__ import annotations

import time
from typing import Any

import pytest
from huey.exceptions import TaskTimeout

from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.jobs import WakeQueue, submit, work
from tariffcalc.jobs.queue import make_huey
from tariffcalc.settings import Settings
from tariffcalc.store import Run, Store, StoreUnavailableError
from tests.jobs.processes import questions
from tests.servers import free_port

QUESTION = {"flows": {"name": "x"}}


def asked(store: Store) -> Run:
    return store.runs.request(QUESTION)


def answering(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Have every answer end in an error."""

    def answer(*_: Any) -> None:
        raise error

    monkeypatch.setattr(work, "answer", answer)


def test_nothing_to_do(store: Store) -> None:
    assert not work.work_one(store, "a")


def test_a_run_is_done(store: Store) -> None:
    run = store.runs.request(questions(1)[0])
    assert work.work_one(store, "a")
    assert store.runs.get(run.id).status == "done"
    assert not work.work_one(store, "a")


def test_a_fault_of_the_question_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault("bad", "It is bad.", row=7)
    answering(monkeypatch, FlowTableError("wrong", hint="do", faults=[fault]))
    run = asked(store)
    work.work_one(store, "a")
    problem = {"code": "flow-table", "detail": "wrong", "hint": "do"}
    problem |= {"errors": [{"code": "bad", "message": "It is bad.", "row": 7}]}
    assert store.runs.get(run.id).error == problem


@pytest.mark.parametrize(
    ("error", "code"),
    [(ZeroDivisionError("secret"), "internal"), (MemoryError(), "run-too-large"), (TaskTimeout(), "run-too-long")],
)
def test_an_accident_is_not_told(store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    answering(monkeypatch, error)
    run = asked(store)
    work.work_one(store, "a")
    told = store.runs.get(run.id)
    assert (told.status, told.error["code"]) == ("failed", code)
    assert "secret" not in str(told.error)


def test_an_interrupted_worker_gives_its_run_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, KeyboardInterrupt())
    run = asked(store)
    with pytest.raises(KeyboardInterrupt):
        work.work_one(store, "a")
    assert (store.runs.get(run.id).status, store.runs.get(run.id).attempts) == ("queued", 0)


def test_where_the_store_fails_the_run_is_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, StoreUnavailableError("away"))
    run = asked(store)
    with pytest.raises(StoreUnavailableError):
        work.work_one(store, "a")
    assert store.runs.get(run.id).status == "running"


def test_a_cancelled_run_stops_at_the_next_step(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(store)
    steps = []

    def answer(_: Any, store: Store, progress: Any) -> None:
        store.runs.cancel(run.id)
        for step in range(200):
            steps.append(step)
            progress(step / 200)
            time.sleep(0.02)

    monkeypatch.setattr(work, "answer", answer)
    assert work.work_one(store, "a")
    assert store.runs.get(run.id).status == "cancelled"
    assert len(steps) < 150


def test_the_lease_is_renewed_and_progress_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(store)
    seen = []

    def answer(_: Any, store: Store, progress: Any) -> None:
        progress(0.25)
        for _ in range(8):  # in all longer than the lease
            time.sleep(0.9)
            seen.append((store.runs.sweep().requeued, store.runs.get(run.id).progress))
        raise ValueError

    monkeypatch.setattr(work, "answer", answer)
    work.work_one(store, "a")
    assert [requeued for requeued, _ in seen] == [0] * 8
    assert seen[-1][1] == 0.25
    assert store.runs.get(run.id).attempts == 1


def test_a_message_wakes_a_worker(settings: Settings) -> None:
    """What is put into the queue is JSON, and whoever takes it out calls the handler."""
    woken: list[int] = []
    huey, _ = make_huey(settings, lambda: woken.append(1))
    queue = WakeQueue(settings)
    assert queue.wake()
    assert queue.wake()
    assert [item[:1] for item in huey.storage.enqueued_items()] == [b"["] * 2
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
    assert woken == [1, 1]


def test_asking_again_wakes_nobody(store: Store, settings: Settings) -> None:
    queue = WakeQueue(settings)
    first = submit(QUESTION, store, queue)
    assert submit(QUESTION, store, queue).id == first.id
    assert make_huey(settings, lambda: None)[0].pending_count() == 1


def test_a_queue_that_is_away_loses_no_question(store: Store, settings: Settings) -> None:
    away = WakeQueue(Settings(home=settings.home, queue_url=f"redis://127.0.0.1:{free_port()}/0"))
    run = submit(QUESTION, store, away)
    assert store.runs.get(run.id).status == "queued"
