"""Runs: one answer a question, whoever asks, works, stops, dies or wakes up late."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import tariffcalc as tc
from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.formats import FORMATS
from tariffcalc.result import Result
from tariffcalc.store import NotSavedError, Run, RunNotDoneError, Store

QUESTION = {"flows": {"name": "x", "digest": "y"}, "options": {"by": ["month"]}}
LEASE = 30.0


@pytest.fixture(scope="module")
def result() -> Result:
    rows = [{"origin": "CAN", "product": "7208390015", "period": "2025-03", "customs_value": 1000.0}]
    flows = tc.read_flows(rows, importer="USA", name="rows")
    return tc.estimate(flows, by=("sector", "segment", "measure"), baseline="no-pause")


def claimed(store: Store, worker: str = "a", lease: float = LEASE) -> Run:
    run = store.runs.claim(worker, lease)
    assert run is not None
    return run


def test_the_same_question_is_the_same_run(store: Store, result: Result) -> None:
    first = store.runs.request(QUESTION)
    assert (first.status, first.found, first.progress, first.attempts) == ("queued", False, 0.0, 0)
    again = store.runs.request(dict(reversed(QUESTION.items())))
    assert (again.id, again.found) == (first.id, True)
    assert store.runs.request({**QUESTION, "more": 1}).id != first.id
    store.runs.finish(claimed(store), result)
    assert store.runs.request(QUESTION).status == "done"


def test_many_who_ask_at_once_get_one_run(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: store.runs.request(QUESTION), range(24)))
    assert len({run.id for run in runs}) == 1
    assert [run.found for run in runs].count(False) == 1


def test_many_workers_never_get_the_same_run(store: Store) -> None:
    asked = [store.runs.request({**QUESTION, "number": number}).id for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda n: store.runs.claim(f"worker {n}", LEASE), range(40)))
    got = [run.id for run in runs if run is not None]
    assert sorted(got) == sorted(asked)


def test_the_oldest_question_comes_first(store: Store) -> None:
    asked = [store.runs.request({**QUESTION, "number": number}).id for number in range(5)]
    assert [claimed(store).id for _ in range(5)] == asked
    assert store.runs.claim("a", LEASE) is None


def test_the_answer_comes_back_as_it_was(store: Store, result: Result) -> None:
    asked = store.runs.request(QUESTION)
    with pytest.raises(RunNotDoneError, match="queued"):
        store.runs.result(asked.id)
    run = claimed(store)
    assert store.runs.heartbeat(run, 0.4, LEASE)
    assert (store.runs.get(run.id).progress, store.runs.get(run.id).status) == (0.4, "running")
    assert store.runs.finish(run, result)
    done = store.runs.get(run.id)
    assert (done.status, done.progress, done.result["rows"]) == ("done", 1.0, len(result.frame))
    read = store.runs.result(run.id)
    for name in FORMATS:
        assert read.to(name) == result.to(name), name
    assert list(read.provenance) == list(result.provenance)


def test_cancelled_before_and_while_it_runs(store: Store, result: Result) -> None:
    first = store.runs.request(QUESTION)
    assert store.runs.cancel(first.id).status == "cancelled"
    assert store.runs.claim("a", LEASE) is None
    second = store.runs.request(QUESTION)
    assert (second.id != first.id, second.found) == (True, False)
    run = claimed(store)
    store.runs.cancel(run.id)
    assert not store.runs.heartbeat(run, 0.5, LEASE)
    assert not store.runs.finish(run, result)
    with pytest.raises(RunNotDoneError, match="cancelled"):
        store.runs.result(run.id)


def test_what_has_ended_is_not_cancelled(store: Store, result: Result) -> None:
    store.runs.request(QUESTION)
    run = claimed(store)
    store.runs.finish(run, result)
    assert store.runs.cancel(run.id).status == "done"


def test_a_lost_run_is_given_to_another_and_answered_once(store: Store, result: Result) -> None:
    store.runs.request(QUESTION)
    slow = claimed(store, "slow", 0.05)
    assert store.runs.sweep().requeued in (0, 1)
    time.sleep(0.1)
    store.runs.sweep()
    fast = claimed(store, "fast")
    assert (fast.id, fast.attempts) == (slow.id, 2)
    assert not store.runs.heartbeat(slow, 0.9, LEASE)
    assert not store.runs.finish(slow, result)
    assert store.runs.get(fast.id).status == "running"
    assert store.runs.finish(fast, result)
    assert not store.runs.finish(fast, result)


def test_the_same_worker_does_not_finish_its_former_claim(store: Store, result: Result) -> None:
    store.runs.request(QUESTION)
    first = claimed(store, "a", 0.01)
    time.sleep(0.05)
    store.runs.sweep()
    claimed(store, "a")
    assert not store.runs.finish(first, result)


def test_a_run_that_loses_every_worker_fails(store: Store) -> None:
    asked = store.runs.request(QUESTION)
    for _ in range(3):
        assert store.runs.get(asked.id).status == "queued"
        claimed(store, "a", 0.01)
        time.sleep(0.05)
        swept = store.runs.sweep()
    assert (swept.requeued, swept.failed) == (0, 1)
    run = store.runs.get(asked.id)
    assert (run.status, run.attempts, run.error["code"]) == ("failed", 3, "run-lost")
    assert not store.runs.request(QUESTION).found


def test_a_run_given_back_counts_no_attempt(store: Store) -> None:
    asked = store.runs.request(QUESTION)
    assert store.runs.release(claimed(store))
    run = store.runs.get(asked.id)
    assert (run.status, run.attempts, run.worker, run.started) == ("queued", 0, None, None)


def test_a_failed_run_says_why_and_may_be_asked_again(store: Store) -> None:
    asked = store.runs.request(QUESTION)
    problem = {"code": "x", "detail": "y", "hint": None, "errors": [{"row": 1}]}
    assert store.runs.fail(claimed(store), problem)
    assert (store.runs.get(asked.id).status, store.runs.get(asked.id).error) == ("failed", problem)
    with pytest.raises(RunNotDoneError, match="failed"):
        store.runs.result(asked.id)
    assert store.runs.request(QUESTION).id != asked.id


def test_a_question_about_a_table_that_is_not_there(store: Store, flows: Flows) -> None:
    saved = store.flows.save(flows, "mine")
    for missing in ({"id": "nothing", "version": 1}, {"id": saved.id, "version": 2}):
        with pytest.raises(NotSavedError):
            store.runs.request({"flows": missing})


def test_a_question_is_json(store: Store) -> None:
    with pytest.raises(BadRequestError):
        store.runs.request({"a": float("inf")})
    with pytest.raises(NotSavedError):
        store.runs.get("../x")


def test_counts(store: Store) -> None:
    for number in range(3):
        store.runs.request({**QUESTION, "number": number})
    claimed(store)
    assert store.runs.counts() == {"queued": 2, "running": 1}
