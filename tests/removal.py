"""The law without one of its steps: what a row of ``docs/coverage.csv`` names, taken out in memory.

A part of its column ``step`` is one of

    rate DATE [ACT]          suspended DATE [ACT]     ended DATE [ACT]     top_up_to DATE [ACT]
    relief KEY [DATE [ACT]]  stacking DATE [ACT]      in_transit DATE [ACT]
    row ORIGIN DATE [ACT]    rows RATE DATE [ACT]     list NAME [DATE [ACT]]   group NAME [DATE [ACT]]
    origin ORIGIN

``row``: of a table by origin. ``rows``: every row of a table that states this rate. ``list`` and ``group``
without a day: all of their members. ``origin``: out of the measure's scope. ORIGIN is a code or a whole group.
A part is looked for in every measure that the row names, or after ``MEASURE: `` in that one only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from tariffcalc.law.codes import Block, CodeList, CodeSet, Scope
from tariffcalc.law.dates import Step, Timeline
from tariffcalc.law.duty import AdValorem, Duty, FromTable, NotApplied, RateTable, TopUpTo
from tariffcalc.law.measure import Measure, Rate
from tariffcalc.law.schedule import Schedule

PART = re.compile(
    r"(?:(?P<only>\S+): )?"
    r"(?P<verb>rate|suspended|ended|top_up_to|stacking|in_transit"
    r"|(?P<named>relief|rows?|list|group|origin) (?P<name>\S+))"
    r"(?: (?P<day>\d{4}-\d{2}-\d{2})(?: (?P<act>\S+))?)?"
)


@dataclass(frozen=True)
class Part:
    """One thing that the law says: of what kind, by what name, from which day, by which act."""

    verb: str
    name: str = ""
    day: date | None = None
    act: str | None = None
    only: str | None = None

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
        found.append(Part(match["named"] or match["verb"], match["name"] or "", day, match["act"], match["only"]))
    return found


def without(law: Schedule, key: str, part: Part) -> Schedule | None:
    """The law without what a part names of a measure; None if the measure says no such thing."""
    measure = law.measures.get(key)
    if measure is None or part.only not in {None, key}:  # not yet known on the day, or not meant
        return None
    changed = REMOVALS[part.verb](law, measure, part)
    return None if changed == measure else with_measure(law, key, changed)


def with_measure(law: Schedule, key: str, new: Measure) -> Schedule:
    """The law with another measure in the place of one; whom it yields to may differ, not what it is named.

    What the law found of precedence is kept for the days on which the two yield alike: only the others are new.
    """
    found, old = replace(law, measures={**law.measures, key: new}), law.measures[key]
    days = sorted({*law._precedences[0], *new.stacking.starts})
    alike = [old.stacking.value_at(day, None) == new.stacking.value_at(day, None) for day in days]
    each = (law.precedence(day) if same else found._precedence(day) for day, same in zip(days, alike, strict=True))
    vars(found)["_precedences"] = tuple(days), tuple(each)
    return found


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
    lines = {key: less(line, part.meets) if key == part.name else line for key, line in measure.reliefs.items()}
    return replace(measure, reliefs=lines)


def without_stacking(_: Schedule, measure: Measure, part: Part) -> Measure:
    """Without a step on whom the measure yields to."""
    return replace(measure, stacking=less(measure.stacking, part.meets))


def without_transit(_: Schedule, measure: Measure, part: Part) -> Measure:
    """Without the rules for goods loaded before a day."""
    kept = [one for one in measure.in_transit if one.loaded_before != part.day or part.act not in {None, one.cite}]
    return replace(measure, in_transit=tuple(kept))


def without_rows(law: Schedule, measure: Measure, part: Part) -> Measure:
    """Without rows of the measure's tables, by origin or by rate."""
    wanted = origins_of(law, part)

    def gone(key: str, step: Step[Duty]) -> bool:
        if part.verb == "row":
            return part.meets(step) and key.rpartition(":")[0] in wanted
        return part.meets(step) and step.value == AdValorem(float(part.name))

    if part.verb == "row" and not all(wanted <= table.origins for table in measure.tables()):
        return measure
    return replace(measure, rates=measure.rates.map(lambda rate: rate_without(rate, gone)))


def rate_without(rate: Rate, gone: Callable[[str, Step[Duty]], bool]) -> Rate:
    """A rate less some of its table's rows; one without a table, or whose table has no such rows, as it is."""
    if not isinstance(rate.duty, FromTable):
        return rate
    table = rate.duty.table
    rows = {key: less(line, partial(gone, key)) for key, line in table.rows.items()}
    return rate if rows == table.rows else replace(rate, duty=FromTable(RateTable(table.name, lambda: rows)))


def origins_of(law: Schedule, part: Part) -> frozenset[str]:
    """The origins that a part names: one, or those of a group."""
    group = law.groups.get(part.name)
    return frozenset({part.name}) if group is None else group.codes_on(part.day or date.max)


def without_origin(law: Schedule, measure: Measure, part: Part) -> Measure:
    """Without an origin of the scope, or without those of a group."""
    scope, gone = measure.scope, origins_of(law, part)
    if not all(scope.covers_origin(origin, date.max) for origin in gone):
        return measure
    excepted = replace(scope.except_origins, codes=scope.except_origins.codes | gone)
    return replace(measure, scope=replace(scope, except_origins=excepted))


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
    "origin": without_origin,
    "list": without_members,
    "group": without_members,
}
