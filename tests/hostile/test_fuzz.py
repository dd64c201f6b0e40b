"""Good inputs that chance has spoilt: each is answered or refused like any other, and soon."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pytest
from flask.testing import FlaskClient
from hostile_books import good as good_book
from hostile_columns import arrow, table
from hostile_columns import good as good_parquet
from hostile_inputs import KINDS
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import misasked, misspelt, spoilt
from werkzeug.test import TestResponse

from tests.web.problem_words import problem_of

SECONDS = 2.0
"""Of the processor, so that other programs do not count."""

ROW = {"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000.5}
LINE = {"product": "2709002010", "origin": "CAN", "date": "2025-03-05", "value": 10, "share": {"steel": 0.5}}
CHANGES = [
    {"set": "s232-steel", "rate": "25%", "from": "2025-06-04", "where": {"origins": ["CAN"], "products": ["7208"]}},
    {"pause": ["s232-autos"], "from": "2025-05-01", "until": "2025-06-01"},
    {"add": {"id": "mine", "scope": {"origins": ["MEX"], "products": ["44"]}, "rate": {"cap": "10%"}}},
]
SCENARIO = {"name": "mine", "title": "Mine", "change": CHANGES, "assumptions": {"preference": {"usmca": 0.5}}}

TABLES = {
    "csv": b"origin,product,period,customs_value,quantity,unit\nCAN,7208390015,2025-05,1000.5,5,kg\n",
    "tsv": "origin\tproduct\tperiod\tcustoms_value\nCAN\t7208.39.00.15\t2025-05\t1000,5\n".encode("utf-16"),
    "xlsx": good_book(),
    "parquet": good_parquet(),
    "arrow": arrow(table(customs_value=pa.array([1000.5])), compression=None),
}
BODIES: dict[str, Any] = {
    "/v1/flows": {"rows": [ROW, {**ROW, "quantity": 5, "unit": "kg"}], "name": "mine", "on_bad_row": "skip"},
    "/v1/quotes": {"lines": [LINE, {**LINE, "claim": "usmca"}], "defaults": {"importer": "USA"}},
    "/v1/scenarios": SCENARIO,
    "/v1/estimates": {"flows": [ROW], "scenario": SCENARIO, "baseline": "no-pause", "by": ["origin"], "demand": -1.25},
}
QUESTIONS = {
    "/v1/rates": {"product": "2709002010", "origin": "CAN", "date": "2025-03-05", "value": "10", "share": "steel=0.5"},
    "/v1/rates.csv": {"product": "2709002010", "origin": "CAN", "date": "2025-03-05", "sep": ";", "decimal": ","},
    "/v1/rates/history": {"product": "84295110", "origin": "CAN", "from": "2025-01", "until": "2025-06"},
    "/v1/products": {"q": "crude oil", "limit": "5"},
    "/v1/measures": {"origin": "CAN", "product": "7208", "on": "2025-06-05", "page": "1", "page_size": "5"},
    "/v1/estimates.csv": {"flows": "us-north-america-2025", "by": "origin", "from": "2025-03", "until": "2025-04"},
    "/v1/flows": {"page": "1", "page_size": "5"},
}


def sound(answer: TestResponse, seconds: float) -> None:
    """Hold that an answer is one: a refusal that says why, or something that can be read; and that it came soon."""
    assert answer.status_code < 500, answer.text
    assert seconds < SECONDS
    if answer.status_code >= 400:
        problem_of(answer, answer.status_code)
    elif answer.mimetype == "text/csv":
        assert list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline=""), strict=True))
    else:
        told = json.loads(answer.data, parse_constant=pytest.fail)
        lines = told.get("lines", ()) if isinstance(told, dict) else ()
        assert [one for one in lines if one.get("problem", {}).get("code") == "internal"] == []


def assert_sound(client: FlaskClient, method: str, path: str, **sent: Any) -> None:
    """Ask, and hold that the answer is sound and came soon."""
    begun = time.thread_time()
    answer = client.open(path, method=method, **sent)
    sound(answer, time.thread_time() - begun)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("path", ["/v1/flows", "/v1/quotes"])
@settings(max_examples=40)
@given(data=st.data())
def test_spoilt_tables(client: FlaskClient, path: str, kind: str, data: st.DataObject) -> None:
    assert_sound(client, "POST", path, data=data.draw(spoilt(TABLES[kind])), content_type=KINDS[kind])


@pytest.mark.parametrize("path", BODIES)
@settings(max_examples=40)
@given(data=st.data())
def test_spoilt_json(client: FlaskClient, path: str, data: st.DataObject) -> None:
    assert_sound(
        client, "POST", path, data=data.draw(spoilt(json.dumps(BODIES[path]).encode())), content_type=KINDS["json"]
    )


@pytest.mark.parametrize("path", BODIES)
@settings(max_examples=60)
@given(data=st.data())
def test_hostile_values_in_json(client: FlaskClient, path: str, data: st.DataObject) -> None:
    assert_sound(client, "POST", path, data=data.draw(misspelt(BODIES[path])), content_type=KINDS["json"])


@pytest.mark.parametrize("path", QUESTIONS)
@settings(max_examples=40)
@given(data=st.data())
def test_hostile_questions(client: FlaskClient, path: str, data: st.DataObject) -> None:
    assert_sound(client, "GET", f"{path}?{urlencode(data.draw(misasked(QUESTIONS[path])))}")
