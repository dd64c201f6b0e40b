"""Who may ask: keys in ``Authorization: Bearer``, where the setting ``api_keys`` turns them on.

| setting | reading | asking with a body (quotes, estimates) | saving, changing, deleting |
|---|---|---|---|
| ``off`` | open | open | open |
| ``on`` | open | key of scope ``read`` | key of scope ``write`` |
| ``all`` | key of scope ``read`` | key of scope ``read`` | key of scope ``write`` |

Scope ``write`` includes ``read``. A run and its result are open whatever the setting, for their ids cannot be guessed
and a spreadsheet sends no header; so are the pages about the service itself.
"""

from __future__ import annotations

from flask import Flask, g, request

from tariffcalc.errors import BadRequestError
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.state import settings, store

MODES = ("off", "on", "all")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
QUESTIONS = frozenset({"/v1/quotes", "/v1/quotes.csv", "/v1/estimates"})
"""Addresses to which a body is sent that changes nothing that is saved."""

_GUARDED, _RUNS = "/v1/", "/v1/runs/"


def register_keys(app: Flask, mode: str) -> None:
    """Ask for keys as the setting says. Raises ``BadRequestError`` where it is none of the three."""
    if mode not in MODES:
        raise BadRequestError(
            f"TARIFFCALC_API_KEYS={mode!r} cannot be used", code="bad-setting", hint=f"known: {', '.join(MODES)}"
        )
    if mode != "off":
        app.before_request(check_key)


def needed(mode: str, method: str, path: str) -> str | None:
    """The scope that a request needs, if any."""
    if not path.startswith(_GUARDED):
        return None
    if method in SAFE:
        return "read" if mode == "all" and not path.startswith(_RUNS) else None
    return "read" if path.rstrip("/") in QUESTIONS else "write"


def check_key() -> None:
    """Refuse a request without the key it needs, and any request with a key that is none."""
    scope = needed(settings().api_keys, request.method, request.path)
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        if scope is not None:
            raise ProblemError(
                401,
                f"this needs a key of scope {scope}",
                code="key-missing",
                hint="send it as the header Authorization: Bearer KEY",
                headers={"WWW-Authenticate": 'Bearer realm="tariffcalc"'},
            )
        return
    key = store().keys.verify(given.token)
    if key is None:
        raise ProblemError(
            401,
            "this key is not known, or no more",
            code="key-unknown",
            hint="ask whoever runs the service for a new one",
            headers={"WWW-Authenticate": 'Bearer realm="tariffcalc", error="invalid_token"'},
        )
    if scope is not None and scope not in key.scopes and "write" not in key.scopes:
        said = f'Bearer realm="tariffcalc", error="insufficient_scope", scope="{scope}"'
        raise ProblemError(
            403,
            f"this needs a key of scope {scope}; the key {key.name!r} has {', '.join(key.scopes)}",
            code="key-scope",
            hint="ask whoever runs the service for a key of that scope",
            headers={"WWW-Authenticate": said},
        )
    g.key = key
