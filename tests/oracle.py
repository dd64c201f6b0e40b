"""A second reckoner: slow, obvious, and without a line of the engine in it.

It takes one shipment on one day, asks every measure in plain Python whether it applies, and walks precedence by
recursion, as the law is read: "unless that other duty applies to the article". A table of trade is reckoned day by
day, each row taken apart into shipments for which every yes/no fact is settled. Of the program it uses the law's own
data types only; which step holds, what a list holds, which share counts, it works out itself.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import product as combinations
from typing import Any

import pandas as pd

from tariffcalc.law import duty as kinds
from tariffcalc.law.codes import CodeSet, Scope
from tariffcalc.law.dates import Step, Timeline
from tariffcalc.law.measure import Measure, Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.paths import trade_data_folder

UNIT_SIZES = {("t", "kg"): 1000.0, ("kg", "t"): 0.001, ("doz", "each"): 12.0, ("each", "doz"): 1 / 12}


@dataclass(frozen=True)
class Goods:
    """One row of trade: what it is, when it came (``start`` to ``until``), its value and what is said of it."""

    product: str
    origin: str
    start: date
    until: date
    value: float
    facts: Mapping[str, float] = field(default_factory=dict)
    contents: Mapping[str, float] = field(default_factory=dict)
    quantity: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Answer:
    """What one shipment pays: rate by measure (None: not known), part of value covered, whether it may enter."""

    applied: Mapping[str, float | None]
    covered: Mapping[str, float | None]
    base: float | None
    prohibited: bool

    @property
    def known(self) -> bool:
        """Whether every rate is known and entry is allowed."""
        return not self.prohibited and None not in self.applied.values()

    @property
    def total(self) -> float:
        """The rate of all measures together; only where it is known."""
        return sum(rate for rate in self.applied.values() if rate is not None)


@dataclass
class Sums:
    """Dollars over a table: duty and covered value by measure, and by whether the rates are known."""

    duty: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    covered: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    value: float = 0.0
    resolved: float = 0.0
    prohibited: float = 0.0


def oracle_rate(
    schedule: Schedule,
    product: str,
    origin: str,
    day: date,
    facts: Mapping[str, bool],
    contents: Mapping[str, float | None],
    per_dollar: tuple[float, str] | None = None,
) -> Answer:
    """What one shipment pays; ``per_dollar`` is its quantity for each dollar of value, and the unit."""
    return _law(schedule, day).answer(product, origin, facts, contents, per_dollar)


def oracle_duty(rows: Iterable[Goods], schedule: Schedule, start: date, until: date) -> Sums:
    """The duty on a few rows in a window, day by day."""
    sums = Sums()
    for row in rows:
        each = row.value / (row.until - row.start).days
        contents = contents_of(schedule, row)
        ways = list(shipments(schedule, row))
        per_dollar = (row.quantity / row.value, row.unit) if row.quantity else None
        day = max(start, row.start)
        while day < min(until, row.until):
            for weight, facts in ways:
                answer = oracle_rate(schedule, row.product, row.origin, day, facts, contents, per_dollar)
                _add(sums, answer, each * weight)
            day += timedelta(days=1)
    return sums


def _add(sums: Sums, answer: Answer, value: float) -> None:
    sums.value += value
    sums.prohibited += value if answer.prohibited else 0.0
    for name, part in answer.covered.items():
        sums.covered[name] += value * (part or 0.0)
    if not answer.known:
        return
    sums.resolved += value
    for name, rate in answer.applied.items():
        sums.duty[name] += value * (rate or 0.0)


# --- which step holds, and what a scope holds ------------------------------------------------------------------------


def holding(line: Timeline[Any], day: date) -> Step[Any] | None:
    """The step with the greatest (start, announced) not later than the day, less what an end cancelled."""
    best: Step[Any] | None = None
    for step in line.steps:
        cancelled = any(
            end.ends and end is not step and end.start < step.start and step.announced <= end.announced
            for end in line.steps
        )
        if step.start > day or cancelled:
            continue
        if best is None or (step.start, step.announced) > (best.start, best.announced):
            best = step
    return best


def is_in(codes: CodeSet, code: str, day: date) -> bool:
    """Whether a code is in a set: everything, or named by one of its beginnings, or on one of the lists."""
    if codes.everything:
        return True
    beginnings = [code[:length] for length in range(2, len(code) + 1)]
    if any(part in codes.codes for part in beginnings):
        return True
    for one in codes.lists:
        for block in one.blocks:
            if any(part in block.codes for part in beginnings):
                step = holding(block.membership, day)
                if step is not None and step.value:
                    return True
    return False


def in_scope(scope: Scope, product: str, origin: str, day: date) -> bool:
    """Whether a scope holds the product of the origin: excluded first, then included, then narrowed."""
    if is_in(scope.except_origins, origin, day) or not is_in(scope.origins, origin, day):
        return False
    if is_in(scope.except_products, product, day) or not is_in(scope.products, product, day):
        return False
    if any(in_scope(outer, product, origin, day) for outer in scope.outside):
        return False
    return all(in_scope(inner, product, origin, day) for inner in scope.within)


# --- one day's law ---------------------------------------------------------------------------------------------------


@dataclass
class _Law:
    """The measures of one schedule on one day."""

    schedule: Schedule
    day: date
    _held: dict[tuple[int, str, str], bool] = field(default_factory=dict)

    @cached_property
    def rates(self) -> dict[str, Rate]:
        """The measures that are in force, and what they state."""
        steps = {key: holding(one.rates, self.day) for key, one in self.schedule.measures.items()}
        return {
            key: step.value
            for key, step in steps.items()
            if step is not None and not isinstance(step.value.duty, kinds.NotApplied)
        }

    @cached_property
    def edges(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """For each measure those it yields to: for the rest of the value, and for the whole article."""
        rest: dict[str, set[str]] = defaultdict(set)
        whole: dict[str, set[str]] = defaultdict(set)
        for key, measure in self.schedule.measures.items():
            step = holding(measure.stacking, self.day)
            if step is None:
                continue
            rest[key] |= self.named(step.value.yields_to)
            whole[key] |= self.named(step.value.yields_whole_to)
            for other in self.named(step.value.displaces):
                rest[other].add(key)
            for other in self.named(step.value.displaces_whole):
                whole[other].add(key)
        for key, measure in self.schedule.measures.items():
            whole[key] -= self.named([measure.family])
            rest[key] -= self.named([measure.family]) | whole[key]
        return rest, whole

    @cached_property
    def bearers(self) -> dict[str, set[str]]:
        """The ids of the measures that a name stands for: an id, or ``set:`` and a set's name."""
        found: dict[str, set[str]] = defaultdict(set)
        for key, one in self.schedule.measures.items():
            for name in (one.family, *(f"set:{name}" for name in one.sets)):
                found[name].add(key)
        return found

    def named(self, names: Iterable[str]) -> set[str]:
        """The ids of the measures that any of these names stands for."""
        return {key for name in names for key in self.bearers.get(name, ())}

    @cached_property
    def order(self) -> list[str]:
        """The measures in force but fees, base duties first: the others may top them up."""
        measures = self.schedule.measures
        kept = [key for key in self.rates if measures[key].basis != "fee"]
        return sorted(kept, key=lambda key: (measures[key].basis != "base", key))

    @cached_property
    def reliefs(self) -> dict[str, list[Any]]:
        """The reliefs of each measure in force."""
        found = {}
        for key in self.rates:
            steps = [holding(line, self.day) for line in self.schedule.measures[key].reliefs.values()]
            found[key] = [step.value for step in steps if step is not None and step.value is not None]
        return found

    def holds(self, scope: Scope, product: str, origin: str) -> bool:
        """Whether a scope holds the product of the origin; asked once for all shipments of them."""
        asked = (id(scope), product, origin)
        if asked not in self._held:
            self._held[asked] = in_scope(scope, product, origin, self.day)
        return self._held[asked]

    def answer(
        self,
        product: str,
        origin: str,
        facts: Mapping[str, bool],
        contents: Mapping[str, float | None],
        per_dollar: tuple[float, str] | None,
    ) -> Answer:
        """Every measure's part of one shipment's duty."""
        return _Shipment(self, product, origin, facts, contents, per_dollar).answer()


