"""The contract made whole: what every route has in common is written once here and put into each operation.

flask-smorest tells parameters, bodies and answers from the schemas. To that come: an example of every parameter, what
the parts of an address mean, every error with its problem, the headers, the keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from tariffcalc.web.api.examples import show
from tariffcalc.web.problems import CODES, MEDIA_TYPE, RETRIED, TYPE

METHODS = ("get", "put", "post", "delete")

PATHS: Mapping[tuple[str, str], tuple[str, Any]] = {
    ("measures", "measure_id"): ("A measure's id.", "ieepa-canada"),
    ("estimates", "suffix"): ("The ending of the address: the format of the answer.", "csv"),
    ("flows", "name"): ("A bundled table's name, or the id of a saved one.", "us-north-america-2025"),
    ("flows", "table_id"): ("A bundled table's name, or the id of a saved one.", "us-north-america-2025"),
    ("scenarios", "name"): ("A ready-made scenario's name, or the id of a saved one.", "no-pause"),
    ("scenarios", "scenario_id"): ("A ready-made scenario's name, or the id of a saved one.", "no-pause"),
    ("scenarios", "number"): ("A version's number, from 1.", 1),
    ("runs", "run_id"): ("A run's id.", "Vt3nJ6u0Qm2bYx8c1Zq7Lw"),
    ("runs", "suffix"): ("The ending of the address: the format of the answer.", "csv"),
}
"""What a part of an address means, and an example: by the first word of the address after ``/v1`` and its name."""

REASONS: Mapping[int, str] = {
    400: "The request cannot be read: a body that is no JSON, a header that is none.",
    401: "A key is needed and not given, or the key given is not known.",
    403: "The key given does not reach so far.",
    404: "There is nothing at this address.",
    405: "What is at this address cannot be changed.",
    406: "No format that Accept names is offered.",
    409: "It does not fit the present state.",
    412: "It has changed since the version that If-Match names.",
    413: "The body, or what it unfolds to, is larger than the service takes.",
    415: "The body is of a kind that is not read.",
    422: "Parameters or the body are at fault: errors lists every fault.",
    428: "The change needs If-Match, so that no other one is lost.",
    429: "This client has asked too often: Retry-After says when to go on.",
    500: "The service failed; its log has the request_id.",
    503: "The service cannot answer just now: Retry-After says when to ask again.",
}
"""Errors that an operation may have, with what they mean."""

_NAME = {"schema": {"type": "string"}, "description": "The request's name, in its errors and the log too."}
_ETAG = {"schema": {"type": "string"}, "description": "Names the answer: send it as If-None-Match next time."}
_RETRY = {"schema": {"type": "integer", "minimum": 0}, "description": "Seconds to wait."}
_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def complete(told: dict[str, Any]) -> dict[str, Any]:
    """The contract with everything in it; ``told`` is what the schemas gave, and is changed."""
    parts = told.setdefault("components", {})
    parts["responses"] = {HTTPStatus(status).name: _problem(status) for status in REASONS}
    parts["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "Only where the service asks for keys: to send a body, to save, to change, to delete.",
        }
    }
    for path, item in told["paths"].items():
        for parameter in item.get("parameters", ()):
            _in_address(path, parameter)
        for method in METHODS:
            if method in item:
                _operation(path, method, item)
                show(path, item[method], parts["schemas"])
    return told


def _operation(path: str, method: str, item: dict[str, Any]) -> None:
    operation = item[method]
    operation["operationId"] = "_".join([method, *path.strip("/").replace(".", "/").split("/")]).translate(_SLUG)
    for parameter in operation.get("parameters", ()):
        if "$ref" not in parameter:
            _exemplify(parameter)
    responses = _merged(operation["responses"])
    for status in _errors(path, method, operation, with_id=bool(item.get("parameters"))):
        responses.setdefault(str(status), {})
    if path.startswith("/v1/") and method == "get":
        responses.setdefault("304", {"description": "The answer is the one that If-None-Match names."})
    operation["responses"] = {
        status: _answer(path, method, int(status), responses[status]) for status in sorted(responses)
    }
    if path.startswith("/v1/"):
        operation["security"] = [{}, {"key": []}]


_SLUG = str.maketrans({"{": None, "}": None, "-": "_"})


def _merged(responses: Mapping[Any, Any]) -> dict[str, dict[str, Any]]:
    """Answers by status as text: a view may have told some under the number and some under its text."""
    merged: dict[str, dict[str, Any]] = {}
    for status, answer in responses.items():
        if status == "default":
            continue
        known = merged.setdefault(str(status), {})
        content = {**known.get("content", {}), **answer.get("content", {})}
        known.update(answer)
        if content:
            known["content"] = content
    return merged


def _errors(path: str, method: str, operation: Mapping[str, Any], *, with_id: bool) -> set[int]:
    """The errors that any operation of that kind may have."""
    found = {500} if path in {"/healthz", "/metrics"} else {500, 503}
    if path.startswith("/v1/"):
        found |= {401, 403, 429}
    if with_id:
        found.add(404)
    if operation.get("parameters") or "requestBody" in operation or path.startswith("/v1/"):
        found.add(422)
    if method != "get":
        found.add(400)
    if "requestBody" in operation:
        found |= {413, 415}
    return found


def _answer(path: str, method: str, status: int, told: dict[str, Any]) -> dict[str, Any]:
    """One answer with its headers; an error without content of its own is a problem."""
    if status >= 400:
        told = {key: value for key, value in told.items() if key != "$ref"}
        whole = _problem(status)
        own = told.get("description") not in {None, "", HTTPStatus(status).phrase}
        if not own and not told.get("content"):
            return {"$ref": f"#/components/responses/{HTTPStatus(status).name}"}
        return {**whole, **({"description": told["description"]} if own else {})}
    if path.endswith(".csv") and not told.get("content"):
        told = {**told, "content": {"text/csv": {"schema": {"type": "string"}}}}
    headers = {"X-Request-Id": _NAME, **({"ETag": _ETAG} if method == "get" and path.startswith("/v1/") else {})}
    return {"description": HTTPStatus(status).phrase, **told, "headers": {**headers, **told.get("headers", {})}}


def _problem(status: int) -> dict[str, Any]:
    code, phrase = CODES.get(status, "invalid"), HTTPStatus(status).phrase
    example = {
        "type": TYPE + code,
        "title": phrase,
        "status": status,
        "detail": REASONS.get(status, phrase),
        "code": code,
        "request_id": "5f0c7c1d9e6b4a0f8a3d2b1c0e9f8a7b",
        "errors": [],
    }
    return {
        "description": REASONS.get(status, phrase),
        "headers": {"X-Request-Id": _NAME, **({"Retry-After": _RETRY} if status in RETRIED else {})},
        "content": {MEDIA_TYPE: {"schema": _PROBLEM, "example": example}},
    }


def _in_address(path: str, parameter: dict[str, Any]) -> None:
    """Tell what a part of the address means."""
    words = path.strip("/").replace(".", "/").split("/")
    known = PATHS.get((words[1] if len(words) > 1 else words[0], parameter.get("name", "")))
    if known is not None:
        parameter.setdefault("description", known[0])
        parameter.setdefault("example", known[1])


def _exemplify(parameter: dict[str, Any]) -> None:
    """Put the example where the contract wants it; what stands in an address is never null."""
    schema = parameter.get("schema", {})
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "default" in schema and schema["default"] is None:
        del schema["default"]
    found = schema.pop("example", None)
    inner = schema.get("items", {})
    one = inner.pop("example", None)
    inner.pop("description", None)
    if found is None:
        found = [one] if one is not None else schema.get("default")
    if found is not None:
        parameter.setdefault("example", found)
