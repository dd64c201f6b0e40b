"""``/flows``: the tables of trade, bundled and saved."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Response, request, url_for

from tariffcalc.catalogue import flow_table, flow_tables
from tariffcalc.engine.flow_table import Flows
from tariffcalc.sources.bundled import read_bundled
from tariffcalc.store import SavedTable
from tariffcalc.web.api import bodies
from tariffcalc.web.api.checks import flows_known
from tariffcalc.web.api.json_body import json_object
from tariffcalc.web.api.parser import PARSER, Blueprint
from tariffcalc.web.api.queries import NoQuery
from tariffcalc.web.api.retries import TOLD as RETRY_KEY
from tariffcalc.web.api.retries import once, retried
from tariffcalc.web.api.saved_answers import FlowsSavedAnswer, FlowTableAnswer, FlowTablesAnswer
from tariffcalc.web.api.saved_queries import PageQuery, TableBody, TableOptions
from tariffcalc.web.api.stored import (
    IF_MATCH,
    fixed,
    found_by,
    if_match,
    listed,
    moment,
    owner,
    page_size,
    told,
)
from tariffcalc.web.problems import fault_entry
from tariffcalc.web.state import settings, store

blueprint = Blueprint("flows", __name__, url_prefix="/v1", description="The tables of trade, bundled and saved")


@blueprint.route("/flows")
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, FlowTablesAnswer)
def list_flows(asked: dict[str, Any]) -> Response:
    """The tables of trade: the bundled ones first, then the saved ones, newest first."""
    found = store().flows.list(asked["page"], page_size(asked))
    return listed("flows", [_bundled(one) for one in flow_tables()], found, _saved)


@blueprint.route("/flows/<table_id>")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, FlowTableAnswer)
def get_flows(_asked: dict[str, Any], table_id: str) -> Response:
    """One table: rows, window, value, vintage, source."""
    found = found_by(flows_known, table_id)
    return told(_bundled(flow_table(found))) if isinstance(found, str) else told(_saved(found), found.etag)


@blueprint.route("/flows", methods=["POST"])
@blueprint.response(201, FlowsSavedAnswer)
@blueprint.doc(
    requestBody=bodies.contents(TableBody, TableOptions),
    parameters=[RETRY_KEY],
    responses={"400": {}, "409": {}, "413": {}, "415": {}, "422": {}},
)
@retried
def post_flows() -> Response:
    """Save a table of trade, to be named by its id from then on.

    The body is JSON with its rows, a table (CSV, TSV, XLSX, Parquet, Arrow; name and options stand in the query
    string) or a form with the table as the file called flows. Every bad row is told at once, and nothing is saved then.
    """
    table, name = _sent()
    saved = store().flows.save(table, name, owner(), once=once())
    skipped = [fault_entry(fault) for fault in table.bad_rows]
    place = url_for("flows.get_flows", table_id=saved.id)
    return told({**_saved(saved), "errors": skipped}, saved.etag, status=201, location=place)


@blueprint.route("/flows/<table_id>", methods=["DELETE"])
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(204)
@blueprint.doc(parameters=[IF_MATCH], responses={"405": {}, "412": {}})
def delete_flows(_asked: dict[str, Any], table_id: str) -> Response:
    """Delete a saved table. Runs that it was asked of keep their results."""
    found = found_by(flows_known, table_id)
    if isinstance(found, str):
        raise fixed("a bundled table")
    store().flows.delete(table_id, if_match("flow table", found.etag, required=False))
    return Response(status=204)


def _sent() -> tuple[Flows, str]:
    """The table that the request carries, checked, and its name."""
    if request.mimetype == bodies.JSON:
        PARSER.parse(NoQuery(), request, location="query")
        asked = bodies.load(TableBody(), json_object())
        bodies.within_rows(len(asked["rows"]), settings().table_rows)
        name = asked.get("name", "rows")
        return bodies.own_table(asked["rows"], None, name, asked), name
    asked, upload = bodies.asked_with(TableOptions())
    name = asked.get("name", upload.name)
    return bodies.own_table(upload.read(), upload.suffix, name, asked), name


def _bundled(one: Mapping[str, Any]) -> dict[str, Any]:
    """A bundled table in the members that all tables have."""
    return {
        "id": one["name"],
        "kind": "bundled",
        "name": one["name"],
        "title": one["title"],
        "version": 1,
        **{name: one[name] for name in ("rows", "from", "until", "customs_value", "currency")},
        "importers": list(_importers(one["name"])),
        "vintage": one["vintage"],
        "source": one["source"],
        "created": None,
        "skipped_rows": 0,
        "warnings": [],
    }


@cache
def _importers(name: str) -> tuple[str, ...]:
    """The importers of a bundled table's rows."""
    return tuple(read_bundled(name).frame["importer"].cat.categories)


def _saved(one: SavedTable) -> dict[str, Any]:
    """A saved table in the same members."""
    return {
        "id": one.id,
        "kind": "saved",
        "name": one.name,
        "title": one.title,
        "version": one.version,
        "rows": one.rows,
        "from": one.window[0].isoformat(),
        "until": one.window[1].isoformat(),
        "customs_value": one.customs_value,
        "currency": one.currency,
        "importers": list(one.importers),
        "vintage": None,
        "source": None,
        "created": moment(one.created),
        "skipped_rows": one.bad_rows,
        "warnings": list(one.warnings),
    }
