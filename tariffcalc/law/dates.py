"""Dated facts: half-open periods, timelines of steps, and the segments between breakpoints.

A timeline is a list of steps. A step holds from its day until the next one begins, so there is
never a gap or an overlap. Each step also knows when it was *announced*: of two steps for the
same day the one announced later supersedes, and the law as known on a day is the timeline
without the steps announced after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

ALWAYS = date.min
"""The first day of a step that has no beginning."""

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days ``start <= day < until``."""

    start: date
    until: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.until < self.start:
            raise ValueError(f"a period cannot end ({self.until}) before it begins ({self.start})")

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.until - self.start).days

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the period; its ``until`` does not."""
        return self.start <= day < self.until

    def overlap(self, other: Period) -> int:
        """How many days two periods share."""
        shared = (min(self.until, other.until) - max(self.start, other.start)).days
        return max(0, shared)


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One act's word on one thing from one day on."""

    start: date
    announced: date
    value: T
    cite: str = ""
    ends: bool = False
    """An end also cancels every later-dated step announced on or before it."""

    @property
    def rank(self) -> tuple[date, date]:
        """Steps are ordered by the day they start, then by the day they were announced."""
        return (self.start, self.announced)


def _standing(steps: Iterable[Step[T]]) -> tuple[Step[T], ...]:
    """The steps in order, less those that an end cancelled."""
    ordered = sorted(steps, key=lambda step: step.rank)
    ends = [step for step in ordered if step.ends]
    if not ends:
        return tuple(ordered)
    return tuple(
        step
        for step in ordered
        if not any(end is not step and end.start < step.start and step.announced <= end.announced for end in ends)
    )


@dataclass(frozen=True)
class Timeline(Generic[T]):
    """Steps in order; each holds until the next begins."""

    steps: tuple[Step[T], ...] = ()
    standing: tuple[Step[T], ...] = field(init=False, repr=False, compare=False)
    starts: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the steps in order and drop what an end cancelled."""
        standing = _standing(self.steps)
        object.__setattr__(self, "standing", standing)
        object.__setattr__(self, "starts", tuple(step.start for step in standing))

    def at(self, day: date) -> Step[T] | None:
        """The step that holds on a day: the greatest (start, announced) not later than it."""
        index = bisect_right(self.starts, day)
        return self.standing[index - 1] if index else None

    def value_at(self, day: date, default: T) -> T:
        """The value that holds on a day, or the default before the first step."""
        step = self.at(day)
        return default if step is None else step.value

    def known_on(self, day: date) -> Timeline[T]:
        """The timeline as known on a day: without the steps announced after it.

        A step without a beginning stands in for all earlier time, so it is never dropped.
        """
        return Timeline(tuple(step for step in self.steps if step.announced <= day or step.start == ALWAYS))

    def map(self, change: Callable[[T], U]) -> Timeline[U]:
        """The same steps with changed values."""
        return Timeline(
            tuple(Step(step.start, step.announced, change(step.value), step.cite, step.ends) for step in self.steps)
        )

    def change(self, period: Period, new: Callable[[T], T], otherwise: T) -> Timeline[T]:
        """The timeline with every value inside a period changed, as a scenario writes it.

        What stood before and after stays; ``otherwise`` is the value where the timeline had not
        begun. A period until ``date.max`` has no afterwards.
        """
        first = self.value_at(period.start, otherwise)
        steps = [Step(period.start, ALWAYS, new(first))]
        for step in self.standing:
            inside = period.start < step.start < period.until
            if inside or step.start < period.start or step.start >= period.until:
                value = new(step.value) if inside else step.value
                steps.append(Step(step.start, step.announced, value, step.cite))
        if period.until < date.max and all(step.start != period.until for step in steps):
            steps.append(Step(period.until, ALWAYS, self.value_at(period.until, otherwise)))
        return Timeline(tuple(steps))


def segments(window: Period, breakpoints: Iterable[date]) -> tuple[Period, ...]:
    """Cut a window at breakpoints: the pieces tile it, in order, without gap or overlap."""
    inner = {day for day in breakpoints if window.start < day < window.until}
    edges = [window.start, *sorted(inner), window.until]
    if window.days == 0:
        return ()
    return tuple(Period(start, until) for start, until in pairwise(edges))
