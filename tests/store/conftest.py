"""A store of each kind, empty, for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import tariffcalc as tc
from tariffcalc.engine.flow_table import Flows
from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tests.servers import DATABASES, database_url

ROWS = [
    {"origin": "CAN", "product": "7208.39.0015", "period": "2025-03", "customs_value": 1000.0},
    {"origin": "MEX", "product": "6109901007", "period": "2025-04", "customs_value": 2500.5},
]


@pytest.fixture(params=DATABASES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url(request.param))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def flows() -> Flows:
    return tc.read_flows(ROWS, importer="USA", name="two rows")


@pytest.fixture(scope="session")
def other_flows() -> Flows:
    return tc.read_flows(ROWS[:1], importer="USA", name="one row")
