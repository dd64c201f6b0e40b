"""Stores and queues for runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tests.servers import database_url, queue_url

PAIRS = (("sqlite", "sqlite"), ("postgresql", "redis"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(params=PAIRS, ids="-".join)
def settings(request: pytest.FixtureRequest, home: Path) -> Settings:
    """Of a service whose lost runs are found soon.

    Not too soon: a worker that a busy machine keeps from renewing its lease for so long loses its run.
    """
    database, queue = request.param
    return Settings(
        home=home,
        database_url=database_url(database),
        queue_url=queue_url(queue),
        lease_seconds=6.0,
        sweep_seconds=0.3,
        run_workers=2,
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()
