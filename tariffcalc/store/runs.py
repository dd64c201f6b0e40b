"""Runs: the questions that were asked, who is at work on which, and the answers.

The table of runs is the truth; a queue only wakes those who look into it. A worker claims a run for a while (a lease)
and renews that by its heartbeat. A run whose lease is over is given to another worker, and what the former one still
brings is not taken: a question has one result, whatever happens to whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tariffcalc.result import Result
from tariffcalc.store.blobs import Blobs
from tariffcalc.store.database import Database
from tariffcalc.store.errors import NotSavedError, RunNotDoneError, StoreError
from tariffcalc.store.ids import is_id, new_id, now
from tariffcalc.store.models import RunRow
from tariffcalc.store.records import LIVE, Run, digest_of
from tariffcalc.store.results import pack, unpack

KIND = "run"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a search for lost runs did."""

    requeued: int
    failed: int
    queued: int


class Runs:
    """Questions and their answers; ``store.runs``."""

    def __init__(self, database: Database, blobs: Blobs, attempts: int = 3) -> None:
        """Keep where they are, and how often a run is begun before it counts as failed."""
        self._database, self._blobs, self._attempts = database, blobs, attempts

    def request(self, question: Mapping[str, Any]) -> Run:
        """The run of a question (a document of JSON); ``found`` where it is queued, running or done already.

        Where ``question["flows"]`` has an ``id`` and a ``version``, that saved table is kept as long as the run.
        Raises ``NotSavedError`` for a table that is not there, ``BadRequestError`` for what is no JSON.
        """
        digest = digest_of(question)
        for _ in range(self._attempts):
            if found := self.live(digest):
                return replace(found, found=True)
            try:
                with self._database.write() as session:
                    row = _new(question, digest)
                    session.add(row)
                return _record(row)
            except IntegrityError as error:
                if "fk_run_flows" in str(error) or "FOREIGN KEY" in str(error):
                    raise NotSavedError.of("flow table", str(question["flows"]["id"])) from None
        raise StoreError("the question could not be filed", hint="try again")

    def live(self, digest: str) -> Run | None:
        """The run of the question with that digest that is queued, running or done, if there is one."""
        with self._database.read() as session:
            row = session.scalar(select(RunRow).where(RunRow.digest == digest, RunRow.status.in_(LIVE)))
            return None if row is None else _record(row)

    def get(self, run_id: str) -> Run:
        """A run by its id. Raises ``NotSavedError``."""
        with self._database.read() as session:
            return _record(_row(session, run_id))

    def result(self, run_id: str) -> Result:
        """The answer of a run that is done. Raises ``NotSavedError``, ``RunNotDoneError`` ..."""
        with self._database.read() as session:
            row = _row(session, run_id)
        if row.result_digest is None:
            hint = "ask again in a moment" if row.status in LIVE else "ask the question again"
            raise RunNotDoneError(f"the run is {row.status}: it has no result", hint=hint)
        return unpack(self._blobs.read(row.result_digest))

    def cancel(self, run_id: str) -> Run:
        """Stop a run that is queued or running; one that has ended stays as it is. Raises ``NotSavedError``."""
        with self._database.write() as session:
            _row(session, run_id)
            changes = {"status": "cancelled", "finished": now(), "lease_until": None}
            session.execute(update(RunRow).where(RunRow.id == run_id, RunRow.status.in_(LIVE[:2])).values(**changes))
        return self.get(run_id)

    def counts(self) -> dict[str, int]:
        """How many runs are in each state."""
        with self._database.read() as session:
            rows = session.execute(select(RunRow.status, func.count()).group_by(RunRow.status)).all()
        return {str(status): int(count) for status, count in rows}

    def claim(self, worker: str, lease_seconds: float) -> Run | None:
        """The oldest queued run, now running for ``worker``; None where none waits. No two workers get the same."""
        moment = now()
        waiting = (
            select(RunRow.id)
            .where(RunRow.status == "queued")
            .order_by(RunRow.created, RunRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        change = (
            update(RunRow)
            .where(RunRow.id == waiting.scalar_subquery(), RunRow.status == "queued")
            .values(
                status="running",
                worker=worker,
                attempts=RunRow.attempts + 1,
                progress=0.0,
                started=moment,
                lease_until=moment + timedelta(seconds=lease_seconds),
            )
            .returning(RunRow)
        )
        with self._database.write() as session:
            row = session.scalar(change)
            return None if row is None else _record(row)

    def heartbeat(self, run: Run, progress: float, lease_seconds: float) -> bool:
        """Renew the lease and tell how far the run is; return whether it is still this worker's to go on with."""
        until = now() + timedelta(seconds=lease_seconds)
        return self._change(run, progress=min(max(progress, 0.0), 1.0), lease_until=until)

    def finish(self, run: Run, result: Result) -> bool:
        """Store the answer; return False, and store nothing, where the run is no more this worker's."""
        packed = pack(result)
        size = self._blobs.write(packed.digest, packed.write)
        told = {"rows": len(result.frame), "bytes": size, "digest": packed.digest}
        return self._change(
            run,
            status="done",
            progress=1.0,
            finished=now(),
            lease_until=None,
            result=told,
            result_digest=packed.digest,
        )

    def fail(self, run: Run, problem: Mapping[str, Any]) -> bool:
        """Keep why there is no answer: code, detail, hint, errors. False where the run is no more this worker's."""
        return self._change(run, status="failed", finished=now(), lease_until=None, error=dict(problem))

    def release(self, run: Run) -> bool:
        """Give a run back as if it had not been begun: its worker stops. False where it is no more this worker's."""
        return self._change(
            run, status="queued", worker=None, lease_until=None, progress=0.0, attempts=run.attempts - 1, started=None
        )

    def sweep(self) -> Swept:
        """Queue again the runs whose worker is lost; those that lost too many have failed with code ``run-lost``."""
        lost = (RunRow.status == "running") & (RunRow.lease_until < now())
        with self._database.read() as session:
            is_lost = session.scalar(select(func.count()).select_from(RunRow).where(lost))
            queued = session.scalar(select(func.count()).select_from(RunRow).where(RunRow.status == "queued")) or 0
        if not is_lost:
            return Swept(0, 0, queued)
        with self._database.write() as session:
            again = update(RunRow).where(lost, RunRow.attempts < self._attempts)
            requeued = _count(session, again.values(status="queued", worker=None, lease_until=None, progress=0.0))
            never = update(RunRow).where(lost, RunRow.attempts >= self._attempts)
            failed = _count(
                session, never.values(status="failed", finished=now(), lease_until=None, error=_lost(self._attempts))
            )
        return Swept(requeued, failed, queued + requeued)

    def _change(self, run: Run, **values: Any) -> bool:
        """Change a run if it is still held by the claim that ``run`` came from."""
        held = (
            (RunRow.id == run.id)
            & (RunRow.status == "running")
            & (RunRow.worker == run.worker)
            & (RunRow.attempts == run.attempts)
        )
        with self._database.write() as session:
            return _count(session, update(RunRow).where(held).values(**values)) == 1


def _count(session: Session, change: Any) -> int:
    result = cast("CursorResult[Any]", session.execute(change.execution_options(synchronize_session=False)))
    return result.rowcount


def _lost(attempts: int) -> dict[str, Any]:
    return {
        "code": "run-lost",
        "detail": f"the run was begun {attempts} times, and each time its worker was lost",
        "hint": "ask for less at once (fewer rows, fewer draws), or ask the operator to look at the worker's log",
    }


def _new(question: Mapping[str, Any], digest: str) -> RunRow:
    flows = question.get("flows")
    saved = flows if isinstance(flows, Mapping) and "id" in flows else {}
    return RunRow(
        id=new_id(),
        digest=digest,
        question=dict(question),
        flows_id=saved.get("id"),
        flows_version=saved.get("version"),
        status="queued",
        progress=0.0,
        attempts=0,
        created=now(),
    )


def _row(session: Session, run_id: str) -> RunRow:
    row = session.get(RunRow, run_id) if is_id(run_id) else None
    if row is None:
        raise NotSavedError.of(KIND, run_id)
    return row


def _record(row: RunRow) -> Run:
    return Run(
        id=row.id,
        digest=row.digest,
        question=row.question,
        status=cast("Any", row.status),
        progress=row.progress,
        created=row.created,
        started=row.started,
        finished=row.finished,
        attempts=row.attempts,
        worker=row.worker,
        error=row.error,
        result=row.result,
    )
