"""``/about``: where law and trade come from, how fresh they are, how it is reckoned, what it cannot tell."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from tariffcalc.estimate import read_schedule
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.result import program_version
from tariffcalc.sources.vintages import FOLDERS, law_lists, trade_tables
from tariffcalc.web.pages.lawwords import CONFIDENCES
from tariffcalc.web.pages.places import importer_names
from tariffcalc.web.pages.words import long_day, sentence

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> str:
    """Sources, vintages, method, limits."""
    laws = [read_schedule(code) for code in sorted(importers(rates_folder()), key=lambda code: code != "USA")]
    tables = trade_tables()
    return render_template(
        "about.html",
        version=program_version(),
        laws=[told(law) for law in laws],
        home=laws[0],
        known=long_day(laws[0].law_known_until),
        base_known=long_day(laws[0].base_known_from),
        note=sentence(laws[0].incomplete_note),
        groups=[(title, [one for one in tables if one.folder == folder]) for folder, title in FOLDERS.items()],
        lists=law_lists(),
        readings=sorted(laws[0].readings.values(), key=lambda one: one.title),
        confidences=confidences(laws),
    )


def told(law: Schedule) -> dict[str, Any]:
    """How far one importer's law goes, in figures and words."""
    return {
        "code": law.importer,
        "name": importer_names()[law.importer],
        "title": law.title,
        "measures": len(law.measures),
        "acts": len({cite for one in law.measures.values() for cite in one.citations} | set(law.acts)),
        "known": long_day(law.law_known_until),
        "base": f"since {long_day(law.base_known_from)}" if law.has_base else "not held",
        "digest": law.digest[:12],
    }


def confidences(laws: list[Schedule]) -> list[tuple[str, int]]:
    """How many measures were checked how well."""
    grades = [one.confidence for law in laws for one in law.measures.values()]
    return [(text, grades.count(grade)) for grade, text in CONFIDENCES.items() if grade in grades]
