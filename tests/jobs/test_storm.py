"""Web and workers are killed, again and again, while people upload and ask: nothing is lost, doubled or half there.

``python -m tests.jobs.test_storm 10 20`` does it ten times, with 20 uploads and 20 runs each.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pandas as pd

import tariffcalc as tc
from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tests.jobs.processes import PATIENCE, TABLE, descendants, environment, is_alive, kill, process, until
from tests.servers import free_port

KILLS = ("worker", "web", "both")
ROWS = 400
BY = ["origin", "product", "day"]


@dataclass(frozen=True)
class Client:
    """Someone who tries again until he is answered."""

    address: str
    patience: float = 2 * PATIENCE

    def post(self, path: str, key: str, **body: Any) -> dict[str, Any]:
        """What the service answers in the end; a refusal that another try does not mend fails."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            try:
                headers = {"Idempotency-Key": key, "Prefer": "respond-async"}
                answer = httpx.post(self.address + path, timeout=30, headers=headers, **body)
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            if answer.status_code < 300:
                told: dict[str, Any] = answer.json()
                return told
            assert answer.status_code in {409, 429, 503}, answer.text
            time.sleep(0.5)
        raise AssertionError(f"{path} was never answered")

    def upload(self, number: int) -> str:
        """The id of a table that is uploaded."""
        files = {"flows": (f"table {number}.csv", table(number))}
        return str(self.post("/v1/flows", f"upload-{number}", files=files)["id"])

    def ask(self, number: int) -> str:
        """The id of a run that is asked for."""
        body = {"flows": TABLE, "by": BY, "from": "2025-02-01", "until": f"2025-03-{number + 1:02}"}
        return str(self.post("/v1/estimates", f"run-{number}", json=body)["id"])


def table(number: int) -> bytes:
    """A table that no other number has."""
    lines = [f"USA,CAN,7208390015,2025-{row % 12 + 1:02},{number + row / 8}" for row in range(ROWS)]
    return "\n".join(["importer,origin,product,period,customs_value", *lines]).encode()


def strike(top: int, which: str) -> None:
    """Kill what belongs to web, to worker, or to both."""
    for pid in descendants(top):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if which == "both" or {"web": b"serve", "worker": b"worker"}[which] in words:
            kill(pid)


def storm(home: Path, rounds: int, count: int) -> dict[str, int]:
    """Upload and ask ``count`` times while everything is killed ``rounds`` times; what there was at the end."""
    settings = Settings(home=home, lease_seconds=1.5, sweep_seconds=0.3, run_workers=2, run_attempts=50)
    port = free_port()
    line = ("-m", "tariffcalc.cli", "serve", "--worker", "--port", str(port), "--workers", "2")
    env = environment(settings, TARIFFCALC_RUN_ATTEMPTS="50")
    client = Client(f"http://127.0.0.1:{port}")
    store = Store.open(settings)
    with process(*line, env=env, log=home.parent / "log") as one, ThreadPoolExecutor(4) as pool:
        wishes = [pool.submit(wish, number) for number in range(count) for wish in (client.upload, client.ask)]
        for number in range(rounds):
            until(lambda: store.runs.counts().get("running") or all_done(wishes), "someone is at work")
            time.sleep(random.uniform(0, 0.5))  # noqa: S311 - no secret
            strike(one.pid, KILLS[number % len(KILLS)])
        told = [one.result() for one in wishes]
        until(lambda: not set(store.runs.counts()) & {"queued", "running"}, "all runs end")
        found = checked(store, told[::2], told[1::2])
        one.send_signal(signal.SIGTERM)
        assert one.wait(PATIENCE) == 0
        assert not any(map(is_alive, descendants(one.pid)))
    store.close()
    return found


def all_done(wishes: list[Future[str]]) -> bool:
    """Whether all have been answered."""
    return all(wish.done() for wish in wishes)


def checked(store: Store, ids: list[str], asked: list[str]) -> dict[str, int]:
    """Hold that every table and every run is there once, whole, and right."""
    listed = store.flows.list(1, 1000)
    assert sorted(one.id for one in listed.items) == sorted(ids)
    assert len(set(ids)) == len(ids)
    for number, table_id in enumerate(ids):
        flows = tc.read_flows(table(number), suffix=".csv")
        assert store.flows.read(table_id).digest == flows.digest
    assert store.runs.counts() == {"done": len(asked)}
    assert len(set(asked)) == len(asked)
    results = [store.runs.get(run_id).result["digest"] for run_id in asked]
    assert len(set(results)) == len(results)
    for run_id in asked:
        question = store.runs.get(run_id).question
        start, until_ = map(date.fromisoformat, question["options"]["window"])
        direct = tc.estimate(TABLE, by=BY, window=(start, until_))
        pd.testing.assert_frame_equal(store.runs.result(run_id).frame, direct.frame, check_exact=True)
    attempts = [store.runs.get(run_id).attempts for run_id in asked]
    return {"tables": len(ids), "runs": len(asked), "begun again": sum(attempts) - len(attempts)}


def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    found = storm(tmp_path / "home", 3, 6)
    assert (found["tables"], found["runs"]) == (6, 6)


if __name__ == "__main__":
    for turn in range(int(sys.argv[1])):
        with tempfile.TemporaryDirectory() as folder:
            print(turn, storm(Path(folder) / "home", len(KILLS), int(sys.argv[2])), flush=True)
