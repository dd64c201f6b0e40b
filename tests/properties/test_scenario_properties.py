"""Scenarios that change nothing, and the law as known on a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.law.dates import Period, Step, Timeline, segments
from tariffcalc.law.duty import AdValorem
from tariffcalc.law.measure import Measure
from tariffcalc.law.scenario import FOREVER, Scenario, Stop, Where
from tariffcalc.law.schedule import Schedule

LAW = tc.read_schedule("USA")
NAMES = sorted(LAW.measures)
SIMPLE = sorted(
    key
    for key, one in LAW.measures.items()
    if all(isinstance(s.value.duty, AdValorem) or not s.value.applies for s in one.rates.steps)
)
FIRST, LAST = date(2025, 1, 1), date(2025, 1, 1) + timedelta(days=900)
DAYS = st.dates(FIRST, LAST)
SOME = settings(max_examples=60, deadline=None)


def steady(name: str) -> list[Period]:
    """The periods throughout which a measure has one rate, of more than a day."""
    measure = LAW.measures[name]
    found = segments(Period(FIRST, LAST), measure.rates.starts)
    return [one for one in found if measure.rate_at(one.start) is not None and one.until - one.start > ONE_DAY]


ONE_DAY = timedelta(days=1)
STEADY = {name: periods for name in NAMES if (periods := steady(name))}


@st.composite
def within_steady(draw: st.DrawFn, names: Sequence[str]) -> tuple[str, date, date, date]:
    """A measure, a period after the first day of one rate of it and before its last, and a day of it or near it."""
    name = draw(st.sampled_from([name for name in names if name in STEADY]))
    held = draw(st.sampled_from(STEADY[name]))
    start = draw(st.dates(held.start + ONE_DAY, held.until - ONE_DAY))
    until = draw(st.dates(start + ONE_DAY, held.until))
    return name, start, until, draw(st.one_of(st.dates(start, until - ONE_DAY), st.dates(start - ONE_DAY, until)))


def changed(*changes: dict[str, Any]) -> Schedule:
    return LAW.apply(tc.read_scenario({"name": "made up", "change": list(changes)}))


def stated(measure: Measure, day: date) -> tuple[object, object] | None:
    """The duty and the content of it on a day."""
    rate = measure.rate_at(day)
    return None if rate is None else (rate.duty, rate.content)


@SOME
@given(within_steady(SIMPLE))
def test_the_same_rate_set_again_changes_nothing(case: tuple[str, date, date, date]) -> None:
    """Where the measure has one rate throughout the period."""
    name, start, until, day = case
    measure = LAW.measures[name]
    rate = measure.rate_at(start).duty.rate  # type: ignore[union-attr]
    again = changed({"set": name, "rate": rate, "from": start, "until": until})
    assert stated(again.measures[name], day) == stated(measure, day)


@SOME
@given(within_steady(NAMES))
def test_a_pause_that_is_taken_back_changes_nothing(case: tuple[str, date, date, date]) -> None:
    """Where the measure applied throughout the period at one rate."""
    name, start, until, day = case
    measure = LAW.measures[name]
    back = changed(
        {"pause": name, "from": start, "until": until},
        {"resume": name, "from": start, "until": until},
    )
    assert stated(back.measures[name], day) == stated(measure, day)


@SOME
@given(st.sampled_from(NAMES), DAYS, DAYS, DAYS)
def test_a_pause_stops_its_days_and_no_other(name: str, start: date, until: date, day: date) -> None:
    start, until = min(start, until), max(start, until) + timedelta(days=1)
    paused = changed({"pause": name, "from": start, "until": until}).measures[name]
    expected = None if start <= day < until else stated(LAW.measures[name], day)
    assert stated(paused, day) == expected


@SOME
@given(st.sampled_from(NAMES), DAYS, DAYS)
def test_a_part_of_a_scope_and_the_rest_are_the_whole(name: str, start: date, day: date) -> None:
    """A change on a part of a measure leaves the other part alone, and loses no goods."""
    where = {"origins": ["CAN"], "products": ["72", "8708"]}
    split = changed({"set": name, "where": where, "rate": 0.5, "from": start})
    parts = [one for one in split.measures.values() if one.family == name]
    for product in ("7208390015", "8708401150", "6109901007"):
        for origin in ("CAN", "MEX"):
            held = [one for one in parts if one.scope.covers(product, origin, day)]
            assert len(held) == LAW.measures[name].scope.covers(product, origin, day)
            touched = origin == "CAN" and product[:2] != "61" and day >= start
            if held and not touched:
                assert stated(held[0], day) == stated(LAW.measures[name], day)


def lines(measure: Measure) -> Iterator[Timeline[Any]]:
    yield from (measure.rates, measure.status, measure.stacking, *measure.reliefs.values())
    for codes in measure.scope.sets():
        yield from (block.membership for one in codes.lists for block in one.blocks)


@settings(max_examples=15, deadline=None)
@given(DAYS)
def test_nothing_known_on_a_day_was_announced_after_it(day: date) -> None:
    known = LAW.as_known_on(day)
    steps: list[Step[Any]] = [step for one in known.measures.values() for line in lines(one) for step in line.steps]
    assert steps
    assert max(step.announced for step in steps) <= day


@settings(max_examples=6, deadline=None)
@given(DAYS, DAYS)
def test_knowing_is_a_filter(one: date, other: date) -> None:
    """Known on one day and then on another is known on the earlier."""
    twice, once = LAW.as_known_on(one).as_known_on(other), LAW.as_known_on(min(one, other))
    assert set(twice.measures) == set(once.measures)
    for name, measure in once.measures.items():
        assert acts(twice.measures[name]) == acts(measure)


def acts(measure: Measure) -> list[list[tuple[date, date, str]]]:
    """The acts of every line of a measure, in order."""
    return [[(step.start, step.announced, step.cite) for step in line.standing] for line in lines(measure)]


def test_an_empty_scenario_is_the_law(law: Schedule) -> None:
    same = law.apply(tc.read_scenario({"name": "nothing"}))
    assert same.measures == law.measures


def test_scenarios_that_differ_have_digests_that_differ(law: Schedule) -> None:
    """Results are told apart, and kept work is never taken for another's."""
    names = ("statutory", "no-pause", "no-tariffs-2025", "as-announced-2025-02-01", "ieepa-in-force")
    digests = {law.apply(tc.read_scenario(name)).digest for name in names}
    assert len(digests) == len(names)
    assert law.digest not in digests


def test_scenarios_built_by_hand_have_digests_that_differ(law: Schedule) -> None:
    """The content names them where no file does."""
    one, other = (Scenario("by hand", changes=(Stop(Where((name,)), FOREVER),)) for name in ("s232-steel", "s122"))
    assert len({law.digest, law.apply(one).digest, law.apply(other).digest}) == 3


def test_a_scenario_leaves_the_law_alone(law: Schedule) -> None:
    before = law.measures["s232-steel"]
    changed({"disable": "s232-steel"})
    assert law.measures["s232-steel"] is before


def test_disabling_a_measure_frees_its_place(law: Schedule) -> None:
    """Auto parts that no longer pay section 232 pay IEEPA again."""
    without = law.apply(tc.read_scenario({"name": "x", "change": [{"disable": "s232-auto-parts"}]}))
    assert tc.rate("8708401150", "CAN", "2025-06-10").additional_rate == pytest.approx(0.25)
    answer = tc.rate("8708401150", "CAN", "2025-06-10", scenario=without.scenario)
    assert {one.measure for one in answer.components} == {"mfn", "ieepa-canada"}