@cache
def _of_day(schedule_id: int, day: date) -> _Law:
    return _Law(_SCHEDULES[schedule_id], day)


_SCHEDULES: dict[int, Schedule] = {}


def _law(schedule: Schedule, day: date) -> _Law:
    """The law of a day, kept for the next shipment."""
    _SCHEDULES[id(schedule)] = schedule
    return _of_day(id(schedule), day)


@dataclass
class _Shipment:
    """One shipment before the law of a day."""

    law: _Law
    product: str
    origin: str
    facts: Mapping[str, bool]
    contents: Mapping[str, float | None]
    per_dollar: tuple[float, str] | None
    _subject: dict[str, bool] = field(default_factory=dict)
    _covered: dict[str, float | None] = field(default_factory=dict)

    def answer(self) -> Answer:
        measures = self.law.schedule.measures
        applied: dict[str, float | None] = {}
        covered: dict[str, float | None] = {}
        base: float | None = 0.0
        prohibited = False
        for key in self.law.order:
            if not self.subject(key):
                continue
            prohibited |= isinstance(self.law.rates[key].duty, kinds.Prohibited)
            part = self.covered(key)
            rate = 0.0 if part == 0 else self.statutory(key, base)
            product = None if part is None or rate is None else part * rate
            if measures[key].basis == "base":
                base = None if base is None or product is None else base + product
            name = measures[key].family
            applied[name] = _plus(applied.get(name, 0.0), product)
            covered[name] = _plus(covered.get(name, 0.0), part)
        return Answer(applied, covered, base, prohibited)

    def holds(self, fact: str | None) -> bool:
        """Whether a fact holds; what is not said takes the schedule's default."""
        if fact is None:
            return True
        known = self.law.schedule.facts.get(fact)
        if known is not None and known.origins and self.origin not in known.origins:
            return False
        default = known is not None and known.default == 1.0
        return bool(self.facts.get(fact, default))

    def applies(self, key: str) -> bool:
        """In force on the day, on these goods, and for goods that meet this fact."""
        measure = self.law.schedule.measures[key]
        if key not in self.law.rates or not self.law.holds(measure.scope, self.product, self.origin):
            return False
        if not self.holds(measure.scope.fact):
            return False
        return not any(isinstance(one, kinds.NotApplied) for one in self.on_the_water(measure))

    def on_the_water(self, measure: Measure) -> list[kinds.Duty]:
        """What the rules for goods on the water say of this shipment."""
        if not self.holds("in_transit"):
            return []
        return [rule.duty for rule in measure.in_transit if self.law.day < rule.entered_before]

    def reliefs(self, key: str) -> Iterator[Any]:
        """The reliefs that this shipment enjoys."""
        for one in self.law.reliefs[key]:
            if self.holds(one.fact) and self.law.holds(one.scope, self.product, self.origin):
                yield one

    def subject(self, key: str) -> bool:
        """The measure applies, nothing relieves the article, and nothing it yields the article to takes it."""
        if key not in self._subject:
            self._subject[key] = (
                self.applies(key)
                and not any(one.relieves == "all" for one in self.reliefs(key))
                and not any(self.subject(other) for other in self.law.edges[1][key])
            )
        return self._subject[key]

    def covered(self, key: str) -> float | None:
        """The part of value the measure bites on: its content, at most what those it yields to leave."""
        if not self.subject(key):
            return 0.0
        if key not in self._covered:
            content = self.content(key)
            others = [self.covered(other) for other in self.law.edges[0][key] if self.subject(other)]
            if content is None or None in others:
                self._covered[key] = None
            else:
                left = 1.0 - sum(part for part in others if part is not None)
                self._covered[key] = min(content, max(0.0, left))
        return self._covered[key]

    def content(self, key: str) -> float | None:
        """The part of value that the step names, less what reliefs take out of it."""
        name = self.law.rates[key].content
        content = 1.0 if name is None else self.contents.get(name)
        for relief in self.reliefs(key):
            share = self.contents.get(relief.relieves)
            if content is None or share is None:
                return None
            content = max(0.0, content - min(max(share, relief.minimum), relief.maximum))
        return content

    def statutory(self, key: str, base: float | None) -> float | None:
        """The rate as a fraction of value; None where it cannot be known."""
        measure, rate = self.law.schedule.measures[key], self.law.rates[key]
        duty = next(iter(self.on_the_water(measure)), rate.duty)
        found = self.fraction(duty, base)
        for change in rate.transforms:
            found = None if found is None else _transformed(found, change)
        return found

    def fraction(self, duty: kinds.Duty, base: float | None) -> float | None:
        if isinstance(duty, kinds.FromTable):
            line = self.line(duty.table)
            stated = None if line is None else self.fraction(line, base)
            needs = line is not None and not isinstance(line, kinds.AdValorem)
            return equivalent(self.product) if stated is None and needs else stated
        if isinstance(duty, kinds.AdValorem):
            return duty.rate
        if isinstance(duty, kinds.Quota):
            return duty.within if self.holds("in_quota") else duty.over
        if isinstance(duty, kinds.TopUpTo):
            return None if base is None else max(0.0, duty.total - base)
        if isinstance(duty, kinds.PriceGap):
            dollars = self.dollars(duty.minimum)
            return None if dollars is None else max(0.0, dollars - 1.0)
        if isinstance(duty, kinds.Specific):
            return _plus(*(self.dollars(part) for part in duty.parts))
        if isinstance(duty, kinds.Compound):
            return _plus(duty.ad_valorem, *(self.dollars(part) for part in duty.specific.parts))
        return 0.0 if isinstance(duty, kinds.Prohibited) else None

    def line(self, table: kinds.RateTable) -> kinds.Duty | None:
        """The duty of the product's tariff line; the earliest edition stands in for what came before it."""
        for length in range(10, -1, -1):
            for place in (f"{self.origin}:", ""):
                row = table.rows.get(place + self.product[:length])
                if row is not None:
                    first = min(row.steps, key=lambda step: (step.start, step.announced))
                    return (holding(row, self.law.day) or first).value
        return None

    def dollars(self, part: kinds.Amount) -> float | None:
        """Dollars of duty for each dollar of value."""
        if self.per_dollar is None:
            return None
        quantity, unit = self.per_dollar
        size = 1.0 if unit == part.unit else UNIT_SIZES.get((unit, part.unit))
        return None if size is None else part.amount * quantity * size


