"""All measures of one importer, with their precedence on every day."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from tariffcalc.errors import Fault, LawFileError, UnknownNameError
from tariffcalc.law.codes import CodeList, Scope
from tariffcalc.law.dates import ALWAYS
from tariffcalc.law.duty import RateTable
from tariffcalc.law.measure import Citation, Measure

if TYPE_CHECKING:
    from tariffcalc.law.scenario import Scenario

SET_PREFIX = "set:"
EVERY = "*"
"""The name of all other measures in an edge, but of those that displace all themselves."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A yes/no fact about goods that decides whether a measure or a relief holds for them.

    In a table of trade a fact is a share of value: ``default`` where ``shares`` names no table.
    """

    name: str
    title: str
    question: str = ""
    kind: str = "fact"
    default: float = 0.0
    shares: str | None = None
    origins: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A part of an article's value that a measure bites on or is relieved of."""

    name: str
    title: str
    kind: str = "value"
    default: float | None = None
    shares: str | None = None


class Change(Protocol):
    """One change of the law: measures in, measures out."""

    def over(self, measures: Mapping[str, Measure]) -> Mapping[str, Measure]:
        """The measures after the change."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A disputed point of law: how it may be read, and how it is read unless a scenario says otherwise."""

    id: str
    title: str
    question: str
    default: str
    alternatives: Mapping[str, tuple[str, tuple[Change, ...]]]
    """Each alternative's title and the changes that it makes; the default makes none."""


