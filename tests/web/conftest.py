"""The application and a client of it, made once: loading the law is the slow part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tariffcalc.settings import Settings
from tariffcalc.web import create_app
from tests.servers import DATABASES, database_url
from tests.service_shell import application


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "contract: schemathesis against a running service; about a minute")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    home = tmp_path_factory.mktemp("home")
    return create_app(settings=Settings(home=home, rate_limit="off", write_limit="off", logs="off"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def paged() -> Iterator[Flask]:
    """An application with an empty store of its own, whose pages are read."""
    with application() as made:
        yield made


@pytest.fixture
def reader(paged: Flask) -> FlaskClient:
    return paged.test_client()


@pytest.fixture(scope="module", params=DATABASES)
def saving(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application with an empty store of each kind, which reckons long what has more than a thousand rows."""
    url = database_url(request.param)
    with application(database_url=url, sync_rows=1_000, quote_lines=60, table_rows=60_000) as made:
        yield made


@pytest.fixture
def saver(saving: Flask) -> FlaskClient:
    return saving.test_client()
