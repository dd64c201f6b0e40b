"""Who saved a thing, keys, requests that may come again; the currency of a table and the digest of a result apart."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add them; what is saved already belongs to nobody, is listed, and keeps its currency and its results."""
    for name in ("flow_table", "scenario"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("owner", sa.String(200)))
            table.add_column(sa.Column("once", sa.String(64)))
            table.create_unique_constraint(f"uq_{name}_once", ["once"])
    _required("flow_table", "listed", sa.Boolean(), True)
    _required("flow_version", "currency", sa.String(3), "USD")
    with op.batch_alter_table("run") as table:
        table.add_column(sa.Column("result_digest", sa.String(64)))
        table.create_index("ix_run_result_digest", ["result_digest"])
    _spread()
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created", UTC, nullable=False),
        sa.Column("revoked", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
    )
    op.create_table(
        "retry",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires", UTC, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_retry"),
    )
    op.create_index("ix_retry_expires", "retry", ["expires"])


def _required(name: str, column: str, kind: Any, value: object) -> None:
    """Add a column that every row has: the rows that are there get a value first."""
    with op.batch_alter_table(name) as table:
        table.add_column(sa.Column(column, kind))
    op.execute(sa.table(name, sa.column(column, kind)).update().values({column: value}))
    with op.batch_alter_table(name) as table:
        table.alter_column(column, existing_type=kind, nullable=False)


def _spread() -> None:
    """Currency and digest of a result, out of the documents that held them."""
    link = op.get_bind()
    versions = sa.table(
        "flow_version",
        sa.column("table_id", sa.String),
        sa.column("version", sa.Integer),
        sa.column("currency", sa.String),
        sa.column("told", sa.JSON),
    )
    for one in link.execute(sa.select(versions)).all():
        if currency := one.told.get("currency"):
            here = (versions.c.table_id == one.table_id) & (versions.c.version == one.version)
            link.execute(versions.update().where(here).values(currency=currency))
    runs = sa.table(
        "run", sa.column("id", sa.String), sa.column("result", sa.JSON), sa.column("result_digest", sa.String)
    )
    for one in link.execute(sa.select(runs).where(runs.c.result.is_not(None))).all():
        if one.result:
            link.execute(runs.update().where(runs.c.id == one.id).values(result_digest=one.result.get("digest")))


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("retry")
    op.drop_table("api_key")
    with op.batch_alter_table("run") as table:
        table.drop_index("ix_run_result_digest")
        table.drop_column("result_digest")
    with op.batch_alter_table("flow_version") as table:
        table.drop_column("currency")
    for name in ("flow_table", "scenario"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"uq_{name}_once", type_="unique")
            table.drop_column("once")
            table.drop_column("owner")
    with op.batch_alter_table("flow_table") as table:
        table.drop_column("listed")
