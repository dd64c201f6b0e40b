"""The folder of tables: what is in it is whole, and what nobody needs goes."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import text

import tariffcalc as tc
from tariffcalc.engine.flow_table import Flows
from tariffcalc.settings import Settings
from tariffcalc.store import RECKONED_ANEW, NotSavedError, Store, StoreUnavailableError
from tariffcalc.store.blobs import Blobs

DIGEST = "a" * 64
OPERATION = Path(__file__).parents[2] / "docs" / "operation.md"


def broken(file: BinaryIO) -> None:
    file.write(b"half")
    raise OSError("no space left")


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path), "flows")
    with pytest.raises(StoreUnavailableError, match="written"):
        blobs.write(DIGEST, broken)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with pytest.raises(StoreUnavailableError, match="read"):
        blobs.read(DIGEST)


def test_a_failed_rewrite_leaves_the_whole_file(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path), "flows")
    blobs.write(DIGEST, lambda file: file.write(b"whole"))
    with pytest.raises(StoreUnavailableError):
        blobs.write(DIGEST, broken)
    assert blobs.read(DIGEST) == b"whole"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_only_digests_are_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        Blobs(str(tmp_path), "flows").read(name)


def test_any_address_of_fsspec_will_do(tmp_path: Path, flows: Flows) -> None:
    store = Store.open(Settings(home=tmp_path, tables_url="memory://tables"))
    saved = store.flows.save(flows, "mine")
    assert store.flows.read(saved.id).digest == flows.digest
    assert list(store._tables.digests()) == [flows.digest]
    store.close()


def test_what_nobody_needs_goes_when_it_is_old(tmp_path: Path, flows: Flows, other_flows: Flows) -> None:
    store = Store.open(Settings(home=tmp_path))
    kept, gone = store.flows.save(flows, "kept"), store.flows.save(other_flows, "gone")
    store.flows.delete(gone.id)
    (tmp_path / "tables" / "flows" / "x.part").write_bytes(b"half")
    assert store.tidy() == 0
    files = [path for path in (tmp_path / "tables").rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (time.time() - 200_000,) * 2)
    assert len(files) == 3
    assert store.tidy() == 2
    assert store.flows.read(kept.id).digest == flows.digest
    store.close()


def aged(store: Store, days: float) -> None:
    """Make every file so old."""
    for path in Path(store.settings.tables).rglob("*.parquet"):
        os.utime(path, (time.time() - days * 86_400,) * 2)


def test_old_pieces_of_pages_go(store: Store) -> None:
    """They are reckoned anew; nothing refers to them, and yet they stay for a while."""
    parts = Blobs(store.settings.tables, "parts")
    parts.write(DIGEST, lambda file: file.write(b"piece"))
    aged(store, RECKONED_ANEW.days - 1)
    assert store.tidy() == 0
    assert parts.read(DIGEST) == b"piece"
    (Path(store.settings.tables) / "parts" / "x.part").write_bytes(b"half")
    aged(store, RECKONED_ANEW.days + 1)
    assert store.tidy() == 1
    assert list(parts.digests()) == []
    os.utime(Path(store.settings.tables) / "parts" / "x.part", (time.time() - 200_000,) * 2)
    assert store.tidy() == 1


def test_old_runs_are_removed_as_the_documentation_says(store: Store, flows: Flows, other_flows: Flows) -> None:
    """Their results and the tables that only they needed follow; what is young or listed stays."""
    sent = [store.flows.save(one, "sent", listed=False) for one in (flows, other_flows)]
    listed = store.flows.save(flows, "listed")
    runs = [store.runs.request({"flows": {"id": one.id, "version": 1}}) for one in (*sent, listed)]
    for group in (("product",), ("origin",), ("month",)):
        claimed = store.runs.claim("a", 30.0)
        assert claimed is not None
        assert store.runs.finish(claimed, tc.estimate(flows, by=group))
    statements = statements_of(store)
    with store.database.write() as session:
        was = {"then": "2025-12-31 10:00:00.000000"}
        for run in (runs[0], runs[2]):
            session.execute(text("UPDATE run SET finished = :then WHERE id = :id"), was | {"id": run.id})
        session.execute(text("UPDATE flow_table SET created = :then"), was)
    for statement in statements:
        with store.database.write() as session:
            session.execute(text(statement))
    aged(store, 2)
    assert store.tidy() == 2
    for gone in (runs[0], runs[2]):
        with pytest.raises(NotSavedError):
            store.runs.get(gone.id)
    with pytest.raises(NotSavedError):
        store.flows.get(sent[0].id)
    assert len(store.runs.result(runs[1].id).frame) == len(flows.frame)
    assert (store.flows.read(sent[1].id).digest, store.flows.get(listed.id).rows) == (other_flows.digest, 2)


def statements_of(store: Store) -> list[str]:
    """The statements of the documentation for this database."""
    (block,) = re.findall(r"```sql\n(.*?)```", OPERATION.read_text(encoding="utf-8"), re.DOTALL)
    plain = [re.sub("--.*", "", one).strip() for one in block.split(";")]
    return [one for one in plain if one and (store.database.is_sqlite or not one.startswith("PRAGMA"))]


def test_writing_again_makes_a_file_young(tmp_path: Path, flows: Flows) -> None:
    store = Store.open(Settings(home=tmp_path))
    store.flows.delete(store.flows.save(flows, "one").id)
    for path in (tmp_path / "tables").rglob("*.parquet"):
        os.utime(path, (time.time() - 200_000,) * 2)
    saved = store.flows.save(flows, "two")
    assert store.tidy() == 0
    assert store.flows.read(saved.id).digest == flows.digest
    store.close()
