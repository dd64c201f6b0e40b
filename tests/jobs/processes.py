"""Workers as processes of their own, and how to watch and to kill them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from tariffcalc.jobs import ask
from tariffcalc.settings import Settings, variable
from tariffcalc.store import Run, Store

PATIENCE = 120.0
TABLE = "us-north-america-2025"


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of a process that goes by these settings."""
    stated = ("home", "database_url", "queue_url", "lease_seconds", "sweep_seconds", "run_workers", "grace_seconds")
    return {**os.environ, **{variable(name): str(getattr(settings, name)) for name in stated}, **more}


@contextmanager
def process(*line: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process, and all it started, gone at the end."""
    with log.open("ab") as said:
        one = subprocess.Popen([sys.executable, *line], env=env, stdout=said, stderr=said, start_new_session=True)
    try:
        yield one
    except AssertionError:
        print(log.read_text(encoding="utf-8", errors="replace")[-5000:])
        raise
    finally:
        family = [one.pid, *descendants(one.pid)]
        one.kill()
        one.wait()
        for pid in family[1:]:
            kill(pid)


def slow_worker(settings: Settings, seconds: float = 2.0) -> list[str]:
    """The line of a worker that takes its time over each answer."""
    return [str(Path(__file__).with_name("slow_worker.py")), str(seconds), str(settings.run_workers)]


def until(is_so: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until something is so."""
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.05)


def finished(store: Store, run: Run) -> Run:
    """The run when it has come to its end."""
    until(lambda: store.runs.get(run.id).status not in {"queued", "running"}, "the run ends")
    return store.runs.get(run.id)


def questions(count: int) -> list[dict[str, object]]:
    """Questions that differ."""
    months = [f"{2025 + n // 12}-{n % 12 + 1:02}-01" for n in range(count + 1)]
    return [ask(TABLE, by=("origin",), window=window) for window in pairwise(months)]


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and theirs, as far as they run."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents[int(path.parent.name)] = int(parent)
    found, new = [], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs and is not just waiting to be counted out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    """Kill a process that these tests started, if it still runs."""
    if is_alive(pid):
        os.kill(pid, 9)
