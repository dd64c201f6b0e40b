"""Flow tables, scenarios and runs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

UTC = sa.DateTime(timezone=True)
LIVE = sa.text("status IN ('queued', 'running', 'done')")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "flow_table",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", UTC, nullable=False),
        sa.Column("deleted", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_flow_table"),
    )
    op.create_index("ix_flow_table_created", "flow_table", ["created"])
    _versions("flow", "flow_table", "table_id")
    op.create_index("ix_flow_version_digest", "flow_version", ["digest"])
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scenario"),
    )
    op.create_index("ix_scenario_created", "scenario", ["created"])
    _versions("scenario", "scenario", "scenario_id")
    _runs()


def _versions(kind: str, parent: str, key: str) -> None:
    own: dict[str, list[sa.Column[Any]]] = {
        "flow": [
            sa.Column("rows", sa.Integer, nullable=False),
            sa.Column("first", sa.Date, nullable=False),
            sa.Column("until", sa.Date, nullable=False),
            sa.Column("customs_value", sa.Double, nullable=False),
            sa.Column("told", sa.JSON, nullable=False),
            sa.Column("faults", sa.JSON, nullable=False),
        ],
        "scenario": [
            sa.Column("title", sa.Text, nullable=False),
            sa.Column("document", sa.JSON, nullable=False),
        ],
    }
    op.create_table(
        f"{kind}_version",
        sa.Column(key, sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        *own[kind],
        sa.Column("created", UTC, nullable=False),
        sa.PrimaryKeyConstraint(key, "version", name=f"pk_{kind}_version"),
        sa.ForeignKeyConstraint([key], [f"{parent}.id"], name=f"fk_{kind}_version_{key}", ondelete="CASCADE"),
    )


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("question", sa.JSON, nullable=False),
        sa.Column("flows_id", sa.String(32)),
        sa.Column("flows_version", sa.Integer),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("progress", sa.Double, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(200)),
        sa.Column("lease_until", UTC),
        sa.Column("error", sa.JSON),
        sa.Column("result", sa.JSON),
        sa.Column("created", UTC, nullable=False),
        sa.Column("started", UTC),
        sa.Column("finished", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.ForeignKeyConstraint(
            ["flows_id", "flows_version"], ["flow_version.table_id", "flow_version.version"], name="fk_run_flows"
        ),
    )
    op.create_index("ix_run_status_created", "run", ["status", "created"])
    op.create_index("uq_run_live", "run", ["digest"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade() -> None:
    """Drop them again."""
    for name in ("run", "scenario_version", "scenario", "flow_version", "flow_table"):
        op.drop_table(name)
