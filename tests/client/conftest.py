"""A service without a network, and the client of it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from flask import Flask

from tariffcalc.client import Client
from tariffcalc.settings import Settings
from tariffcalc.web import create_app


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with a store of its own."""
    home = tmp_path_factory.mktemp("home")
    return create_app(settings=Settings(home=home, rate_limit="off", write_limit="off", logs="off"))


@pytest.fixture
def client(service: Flask) -> Iterator[Client]:
    with Client("http://service", transport=httpx.WSGITransport(app=service)) as found:
        yield found
