"""Precedence among measures, and the schedule as known on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

import tariffcalc as tc
from tariffcalc.errors import LawFileError, UnknownNameError
from tariffcalc.law.dates import Period, Step, Timeline, segments
from tariffcalc.law.duty import AdValorem
from tariffcalc.law.measure import InTransit, Measure, Rate, Stacking
from tests.factories import EARLY, a_measure, a_schedule, a_timeline, yielding

DAY = date(2025, 6, 1)


def test_each_measure_comes_after_those_it_yields_to() -> None:
    law = a_schedule(
        a_measure("a", stacking=yielding(to=["b"])), a_measure("b", stacking=yielding(whole=["c"])), a_measure("c")
    )
    assert law.precedence(DAY).order == ("c", "b", "a")


def test_displacing_is_yielding_from_the_other_side() -> None:
    """So that an old file stays shut when a new measure comes."""
    new = a_measure("new", stacking=a_timeline(Stacking(displaces=("old",), displaces_whole=("older",))))
    law = a_schedule(new, a_measure("old"), a_measure("older"))
    assert law.precedence(DAY).yields_to["old"] == ("new",)
    assert law.precedence(DAY).yields_whole_to["older"] == ("new",)


def test_a_set_stands_for_its_members() -> None:
    metals = [a_measure("steel", sets=("metals",)), a_measure("copper", sets=("metals",))]
    law = a_schedule(a_measure("all", stacking=yielding(to=["set:metals"])), *metals)
    assert law.precedence(DAY).yields_to["all"] == ("copper", "steel")


def test_a_measure_does_not_yield_to_itself_through_its_set() -> None:
    law = a_schedule(a_measure("steel", sets=("metals",), stacking=yielding(to=["set:metals"])))
    assert law.precedence(DAY).yields_to["steel"] == ()


def test_yielding_the_whole_is_stronger_than_yielding_the_rest() -> None:
    law = a_schedule(a_measure("a", stacking=yielding(to=["b"], whole=["b"])), a_measure("b"))
    assert law.precedence(DAY).yields_to["a"] == ()
    assert law.precedence(DAY).yields_whole_to["a"] == ("b",)


def test_a_circle_is_refused_and_named_in_full() -> None:
    law = a_schedule(
        a_measure("a", stacking=yielding(to=["b"])),
        a_measure("b", stacking=yielding(whole=["c"])),
        a_measure("c", stacking=yielding(to=["a"])),
    )
    with pytest.raises(LawFileError) as caught:
        law.precedence(DAY)
    assert "a -> b -> c -> a" in str(caught.value.faults[0])
    assert str(EARLY) in str(caught.value.faults[0])


def test_the_order_may_turn_round_on_a_day() -> None:
    """Not a circle: before the day one yields, from it on the other."""
    turn = date(2025, 6, 4)
    first = Timeline(
        (Step(EARLY, EARLY, Stacking(displaces_whole=("b",))), Step(turn, turn, Stacking(yields_to=("b",))))
    )
    law = a_schedule(a_measure("a", stacking=first), a_measure("b"))
    assert law.precedence(date(2025, 6, 3)).order == ("a", "b")
    assert law.precedence(turn).order == ("b", "a")


def test_parts_of_one_measure_do_not_meet() -> None:
    """A scenario's part stands under its measure's name, and neither yields to the other."""
    part = replace(a_measure("a~1", stacking=yielding(to=["a"])), part_of="a")
    law = a_schedule(a_measure("a"), part, a_measure("b", stacking=yielding(to=["a"])))
    assert law.precedence(DAY).yields_to["a~1"] == ()
    assert law.precedence(DAY).yields_to["b"] == ("a", "a~1")


def test_an_unknown_measure_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        a_schedule(a_measure("s232-steel")).measure("s232-stel")
    assert "s232-steel" in str(caught.value.hint)


def test_a_measure_announced_later_is_not_known() -> None:
    late = a_measure("late", rates=Timeline((Step(EARLY, DAY, Rate(AdValorem(0.1))),)))
    law = a_schedule(late, a_measure("early"))
    assert set(law.as_known_on(date(2025, 5, 31)).measures) == {"early"}
    assert set(law.as_known_on(DAY).measures) == {"early", "late"}


def test_what_was_known_has_another_digest() -> None:
    law = a_schedule(a_measure())
    assert len({law.digest, law.as_known_on(DAY).digest, law.as_known_on(date(2025, 6, 2)).digest}) == 3


def test_every_day_on_which_a_measure_may_change_is_a_breakpoint() -> None:
    """Rates, stacking, and the day on which a rule for goods on the water runs out."""
    water = InTransit(date(2025, 2, 24), date(2025, 2, 28), AdValorem(0.0), "act", EARLY)
    measure: Measure = a_measure(stacking=yielding(), in_transit=(water,))
    assert {EARLY, date(2025, 2, 28)} <= measure.breakpoints()


@pytest.mark.parametrize("origin", ["CAN", "CHN", "BRA", "DEU"])
def test_what_applies_to_an_origin_is_the_same_in_a_whole_segment(origin: str) -> None:
    """It is looked up once a segment: the last day of one has what its first day found."""
    law = tc.read_schedule("USA")
    for segment in segments(Period(date(2018, 1, 1), date(2027, 2, 1)), law.breakpoints):
        for day in (segment.start, segment.until - timedelta(days=1)):
            meant = [
                key
                for key, one in law.measures.items()
                if one.rates.at(day) is not None and one.scope.covers_origin(origin, day)
            ]
            assert sorted(key for key, _ in law.applying(origin, day)) == sorted(meant)
