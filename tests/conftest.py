"""What many tests share: the law as it stands, and a clean cache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tariffcalc as tc
from tariffcalc.engine import run
from tariffcalc.law.schedule import Schedule


@pytest.fixture(scope="session")
def law() -> Schedule:
    """The law of the United States as its files state it."""
    return tc.read_schedule("USA")


@pytest.fixture
def fresh_engine() -> Iterator[None]:
    """An engine that remembers nothing of the tests before, and leaves nothing to those after."""
    run._CACHE.clear()
    yield
    run._CACHE.clear()
