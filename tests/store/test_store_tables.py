"""Saved flow tables: they come back as they were, versions stay, nothing is half there."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.store import NotSavedError, StaleVersionError, Store


def test_a_table_comes_back_as_it_was(store: Store, flows: Flows) -> None:
    saved = store.flows.save(flows, "mine", owner="someone")
    read = store.flows.read(saved.id)
    pd.testing.assert_frame_equal(read.frame, flows.frame)
    assert (read.digest, read.currency, read.window, read.name) == (flows.digest, "USD", flows.window, "mine")
    assert (saved.rows, saved.customs_value, saved.window) == (2, 3500.5, (date(2025, 3, 1), date(2025, 5, 1)))
    assert (saved.version, saved.importers, saved.owner, saved.digest) == (1, ("USA",), "someone", flows.digest)


def test_its_estimate_is_the_same(store: Store, flows: Flows) -> None:
    saved = store.flows.save(flows, flows.name)
    direct = tc.estimate(flows, by=("product", "measure"))
    assert tc.estimate(store.flows.read(saved.id), by=("product", "measure")).to("csv") == direct.to("csv")


def test_faults_and_warnings_are_kept(store: Store) -> None:
    good = {"origin": "CAN", "product": "7208390015", "period": "2025-03", "customs_value": 1000.0}
    rows = [good, {"origin": "CAN", "product": "99", "period": "never", "customs_value": -1}]
    flows = tc.read_flows(rows, importer="USA", on_bad_row="skip", name="with faults")
    saved = store.flows.save(flows, flows.name)
    read = store.flows.read(saved.id)
    assert (read.bad_rows, read.warnings) == (flows.bad_rows, flows.warnings)
    assert (saved.bad_rows, read.skipped_rows, len(read.bad_rows)) == (1, 1, 2)
    assert tc.estimate(read).provenance["skipped_rows"] == 1


def test_editing_makes_a_new_version(store: Store, flows: Flows, other_flows: Flows) -> None:
    first = store.flows.save(flows, "mine")
    second = store.flows.update(first.id, other_flows, first.etag)
    assert (second.version, second.rows, second.name) == (2, 1, "mine")
    assert store.flows.get(first.id) == second
    assert store.flows.get(first.id, 1) == first
    assert len(store.flows.read(first.id, 1).frame) == 2
    with pytest.raises(StaleVersionError) as caught:
        store.flows.update(first.id, flows, first.etag)
    assert (caught.value.code, caught.value.current) == ("stale-version", second.etag)
    assert store.flows.get(first.id) == second


def test_the_list_has_pages_newest_first(store: Store, flows: Flows) -> None:
    made = [store.flows.save(flows, f"table {number}") for number in range(5)]
    store.flows.save(flows, "for one question only", listed=False)
    page = store.flows.list(2, 2)
    assert [one.name for one in page.items] == ["table 2", "table 1"]
    assert (page.total, page.page, page.page_size) == (5, 2, 2)
    assert store.flows.list(10**20, 100).items == ()
    assert {one.id for one in store.flows.list().items} == {one.id for one in made}


def test_what_is_deleted_is_gone(store: Store, flows: Flows) -> None:
    saved = store.flows.save(flows, "mine")
    with pytest.raises(StaleVersionError):
        store.flows.delete(saved.id, "1-other")
    store.flows.delete(saved.id, saved.etag)
    for gone in (store.flows.get, store.flows.read, store.flows.delete):
        with pytest.raises(NotSavedError):
            gone(saved.id)
    with pytest.raises(NotSavedError):
        store.flows.read(saved.id, 1)
    assert store.flows.list().total == 0


def test_a_run_keeps_the_rows_it_asks_for(store: Store, flows: Flows) -> None:
    saved = store.flows.save(flows, "mine")
    store.runs.request({"flows": {"id": saved.id, "version": 1, "digest": saved.digest}})
    store.flows.delete(saved.id)
    with pytest.raises(NotSavedError):
        store.flows.get(saved.id)
    assert store.flows.list().total == 0
    assert store.flows.read(saved.id, 1).digest == flows.digest


@pytest.mark.parametrize("strange", ["", "../../etc/passwd", "x'; DROP TABLE run; --", "\0", "ü", "a" * 500, "\ud800"])
def test_strange_ids_are_not_found(store: Store, strange: str) -> None:
    with pytest.raises(NotSavedError):
        store.flows.get(strange)


@pytest.mark.parametrize("version", [0, -1, 2, 10**30])
def test_versions_that_are_not_there(store: Store, flows: Flows, version: int) -> None:
    saved = store.flows.save(flows, "mine")
    with pytest.raises(NotSavedError):
        store.flows.get(saved.id, version)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\0", "x" * 201, "\ud800"])
def test_names_that_cannot_be_printed_are_refused(store: Store, flows: Flows, name: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        store.flows.save(flows, name)
    assert caught.value.code == "bad-name"


def test_a_wish_that_comes_again_saves_once(store: Store, flows: Flows, other_flows: Flows) -> None:
    first = store.flows.save(flows, "mine", once="wish")
    assert store.flows.save(other_flows, "mine", once="wish") == first
    assert store.flows.list().total == 1


def test_the_rows_of_one_question_are_saved_once(store: Store, flows: Flows, other_flows: Flows) -> None:
    first = store.flows.save(flows, "rows", listed=False)
    assert store.flows.save(flows, "rows", listed=False) == first
    others = [store.flows.save(*one, listed=False) for one in ((other_flows, "rows"), (flows, "other rows"))]
    assert len({first.id, *(one.id for one in others)}) == 3


def test_ids_cannot_be_guessed(store: Store, flows: Flows) -> None:
    made = {store.flows.save(flows, "mine").id for _ in range(20)}
    assert len(made) == 20
    assert min(map(len, made)) >= 22
