"""``/flows`` and ``/scenarios``: what is bundled."""

from __future__ import annotations

import tomllib
from typing import Any

from flask import Response, json

from tariffcalc.catalogue import flow_table, flow_tables, scenario_list
from tariffcalc.errors import UnknownNameError
from tariffcalc.paths import rates_folder
from tariffcalc.web.api.answers import FlowTableAnswer, FlowTablesAnswer, ScenariosAnswer
from tariffcalc.web.api.checks import flows_name, scenario_name
from tariffcalc.web.api.parser import Blueprint
from tariffcalc.web.api.queries import NoQuery
from tariffcalc.web.problems import of_domain
from tariffcalc.web.respond import send, send_json

blueprint = Blueprint("bundled", __name__, url_prefix="/v1", description="The bundled tables of trade and scenarios")


@blueprint.route("/flows")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, FlowTablesAnswer)
def list_flows(_asked: dict[str, Any]) -> Response:
    """The bundled tables of trade."""
    return send_json({"flows": flow_tables()})


@blueprint.route("/flows/<name>")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, FlowTableAnswer)
def get_flows(_asked: dict[str, Any], name: str) -> Response:
    """One bundled table: rows, window, value, vintage, source."""
    try:
        return send_json(flow_table(flows_name(name)))
    except UnknownNameError as error:
        raise of_domain(error, 404) from error


@blueprint.route("/scenarios")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, ScenariosAnswer)
def list_scenarios(_asked: dict[str, Any]) -> Response:
    """The ready-made scenarios."""
    return send_json({"scenarios": scenario_list()})


@blueprint.route("/scenarios/<name>")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, {"type": "object"}, description="The keys that POST /v1/estimates takes as scenario.")
def get_scenario(_asked: dict[str, Any], name: str) -> Response:
    """One ready-made scenario written out: change it and post it with an estimate."""
    try:
        path = rates_folder() / "scenarios" / f"{scenario_name(name)}.toml"
    except UnknownNameError as error:
        raise of_domain(error, 404) from error
    written = json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str)
    return send(written.encode() + b"\n", "application/json")
