"""The pages for people: the form at ``/``, in plain HTML that works without JavaScript."""

from __future__ import annotations

from flask import Flask

from tariffcalc.web.pages.form import blueprint
from tariffcalc.web.pages.headline import headline

__all__ = ["headline", "register_pages"]


def register_pages(app: Flask) -> None:
    """Put the pages into the application."""
    app.register_blueprint(blueprint)
