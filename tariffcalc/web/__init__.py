"""The web service: a REST API under ``/v1`` and a plain form at ``/``. The only part that knows Flask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from tariffcalc.estimate import read_schedule, trade_facts_of
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.settings import Settings
from tariffcalc.sources import trade_facts
from tariffcalc.web.api import register_api
from tariffcalc.web.kept import register_kept
from tariffcalc.web.keys import register_keys
from tariffcalc.web.limits import register_limits
from tariffcalc.web.logs import register_logs
from tariffcalc.web.metrics import register_metrics
from tariffcalc.web.pages import as_page, headline, register_pages
from tariffcalc.web.problems import register_problems
from tariffcalc.web.requests import register_requests
from tariffcalc.web.respond import secured
from tariffcalc.web.search import search
from tariffcalc.web.state import keep
from tariffcalc.web.twins import register_twins


class Json(DefaultJSONProvider):
    """JSON with members in the order they have and letters as they are; what is no number in JSON is an error."""

    sort_keys = False
    ensure_ascii = False
    compact = True

    def dumps(self, obj: Any, **given: Any) -> str:
        """The text. Raises ``ValueError`` where a number is infinite or none."""
        return super().dumps(obj, **{"allow_nan": False, **given})


def create_app(config: Mapping[str, Any] | None = None, settings: Settings | None = None) -> Flask:
    """The application, with the law loaded.

    ``config``: Flask's settings, and ``WARM_UP``: also reckon the estimate that the first page shows and lay out the
    search, so that no visitor waits for them. ``settings``: those of the service, by default what the environment
    states. Raises ``BadRequestError`` for a setting that cannot be used, ``LawFileError`` for law at fault.
    """
    given = settings or Settings.read()
    app = Flask(__name__, static_folder="pages/static", template_folder="pages/templates")
    app.config.from_mapping({"MAX_CONTENT_LENGTH": given.body_bytes, "MAX_FORM_MEMORY_SIZE": given.body_bytes})
    app.config.from_mapping(config or {})
    app.json = Json(app)
    app.url_map.strict_slashes = False
    keep(app, given)
    register_operation(app, given)
    register_problems(app)
    register_api(app)
    register_pages(app)
    register_twins(app)
    load(warm_up=bool(app.config.get("WARM_UP")))
    return app


def register_operation(app: Flask, given: Settings) -> None:
    """What goes round every request: from the outside in its line in the log, counts, headers, its name, limits, key.

    Flask asks in this order before a view and in the opposite order after it.
    """
    register_logs(app, requests=given.logs != "off")
    register_metrics(app)
    app.after_request(secured)
    app.after_request(as_page)
    register_requests(app)
    register_kept(app, logged=given.logs != "off")
    register_limits(app, given)
    register_keys(app, given.api_keys)


def load(*, warm_up: bool = False) -> None:
    """Read what every answer needs, once; forked workers share it."""
    for importer in importers(rates_folder()):
        trade_facts_of(read_schedule(importer).importer)
    trade_facts.descriptions()
    trade_facts.known_codes()
    if warm_up:
        search("steel")
        headline()
