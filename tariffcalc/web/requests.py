"""A name for every request, that its answer, its errors and its line in the log share."""

from __future__ import annotations

import re
import uuid
from time import perf_counter

from flask import Flask, Response, g, has_app_context, request

HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,127}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}


def register_requests(app: Flask) -> None:
    """Name every request before anything else looks at it; the answer says the name."""
    app.before_request(_begin)
    app.after_request(_tell)


def request_id() -> str | None:
    """The name of the request that is answered: the caller's own where that is well formed."""
    name: str | None = g.get("request_id") if has_app_context() else None
    return name


def name_for(given: str) -> str:
    """The name of a request whose caller gave this one, or none."""
    return given if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


def seconds() -> float:
    """How long the request has been worked on."""
    return perf_counter() - float(g.get("began", perf_counter()))


def route() -> str:
    """The rule that the address follows, without the ids in it; ``unmatched`` where it follows none."""
    return request.url_rule.rule if request.url_rule is not None else "unmatched"


def method() -> str:
    """The method, of those that exist."""
    return request.method if request.method in _METHODS else "other"


def _begin() -> None:
    g.began = perf_counter()
    g.request_id = name_for(request.headers.get(HEADER, ""))


def _tell(response: Response) -> Response:
    response.headers[HEADER] = g.get("request_id", "")
    return response
