"""Articles x one day -> what every measure says: where it applies, its rate, its content, its reliefs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from tariffcalc.engine.articles import Articles
from tariffcalc.engine.lookup import Bools, Floats, Ints, PrefixTable
from tariffcalc.engine.tables import histories, history_of
from tariffcalc.law.dates import ALWAYS, Timeline
from tariffcalc.law.duty import (
    AdValorem,
    Amount,
    Compound,
    Duty,
    FromTable,
    NotApplied,
    PriceGap,
    Prohibited,
    Quota,
    RateTable,
    Specific,
    TopUpTo,
    Transform,
    Unreckoned,
)
from tariffcalc.law.measure import IN_FORCE, InTransit, Measure, Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.law.units import converted

IN_QUOTA = "in_quota"
IN_TRANSIT = "in_transit"
NOT_BEGUN = NotApplied("not in force")


@dataclass(frozen=True)
class Knowns:
    """What is known of articles beside the law: shares and equivalents, one entry an article.

    ``contents``: part of value by name (not a number: unknown). ``equivalent``: ad valorem
    equivalent of a duty that needs a quantity. ``quantity``: units per dollar, in ``unit``.
    ``facts``: facts that hold or not for an article as such.
    """

    contents: Mapping[str, Floats]
    equivalent: Floats
    facts: Mapping[str, Bools]
    quantity: Floats | None = None
    unit: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReliefClaim:
    """A relief as it stands on a day: for whom, on which fact, and of what."""

    held: Bools
    fact: str | None
    content: Floats | None
    """The content relieved, within its bounds; None where the whole article is relieved."""


@dataclass(frozen=True)
class Stated:
    """A duty as a fraction of value for each article; not a number where it is not known.

    ``total``: the total that the duty tops up to (not a number where it is no top-up).
    ``stopped``: where the row of a table says that nothing applies.
    """

    rate: Floats
    by_equivalent: Bools
    total: Floats
    stopped: Bools


@dataclass(frozen=True)
class Ruling:
    """What one measure says on one day, before it meets the others. One entry an article."""

    measure: Measure
    held: Bools
    rate: Floats
    content: Floats
    by_equivalent: Bools
    total: Floats | None = None
    prohibits: bool = False
    status: str = IN_FORCE
    reliefs: tuple[ReliefClaim, ...] = ()
    in_transit: Floats | None = None
    free_in_transit: bool = False
    quota: Quota | None = None
    transforms: tuple[Transform, ...] = ()

    def at(self, articles: Ints) -> Ruling:
        """The same for some of the articles."""

        def of(values: Floats | None) -> Floats | None:
            return None if values is None else values[articles]

        return replace(
            self,
            held=self.held[articles],
            rate=self.rate[articles],
            content=self.content[articles],
            by_equivalent=self.by_equivalent[articles],
            total=of(self.total),
            reliefs=tuple(replace(one, held=one.held[articles], content=of(one.content)) for one in self.reliefs),
            in_transit=of(self.in_transit),
        )


@dataclass
class Resolver:
    """Resolves the measures of one schedule for one set of articles."""

    schedule: Schedule
    articles: Articles
    knowns: Knowns
    _tables: dict[tuple[str, date], Stated] = field(default_factory=dict)
    _changes: dict[str, list[date]] = field(default_factory=dict)
    _days: dict[str, list[date]] = field(default_factory=dict)
    _rulings: dict[str, tuple[int, Ruling | None]] = field(default_factory=dict)

    @property
    def has_base(self) -> bool:
        """Whether base duties are held at all; then an article without one is unresolved."""
        return self.schedule.has_base

    def rulings(self, day: date) -> dict[str, Ruling]:
        """Every measure that applies to any of the articles on a day; fees are for single entries."""
        found = {}
        for key, measure in self.schedule.measures.items():
            if measure.basis == "fee":
                continue
            ruling = self._ruling_since(key, measure, day)
            if ruling is not None:
                found[key] = ruling
        return found

    def _ruling_since(self, key: str, measure: Measure, day: date) -> Ruling | None:
        """The measure's ruling on a day: the one worked out before, unless anything changed since."""
        if key not in self._days:
            self._days[key] = sorted({ALWAYS, *measure.breakpoints()})
        since = bisect_right(self._days[key], day)
        if key not in self._rulings or self._rulings[key][0] != since:
            rate = measure.rate_at(day)
            held = None if rate is None else self.articles.held(measure.scope, day)
            ruling = None if rate is None or held is None or not held.any() else self._ruling(measure, rate, held, day)
            self._rulings[key] = (since, ruling)
        return self._rulings[key][1]

    def _ruling(self, measure: Measure, rate: Rate, held: Bools, day: date) -> Ruling:
        said = self._rate(rate.duty, day, first_stands_in=measure.basis == "base")
        return Ruling(
            measure=measure,
            held=held & ~said.stopped,
            rate=said.rate,
            content=self._content(rate.content),
            by_equivalent=said.by_equivalent,
            total=None if np.isnan(said.total).all() else said.total,
            prohibits=isinstance(rate.duty, Prohibited),
            status=measure.status_at(day),
            reliefs=tuple(self._reliefs(measure, day)),
            in_transit=self._in_transit(measure, day),
            free_in_transit=any(isinstance(rule.duty, NotApplied) for rule in _rules(measure, day)),
            quota=rate.duty if isinstance(rate.duty, Quota) else None,
            transforms=rate.transforms,
        )

    def _content(self, name: str | None) -> Floats:
        return np.ones(len(self.articles)) if name is None else self.knowns.contents[name]

    def _reliefs(self, measure: Measure, day: date) -> list[ReliefClaim]:
        claims = []
        for relief, _ in measure.reliefs_at(day):
            held = self.articles.held(relief.scope, day)
            content = None
            if not relief.whole:
                share = self.knowns.contents[relief.relieves]
                content = np.clip(share, relief.minimum, relief.maximum)
            claims.append(ReliefClaim(held, relief.fact, content))
        return claims

    def _in_transit(self, measure: Measure, day: date) -> Floats | None:
        """The rate of goods on the water, where a rule that states one still holds."""
        for rule in _rules(measure, day):
            if not isinstance(rule.duty, NotApplied):
                return self._rate(rule.duty, day).rate
        return None

    def _rate(self, duty: Duty, day: date, *, first_stands_in: bool = False) -> Stated:
        """What a duty states for each article."""
        if isinstance(duty, FromTable):
            return self._table(duty.table, day, first_stands_in=first_stands_in)
        size = len(self.articles)
        rate = np.full(size, np.nan)
        if isinstance(duty, AdValorem):
            rate = np.full(size, duty.rate)
        elif isinstance(duty, Quota):
            rate = np.full(size, duty.over)
        elif isinstance(duty, Prohibited):
            rate = np.zeros(size)
        elif isinstance(duty, Specific | Compound | PriceGap):
            rate = self._by_quantity(duty)
        total = np.full(size, duty.total if isinstance(duty, TopUpTo) else np.nan)
        return Stated(rate, np.zeros(size, dtype=bool), total, np.zeros(size, dtype=bool))

    def _table(self, table: RateTable, day: date, *, first_stands_in: bool) -> Stated:
        """Each article's duty by its row, worked out once between changes of the table."""
        if table.name not in self._changes:
            self._changes[table.name] = sorted({ALWAYS, *table.breakpoints()})
        changes = self._changes[table.name]
        since = changes[bisect_right(changes, day) - 1]
        if (table.name, since) not in self._tables:
            duties = [stated(row, day, first_stands_in=first_stands_in) for row in histories(table)[1]]
            self._tables[table.name, since] = self._table_rates(table, duties, base=first_stands_in)
        return self._tables[table.name, since]

    def _table_rates(self, table: RateTable, duties: list[Duty], *, base: bool) -> Stated:
        """A product that a table of base duties has no row for is not covered by it."""
        row_of = history_of(table, self.articles.code, self.articles.origin)
        rates = np.array([*(duty.rate if isinstance(duty, AdValorem) else np.nan for duty in duties), np.nan])
        totals = np.array([*(duty.total if isinstance(duty, TopUpTo) else np.nan for duty in duties), np.nan])
        stopped = np.array([*(isinstance(duty, NotApplied) for duty in duties), base])
        needs = np.array([*(isinstance(duty, Specific | Compound | Unreckoned) for duty in duties), False])
        rate, quantity = rates[row_of], needs[row_of]
        for index in np.flatnonzero(quantity & self._has_quantity()):
            duty = duties[row_of[index]]
            if isinstance(duty, Specific | Compound):
                rate[index] = self._one_by_quantity(duty, int(index))
        by_equivalent = quantity & np.isnan(rate) & ~np.isnan(self.knowns.equivalent)
        rate = np.where(by_equivalent, self.knowns.equivalent, rate)
        return Stated(rate, by_equivalent, totals[row_of], stopped[row_of])

    def _has_quantity(self) -> Bools:
        if self.knowns.quantity is None:
            return np.zeros(len(self.articles), dtype=bool)
        return ~np.isnan(self.knowns.quantity)

    def _by_quantity(self, duty: Specific | Compound | PriceGap) -> Floats:
        """Dollars per dollar of value, where the table gives a quantity in a unit that fits."""
        rate = np.full(len(self.articles), np.nan)
        if self.knowns.quantity is None:
            return rate
        for index in np.flatnonzero(self._has_quantity()):
            rate[index] = self._one_by_quantity(duty, int(index))
        return rate

    def _one_by_quantity(self, duty: Specific | Compound | PriceGap, index: int) -> float:
        """The same for one article whose quantity is given."""
        per_dollar = np.nan if self.knowns.quantity is None else self.knowns.quantity[index]
        return by_quantity(duty, per_dollar, self.knowns.unit[index])


