"""An application of one's own to throw things at: what it saves is nobody's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tariffcalc.settings import Settings
from tariffcalc.web import create_app, state


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("home")
    made = create_app(settings=Settings(home=home, rate_limit="off", write_limit="off", logs="off"))
    yield made
    with made.app_context():
        state.store().close()


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()
