"""An application of one's own to throw things at: what it saves is nobody's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.service_shell import application


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with application() as made:
        yield made


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()
