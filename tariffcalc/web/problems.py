"""Every error as ``application/problem+json`` (RFC 9457): the one place where errors meet HTTP.

A problem has ``type``, ``title``, ``status``, ``detail``, ``code`` and the ``request_id`` under which the log has it,
where it helps a ``hint``, and ``errors``: one entry a fault, with ``path`` (a parameter, or a key of the body) or
``row`` and ``column``, ``code``, ``message``, ``hint`` and ``value``. What went wrong inside the program is logged and
never told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, json
from werkzeug.exceptions import HTTPException

from tariffcalc.errors import (
    BadRequestError,
    Fault,
    FlowTableError,
    LawFileError,
    NotSupportedError,
    ScenarioError,
    TariffcalcError,
    UnknownNameError,
    UnknownOriginError,
    UnknownProductError,
)
from tariffcalc.sources.bounds import CODE as TOO_LARGE
from tariffcalc.store.errors import (
    NotSavedError,
    RetryBusyError,
    RetryConflictError,
    RunNotDoneError,
    StaleVersionError,
    StoreUnavailableError,
)
from tariffcalc.web.requests import request_id

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:tariffcalc:problem:"

TITLES: Mapping[type[TariffcalcError], str] = {
    UnknownProductError: "Unknown product",
    UnknownOriginError: "Unknown country",
    UnknownNameError: "Unknown name",
    FlowTableError: "The flow table is at fault",
    ScenarioError: "The scenario cannot be applied",
    BadRequestError: "A value cannot be used",
    NotSupportedError: "Not offered yet",
    NotSavedError: "Not saved",
    StaleVersionError: "It has changed meanwhile",
    RunNotDoneError: "The run has no result",
    RetryConflictError: "The retry key was used for another request",
    RetryBusyError: "The first request with that retry key is at work",
    StoreUnavailableError: "The store does not answer",
    TariffcalcError: "Refused",
}
"""What a domain error is called."""

STATUSES: Mapping[type[TariffcalcError], int] = {
    NotSavedError: 404,
    StaleVersionError: 412,
    RunNotDoneError: 409,
    RetryConflictError: 409,
    RetryBusyError: 409,
    StoreUnavailableError: 503,
}
"""The status of a domain error; any other is the caller's to put right (422)."""

RETRY: Mapping[type[TariffcalcError], str] = {RunNotDoneError: "2", RetryBusyError: "1", StoreUnavailableError: "5"}
"""Seconds after which it is worth asking again."""

CODES: Mapping[int, str] = {
    400: "malformed",
    401: "key-missing",
    403: "key-scope",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "too-slow",
    409: "conflict",
    412: "stale-version",
    413: "too-large",
    414: "address-too-long",
    415: "unsupported-media-type",
    416: "range-not-satisfiable",
    417: "expectation-failed",
    428: "precondition-required",
    429: "too-many-requests",
    431: "headers-too-large",
    500: "internal",
    503: "not-ready",
}
"""The code of an error that HTTP itself has a status for."""

_LONGEST_VALUE = 200
RETRIED = frozenset({429, 503})
"""Statuses that always say when to ask again."""


class ProblemError(Exception):
    """A request that cannot be answered, as the answer will tell it."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str | None = None,
        title: str | None = None,
        hint: str | None = None,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep the members of the answer; ``code`` and ``title`` default to those of the status."""
        super().__init__(status, detail)
        self.status, self.detail, self.hint = status, detail, hint
        self.code = code or CODES.get(status, "error")
        self.title = title or HTTPStatus(status).phrase
        self.errors = [dict(one) for one in errors]
        self.headers = dict(headers or {})

    def __str__(self) -> str:
        """What is wrong."""
        return self.detail

    def response(self) -> Response:
        """The answer."""
        body: dict[str, Any] = {
            "type": TYPE + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.hint:
            body["hint"] = self.hint
        if name := request_id():
            body["request_id"] = name
        body["errors"] = self.errors
        headers = {"Cache-Control": "no-store", **self.headers}
        data = f"{json.dumps(body)}\n".encode("utf-8", "replace")
        return Response(data, self.status, headers, content_type=MEDIA_TYPE)


def register_problems(app: Flask) -> None:
    """Let every error of the application be answered as a problem."""
    app.register_error_handler(ProblemError, ProblemError.response)
    app.register_error_handler(TariffcalcError, lambda error: of_domain(error).response())
    app.register_error_handler(HTTPException, lambda error: of_http(error).response())
    app.register_error_handler(Exception, of_accident)


def of_domain(error: TariffcalcError, status: int | None = None, path: str | None = None) -> ProblemError:
    """A domain error as a problem, its faults placed below ``path``; its kind tells the status where none is given.

    Law files at fault are the service's own doing, not the caller's.
    """
    if isinstance(error, LawFileError):
        current_app.logger.error("law files at fault: %s", error.message)
        return ProblemError(500, "the law files of this service are at fault", code=error.code)
    title = next(TITLES[kind] for kind in type(error).__mro__ if kind in TITLES)
    errors = [fault_entry(one, path) for one in error.faults]
    errors = errors or [entry(error.code, error.message, error.hint, path=path)]
    known = (
        413
        if error.code == TOO_LARGE
        else next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 422)
    )
    later = {"Retry-After": RETRY[type(error)]} if type(error) in RETRY else None
    return ProblemError(
        status or known, error.message, code=error.code, title=title, hint=error.hint, errors=errors, headers=later
    )


def of_http(error: HTTPException) -> ProblemError:
    """An error of HTTP as a problem; headers such as ``Allow`` stay."""
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After", "Location"}}
    return ProblemError(status, error.description or HTTPStatus(status).description, headers=kept)


def of_accident(error: Exception) -> Response:
    """An error that nobody foresaw: logged with its trace, told without it."""
    current_app.logger.error("unforeseen error", exc_info=error)
    return ProblemError(500, "something went wrong inside the service; it has been logged").response()


def entry(code: str, message: str, hint: str | None = None, **place: Any) -> dict[str, Any]:
    """One entry of ``errors``; members that are None are left out."""
    members = {**place, "code": code, "message": message, "hint": hint}
    return {name: value for name, value in members.items() if value is not None}


def _short(fault: Fault) -> str | None:
    """The value at fault, as much of it as tells which it is."""
    long = fault.value is not None and len(fault.value) > _LONGEST_VALUE
    return f"{fault.value[:_LONGEST_VALUE]}..." if long and fault.value else fault.value


def fault_entry(fault: Fault, path: str | None = None) -> dict[str, Any]:
    """A fault of a table or scenario as an entry; its key goes below ``path`` if one is given."""
    key = ".".join(part for part in (path, fault.key) if part)
    return entry(
        fault.code, fault.message, fault.hint, path=key or None, row=fault.row, column=fault.column, value=_short(fault)
    )
