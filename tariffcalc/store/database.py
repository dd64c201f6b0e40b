"""The database: connections that outlive a fork, and transactions that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from tariffcalc.errors import BadRequestError
from tariffcalc.store.errors import StoreUnavailableError

BUSY_SECONDS = 30
"""How long a writer of SQLite waits for another one."""

_WRITES = "tariffcalc_writes"


class Database:
    """A database by its address. Nothing is opened before it is used; each process has connections of its own."""

    def __init__(self, url: str) -> None:
        """Keep the address."""
        try:
            self.url = make_url(url)
        except ArgumentError:
            raise BadRequestError(
                "the address of the database cannot be read",
                code="bad-setting",
                hint="write postgresql://user:password@host/name",
            ) from None
        self._engines: dict[int, Engine] = {}

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> Engine:
        """The engine of this process. That of the parent is kept, unused: closing it would close the parent's."""
        own = os.getpid()
        if own not in self._engines:
            self._engines.setdefault(own, make_engine(self))
        return self._engines[own]

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads. Raises ``StoreUnavailableError``."""
        with _told(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at its end, and undone if anything fails. Raises ``StoreUnavailableError``.

        On SQLite it takes the write lock at its beginning: a transaction that reads first and then writes could fail
        at once where another one wrote in between, however long it is willing to wait.
        """
        engine = self.engine.execution_options(**{_WRITES: True})
        with _told(), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close the connections of this process."""
        if engine := self._engines.pop(os.getpid(), None):
            engine.dispose()


def make_engine(database: Database, *, pooled: bool = True, foreign_keys: bool = True) -> Engine:
    """An engine for the database; one for migrations keeps no connection and lets tables be rebuilt."""
    options: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
    if not database.is_sqlite:
        return create_engine(database.url, pool_pre_ping=True, connect_args={"connect_timeout": 5}, **options)
    Path(database.url.database or "").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(database.url, connect_args={"timeout": BUSY_SECONDS}, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `begin` below does
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"foreign_keys={'ON' if foreign_keys else 'OFF'}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction that writes."""
    with _told(), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


@contextmanager
def _told() -> Iterator[None]:
    """A database that does not answer, in words that hold neither its address nor a statement."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if type(error) not in (OperationalError, InterfaceError, DatabaseError):
            raise  # a constraint, or a statement of ours
        raise StoreUnavailableError(
            "the database does not answer", hint="try again in a moment; if it stays so, look at the log of the service"
        ) from error
