"""The web service: a REST API under ``/v1`` and a plain form at ``/``. The only part that knows Flask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from tariffcalc.estimate import read_schedule, trade_facts_of
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.sources import trade_facts
from tariffcalc.web.api import register_api
from tariffcalc.web.pages import headline, register_pages
from tariffcalc.web.problems import register_problems
from tariffcalc.web.respond import secured
from tariffcalc.web.search import search

LARGEST_BODY = 50_000_000
"""Bytes that a request may send, unless ``MAX_CONTENT_LENGTH`` says otherwise."""


class Json(DefaultJSONProvider):
    """JSON with members in the order they have and letters as they are."""

    sort_keys = False
    ensure_ascii = False
    compact = True


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, with the law loaded.

    ``config``: Flask's settings (``MAX_CONTENT_LENGTH`` in bytes), and ``WARM_UP``: also reckon the estimate that the
    first page shows and lay out the search, so that no visitor waits for them.
    """
    app = Flask(__name__, static_folder="pages/static", template_folder="pages/templates")
    app.config.from_mapping({"MAX_CONTENT_LENGTH": LARGEST_BODY, "MAX_FORM_MEMORY_SIZE": LARGEST_BODY})
    app.config.from_mapping(config or {})
    app.json = Json(app)
    app.url_map.strict_slashes = False
    register_problems(app)
    register_api(app)
    register_pages(app)
    app.after_request(secured)
    load(warm_up=bool(app.config.get("WARM_UP")))
    return app


def load(*, warm_up: bool = False) -> None:
    """Read what every answer needs, once; forked workers share it."""
    for importer in importers(rates_folder()):
        trade_facts_of(read_schedule(importer).importer)
    trade_facts.descriptions()
    trade_facts.known_codes()
    if warm_up:
        search("steel")
        headline()
