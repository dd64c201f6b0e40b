"""A change of the law: from the fields of a form to the keys of a scenario, and from those to words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tariffcalc.errors import UnknownOriginError
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles.scenario_schema import KINDS as KEYS
from tariffcalc.sources.countries import country_code
from tariffcalc.web.pages.findings import long_day
from tariffcalc.web.pages.places import near_origins

KINDS: Mapping[str, str] = {
    "set": "Set another rate",
    "cap": "Cap the rate",
    "cut": "Cut the rate",
    "pause": "Pause it",
    "end": "End it",
    "resume": "Let it apply again",
    "disable": "Take it away altogether",
    "add": "Add a new measure",
}
"""The changes that the form makes; the text takes every kind."""

FIELDS = ("kind", "measure", "title", "rate", "from", "until", "origins", "products")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "set": ("measure", "rate"),
    "cap": ("measure", "rate"),
    "cut": ("measure", "rate"),
    "pause": ("measure", "from", "until"),
    "end": ("measure", "from"),
    "resume": ("measure", "from"),
    "disable": ("measure",),
    "add": ("title", "rate", "from"),
}
UNUSED: Mapping[str, tuple[str, ...]] = {
    "pause": ("rate", "title"),
    "end": ("rate", "title", "until"),
    "resume": ("rate", "title"),
    "disable": ("rate", "title", "from", "until"),
    "add": ("measure",),
}
"""Fields that a kind has no use for: what was typed there is kept and left out."""

_PLACES = {"add.rate": "rate", "add.from": "from", "add.until": "until", "add.id": "title", "add.title": "title"}
_NUMBER = re.compile(r"[0-9]*\.?[0-9]+%")
_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Typed:
    """What stands in the fields of the form, and what is wrong beside each."""

    given: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def used(self, name: str) -> str:
        """What stands in a field; nothing where the kind has no use for it."""
        return "" if name in UNUSED.get(self.given["kind"], ()) else self.given[name]


def typed(form: Mapping[str, str]) -> Typed:
    """The fields as they were sent."""
    found = {name: form.get(f"c-{name}", "").strip() for name in FIELDS}
    return Typed({**found, "kind": found["kind"] or "set"})


def change_of(entered: Typed, law: Schedule, taken: list[str]) -> dict[str, Any]:
    """The keys of the change that the fields describe; what is missing or cannot be read is noted beside its field."""
    kind = entered.given["kind"]
    if kind not in KINDS:
        entered.faults["kind"] = "Choose what is to change."
        return {}
    for name in NEEDED[kind]:
        if not entered.given[name]:
            entered.faults[name] = _missing(name)
        elif name == "rate" and not _NUMBER.fullmatch(percent(entered.given[name])):
            entered.faults[name] = f"“{entered.given[name]}” is not a percentage: write it as 25 or 12.5."
    scope = {key: one for key in ("origins", "products") if (one := _scope(key, entered, law))}
    days = {key: text for key in ("from", "until") if (text := entered.used(key))}
    if kind == "add":
        title = entered.given["title"]
        names = {"id": _free_id(title, {*law.families, *taken}), "title": title}
        return {"add": {**names, "scope": scope, "rate": percent(entered.given["rate"]), **days}}
    change: dict[str, Any] = {"set" if kind in ("cap", "cut") else kind: entered.given["measure"]}
    if kind in ("set", "cap", "cut"):
        rate = percent(entered.given["rate"])
        change["rate"] = rate if kind == "set" else {kind: rate}
    return change | days | ({"where": scope} if scope else {})


def place_of(key: str) -> str:
    """The field that a fault of the change belongs to, by what follows ``change[3].`` in its key; else the kind."""
    for name in ("origins", "products"):
        if name in key.split("."):
            return name
    return _PLACES.get(key) or (key if key in FIELDS else "measure" if key in KEYS else "kind")


def percent(text: str) -> str:
    """A rate as it was typed, as a percentage: ``25``, ``25 %`` and ``12,5`` are meant so."""
    return f"{text.removesuffix('%').strip().replace(',', '.')}%"


def _missing(name: str) -> str:
    words = {
        "measure": "Choose the measure.",
        "rate": "Say the rate in percent of value, such as 25.",
        "from": "Say the first day, as 2025-07-01.",
        "until": "Say the first day after the pause, as 2025-10-01.",
        "title": "Say what the new measure is called.",
    }
    return words[name]


def _scope(key: str, entered: Typed, law: Schedule) -> Any:
    """Codes as a list, or the name of a group of countries or a list of products; None where nothing is said."""
    text = entered.used(key)
    kinds = {"origins": ("group", law.groups), "products": ("list", law.lists)}
    word, known = kinds[key]
    if text in known:
        return {word: text}
    if key == "products":
        return [part.replace(".", "") for part in re.split(r"[\s,;]+", text) if part] or None
    found = []
    for part in (part.strip() for part in re.split(r"[,;\n]+", text)):
        try:
            found += [country_code(part)] if part else []
        except UnknownOriginError:
            near = near_origins(part)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Write Canada, Mexico or CAN, MEX."
            entered.faults[key] = f"No country is called “{part}”. {hint}"
    return found or None


def _free_id(title: str, taken: set[str]) -> str:
    """An id made of the title that no measure has yet."""
    base = _WORDS.sub("-", title.lower()).strip("-") or "new-measure"
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found


def told(change: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[str, str]:
    """A change in words: what is done to which measure, and when and to which goods."""
    kind = next((one for one in KEYS if one in change), "")
    added = change.get("add")
    inner = added if isinstance(added, Mapping) else change
    target = change.get(kind)
    if isinstance(added, Mapping):
        name = str(added.get("title") or added.get("id") or "a measure")
    else:
        names = target if isinstance(target, list) else [target] if isinstance(target, str) else []
        name = ", ".join(titles.get(str(one), str(one)) for one in names) or "Measures chosen by the conditions"
    return f"{name}: {_done(kind, inner)}", _when_and_what(inner, change)


def _done(kind: str, inner: Mapping[str, Any]) -> str:
    rate = inner.get("rate")
    words = {
        "set": f"rate {_rate(rate)}",
        "add": f"a new measure, rate {_rate(rate)}",
        "pause": "paused",
        "end": "ended",
        "resume": "applies again",
        "disable": "taken away",
        "scope": "other goods or countries",
        "stack": "another place among the measures",
        "as_known": f"as it was known on {inner.get('on', 'a day that is not said')}",
    }
    return words.get(kind, "a change that is not complete")


def _rate(rate: Any) -> str:
    if isinstance(rate, Mapping) and len(rate) == 1:
        form, value = next(iter(rate.items()))
        words = {"cap": "at most {}", "cut": "less by {}", "top_up_to": "up to {} in all", "swiss": "Swiss formula, {}"}
        return words.get(form, f"{form} {{}}").format(_rate(value))
    if isinstance(rate, float) and rate <= 1:
        return f"{100 * rate:.6g}%"
    return "as it is" if rate is None else str(rate)


def _when_and_what(inner: Mapping[str, Any], change: Mapping[str, Any]) -> str:
    start, until = (_day(inner.get(key)) for key in ("from", "until"))
    last = until - timedelta(days=1) if until and until > date.min else None
    parts = [f"from {long_day(start)}" if start else "", f"to {long_day(last)}" if last else ""]
    when = " ".join(part for part in parts if part) or "at all times"
    scope = inner.get("scope", change.get("where"))
    goods = [
        f"{key} {_named(scope[key])}"
        for key in ("origins", "products", "authority")
        if isinstance(scope, Mapping) and key in scope
    ]
    return "; ".join([when, *goods])


def _named(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(str(one) for one in value.values())
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
