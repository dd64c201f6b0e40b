"""What is sent and is no HTTP: refused by the server, before any application, and as a problem all the same."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Response
from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.http import errors as unread  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import HEADERS

REFUSALS: tuple[tuple[type[Exception], int, str], ...] = (
    (unread.LimitRequestLine, 414, "the address is too long"),
    (unread.LimitRequestHeaders, 431, "the headers are too many or too long"),
    (unread.ExpectationFailed, 417, "what the header Expect asks for is not done here"),
    (unread.ParseException, 400, "this is not a request of HTTP/1.1 that can be read"),
)
"""What the server could not read -> the status and words of the refusal; the first kind that fits."""

_OWN_FAULTS = (unread.InvalidResponseHeader, unread.InvalidResponseHeaderName, unread.ConfigurationProblem)


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker with threads that refuses what it cannot read in the words that all refusals have."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what went wrong before the application was asked."""
        if not isinstance(exc, unread.ParseException) or isinstance(exc, _OWN_FAULTS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("a request that cannot be read, from %s: %s", addr[0] if addr else "", exc)
        status, said = next((status, said) for kind, status, said in REFUSALS if isinstance(exc, kind))
        with suppress(OSError):
            util.write_nonblock(client, as_bytes(ProblemError(status, said).response()))


def as_bytes(response: Response) -> bytes:
    """An answer as it goes over the wire, after which the connection is closed."""
    told = {**HEADERS, **dict(response.headers), "Connection": "close"}
    lines = [f"HTTP/1.1 {response.status_code} {HTTPStatus(response.status_code).phrase}"]
    lines += [f"{name}: {text}" for name, text in told.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + response.get_data()
