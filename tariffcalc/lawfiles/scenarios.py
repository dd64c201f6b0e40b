"""Scenarios: the same keys as TOML in a file and as JSON over HTTP -> an overlay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from tariffcalc.errors import ScenarioError
from tariffcalc.law.codes import EVERYTHING, NOTHING, Scope
from tariffcalc.law.dates import ALWAYS, Period, Step, Timeline
from tariffcalc.law.duty import Cap, Cut, Swiss, TopUpTo
from tariffcalc.law.measure import Measure, Rate, Stacking
from tariffcalc.law.scenario import (
    DISABLED,
    END,
    FOREVER,
    Add,
    AsKnown,
    Assumptions,
    Rescope,
    Restack,
    Resume,
    Scenario,
    SetRate,
    Stop,
    Where,
)
from tariffcalc.law.schedule import SET_PREFIX, Change, Reading, Schedule
from tariffcalc.lawfiles.build import Builder, plain_duty
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.fields import fraction
from tariffcalc.lawfiles.library import Library, load, read_toml
from tariffcalc.lawfiles.scenario_schema import (
    CONTENTS,
    KINDS,
    PREFERENCES,
    AddSchema,
    AssumptionsSchema,
    ChangeSchema,
    ReadingSchema,
    ScenarioSchema,
)
from tariffcalc.lawfiles.schema import FormSchema


def scenario_names(rates: Path) -> tuple[str, ...]:
    """The ready-made scenarios."""
    return tuple(sorted(path.stem for path in (rates / "scenarios").glob("*.toml")))


def read_scenario_file(path: Path, schedule: Schedule) -> Scenario:
    """A scenario from a TOML or JSON file."""
    faults = Faults(path.name)
    if not path.is_file():
        raise ScenarioError(
            f"there is no scenario file {path}", hint="`tariffcalc scenarios` lists the ready-made ones"
        )
    if path.suffix == ".json":
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ScenarioError(f"{path.name} is not valid JSON: {error}") from error
    else:
        data = read_toml(path, faults)
    if faults.found:
        raise ScenarioError(f"scenario {path.name} cannot be read", faults=faults.found)
    return parse_scenario(data, schedule, path.name)


def parse_scenario(data: Any, schedule: Schedule, file: str = "scenario") -> Scenario:
    """A scenario from its keys; raises ``ScenarioError`` with every fault and the nearest valid names."""
    faults = Faults(file)
    got = load(ScenarioSchema(), data, faults)
    if got is not None:
        reader = _Reader(schedule, faults)
        changes = [reader.change(raw, f"change[{i}]") for i, raw in enumerate(got["change"])]
        assumptions = reader.assumptions(got["assumptions"])
    if faults.found or got is None:
        raise ScenarioError(f"scenario {file} has {len(faults.found)} fault(s)", faults=faults.found)
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    return Scenario(
        got["name"],
        got["title"],
        tuple(got["importers"]),
        tuple(change for change in changes if change is not None),
        assumptions,
        got.get("as_known_on"),
        digest,
    )


def parse_reading(data: Any, schedule: Schedule, faults: Faults) -> Reading | None:
    """A disputed point of law and the changes that each way to read it makes."""
    got = load(ReadingSchema(), data, faults)
    if got is None:
        return None
    reader = _Reader(schedule, faults)
    alternatives = {}
    for number, one in enumerate(got["alternative"]):
        key = f"alternative[{number}]"
        changes = [reader.change(raw, f"{key}.change[{i}]") for i, raw in enumerate(one["change"])]
        alternatives[one["name"]] = (one["title"], tuple(change for change in changes if change is not None))
    if got["default"] not in alternatives:
        faults.unknown("alternative", "default", got["default"], alternatives)
    return Reading(got["id"], got["title"], got["question"], got["default"], alternatives)


class _Reader:
    """Reads the changes of one scenario against one schedule."""

    def __init__(self, schedule: Schedule, faults: Faults) -> None:
        self.schedule, self.faults = schedule, faults
        self.added: dict[str, None] = {}
        self.library = Library(
            lists=schedule.lists,
            groups=dict(schedule.groups),
            facts=dict(schedule.facts),
            contents=dict(schedule.contents),
        )
        self.builder = Builder(self.library, {}, faults, set())

    def change(self, raw: Mapping[str, Any], key: str) -> Change | None:
        got = load(ChangeSchema(), raw, self.faults, key)
        if got is None:
            return None
        given = [kind for kind in KINDS if kind in got]
        if len(given) != 1:
            said = ", ".join(given) or "none"
            self.faults.add("change-kind", key, f"exactly one of {', '.join(KINDS)} is wanted; here: {said}")
            return None
        before = len(self.faults.found)
        made = getattr(self, f"_{given[0]}")(got, key)
        return made if len(self.faults.found) == before else None

    def period(self, got: Mapping[str, Any], key: str) -> Period:
        start, until = got.get("start", ALWAYS), got.get("until", date.max)
        if until <= start:
            self.faults.add(
                "bad-period", f"{key}.until", f"until {until} is not after from {start}", "until is exclusive"
            )
            return FOREVER
        return Period(start, until)

    def where(self, got: Mapping[str, Any], kind: str, key: str) -> Where:
        named = got[kind]
        ids = [named] if isinstance(named, str) else []
        conditions = got.get("where", {})
        ids += conditions.get("measures", ())
        for name in ids:
            self.known(name, f"{key}.{kind}")
        authority = conditions.get("authority", ())
        authorities = (authority,) if isinstance(authority, str) else tuple(authority)
        known = {one.authority.lower(): None for one in self.schedule.measures.values()}
        for name in authorities:
            if name.lower() not in known:
                self.faults.unknown("authority", f"{key}.where.authority", name, known)
        if not ids and not conditions:
            self.faults.add("change-scope", f"{key}.{kind}", "say which measure: its id, or where = { ... }")
        scope = Scope(
            self.builder.origins(conditions.get("origins"), f"{key}.where.origins", EVERYTHING),
            NOTHING,
            self.builder.products(conditions.get("products"), f"{key}.where.products", EVERYTHING),
        )
        parted = "origins" in conditions or "products" in conditions
        return Where(tuple(ids), tuple(name.lower() for name in authorities), scope if parted else None)

    def known(self, name: str, key: str) -> None:
        if name.startswith(SET_PREFIX) and name in self.schedule.families:
            return
        if name not in self.schedule.measures and name not in self.added:
            self.faults.unknown("measure", key, name, {**self.schedule.measures, **self.added})

    def _set(self, got: Mapping[str, Any], key: str) -> Change | None:
        where, period = self.where(got, "set", key), self.period(got, key)
        if "rate" not in got:
            self.faults.add("missing-rate", f"{key}.rate", "say the rate: '25%', 0.25, or { cap = '10%' } and the like")
            return None
        try:
            rate = _rate(got["rate"])
        except ValidationError as error:
            self.faults.validation(error.messages, f"{key}.rate")
            return None
        if isinstance(rate, Cap | Cut | Swiss):
            return SetRate(where, period, transform=rate)
        return SetRate(where, period, duty=rate)

    def _pause(self, got: Mapping[str, Any], key: str) -> Change:
        return Stop(self.where(got, "pause", key), self.period(got, key))

    def _end(self, got: Mapping[str, Any], key: str) -> Change:
        return Stop(self.where(got, "end", key), self.period(got, key), END)

    def _disable(self, got: Mapping[str, Any], key: str) -> Change:
        return Stop(self.where(got, "disable", key), self.period(got, key), DISABLED)

    def _resume(self, got: Mapping[str, Any], key: str) -> Change:
        return Resume(self.where(got, "resume", key), self.period(got, key))

    def _scope(self, got: Mapping[str, Any], key: str) -> Change:
        self.known(got["scope"], f"{key}.scope")
        made = self.builder.scope(got, key)
        keys = ("origins", "except_origins", "products", "except_products")
        return Rescope(got["scope"], {k: getattr(made, k) for k in keys if k in got}, self.period(got, key))

    def _stack(self, got: Mapping[str, Any], key: str) -> Change:
        self.known(got["stack"], f"{key}.stack")
        return Restack(got["stack"], self.stacking(got, key), self.period(got, key))

    def stacking(self, got: Mapping[str, Any], key: str) -> Stacking:
        edges = ("yields_to", "yields_whole_to", "displaces", "displaces_whole")
        for edge in edges:
            for name in got[edge]:
                self.known(name, f"{key}.{edge}")
        return Stacking(*(tuple(got[edge]) for edge in edges))

    def _as_known(self, got: Mapping[str, Any], key: str) -> Change | None:
        if "on" not in got:
            self.faults.add("missing-day", f"{key}.on", "say the day: on = 2025-02-01")
            return None
        return AsKnown(self.where(got, "as_known", key), got["on"])

    def _add(self, got: Mapping[str, Any], key: str) -> Change | None:
        one = load(AddSchema(), got["add"], self.faults, f"{key}.add")
        if one is None:
            return None
        try:
            duty = _rate(one["rate"])
        except ValidationError as error:
            self.faults.validation(error.messages, f"{key}.add.rate")
            return None
        if isinstance(duty, Cap | Cut | Swiss):
            self.faults.add("bad-rate", f"{key}.add.rate", "a new measure needs a rate of its own, not a change of one")
            return None
        self.added[one["id"]] = None
        stacking = self.stacking(one, f"{key}.add")
        rate = Rate(duty, one.get("content"))
        measure = Measure(
            id=one["id"],
            title=one["title"] or one["id"],
            authority=one["authority"],
            scope=self.builder.scope(one["scope"], "scope"),
            rates=Timeline(),
            stacking=Timeline((Step(ALWAYS, ALWAYS, stacking),)),
            confidence="unverified",
            source="scenario",
        )
        return Add(measure.change(self.period(one, f"{key}.add"), lambda _: rate))

    def assumptions(self, raw: Mapping[str, Any]) -> Assumptions:
        got = load(AssumptionsSchema(), raw, self.faults, "assumptions") or {}
        return Assumptions(
            self.choice(got.get("preference"), "preference", PREFERENCES, self.library.facts),
            self.choice(got.get("content"), "content", CONTENTS, self.library.contents),
            self.stated_facts(got.get("facts")),
            self.readings(got.get("readings")),
            got.get("pass_through"),
            got.get("collection"),
        )

    def stated_facts(self, shares: Mapping[str, float] | None) -> Mapping[str, float] | None:
        """Shares of facts by name; an unknown name is a fault."""
        for name in shares or {}:
            if name not in self.library.facts:
                self.faults.unknown("fact", f"assumptions.facts.{name}", name, self.library.facts)
        return shares

    def readings(self, choices: Mapping[str, str] | None) -> Mapping[str, str] | None:
        """Readings of disputed points by name; unknown points and alternatives are faults."""
        for name, alternative in (choices or {}).items():
            place = f"assumptions.readings.{name}"
            if name not in self.schedule.readings:
                self.faults.unknown("reading", place, name, self.schedule.readings)
            elif alternative not in self.schedule.readings[name].alternatives:
                known = self.schedule.readings[name].alternatives
                self.faults.unknown("alternative", place, alternative, known)
        return choices

    def choice(self, value: Any, key: str, words: tuple[str, ...], known: Mapping[str, Any]) -> Any:
        """A word of a short list, or shares by name."""
        place = f"assumptions.{key}"
        if value is None or value in words:
            return value
        if not isinstance(value, Mapping):
            self.faults.add("bad-assumption", place, f"{value!r} is not one of {', '.join(words)}", "or shares by name")
            return None
        for name, share in value.items():
            if name not in known:
                self.faults.unknown(key, f"{place}.{name}", name, known)
            elif isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
                self.faults.add("share-out-of-range", f"{place}.{name}", f"{share!r} is not a share between 0 and 1")
        return {name: float(share) for name, share in value.items() if isinstance(share, int | float)}


def _rate(value: Any) -> Any:
    """A duty or a transform of one, as a scenario writes it."""
    if not isinstance(value, Mapping):
        number = fraction(value)
        if not 0 <= number <= 10:
            raise ValidationError(f"{value!r} is outside 0 to 10: rates are fractions, so 25 % is 0.25 or '25%'")
        return plain_duty({"ad_valorem": number})
    words = {"cap": Cap, "cut": Cut, "top_up_to": TopUpTo}
    if len(value) == 1 and (word := next(iter(value))) in words:
        return words[word](fraction(value[word]))
    if set(value) == {"swiss"}:
        return Swiss(float(value["swiss"]) / 100)
    if set(value) == {"specific", "unit"}:
        return plain_duty({"specific": {"amount": float(value["specific"]), "unit": value["unit"]}})
    return plain_duty(FormSchema().load(value))
