"""``/estimates``: a table of trade through the law, in any format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, NoReturn

from flask import Response, request
from marshmallow import ValidationError

from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import ScenarioError
from tariffcalc.estimate import estimate, importer_of, read_flows
from tariffcalc.formats import FORMATS
from tariffcalc.law.schedule import Schedule
from tariffcalc.result import Result
from tariffcalc.shipments import schedule_for
from tariffcalc.sources import SOURCES
from tariffcalc.web.api.answers import TableAnswer
from tariffcalc.web.api.parser import PARSER, Blueprint, Strict, invalid
from tariffcalc.web.api.queries import EstimateBody, EstimateQuery, NoQuery, TableQuery, TextQuery
from tariffcalc.web.api.rates import text_options
from tariffcalc.web.problems import ProblemError, of_domain
from tariffcalc.web.respond import send

SUFFIXES = {form.suffix.removeprefix("."): name for name, form in FORMATS.items()}
"""Ending of the address -> format."""

MEDIA = {form.content_type.partition(";")[0]: name for name, form in (("json", FORMATS["json"]), *FORMATS.items())}
"""Media type -> format; JSON first, which is the answer to a client that takes anything."""

TABLES: Mapping[str, str] = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.apache.parquet": ".parquet",
    "application/x-parquet": ".parquet",
    "application/vnd.apache.arrow.file": ".arrow",
    "application/vnd.apache.arrow.stream": ".arrow",
}
"""Content type of a body that is a table -> the source that reads it."""

_BINARY = {"type": "string", "format": "binary"}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": EstimateBody},
        "multipart/form-data": {"schema": {"type": "object", "properties": {"flows": _BINARY}}},
        **{kind: {"schema": _BINARY} for kind in TABLES},
    },
}
_KINDS: dict[str, Any] = {kind: {"schema": _BINARY} for kind in MEDIA if kind != "application/json"}

blueprint = Blueprint("estimates", __name__, url_prefix="/v1", description="The duty on a table of trade")


@blueprint.route("/estimates")
@blueprint.arguments(EstimateQuery(), location="query")
@blueprint.response(200, TableAnswer)
@blueprint.doc(responses={"200": {"content": _KINDS}})
def get_estimate(asked: dict[str, Any]) -> Response:
    """The duty on a bundled table, in the format that the Accept header prefers."""
    return answer(estimate_of(read_flows(asked["flows"]), asked), accepted(), asked)


@blueprint.route(f"/estimates.<any({','.join(SUFFIXES)}):suffix>")
@blueprint.arguments(EstimateQuery(), location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
def get_estimate_file(asked: dict[str, Any], suffix: str) -> Response:
    """The same as a file: what a spreadsheet or a script reads from an address."""
    return answer(estimate_of(read_flows(asked["flows"]), asked), SUFFIXES[suffix], asked)


@blueprint.route("/estimates", methods=["POST"])
@blueprint.response(200, TableAnswer)
@blueprint.doc(requestBody=_BODY, responses={"200": {"content": _KINDS}})
def post_estimate() -> Response:
    """The duty on a table of one's own, or under a scenario of one's own.

    The body is JSON, a table (CSV, TSV, XLSX, Parquet, Arrow; the options stand in the query string) or a form with the
    table as the file called flows and the options as its other fields.
    """
    if request.mimetype == "application/json":
        asked = {**load(EstimateBody(), _json()), **PARSER.parse(TextQuery(), request, location="query")}
        flows = asked["flows"]
        table = read_flows(flows) if isinstance(flows, str) else own_table(flows, None, "rows", asked)
    elif request.mimetype == "multipart/form-data":
        PARSER.parse(NoQuery(), request, location="query")
        asked = PARSER.parse(TableQuery(), request, location="form")
        table = _uploaded(asked)
    elif request.mimetype in TABLES:
        asked = PARSER.parse(TableQuery(), request, location="query")
        table = own_table(request.get_data(), TABLES[request.mimetype], "body", asked)
    else:
        _refuse(request.mimetype or "nothing")
    return answer(estimate_of(table, asked), accepted(), asked)


def estimate_of(table: Flows, asked: Mapping[str, Any]) -> Result:
    """The estimate that the options ask for, under the law of the table's importer."""
    importer = importer_of(table)
    baseline = asked.get("baseline")
    return estimate(
        table,
        _law(asked, "scenario", importer),
        baseline=baseline if isinstance(baseline, str) else _law(asked, "baseline", importer),
        by=asked["by"],
        sectors=asked["sectors"],
        window=(asked.get("start"), asked.get("until")),
        basis=asked["basis"],
        status=asked["status"],
        as_known_on=asked.get("as_known_on"),
        model=asked["model"],
        engine=asked["engine"],
    )


def own_table(source: bytes | list[Any], suffix: str | None, name: str, asked: Mapping[str, Any]) -> Flows:
    """A table of the caller's own; rows without importer are imports of the United States unless said otherwise."""
    return read_flows(
        source,
        suffix=suffix,
        importer=asked.get("importer", "USA"),
        origin=asked.get("origin"),
        on_bad_row=asked["on_bad_row"],
        name=name,
    )


def answer(result: Result, name: str, asked: Mapping[str, Any]) -> Response:
    """The result in a format, under a name that says what it is."""
    form = FORMATS[name]
    filename = f"tariffcalc-{PurePath(result.provenance['flows']['name']).stem}{form.suffix}"
    response = send(result.to(name, text_options(asked)), form.content_type, filename)
    response.vary.add("Accept")
    return response


def accepted() -> str:
    """The format that the client prefers."""
    kind = request.accept_mimetypes.best_match(MEDIA) if request.accept_mimetypes else "application/json"
    if kind is None:
        raise ProblemError(406, "no format that is accepted can be given", hint=f"offered: {', '.join(MEDIA)}")
    return MEDIA[kind]


def load(schema: Strict, content: Any) -> dict[str, Any]:
    """A body as its schema wants it; every fault is told."""
    try:
        return dict(schema.load(content))
    except ValidationError as error:
        raise invalid(error.messages, schema) from error


def _json() -> Any:
    def no_number(text: str) -> NoReturn:
        raise ValueError(f"{text} is no number in JSON")

    try:
        return json.loads(request.get_data(), parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, f"the body is not JSON: {error}", hint="send one JSON object") from error


def _uploaded(asked: Mapping[str, Any]) -> Flows:
    file = request.files.get("flows")
    if file is None:
        raise ProblemError(
            422, "the form has no file called 'flows'", code="missing-parameter", hint="send the table as flows"
        )
    name = PurePath(file.filename or "").name
    suffix = PurePath(name).suffix.lower()
    if suffix not in SOURCES:
        _refuse(f"a file called {name!r}")
    return own_table(file.read(), suffix, name, asked)


def _refuse(kind: str) -> NoReturn:
    known = ", ".join(("application/json", "multipart/form-data", *TABLES))
    raise ProblemError(415, f"a body of {kind} cannot be read", hint=f"send {known}")


def _law(asked: Mapping[str, Any], name: str, importer: str) -> Schedule | None:
    """The importer's law under the scenario that a parameter names, if it does; faults are told below its name."""
    try:
        return schedule_for(importer, None, asked[name]) if name in asked else None
    except ScenarioError as error:
        raise of_domain(error, path=name) from error
