"""Articles x segments x strata -> applied rates: the law worked out once for all rows alike.

A *stratum* settles every yes/no fact that part of a lane's trade meets and part does not (claims
USMCA or not ...). The stacking formula is evaluated in each stratum, where a fact is 0 or 1; the
rows weigh the strata by their shares of value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from tariffcalc.engine.lookup import Bools, Floats, Ints
from tariffcalc.engine.resolve import IN_QUOTA, IN_TRANSIT, Resolver, Ruling
from tariffcalc.engine.stack import Claim, cover
from tariffcalc.law.dates import Period
from tariffcalc.law.duty import Quota
from tariffcalc.law.schedule import Precedence

Stratum = Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """One measure in one segment and stratum: the articles subject to it, and how.

    ``status``: what its duty on these days is worth in law.
    """

    measure: str
    status: str
    articles: Ints
    covered: Floats
    applied: Floats


@dataclass(frozen=True)
class Verdict:
    """All measures in one segment and stratum. Arrays have one entry an article.

    ``known``: every rate is known. ``prohibited``: entry is not allowed. ``total``: the applied
    rate, 0 where not known. ``by_equivalent``: an ad valorem equivalent stands for a duty.
    """

    lines: tuple[Line, ...]
    known: Bools
    prohibited: Bools
    total: Floats
    by_equivalent: Bools


@dataclass(frozen=True)
class Grid:
    """Verdicts by segment, then by stratum."""

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
    strata = strata_of(facts)
    able = [_able(resolver, stratum) for stratum in strata]
    verdicts: list[tuple[Verdict, ...]] = []
    for segment in segments:
        rulings = resolver.rulings(segment.start)
        precedence = resolver.schedule.precedence(segment.start)
        made = [judge(rulings, precedence, resolver, *one) for one in zip(strata, able, strict=True)]
        if verdicts:
            made = [_sharing(new, old) for new, old in zip(made, verdicts[-1], strict=True)]
        verdicts.append(tuple(made))
    return Grid(tuple(segments), strata, tuple(verdicts))


def _able(resolver: Resolver, stratum: Stratum) -> Bools:
    """The articles of which any trade can be in a stratum: a programme is for its origins only."""
    able = np.ones(len(resolver.articles), dtype=bool)
    for name, holds in stratum.items():
        fact = resolver.schedule.facts.get(name)
        if holds and fact is not None and fact.origins:
            able &= np.array([origin in fact.origins for origin in resolver.articles.origin], dtype=bool)
    return able


def _sharing(new: Verdict, old: Verdict) -> Verdict:
    """A verdict that holds the arrays of the one before it wherever they are the same."""
    before = {line.measure: line for line in old.lines}

    def kept(line: Line) -> Line:
        last = before.get(line.measure)
        if last is None or len(last.articles) != len(line.articles):
            return line
        same = all(np.array_equal(getattr(last, name), getattr(line, name)) for name in _ARRAYS)
        return replace(last, status=line.status) if same else line

    return replace(new, lines=tuple(kept(line) for line in new.lines))


_ARRAYS = ("articles", "covered", "applied")


def judge(
    rulings: Mapping[str, Ruling], precedence: Precedence, resolver: Resolver, stratum: Stratum, able: Bools
) -> Verdict:
    """What every measure takes in one segment and stratum, of the articles that can be in it."""
    size = len(resolver.articles)
    holds = _Facts(stratum, resolver.knowns.facts, size)
    claims = {key: _claim(ruling, holds) for key, ruling in rulings.items()}
    met = cover(precedence, claims)
    base, based = np.zeros(size), np.zeros(size, dtype=bool)
    total, known = np.zeros(size), np.ones(size, dtype=bool)
    prohibited, by_equivalent = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    lines = []
    for key in sorted(met, key=lambda key: rulings[key].measure.basis != "base"):
        ruling, (subject, covered) = rulings[key], met[key]
        if not subject.any():
            continue
        rate = _statutory(ruling, holds, base)
        with np.errstate(invalid="ignore"):
            applied = np.where(covered == 0, 0.0, rate * covered)
        if ruling.measure.basis == "base":
            base = base + applied
            based |= subject
        unknown = np.isnan(applied)
        known &= ~unknown
        total += np.where(unknown, 0.0, applied)
        by_equivalent |= ruling.by_equivalent & subject & (covered > 0)
        if ruling.prohibits:
            prohibited |= subject
        at = np.flatnonzero(subject & (covered != 0) & able)
        lines.append(Line(key, ruling.status, at, np.nan_to_num(covered[at]), np.nan_to_num(applied[at])))
    known &= ~prohibited
    if resolver.has_base:
        known &= based
    return Verdict(tuple(lines), known, prohibited, np.where(known, total, 0.0), by_equivalent)


class _Facts:
    """Whether a fact holds: by the stratum, by the article, or nowhere."""

    def __init__(self, stratum: Stratum, by_article: Mapping[str, Bools], size: int) -> None:
        self.stratum, self.by_article = stratum, by_article
        self.never, self.always = np.zeros(size, dtype=bool), np.ones(size, dtype=bool)

    def said(self, fact: str) -> bool:
        """Whether anything is said of a fact: by a stratum, or that it holds somewhere."""
        return fact in self.stratum or bool(self.by_article.get(fact, self.never).any())

    def of(self, fact: str | None) -> Bools:
        """Where the fact holds; a rule without a fact holds everywhere."""
        if fact is None:
            return self.always
        if fact in self.stratum:
            return self.always if self.stratum[fact] else self.never
        return self.by_article.get(fact, self.never)


def _claim(ruling: Ruling, holds: _Facts) -> Claim:
    """What a measure claims in a stratum: where it is subject, and of how much of the value."""
    subject = ruling.held & holds.of(ruling.measure.scope.fact)
    if ruling.free_in_transit:
        subject = subject & ~holds.of(IN_TRANSIT)
    content = ruling.content
    for relief in ruling.reliefs:
        relieved = relief.held & holds.of(relief.fact)
        if relief.content is None:
            subject = subject & ~relieved
        else:
            content = np.where(relieved, np.maximum(0.0, content - relief.content), content)
    return Claim(subject, content)


def _in_quota(quota: Quota, holds: _Facts) -> Floats:
    """The rate in quota or over it; where nobody says which, by the share that the law file gives."""
    if quota.in_quota_share is not None and not holds.said(IN_QUOTA):
        share = quota.in_quota_share
        return np.full(len(holds.always), share * quota.within + (1 - share) * quota.over)
    return np.where(holds.of(IN_QUOTA), quota.within, quota.over)


def _statutory(ruling: Ruling, holds: _Facts, base: Floats) -> Floats:
    """The rate in a stratum: in quota or over it, in transit or not, topped up on the base."""
    rate = ruling.rate
    if ruling.total is not None:
        rate = np.where(np.isnan(ruling.total), rate, np.maximum(0.0, ruling.total - base))
    if ruling.quota is not None:
        rate = _in_quota(ruling.quota, holds)
    if ruling.in_transit is not None:
        rate = np.where(holds.of(IN_TRANSIT), ruling.in_transit, rate)
    for transform in ruling.transforms:
        known = ~np.isnan(rate)
        rate = rate.copy()
        rate[known] = [transform.of(float(one)) for one in rate[known]]
    return rate
