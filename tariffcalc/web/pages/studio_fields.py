"""What of a scenario has an entry of its own beside the text: title, whose law, assumptions; and its changes, listed.

An entry counts only where it differs from what the page had shown in it: else the text may have been changed there,
and the text is the truth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from tariffcalc.estimate import read_schedule
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.web.pages import studio_change
from tariffcalc.web.pages.studio_draft import HOME, Draft, edited, read_draft
from tariffcalc.web.pages.words import sentence

PREFERENCES: Mapping[str, str] = {
    "": "As usual (settled: as claimed July to December 2025)",
    "settled": "As claimed July to December 2025",
    "observed": "As claimed in each period (needs a column)",
    "2024": "As claimed in 2024",
    "none": "Nobody claims a preference",
    "all": "Everything that can claim the USMCA does",
}
CONTENTS: Mapping[str, str] = {
    "": "As usual (the bundled shares)",
    "table": "The bundled shares",
    "full": "The whole value counts as metal",
}
OTHER = "(as in the text)"
"""An assumption that no choice of the list stands for."""

_ASSUMED = ("preference", "content")
ENTRIES = ("title", "importer", *_ASSUMED)
_PLACE = re.compile(r"change\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class Row:
    """A change as it is listed: its number, in words, when and to what, and what is wrong with it."""

    number: int
    title: str
    when: str
    faults: tuple[str, ...]


def law_of(importer: str) -> Schedule:
    """The law of an importer; that of the United States for one whose law is not held."""
    return read_schedule(importer if importer in importers(rates_folder()) else HOME)


@cache
def measures(importer: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The measures of an importer's law to choose from, by authority: the id and the title of each."""
    found = {one.family: (one.authority, one.family, one.title) for one in law_of(importer).measures.values()}
    by_authority = groupby(sorted(found.values()), key=lambda one: one[0])
    return tuple((authority, tuple((key, title) for _, key, title in those)) for authority, those in by_authority)


def values(draft: Draft, sent: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What the entries show, and what the text said when they were shown: the same, where the text can be read."""
    if draft.document is None:
        return _kept(sent, ""), _kept(sent, "was-")
    said = _said_in(draft, draft.document)
    return said, said


def _kept(sent: Mapping[str, str], head: str) -> dict[str, str]:
    return {name: sent.get(f"{head}{name}", "") for name in ENTRIES}


def _said_in(draft: Draft, document: Mapping[str, Any]) -> dict[str, str]:
    assumed = document.get("assumptions")
    held = assumed if isinstance(assumed, Mapping) else {}
    shown = {name: held.get(name, "") for name in _ASSUMED}
    return {
        "title": str(document.get("title", "")),
        "importer": draft.importer,
        **{name: one if isinstance(one, str) else OTHER for name, one in shown.items()},
    }


def merged(draft: Draft, sent: Mapping[str, str]) -> Draft:
    """The draft with the entries that the sender has changed put into its text."""
    changed = {
        name: sent[name].strip()
        for name in ENTRIES
        if name in sent and sent[name].strip() != sent.get(f"was-{name}", "")
    }
    if not changed or draft.document is None:
        return draft
    return read_draft(edited(draft, lambda document: _put(document, changed)))


def rows(draft: Draft) -> list[Row]:
    """The changes of a draft, each with its faults."""
    titles = {one.family: one.title for one in law_of(draft.importer).measures.values()}
    faults: dict[int, list[str]] = {}
    for one in draft.faults:
        if found := _PLACE.match(one.key or ""):
            key = (one.key or "")[found.end() :].lstrip(".")
            words = " ".join(sentence(text) for text in (one.message, one.hint) if text)
            faults.setdefault(int(found[1]), []).append(f"{key}: {words}" if key else words)
    return [
        Row(number + 1, *studio_change.told(change, titles), tuple(faults.get(number, ())))
        for number, change in enumerate(draft.changes)
    ]


def others(draft: Draft) -> list[str]:
    """The faults that belong to no change that is listed."""
    count = len(draft.changes)
    told = []
    for one in draft.faults:
        found = _PLACE.match(one.key or "")
        if not found or int(found[1]) >= count:
            words = " ".join(sentence(text) for text in (one.message, one.hint) if text)
            told.append(f"{one.key}: {words}" if one.key else words)
    return told


def _put(document: Any, changed: Mapping[str, str]) -> None:
    """Write entries into the keys that they stand for: an edit."""
    if "title" in changed:
        document["title"] = changed["title"]
        if document.get("name", "my-scenario") == "my-scenario":
            document["name"] = re.sub(r"[^a-z0-9]+", "-", changed["title"].lower()).strip("-")[:60] or "my-scenario"
    if "importer" in changed:
        document["importers"] = [changed["importer"]]
    for name in _ASSUMED:
        if name not in changed or changed[name] == OTHER:
            continue
        if not isinstance(document.get("assumptions"), dict):
            document["assumptions"] = {}
        document["assumptions"].pop(name, None)
        if changed[name]:
            document["assumptions"][name] = changed[name]
