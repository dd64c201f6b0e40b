"""A measure: one legal duty with its scope, dated rates, reliefs, stacking and citations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tariffcalc.law.codes import Scope
from tariffcalc.law.dates import Period, Timeline
from tariffcalc.law.duty import Duty, FromTable, NotApplied, RateTable, Transform
from tariffcalc.law.heading import Declared, Heading

BASES = ("base", "additional", "fee", "prohibition")
STATUSES = ("in_force", "void", "contested", "scheduled", "suspended", "paused")
IN_FORCE = "in_force"
VOID = "void"
CONFIDENCES = ("verified_primary", "verified_secondary", "partly", "unverified")


@dataclass(frozen=True, slots=True)
class Citation:
    """A legal act: what it is called, where it can be read, when it was signed or published."""

    id: str
    title: str
    url: str
    announced: date


@dataclass(frozen=True, slots=True)
class Rate:
    """What a step of a measure states: a duty, on the whole value or on one content of it."""

    duty: Duty
    content: str | None = None
    note: str = ""
    transforms: tuple[Transform, ...] = ()

    @property
    def applies(self) -> bool:
        """Whether the step imposes anything: not a suspension and not an end."""
        return not isinstance(self.duty, NotApplied)


NOT_IN_FORCE = Rate(NotApplied("not in force"))


@dataclass(frozen=True, slots=True)
class Relief:
    """An exemption for goods that meet a fact (a programme claimed) or are named in its scope.

    It relieves ``"all"`` of the article, or one content of it, held between minimum and maximum.
    """

    relieves: str
    fact: str | None = None
    scope: Scope = field(default_factory=Scope)
    minimum: float = 0.0
    maximum: float = 1.0

    @property
    def whole(self) -> bool:
        """Whether the relief frees the whole article."""
        return self.relieves == "all"


@dataclass(frozen=True, slots=True)
class InTransit:
    """What goods pay that were loaded before one day and entered before another."""

    loaded_before: date
    entered_before: date
    duty: Duty
    cite: str
    announced: date
    heading: str = ""

    def holds(self, loaded: date | None, entry: date) -> bool:
        """Whether the rule holds for goods loaded and entered on these days."""
        return loaded is not None and loaded < self.loaded_before and entry < self.entered_before


@dataclass(frozen=True, slots=True)
class Stacking:
    """Whom a measure yields to, wholly or for the rest of the value, and whom it displaces.

    The names are measure ids, ``set:<name>`` for every measure of a set, or ``*`` for every other measure.
    """

    yields_to: tuple[str, ...] = ()
    yields_whole_to: tuple[str, ...] = ()
    displaces: tuple[str, ...] = ()
    displaces_whole: tuple[str, ...] = ()

    def names(self) -> Iterable[str]:
        """Every name the step refers to."""
        yield from (*self.yields_to, *self.yields_whole_to, *self.displaces, *self.displaces_whole)


@dataclass(frozen=True, slots=True)
class Example:
    """A case that the measure's file carries to test itself.

    What it expects, each None where nothing is said: ``rate`` of all additional duties, ``this`` measure's alone,
    ``base`` of the base duties (fractions of value); ``duty`` of this measure in the schedule's currency;
    ``prohibited``: whether entry is refused; ``unresolved``: whether the rate of all additional duties is not known.
    """

    why: str
    entry: date
    product: str
    origin: str
    rate: float | None = None
    this: float | None = None
    base: float | None = None
    duty: float | None = None
    prohibited: bool | None = None
    unresolved: bool | None = None
    value: float | None = None
    quantity: float | None = None
    unit: str | None = None
    facts: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    loaded: date | None = None
    as_known_on: date | None = None


@dataclass(frozen=True)
class Measure:
    """One legal duty. ``part_of`` is the id that a part made by a scenario reports under."""

    id: str
    title: str
    authority: str
    scope: Scope
    rates: Timeline[Rate]
    heading: str = ""
    basis: str = "additional"
    status: Timeline[str] = field(default_factory=Timeline)
    reliefs: Mapping[str, Timeline[Relief | None]] = field(default_factory=dict)
    stacking: Timeline[Stacking] = field(default_factory=Timeline)
    in_transit: tuple[InTransit, ...] = ()
    declared: tuple[Declared, ...] = ()
    citations: Mapping[str, Citation] = field(default_factory=dict)
    sets: tuple[str, ...] = ()
    confidence: str = "verified_secondary"
    doubts: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    source: str = ""
    part_of: str = ""

    @property
    def family(self) -> str:
        """The id under which the measure is reported and cited."""
        return self.part_of or self.id

    def rate_at(self, day: date) -> Rate | None:
        """The step that applies on a day, or None where the measure does not."""
        step = self.rates.at(day)
        return step.value if step is not None and step.value.applies else None

    def status_at(self, day: date) -> str:
        """What the duty of a day is worth in law: one of ``STATUSES``, in force where nothing is said."""
        return self.status.value_at(day, IN_FORCE)

    def reliefs_at(self, day: date) -> list[tuple[Relief, str]]:
        """The reliefs in force on a day, each with the act that grants it."""
        steps = (line.at(day) for line in self.reliefs.values())
        return [(step.value, step.cite) for step in steps if step is not None and step.value]

    def heading_at(self, product: str, origin: str, day: date, holds: Callable[[str | None], bool]) -> Heading:
        """The heading that such goods are declared under on a day; ``holds`` says whether a fact does.

        That of the rate table's row, else the last that is declared for them, else the measure's own.
        """
        rate = self.rate_at(day)
        if rate is not None and isinstance(rate.duty, FromTable):
            stated = rate.duty.table.heading(product, origin, day)
            if stated is not None:
                return stated
        fitting = [one for one in self.declared if one.covers(product, origin, day) and holds(one.scope.fact)]
        return fitting[-1].heading if fitting else Heading(self.heading)

    def headings(self) -> set[str]:
        """Every heading that the measure states, as written."""
        stated = {self.heading, *(rule.heading for rule in self.in_transit)}
        pairs = [one.heading for one in self.declared]
        pairs += [step.value for one in self.tables() for line in one.headings.values() for step in line.steps]
        return (stated | {text for pair in pairs for text in (pair.text, pair.reached)}) - {""}

    def facts(self) -> set[str]:
        """The yes/no facts that matter to the measure."""
        named = {self.scope.fact} if self.scope.fact else set()
        for line in self.reliefs.values():
            named |= {s.value.fact for s in line.steps if s.value is not None and s.value.fact}
        return named

    def contents(self) -> set[str]:
        """The contents that the measure bites on or is relieved of."""
        named = {step.value.content for step in self.rates.steps if step.value.content}
        for line in self.reliefs.values():
            named |= {s.value.relieves for s in line.steps if s.value and not s.value.whole}
        return named

    def tables(self) -> list[RateTable]:
        """The rate tables that the measure's steps refer to."""
        duties = (step.value.duty for step in self.rates.steps)
        return [duty.table for duty in duties if isinstance(duty, FromTable)]

    def known_on(self, day: date) -> Measure:
        """The measure as known on a day: without every step announced later."""
        return replace(
            self,
            scope=self.scope.known_on(day),
            rates=self.rates.known_on(day).map(lambda rate: _rate_known_on(rate, day)),
            status=self.status.known_on(day),
            reliefs={key: _reliefs_known_on(line, day) for key, line in self.reliefs.items()},
            stacking=self.stacking.known_on(day),
            in_transit=tuple(rule for rule in self.in_transit if rule.announced <= day),
            declared=tuple(known for one in self.declared if (known := one.known_on(day)) is not None),
        )

    def breakpoints(self) -> set[date]:
        """The days on which anything about the measure may change."""
        days = {*self.rates.starts, *self.status.starts, *self.stacking.starts} | self.scope.breakpoints()
        days |= {rule.entered_before for rule in self.in_transit}
        for line in self.reliefs.values():
            days |= set(line.starts)
            for step in line.standing:
                if step.value is not None:
                    days |= step.value.scope.breakpoints()
        for table in self.tables():
            days |= table.breakpoints()
        return days

    def change(self, period: Period, new: Callable[[Rate], Rate]) -> Measure:
        """The measure with its rates changed throughout a period."""
        return replace(self, rates=self.rates.change(period, new, NOT_IN_FORCE))


def _rate_known_on(rate: Rate, day: date) -> Rate:
    if isinstance(rate.duty, FromTable):
        return replace(rate, duty=FromTable(rate.duty.table.known_on(day)))
    return rate


def _reliefs_known_on(line: Timeline[Relief | None], day: date) -> Timeline[Relief | None]:
    return line.known_on(day).map(lambda relief: relief and replace(relief, scope=relief.scope.known_on(day)))
