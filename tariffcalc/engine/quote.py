"""One shipment: every measure's part, why it applies or not, and the duty in cents.

The stacking formula is that of ``stack``; here it is evaluated in the one stratum that the
shipment's facts settle. ``price`` turns the rates into money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from tariffcalc.engine.price import at_value
from tariffcalc.engine.reasons import (
    FactNotSaid,
    GivesWay,
    NothingLeft,
    NothingToBiteOn,
    OnTheWater,
    OriginLeftOut,
    ProductExcepted,
    ProductNotInProgramme,
    Reason,
    Relieved,
    Stopped,
)
from tariffcalc.engine.reckon import Reckoner
from tariffcalc.engine.shipment import Component, NotAppliedHere, Quote, Shipment
from tariffcalc.engine.stack import Claim, cover
from tariffcalc.engine.stated import Stated, stated
from tariffcalc.law.duty import Duty, NotApplied, Prohibited, TopUpTo
from tariffcalc.law.measure import VOID, Measure, Rate, Relief
from tariffcalc.law.scenario import names_of
from tariffcalc.law.schedule import Precedence, Schedule

NO_BASE = "no base duty is known for this product"
_SILENT = ("base", "fee")
"""Of these it is not worth saying that they are for other goods."""


def quote(schedule: Schedule, shipment: Shipment) -> Quote:
    """What one shipment owes, with the trace of every measure that concerns its origin."""
    made = _Quoter(schedule, shipment).quote()
    return made if shipment.value is None else at_value(made, shipment.value, owed=shipment.owed)


@dataclass
class _Candidate:
    """A measure that covers the article, before it meets the others."""

    measure: Measure
    rate: Rate
    cite: str
    subject: bool
    content: float
    relieved_by: tuple[Relief, str] | None
    relieved_content: tuple[str, float] | None
    duty: Duty
    since: date


class _Quoter:
    """Works one shipment through the schedule."""

    def __init__(self, schedule: Schedule, shipment: Shipment) -> None:
        self.schedule, self.shipment, self.day = schedule, shipment, shipment.day
        self.not_applied: list[NotAppliedHere] = []
        self.warnings: list[str] = []
        self.reckoner = Reckoner(shipment, self.holds, self.warn)

    def quote(self) -> Quote:
        found = {
            key: one
            for key, m in self.schedule.applying(self.shipment.origin, self.day)
            if (one := self.candidate(m)) is not None
        }
        precedence = self.schedule.precedence(self.day)
        claims = {key: Claim(np.array(one.subject), np.array(one.content)) for key, one in found.items()}
        met = cover(precedence, claims)
        components, base = [], 0.0
        for key in sorted(met, key=lambda key: found[key].measure.basis != "base"):
            subject, covered = bool(met[key][0]), float(met[key][1])
            if not subject:
                self.say_why_not(found, key, precedence, met)
                continue
            if covered == 0:
                self.say_nothing_left(found, key, precedence, met)
                continue
            component = self.component(found[key], covered, base)
            components.append(self.refunded(component) if self.shipment.owed else component)
            if component.basis == "base":
                base = np.nan if component.applied_rate is None else base + component.applied_rate
        without = self.schedule.leaving_out(self.shipment.origin, self.day)
        for measure in without:
            self.not_here(measure, OriginLeftOut(self.shipment.origin))
        return self.answer(components, found)

    def holds(self, fact: str | None) -> bool:
        """Whether a fact holds for the shipment; what is not said takes the schedule's default."""
        if fact is None:
            return True
        known = self.schedule.facts.get(fact)
        said = self.shipment.facts.get(fact)
        if said is None:
            return known is not None and known.default >= 1.0
        return said and self.schedule.open_to(fact, self.shipment.origin, self.day)

    def candidate(self, measure: Measure) -> _Candidate | None:
        """The measure if it covers the article on the day; else why not, where that is worth saying."""
        step = measure.rates.at(self.day)
        if step is None or not self.covered(measure, applies=step.value.applies):
            return None
        said = stated(self.shipment, step.value.duty, step.cite, step.start, base=measure.basis == "base")
        if said.duty is None:
            if measure.scope.fact is not None:
                self.not_here(measure, ProductNotInProgramme())
            return None
        if isinstance(said.duty, NotApplied):
            self.not_here(measure, Stopped(said.duty.why, said.since, self.act(measure, said.cite)))
            return None
        return self.claimed(measure, replace(step.value, duty=said.duty), said)

    def covered(self, measure: Measure, *, applies: bool) -> bool:
        """Whether the article is in the measure's scope and meets its fact."""
        scope, shipment = measure.scope, self.shipment
        silent = measure.basis in _SILENT
        if (silent and not self.holds(scope.fact)) or not scope.covers_origin(shipment.origin, self.day):
            return False
        if not scope.covers(shipment.product, shipment.origin, self.day):
            if applies:
                self.say_outside(measure)
            return False
        if not self.holds(scope.fact):
            if applies:
                fact = self.schedule.facts[scope.fact or ""]
                self.not_here(measure, FactNotSaid(fact, named=not scope.products.everything))
            return False
        return True

    def claimed(self, measure: Measure, rate: Rate, said: Stated) -> _Candidate | None:
        duty, cite = rate.duty, said.cite
        for rule in measure.in_transit:
            if rule.holds(self.shipment.loaded, self.day):
                if isinstance(rule.duty, NotApplied):
                    act = self.act(measure, rule.cite)
                    self.not_here(measure, OnTheWater(rule.loaded_before, rule.entered_before, act))
                    return None
                on_water = stated(self.shipment, rule.duty, rule.cite, said.since)
                duty, cite = on_water.duty or duty, on_water.cite
                break
        content = 1.0 if rate.content is None else self.content(rate.content)
        subject, by, part = True, None, None
        for relief, act in measure.reliefs_at(self.day):
            covered = relief.scope.covers(self.shipment.product, self.shipment.origin, self.day)
            if not covered or not self.holds(relief.fact):
                continue
            if relief.whole:
                subject, by = False, (relief, act)
                break
            share = float(np.clip(self.content(relief.relieves), relief.minimum, relief.maximum))
            content, part = max(0.0, content - share), (relief.relieves, share)
        return _Candidate(measure, rate, cite, subject, content, by, part, duty, said.since)

    def content(self, name: str) -> float:
        share = self.shipment.contents.get(name)
        if share is None:
            share = self.schedule.contents[name].default
        if share is None:
            self.warn(
                f"the {self.schedule.contents[name].title.lower()} is not known: give --share {name}=0.5 or the like"
            )
            return float("nan")
        return share

    def component(self, one: _Candidate, covered: float, base: float) -> Component:
        """The measure's part of the duty."""
        measure, rate = one.measure, self.reckoner.statutory(one.duty, one.rate.transforms, one.measure, base)
        known = rate is not None and not np.isnan(covered)
        step = measure.status.at(self.day)
        rests = (one.rate.content, one.relieved_content[0] if one.relieved_content else None)
        return Component(
            measure=measure.family,
            title=measure.title,
            authority=measure.authority,
            heading=self.heading(one, base),
            basis=measure.basis,
            statutory_rate=None if rate is None else round(rate, 12),
            share=None if np.isnan(covered) else round(covered, 12),
            applied_rate=round(rate * covered, 12) if rate is not None and known else None,
            status="in_force" if step is None else step.value,
            citation=measure.citations.get(one.cite) or self.schedule.acts.get(one.cite),
            why=self.why(one, covered),
            since=one.since if one.since > date.min else None,
            printed=self.printed(one),
            exact=np.nan if rate is None else rate,
            covered=covered,
            form=one.duty,
            contents={name: self.content(name) for name in rests if name},
        )

    def heading(self, one: _Candidate, base: float) -> str:
        """The heading to declare: that of goods on the water, of the origin, of the product, else the measure's."""
        rules = (rule for rule in one.measure.in_transit if rule.holds(self.shipment.loaded, self.day))
        if (rule := next(rules, None)) is not None and rule.heading:
            return rule.heading
        told = one.measure.heading_at(self.shipment.product, self.shipment.origin, self.day, self.holds)
        total = one.duty.total if isinstance(one.duty, TopUpTo) and not np.isnan(base) else None
        return told.told(reached=None if total is None else base >= total)

    def refunded(self, one: Component) -> Component:
        """A component as it is owed in law: of a void measure nothing."""
        return replace(one, applied_rate=0.0) if one.status == VOID else one

    def printed(self, one: _Candidate) -> str:
        return str(one.duty)

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def act(self, measure: Measure, cite: str) -> str:
        """What set a step: an act by its title; a step that cites none is a scenario's."""
        if not cite and self.schedule.scenario is not None:
            return f"scenario {self.schedule.scenario.name}"
        found = measure.citations.get(cite) or self.schedule.acts.get(cite)
        return cite if found is None else found.title

    def why(self, one: _Candidate, covered: float) -> str:
        """Why the measure applies, in a sentence."""
        measure = one.measure
        since = one.since.isoformat() if one.since > date.min else "the beginning"
        said = f"{self.printed(one)} since {since} ({self.act(measure, one.cite)})"
        if one.rate.content is not None:
            said += f", on the {self.schedule.contents[one.rate.content].title.lower()}"
        if one.relieved_content is not None:
            name, share = one.relieved_content
            said += f", less {self.schedule.contents[name].title.lower()} ({share:.0%} of value)"
        if covered < one.content - 1e-12:
            said += ", on what the measures before it leave of the value"
        return said

    def say_why_not(
        self,
        found: Mapping[str, _Candidate],
        key: str,
        precedence: Precedence,
        met: Mapping[str, tuple[object, object]],
    ) -> None:
        one = found[key]
        if one.relieved_by is not None:
            relief, act = one.relieved_by
            fact = self.schedule.facts.get(relief.fact or "")
            self.not_here(one.measure, Relieved(fact.title if fact else None, self.act(one.measure, act)))
            return
        others = [found[o].measure for o in precedence.yields_whole_to[key] if o in met and bool(met[o][0])]
        told = tuple((other.family, self.edge_act(one.measure, other)) for other in others)
        self.not_here(one.measure, GivesWay(told))

    def edge_act(self, one: Measure, other: Measure) -> str:
        """The act by which a measure leaves the article to another; nothing where none is cited."""
        own, theirs = one.stacking.at(self.day), other.stacking.at(self.day)
        names = set(names_of(other.id, other))
        if own is not None and names & {*own.value.yields_whole_to, *own.value.yields_to}:
            return self.act(one, own.cite)
        names = set(names_of(one.id, one))
        if theirs is not None and names & {*theirs.value.displaces_whole, *theirs.value.displaces}:
            return self.act(other, theirs.cite)
        return ""

    def say_nothing_left(
        self,
        found: Mapping[str, _Candidate],
        key: str,
        precedence: Precedence,
        met: Mapping[str, tuple[object, object]],
    ) -> None:
        """The measure covers nothing: it has no content here, or those before it leave no value."""
        one = found[key]
        others = (found[o].measure.family for o in precedence.yields_to[key] if o in met and bool(met[o][0]))
        self.not_here(one.measure, NothingToBiteOn() if one.content == 0 else NothingLeft(tuple(others)))

    def say_outside(self, measure: Measure) -> None:
        """A measure on all of the origin's goods leaves this product out: say by which list."""
        scope, product = measure.scope, self.shipment.product
        if not scope.products.everything or not scope.except_products.covers(product, self.day):
            return
        lists = (one.title for one in scope.except_products.lists if one.contains(product, self.day))
        self.not_here(measure, ProductExcepted(tuple(lists)))

    def not_here(self, measure: Measure, reason: Reason) -> None:
        self.not_applied.append(NotAppliedHere(measure.family, reason))

    def answer(self, components: list[Component], found: Mapping[str, _Candidate]) -> Quote:
        base = [one for one in components if one.basis == "base"]
        other = [one for one in components if one.basis not in ("base", "fee")]
        prohibited = any(isinstance(one.duty, Prohibited) and one.subject for one in found.values())
        base_rate = _total(base) if base else None
        if not base:
            self.warn(NO_BASE)
        additional = _total([one for one in other if one.basis != "prohibition"])
        resolved = base_rate is not None and additional is not None and not prohibited
        return Quote(
            tuple(one for one in components if one.basis != "fee"),
            tuple(one for one in components if one.basis == "fee"),
            tuple(self.not_applied),
            base_rate,
            additional,
            prohibited,
            resolved,
            tuple(self.warnings),
        )


def _total(components: list[Component]) -> float | None:
    rates = [one.applied_rate for one in components]
    if any(rate is None for rate in rates):
        return None
    return round(float(sum(rate for rate in rates if rate is not None)), 12)
