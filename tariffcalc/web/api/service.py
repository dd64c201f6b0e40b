"""``/healthz``, ``/readyz``, ``/docs``: the running of the service, and its contract to browse."""

from __future__ import annotations

from typing import Any

import flask
from flask import Response, make_response, render_template, send_from_directory
from swagger_ui_bundle import swagger_ui_path

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_schedule, trade_facts_of
from tariffcalc.result import program_version
from tariffcalc.web.api.answers import HealthAnswer, ReadyAnswer
from tariffcalc.web.api.parser import Blueprint
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import CONTENT_SECURITY

blueprint = Blueprint("service", __name__, description="Whether the service runs")
docs = flask.Blueprint("docs", __name__)

_DOCS_SECURITY = CONTENT_SECURITY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


@blueprint.route("/healthz")
@blueprint.response(200, HealthAnswer)
def health() -> dict[str, Any]:
    """Whether the process answers."""
    return {"status": "ok"}


@blueprint.route("/readyz")
@blueprint.response(200, ReadyAnswer)
def ready() -> dict[str, Any]:
    """Whether the law and the facts of trade are loaded."""
    try:
        law = read_schedule()
        trade_facts_of(law.importer)
    except (TariffcalcError, OSError) as error:
        raise ProblemError(503, "the law is not loaded", code="not-ready", headers={"Retry-After": "5"}) from error
    return {
        "status": "ready",
        "version": program_version(),
        "measures": len(law.measures),
        "schedule_digest": law.digest,
    }


@docs.get("/docs")
def browse() -> Response:
    """The contract as a page; the program that shows it sets styles of its own on its elements."""
    page = make_response(render_template("docs.html"))
    page.headers["Content-Security-Policy"] = _DOCS_SECURITY
    return page


@docs.get("/docs/ui/<path:name>")
def browser_file(name: str) -> Response:
    """A file of Swagger UI, from the package that bundles it."""
    return send_from_directory(str(swagger_ui_path), name, max_age=86_400)
