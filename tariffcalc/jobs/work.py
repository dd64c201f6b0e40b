"""One run from its question to its stored answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from tariffcalc import models
from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import STATUTORY, Progress, read_flows, silent
from tariffcalc.jobs.question import facts_digest, law_of, read
from tariffcalc.jobs.trouble import RunLostError, problem_of
from tariffcalc.models.retaliation import Side, other_side
from tariffcalc.result import Result, program_version
from tariffcalc.store import Run, Store, StoreError, StoreUnavailableError

LOG = logging.getLogger("tariffcalc.jobs")
READ, LAW, RECKONED = 0.1, 0.2, 0.9
"""How far a run is when its table is read, its law is made and its duty is reckoned; packing is the rest."""


def answer(question: Mapping[str, Any], store: Store, progress: Progress = silent) -> Result:
    """What a question asks for. ``progress`` is told how far it is (0 to 1), and may raise to stop the work.

    Raises ``StoreError`` with code ``law-changed`` where the question was asked of another law or program, and what
    ``models.answer`` raises.
    """
    progress(0.0)
    table = _table(question["flows"], store)
    progress(READ)
    law, other = law_of(question)
    _same(question, table, law.digest, other.digest if other else None)
    theirs = _theirs(question, store)
    progress(LAW)
    given = question["baseline"]
    result = models.answer(
        table,
        law,
        baseline=given if isinstance(given, str) else other,
        theirs=theirs,
        progress=lambda done: progress(LAW + (RECKONED - LAW) * done),
        **read(question["options"]),
    )
    progress(RECKONED)
    return result


def work_one(store: Store, worker: str) -> bool:
    """Claim the oldest queued run and bring it to its end; return whether there was one.

    A worker that is stopped gives its run back. Where the store itself fails, the run is left to the next worker.
    """
    settings = store.settings
    run = store.runs.claim(worker, settings.lease_seconds)
    if run is None:
        return False
    begun = time.monotonic()
    try:
        with Lease(store, run, settings.lease_seconds) as lease:
            result = answer(run.question, store, lease)
        kept = store.runs.finish(run, result)
        LOG.info("run %s %s in %.1f s", run.digest[:12], "done" if kept else "not kept", time.monotonic() - begun)
    except RunLostError:
        LOG.info("run %s stopped: cancelled, or given to another worker", run.digest[:12])
    except StoreUnavailableError:
        LOG.exception("run %s left: the store does not answer", run.digest[:12])
        raise
    except Exception as error:
        if not isinstance(error, TariffcalcError):
            LOG.exception("run %s failed", run.digest[:12])
        store.runs.fail(run, problem_of(error))
    except BaseException:
        store.runs.release(run)
        LOG.info("run %s given back: the worker stops", run.digest[:12])
        raise
    return True


class Lease:
    """Renews a run's lease in the background, and stops the work where the run is no more this worker's.

    Called with how far the run is, it raises ``RunLostError`` once the run was cancelled or given to another worker.
    """

    def __init__(self, store: Store, run: Run, seconds: float) -> None:
        """Keep the run; the thread begins with the ``with`` block."""
        self._store, self._run, self._seconds = store, run, seconds
        self._progress, self._is_lost, self._ended = 0.0, Event(), Event()
        self._thread = Thread(target=self._beat, name="lease", daemon=True)

    def __call__(self, progress: float) -> None:
        """Tell how far the run is."""
        self._progress = progress
        if self._is_lost.is_set():
            raise RunLostError

    def __enter__(self) -> Self:
        """Begin to renew."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Renew no more."""
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        """Every second or so, tell the store; a store that is silent for the whole lease has lost the run."""
        told = time.monotonic()
        while not self._ended.wait(min(1.0, self._seconds / 3)):
            try:
                held = self._store.runs.heartbeat(self._run, self._progress, self._seconds)
                told = time.monotonic()
            except StoreError:
                held = time.monotonic() - told < self._seconds
            if not held:
                self._is_lost.set()
                return


def _table(flows: Mapping[str, Any], store: Store) -> Flows:
    if "id" in flows:
        return store.flows.read(flows["id"], flows["version"])
    return read_flows(str(flows["name"]))


def _theirs(question: Mapping[str, Any], store: Store) -> Side | None:
    """The other side of a question, if it has one; a changed one is refused like a changed law."""
    given = question.get("other_side")
    if given is None:
        return None
    table = _table(given["flows"], store)
    side = other_side(table, given["scenario"] or STATUTORY, given["baseline"], question["baseline"])
    _same({**question, **given}, table, side.schedule.digest, side.baseline.digest)
    return side


def _same(question: Mapping[str, Any], table: Flows, law: str, other: str | None) -> None:
    """Refuse a question that was asked of something else than what is at hand."""
    here = (table.digest, law, other, facts_digest(), program_version())
    asked = (
        question["flows"]["digest"],
        *(question[name] for name in ("law", "baseline_law", "facts", "version")),
    )
    if here != asked:
        raise StoreError(
            "the law, the data or the program has changed since the question was asked",
            code="law-changed",
            hint="ask again: the answer will be that of the law as it is held now",
        )
