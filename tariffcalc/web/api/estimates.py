"""``/estimates``: a table of trade through the law: at once, or as a run where it takes long."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Response, request

from tariffcalc import models
from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import FlowTableError, ScenarioError
from tariffcalc.estimate import importer_of, read_flows
from tariffcalc.formats import FORMATS
from tariffcalc.jobs import ask, submit
from tariffcalc.jobs.question import OtherSide, importer_of_saved
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.retaliation import Side, other_side
from tariffcalc.result import Result
from tariffcalc.shipments import schedule_for
from tariffcalc.sources.bundled import read_bundled_meta
from tariffcalc.sources.elasticities import elasticity_tables
from tariffcalc.store import Run, SavedTable, StoreUnavailableError
from tariffcalc.store.records import digest_of
from tariffcalc.web.apart import apart
from tariffcalc.web.api import bodies, results, runs
from tariffcalc.web.api.answers import TableAnswer
from tariffcalc.web.api.json_body import json_object
from tariffcalc.web.api.model_queries import RETALIATION
from tariffcalc.web.api.parser import PARSER, Blueprint
from tariffcalc.web.api.queries import EstimateBody, EstimateOptions, EstimateQuery, TableQuery, WrittenQuery
from tariffcalc.web.api.retries import TOLD as RETRY_KEY
from tariffcalc.web.api.retries import guarded
from tariffcalc.web.api.saved_answers import RunAnswer
from tariffcalc.web.api.stored import REVALIDATED
from tariffcalc.web.limits import deadline, heavy
from tariffcalc.web.problems import of_domain
from tariffcalc.web.state import queue, settings, store

Table = str | SavedTable | Flows
"""A bundled table by name, a saved one, or the caller's own."""

NOT_OPTIONS = {
    *("scenario", "baseline", "flows", "currency", "on_bad_row", "importer", "origin", "start", "until"),
    *RETALIATION,
}
"""What of a question is no option of ``models.answer``, or has another name there."""

FINE = ("product", "day", "segment")
"""Groups by which a result is about twice as much work."""

MODEL_WEIGHT = 4
"""A model other than ``static`` takes about so many times as long."""

PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "respond-async: answer 202 with the address of a run, however quick the estimate would be.",
    "schema": {"type": "string"},
    "example": "respond-async",
}
_TEXT = {"schema": {"type": "string"}}
_ACCEPTED = {
    "description": "It takes long: a run has been begun. The same question later is answered from its result.",
    "content": {"application/json": {"schema": RunAnswer}, **results.KINDS},
    "headers": {
        "Location": {**_TEXT, "description": "Where the run tells how far it is."},
        "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds after which to ask there."},
        "Preference-Applied": {**_TEXT, "description": "respond-async, where it was asked for."},
    },
}

blueprint = Blueprint("estimates", __name__, url_prefix="/v1", description="The duty on a table of trade")


@blueprint.route("/estimates")
@blueprint.arguments(EstimateQuery(), location="query")
@blueprint.response(200, TableAnswer)
@blueprint.doc(
    parameters=[PREFER],
    responses={"200": {"content": results.KINDS, **results.TOLD}, "202": _ACCEPTED, "406": {}, "413": {}},
)
def get_estimate(asked: dict[str, Any]) -> Response:
    """The duty on a bundled or saved table, in the format that the Accept header prefers."""
    return _revalidated(answered(asked["flows"], asked, results.accepted()), asked)


@blueprint.route(f"/estimates.{results.ENDING}")
@blueprint.arguments(EstimateQuery(), location="query")
@blueprint.response(200, content_type="text/csv")
@blueprint.doc(
    parameters=[PREFER], responses={"200": {"content": results.FILES, **results.TOLD}, "202": _ACCEPTED, "413": {}}
)
def get_estimate_file(asked: dict[str, Any], suffix: str) -> Response:
    """The same as a file: what a spreadsheet or a script reads from an address."""
    return _revalidated(answered(asked["flows"], asked, results.SUFFIXES[suffix]), asked)


