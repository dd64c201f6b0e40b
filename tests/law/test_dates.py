"""Steps, timelines, segments: which word of which act holds on a day."""

from __future__ import annotations

from datetime import date

import pytest

from tariffcalc.law.dates import ALWAYS, Period, Step, Timeline, segments

FEBRUARY, MARCH, AUGUST = date(2025, 2, 4), date(2025, 3, 4), date(2025, 8, 1)
EARLIER, LATER = date(2025, 2, 1), date(2025, 2, 3)


def values(line: Timeline[str], *days: date) -> list[str]:
    return [line.value_at(day, "nothing") for day in days]


def test_a_step_holds_until_the_next() -> None:
    """No gap and no overlap: the last day of a step is the day before the next."""
    line = Timeline((Step(FEBRUARY, EARLIER, "a"), Step(MARCH, EARLIER, "b")))
    assert values(line, date(2025, 2, 3), FEBRUARY, date(2025, 3, 3), MARCH) == ["nothing", "a", "a", "b"]


def test_of_two_steps_for_a_day_the_later_announced_holds() -> None:
    """The pause of 3 February supersedes the order of 1 February for the same day."""
    line = Timeline((Step(FEBRUARY, LATER, "paused"), Step(FEBRUARY, EARLIER, "25 %")))
    assert line.value_at(FEBRUARY, "nothing") == "paused"
    assert line.known_on(date(2025, 2, 2)).value_at(FEBRUARY, "nothing") == "25 %"


def test_an_end_cancels_what_was_announced_before_it_for_later() -> None:
    """A rise announced for August does not outlive an end in March."""
    rise, end = Step(AUGUST, EARLIER, "35 %"), Step(MARCH, LATER, "ended", ends=True)
    assert Timeline((rise, end)).value_at(AUGUST, "nothing") == "ended"


def test_an_end_cancels_nothing_announced_after_it() -> None:
    """What comes back by a later act comes back."""
    back, end = Step(AUGUST, date(2025, 7, 1), "35 %"), Step(MARCH, LATER, "ended", ends=True)
    assert Timeline((back, end)).value_at(AUGUST, "nothing") == "35 %"


def test_an_end_not_yet_known_cancels_nothing() -> None:
    """As known before the end was announced the rise still stood."""
    rise, end = Step(AUGUST, EARLIER, "35 %"), Step(MARCH, LATER, "ended", ends=True)
    assert Timeline((rise, end)).known_on(EARLIER).value_at(AUGUST, "nothing") == "35 %"


def test_an_end_cancels_no_step_of_its_own_day() -> None:
    """For one day the greater announcement decides, ended or not."""
    end, other = Step(MARCH, EARLIER, "ended", ends=True), Step(MARCH, LATER, "10 %")
    assert Timeline((end, other)).value_at(MARCH, "nothing") == "10 %"


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        (FEBRUARY, MARCH, ["x", "x", "b", "b"]),
        (FEBRUARY, date(2025, 2, 20), ["x", "a", "b", "b"]),
        (ALWAYS, MARCH, ["x", "x", "b", "b"]),
        (MARCH, date.max, ["a", "a", "x", "x"]),
        (ALWAYS, date.max, ["x", "x", "x", "x"]),
    ],
)
def test_a_change_touches_its_period_only(start: date, until: date, expected: list[str]) -> None:
    """What stood before the period and after it stays."""
    line = Timeline((Step(FEBRUARY, EARLIER, "a"), Step(MARCH, EARLIER, "b")))
    changed = line.change(Period(start, until), lambda _: "x", "nothing")
    assert values(changed, FEBRUARY, date(2025, 3, 3), MARCH, AUGUST) == expected


def test_a_change_before_the_beginning_leaves_nothing_behind() -> None:
    """A period that ends before the first step ends in nothing, not in the changed value."""
    line = Timeline((Step(AUGUST, EARLIER, "a"),))
    changed = line.change(Period(FEBRUARY, MARCH), lambda _: "x", "nothing")
    assert values(changed, EARLIER, FEBRUARY, MARCH, AUGUST) == ["nothing", "x", "nothing", "a"]


def test_a_period_is_half_open() -> None:
    """The day it ends is not in it."""
    period = Period(FEBRUARY, MARCH)
    assert FEBRUARY in period
    assert MARCH not in period
    assert period.days == 28
    assert period.overlap(Period(date(2025, 3, 3), AUGUST)) == 1
    assert period.overlap(Period(MARCH, AUGUST)) == 0


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(MARCH, FEBRUARY)


def test_segments_of_an_empty_window_are_none() -> None:
    assert segments(Period(MARCH, MARCH), [FEBRUARY, MARCH]) == ()


def test_segments_are_cut_inside_the_window_only() -> None:
    """A breakpoint at an edge or outside cuts nothing."""
    window = Period(FEBRUARY, AUGUST)
    assert segments(window, [EARLIER, FEBRUARY, MARCH, MARCH, AUGUST]) == (
        Period(FEBRUARY, MARCH),
        Period(MARCH, AUGUST),
    )
