"""Work in a second process: the same answers and the same refusals; the processes of a service: ``test_server``."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator

import pytest
from flask import Flask, g

from tariffcalc.web import apart
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.requests import request_id


@apart.apart
def where(said: str) -> tuple[str, int, str | None]:
    """What was said, in which process, for which request."""
    return said, os.getpid(), request_id()


@apart.apart
def refuse() -> None:
    raise ProblemError(409, "not now", code="conflict", hint="later", headers={"Retry-After": "1"})


@pytest.fixture(scope="module")
def divided() -> Iterator[Flask]:
    """An application with a second process."""
    app = Flask("divided")
    apart.start(app)
    yield app
    app.extensions["tariffcalc-apart"].shutdown()


def test_work_is_done_in_the_other_process_under_the_name_of_the_request(divided: Flask) -> None:
    with divided.app_context():
        g.request_id = "request-1"
        said, process, name = where("hello")
    assert (said, name) == ("hello", "request-1")
    assert process != os.getpid()


def test_without_a_second_process_it_is_done_in_place() -> None:
    with Flask("whole").app_context():
        assert where("hello")[1] == os.getpid()


def test_a_refusal_comes_back_whole(divided: Flask) -> None:
    with divided.app_context(), pytest.raises(ProblemError) as caught:
        refuse()
    found = caught.value
    assert (found.status, found.detail, found.code, found.hint) == (409, "not now", "conflict", "later")
    assert found.headers == {"Retry-After": "1"}
    assert str(pickle.loads(pickle.dumps(found))) == "not now"  # noqa: S301 - our own
