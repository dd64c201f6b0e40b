"""A scenario: a small, named diff over a schedule, and assumptions. Never a copy of the law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import partial

from tariffcalc.errors import ScenarioError
from tariffcalc.law.codes import CodeSet, Scope
from tariffcalc.law.dates import ALWAYS, Period
from tariffcalc.law.duty import ENDED, SUSPENDED, Duty, NotApplied, Transform
from tariffcalc.law.measure import NOT_IN_FORCE, Measure, Rate, Stacking
from tariffcalc.law.schedule import EVERY, SET_PREFIX, Change, Schedule

Measures = Mapping[str, Measure]
FOREVER = Period(ALWAYS, date.max)
MOST_MEASURES = 2_000
"""A change on a part of a scope cuts measures in two: so many may be there in the end."""


@dataclass(frozen=True)
class Assumptions:
    """What a run assumes where the law leaves it to facts. None: not stated, so inherited.

    ``pass_through`` has no default: where nobody states it, elasticities decide who bears a duty.
    """

    preference: str | Mapping[str, float] | None = None
    content: str | Mapping[str, float] | None = None
    facts: Mapping[str, float] | None = None
    readings: Mapping[str, str] | None = None
    pass_through: float | None = None
    collection: str | None = None

    def over(self, other: Assumptions) -> Assumptions:
        """These assumptions where stated, the other's elsewhere."""
        stated = {item.name: getattr(self, item.name) for item in fields(self)}
        return replace(other, **{key: value for key, value in stated.items() if value is not None})


DEFAULTS = Assumptions("settled", "table", {}, {}, None, "statutory")


@dataclass(frozen=True)
class Where:
    """The measures a change concerns, and the part of their scope that it concerns, if not all."""

    measures: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    scope: Scope | None = None

    def chosen(self, measures: Measures) -> list[str]:
        """The ids of the measures concerned."""
        return [
            key
            for key, one in measures.items()
            if (not self.measures or set(names_of(key, one)) & set(self.measures))
            and (not self.authorities or one.authority.lower() in self.authorities)
        ]


def names_of(key: str, one: Measure) -> tuple[str, ...]:
    """The names by which a change may call a measure: its id, the sets that it belongs to, and ``*`` as all."""
    return (key, one.family, *(SET_PREFIX + name for name in one.sets), EVERY)


def _parted(measures: Measures, where: Where) -> tuple[dict[str, Measure], list[str]]:
    """Measures with those concerned split at the scope; and the ids of the parts concerned."""
    result = dict(measures)
    chosen = where.chosen(measures)
    if where.scope is None:
        return result, chosen
    if len(measures) + len(chosen) > MOST_MEASURES:
        raise ScenarioError(
            f"the changes cut the law into more than {MOST_MEASURES:,} measures",
            code="scenario-too-large",
            hint="name the measures of each change, and put origins and products that change alike into one",
        )
    parts = []
    for key in chosen:
        whole = measures[key]
        number = sum(one.family == whole.family for one in result.values())
        part = f"{whole.family}~{number}"
        inside = replace(whole.scope, within=(*whole.scope.within, where.scope))
        outside = replace(whole.scope, outside=(*whole.scope.outside, where.scope))
        result[part] = replace(whole, id=part, part_of=whole.family, scope=inside)
        result[key] = replace(whole, scope=outside)
        parts.append(part)
    return result, parts


@dataclass(frozen=True)
class SetRate:
    """Another duty, the same one transformed, or the same on another content, throughout a period.

    Without a ``content`` of its own the measure goes on biting on what it does.
    """

    where: Where
    period: Period
    duty: Duty | None = None
    transform: Transform | None = None
    content: str | None = None

    def over(self, measures: Measures) -> Measures:
        """Set the rate of every measure concerned."""
        result, keys = _parted(measures, self.where)
        for key in keys:
            content = self.content or _content(result[key], self.period.start)
            result[key] = result[key].change(self.period, partial(self._new, content))
        return result

    def _new(self, content: str | None, rate: Rate) -> Rate:
        if self.duty is not None:
            return Rate(self.duty, content)
        if not rate.applies:
            return rate
        transforms = rate.transforms if self.transform is None else (*rate.transforms, self.transform)
        return replace(rate, content=self.content or rate.content, transforms=transforms)


@dataclass(frozen=True)
class Stop:
    """A pause, an end or a switch-off throughout a period."""

    where: Where
    period: Period
    duty: NotApplied = SUSPENDED

    def over(self, measures: Measures) -> Measures:
        """Stop every measure concerned."""
        result, keys = _parted(measures, self.where)
        for key in keys:
            if self.period == FOREVER:
                del result[key]
            else:
                result[key] = result[key].change(self.period, lambda _: Rate(self.duty))
        return result