def _plus(*parts: float | None) -> float | None:
    return None if None in parts else sum(part for part in parts if part is not None)


def _transformed(rate: float, change: kinds.Transform) -> float:
    if isinstance(change, kinds.Cap):
        return min(rate, change.rate)
    if isinstance(change, kinds.Cut):
        return rate - rate * change.share
    return change.coefficient * rate / (change.coefficient + rate)


# --- the facts of trade ----------------------------------------------------------------------------------------------


@cache
def table(name: str, folder: str = "shares") -> list[dict[Any, Any]]:
    """The rows of a table of trade facts."""
    path = trade_data_folder() / folder / f"{name}.csv"
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    return [dict(row) for row in pd.read_parquet(path.with_suffix(".parquet")).to_dict("records")]


@cache
def _by_key(name: str, column: str, folder: str = "shares") -> dict[tuple[str, str], float]:
    rows = table(name, folder)
    named = column if column in rows[0] else "share"
    return {(row["product"], row.get("origin") or ""): float(row[named]) for row in rows}


@cache
def looked_up(name: str, column: str, product: str, origin: str, folder: str = "shares") -> float | None:
    """The row with the longest beginning of the product, the origin's own row first."""
    rows = _by_key(name, column, folder)
    for length in range(10, -1, -1):
        for place in (origin, ""):
            if (product[:length], place) in rows:
                return rows[product[:length], place]
    return None


