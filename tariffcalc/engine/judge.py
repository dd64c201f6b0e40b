"""What every measure takes of some articles on one day, in one stratum: claims met, rates added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tariffcalc.engine.lookup import Bools, Floats, Ints
from tariffcalc.engine.resolve import IN_QUOTA, IN_TRANSIT, Ruling
from tariffcalc.engine.stack import Claim, cover
from tariffcalc.law.duty import Quota
from tariffcalc.law.schedule import Precedence

Stratum = Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """One measure in one segment and stratum: the articles subject to it, and how.

    ``status``: what its duty on these days is worth in law. There is at least one article.
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
class Facts:
    """Whether a fact holds: by the stratum, by the article, or nowhere.

    ``said``: the facts of which anything is said at all. ``size``: how many articles there are.
    """

    stratum: Stratum
    by_article: Mapping[str, Bools]
    said: frozenset[str]
    size: int

    @classmethod
    def of(cls, stratum: Stratum, by_article: Mapping[str, Bools], size: int) -> Facts:
        """The facts of all articles; of one that holds nowhere nothing is said."""
        said = {*stratum, *(name for name, where in by_article.items() if where.any())}
        return cls(stratum, by_article, frozenset(said), size)

    def at(self, articles: Ints) -> Facts:
        """The same for some of the articles."""
        by_article = {name: where[articles] for name, where in self.by_article.items()}
        return Facts(self.stratum, by_article, self.said, len(articles))

    def hold(self, fact: str | None) -> Bools:
        """Where the fact holds; a rule without a fact holds everywhere."""
        if fact is not None and fact not in self.stratum and fact in self.by_article:
            return self.by_article[fact]
        return np.full(self.size, fact is None or bool(self.stratum.get(fact)))


def judge(rulings: Mapping[str, Ruling], precedence: Precedence, facts: Facts, *, has_base: bool) -> Verdict:
    """What every measure takes; ``has_base``: an article without a base duty is not known."""
    claims = {key: _claim(ruling, facts) for key, ruling in rulings.items()}
    met = cover(precedence, claims)
    base, based = np.zeros(facts.size), np.zeros(facts.size, dtype=bool)
    total, known = np.zeros(facts.size), np.ones(facts.size, dtype=bool)
    prohibited, by_equivalent = np.zeros(facts.size, dtype=bool), np.zeros(facts.size, dtype=bool)
    lines = []
    for key in sorted(met, key=lambda key: rulings[key].measure.basis != "base"):
        ruling, (subject, covered) = rulings[key], met[key]
        if not subject.any():
            continue
        rate = _statutory(ruling, facts, base)
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
        at = np.flatnonzero(subject & (covered != 0))
        if len(at):
            lines.append(Line(key, ruling.status, at, np.nan_to_num(covered[at]), np.nan_to_num(applied[at])))
    known &= ~prohibited
    if has_base:
        known &= based
    return Verdict(tuple(lines), known, prohibited, np.where(known, total, 0.0), by_equivalent)


def _claim(ruling: Ruling, facts: Facts) -> Claim:
    """What a measure claims in a stratum: where it is subject, and of how much of the value."""
    subject = ruling.held & facts.hold(ruling.measure.scope.fact)
    if ruling.free_in_transit:
        subject = subject & ~facts.hold(IN_TRANSIT)
    content = ruling.content
    for relief in ruling.reliefs:
        relieved = relief.held & facts.hold(relief.fact)
        if relief.content is None:
            subject = subject & ~relieved
        else:
            content = np.where(relieved, np.maximum(0.0, content - relief.content), content)
    return Claim(subject, content)


def _in_quota(quota: Quota, facts: Facts) -> Floats:
    """The rate in quota or over it; where nobody says which, by the share that the law file gives."""
    if quota.in_quota_share is not None and IN_QUOTA not in facts.said:
        share = quota.in_quota_share
        return np.full(facts.size, share * quota.within + (1 - share) * quota.over)
    return np.where(facts.hold(IN_QUOTA), quota.within, quota.over)


def _statutory(ruling: Ruling, facts: Facts, base: Floats) -> Floats:
    """The rate in a stratum: in quota or over it, in transit or not, topped up on the base."""
    rate = ruling.rate
    if ruling.total is not None:
        rate = np.where(np.isnan(ruling.total), rate, np.maximum(0.0, ruling.total - base))
    if ruling.quota is not None:
        rate = _in_quota(ruling.quota, facts)
    if ruling.in_transit is not None:
        rate = np.where(facts.hold(IN_TRANSIT), ruling.in_transit, rate)
    for transform in ruling.transforms:
        known = ~np.isnan(rate)
        rate = rate.copy()
        rate[known] = [transform.of(float(one)) for one in rate[known]]
    return rate
