"""A worker as ``tariffcalc worker`` runs it, but slow: what happens in the middle of a run can be watched."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

from tariffcalc.jobs import work
from tariffcalc.jobs.worker import run_worker
from tariffcalc.settings import Settings

SECONDS, PROCESSES = float(sys.argv[1]), int(sys.argv[2])
quick = work.answer


def slow(question: Any, store: Any, progress: Any) -> Any:
    """The answer, after a while in which its progress is told."""
    steps = int(SECONDS * 10)
    for step in range(steps):
        progress(step / steps / 2)
        time.sleep(SECONDS / steps)
    return quick(question, store, lambda done: progress(0.5 + done / 2))


logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
work.answer = slow
run_worker(Settings.read(), PROCESSES)
