"""The pages for people: the form at ``/`` and ``/spreadsheets``, in plain HTML that works without JavaScript."""

from __future__ import annotations

from flask import Flask

from tariffcalc.web.pages import (
    about,
    calendar,
    charts,
    charts_rate,
    charts_run,
    form,
    known,
    law,
    lawchart,
    products,
    runs,
    studio,
)
from tariffcalc.web.pages import spreadsheets as sheets
from tariffcalc.web.pages.headline import headline
from tariffcalc.web.pages.locale import register_locale
from tariffcalc.web.pages.nav import register_nav
from tariffcalc.web.pages.problem import as_page

__all__ = ["as_page", "headline", "register_pages"]


def register_pages(app: Flask) -> None:
    """Put the pages into the application."""
    register_locale(app)
    register_nav(app)
    app.register_blueprint(form.blueprint)
    app.register_blueprint(sheets.blueprint)
    for one in (charts, charts_rate, charts_run, runs, law, lawchart, calendar, known, products, about, studio):
        app.register_blueprint(one.blueprint)
