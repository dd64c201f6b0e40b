"""Requests that are patient: asked again when the service is busy, and never done twice."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic, sleep
from typing import Any, Self

import httpx

from tariffcalc.client.problems import ServiceError, error_of

BUSY = frozenset({429, 503})
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
_SAFE = frozenset({"GET", "HEAD"})


class Transport:
    """A connection to one service: addresses below its own, its key in every request, errors as ours."""

    def __init__(
        self, url: str, key: str | None, timeout: float, patience: float, transport: httpx.BaseTransport | None
    ) -> None:
        """``timeout``: seconds for one answer; ``patience``: seconds in all that a busy service is asked again."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.patience = patience
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)

    def get(self, path: str, params: Any = None, accept: str | None = None) -> httpx.Response:
        """Read what is at a path."""
        return self.send("GET", path, params=params, headers={"Accept": accept} if accept else {})

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        """Ask, again where the service is busy or does not answer.

        A request that saves something carries an ``Idempotency-Key``, so that asking again saves nothing twice.
        Raises the error that the answer tells, or ``ServiceError``.
        """
        sent = dict(headers or {})
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid.uuid4().hex)
        until, pause = monotonic() + self.patience, FIRST_PAUSE
        while True:
            response = self._once(method, path, sent, given, last=monotonic() + pause > until)
            if response is not None and response.status_code not in BUSY:
                break
            wait = pause if response is None else pause_of(response, pause)
            if monotonic() + wait > until:
                break
            sleep(wait)
            pause = min(pause * 2 * random.uniform(0.8, 1.2), LONGEST_PAUSE)  # noqa: S311 - spreads clients, no secret
        if response is None:
            raise ServiceError("the service does not answer", hint="check its address, and that it runs")
        if response.is_error:
            raise error_of(response)
        return response

    def _once(
        self, method: str, path: str, headers: dict[str, str], given: dict[str, Any], *, last: bool
    ) -> httpx.Response | None:
        """One attempt; None where nobody answered and it is worth asking again."""
        content: Any = given.get("content")
        if hasattr(content, "seek"):
            content.seek(0)  # a file that was sent is at its end
        try:
            return self._http.request(method, path, headers=headers, **given)
        except httpx.TransportError as error:
            retried = method in _SAFE or "Idempotency-Key" in headers
            if last or not retried or isinstance(error, httpx.UnsupportedProtocol):
                said = f"the service does not answer: {error or type(error).__name__}"
                raise ServiceError(said, hint="check its address, and that it runs") from error
            return None

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def pause_of(response: httpx.Response, default: float) -> float:
    """Seconds to wait before asking again: what ``Retry-After`` says (seconds or a moment), else ``default``."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said)
    try:
        when = parsedate_to_datetime(said)
    except ValueError:
        return default
    return max(0.0, (when - datetime.now(tz=UTC)).total_seconds())
