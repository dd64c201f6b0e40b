"""``/runs``: estimates that are reckoned apart from the request for them, and their results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for

from tariffcalc.store import Run
from tariffcalc.web.api.answers import TableAnswer
from tariffcalc.web.api.parser import Blueprint
from tariffcalc.web.api.queries import NoQuery, WrittenQuery
from tariffcalc.web.api.results import ENDING, FILES, KINDS, SUFFIXES, TOLD, accepted, written
from tariffcalc.web.api.saved_answers import RunAnswer
from tariffcalc.web.api.stored import moment, told
from tariffcalc.web.problems import ProblemError, entry
from tariffcalc.web.state import store

IMMUTABLE = "public, max-age=31536000, immutable"
"""A result never changes; nobody finds it who was not told its id."""

AGAIN = "2"
"""Seconds after which it is worth asking again for a run that is not done."""

_LATER = {
    "Retry-After": {
        "schema": {"type": "integer"},
        "description": "Seconds after which to ask again, while it is not done.",
    }
}

blueprint = Blueprint("runs", __name__, url_prefix="/v1", description="Long estimates, and their results")


@blueprint.route("/runs/<run_id>")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, RunAnswer)
@blueprint.doc(responses={"200": {"headers": _LATER}})
def get_run(_asked: dict[str, Any], run_id: str) -> Response:
    """How far a run is. Ask again after the seconds of ``Retry-After`` while it is queued or running."""
    return shown(store().runs.get(run_id))


@blueprint.route("/runs/<run_id>", methods=["DELETE"])
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, RunAnswer)
def cancel_run(_asked: dict[str, Any], run_id: str) -> Response:
    """Cancel a run that is queued or running. One that has come to its end stays as it is: its status tells."""
    return shown(store().runs.cancel(run_id))


@blueprint.route("/runs/<run_id>/result")
@blueprint.arguments(WrittenQuery(), location="query")
@blueprint.response(200, TableAnswer)
@blueprint.doc(responses={"200": {"content": KINDS, **TOLD}, "406": {}, "409": {}})
def get_result(asked: dict[str, Any], run_id: str) -> Response:
    """The result of a run that is done, in the format that the Accept header prefers. It never changes."""
    return _result(run_id, accepted(), asked)


@blueprint.route(f"/runs/<run_id>/result.{ENDING}")
@blueprint.arguments(WrittenQuery(), location="query")
@blueprint.response(200, content_type="text/csv")
@blueprint.doc(responses={"200": {"content": FILES, **TOLD}, "409": {}})
def get_result_file(asked: dict[str, Any], run_id: str, suffix: str) -> Response:
    """The same as a file: what a spreadsheet or a script reads from an address."""
    return _result(run_id, SUFFIXES[suffix], asked)


def shown(run: Run, status: int = 200) -> Response:
    """A run as it is answered; while it is not done, with the time after which to ask again."""
    answer = told(described(run), status=status)
    answer.headers["Cache-Control"] = "no-store"
    if run.status in {"queued", "running"}:
        answer.headers["Retry-After"] = AGAIN
    return answer


def described(run: Run) -> dict[str, Any]:
    """A run in the members that are told of it."""
    place = url_for("runs.get_run", run_id=run.id)
    return {
        "id": run.id,
        "status": run.status,
        "progress": run.progress,
        "digest": run.digest,
        "created": moment(run.created),
        "started": moment(run.started),
        "finished": moment(run.finished),
        "error": None if run.error is None else _error(run.error),
        "result": None if run.result is None else dict(run.result),
        "links": {"self": place, "result": f"{place}/result", "csv": f"{place}/result.csv"},
    }


def result_of(run: Run, name: str, asked: Mapping[str, Any]) -> Response:
    """The stored result of a run that is done."""
    return written(store().runs.result(run.id), name, asked)


def _result(run_id: str, name: str, asked: Mapping[str, Any]) -> Response:
    run = store().runs.get(run_id)
    if run.status != "done":
        raise _not_done(run)
    answer = result_of(run, name, asked)
    answer.headers["Cache-Control"] = IMMUTABLE
    return answer


def _not_done(run: Run) -> ProblemError:
    """Why there is no result."""
    if run.status == "cancelled":
        return ProblemError(409, "the run was cancelled: it has no result", code="run-cancelled", hint="ask anew")
    if run.error is not None:
        why = _error(run.error)
        said = f"the run failed: {why['detail']}"
        return ProblemError(409, said, code="run-failed", hint=why["hint"], errors=why["errors"])
    said = f"the run is {run.status} ({run.progress:.0%}): its result is not there yet"
    hint = f"ask again in {AGAIN} seconds"
    return ProblemError(409, said, code="run-not-done", hint=hint, headers={"Retry-After": AGAIN})


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    """Why a run failed, its faults as entries of a problem."""
    faults = [
        entry(one["code"], one["message"], one.get("hint"), path=one.get("key"))
        | {name: one[name] for name in ("row", "column", "value") if name in one}
        for one in error.get("errors", ())
    ]
    return {"code": error["code"], "detail": error["detail"], "hint": error.get("hint"), "errors": faults}
