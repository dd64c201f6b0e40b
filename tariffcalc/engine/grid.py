"""Articles x segments x strata -> applied rates: the law worked out once for all rows alike.

A *stratum* settles every yes/no fact that part of a lane's trade meets and part does not (claims
USMCA or not ...). The stacking formula is evaluated in each stratum, where a fact is 0 or 1; the
rows weigh the strata by their shares of value.

A day of the law differs little from the one before: only the articles of which a measure says
another thing are judged anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

import numpy as np

from tariffcalc.engine.judge import Facts, Line, Stratum, Verdict, judge
from tariffcalc.engine.lookup import Bools, Floats, Ints
from tariffcalc.engine.resolve import Resolver, Ruling
from tariffcalc.law.dates import Period
from tariffcalc.law.schedule import Precedence

Array = TypeVar("Array", Floats, Bools)


@dataclass(frozen=True)
class Grid:
    """Verdicts by segment, then by stratum; in a stratum those of the articles that can have trade in it."""

    segments: tuple[Period, ...]
    strata: tuple[Stratum, ...]
    verdicts: tuple[tuple[Verdict, ...], ...]


def by_status(grid: Grid) -> Grid:
    """The grid with each line named by its measure and its status, so that sums tell them apart."""
    return replace(grid, verdicts=tuple(tuple(map(_named_by_status, made)) for made in grid.verdicts))


def _named_by_status(verdict: Verdict) -> Verdict:
    lines = (replace(line, measure=status_name(line.measure, line.status)) for line in verdict.lines)
    return replace(verdict, lines=tuple(lines))


def status_name(measure: str, status: str) -> str:
    """The name of a measure's lines of one status; no measure's id has a space."""
    return f"{measure} {status}"


def strata_of(facts: Sequence[str]) -> tuple[Stratum, ...]:
    """Every way in which the facts can hold or not."""
    return tuple(dict(zip(facts, bits, strict=True)) for bits in product((0, 1), repeat=len(facts)))


def grid_of(resolver: Resolver, segments: Sequence[Period], facts: Sequence[str]) -> Grid:
    """The verdicts of every segment; every rate is constant in a segment."""
    strata, size = strata_of(facts), len(resolver.articles)
    known = [Facts.of(stratum, resolver.knowns.facts, size) for stratum in strata]
    able = [_able(resolver, stratum) for stratum in strata]
    made: list[tuple[Verdict, ...]] = []
    verdicts = (_nothing(size),) * len(strata)
    before: Mapping[str, Ruling] = {}
    for segment in segments:
        rulings, precedence = resolver.rulings(segment.start), resolver.schedule.precedence(segment.start)
        moved = _moved(before, rulings, size) if made else np.ones(size, dtype=bool)
        verdicts = tuple(
            _renewed(old, rulings, precedence, said, np.flatnonzero(moved & can), has_base=resolver.has_base)
            for old, said, can in zip(verdicts, known, able, strict=True)
        )
        made.append(verdicts)
        before = rulings
    return Grid(tuple(segments), strata, tuple(made))


def _nothing(size: int) -> Verdict:
    """The verdict before any law."""
    never = np.zeros(size, dtype=bool)
    return Verdict((), never, never, np.zeros(size), never)


def _able(resolver: Resolver, stratum: Stratum) -> Bools:
    """The articles of which any trade can be in a stratum: a programme is for its origins only."""
    able = np.ones(len(resolver.articles), dtype=bool)
    for name, holds in stratum.items():
        fact = resolver.schedule.facts.get(name)
        if holds and fact is not None and fact.origins:
            able &= np.array([origin in fact.origins for origin in resolver.articles.origin], dtype=bool)
    return able


def _moved(before: Mapping[str, Ruling], rulings: Mapping[str, Ruling], size: int) -> Bools:
    """The articles whose verdict may differ from that of the segment before.

    A ruling is another one whenever its measure takes a step, and who goes before whom is a step of one of the two.
    """
    moved = np.zeros(size, dtype=bool)
    for key in before.keys() | rulings.keys():
        old, new = before.get(key), rulings.get(key)
        if old is not new:
            for one in (old, new):
                moved |= False if one is None else one.held
    return moved


def _renewed(
    old: Verdict,
    law: Mapping[str, Ruling],
    precedence: Precedence,
    facts: Facts,
    articles: Ints,
    *,
    has_base: bool,
) -> Verdict:
    """A verdict in which some of the articles are judged anew."""
    if not len(articles):
        return old
    rulings = {key: one.at(articles) for key, one in law.items() if one.held[articles].any()}
    new = judge(rulings, precedence, facts.at(articles), has_base=has_base)
    return Verdict(
        tuple(_lines(old, new, articles, law)),
        known=_with(old.known, articles, new.known),
        prohibited=_with(old.prohibited, articles, new.prohibited),
        total=_with(old.total, articles, new.total),
        by_equivalent=_with(old.by_equivalent, articles, new.by_equivalent),
    )


def _with(old: Array, articles: Ints, new: Array) -> Array:
    """An array with new values for some of the articles; the old one itself where they are the same."""
    if np.array_equal(old[articles], new):
        return old
    made = old.copy()
    made[articles] = new
    return made


def _lines(old: Verdict, new: Verdict, articles: Ints, rulings: Mapping[str, Ruling]) -> list[Line]:
    """The lines of the articles judged anew among those of the others, base duties first."""
    anew = np.zeros(len(old.known), dtype=bool)
    anew[articles] = True
    before = {line.measure: line for line in old.lines}
    after = {line.measure: replace(line, articles=articles[line.articles]) for line in new.lines}
    merged = (_line(before.get(key), after.get(key), anew) for key in rulings if key in before or key in after)
    return sorted((line for line in merged if line), key=lambda line: rulings[line.measure].measure.basis != "base")


def _line(old: Line | None, new: Line | None, anew: Bools) -> Line | None:
    """A measure's line: of the old one what is not judged anew, and the new one."""
    if old is None:
        return new
    kept = ~anew[old.articles]
    if new is None:
        return old if kept.all() else _some(old, kept)
    at = np.concatenate([old.articles[kept], new.articles])
    order = np.argsort(at)
    both = (np.concatenate([getattr(old, name)[kept], getattr(new, name)])[order] for name in ("covered", "applied"))
    made = Line(new.measure, new.status, at[order], *both)
    same = all(np.array_equal(getattr(old, name), getattr(made, name)) for name in ("articles", "covered", "applied"))
    return replace(old, status=new.status) if same else made


def _some(line: Line, kept: Bools) -> Line | None:
    """A line of some of its articles; none where nothing is left."""
    if not kept.any():
        return None
    return replace(line, articles=line.articles[kept], covered=line.covered[kept], applied=line.applied[kept])
