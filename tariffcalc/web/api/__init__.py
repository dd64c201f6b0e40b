"""The REST API: blueprints, what may be asked, what is answered."""

from __future__ import annotations

from http import HTTPStatus

import flask_smorest
from flask import Flask

from tariffcalc.result import program_version
from tariffcalc.web.api import bundled, estimates, law, rates, service
from tariffcalc.web.api.answers import Problem
from tariffcalc.web.problems import MEDIA_TYPE

BLUEPRINTS = (rates.blueprint, estimates.blueprint, law.blueprint, bundled.blueprint, service.blueprint)

CONTRACT = {
    "API_TITLE": "tariffcalc",
    "API_VERSION": f"v1 ({program_version()})",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "What a tariff costs: dated tariff law as data, applied to a shipment or a table of trade."
        }
    },
}
"""Settings of flask-smorest. The version of OpenAPI is the newest that the bundled Swagger UI shows."""


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's API; errors are told as problems, by handlers of our own."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to ``register_problems``."""

    def _register_responses(self) -> None:
        """Tell in the contract that every error is a problem."""
        for name, said in (("DEFAULT_ERROR", "What is wrong"), *((one.name, one.phrase) for one in HTTPStatus)):
            answer = {"description": said, "content": {MEDIA_TYPE: {"schema": Problem}}}
            self.spec.components.response(name, answer, lazy=True)


def register_api(app: Flask) -> None:
    """Put the API, its contract and the page that shows it into the application."""
    app.config.from_mapping(CONTRACT)
    api = Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(service.docs)
