"""CSV by ``Accept``: an address that has a twin ending in ``.csv`` answers as its twin to whoever prefers CSV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON, CSV, SUFFIX = "application/json", "text/csv", ".csv"


class Twins:
    """What leads to the twin, before anything else looks at the address."""

    def __init__(self, app: Flask) -> None:
        """Stand before the application as it is now, with all its addresses."""
        self._inner = app.wsgi_app
        rules = {rule.rule for rule in app.url_map.iter_rules() if not rule.arguments}
        self.addresses = {rule for rule in rules if f"{rule}{SUFFIX}" in rules}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application answer, at the address or at its twin."""
        if environ["PATH_INFO"] not in self.addresses:
            return self._inner(environ, start_response)

        def varied(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("Vary", "Accept")], *rest)

        if prefers_csv(environ.get("HTTP_ACCEPT", "")):
            environ["PATH_INFO"] += SUFFIX
        return self._inner(environ, varied)


def prefers_csv(accept: str) -> bool:
    """Whether CSV is preferred to JSON."""
    return parse_accept_header(accept, MIMEAccept).best_match([JSON, CSV], JSON) == CSV


def register_twins(app: Flask) -> None:
    """Lead to the twins of all addresses that the application has by now."""
    app.wsgi_app = Twins(app)  # type: ignore[method-assign]
