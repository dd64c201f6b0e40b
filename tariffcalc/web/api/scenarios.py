"""``/scenarios``: what the law is supposed to be, ready-made and saved."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from flask import Response, json, request, url_for

from tariffcalc.catalogue import scenario_list
from tariffcalc.errors import ScenarioError, TariffcalcError
from tariffcalc.estimate import scenario_names
from tariffcalc.paths import rates_folder
from tariffcalc.shipments import schedule_for
from tariffcalc.store import SavedScenario
from tariffcalc.web.api import bodies
from tariffcalc.web.api.checks import scenario_saved
from tariffcalc.web.api.fields import few_changes, plain_texts
from tariffcalc.web.api.json_body import json_object
from tariffcalc.web.api.parser import PARSER, Blueprint
from tariffcalc.web.api.queries import NoQuery
from tariffcalc.web.api.retries import TOLD as RETRY_KEY
from tariffcalc.web.api.retries import once, retried
from tariffcalc.web.api.saved_answers import ScenarioHead, ScenariosAnswer
from tariffcalc.web.api.saved_queries import PageQuery
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
from tariffcalc.web.problems import of_domain
from tariffcalc.web.respond import send
from tariffcalc.web.state import settings, store

blueprint = Blueprint("scenarios", __name__, url_prefix="/v1", description="What the law is supposed to be")

KEYS: dict[str, Any] = {
    "type": "object",
    "description": "A scenario: its name, its changes of the law, what it assumes.",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "importers": {"type": "array", "items": {"type": "string"}},
        "as_known_on": {"type": "string"},
        "change": {"type": "array", "items": {"type": "object"}},
        "assumptions": {"type": "object"},
    },
    "additionalProperties": False,
    "example": {
        "name": "steel-at-25",
        "title": "Steel at 25 % from June on",
        "change": [{"set": "s232-steel", "rate": "25%", "from": "2025-06-04"}],
    },
}
"""The keys of a scenario, for the contract. What each may hold the service says itself, fault by fault."""

_BODY = {"required": True, "content": {bodies.JSON: {"schema": KEYS}}}


@blueprint.route("/scenarios")
@blueprint.arguments(PageQuery(), location="query")
@blueprint.response(200, ScenariosAnswer)
def list_scenarios(asked: dict[str, Any]) -> Response:
    """The scenarios: the ready-made ones first, then the saved ones, newest first."""
    found = store().scenarios.list(asked["page"], page_size(asked))
    return listed("scenarios", [_ready_made(one) for one in scenario_list()], found, _saved)


@blueprint.route("/scenarios/<scenario_id>")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, KEYS, description="Its keys: what POST and PUT take, and what POST /v1/estimates takes.")
def get_scenario(_asked: dict[str, Any], scenario_id: str) -> Response:
    """One scenario written out: change it and save it, or post it with an estimate."""
    if scenario_id in scenario_names():
        path = rates_folder() / "scenarios" / f"{scenario_id}.toml"
        written = json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str)
        return send(written.encode() + b"\n", "application/json")
    saved = found_by(scenario_saved, scenario_id)
    return told(saved.document, saved.etag)


@blueprint.route("/scenarios/<scenario_id>/versions/<int:number>")
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(200, KEYS, description="The keys that it had in that version.")
def get_scenario_version(_asked: dict[str, Any], scenario_id: str, number: int) -> Response:
    """A former version of a saved scenario; it never changes."""
    saved = store().scenarios.get(scenario_id, number)
    return told(saved.document, saved.etag)


@blueprint.route("/scenarios", methods=["POST"])
@blueprint.response(201, ScenarioHead)
@blueprint.doc(requestBody=_BODY, parameters=[RETRY_KEY], responses={"409": {}, "413": {}, "415": {}, "422": {}})
@retried
def post_scenario() -> Response:
    """Save a scenario, to be named by its id from then on. One that the law does not know the words of is refused."""
    saved = store().scenarios.create(_document(), owner=owner(), once=once())
    place = url_for("scenarios.get_scenario", scenario_id=saved.id)
    return told(_saved(saved), saved.etag, status=201, location=place)


@blueprint.route("/scenarios/<scenario_id>", methods=["PUT"])
@blueprint.response(200, ScenarioHead)
@blueprint.doc(
    requestBody=_BODY,
    parameters=[IF_MATCH],
    responses={"405": {}, "412": {}, "413": {}, "415": {}, "422": {}, "428": {}},
)
def put_scenario(scenario_id: str) -> Response:
    """Save the next version of a scenario. ``If-Match`` holds that nobody has changed it meanwhile."""
    held = _changed(scenario_id)
    saved = store().scenarios.update(scenario_id, _document(), held)
    return told(_saved(saved), saved.etag)


@blueprint.route("/scenarios/<scenario_id>", methods=["DELETE"])
@blueprint.arguments(NoQuery(), location="query")
@blueprint.response(204)
@blueprint.doc(parameters=[IF_MATCH], responses={"405": {}, "412": {}, "428": {}})
def delete_scenario(_asked: dict[str, Any], scenario_id: str) -> Response:
    """Delete a saved scenario with all its versions. Runs that it was asked in keep their results."""
    store().scenarios.delete(scenario_id, _changed(scenario_id))
    return Response(status=204)


def _changed(scenario_id: str) -> str | None:
    """The version that a change is meant for; one that cannot be changed is refused."""
    if scenario_id in scenario_names():
        raise fixed("a ready-made scenario")
    return if_match("scenario", found_by(scenario_saved, scenario_id).etag, required=True)


def _document() -> dict[str, Any]:
    """The scenario that the request carries, once the law of every importer it names has read it."""
    PARSER.parse(NoQuery(), request, location="query")
    if request.mimetype != bodies.JSON:
        bodies.refuse(request.mimetype or "nothing", (bodies.JSON,))
    bodies.within_bytes(len(request.get_data()), settings().scenario_bytes)
    document = json_object()
    few_changes(document)
    plain_texts(document)
    for importer in _importers(document):
        try:
            schedule_for(importer, None, document)
        except ScenarioError as error:
            raise of_domain(error) from error
        except TariffcalcError as error:
            raise of_domain(error, path="importers") from error
    return document


def _importers(document: Mapping[str, Any]) -> list[str]:
    """Whose law the scenario is for: that of the United States where it does not say."""
    named = document.get("importers")
    texts = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return list(dict.fromkeys(text for text in texts if isinstance(text, str))) or ["USA"]


def _ready_made(one: Mapping[str, Any]) -> dict[str, Any]:
    """A ready-made scenario in the members that all have."""
    return {
        "id": one["name"],
        "kind": "ready-made",
        "name": one["name"],
        "title": one["title"],
        "importers": [code for code in one["importers"].split(", ") if code],
        "version": 1,
        "created": None,
        "updated": None,
    }


def _saved(one: SavedScenario) -> dict[str, Any]:
    """A saved scenario in the same members."""
    return {
        "id": one.id,
        "kind": "saved",
        "name": one.name,
        "title": one.title,
        "importers": _importers(one.document),
        "version": one.version,
        "created": moment(one.created),
        "updated": moment(one.updated),
    }
