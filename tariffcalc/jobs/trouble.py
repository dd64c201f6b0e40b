"""Why a run has no answer, as the members of a problem."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from huey.exceptions import TaskTimeout  # type: ignore[import-untyped]

from tariffcalc.errors import TariffcalcError


class RunLostError(Exception):
    """The run that is being worked on is no more this worker's."""


def problem_of(error: Exception) -> dict[str, Any]:
    """``code``, ``detail``, ``hint`` and ``errors`` (one a fault) of an error; an accident is not told, only logged."""
    if isinstance(error, TariffcalcError):
        faults = [{key: value for key, value in asdict(one).items() if value is not None} for one in error.faults]
        return {"code": error.code, "detail": error.message, "hint": error.hint, "errors": faults}
    code, detail, hint = _accident(error)
    return {"code": code, "detail": detail, "hint": hint, "errors": []}


def _accident(error: Exception) -> tuple[str, str, str | None]:
    if isinstance(error, TaskTimeout):
        return "run-too-long", "the run took longer than this service allows", "ask for less at once"
    if isinstance(error, MemoryError):
        return "run-too-large", "the run needs more memory than there is", "ask for less at once"
    return "internal", "something went wrong inside the service; it has been logged", None
