"""Connections: threads share a store, a fork gets its own, a database that is away is told in words."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.settings import Settings
from tariffcalc.store import Store, StoreUnavailableError
from tests.servers import free_port


def test_threads_share_a_store(store: Store, flows: Flows) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.flows.save(flows, f"table {n}"), range(40)))
    assert store.flows.list(1, 100).total == 40


def test_a_fork_has_connections_of_its_own(store: Store, flows: Flows) -> None:
    store.flows.save(flows, "before")
    child = os.fork()
    if child == 0:
        try:
            store.flows.save(flows, "in the child")
            os._exit(0 if store.flows.list().total == 2 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert store.flows.list().total == 2
    store.flows.save(flows, "after")
    assert [one.name for one in store.flows.list().items] == ["after", "in the child", "before"]


def test_sqlite_is_set_up_for_many_processes(tmp_path: Path) -> None:
    store = Store.open(Settings(home=tmp_path / "deep" / "home"))
    with store.database.read() as session:
        pragmas = [
            session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 1, 30_000]
    assert (tmp_path / "deep" / "home").stat().st_mode & 0o077 == 0
    store.close()


def test_a_failed_write_is_undone(store: Store) -> None:
    def write() -> None:
        with store.database.write() as session:
            session.execute(text("INSERT INTO scenario (id, version, created) VALUES ('x', 1, '2025-01-01')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert store.scenarios.list().total == 0


def test_a_server_that_is_away_is_told_in_words(tmp_path: Path) -> None:
    url = f"postgresql://user:hidden@127.0.0.1:{free_port()}/none"
    store = Store(Settings(home=tmp_path, database_url=url))
    assert not store.is_ready()
    with pytest.raises(StoreUnavailableError) as caught:
        store.flows.list()
    assert caught.value.code == "store-unavailable"
    assert "hidden" not in str(caught.value)
    with pytest.raises(StoreUnavailableError):
        Store.open(store.settings)


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "tariffcalc.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreUnavailableError):
        Store.open(Settings(home=tmp_path))


def test_an_address_that_nobody_can_read(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError) as caught:
        Store(Settings(home=tmp_path, database_url="mysql://x"))
    assert caught.value.code == "bad-setting"


def test_a_reader_is_not_held_up_by_a_writer(tmp_path: Path) -> None:
    store = Store.open(Settings(home=tmp_path))
    link = sqlite3.connect(tmp_path / "tariffcalc.db", isolation_level=None)
    link.execute("BEGIN IMMEDIATE")
    assert store.scenarios.list().total == 0
    link.close()
    store.close()
