"""Answers kept as bytes: where nothing but its address tells an answer, it is reckoned once and given again at once.

A kept answer is given before Flask is asked, since most of what a short answer costs is the way to it and back. It is
counted, limited, named and logged as any other. Conditional requests and those with a key take the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, request

from tariffcalc.estimate import scenario_names
from tariffcalc.web.limits import counted
from tariffcalc.web.logs import write
from tariffcalc.web.metrics import count
from tariffcalc.web.requests import HEADER, name_for, route
from tariffcalc.web.respond import secured

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST = 4_000
"""Answers kept by one process; the oldest goes first."""

MOST_BYTES = 20_000
"""A longer answer is reckoned each time."""

_NAME = "tariffcalc-kept"
_OTHERWISE = ("HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
"""Headers that change an answer."""

Address = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of status 200: the rule of its address, its bytes, its headers."""

    route: str
    data: bytes
    headers: tuple[tuple[str, str], ...]


class Front:
    """What stands before the application and gives the answers that are kept."""

    def __init__(self, app: Flask, *, logged: bool) -> None:
        """Stand before the application as it is now; ``logged``: write a line for every answer."""
        self._app, self._inner, self._logged = app, app.wsgi_app, logged
        self._kept: dict[Address, Kept] = {}
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Give what is kept; let the application answer the rest, and whoever asks too often."""
        began = perf_counter()
        found = self._kept.get(address(environ)) if plain(environ) else None
        limits = None if found is None else counted(self._app, environ.get("REMOTE_ADDR") or "127.0.0.1")
        if found is None or limits is None:
            return self._inner(environ, start_response)
        name = name_for(environ.get("HTTP_X_REQUEST_ID", ""))
        start_response("200 OK", [*found.headers, *limits, (HEADER, name)])
        taken = perf_counter() - began
        count(self._app, "GET", found.route, 200, taken)
        if self._logged:
            write(name, "GET", found.route, 200, taken, len(found.data))
        return (found.data,)

    def keep(self, environ: WSGIEnvironment, kept: Kept) -> None:
        """Keep an answer."""
        with self._lock:
            while len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[address(environ)] = kept


def register_kept(app: Flask, *, logged: bool) -> None:
    """Let the application keep answers: for as long as it runs, with the law that it read.

    ``logged``: write a line for every one that is given again.
    """
    front = Front(app, logged=logged)
    app.extensions[_NAME] = front
    app.wsgi_app = front  # type: ignore[method-assign]


def kept(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what a view answers to ``GET``, by its address; not where that names a saved scenario."""

    @wraps(view)
    def answered(*args: Any, **given: Any) -> Any:
        response: Response = view(*args, **given)
        if response.status_code == 200 and plain(request.environ) and not _saved() and not response.is_streamed:
            data = response.get_data()
            if len(data) <= MOST_BYTES:
                headers = secured(Response(data, headers=response.headers)).headers
                current_app.extensions[_NAME].keep(request.environ, Kept(route(), data, tuple(headers)))
        return response

    return answered


def address(environ: WSGIEnvironment) -> Address:
    """What tells a kept answer: scheme, path and query."""
    return environ["wsgi.url_scheme"], environ["PATH_INFO"], environ.get("QUERY_STRING", "")


def plain(environ: WSGIEnvironment) -> bool:
    """Whether a request asks for the whole of an answer that is for everybody."""
    return environ["REQUEST_METHOD"] == "GET" and not any(name in environ for name in _OTHERWISE)


def _saved() -> bool:
    asked = request.args.getlist("scenario")
    return bool(asked) and not {*asked} <= {*scenario_names()}
