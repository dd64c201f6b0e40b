"""``Idempotency-Key``: a request that comes again under its key is not done again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, request

from tariffcalc.web.api.bodies import digest
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.state import store

HEADER = "Idempotency-Key"
TOLD = {
    "name": HEADER,
    "in": "header",
    "description": "Names this request: sent again with the same key and body, it is not done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": "7d0f4c1e-upload-1",
}
"""The header, for the contract."""

_KEY = re.compile(r"[!-~]{1,200}")
_KEPT = ("Content-Type", "Location", "ETag", "Retry-After", "Cache-Control", "Preference-Applied")
View = Callable[..., Response]


def retried(view: View) -> View:
    """Answer a request that comes again as it was answered first; one that failed is done anew."""

    @wraps(view)
    def once(*args: Any, **given: Any) -> Response:
        key = _key()
        if key is None:
            return view(*args, **given)
        fingerprint = _fingerprint()
        if (replay := store().idempotency.begin(key, fingerprint)) is not None:
            return Response(replay.body, replay.status, dict(replay.headers))
        g.once = hashlib.sha256(f"{key}\n{fingerprint}".encode()).hexdigest()
        try:
            answer = view(*args, **given)
        except BaseException:
            store().idempotency.forget(key)
            raise
        headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        store().idempotency.finish(key, answer.status_code, headers, answer.get_data())
        return answer

    return once


def guarded(view: View) -> View:
    """Hold that a key names one request, for a view that changes nothing: that is done anew each time."""

    @wraps(view)
    def same(*args: Any, **given: Any) -> Response:
        key = _key()
        if key is not None and store().idempotency.begin(key, _fingerprint()) is None:
            store().idempotency.finish(key, 200, {}, b"")
        return view(*args, **given)

    return same


def once() -> str | None:
    """What names the wish to save that this request is, where it has a key."""
    name: str | None = g.get("once")
    return name


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise ProblemError(
            400,
            f"the header {HEADER} cannot be used",
            code="bad-idempotency-key",
            hint="1 to 200 letters, digits and signs of ASCII, without blanks",
        )
    return key


def _fingerprint() -> str:
    """What the request is, beside its key."""
    asked = sorted(request.args.items(multi=True))
    wanted = [request.headers.get(name, "") for name in ("Accept", "Prefer")]
    return json.dumps([request.method, request.path, asked, wanted, digest()])