@blueprint.route("/estimates", methods=["POST"])
@blueprint.response(200, TableAnswer)
@blueprint.doc(
    requestBody=bodies.contents(EstimateBody, EstimateOptions),
    parameters=[PREFER, RETRY_KEY],
    responses={"200": {"content": results.KINDS}, "202": _ACCEPTED, "406": {}, "409": {}, "413": {}, "415": {}},
)
@guarded
def post_estimate() -> Response:
    """The duty on a table of one's own, or under a scenario of one's own.

    The body is JSON, a table (CSV, TSV, XLSX, Parquet, Arrow; the options stand in the query string) or a form with the
    table as the file called flows and the options as its other fields; a form may send elasticities as a file too.
    """
    if request.mimetype == bodies.JSON:
        how = PARSER.parse(WrittenQuery(), request, location="query")
        asked = {**bodies.load(EstimateBody(), json_object()), **how}
        flows = asked["flows"]
        table = bodies.own_table(flows, None, "rows", asked) if isinstance(flows, list) else flows
        if isinstance(rows := asked.get("retaliation_flows"), list):
            asked["retaliation_flows"] = bodies.own_table(rows, None, "their rows", {"on_bad_row": asked["on_bad_row"]})
    else:
        asked, upload = bodies.asked_with(TableQuery())
        table = bodies.own_table(upload.read(), upload.suffix, upload.name, asked)
        mine = bodies.form_elasticities(importer_of(table))
        asked = asked if mine is None else {**asked, "elasticities": mine}
    check_elasticities(table, asked)
    return answered(table, asked, results.accepted())


def answered(table: Table, asked: Mapping[str, Any], name: str) -> Response:
    """The answer in the format of that name, or the run that will have it."""
    wants_run = "respond-async" in request.headers.get("Prefer", "").replace(",", " ").replace(";", " ").split()
    if not wants_run and weight(table, asked) <= settings().sync_rows:
        result = stored(table, asked)
        return results.written(estimate_of(table, asked) if result is None else result, name, asked)
    run = run_of(table, asked)
    if run.status == "done" and not wants_run:
        return runs.result_of(run, name, asked)
    return accepted(run, name, asked, wants_run=wants_run)


def stored(table: Table, asked: Mapping[str, Any]) -> Result | None:
    """The result of a run that was asked the same of saved or bundled tables, if there is one and the store answers."""
    if isinstance(table, Flows) or isinstance(asked.get("retaliation_flows"), Flows):
        return None
    _check_laws(table, asked)
    with suppress(StoreUnavailableError):
        run = store().runs.live(digest_of(question_of(table, asked)))
        return store().runs.result(run.id) if run is not None and run.status == "done" else None
    return None


def check_elasticities(table: Table, asked: Mapping[str, Any]) -> None:
    """Refuse a table of elasticities with faults, each told by its row, before anything is reckoned or kept."""
    if not isinstance(rows := asked.get("elasticities"), list):
        return
    importer = importer_of_table(table)
    try:
        elasticity_tables(rows, importer)
    except FlowTableError as error:
        raise of_domain(error, path="elasticities") from error


def importer_of_table(table: Table) -> str:
    """The importer of a table; several are refused."""
    return importer_of_saved(table) if isinstance(table, SavedTable) else importer_of(_read(table))


def weight(table: Table, asked: Mapping[str, Any]) -> float:
    """How much there is to reckon: rows, times 2 each beside a baseline, by product and by day, times 4 under a model.

    Draws have no end.
    """
    rows = _rows(table) + (_rows(asked["retaliation_flows"]) if "retaliation_flows" in asked else 0)
    laws = 1 if asked.get("baseline") is None else 2
    if asked.get("draws"):
        return float("inf")
    fine = 2 ** len({*FINE} & {*(asked.get("by") or ())})
    return float(rows * laws * fine * (1 if asked["model"] == "static" else MODEL_WEIGHT))


