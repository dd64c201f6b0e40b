"""What people save: flow tables, scenarios, runs with their results, keys. The database is SQLite or PostgreSQL.

``Store.open()`` gives the store of this machine's settings, its database brought to the program's form.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from sqlalchemy import select

from tariffcalc.settings import Settings
from tariffcalc.store.blobs import Blobs
from tariffcalc.store.database import Database
from tariffcalc.store.errors import (
    NotSavedError,
    RetryBusyError,
    RetryConflictError,
    RunNotDoneError,
    StaleVersionError,
    StoreError,
    StoreUnavailableError,
)
from tariffcalc.store.ids import now
from tariffcalc.store.keys import Keys
from tariffcalc.store.migrate import migrate, revision_of
from tariffcalc.store.migrations import HEAD
from tariffcalc.store.models import FlowVersionRow, RunRow
from tariffcalc.store.records import Key, Page, Replay, Run, SavedScenario, SavedTable
from tariffcalc.store.retries import Retries
from tariffcalc.store.runs import Runs
from tariffcalc.store.scenarios import Scenarios
from tariffcalc.store.tables import FlowTables

__all__ = [
    "Key",
    "NotSavedError",
    "Page",
    "Replay",
    "RetryBusyError",
    "RetryConflictError",
    "Run",
    "RunNotDoneError",
    "SavedScenario",
    "SavedTable",
    "StaleVersionError",
    "Store",
    "StoreError",
    "StoreUnavailableError",
]

FORGOTTEN = timedelta(days=1)
"""A file to which nothing refers is removed when it is so old: whoever wrote it has long said what it is for."""
RECKONED_ANEW = timedelta(days=90)
"""Pieces for the page of a run are removed when they are so old: whoever looks at it again has them reckoned anew."""


class Store:
    """Everything that is saved. Threads may share it; after a fork each process has connections of its own."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Keep where everything is; nothing is opened yet."""
        self.settings = settings or Settings.read()
        self.database = Database(self.settings.database)
        self._tables = Blobs(self.settings.tables, "flows")
        self._results = Blobs(self.settings.tables, "results")
        self._parts = Blobs(self.settings.tables, "parts")
        self.flows = FlowTables(self.database, self._tables)
        self.scenarios = Scenarios(self.database)
        self.runs = Runs(self.database, self._results, self.settings.run_attempts)
        self.keys = Keys(self.database)
        self.idempotency = Retries(self.database, self.settings.idempotency_hours)

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """A store whose database has the form that the program needs. Raises ``StoreError``."""
        store = cls(settings)
        migrate(store.database)
        return store

    def is_ready(self) -> bool:
        """Whether the database answers and has the form that the program needs."""
        try:
            with self.database.read() as session:
                return revision_of(session.connection()) == HEAD
        except StoreUnavailableError:
            return False

    def tidy(self) -> int:
        """Remove files to which nothing refers, those left half written and old pieces of pages; return how many."""
        before, old = now() - FORGOTTEN, now() - RECKONED_ANEW
        removed = sum(blobs.drop_parts(before) for blobs in (self._tables, self._results, self._parts))
        removed += sum(self._parts.drop(digest, old) for digest in self._parts.digests())
        for blobs, column in ((self._tables, FlowVersionRow.digest), (self._results, RunRow.result_digest)):
            for digest in blobs.digests():
                with self.database.read() as session:
                    is_used = session.scalar(select(column).where(column == digest).limit(1)) is not None
                removed += 0 if is_used else blobs.drop(digest, before)
        return removed

    def close(self) -> None:
        """Close the connections of this process; the store opens new ones when it is used again."""
        self.database.close()
