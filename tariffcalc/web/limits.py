"""How much one client may ask, and how much is reckoned at a time.

Requests are counted by the client's address (Flask-Limiter). Estimates take turns: each needs a slot, and the slots are
shared by all web processes, so that small questions always find a processor.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import ApplicationLimit, HeaderNames, Limiter
from flask_limiter.util import get_remote_address
from limits import parse_many
from limits.errors import ConfigurationError
from werkzeug.middleware.proxy_fix import ProxyFix

from tariffcalc.errors import BadRequestError, search_at_most
from tariffcalc.settings import Settings
from tariffcalc.sources.bounds import Bounds, within
from tariffcalc.web.counts import SCOPE, Gate, place
from tariffcalc.web.keys import SAFE
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.requests import seconds
from tariffcalc.web.state import settings

OWN_ROUTES = ("/healthz", "/readyz", "/metrics")
"""What those who run the service ask: never limited."""

MOST_SEARCHES = 100
"""Likenesses that one request may have looked for: most of a second."""

_NAME = "tariffcalc-turns"
_GATE = "tariffcalc-gate"
_PAUSE = 0.01
_WHEN = "X-RateLimit-Retry-After"


class Turns:
    """A number of slots for heavy work, over all processes that are forked from this one.

    A slot is a byte of a file without a name, locked by the process that works; the system frees it even where a
    process is killed. Such a lock holds between processes only, so each keeps a list of its own besides.
    """

    def __init__(self, slots: int, patience: float, waiting: int) -> None:
        """``patience``: seconds to wait for a slot; ``waiting``: how many of one process may wait."""
        self.slots, self.patience = slots, patience
        self._file, name = tempfile.mkstemp(prefix="tariffcalc-turns-")
        Path(name).unlink()
        weakref.finalize(self, os.close, self._file)
        self._own: set[int] = set()
        self._lock = Lock()
        self._places = BoundedSemaphore(waiting + slots)
        self._looking = BoundedSemaphore(slots)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a slot while heavy work is done. Raises a problem of status 503 where none becomes free in time."""
        if not self._places.acquire(blocking=False):
            raise _busy("too many estimates are waiting already")
        with ExitStack() as undone:
            undone.callback(self._places.release)
            until = monotonic() + self.patience
            if not self._looking.acquire(timeout=self.patience):
                raise _late()
            undone.callback(self._looking.release)
            undone.callback(self._free, self._wait(until))
            yield

    def _wait(self, until: float) -> int:
        """The first slot that becomes free; only as many threads of a process look for one as there are slots."""
        while (slot := self._take()) is None:
            if monotonic() > until:
                raise _late()
            sleep(_PAUSE)
        return slot

    def _take(self) -> int | None:
        with self._lock:
            for slot in range(self.slots):
                if slot not in self._own:
                    with suppress(BlockingIOError, PermissionError):
                        fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
                        self._own.add(slot)
                        return slot
        return None

    def _free(self, slot: int) -> None:
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)
            self._own.discard(slot)


def register_limits(app: Flask, given: Settings) -> None:
    """Count requests, let estimates take turns, and believe as many proxies as the settings say."""
    if given.trusted_proxies:
        hops = given.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    bounds = Bounds(given.table_rows, given.table_cells, given.unpacked_bytes)
    app.before_request(lambda: hurry(given.body_seconds))
    app.before_request(lambda: within(bounds))
    app.before_request(lambda: search_at_most(MOST_SEARCHES))
    app.teardown_request(lambda _: within(None))
    app.teardown_request(lambda _: search_at_most(None))
    at_once = given.heavy_slots or max(1, len(os.sched_getaffinity(0)) - 1)
    app.extensions[_NAME] = Turns(at_once, given.heavy_wait_seconds, given.heavy_waiting)
    try:
        told = {name: parse_many(name) for name in (given.rate_limit, given.write_limit) if name != "off"}
        app.after_request(say_when)  # runs after the limiter's own, which is registered later
        limiter = Limiter(get_remote_address, app=app, **limiter_options(given))
        app.extensions[_GATE] = Gate(limiter, tuple(sorted(told.get(given.rate_limit, ()))))
    except (ValueError, ImportError, ConfigurationError) as error:
        raise BadRequestError(
            f"the limits cannot be used: {error}", code="bad-setting", hint="write 600 per minute, or off"
        ) from error


def hurry(most: float) -> None:
    """Wait so many seconds at most for the next piece of a body: whoever sends none keeps a thread from others."""
    link = request.environ.get("gunicorn.socket")
    if link is not None and request.method not in SAFE:
        link.settimeout(most)


def say_when(response: Response) -> Response:
    """Tell only a client that asked too often when to come again: the limiter tells everybody.

    Any other answer keeps the ``Retry-After`` of its view, such as when to look after a run.
    """
    when = response.headers.pop(_WHEN, None)
    if when is not None and response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = when
    return response


def limiter_options(given: Settings) -> dict[str, Any]:
    """The settings in the words of Flask-Limiter; where the place of the counts fails, each process counts alone."""

    def own() -> bool:
        return request.path in OWN_ROUTES

    limits = [
        ApplicationLimit(given.rate_limit, exempt_when=own, scope=SCOPE) if given.rate_limit != "off" else None,
        ApplicationLimit(given.write_limit, exempt_when=lambda: request.method in SAFE, scope="write")
        if given.write_limit != "off"
        else None,
    ]
    wanted = [limit for limit in limits if limit is not None]
    return {
        "application_limits": wanted,
        "storage_uri": place(given.limits_url),
        "headers_enabled": True,
        "header_name_mapping": {HeaderNames.RETRY_AFTER: _WHEN},
        "in_memory_fallback_enabled": not given.limits_url.startswith("memory"),
        "enabled": bool(wanted),
    }


def counted(app: Flask, client: str) -> list[tuple[str, str]] | None:
    """Count a request that Flask is not asked for; the headers that say what is left, None where it may not pass."""
    gate: Gate = app.extensions[_GATE]
    return gate.passed(client)


def slots(app: Flask) -> int:
    """How many estimates the application reckons at a time, in all its processes together."""
    turns: Turns = app.extensions[_NAME]
    return turns.slots


def heavy(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view wait for its turn: its answer takes a processor for longer than a moment."""

    @wraps(view)
    def waited(*args: Any, **given: Any) -> Any:
        with current_app.extensions[_NAME].turn():
            return view(*args, **given)

    return waited


def deadline(_progress: float = 0.0) -> None:
    """End an answer that takes too long; to be called now and then while it is reckoned."""
    most = settings().answer_seconds
    if seconds() > most:
        raise ProblemError(
            503,
            f"this takes longer than the {most:g} seconds that an answer may take",
            code="takes-too-long",
            hint="ask with the header Prefer: respond-async, and fetch the result of the run",
            headers={"Retry-After": "60"},
        )


def _late() -> ProblemError:
    return _busy("no estimate before this one came to its end in time")


def _busy(said: str) -> ProblemError:
    return ProblemError(
        503,
        said,
        code="busy",
        hint="ask again in a moment, or with Prefer: respond-async",
        headers={"Retry-After": "2"},
    )
