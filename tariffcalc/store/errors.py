"""What the store refuses. All are ``TariffcalcError``: message, hint, code; none knows HTTP.

StoreError                       anything below
├── NotSavedError                nothing is saved under that id (or no more)          not-found
├── StaleVersionError            it has changed since it was read                     stale-version
├── RunNotDoneError              a run has no result: not yet, or never               run-not-done
├── RetryConflictError           a retry key came again with another request          idempotency-conflict
├── RetryBusyError               the first request with that key is still at work     idempotency-in-progress
└── StoreUnavailableError        the database or the folder of tables does not answer store-unavailable
"""

from __future__ import annotations

from typing import Self

from tariffcalc.errors import TariffcalcError


class StoreError(TariffcalcError):
    """Something about what is saved."""

    default_code = "store"


class NotSavedError(StoreError):
    """Nothing is saved under that id."""

    default_code = "not-found"

    @classmethod
    def of(cls, kind: str, name: str) -> Self:
        """Say that no ``kind`` ("flow table", "run" ...) has that id."""
        return cls(f"no {kind} is saved as {name[:80]!r}", hint="check the id; it may have been deleted")


class StaleVersionError(StoreError):
    """What is to be changed has been changed by someone else since it was read."""

    default_code = "stale-version"

    @classmethod
    def of(cls, kind: str, given: str, current: str) -> Self:
        """Say which version was meant and which holds; ``current`` is kept for whoever wants to tell it."""
        error = cls(
            f"the {kind} has changed: {given[:80]!r} was given, {current!r} holds",
            hint="read it again and repeat the change on that version",
        )
        error.current = current
        return error

    current: str = ""


class RunNotDoneError(StoreError):
    """A run has no result, or not yet."""

    default_code = "run-not-done"


class RetryConflictError(StoreError):
    """A retry key was used before for another request."""

    default_code = "idempotency-conflict"


class RetryBusyError(StoreError):
    """The first request with that retry key has not been answered yet."""

    default_code = "idempotency-in-progress"


class StoreUnavailableError(StoreError):
    """The database or the folder of tables does not answer."""

    default_code = "store-unavailable"
