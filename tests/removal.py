"""The law without one of its steps: what a row of ``docs/coverage.csv`` names, taken out in memory.

A part of its column ``step`` is one of

    rate DATE [ACT]          suspended DATE [ACT]     ended DATE [ACT]     top_up_to DATE [ACT]
    relief KEY [DATE [ACT]]  stacking DATE [ACT]      in_transit DATE [ACT]
    row ORIGIN DATE [ACT]    rows RATE DATE [ACT]     list NAME [DATE [ACT]]   group NAME [DATE [ACT]]

``row``: of a table by origin; ORIGIN is a code or a group, whose rows go together. ``rows``: every row of a
table that states this rate. ``list`` and ``group`` without a day: all of their members.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tariffcalc.law.codes import Block, CodeList, CodeSet, Scope
from tariffcalc.law.dates import Step, Timeline
from tariffcalc.law.duty import AdValorem, Duty, FromTable, NotApplied, RateTable, TopUpTo
from tariffcalc.law.measure import Measure, Rate, Relief
from tariffcalc.law.schedule import Schedule

PART = re.compile(
    r"(?P<verb>rate|suspended|ended|top_up_to|stacking|in_transit|(?P<named>relief|rows?|list|group) (?P<name>\S+))"
    r"(?: (?P<day>\d{4}-\d{2}-\d{2})(?: (?P<act>\S+))?)?"
)


@dataclass(frozen=True)
class Part:
    """One thing that the law says: of what kind, by what name, from which day, by which act."""

    verb: str
    name: str = ""
    day: date | None = None
    act: str | None = None

    def meets(self, step: Step[Any]) -> bool:
        """Whether a step is of the part's day and act."""
        return self.day in {None, step.start} and self.act in {None, step.cite}


def parts_of(text: str) -> list[Part]:
    """The parts of a cell of the column ``step``; one that follows no form is refused."""
    found = []
    for piece in text.split("; "):
        match = PART.fullmatch(piece)
        if match is None:
            raise ValueError(f"{piece!r} names no step")
        day = date.fromisoformat(match["day"]) if match["day"] else None
        found.append(Part(match["named"] or match["verb"], match["name"] or "", day, match["act"]))
    return found


def without(law: Schedule, key: str, part: Part) -> Schedule | None:
    """The law without what a part names of a measure; None if the measure says no such thing."""
    measure = law.measures[key]
    changed = REMOVALS[part.verb](law, measure, part)
    return None if changed == measure else replace(law, measures={**law.measures, key: changed})


def less(line: Timeline[Any], gone: Callable[[Step[Any]], bool]) -> Timeline[Any]:
    """A timeline without some of its steps."""
    return Timeline(tuple(step for step in line.steps if not gone(step)))


def without_rate(_: Schedule, measure: Measure, part: Part) -> Measure:
    """Without a step that imposes a duty, suspends it, ends it, or tops it up."""
    return replace(
        measure, rates=less(measure.rates, lambda step: part.meets(step) and states(step.value.duty, part.verb))
    )


def states(duty: Duty, verb: str) -> bool:
    """Whether a duty is of the kind that a part's verb names."""
    if isinstance(duty, NotApplied):
        return duty.why == verb
    return verb == "rate" or (verb == "top_up_to" and isinstance(duty, TopUpTo))


def without_relief(_: Schedule, measure: Measure, part: Part) -> Measure:
    """Without a relief, or without one step of it."""
    line = measure.reliefs.get(part.name, Timeline[Relief | None]())
    return replace(measure, reliefs={**measure.reliefs, part.name: less(line, part.meets)})


def without_stacking(_: Schedule, measure: Measure, part: Part) -> Measure:
    """Without a step on whom the measure yields to."""
    return replace(measure, stacking=less(measure.stacking, part.meets))


def without_transit(_: Schedule, measure: Measure, part: Part) -> Measure:
    """Without the rules for goods loaded before a day."""
    kept = [one for one in measure.in_transit if one.loaded_before != part.day or part.act not in {None, one.cite}]
    return replace(measure, in_transit=tuple(kept))


def without_rows(law: Schedule, measure: Measure, part: Part) -> Measure:
    """Without rows of the measure's tables, by origin or by rate."""
    wanted = law.groups[part.name].codes_on(part.day or date.max) if part.name in law.groups else {part.name}

    def gone(key: str, step: Step[Duty]) -> bool:
        if part.verb == "row":
            return part.meets(step) and key.rpartition(":")[0] in wanted
        return part.meets(step) and step.value == AdValorem(float(part.name))

    def changed(rate: Rate) -> Rate:
        return replace(rate, duty=FromTable(table_without(rate.duty.table, gone))) if by_table(rate) else rate

    def by_table(rate: Rate) -> bool:
        return isinstance(rate.duty, FromTable) and any(
            gone(key, step) for key, line in rate.duty.table.rows.items() for step in line.steps
        )

    return replace(measure, rates=measure.rates.map(changed))


def table_without(table: RateTable, gone: Callable[[str, Step[Duty]], bool]) -> RateTable:
    """A table without some of its rows' steps."""
    return RateTable(
        table.name,
        lambda: {key: less(line, lambda step: gone(key, step)) for key, line in table.rows.items()},
    )


def without_members(_: Schedule, measure: Measure, part: Part) -> Measure:
    """Without members of a list or group, wherever the measure names it."""
    reliefs = {
        key: line.map(lambda relief: relief and replace(relief, scope=scope_without(relief.scope, part)))
        for key, line in measure.reliefs.items()
    }
    return replace(measure, scope=scope_without(measure.scope, part), reliefs=reliefs)


def scope_without(scope: Scope, part: Part) -> Scope:
    """A scope with a list or group less some of its members."""
    names = ("origins", "except_origins", "products", "except_products")
    return replace(scope, **{name: set_without(getattr(scope, name), part) for name in names})


def set_without(codes: CodeSet, part: Part) -> CodeSet:
    """A code set with one of its lists less some of its members."""
    return replace(codes, lists=tuple(list_without(one, part) for one in codes.lists))


def list_without(codes: CodeList, part: Part) -> CodeList:
    """A list less the steps of its members that the part names; another list as it is."""
    if codes.name != part.name or not any(part.meets(s) for block in codes.blocks for s in block.membership.steps):
        return codes
    blocks = [Block(block.codes, less(block.membership, part.meets)) for block in codes.blocks]
    return CodeList(codes.name, lambda: blocks)


REMOVALS: dict[str, Callable[[Schedule, Measure, Part], Measure]] = {
    "rate": without_rate,
    "suspended": without_rate,
    "ended": without_rate,
    "top_up_to": without_rate,
    "relief": without_relief,
    "stacking": without_stacking,
    "in_transit": without_transit,
    "row": without_rows,
    "rows": without_rows,
    "list": without_members,
    "group": without_members,
}
