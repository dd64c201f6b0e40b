"""What a scenario is asked of, as the form has it: table, window, grouping, baseline, model and what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from tariffcalc.catalogue import flow_tables, scenario_list
from tariffcalc.errors import FlowTableError, TariffcalcError
from tariffcalc.impact.drawing import BORNE
from tariffcalc.sources.trade_facts import sector_names
from tariffcalc.store import Run, StoreUnavailableError
from tariffcalc.web.api.estimates import importer_of_table, run_of
from tariffcalc.web.api.parser import entries_of
from tariffcalc.web.api.queries import EstimateBody
from tariffcalc.web.pages import saved, studio_model
from tariffcalc.web.pages.words import sentence
from tariffcalc.web.problems import ProblemError

PLAIN = ("flows", "from", "until", "time", "sectors", "basis", "status", "model", "baseline")
FIELDS = (*PLAIN, *studio_model.FIELDS)
DEFAULTS: Mapping[str, str] = {
    "flows": "us-north-america-2025",
    "time": "month",
    "sectors": "hs-section",
    "basis": "observed",
    "status": "assessed",
    "model": "static",
    "baseline": "statutory",
    **studio_model.DEFAULTS,
}
GROUPS: Mapping[str, str] = {
    "sector": "Sector",
    "origin": "Country of origin",
    "authority": "Legal authority",
    "measure": "Measure",
    "product": "Product",
}
TIMES: Mapping[str, str] = {"": "Whole window", "year": "Year", "quarter": "Quarter", "month": "Month", "day": "Day"}
SECTORS: Mapping[str, str] = {
    "hs-section": "Sections of the tariff (22)",
    "hs2": "Chapters of the tariff (97)",
    "naics3": "US industries (NAICS, 3 digits)",
    "bea": "US input-output industries (BEA)",
    "bec": "Broad economic categories (BEC)",
    "gtap": "GTAP sectors",
}
BASIS: Mapping[str, str] = {
    "observed": "Each period's trade on its own days",
    "base_year": "One year's trade for every year",
}
STATUS: Mapping[str, str] = {
    "assessed": "As it was collected at entry",
    "owed": "Without what courts held void later",
}
_BODY = EstimateBody()
MOST_TOLD = 5
"""Faults of a table of elasticities that are told beside it."""
MOST_IN_ADDRESS = 1000
"""Signs of such a table that an address carries; a longer one is not in it."""


@dataclass(slots=True)
class Question:
    """The entries of the form, and what is wrong beside each; ``""`` is what concerns the question as a whole."""

    given: dict[str, str]
    by: list[str]
    vary: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, Any]:
        """The entries that differ from the usual ones, for an address."""
        own: dict[str, Any] = {name: text for name, text in self.given.items() if text != DEFAULTS.get(name, "")}
        if len(own.get(studio_model.OWN, "")) > MOST_IN_ADDRESS:
            del own[studio_model.OWN]
        own |= {"by": self.by} if self.by != ["sector"] else {}
        return own | ({"vary": self.vary} if self.vary else {})

    @property
    def is_detailed(self) -> bool:
        """Whether anything of how trade answers is other than usual, or wrong."""
        names = (*studio_model.FIELDS, "vary")
        return bool(self.query.keys() & {*names} or self.faults.keys() & {*names})


def question_of(sent: MultiDict[str, str], *, is_form: bool) -> Question:
    """The question of a form, in which nothing chosen means nothing, or of an address, in which it means as usual."""
    given = {name: sent.get(name, "" if is_form else DEFAULTS.get(name, "")).strip() for name in FIELDS}
    vary, borne = studio_model.boxed(sent.getlist("vary"))
    given[studio_model.BORNE_OPTIONS] = given[studio_model.BORNE_OPTIONS] or borne
    return Question(given, sent.getlist("by") or ([] if is_form else ["sector"]), vary)


def asked_of(question: Question, document: Mapping[str, Any]) -> dict[str, Any]:
    """The question as the API reads it, with the scenario in it; what is wrong is noted, and nothing is asked then."""
    given: dict[str, Any] = {name: question.given[name] for name in PLAIN if question.given[name] and name != "time"}
    given |= studio_model.counted(question.given, question.vary)
    if studio_model.is_grouped(question.given):
        given["by"] = [*question.by, *([question.given["time"]] if question.given["time"] else [])]
    try:
        return dict(_BODY.load({**given, "scenario": dict(document)}))
    except ValidationError as error:
        for one in entries_of(error.messages, _BODY):
            question.faults.setdefault(_place(one.get("path", ""), given), _said(one))
        return {}


def run_asked(question: Question, document: Mapping[str, Any]) -> Run | None:
    """The run that answers; None, and what is wrong is noted, where it cannot be begun."""
    if not (asked := asked_of(question, document)):
        return None
    try:
        asked |= studio_model.own_elasticities(question.given, importer_of_table(asked["flows"]))
        return run_of(asked["flows"], asked)
    except FlowTableError as error:
        question.faults[studio_model.OWN] = " ".join(sentence(str(one)) for one in error.faults[:MOST_TOLD])
    except ProblemError as error:
        path = error.errors[0].get("path", "") if error.errors else ""
        question.faults[_place(path, {})] = " ".join(sentence(one) for one in (error.detail, error.hint) if one)
    except StoreUnavailableError:
        raise
    except TariffcalcError as error:
        question.faults[""] = " ".join(sentence(one) for one in (error.message, error.hint) if one)
    return None


def tables() -> list[tuple[str, str]]:
    """The tables to choose from, with a line on each: the saved ones first, newest first."""
    own = [(one.id, f"{one.name}: {one.rows:,} rows, uploaded") for one in saved.tables()]
    return [*own, *((one["name"], one["title"]) for one in flow_tables())]


def laws() -> list[tuple[str, str]]:
    """The scenarios to compare with: the ready-made ones, then the saved ones."""
    ready = [(one["name"], one["title"]) for one in scenario_list()]
    return [*ready, *((one.id, f"{one.title or one.name} (saved)") for one in saved.scenarios().items)]


def choices() -> dict[str, Mapping[str, str]]:
    """The entries of each list of the form by name."""
    sectors = {name: SECTORS.get(name, name) for name in sector_names()}
    return {
        "flows": dict(tables()),
        "time": TIMES,
        "sectors": sectors,
        "basis": BASIS,
        "status": STATUS,
        "baseline": {"": "Nothing", **dict(laws())},
        **studio_model.choices(sectors),
    }


def _place(path: str, given: Mapping[str, Any]) -> str:
    """The entry that a fault is beside: the name of the parameter, or of the assumption that is varied."""
    name, _, rest = re.sub(r"\[|\.", " ", path).partition(" ")
    number = rest.partition("]")[0]
    if name == "vary" and number.isdigit() and [*given.get("vary", ())][int(number)] == BORNE:
        return studio_model.BORNE_OPTIONS
    return name if name in (*FIELDS, "by", "vary") else ""


def _said(one: Mapping[str, Any]) -> str:
    return " ".join(sentence(str(one[key])) for key in ("message", "hint") if key in one)
