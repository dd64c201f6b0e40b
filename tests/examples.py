"""A measure file's example as shipments, and what a law says of them: the words of the example as numbers.

A fact that holds for a part of the value makes two shipments, each with its part; answers are their mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from itertools import product as combinations

import tariffcalc as tc
from tariffcalc.engine.quote import quote
from tariffcalc.engine.shipment import Quote, Shipment
from tariffcalc.law.measure import Example
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles.schema import ANSWERS
from tariffcalc.shipments import shipment_of

SMALL = 1e-9


@dataclass(frozen=True)
class Case:
    """One example of a measure of a law."""

    law: Schedule
    key: str
    example: Example

    @cached_property
    def said(self) -> dict[str, float]:
        """What the example expects, by the name of its key."""
        pairs = {name: getattr(self.example, name) for name in ANSWERS}
        return {name: float(value) for name, value in pairs.items() if value is not None}

    @cached_property
    def shipments(self) -> list[tuple[float, Shipment]]:
        """Shipments for which each of the example's facts is settled, each with its part of the value."""
        facts, found = self.example.facts, []
        for answers in combinations((True, False), repeat=len(facts)):
            settled = dict(zip(facts, answers, strict=True))
            weight = math.prod(facts[name] if yes else 1 - facts[name] for name, yes in settled.items())
            if weight:
                found.append((weight, self._shipment(settled)))
        return found

    def _shipment(self, facts: dict[str, bool]) -> Shipment:
        one = self.example
        return shipment_of(
            self.law,
            one.product,
            one.origin,
            one.entry,
            value=None if one.value is None else Decimal(str(one.value)),
            quantity=one.quantity,
            unit=one.unit,
            loaded=one.loaded,
            shares=one.shares,
            facts=facts,
        )

    def found(self, law: Schedule) -> dict[str, float]:
        """What a law says, by the same names; not a number where it does not know."""
        answers = [(weight, quote(law, shipment)) for weight, shipment in self.shipments]

        def mean(of: Callable[[Quote], float | None]) -> float:
            parts = ((weight, of(answer)) for weight, answer in answers)
            return sum(weight * (math.nan if part is None else part) for weight, part in parts)

        found = {
            "rate": mean(lambda answer: answer.additional_rate),
            "this": mean(lambda answer: self._alone(answer, "applied_rate")),
            "base": mean(lambda answer: answer.base_rate),
            "duty": mean(lambda answer: self._alone(answer, "duty")),
            "prohibited": mean(lambda answer: float(answer.prohibited)),
            "unresolved": mean(lambda answer: float(answer.additional_rate is None)),
        }
        return {name: found[name] for name in self.said}

    def _alone(self, answer: Quote, name: str) -> float:
        own = [getattr(one, name) for one in (*answer.components, *answer.fees) if one.measure == self.key]
        return math.nan if None in own else float(sum(own))

    def holds(self, law: Schedule) -> bool:
        """Whether a law gives what the example says."""
        found = self.found(law)
        return all(math.isclose(found[name], value, abs_tol=SMALL) for name, value in self.said.items())


@cache
def law_of(importer: str, day: date | None = None) -> Schedule:
    """The law of an importer, as known on a day if one is given."""
    law = tc.read_schedule(importer)
    return law if day is None else law.as_known_on(day)


@cache
def cases(importer: str, key: str) -> list[Case]:
    """The examples of a measure's file, as far as they hold under the law as it is."""
    law = law_of(importer)
    found = [Case(law, key, example) for example in law.measures[key].examples]
    return [case for case in found if case.holds(law_of(importer, case.example.as_known_on))]


def noticed(importer: str, keys: Iterable[str], without: Callable[[Schedule], Schedule | None]) -> bool | None:
    """Whether an example of these measures fails under the law less something; None if there is no such thing.

    ``without`` takes it out of the law as it is or as it was known on the example's day.
    """
    laws: dict[date | None, Schedule | None] = {None: without(law_of(importer))}
    if laws[None] is None:
        return None
    for case in (case for key in keys for case in cases(importer, key)):
        day = case.example.as_known_on
        if day not in laws:
            laws[day] = without(law_of(importer, day))
        law = laws[day]
        if law is not None and not case.holds(law):
            return True
    return False
