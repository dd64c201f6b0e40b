"""The folder of tables: what is in it is whole, and what nobody needs goes."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from tariffcalc.engine.flow_table import Flows
from tariffcalc.settings import Settings
from tariffcalc.store import Store, StoreUnavailableError
from tariffcalc.store.blobs import Blobs

DIGEST = "a" * 64


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


def test_writing_again_makes_a_file_young(tmp_path: Path, flows: Flows) -> None:
    store = Store.open(Settings(home=tmp_path))
    store.flows.delete(store.flows.save(flows, "one").id)
    for path in (tmp_path / "tables").rglob("*.parquet"):
        os.utime(path, (time.time() - 200_000,) * 2)
    saved = store.flows.save(flows, "two")
    assert store.tidy() == 0
    assert store.flows.read(saved.id).digest == flows.digest
    store.close()
