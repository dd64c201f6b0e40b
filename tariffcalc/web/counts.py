"""Where and how requests are counted for the limits, beside what Flask-Limiter does."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import time

from flask_limiter import Limiter
from limits import RateLimitItem
from limits.storage import MemoryStorage

SCHEME = "tariffcalc"
SCOPE = "all"
"""What all requests of a client are counted as, whatever their address."""

HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
"""How much a client may ask in all, how much of it is left, and when it begins anew."""

SWEEP_SECONDS = 60.0
"""How often counts that have run out are dropped."""


class Counts(MemoryStorage):
    """Counts in the memory of the process that answers, without the library's thread that drops old ones."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library's own name and kind

    def __init__(self, uri: str | None = None, *, wrap_exceptions: bool = False, **options: str) -> None:
        """Begin at nothing."""
        super().__init__(uri, wrap_exceptions, **options)
        self._lock, self._swept = Lock(), time()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count ``amount`` more for a key that runs out ``expiry`` seconds after its first; return the sum."""
        now = time()
        with self._lock:
            if now > self._swept + SWEEP_SECONDS:
                self._sweep(now)
            if self.expirations.get(key, 0.0) <= now:
                self.storage[key] = 0
                self.expirations[key] = now + expiry
            self.storage[key] += amount
            return self.storage[key]

    def _sweep(self, now: float) -> None:
        for key in [key for key, end in self.expirations.items() if end <= now]:
            self.storage.pop(key, None)
            self.expirations.pop(key, None)
        self._swept = now


def place(limits_url: str) -> str:
    """The address of the counts for the limiter: memory means ours."""
    return f"{SCHEME}://" if limits_url.startswith("memory") else limits_url


@dataclass(frozen=True)
class Gate:
    """The limit on all requests of a client, for answers that are given before Flask is asked.

    It counts what the limiter counts: the same limits, in the same place, by the same address.
    """

    limiter: Limiter
    limits: tuple[RateLimitItem, ...]

    def passed(self, client: str) -> list[tuple[str, str]] | None:
        """Count a request of the client's; the headers that say what is left, None where it may not pass.

        Nor does it pass where the place of the counts does not answer: the limiter knows what to do then.
        """
        try:
            if not all(self.limiter.limiter.hit(one, client, SCOPE) for one in self.limits):
                return None
            return self._left(client)
        except self.limiter.storage.base_exceptions:
            return None

    def _left(self, client: str) -> list[tuple[str, str]]:
        if not self.limits:
            return []
        ends, left = self.limiter.limiter.get_window_stats(self.limits[0], client, SCOPE)
        told = (self.limits[0].amount, left, int(ends + 1))
        return [(name, str(number)) for name, number in zip(HEADERS, told, strict=True)]