@dataclass(frozen=True, slots=True)
class Precedence:
    """Who yields to whom on a day, and an order in which each comes after those it yields to."""

    order: tuple[str, ...]
    yields_to: Mapping[str, tuple[str, ...]]
    yields_whole_to: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Schedule:
    """All measures of one importer.

    ``has_base``: whether base duties are held at all. ``as_known_on`` and ``apply`` give another
    schedule and leave this one alone; ``digest`` names the law and every change made to it.
    """

    importer: str
    measures: Mapping[str, Measure]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    contents: Mapping[str, Content] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    groups: Mapping[str, CodeList] = field(default_factory=dict)
    lists: Mapping[str, CodeList] = field(default_factory=dict)
    tables: Mapping[str, RateTable] = field(default_factory=dict)
    acts: Mapping[str, Citation] = field(default_factory=dict)
    known_origins: frozenset[str] = frozenset()
    """The origins that changes may name; none: any."""
    title: str = ""
    currency: str = "USD"
    law_known_until: date = date.max
    base_known_from: date = ALWAYS
    complete_for: tuple[str, ...] = ()
    incomplete_note: str = ""
    has_base: bool = True
    digest: str = ""
    known_on: date | None = None
    scenario: Scenario | None = None

    def as_known_on(self, day: date) -> Schedule:
        """The law as known on a day: every step announced later is dropped."""
        known = {key: measure.known_on(day) for key, measure in self.measures.items()}
        return replace(
            self,
            measures={key: one for key, one in known.items() if one.rates.steps},
            known_on=day,
            digest=_digest(self.digest, f"known on {day}"),
        )

    def concerning(self, origins: Iterable[str], absent: Iterable[str] = ()) -> Schedule:
        """The same law without the measures that cannot touch any of these origins.

        ``absent`` are facts that hold for no goods at hand: measures on these alone fall away too.
        """
        named, never = tuple(origins), set(absent)
        kept = {
            key: one
            for key, one in self.measures.items()
            if one.scope.fact not in never and one.scope.may_cover_any(named)
        }
        return replace(self, measures=kept)

    def read_as(self, choices: Mapping[str, str]) -> Schedule:
        """The law with disputed points read as chosen: reading id -> name of the alternative."""
        measures: Mapping[str, Measure] = self.measures
        for name, alternative in sorted(choices.items()):
            for change in self.readings[name].alternatives[alternative][1]:
                measures = change.over(measures)
        if measures is self.measures:
            return self
        return replace(self, measures=measures, digest=_digest(self.digest, repr(sorted(choices.items()))))

    def apply(self, scenario: Scenario) -> Schedule:
        """The law under a scenario."""
        return scenario.over(self)

    def changed(self, measures: Mapping[str, Measure], scenario: Scenario) -> Schedule:
        """The schedule with other measures, in the name of a scenario."""
        digest = _digest(self.digest, scenario.digest or repr(scenario))
        return replace(self, measures=measures, scenario=scenario, digest=digest)

    def caveats(self, origins: Iterable[str], since: date, until: date, beyond: str) -> list[str]:
        """What a reader must know of how far this law goes, for goods of these origins and days from ``since``.

        ``beyond`` says what an answer does about days after the law is known; they begin where ``until`` is later.
        """
        said = []
        if self.incomplete_note and set(origins) - set(self.complete_for):
            said.append(self.incomplete_note)
        if not self.has_base:
            said.append(self.base_note)
        if until > self.law_known_until:
            said.append(f"the law is known until {self.law_known_until}; {beyond}")
        if since < self.base_known_from:
            said.append(f"base duties before {self.base_known_from} are those of the earliest edition held")
        return said

    @property
    def base_note(self) -> str:
        """What is said where no base duties are held."""
        return f"base duties of {self.importer} are not held: additional duties only"

    def measure(self, name: str) -> Measure:
        """The measure of that id; unknown ids are refused with the nearest one."""
        if name not in self.measures:
            raise UnknownNameError.of("measure", name, self.measures.keys())
        return self.measures[name]

    def touching(self, origin: str) -> Collection[tuple[str, Measure]]:
        """The measures, with their ids, that may cover goods of an origin on some day."""
        if origin not in self._touching:
            self._touching[origin] = tuple(
                (key, one) for key, one in self.measures.items() if one.scope.may_cover_any((origin,))
            )
        return self._touching[origin]

    def applying(self, origin: str, day: date) -> Collection[tuple[str, Measure]]:
        """Those of them that state a rate on a day and cover the origin then: the same ones in a whole segment."""
        segment = origin, bisect_right(self.breakpoints, day)
        if segment not in self._applying:
            self._applying[segment] = tuple(
                (key, one)
                for key, one in self.touching(origin)
                if one.rates.at(day) is not None and one.scope.covers_origin(origin, day)
            )
        return self._applying[segment]

    @cached_property
    def _applying(self) -> dict[tuple[str, int], tuple[tuple[str, Measure], ...]]:
        return {}

    @cached_property
    def _touching(self) -> dict[str, tuple[tuple[str, Measure], ...]]:
        return {}

    def open_to(self, fact: str, origin: str, day: date) -> bool:
        """Whether goods of an origin may meet a fact on a day: of a programme only those that its duty is for."""
        known, own = self.facts.get(fact), self._programmes.get(fact)
        if known is not None and known.origins and origin not in known.origins:
            return False
        return own is None or any(one.covers_origin(origin, day) for one in own)

    def leaving_out(self, origin: str, day: date) -> Sequence[Measure]:
        """The duties in force on a day on all goods of every origin but a few, of which this is one."""
        return [one for one in self._on_all_goods if one.rate_at(day) and not one.scope.covers_origin(origin, day)]

    @cached_property
    def _on_all_goods(self) -> Sequence[Measure]:
        return [
            one
            for one in self.measures.values()
            if one.basis == "additional" and one.scope.fact is None and _on_everything(one.scope)
        ]

    @cached_property
    def _programmes(self) -> Mapping[str, Sequence[Scope]]:
        """The scopes of the base duties under each programme."""
        found: dict[str, list[Scope]] = {}
        for one in self.measures.values():
            fact = self.facts.get(one.scope.fact or "")
            if one.basis == "base" and fact is not None and fact.kind == "programme":
                found.setdefault(fact.name, []).append(one.scope)
        return found

    @cached_property
    def families(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the measures that an edge's name stands for: an id, ``set:<name>``, or ``*`` for all.

        Those that displace all are not displaced as one of all: none of two such comes before the other.
        """
        found: dict[str, list[str]] = {}
        for key, measure in self.measures.items():
            for name in (measure.family, *(SET_PREFIX + one for one in measure.sets)):
                found.setdefault(name, []).append(key)
        found[EVERY] = [
            key
            for key, one in self.measures.items()
            if not any(EVERY in step.value.displaces_whole for step in one.stacking.steps)
        ]
        return {name: tuple(sorted(keys)) for name, keys in found.items()}

    @cached_property
    def breakpoints(self) -> tuple[date, ...]:
        """The days on which anything in the schedule may change, in order."""
        days = set[date]().union(*(one.breakpoints() for one in self.measures.values()))
        return tuple(sorted(days - {ALWAYS, date.max}))

    @cached_property
    def _precedences(self) -> tuple[tuple[date, ...], tuple[Precedence, ...]]:
        """Precedence from each day on which any stacking changes."""
        days = {ALWAYS}.union(*(one.stacking.starts for one in self.measures.values()))
        starts = tuple(sorted(days))
        return starts, tuple(self._precedence(day) for day in starts)

    def precedence(self, day: date) -> Precedence:
        """Who yields to whom on a day."""
        starts, found = self._precedences
        return found[bisect_right(starts, day) - 1]

    def _precedence(self, day: date) -> Precedence:
        rest: dict[str, set[str]] = {key: set() for key in self.measures}
        whole: dict[str, set[str]] = {key: set() for key in self.measures}
        for key, measure in self.measures.items():
            step = measure.stacking.at(day)
            if step is None:
                continue
            rest[key] |= self._named(step.value.yields_to)
            whole[key] |= self._named(step.value.yields_whole_to)
            for other in self._named(step.value.displaces):
                rest[other].add(key)
            for other in self._named(step.value.displaces_whole):
                whole[other].add(key)
        for key, measure in self.measures.items():
            own = set(self.families.get(measure.family, ()))
            whole[key] -= own
            rest[key] -= own | whole[key]
        return Precedence(
            _ordered({key: rest[key] | whole[key] for key in self.measures}, day),
            {key: tuple(sorted(others)) for key, others in rest.items()},
            {key: tuple(sorted(others)) for key, others in whole.items()},
        )

    def _named(self, names: Iterable[str]) -> set[str]:
        return {key for name in names for key in self.families.get(name, ())}


def _on_everything(scope: Scope) -> bool:
    return scope.products.everything and scope.origins.everything and not scope.within


def _ordered(edges: Mapping[str, set[str]], day: date) -> tuple[str, ...]:
    """Measures in an order in which each comes after those it yields to; a circle is refused."""
    order: list[str] = []
    done: set[str] = set()

    def visit(key: str, path: tuple[str, ...]) -> None:
        if key in path:
            circle = " -> ".join((*path[path.index(key) :], key))
            since = "from the beginning" if day == ALWAYS else f"on {day}"
            fault = Fault(
                "precedence-circle",
                f"{since} the measures yield to each other in a circle: {circle}",
                hint="remove one of these edges from its [[stacking]] step",
                key="stacking",
            )
            raise LawFileError.of([fault])
        if key in done:
            return
        for other in sorted(edges[key]):
            visit(other, (*path, key))
        done.add(key)
        order.append(key)

    for key in sorted(edges):
        visit(key, ())
    return tuple(order)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