def equivalent(product: str) -> float | None:
    """The ad valorem equivalent of a tariff line's specific or compound duty."""
    return looked_up("ave", "ave", product, "", "tariff_lines")


@cache
def share_table(name: str | None) -> str | None:
    """The table of a fact's shares that is held: the settled one, else the one of that name."""
    folder = trade_data_folder() / "shares"
    return next((one for one in (f"{name}_settled", name) if one and list(folder.glob(f"{one}.[cp]*"))), None)


def fact_share(schedule: Schedule, name: str, row: Goods) -> float:
    """The part of a row's value for which a fact holds: said by the row, else the table's, else the default."""
    fact = schedule.facts[name]
    if fact.origins and row.origin not in fact.origins:
        return 0.0
    if name in row.facts:
        return row.facts[name]
    held = share_table(fact.shares)
    found = None if held is None else looked_up(held, "share", row.product, row.origin)
    return fact.default if found is None else found


def shipments(schedule: Schedule, row: Goods) -> Iterator[tuple[float, dict[str, bool]]]:
    """A row as shipments for which every fact is settled, each with its part of the row's value."""
    shares = {name: fact_share(schedule, name, row) for name in schedule.facts}
    mixed = [name for name, share in shares.items() if 0 < share < 1]
    certain = {name: share == 1 for name, share in shares.items() if name not in mixed}
    for answers in combinations((False, True), repeat=len(mixed)):
        said = dict(zip(mixed, answers, strict=True))
        weight = 1.0
        for name, yes in said.items():
            weight *= shares[name] if yes else 1.0 - shares[name]
        yield weight, {**certain, **said}


def contents_of(schedule: Schedule, row: Goods) -> dict[str, float | None]:
    """The part of a row's value that each content is: said by the row, else the table's, else the default."""
    found: dict[str, float | None] = {}
    for name, content in schedule.contents.items():
        share = None
        if content.shares is not None:
            share = looked_up(content.shares, name, row.product, row.origin)
        found[name] = row.contents.get(name, content.default if share is None else share)
    return found