def _rules(measure: Measure, day: date) -> list[InTransit]:
    return [rule for rule in measure.in_transit if day < rule.entered_before]


def by_quantity(duty: Specific | Compound | PriceGap, per_dollar: float, unit: str) -> float:
    """A duty as a fraction of value from the quantity a dollar of value buys; NaN if units differ."""
    if isinstance(duty, PriceGap):
        minimum = _amount(duty.minimum, per_dollar, unit)
        return float(np.maximum(0.0, minimum - 1.0))
    specific = duty if isinstance(duty, Specific) else duty.specific
    ad_valorem = duty.ad_valorem if isinstance(duty, Compound) else 0.0
    return ad_valorem + sum(_amount(part, per_dollar, unit) for part in specific.parts)


def _amount(part: Amount, per_dollar: float, unit: str) -> float:
    quantity = converted(per_dollar, unit, part.unit)
    return np.nan if quantity is None else part.amount * quantity


def stated(row: Timeline[Duty], day: date, *, first_stands_in: bool) -> Duty:
    """A row's duty on a day: nothing before its first step, or where that is wanted the first step."""
    step = row.at(day)
    if step is None and first_stands_in and row.standing:
        step = row.standing[0]
    if step is None:
        return Unreckoned("") if first_stands_in else NOT_BEGUN
    return step.value


def share_of(table: PrefixTable | float | None, articles: Articles, default: float | None) -> Floats:
    """A share for each article from a table (or one number), the default where there is no row."""
    otherwise = np.nan if default is None else default
    if isinstance(table, float | int):
        return np.full(len(articles), float(table))
    if table is None:
        return np.full(len(articles), otherwise)
    return table.value(articles.code, articles.origin, otherwise)
