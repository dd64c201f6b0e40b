"""Problem bodies (RFC 9457) as the errors that the same question raises where it is asked without a service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from tariffcalc.errors import (
    BadRequestError,
    Fault,
    FlowTableError,
    NotSupportedError,
    ScenarioError,
    TariffcalcError,
    UnknownNameError,
    UnknownOriginError,
    UnknownProductError,
)

KINDS: Mapping[str, type[TariffcalcError]] = {
    "Unknown product": UnknownProductError,
    "Unknown country": UnknownOriginError,
    "Unknown name": UnknownNameError,
    "The flow table is at fault": FlowTableError,
    "The scenario cannot be applied": ScenarioError,
    "A value cannot be used": BadRequestError,
    "Invalid request": BadRequestError,
    "Not offered yet": NotSupportedError,
}
"""Title of a problem -> the error it stands for; any other is a ``ServiceError``."""

CODES: Mapping[str, type[TariffcalcError]] = {
    "unknown-product": UnknownProductError,
    "unknown-country": UnknownOriginError,
    "unknown-name": UnknownNameError,
}
"""Codes that tell the error whatever the title: a parameter that names nothing is an invalid request too."""


class ServiceError(TariffcalcError):
    """The service cannot be reached, or refuses what no table, scenario or parameter is to blame for.

    ``status`` is that of HTTP, None where nobody answered; ``request_id`` names the request in the service's log.
    """

    default_code = "service"

    def __init__(self, message: str, *, status: int | None = None, request_id: str | None = None, **told: Any) -> None:
        super().__init__(message, **told)
        self.status = status
        self.request_id = request_id


def error_of(response: httpx.Response) -> TariffcalcError:
    """The error that an answer of status 400 or above tells."""
    body = _body(response)
    if body is None:
        said = f"the service answered {response.status_code} {response.reason_phrase} without saying why"
        return ServiceError(said, status=response.status_code)
    told = told_by(body)
    kind = CODES.get(told["code"]) or KINDS.get(str(body.get("title")))
    message = str(body.get("detail") or body.get("title"))
    if kind is not None:
        return kind(message, **told)
    return ServiceError(message, status=response.status_code, request_id=body.get("request_id"), **told)


def told_by(body: Mapping[str, Any]) -> dict[str, Any]:
    """Code, hint and faults of a problem, by the names that an error takes."""
    faults = tuple(_faults(body.get("errors") or ()))
    hint = body.get("hint") or (faults[0].hint if len(faults) == 1 else None)
    return {"code": str(body.get("code") or ServiceError.default_code), "hint": hint, "faults": faults}


def _faults(entries: Iterable[Mapping[str, Any]]) -> Iterable[Fault]:
    for one in entries:
        places = {name: one.get(name) for name in ("hint", "row", "column", "value")}
        yield Fault(str(one.get("code")), str(one.get("message")), key=one.get("path"), **places)


def _body(response: httpx.Response) -> Mapping[str, Any] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) and "code" in body else None
