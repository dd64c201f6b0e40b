"""Bodies as they come in: whole, as HTTP has them; JSON that says everything once and nothing that nobody can keep."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from problem_words import problem_of

JSON = "application/json"
HALF = b"origin,product,period,customs_value\nCAN,7208390015,2025-05,1\nCAN,7208390015,2025-06,123"


class Torn(io.RawIOBase):
    """A body whose server gives up: chunks that are none."""

    def read(self, _size: int = -1) -> bytes:
        raise OSError("invalid chunk")


@pytest.mark.parametrize("path", ["/v1/flows", "/v1/estimates", "/v1/quotes"])
def test_half_of_a_table_is_no_table(client: FlaskClient, path: str) -> None:
    """What came before the line broke off looks whole: rows, and a number that lost its end."""
    answer = client.post(
        path,
        input_stream=io.BytesIO(HALF),
        content_type="text/csv",
        environ_overrides={"CONTENT_LENGTH": "5000", "wsgi.input_terminated": True},
    )
    body = problem_of(answer, 400)
    assert body["code"] == "malformed"
    assert "bytes of it are missing" in body["detail"]


@pytest.mark.parametrize("kind", ["text/csv", JSON])
@pytest.mark.parametrize("path", ["/v1/flows", "/v1/estimates", "/v1/quotes"])
def test_chunks_that_are_none(client: FlaskClient, path: str, kind: str) -> None:
    torn: Any = Torn()
    answer = client.post(path, content_type=kind, environ_overrides={"wsgi.input": torn, "wsgi.input_terminated": True})
    assert "not as HTTP has them" in problem_of(answer, 400)["detail"]


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        ("/v1/scenarios", '{"name": "t", "change": [{"set": "s232-steel", "rate": "25%", "rate": "50%"}]}', "rate"),
        ("/v1/estimates", '{"flows": "us-world-2024", "flows": "us-north-america-2025"}', "flows"),
        ("/v1/quotes", '{"lines": [{"product": "2709002010", "\\u0070roduct": "8429511050"}]}', "product"),
    ],
)
def test_a_key_said_twice_is_refused(client: FlaskClient, path: str, body: str, key: str) -> None:
    """Taking the last of two rates would be a silent choice."""
    told = problem_of(client.post(path, data=body, content_type=JSON), 400)
    assert (told["code"], told["detail"]) == (
        "repeated-key",
        f"the key {key!r} is given more than once in one object",
    )


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/v1/scenarios", r'{"name": "a", "title": "\ud800"}', "title"),
        ("/v1/estimates", r'{"flows": [{"origin": "CAN", "\udc00": 1}]}', "a key of flows[0]"),
        ("/v1/quotes", r'{"lines": [{}, {"share": ["steel=1", "\ud83d"]}]}', "lines[1].share[1]"),
        ("/v1/flows", r'{"\ud800": 1}', "a key of the body"),
    ],
)
def test_half_a_pair_is_refused_with_its_place(client: FlaskClient, path: str, body: str, place: str) -> None:
    told = problem_of(client.post(path, data=body, content_type=JSON), 400)
    assert told["detail"] == f"the body is not JSON: {place} has half a surrogate pair"


def test_a_whole_pair_is_a_letter(client: FlaskClient) -> None:
    line = r'{"product": "8429511050", "origin": "MEX", "date": "2025-06-10", "reference": "\ud83d\ude00 \\ud800"}'
    found = client.post("/v1/quotes", data=line, content_type=JSON).get_json()
    assert found["lines"][0]["reference"] == "\U0001f600 \\ud800"


def test_what_is_no_number_in_json_is_never_written(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="JSON"):
        app.json.dumps({"customs_value": float("inf")})
