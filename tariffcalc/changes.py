"""What changed in the law since a day, and what each change costs a year on a table of trade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar

import pandas as pd

from tariffcalc.changecosts import Costs, costs, year_of
from tariffcalc.changewords import acts_of, told
from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.estimate import read_schedule
from tariffcalc.law.codes import CodeList, Scope
from tariffcalc.law.dates import ALWAYS, Step, Timeline
from tariffcalc.law.duty import ENDED, NotApplied
from tariffcalc.law.measure import Measure, Rate, Relief
from tariffcalc.law.schedule import Schedule
from tariffcalc.shipments import importer_code

COLUMNS = ("takes_effect", "announced", "measure", "authority", "kind", "change", "act", "url", "cost", "cost_of_day")
T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """One act's word on one measure; ``counts`` are codes or rows that came and went, where that is what changed."""

    day: date
    announced: date
    measure: Measure
    kind: str
    text: str
    cite: str
    counts: tuple[int, int] | None = None


def changes(
    since: date, flows: Flows | str | None = None, *, until: date | None = None, importer: str = "USA"
) -> pd.DataFrame:
    """What takes effect or was announced since a day: a row a day and measure, in order of effect.

    ``cost`` is what the measure's duty changes by that day, in dollars a year on the trade of one year: on the table
    given, or its last year if it has more, else on the importer's own bundled table. ``cost_of_day`` is what the whole
    duty changes by. A change of standing alone costs nothing: the duty was assessed. ``attrs`` of the frame has the
    table's name as ``flows`` and what there is to mind as ``notes``.
    """
    law = read_schedule(importer_code(importer))
    end = until or max([law.law_known_until, *law.breakpoints]) + timedelta(days=1)
    if end <= since:
        raise BadRequestError(f"until {end} is not after since {since}", code="empty-window", hint="until is exclusive")
    found = sorted(
        (one for one in all_changes(law) if since <= max(one.day, one.announced) and one.day < end),
        key=lambda one: (one.day, one.measure.family, one.announced, one.kind, one.text),
    )
    table, notes = year_of(flows, law.importer) if found else (None, ())
    cost = costs(law, table, {one.day for one in found if one.kind != "status"})
    rows = [_row(law, list(steps), cost) for _, steps in groupby(found, key=lambda one: (one.day, one.measure.family))]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame.attrs.update(flows="no table" if table is None else table.name, notes=notes)
    return frame


def _row(law: Schedule, steps: list[Change], cost: Costs) -> tuple[str | float, ...]:
    """All that one day changes in one measure."""
    first = steps[0]
    kinds = list(dict.fromkeys(step.kind.partition(" ")[0] if "relief" in step.kind else step.kind for step in steps))
    own = cost.by_measure.get((first.day, first.measure.family), cost.other)
    return (
        first.day.isoformat(),
        max(step.announced for step in steps).isoformat(),
        first.measure.family,
        first.measure.authority,
        ", ".join(kinds),
        told(first.measure, first.day, steps),
        *acts_of(law, first.measure, steps),
        0.0 if kinds == ["status"] else own,
        cost.by_day.get(first.day, cost.other),
    )


def all_changes(law: Schedule) -> Iterator[Change]:
    """Every dated step of every measure; what holds from the beginning is no change.

    A step that an end cancelled, and all that is said of a measure after its end, can have no effect and is left out.
    """
    for measure in law.measures.values():
        last = measure.rates.standing[-1]
        over = last.start if last.value.duty == ENDED else date.max
        yield from (one for one in _all_of(measure) if one.day < over or (one.day == over and one.kind == "rate"))


def _all_of(measure: Measure) -> Iterator[Change]:
    yield from _of(measure, "rate", measure.rates.standing, _rate_text)
    yield from _of(measure, "status", measure.status.steps, str)
    for name, line in measure.reliefs.items():
        yield from _of(measure, f"relief {name}", line.steps, _relief_text)
    yield from _of(measure, "stacking", measure.stacking.steps, lambda _: "order of precedence")
    yield from _member_changes(measure)
    yield from _row_changes(measure)
    for rule in measure.in_transit:
        said = f"loaded before, and entered before {rule.entered_before}: {rule.duty}"
        yield Change(rule.loaded_before, rule.announced, measure, "goods on the water", said, rule.cite)


def _of(measure: Measure, kind: str, steps: Iterable[Step[T]], text: Callable[[T], str]) -> Iterator[Change]:
    for step in steps:
        if step.start > ALWAYS:
            yield Change(step.start, step.announced, measure, kind, text(step.value), step.cite)


def _member_changes(measure: Measure) -> Iterator[Change]:
    """The days on which a list or group of the measure's scope, or of a relief's, gained or lost codes."""
    roles = dict(_roles("", measure.scope))
    for name, line in measure.reliefs.items():
        for step in line.steps:
            if step.value is not None:
                roles |= dict(_roles(f"relief {name}: ", step.value.scope))
    for (role, _), codes in roles.items():
        lines = ((block.membership, len(block.codes)) for block in codes.blocks)
        for (day, announced, cite), (joined, left) in _counted(measure, lines):
            said = f"list {codes.name}: +{joined} -{left} codes"
            yield Change(day, announced, measure, role, said, cite, (joined, left))


def _roles(prefix: str, scope: Scope) -> Iterator[tuple[tuple[str, str], CodeList]]:
    """The lists and groups of a scope, each by what it is there and by its name."""
    words = ("origins", "excepted origins", "products", "excepted products")
    for word, codes in zip(words, scope.sets(), strict=False):
        yield from ((((prefix + word), one.name), one) for one in codes.lists)


def _row_changes(measure: Measure) -> Iterator[Change]:
    """The days on which rows of the measure's tables began, changed or ended."""
    for table in {one.name: one for one in measure.tables()}.values():
        lines = ((row.map(lambda duty: not isinstance(duty, NotApplied)), 1) for row in table.rows.values())
        for (day, announced, cite), (stated, ended) in _counted(measure, lines):
            said = f"table {table.name}: {stated} rows, {ended} ended"
            yield Change(day, announced, measure, "table", said, cite, (stated, ended))


def _counted(
    measure: Measure, lines: Iterable[tuple[Timeline[bool], int]]
) -> Iterator[tuple[tuple[date, date, str], list[int]]]:
    """How many of something came and went, by day, day of announcement and act, after the measure began."""
    first = min((step.start for step in measure.rates.steps), default=date.max)
    days: dict[tuple[date, date, str], list[int]] = {}
    for line, many in lines:
        for step in line.steps:
            if step.start > first:
                counts = days.setdefault((step.start, step.announced, step.cite), [0, 0])
                counts[0 if step.value else 1] += many
    yield from days.items()


def _rate_text(rate: Rate) -> str:
    return str(rate.duty) + (f" of the {rate.content} content" if rate.content else "")


def _relief_text(relief: Relief | None) -> str:
    if relief is None:
        return "ends"
    return "relieves the whole article" if relief.whole else f"relieves {relief.relieves}"
