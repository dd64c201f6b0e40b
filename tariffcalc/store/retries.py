"""Requests that may come again: the second time they get the answer that they had the first time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from tariffcalc.store.database import Database
from tariffcalc.store.errors import RetryBusyError, RetryConflictError
from tariffcalc.store.ids import now
from tariffcalc.store.models import RetryRow
from tariffcalc.store.records import Replay

AT_WORK = timedelta(seconds=20)
"""A request that has not been answered for so long may have died with its process: the next one with its key is done.

Should the first one still be at work, nothing is saved twice either: what is saved carries the name of the wish."""


class Retries:
    """Answers by the key that a caller chose; ``store.idempotency``."""

    def __init__(self, database: Database, hours: float = 24.0) -> None:
        """Keep where they are and how long an answer is kept."""
        self._database, self._kept = database, timedelta(hours=hours)

    def begin(self, key: str, fingerprint: str) -> Replay | None:
        """None where the request is new and shall be done; its answer where it was done before.

        ``fingerprint`` (any text) says what the request is. Raises ``RetryConflictError`` where the key came with
        another one, ``RetryBusyError`` where the first request is still at work.
        """
        name, print_ = _hash(key), _hash(fingerprint)
        with self._database.write() as session:
            session.execute(delete(RetryRow).where(RetryRow.expires < now()))
        try:
            with self._database.write() as session:
                session.add(RetryRow(key=name, fingerprint=print_, headers={}, body=b"", expires=now() + AT_WORK))
        except IntegrityError:
            return self._answer(name, print_)
        return None

    def finish(self, key: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Keep the answer to a request that was begun."""
        values = {"status": status, "headers": dict(headers), "body": body, "expires": now() + self._kept}
        with self._database.write() as session:
            session.execute(update(RetryRow).where(RetryRow.key == _hash(key)).values(**values))

    def forget(self, key: str) -> None:
        """Let the request be done anew: it failed in a way that another try may mend."""
        with self._database.write() as session:
            session.execute(delete(RetryRow).where(RetryRow.key == _hash(key)))

    def _answer(self, name: str, fingerprint: str) -> Replay | None:
        with self._database.read() as session:
            row = session.get(RetryRow, name)
        if row is not None and row.fingerprint != fingerprint:
            raise RetryConflictError(
                "the Idempotency-Key was used before for another request", hint="choose a new key for a new request"
            )
        if row is None or row.status is None:
            raise RetryBusyError("the first request with this Idempotency-Key is still at work", hint="wait and retry")
        return Replay(row.status, row.headers, row.body)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
