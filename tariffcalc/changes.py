"""What changed in the law since a day, and what each change costs a year on a table of trade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import pandas as pd

from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.estimate import estimate, read_flows, read_schedule
from tariffcalc.law.codes import CodeList, Scope
from tariffcalc.law.dates import ALWAYS, Step, Timeline
from tariffcalc.law.duty import NotApplied
from tariffcalc.law.measure import Measure, Rate, Relief
from tariffcalc.law.schedule import Schedule
from tariffcalc.shipments import importer_code

COLUMNS = ("takes_effect", "announced", "measure", "authority", "kind", "change", "act", "url", "cost", "cost_of_day")
YEAR_DAYS = 365
DEFAULT_TABLE = "us-world-2024"
T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """One act's word on one measure."""

    day: date
    announced: date
    measure: Measure
    kind: str
    text: str
    cite: str


def changes(
    since: date, flows: Flows | str = DEFAULT_TABLE, *, until: date | None = None, importer: str = "USA"
) -> pd.DataFrame:
    """Every step that takes effect or was announced since a day, in order of effect.

    ``cost`` is what the measure's duty changes by that day, ``cost_of_day`` what the whole duty
    does, in dollars a year on the table's trade of one year. A step on a day on which the law as
    a whole did not change in effect (a pause before it began) costs nothing.
    """
    law = read_schedule(importer_code(importer))
    end = until or max([law.law_known_until, *law.breakpoints]) + timedelta(days=1)
    if end <= since:
        raise BadRequestError(f"until {end} is not after since {since}", code="empty-window", hint="until is exclusive")
    found = [one for one in all_changes(law) if since <= max(one.day, one.announced) and one.day < end]
    by_measure, by_day = _costs(law, flows, found)
    rows = [
        (
            one.day.isoformat(),
            one.announced.isoformat(),
            one.measure.family,
            one.measure.authority,
            one.kind,
            one.text,
            *_act(law, one),
            by_measure.get((one.day, one.measure.family), 0.0),
            by_day.get(one.day, 0.0),
        )
        for one in sorted(found, key=lambda one: (one.day, one.announced, one.measure.id, one.kind, one.text))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def all_changes(law: Schedule) -> Iterator[Change]:
    """Every dated step of every measure; what holds from the beginning is no change."""
    for measure in law.measures.values():
        yield from _of(measure, "rate", measure.rates.steps, _rate_text)
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
            yield Change(day, announced, measure, role, f"list {codes.name}: +{joined} -{left} codes", cite)


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
            yield Change(day, announced, measure, "table", f"table {table.name}: {stated} rows, {ended} ended", cite)


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


def _act(law: Schedule, one: Change) -> tuple[str, str]:
    """The act's title and address."""
    cite = one.measure.citations.get(one.cite) or law.acts.get(one.cite)
    return (one.cite, "") if cite is None else (cite.title, cite.url)


def _costs(
    law: Schedule, flows: Flows | str, found: list[Change]
) -> tuple[dict[tuple[date, str], float], dict[date, float]]:
    """Dollars a year by (day, measure) and by day: the duty of the segment less that before it."""
    days = {one.day for one in found}
    if not days:
        return {}, {}
    window = (min(days) - timedelta(days=1), max(days) + timedelta(days=1))
    table = read_flows(flows) if isinstance(flows, str) else flows
    frame = estimate(table, law, by=("segment", "measure"), window=window, basis="base_year").frame
    start, until = pd.to_datetime(frame["segment_from"]), pd.to_datetime(frame["segment_until"])
    frame = frame.assign(yearly=frame["duty"] / (until - start).dt.days * YEAR_DAYS, day=start.dt.date)
    yearly = frame.pivot_table(index="day", columns="measure", values="yearly", aggfunc="sum", fill_value=0.0)
    step = yearly.diff().iloc[1:]
    amounts, names, days_of = step.to_numpy(dtype=float), list(step.columns), list(step.index)
    by_measure = {(day, name): amounts[i, j] for i, day in enumerate(days_of) for j, name in enumerate(names)}
    return by_measure, dict(zip(days_of, amounts.sum(axis=1), strict=True))