@dataclass(frozen=True)
class Resume:
    """The measure applies again, at the rate it had before it was suspended or ended."""

    where: Where
    period: Period

    def over(self, measures: Measures) -> Measures:
        """Resume every measure concerned where it does not apply."""
        result, keys = _parted(measures, self.where)
        for key in keys:
            last = _last_applied(result[key], self.period.start)
            result[key] = result[key].change(self.period, partial(_resumed, last))
        return result


@dataclass(frozen=True)
class Rescope:
    """Another scope for one measure throughout a period."""

    measure: str
    scope: Mapping[str, CodeSet]
    period: Period

    def over(self, measures: Measures) -> Measures:
        """Change the keys of the scope that are given."""
        result = dict(measures)
        for key in Where((self.measure,)).chosen(measures):
            old = measures[key]
            changed = replace(old, scope=_rescoped(old.scope, self.scope))
            if self.period == FOREVER:
                result[key] = changed
                continue
            part = f"{key}~scope{len(result)}"
            only = changed.rates
            if self.period.start > ALWAYS:
                only = only.change(Period(ALWAYS, self.period.start), _none, NOT_IN_FORCE)
            if self.period.until < date.max:
                only = only.change(Period(self.period.until, date.max), _none, NOT_IN_FORCE)
            result[part] = replace(changed, id=part, part_of=old.family, rates=only)
            result[key] = old.change(self.period, _none)
        return result


@dataclass(frozen=True)
class Add:
    """A measure of the scenario's own."""

    measure: Measure

    def over(self, measures: Measures) -> Measures:
        """Add the measure; an id that is taken is refused."""
        if self.measure.id in measures:
            raise ScenarioError(
                f"add: a measure called {self.measure.id!r} exists already",
                hint="choose another id, or use `set` to change that measure",
            )
        return {**measures, self.measure.id: self.measure}


@dataclass(frozen=True)
class Restack:
    """Another place in the order of precedence from a day on."""

    measure: str
    stacking: Stacking
    period: Period

    def over(self, measures: Measures) -> Measures:
        """Replace the stacking of the measure in the period."""
        result = dict(measures)
        for key in Where((self.measure,)).chosen(measures):
            old = measures[key]
            line = old.stacking.change(self.period, lambda _: self.stacking, Stacking())
            result[key] = replace(old, stacking=line)
        return result


@dataclass(frozen=True)
class AsKnown:
    """One measure as its acts stood on a day: nothing announced later touched it."""

    where: Where
    day: date

    def over(self, measures: Measures) -> Measures:
        """Drop the later steps of every measure concerned."""
        result = dict(measures)
        for key in self.where.chosen(measures):
            result[key] = measures[key].known_on(self.day)
        return result


@dataclass(frozen=True)
class Scenario:
    """A named small diff over a schedule plus assumptions. ``digest`` names its content."""

    name: str
    title: str = ""
    importers: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)
    as_known_on: date | None = None
    digest: str = ""

    def over(self, schedule: Schedule) -> Schedule:
        """The schedule under this scenario."""
        if self.importers and schedule.importer not in self.importers:
            raise ScenarioError(
                f"scenario {self.name!r} is for {', '.join(self.importers)}, not for the law of {schedule.importer}",
                hint="choose another importer or another scenario",
            )
        known = schedule if self.as_known_on is None else schedule.as_known_on(self.as_known_on)
        known = known.read_as(self.assumptions.readings or {})
        measures: Measures = known.measures
        for change in self.changes:
            measures = change.over(measures)
        return known.changed(measures, self)


def _resumed(last: Rate, rate: Rate) -> Rate:
    return rate if rate.applies else last


def _rescoped(scope: Scope, given: Mapping[str, CodeSet]) -> Scope:
    return Scope(
        given.get("origins", scope.origins),
        given.get("except_origins", scope.except_origins),
        given.get("products", scope.products),
        given.get("except_products", scope.except_products),
        scope.fact,
        scope.within,
        scope.outside,
    )


def _none(_: Rate) -> Rate:
    return NOT_IN_FORCE


def _content(measure: Measure, day: date) -> str | None:
    """The content that the measure bites on around a day."""
    rate = measure.rate_at(day)
    if rate is None:
        applied = [step.value for step in measure.rates.standing if step.value.applies]
        rate = applied[0] if applied else None
    return rate.content if rate is not None else None


def _last_applied(measure: Measure, day: date) -> Rate:
    """The last rate that a measure stated for a day not later than this one, applied or not."""
    stated = [s.value for s in measure.rates.standing if s.start <= day and s.value.applies]
    if not stated:
        raise ScenarioError(
            f"resume: {measure.id} has no rate before {day}",
            hint="use `set` with a rate instead",
        )
    return stated[-1]


DISABLED = NotApplied("disabled by the scenario")
END = ENDED
