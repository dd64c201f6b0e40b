"""Which law a page speaks of, and of which day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import request

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_schedule
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.shipments import importer_code
from tariffcalc.web.pages.places import importer_names
from tariffcalc.web.problems import ProblemError, of_domain

HOME = "USA"
"""The importer that is meant where none is named."""


def today() -> date:
    """Today's day: what a page speaks of where no day is asked for."""
    return datetime.now(tz=UTC).date()


def law_asked() -> Schedule:
    """The law of the importer in the address. Raises a problem of status 404 for one whose law is not held."""
    try:
        return read_schedule(importer_code(request.args.get("importer") or HOME))
    except TariffcalcError as error:
        raise of_domain(error, 404, "importer") from error


def law_with(name: str, importer: str) -> Schedule:
    """The law that has a measure: the importer's, or where none is named the first that has it, the home law first.

    Raises a problem of status 404.
    """
    held = sorted(importers(rates_folder()), key=lambda code: code != HOME)
    for code in held if not importer else [one for one in held if one == importer.upper()]:
        if name in read_schedule(code).measures:
            return read_schedule(code)
    raise ProblemError(404, f"no measure has the id {name!r}", code="unknown-measure", hint="all of them are at /law")


def named(law: Schedule) -> dict[str, str]:
    """What links must carry: the importer, where it is not the usual one."""
    return {} if law.importer == HOME else {"importer": law.importer}


def place_of(law: Schedule) -> str:
    """An importer's name within a sentence: ``the United States``, ``Canada``."""
    name = importer_names()[law.importer]
    return f"the {name}" if " " in name else name


def day_asked(name: str = "on") -> tuple[date, str]:
    """The day in the address, or today; and what is wrong with it where it is none."""
    text = request.args.get(name, "").strip()
    try:
        return (date.fromisoformat(text) if text else today()), ""
    except ValueError:
        return today(), f"“{text}” is not a day: write it as 2025-03-05."
