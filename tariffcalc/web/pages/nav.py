"""The way between the pages: those that the service has, in order."""

from __future__ import annotations

from flask import Flask, request

from tariffcalc.web.pages.locale import say


def register_nav(app: Flask) -> None:
    """Give templates ``nav``."""
    app.context_processor(lambda: {"nav": entries(app)})


def entries(app: Flask) -> list[tuple[str, str, bool]]:
    """The path and name of each page that is there, and whether the reader is on it or below it."""
    known = {rule.rule for rule in app.url_map.iter_rules()}
    named = (
        ("/", say("What will I pay?")),
        ("/scenarios", say("Scenarios")),
        ("/runs", say("Runs")),
        ("/law", say("The law")),
        ("/spreadsheets", say("Spreadsheets")),
        ("/docs", say("API")),
        ("/about", say("About")),
    )
    return [(path, name, _here(path)) for path, name in named if path in known]


def _here(path: str) -> bool:
    return request.path == path or (path != "/" and request.path.startswith(f"{path}/"))
