"""What holds of timelines, segments and code lists, whatever they are."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tariffcalc.law.codes import CodeList, CodeSet
from tariffcalc.law.dates import Period, Step, Timeline, segments
from tariffcalc.law.duty import AdValorem
from tariffcalc.law.measure import Rate
from tests.factories import a_measure

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n))
STEPS = st.lists(
    st.builds(Step, start=DAYS, announced=DAYS, value=st.integers(0, 9), ends=st.sampled_from([False, False, True])),
    max_size=8,
    unique_by=lambda step: step.rank,
).map(tuple)
CODES = st.text("0127", min_size=2, max_size=10).filter(lambda code: len(code) % 2 == 0)


def scanned(steps: tuple[Step[int], ...], day: date) -> Step[int] | None:
    """The holding step by looking at every one."""
    left = [
        step
        for step in steps
        if step.start <= day
        and not any(end.ends and end.start < step.start and step.announced <= end.announced for end in steps)
    ]
    return max(left, key=lambda step: (step.start, step.announced)) if left else None


@given(STEPS, DAYS)
def test_a_timeline_agrees_with_a_linear_scan(steps: tuple[Step[int], ...], day: date) -> None:
    assert Timeline(steps).at(day) == scanned(steps, day)


@given(STEPS, DAYS, st.randoms())
def test_the_order_in_which_steps_are_written_changes_nothing(
    steps: tuple[Step[int], ...], day: date, chance: object
) -> None:
    shuffled = list(steps)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Timeline(tuple(shuffled)).at(day) == Timeline(steps).at(day)


@given(STEPS, DAYS, DAYS)
def test_what_is_known_on_a_day_was_announced_by_then(steps: tuple[Step[int], ...], day: date, entry: date) -> None:
    """And knowing is a filter: knowing twice is knowing on the earlier day."""
    line = Timeline(steps)
    held = line.known_on(day).at(entry)
    assert held is None or held.announced <= day
    assert line.known_on(day).known_on(entry) == line.known_on(min(day, entry))
    assert line.known_on(date.max) == line


@given(STEPS, DAYS, DAYS, DAYS)
def test_a_change_touches_no_day_outside_its_period(
    steps: tuple[Step[int], ...], one: date, other: date, day: date
) -> None:
    period = Period(min(one, other), max(one, other) + timedelta(days=1))
    line = Timeline(steps)
    changed = line.change(period, lambda value: value + 100, -1)
    expected = line.value_at(day, -1) + (100 if day in period else 0)
    assert changed.value_at(day, -1) == expected


@given(DAYS, DAYS, st.lists(DAYS))
def test_segments_tile_the_window(one: date, other: date, breakpoints: list[date]) -> None:
    window = Period(min(one, other), max(one, other))
    parts = segments(window, breakpoints)
    assert sum(part.days for part in parts) == window.days
    assert all(part.days > 0 for part in parts)
    assert all(left.until == right.start for left, right in pairwise(parts))
    if parts:
        assert (parts[0].start, parts[-1].until) == (window.start, window.until)
    assert not any(part.start < day < part.until for part in parts for day in breakpoints)


@given(st.dictionaries(CODES, STEPS.map(lambda steps: tuple(map(as_membership, steps))), max_size=12), CODES, DAYS)
def test_membership_equals_a_naive_scan(members: dict[str, tuple[Step[bool], ...]], product: str, day: date) -> None:
    """A product is on a list on a day if any beginning of it is."""
    made = CodeList.of("list", {code: Timeline(steps) for code, steps in members.items()})
    held = [step.value for code, steps in members.items() if product.startswith(code) and (step := scanned(steps, day))]
    assert made.contains(product, day) == any(held)
    assert CodeSet(lists=(made,)).covers(product, day) == any(held)


def as_membership(step: Step[int]) -> Step[bool]:
    return Step(step.start, step.announced, step.value % 2 == 0, step.cite, step.ends)


@given(st.frozensets(CODES, max_size=12), CODES)
def test_codes_named_one_by_one_equal_a_naive_scan(codes: frozenset[str], product: str) -> None:
    assert CodeSet(codes=codes).covers(product, FIRST) == any(product.startswith(code) for code in codes)


@given(STEPS, DAYS, DAYS)
def test_every_day_of_change_is_a_breakpoint(steps: tuple[Step[int], ...], day: date, other: date) -> None:
    """Two days with no breakpoint between them have the same rate."""
    rates = Timeline(tuple(Step(s.start, s.announced, Rate(AdValorem(s.value / 10)), "", s.ends) for s in steps))
    measure = a_measure(rates=rates)
    first, last = min(day, other), max(day, other)
    if not any(first < point <= last for point in measure.breakpoints()):
        assert measure.rate_at(first) == measure.rate_at(last)
