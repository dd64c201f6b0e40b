"""The changes of a scenario: each a table with exactly one kind -> a change of the law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError

from tariffcalc.law.codes import EVERYTHING, NOTHING, Scope
from tariffcalc.law.dates import ALWAYS, Period, Step, Timeline
from tariffcalc.law.duty import Cap, Cut, Duty, Swiss, Transform
from tariffcalc.law.measure import Measure, Rate, Stacking
from tariffcalc.law.scenario import (
    DISABLED,
    END,
    FOREVER,
    Add,
    AsKnown,
    Rescope,
    Restack,
    Resume,
    SetRate,
    Stop,
    Where,
)
from tariffcalc.law.schedule import Change, Schedule
from tariffcalc.lawfiles.build import Builder
from tariffcalc.lawfiles.duties import scenario_duty
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.library import Library
from tariffcalc.lawfiles.registers import load
from tariffcalc.lawfiles.scenario_schema import KINDS, AddSchema, ChangeSchema


class ChangeReader:
    """Reads the changes of one scenario against one schedule; what it names is looked up there."""

    def __init__(self, schedule: Schedule, faults: Faults) -> None:
        """Changes of this schedule; faults are noted, not raised."""
        self.schedule, self.faults = schedule, faults
        self.added: dict[str, None] = {}
        library = Library(
            lists=schedule.lists,
            groups=dict(schedule.groups),
            facts=dict(schedule.facts),
            contents=dict(schedule.contents),
            known_origins=schedule.known_origins,
        )
        self.builder = Builder(library, {}, faults, set())

    def change(self, raw: Mapping[str, Any], key: str) -> Change | None:
        """The change that a table describes, or None and the faults."""
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
        """From ``from`` to ``until``, each without end where it is left out."""
        start, until = got.get("start", ALWAYS), got.get("until", date.max)
        if until <= start:
            self.faults.add(
                "bad-period", f"{key}.until", f"until {until} is not after from {start}", "until is exclusive"
            )
            return FOREVER
        return Period(start, until)

    def where(self, got: Mapping[str, Any], kind: str, key: str) -> Where:
        """The measures that a change names, and the part of their scope that it is about."""
        conditions = got.get("where", {})
        ids = (*got[kind], *conditions.get("measures", ()))
        for name in ids:
            self.known(name, f"{key}.{kind}")
        authorities = tuple(name.lower() for name in conditions.get("authority", ()))
        known = {one.authority.lower(): None for one in self.schedule.measures.values()}
        for name in conditions.get("authority", ()):
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
        return Where(ids, authorities, scope if parted else None)

    def known(self, name: str, key: str) -> None:
        """Note a name that no measure has, and no set of measures."""
        if name not in self.schedule.families and name not in self.added:
            self.faults.unknown("measure", key, name, {**self.schedule.families, **self.added})

    def rate(self, got: Mapping[str, Any], key: str) -> Duty | Transform | None:
        """What a change does to a rate, or None and the faults."""
        try:
            return scenario_duty(got["rate"])
        except ValidationError as error:
            self.faults.validation(error.messages, f"{key}.rate")
            return None

    def _set(self, got: Mapping[str, Any], key: str) -> Change | None:
        where, period = self.where(got, "set", key), self.period(got, key)
        content = self.builder.content(got.get("content"), f"{key}.content")
        if "rate" not in got and content is None:
            self.faults.add("missing-rate", f"{key}.rate", "say the rate: '25%', 0.25, or { cap = '10%' } and the like")
            return None
        rate = self.rate(got, key) if "rate" in got else None
        if isinstance(rate, Cap | Cut | Swiss):
            return SetRate(where, period, transform=rate, content=content)
        return SetRate(where, period, duty=rate, content=content)

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
        """Whom a measure yields to and whom it displaces."""
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
        duty = self.rate(one, f"{key}.add")
        if isinstance(duty, Cap | Cut | Swiss):
            self.faults.add("bad-rate", f"{key}.add.rate", "a new measure needs a rate of its own, not a change of one")
        if duty is None or isinstance(duty, Cap | Cut | Swiss):
            return None
        self.added[one["id"]] = None
        stacking = self.stacking(one, f"{key}.add")
        rate = Rate(duty, self.builder.content(one.get("content"), f"{key}.add.content"))
        measure = Measure(
            id=one["id"],
            title=one["title"] or one["id"],
            authority=one["authority"],
            scope=self.builder.measure_scope(one["scope"], f"{key}.add.scope"),
            rates=Timeline(),
            stacking=Timeline((Step(ALWAYS, ALWAYS, stacking),)),
            confidence="unverified",
            source="scenario",
        )
        return Add(measure.change(self.period(one, f"{key}.add"), lambda _: rate))
