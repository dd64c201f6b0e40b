"""Old databases are brought to the program's form with all they hold; models and migrations say the same."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text

from tariffcalc.engine.flow_table import Flows
from tariffcalc.settings import Settings
from tariffcalc.store import NotSavedError, Store, StoreError, StoreUnavailableError, migrations
from tariffcalc.store.database import Database, make_engine, writing
from tariffcalc.store.migrate import migrate, revision_of
from tariffcalc.store.migrations import HEAD
from tariffcalc.store.models import Base

PAST = ("0001", "0002")
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = Database(settings.database)
    yield made
    made.close()


def test_every_revision_is_tested() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert [one.revision for one in script.walk_revisions()] == sorted(PAST, reverse=True)
    assert script.get_current_head() == HEAD == PAST[-1]


def test_models_and_migrations_say_the_same(database: Database) -> None:
    migrate(database)
    with make_engine(database, pooled=False).connect() as link:
        context = MigrationContext.configure(link, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def fill(database: Database, revision: str, flows: Flows) -> None:
    """What a program of that revision would have saved: a table, a scenario of two versions, two runs."""
    told = {"title": "t", "vintage": "v", "source": "s", "importers": ["USA"], "warnings": ["w"], "bad_rows": 0}
    later = revision >= "0002"
    version = {"created": MOMENT, "digest": flows.digest, "version": 1}
    run = {"digest": flows.digest, "question": {}, "progress": 1.0, "created": MOMENT}
    result = {"digest": flows.digest, "rows": 1, "bytes": 1}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("flow_table", {"id": "t1", "version": 1, "created": MOMENT} | ({"listed": True} if later else {})),
        (
            "flow_version",
            version
            | {"table_id": "t1", "name": "mine", "rows": 2, "customs_value": 3500.5, "faults": []}
            | {"first": date(2025, 3, 1), "until": date(2025, 5, 1)}
            | ({"told": told, "currency": "CAD"} if later else {"told": {**told, "currency": "CAD"}}),
        ),
        ("scenario", {"id": "s1", "version": 2, "created": MOMENT}),
        ("scenario_version", version | {"scenario_id": "s1", "name": "a", "title": "A", "document": {"name": "a"}}),
        (
            "scenario_version",
            version | {"scenario_id": "s1", "version": 2, "name": "b", "title": "B", "document": {"name": "b"}},
        ),
        (
            "run",
            run
            | {"id": "r1", "flows_id": "t1", "flows_version": 1, "status": "done", "attempts": 1, "result": result}
            | ({"result_digest": flows.digest} if later else {}),
        ),
        ("run", run | {"id": "r2", "status": "failed", "attempts": 3}),
    ]
    with writing(make_engine(database, pooled=False)) as link:
        found = MetaData()
        found.reflect(link)
        for name, row in rows:
            link.execute(found.tables[name].insert().values(row))


@pytest.mark.parametrize("revision", PAST)
def test_an_old_database_keeps_what_it_holds(
    database: Database, settings: Settings, flows: Flows, revision: str
) -> None:
    migrate(database, revision)
    fill(database, revision, flows)
    store = Store(settings)
    store._tables.write(flows.digest, flows.frame.to_parquet)
    store = Store.open(settings)
    table = store.flows.get("t1")
    assert (table.name, table.currency, table.customs_value, table.importers) == ("mine", "CAD", 3500.5, ("USA",))
    assert table.created == MOMENT
    assert [one.id for one in store.flows.list().items] == ["t1"]
    assert store.flows.read("t1").digest == flows.digest
    assert store.scenarios.get("s1").name == "b"
    assert store.scenarios.get("s1", 1).document == {"name": "a"}
    assert store.runs.counts() == {"done": 1, "failed": 1}
    with pytest.raises(StoreUnavailableError):
        store.runs.result("r1")
    store.flows.delete("t1")
    with pytest.raises(NotSavedError):
        store.flows.get("t1")
    assert store.flows.read("t1", 1).digest == flows.digest
    store.close()


def test_foreign_keys_still_hold_afterwards(database: Database, flows: Flows) -> None:
    migrate(database, PAST[0])
    fill(database, PAST[0], flows)
    migrate(database)
    if database.is_sqlite:
        with database.read() as session:
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
            assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    with pytest.raises(Exception, match=r"(?i)foreign"), database.write() as session:
        session.execute(text("DELETE FROM flow_version"))


def test_a_step_that_fails_changes_nothing(database: Database, flows: Flows) -> None:
    migrate(database, PAST[0])
    fill(database, PAST[0], flows)
    with writing(make_engine(database, pooled=False)) as link:
        link.execute(text("CREATE TABLE retry (x INTEGER)"))  # the second step stumbles over this
    with pytest.raises(StoreError, match="0001 to 0002") as caught:
        migrate(database)
    assert caught.value.code == "migration-failed"
    with database.read() as session:
        assert revision_of(session.connection()) == PAST[0]
        assert session.execute(text("SELECT count(*) FROM flow_table")).scalar() == 1
        assert "owner" not in session.execute(text("SELECT * FROM flow_table")).mappings().one()


def test_a_database_of_a_later_program_is_left_alone(database: Database, settings: Settings) -> None:
    migrate(database)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="later version") as caught:
        migrate(database)
    assert caught.value.code == "newer-database"
    store = Store(settings)
    assert not store.is_ready()
    store.close()


def opened(settings: Settings) -> bool:
    store = Store.open(settings)
    ready = store.is_ready()
    store.close()
    return ready


def test_many_processes_may_begin_at_once(settings: Settings) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert all(pool.map(opened, [settings] * 8))


def test_a_store_is_not_ready_before_it_is_opened(settings: Settings) -> None:
    store = Store(settings)
    assert not store.is_ready()
    migrate(store.database)
    assert store.is_ready()
    store.close()
