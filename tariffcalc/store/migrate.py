"""Bring a database to the form that the program needs; several processes may try at once, one does."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from tariffcalc.store.database import Database, make_engine, writing
from tariffcalc.store.errors import StoreError
from tariffcalc.store.migrations import HEAD

_LOCK = 4_097_216_358
"""A number that names this lock among the advisory locks of a PostgreSQL database."""


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def migrate(database: Database, revision: str = HEAD) -> None:
    """Bring the database to a revision, keeping what it holds; nothing is done where it is there already.

    The whole happens in one transaction that holds a lock of the database: others wait, and what fails is undone.
    Raises ``StoreError`` with code ``newer-database`` where a later version of the program made it, with code
    ``migration-failed`` where a step fails.
    """
    engine = make_engine(database, pooled=False, foreign_keys=False)
    with writing(engine) as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = revision_of(connection)
        if found == revision:
            return
        if found is not None and found > HEAD:
            raise StoreError(
                f"the database is of a later version of the program (revision {found}, known {HEAD})",
                code="newer-database",
                hint="install that version, or point TARIFFCALC_DATABASE_URL or TARIFFCALC_HOME elsewhere",
            )
        try:
            _upgrade(connection, revision)
        except SQLAlchemyError as error:
            raise StoreError(
                f"the database could not be brought from revision {found} to {revision}; it is as it was",
                code="migration-failed",
                hint="the log of the service says where it stopped",
            ) from error


def _upgrade(connection: Connection, revision: str) -> None:
    """Let Alembic do it, in the transaction at hand."""
    from alembic import command  # noqa: PLC0415 - only a database that is not at head needs it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
