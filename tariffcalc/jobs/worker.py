"""The processes that work on runs: huey's consumer, whose workers also look for runs that nobody was woken for."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from huey.consumer import Consumer, Worker  # type: ignore[import-untyped]

from tariffcalc.estimate import trade_facts_of
from tariffcalc.jobs.queue import make_huey
from tariffcalc.jobs.work import work_one
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.settings import Settings
from tariffcalc.store import Store, StoreError

LOG = logging.getLogger("tariffcalc.jobs")
IDLE_SECONDS = 0.5
"""How often an idle worker looks into a queue that is a file."""
TIDY_SECONDS = 3600.0


def run_worker(settings: Settings, processes: int | None = None) -> None:
    """Work on runs until stopped.

    On SIGTERM each process finishes its run, or gives it back after ``grace_seconds``; on SIGINT it gives it back at
    once. A process that dies is replaced, and its run is given to another one when its lease is over.
    """
    settings = settings if processes is None else replace(settings, run_workers=processes)
    store = Store.open(settings)
    for importer in importers(rates_folder()):
        trade_facts_of(importer)
    store.close()
    LOG.info("%d process(es) wait for runs", settings.run_workers)
    consumer_of(store).run()
    LOG.info("stopped")


def consumer_of(store: Store) -> Consumer:
    """The consumer of huey for a store, not yet running."""
    settings = store.settings

    def handle() -> None:
        if not consumer.stop_flag.is_set():  # a message that comes too late is nobody's loss: the run still waits
            work_one(store, f"{socket.gethostname()}:{os.getpid()}")

    huey, wake = make_huey(settings, handle, settings.run_seconds)
    consumer = RunConsumer(
        huey,
        workers=settings.run_workers,
        worker_type="process",
        periodic=False,
        max_delay=IDLE_SECONDS,
        health_check_interval=1,
        shutdown_timeout=settings.grace_seconds,
        graceful_signal="TERM",
        sweep=Sweep(store, huey, wake),
    )
    return consumer


class RunWorker(Worker):  # type: ignore[misc]
    """A worker of huey, which also sweeps, and ends with its parent."""

    def __init__(self, sweep: Callable[[], None], **options: Any) -> None:
        """Keep what sweeps."""
        super().__init__(**options)
        self._sweep, self._parent = sweep, os.getpid()

    def loop(self, now: Any = None) -> None:
        """Handle a message if there is one, and look around."""
        if os.getppid() != self._parent:
            self.stop_flag.set()
            return
        super().loop(now)
        if not self.stop_flag.is_set():
            self._sweep()


class RunConsumer(Consumer):  # type: ignore[misc]
    """A consumer of huey whose workers are ours."""

    def __init__(self, huey: Any, *, sweep: Callable[[], None], **options: Any) -> None:
        """Keep what sweeps; each process has a copy of its own."""
        self._sweep = sweep
        super().__init__(huey, **options)

    def _create_worker(self) -> RunWorker:
        return RunWorker(
            self._sweep,
            huey=self.huey,
            stop_flag=self.stop_flag,
            default_delay=self.default_delay,
            max_delay=self.max_delay,
            backoff=self.backoff,
            max_tasks=self.max_tasks,
        )


class Sweep:
    """Now and then: queue lost runs again, wake for runs that nobody was woken for, remove forgotten files."""

    def __init__(self, store: Store, huey: Any, wake: Callable[[], object]) -> None:
        """Keep what it looks after; the first call sweeps."""
        self._store, self._huey, self._wake = store, huey, wake
        self._swept = self._tidied = float("-inf")

    def __call__(self) -> None:
        """Do what is due."""
        moment = time.monotonic()
        if moment - self._swept < self._store.settings.sweep_seconds:
            return
        self._swept = moment
        try:
            swept = self._store.runs.sweep()
            for _ in range(swept.queued - self._huey.pending_count()):
                self._wake()
            if moment - self._tidied >= TIDY_SECONDS:
                self._tidied = moment
                self._store.tidy()
        except StoreError:
            LOG.exception("the store does not answer")
            return
        if swept.requeued or swept.failed:
            LOG.warning("lost runs: %d queued again, %d failed", swept.requeued, swept.failed)