@heavy
@apart
def estimate_of(table: Table, asked: Mapping[str, Any]) -> Result:
    """The answer that the options ask for, under the law of the table's importer."""
    flows = _read(table)
    importer = importer_of(flows)
    baseline = asked.get("baseline")
    return models.answer(
        flows,
        _law(asked, "scenario", importer),
        baseline=baseline if isinstance(baseline, str) else _law(asked, "baseline", importer),
        theirs=_theirs(asked),
        **options_of(asked),
        progress=deadline,
    )


def run_of(table: Table, asked: Mapping[str, Any]) -> Run:
    """The run that answers the question; a table of the caller's own is kept for it, and listed nowhere."""
    _check_laws(table, asked)
    return submit(question_of(table, asked), store(), queue())


def _check_laws(table: Table, asked: Mapping[str, Any]) -> None:
    """Refuse scenarios with faults, each told below the name of its parameter."""
    importer = importer_of_table(table)
    for name in ("scenario", "baseline"):
        _law(asked, name, importer)
    _theirs(asked)


def question_of(table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The question as runs have it."""
    other = None
    if "retaliation" in asked:
        other = OtherSide(_kept(asked["retaliation_flows"]), asked["retaliation"], asked.get("retaliation_baseline"))
    return ask(_kept(table), asked.get("scenario"), asked.get("baseline"), other, **options_of(asked))


def _theirs(asked: Mapping[str, Any]) -> Side | None:
    """The other side of retaliation, if it is asked; faults of its scenarios are told below their names."""
    if "retaliation" not in asked:
        return None
    table = _read(asked["retaliation_flows"])
    importer = importer_of(table)
    for name in ("retaliation", "retaliation_baseline"):
        _law(asked, name, importer)
    return other_side(table, asked["retaliation"], asked.get("retaliation_baseline"), asked.get("baseline"))


def _kept(table: Table) -> str | SavedTable:
    """The table as a question names it; one of the caller's own is saved for it, and listed nowhere."""
    return store().flows.save(table, table.name, listed=False) if isinstance(table, Flows) else table


def options_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The options of ``models.answer``, by its names."""
    own = {name: value for name, value in asked.items() if name not in NOT_OPTIONS and name not in WrittenQuery().known}
    return {**own, "window": (asked.get("start"), asked.get("until"))}


def accepted(run: Run, name: str, asked: Mapping[str, Any], *, wants_run: bool) -> Response:
    """A run that has been begun: as JSON, or for a spreadsheet as a table of one row in the format it asked for."""
    answer = runs.shown(run, 202)
    links = runs.described(run)["links"]
    if name != "json" and request.method == "GET":
        answer.data = results.told_as(run, links["csv"], name, asked)
        answer.content_type = FORMATS[name].content_type
    answer.status_code = 202
    del answer.headers["ETag"]
    answer.headers["Location"] = links["self"]
    answer.headers["Retry-After"] = runs.AGAIN
    if wants_run:
        answer.headers["Preference-Applied"] = "respond-async"
    return answer


def _rows(table: Table) -> int:
    if isinstance(table, Flows):
        return len(table.frame)
    return table.rows if isinstance(table, SavedTable) else int(read_bundled_meta(table)["rows"])


def _read(table: Table) -> Flows:
    if isinstance(table, Flows):
        return table
    return store().flows.read(table.id) if isinstance(table, SavedTable) else read_flows(table)


def _law(asked: Mapping[str, Any], name: str, importer: str) -> Schedule | None:
    """The importer's law under the scenario that a parameter names, if it does; faults are told below its name."""
    try:
        return schedule_for(importer, None, asked[name]) if name in asked else None
    except ScenarioError as error:
        raise of_domain(error, path=name) from error


def _revalidated(answer: Response, asked: Mapping[str, Any]) -> Response:
    """What rests on something saved may be another answer at the next moment."""
    saved = isinstance(asked["flows"], SavedTable) or any(
        isinstance(asked.get(name), Mapping | SavedTable) for name in ("scenario", "baseline", *RETALIATION)
    )
    if saved and answer.status_code != 202:
        answer.headers["Cache-Control"] = REVALIDATED
    return answer
