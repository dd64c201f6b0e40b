"""``/healthz``, ``/readyz``, ``/metrics``, ``/docs``: the running of the service, and its contract to browse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask
import flask_swagger_ui  # type: ignore[import-untyped]
from flask import Response, make_response, render_template, send_from_directory

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_schedule, trade_facts_of
from tariffcalc.result import program_version
from tariffcalc.web.api.answers import HealthAnswer, ReadyAnswer
from tariffcalc.web.api.parser import Blueprint
from tariffcalc.web.metrics import metrics_text
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import CONTENT_SECURITY
from tariffcalc.web.state import store

blueprint = Blueprint("service", __name__, description="Whether the service runs")
docs = flask.Blueprint("docs", __name__)

METRICS = "text/plain"
SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"

_DOCS_SECURITY = CONTENT_SECURITY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


@blueprint.route("/healthz")
@blueprint.response(200, HealthAnswer)
def health() -> dict[str, Any]:
    """Whether the process answers."""
    return {"status": "ok"}


@blueprint.route("/readyz")
@blueprint.response(200, ReadyAnswer)
def ready() -> dict[str, Any]:
    """Whether the law and the facts of trade are loaded and the database is in order."""
    try:
        law = read_schedule()
        trade_facts_of(law.importer)
    except (TariffcalcError, OSError) as error:
        raise _not_ready("the law is not loaded") from error
    try:
        in_order = store().is_ready()
    except (TariffcalcError, OSError) as error:
        raise _not_ready("the database does not answer") from error
    if not in_order:
        raise _not_ready("the database does not answer, or has the form of another version of the program")
    return {
        "status": "ready",
        "version": program_version(),
        "measures": len(law.measures),
        "schedule_digest": law.digest,
    }


@blueprint.route("/metrics")
@blueprint.response(200, {"type": "string"}, content_type=METRICS, description="The text format of Prometheus.")
def metrics() -> Response:
    """Counts for Prometheus: requests, their times, runs by status, the law that is loaded."""
    return Response(metrics_text(), content_type=f"{METRICS}; version=0.0.4; charset=utf-8")


def _not_ready(said: str) -> ProblemError:
    return ProblemError(503, said, code="not-ready", headers={"Retry-After": "5"})


@docs.get("/docs")
def browse() -> Response:
    """The contract as a page; the program that shows it sets styles of its own on its elements."""
    page = make_response(render_template("docs.html"))
    page.headers["Content-Security-Policy"] = _DOCS_SECURITY
    return page


@docs.get("/docs/ui/<path:name>")
def browser_file(name: str) -> Response:
    """A file of Swagger UI, from the package that bundles it."""
    return send_from_directory(SWAGGER_UI, name, max_age=86_400)
