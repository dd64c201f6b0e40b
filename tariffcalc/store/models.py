"""The tables of the database. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are called, so that a migration can name them on every database."""

ID, DIGEST, NAME = 32, 64, 200
"""Lengths in characters: of an id, of a SHA-256 in hex, of a name that a person gives."""


class Utc(TypeDecorator[datetime]):
    """A moment in UTC, aware on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own signature
        """Write it in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it as UTC; SQLite forgets the zone."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Utc,
        float: Double,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class FlowTableRow(Base):
    """A saved flow table; ``version`` is the newest. ``once`` names the request that made it, if that was named."""

    __tablename__ = "flow_table"

    id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    version: Mapped[int]
    listed: Mapped[bool]
    owner: Mapped[str | None] = mapped_column(String(NAME))
    once: Mapped[str | None] = mapped_column(String(DIGEST), unique=True)
    created: Mapped[datetime] = mapped_column(index=True)
    deleted: Mapped[datetime | None]


class FlowVersionRow(Base):
    """One version of a flow table; its rows lie in the folder of tables, by their digest. ``until`` is exclusive."""

    __tablename__ = "flow_version"

    table_id: Mapped[str] = mapped_column(ForeignKey("flow_table.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME))
    digest: Mapped[str] = mapped_column(String(DIGEST), index=True)
    rows: Mapped[int]
    first: Mapped[date]
    until: Mapped[date]
    customs_value: Mapped[float]
    currency: Mapped[str] = mapped_column(String(3))
    told: Mapped[dict[str, Any]]
    faults: Mapped[list[Any]] = mapped_column(deferred=True)
    created: Mapped[datetime]


class ScenarioRow(Base):
    """A saved scenario; ``version`` is the newest."""

    __tablename__ = "scenario"

    id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    version: Mapped[int]
    owner: Mapped[str | None] = mapped_column(String(NAME))
    once: Mapped[str | None] = mapped_column(String(DIGEST), unique=True)
    created: Mapped[datetime] = mapped_column(index=True)


class ScenarioVersionRow(Base):
    """One version of a scenario, as its author wrote it."""

    __tablename__ = "scenario_version"

    scenario_id: Mapped[str] = mapped_column(ForeignKey("scenario.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME))
    title: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(DIGEST))
    document: Mapped[dict[str, Any]]
    created: Mapped[datetime]


_IS_LIVE = text("status IN ('queued', 'running', 'done')")


class RunRow(Base):
    """A question, its state and where its answer lies.

    Of the runs of one question at most one is queued, running or done: the index ``uq_run_live`` holds that, so a
    question never has two results. ``lease_until``: when a running run counts as lost.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("uq_run_live", "digest", unique=True, sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE),
        Index("ix_run_status_created", "status", "created"),
        ForeignKeyConstraint(
            ["flows_id", "flows_version"], ["flow_version.table_id", "flow_version.version"], name="fk_run_flows"
        ),
    )

    id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST))
    question: Mapped[dict[str, Any]]
    flows_id: Mapped[str | None] = mapped_column(String(ID))
    flows_version: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(16))
    progress: Mapped[float]
    attempts: Mapped[int]
    worker: Mapped[str | None] = mapped_column(String(NAME))
    lease_until: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result_digest: Mapped[str | None] = mapped_column(String(DIGEST), index=True)
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]


class KeyRow(Base):
    """A key, by its hash. ``scopes``: words with blanks between."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME))
    hash: Mapped[str] = mapped_column(String(DIGEST))
    scopes: Mapped[str] = mapped_column(String(NAME))
    created: Mapped[datetime]
    revoked: Mapped[datetime | None]


class RetryRow(Base):
    """A request that may come again, and the answer that it had; ``status`` is null until it has been answered."""

    __tablename__ = "retry"

    key: Mapped[str] = mapped_column(String(DIGEST), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(DIGEST))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    expires: Mapped[datetime] = mapped_column(index=True)
