"""What a run was asked, in words: its titles, the law and trade that it rests on, what it assumes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_scenario, read_schedule, scenario_names
from tariffcalc.law.schedule import Schedule
from tariffcalc.paths import rates_folder
from tariffcalc.shipments import schedule_for
from tariffcalc.sources.bundled import bundled_names, read_bundled_meta
from tariffcalc.store import Run
from tariffcalc.store.records import canonical
from tariffcalc.web.pages.findings import long_day, month
from tariffcalc.web.pages.studio_change import told as change_told

AS_IT_STANDS = "The law as it stands"

PREFERENCES: Mapping[str, str] = {
    "settled": "as importers claimed them from July to December 2025, by product and country",
    "observed": "as they were claimed in each month",
    "2024": "as they were claimed in 2024",
    "none": "never claimed",
    "all": "claimed wherever the law allows it",
}
BASES: Mapping[str, str] = {
    "observed": "each period's trade is charged on its own days",
    "base_year": "one year's trade is taken for every year, day by day",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the law of a run: empty where the scenario no longer fits the law that is held."""

    law: Schedule | None = None
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what a run rests on."""

    name: str
    text: str
    code: str = ""


def title_of(scenario: Any, importer: str) -> str:
    """What a scenario is called: that of a question, by name or by its keys; None is the law as it stands."""
    if scenario is None:
        return AS_IT_STANDS
    if isinstance(scenario, Mapping):
        return str(scenario.get("title") or scenario.get("name") or "A scenario without a name")
    with suppress(TariffcalcError):
        return read_scenario(scenario, importer).title or str(scenario)
    return str(scenario)


def table_title(told: Mapping[str, Any]) -> str:
    """What the table of trade is called."""
    name = str(told["name"])
    return str(read_bundled_meta(name)["title"]) if name in bundled_names() else name


def known_of(question: Mapping[str, Any]) -> Known:
    """The law of a question, if it is held as it was asked of, and the titles of its measures."""
    scenario = question["scenario"]
    return _known(question["importer"], canonical({"scenario": scenario}), question["law"])


@lru_cache(maxsize=32)
def _known(importer: str, document: str, digest: str) -> Known:
    scenario = json.loads(document)["scenario"]
    titles = {one.family: one.title for one in read_schedule(importer).measures.values()}
    with suppress(TariffcalcError):
        law = schedule_for(importer, None, scenario)
        titles |= {one.family: one.title for one in law.measures.values()}
        return Known(law if law.digest == digest else None, titles)
    return Known(None, titles)


def window_text(window: list[str]) -> str:
    """``January 2025 to February 2026``, or the first and the last day."""
    start, until = (date.fromisoformat(text) for text in window)
    last = date.fromordinal(until.toordinal() - 1)
    if start.day == 1 and until.day == 1:
        first, end = (month(f"{day:%Y-%m}") for day in (start, last))
        return first if first == end else f"{first} to {end}"
    return f"{long_day(start)} to {long_day(last)}"


def rests_on(run: Run, told: Mapping[str, Any]) -> list[Fact]:
    """The law, the trade and the window of a run."""
    importer, question, flows = told["importer"], run.question, told["flows"]
    facts = [Fact("Law", title_of(question["scenario"], importer), told["scenario"])]
    if question["baseline"] is not None:
        facts.append(Fact("Compared with", title_of(question["baseline"], importer), told["baseline"]["scenario"]))
    facts += [
        Fact("Trade", table_title(flows), flows["name"]),
        Fact("Source of the trade", "; ".join(str(flows[name]) for name in ("source", "vintage") if flows[name])),
        Fact("Days of entry", f"{window_text(told['window'])}: {BASES[told['basis']]}"),
        Fact("The law is known until", long_day(date.fromisoformat(told["law_known_until"]))),
    ]
    if told["as_known_on"]:
        facts.append(Fact("Only law announced by", long_day(date.fromisoformat(told["as_known_on"]))))
    return [one for one in facts if one.text]


def changes(question: Mapping[str, Any]) -> list[str]:
    """What the scenario of a question changes in the law, a line a change."""
    scenario, titles = question["scenario"], known_of(question).titles
    if isinstance(scenario, str) and scenario in scenario_names():
        path = rates_folder() / "scenarios" / f"{scenario}.toml"
        scenario = tomllib.loads(path.read_text(encoding="utf-8"))
    found = scenario.get("change", []) if isinstance(scenario, Mapping) else []
    return [", ".join(change_told(one, titles)) for one in found]


def assumptions(told: Mapping[str, Any]) -> list[Fact]:
    """What is assumed where neither the law nor the table says."""
    stated = told["assumptions"]
    facts = [Fact("Preferences such as USMCA", _preference(stated.get("preference")))]
    content = stated.get("content")
    facts.append(Fact("Metal in articles of metal", _content(content)))
    paid = "as it was assessed at entry, also under measures held void later"
    owed = "as it is owed in law: duty of measures held void is taken out, as a refund"
    facts.append(Fact("Duty", owed if told["status"] == "owed" else paid))
    for name, text in (("facts", "Stated facts"), ("readings", "Readings of the law")):
        if stated.get(name):
            facts.append(Fact(text, ", ".join(f"{key}: {value}" for key, value in stated[name].items())))
    facts.append(Fact("Trade", _answer(told)))
    return facts


def digests(told: Mapping[str, Any]) -> list[Fact]:
    """What names the inputs: the same names, the same numbers."""
    named = (
        ("Law", told["schedule_digest"]),
        ("Scenario", told["scenario_digest"]),
        ("Trade", told["flows"]["digest"]),
        ("Program", told["version"]),
    )
    return [Fact(name, "", str(code)) for name, code in named if code]


def _preference(stated: Any) -> str:
    if isinstance(stated, Mapping):
        return ", ".join(f"{name} for {float(share):.0%} of value" for name, share in stated.items())
    return PREFERENCES.get(str(stated), str(stated))


def _content(stated: Any) -> str:
    if isinstance(stated, Mapping):
        return ", ".join(f"{name}: {float(share):.0%} of value" for name, share in stated.items())
    words = {"table": "by product, from the table of contents", "full": "the whole value of the article"}
    return words.get(str(stated), str(stated))


def _answer(told: Mapping[str, Any]) -> str:
    if "economy" in told:
        return "tells by how much tariffs change; the trade of the economy answers, not that of the table"
    if "prices" in told:
        return f"tells what importers pay, as the model {told['prices']['on']} has it; it is handed on in full"
    if "ranges" in told:
        return f"answers as the model {told['model']} has it, in every draw anew"
    response = told.get("response")
    if response is None or response["model"] == "static":
        return "as it was: nothing answers to the duty (static)"
    share = response["pass_through"]
    borne = "" if share is None else f"; buyers bear {share:.0%} of a change of duty"
    return f"answers as the model {response['model']} has it{borne}"
