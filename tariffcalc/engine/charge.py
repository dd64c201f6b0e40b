"""Value x applied rate: each row's value meets the grid, summed by reported group as it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tariffcalc.engine.grid import Grid
from tariffcalc.engine.judge import Verdict
from tariffcalc.engine.lookup import Floats, Ints, distinct
from tariffcalc.engine.spread import Cell
from tariffcalc.law.measure import VOID


@dataclass(frozen=True)
class Entries:
    """Rows summed over (period, group, article), sorted by period; ``value`` has a row a stratum."""

    period: Ints
    group: Ints
    article: Ints
    value: Floats
    groups: int

    def parts(self, here: slice) -> list[Part]:
        """The entries of one period by stratum, those without value left out, sorted by article."""
        if (here.start, here.stop) not in self._parts:
            order = np.argsort(self.article[here], kind="stable") + here.start
            taken = [order[self.value[stratum, order] != 0] for stratum in range(len(self.value))]
            self._parts[here.start, here.stop] = [
                part_of(self.group[at], self.article[at], self.value[stratum, at]) for stratum, at in enumerate(taken)
            ]
        return self._parts[here.start, here.stop]

    @cached_property
    def _parts(self) -> dict[tuple[int, int], list[Part]]:
        return {}


@dataclass(frozen=True)
class Part:
    """Entries of one period and stratum, sorted by article; ``starts`` is each article's first."""

    group: Ints
    article: Ints
    value: Floats
    starts: Ints

    def of(self, articles: Ints) -> tuple[Ints, Ints]:
        """The entries of some articles, in the articles' order, and how many each article has."""
        articles = articles[articles < len(self.starts) - 1]
        first = self.starts[articles]
        times = self.starts[articles + 1] - first
        start = np.repeat(first - (np.cumsum(times) - times), times)
        return start + np.arange(len(start)), times


def part_of(group: Ints, article: Ints, value: Floats) -> Part:
    """A part of entries that are sorted by article."""
    counts = np.bincount(article) if len(article) else np.zeros(0, dtype=np.int64)
    return Part(group, article, value, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


@dataclass(frozen=True)
class Sums:
    """Sums by group for one reported period. ``void`` is the part of the duty later held unlawful.

    ``measures``: for each, rows of covered value, its resolved part, duty and void duty.
    ``statuses``: the duty by measure and status in law, over all groups.
    """

    value: Floats
    resolved: Floats
    prohibited: Floats
    by_equivalent: Floats
    duty: Floats
    void: Floats
    measures: dict[str, Floats]
    statuses: dict[tuple[str, str], float]


def entries_of(period: Ints, group: Ints, article: Ints, weights: Sequence[Floats], groups: int) -> Entries:
    """Sum rows over (period, group, article), one sum a stratum."""
    articles = int(article.max(initial=-1)) + 1
    seen, entry = distinct((period * groups + group) * articles + article)
    sums = [np.bincount(entry, weights=part, minlength=len(seen)) for part in weights]
    rest, at = np.divmod(seen, max(articles, 1))
    when, who = np.divmod(rest, groups)
    return Entries(when, who, at, np.array(sums), groups)


def charged(entries: Entries, grid: Grid, cells: Sequence[Cell], parts: Floats) -> Iterator[tuple[str, Sums]]:
    """For each reported period in order, its label and its sums by group.

    ``parts`` (periods x cells): share of a period's value that falls into a cell. A period's whole
    trade is charged once a segment; the cells of the segment take their parts of that.
    """
    edges = np.searchsorted(entries.period, np.arange(parts.shape[0] + 1))
    sums, label, segment = _empty(entries.groups), cells[0].label if cells else "", -1
    whole: dict[int, Sums] = {}
    for index, cell in enumerate(cells):
        if cell.label != label:
            yield label, sums
            sums, label = _empty(entries.groups), cell.label
        if cell.segment != segment:
            whole, segment = {}, cell.segment
        for period in np.flatnonzero(parts[:, index]).tolist():
            if period not in whole:
                here = slice(edges[period], edges[period + 1])
                whole[period] = _whole(entries, here, grid.verdicts[segment])
            _take(sums, whole[period], parts[period, index])
    if cells:
        yield label, sums


def _whole(entries: Entries, here: slice, verdicts: Sequence[Verdict]) -> Sums:
    """The sums over the entries of one period, had all of it entered in one segment."""
    sums = _empty(entries.groups)
    for verdict, part in zip(verdicts, entries.parts(here), strict=True):
        if len(part.value):
            _charge(sums, verdict, part)
    return sums


def _take(sums: Sums, whole: Sums, part: float) -> None:
    """Add a part of some sums to others."""
    for name in ("value", "resolved", "prohibited", "by_equivalent", "duty", "void"):
        into = getattr(sums, name)
        into += getattr(whole, name) * part
    for measure, amounts in whole.measures.items():
        if measure in sums.measures:
            sums.measures[measure] += amounts * part
        else:
            sums.measures[measure] = amounts * part
    for which, duty in whole.statuses.items():
        sums.statuses[which] = sums.statuses.get(which, 0.0) + duty * part


def _empty(groups: int) -> Sums:
    value, resolved, prohibited, by_equivalent, duty, void = np.zeros((6, groups))
    return Sums(value, resolved, prohibited, by_equivalent, duty, void, {}, {})


def _charge(sums: Sums, verdict: Verdict, part: Part) -> None:
    """Add the value of some entries, and the duty on it, to the sums."""
    size, article = len(sums.value), part.article

    def add(into: Floats, group: Ints, amount: Floats) -> None:
        into += np.bincount(group, weights=amount, minlength=size)

    known = np.where(verdict.known[article], part.value, 0.0)
    add(sums.value, part.group, part.value)
    add(sums.resolved, part.group, known)
    add(sums.prohibited, part.group, np.where(verdict.prohibited[article], part.value, 0.0))
    add(sums.by_equivalent, part.group, np.where(verdict.by_equivalent[article], known, 0.0))
    add(sums.duty, part.group, known * verdict.total[article])
    for line in verdict.lines:
        if line.measure not in sums.measures:
            sums.measures[line.measure] = np.zeros((4, size))
        covered, resolved, duty, void = sums.measures[line.measure]
        at, times = part.of(line.articles)
        group, share = part.group[at], np.repeat(line.covered[: len(times)], times)
        add(covered, group, part.value[at] * share)
        add(resolved, group, known[at] * share)
        owed = known[at] * np.repeat(line.applied[: len(times)], times)
        add(duty, group, owed)
        which = (line.measure, line.status)
        sums.statuses[which] = sums.statuses.get(which, 0.0) + float(owed.sum())
        if line.status == VOID:
            add(void, group, owed)
            add(sums.void, group, owed)


def bounds(entries: Entries, grid: Grid, cells: Sequence[Cell], parts: Floats) -> tuple[float, float]:
    """The duty if each period's trade had all entered on its cheapest, or on its dearest, day."""
    low = high = 0.0
    edges = np.searchsorted(entries.period, np.arange(parts.shape[0] + 1))
    for period in range(parts.shape[0]):
        here = slice(edges[period], edges[period + 1])
        touched = np.flatnonzero(parts[period]).tolist()
        if not touched:
            continue
        part = parts[period].sum()
        article = entries.article[here]
        met = sorted({cells[index].segment for index in touched})
        for stratum in range(len(grid.strata)):
            rates = np.array([grid.verdicts[segment][stratum].total for segment in met])
            value = entries.value[stratum, here] * part
            low += float((value * rates.min(axis=0)[article]).sum())
            high += float((value * rates.max(axis=0)[article]).sum())
    return low, high
