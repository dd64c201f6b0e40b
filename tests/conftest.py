"""What many tests share: the law as it stands, a clean cache, and how hypothesis draws its cases."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

import tariffcalc as tc
from tariffcalc.engine import run
from tariffcalc.law.schedule import Schedule

STEADY = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
"""No case fails because the machine is busy."""
settings.register_profile("searching", **STEADY)
settings.register_profile("repeatable", derandomize=True, **STEADY)
settings.load_profile("repeatable" if os.environ.get("TARIFFCALC_NO_SKIP") == "1" else "searching")


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
