"""Keys are told once and kept as hashes; a request that comes again gets the answer it had."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from tariffcalc.errors import UnknownNameError
from tariffcalc.store import NotSavedError, Replay, RetryBusyError, RetryConflictError, Store
from tariffcalc.store.ids import now
from tariffcalc.store.models import RetryRow


def test_a_key_lets_in_until_it_is_revoked(store: Store) -> None:
    told = store.keys.create("desk", ("read", "write"))
    key = store.keys.verify(told)
    assert (key.name, key.scopes) == ("desk", ("read", "write"))
    assert store.keys.list() == (key,)
    assert store.keys.revoke(key.id).revoked is not None
    assert store.keys.verify(told) is None
    with pytest.raises(NotSavedError):
        store.keys.revoke("nothing")


def test_the_secret_is_not_kept(store: Store) -> None:
    told = store.keys.create("desk")
    with store.database.read() as session:
        row = session.execute(text("SELECT * FROM api_key")).one()
    assert told.rpartition("_")[2] not in str(tuple(row))


@pytest.mark.parametrize("wrong", ["", "tc", "tc_", "tc__", "tc_x_y", "\0", "tc_ü_ä", "tc_\ud800_x", "x" * 10_000])
def test_other_words_let_nobody_in(store: Store, wrong: str) -> None:
    told = store.keys.create("desk")
    assert store.keys.verify(wrong) is None
    assert store.keys.verify(told[:-1]) is None
    assert store.keys.verify(told.replace("tc_", "tk_")) is None


def test_a_scope_must_be_known(store: Store) -> None:
    with pytest.raises(UnknownNameError):
        store.keys.create("desk", ("admin",))


def test_a_request_that_comes_again_gets_its_answer(store: Store) -> None:
    assert store.idempotency.begin("key", "request") is None
    with pytest.raises(RetryBusyError):
        store.idempotency.begin("key", "request")
    store.idempotency.finish("key", 201, {"Location": "/x"}, b"body")
    assert store.idempotency.begin("key", "request") == Replay(201, {"Location": "/x"}, b"body")
    with pytest.raises(RetryConflictError):
        store.idempotency.begin("key", "another request")
    assert store.idempotency.begin("another key", "request") is None


def test_a_request_that_failed_may_be_done_anew(store: Store) -> None:
    store.idempotency.begin("key", "request")
    store.idempotency.forget("key")
    assert store.idempotency.begin("key", "request") is None


def test_a_request_that_died_is_done_anew_after_a_while(store: Store) -> None:
    store.idempotency.begin("key", "request")
    with store.database.write() as session:
        session.execute(update(RetryRow).values(expires=now() - timedelta(seconds=1)))
    assert store.idempotency.begin("key", "request") is None


def test_of_many_at_once_one_begins(store: Store) -> None:
    def begin(_: int) -> bool:
        try:
            return store.idempotency.begin("key", "request") is None
        except RetryBusyError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(begin, range(16))).count(True) == 1
