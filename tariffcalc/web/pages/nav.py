"""The way between the pages: those that the service has, in order."""

from __future__ import annotations

from flask import Flask, request

from tariffcalc.web.pages.locale import say

ABOVE = {"/products": "/law", "/runs": "/scenarios"}
"""Pages that are not named themselves, and the one that leads to them."""


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
    there = [(path, name) for path, name in named if path in known]
    here = _here([path for path, _ in there])
    return [(path, name, path == here) for path, name in there]


def _here(paths: list[str]) -> str:
    """Which of the pages the reader is on or below; that of the law leads to products, that of scenarios to runs."""
    first = f"/{request.path.split('/')[1]}"
    return first if first in paths else ABOVE.get(first, "")
