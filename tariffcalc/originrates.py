"""The rates of a measure by date where a table states them by origin: those of one origin, and how far they spread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby

from tariffcalc.law.dates import Step, Timeline
from tariffcalc.law.duty import AdValorem, Duty, FromTable, NotApplied, RateTable, TopUpTo, percent
from tariffcalc.law.measure import Measure, Rate


def origins_of(one: Measure) -> list[str]:
    """The origins in its scope for which the measure states a rate or a heading of their own."""
    named = {origin for table in one.tables() for origin in table.origins}
    for declared in one.declared:
        named |= declared.scope.origins.codes
    days = sorted(one.breakpoints() - {date.max})
    return sorted(origin for origin in named if any(one.scope.covers_origin(origin, day) for day in days))


def steps_for(one: Measure, origin: str) -> list[Step[Rate]]:
    """The dated rates of one origin: where a table states them by origin, its own rows within each step.

    A row for some products only is told with its product in the note.
    """
    found: list[Step[Rate]] = []
    for step, until in _windows(one.rates):
        table = by_origin(step.value)
        if table is None:
            found.append(step)
            continue
        for key, row in table.rows.items():
            if key.rpartition(":")[0] == origin:
                said = replace(step.value, note=key.rpartition(":")[2] or step.value.note)
                found += [
                    Step(each.start, each.announced, replace(said, duty=each.value), each.cite)
                    for each in _within(row, step, until)
                ]
    return found


def rate_for(one: Measure, origin: str, day: date) -> Rate | None:
    """The rate of an origin's goods on a day, or None where the measure does not apply to them."""
    here = [step.value for step in steps_for(one, origin) if step.start <= day]
    return here[-1] if here and here[-1].applies else None


def by_origin(rate: Rate) -> RateTable | None:
    """The table that states a rate by origin, if one does."""
    return rate.duty.table if isinstance(rate.duty, FromTable) and rate.duty.table.origins else None


def dated(one: Measure) -> Iterator[tuple[Step[Rate], str]]:
    """The dated rates, each as it is printed; of a table by origin how many origins and which range, at each change."""
    for step, until in _windows(one.rates):
        table = by_origin(step.value)
        if table is None:
            yield step, str(step.value.duty)
            continue
        changes = sorted({each.start: each for row in table.rows.values() for each in row.standing}.items())
        starts = {step.start: step} | {day: each for day, each in changes if step.start < day < until}
        for day, each in starts.items():
            yield replace(step, start=day, announced=each.announced, cite=each.cite), spread(one, table, day)


def spread(one: Measure, table: RateTable, day: date) -> str:
    """What a table by origin states on a day: how many origins, from which rate to which, and the floors."""
    covered = [key for key in table.rows if one.scope.covers_origin(key.rpartition(":")[0], day)]
    duties = [duty for key in covered if not isinstance(duty := _duty_of(table.rows[key], day), NotApplied)]
    origins = len({key.rpartition(":")[0] for key in covered})
    rates = sorted({duty.rate for duty in duties if isinstance(duty, AdValorem)})
    said = [" to ".join(percent(rate) for rate in dict.fromkeys((rates[0], rates[-1])))] if rates else []
    for total, those in groupby(sorted(duty.total for duty in duties if isinstance(duty, TopUpTo))):
        said.append(f"for {len(list(those))} of them {TopUpTo(total)}")
    return f"by origin, {origins} origins: {', '.join(said) or 'none applies'}"


def heading_of(one: Measure, origin: str, step: Step[Rate]) -> str:
    """The heading of all of an origin's goods from a step on, where the law states one; else the measure's own."""
    standing = one.rates.at(step.start)
    table = None if standing is None else by_origin(standing.value)
    stated = None if table is None else table.heading("", origin, step.start)
    own = [each for each in one.declared if each.start <= step.start and each.scope.covers_origin(origin, step.start)]
    if stated is None and own and all(each.scope.products.everything and each.scope.fact is None for each in own):
        stated = own[-1].heading
    return one.heading if stated is None else stated.told(reached=None)


def _duty_of(row: Timeline[Duty], day: date) -> Duty:
    return row.value_at(day, NotApplied("not in force"))


def _windows(rates: Timeline[Rate]) -> Iterable[tuple[Step[Rate], date]]:
    """Each standing step and the day on which the next begins."""
    ends = [*rates.starts[1:], date.max]
    return zip(rates.standing, ends, strict=True)


def _within(row: Timeline[Duty], step: Step[Rate], until: date) -> Iterator[Step[Duty]]:
    """What a row states from a step on until the next: at first as it stood then, by whatever act."""
    first = row.at(step.start)
    if first is not None and first.start < step.start:
        yield replace(first, start=step.start, announced=step.announced, cite=step.cite)
    yield from (each for each in row.standing if step.start <= each.start < until)
