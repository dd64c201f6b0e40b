"""The REST API: blueprints, what may be asked, what is answered."""

from __future__ import annotations

from http import HTTPStatus

import flask_smorest
from flask import Flask, Response, json

from tariffcalc.result import program_version
from tariffcalc.web.api import estimates, flows, law, quotes, rates, runs, scenarios, service
from tariffcalc.web.api.answers import Problem
from tariffcalc.web.api.contract import complete
from tariffcalc.web.api.incoming import register_incoming
from tariffcalc.web.respond import send

BLUEPRINTS = (
    rates.blueprint,
    quotes.blueprint,
    estimates.blueprint,
    runs.blueprint,
    flows.blueprint,
    scenarios.blueprint,
    law.blueprint,
    service.blueprint,
)

CONTRACT = {
    "API_TITLE": "tariffcalc",
    "API_VERSION": f"v1 ({program_version()})",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "What a tariff costs: dated tariff law as data, applied to a shipment or a table of trade.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This service."}],
    },
}
"""Settings of flask-smorest."""


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's API; errors are told as problems, by handlers of our own."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to ``register_problems``."""

    def _register_responses(self) -> None:
        """Know the problem by its name; ``contract`` puts it into every operation."""
        self.spec.components.schema("Problem", schema=Problem)
        for status in ("DEFAULT_ERROR", *(one.name for one in HTTPStatus)):
            self.spec.components.response(status, {"description": status}, lazy=True)

    def _openapi_json(self) -> Response:
        """The contract, made whole once."""
        if self._written is None:
            self._written = json.dumps(complete(self.spec.to_dict()), ensure_ascii=False, indent=1).encode() + b"\n"
        return send(self._written, "application/json")

    _written: bytes | None = None


def register_api(app: Flask) -> None:
    """Put the API, its contract and the page that shows it into the application."""
    app.config.from_mapping(CONTRACT)
    register_incoming(app)
    api = Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(service.docs)
