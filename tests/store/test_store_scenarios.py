"""Saved scenarios: versions stay, nobody overwrites what he has not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tariffcalc.errors import BadRequestError
from tariffcalc.store import NotSavedError, StaleVersionError, Store

DOCUMENT = {"name": "mine", "title": "What if", "change": [{"end": "s232-steel", "from": "2025-05-01"}]}


def test_a_scenario_comes_back_as_it_was(store: Store) -> None:
    saved = store.scenarios.create(DOCUMENT, owner="someone")
    assert store.scenarios.get(saved.id) == saved
    assert (saved.document, saved.name, saved.title, saved.version) == (DOCUMENT, "mine", "What if", 1)
    assert saved.owner == "someone"


def test_odd_words_come_back_too(store: Store) -> None:
    document = {"name": "mine", "title": "ÄÖ\u2028 𝛑 \\u0000", "note": "\u0000 \ud800", "z": 1, "a": [1.5, None, True]}
    saved = store.scenarios.create(document)
    assert store.scenarios.get(saved.id).document == document
    assert list(store.scenarios.get(saved.id).document) == list(document)


def test_editing_makes_a_new_version(store: Store) -> None:
    first = store.scenarios.create(DOCUMENT)
    second = store.scenarios.update(first.id, {**DOCUMENT, "title": "other"}, first.etag)
    assert (second.version, second.title, second.created) == (2, "other", first.created)
    assert store.scenarios.get(first.id) == second
    assert store.scenarios.get(first.id, 1).document == DOCUMENT
    with pytest.raises(StaleVersionError):
        store.scenarios.update(first.id, DOCUMENT, first.etag)


def test_of_many_edits_at_once_one_wins(store: Store) -> None:
    saved = store.scenarios.create(DOCUMENT)

    def edit(number: int) -> bool:
        try:
            store.scenarios.update(saved.id, {**DOCUMENT, "title": str(number)}, saved.etag)
        except StaleVersionError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(edit, range(16)))
    assert won.count(True) == 1
    assert store.scenarios.get(saved.id).title == str(won.index(True))
    assert store.scenarios.get(saved.id).version == 2


def test_many_edits_of_any_version_all_stay(store: Store) -> None:
    saved = store.scenarios.create(DOCUMENT)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.scenarios.update(saved.id, {**DOCUMENT, "title": str(n)}), range(16)))
    titles = {store.scenarios.get(saved.id, version).title for version in range(2, 18)}
    assert titles == {str(number) for number in range(16)}


def test_the_list_and_deleting(store: Store) -> None:
    made = [store.scenarios.create({**DOCUMENT, "name": f"s{number}"}) for number in range(3)]
    assert [one.name for one in store.scenarios.list(1, 2).items] == ["s2", "s1"]
    with pytest.raises(StaleVersionError):
        store.scenarios.delete(made[0].id, "7-x")
    store.scenarios.delete(made[0].id, made[0].etag)
    assert store.scenarios.list().total == 2
    with pytest.raises(NotSavedError):
        store.scenarios.get(made[0].id, 1)


def test_a_scenario_needs_a_name_and_json(store: Store) -> None:
    with pytest.raises(BadRequestError, match="name"):
        store.scenarios.create({"title": "x"})
    with pytest.raises(BadRequestError) as caught:
        store.scenarios.create({"name": "x", "rate": float("nan")})
    assert caught.value.code == "not-json"


def test_a_wish_that_comes_again_saves_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: store.scenarios.create(DOCUMENT, once="wish").id, range(8)))
    assert len(set(made)) == 1
    assert store.scenarios.list().total == 1
