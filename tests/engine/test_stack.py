"""The one formula by which rates meet, on cases small enough to do in the head."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tariffcalc.engine.stack import Claim, cover
from tariffcalc.law.measure import Measure
from tests.factories import a_measure, a_schedule, yielding

DAY = date(2025, 6, 1)


def covered(claims: dict[str, tuple[bool, float]], *measures: Measure) -> dict[str, float]:
    """The part of value that each measure covers, one article."""
    made = {key: Claim(np.array([subject]), np.array([content])) for key, (subject, content) in claims.items()}
    return {key: float(part[0]) for key, (_, part) in cover(a_schedule(*measures).precedence(DAY), made).items()}


def test_measures_that_know_nothing_of_each_other_add_up() -> None:
    assert covered({"a": (True, 1.0), "b": (True, 1.0)}, a_measure("a"), a_measure("b")) == {"a": 1.0, "b": 1.0}


def test_one_bites_on_what_the_others_leave() -> None:
    """A derivative 40 % steel and 50 % aluminum leaves a tenth, not 60 % of 50 %."""
    rest = a_measure("rest", stacking=yielding(to=["steel", "aluminum"]))
    claims = {"rest": (True, 1.0), "steel": (True, 0.4), "aluminum": (True, 0.5)}
    assert covered(claims, rest, a_measure("steel"), a_measure("aluminum"))["rest"] == pytest.approx(0.1)


def test_contents_that_exceed_the_value_leave_nothing_and_no_less() -> None:
    rest = a_measure("rest", stacking=yielding(to=["steel", "aluminum"]))
    claims = {"rest": (True, 1.0), "steel": (True, 0.7), "aluminum": (True, 0.5)}
    assert covered(claims, rest, a_measure("steel"), a_measure("aluminum"))["rest"] == 0.0


def test_one_takes_no_more_than_its_content_of_what_is_left() -> None:
    rest = a_measure("rest", stacking=yielding(to=["steel"]))
    assert covered({"rest": (True, 0.3), "steel": (True, 0.4)}, rest, a_measure("steel"))["rest"] == 0.3


def test_yielding_the_whole_leaves_the_article_alone_whatever_part_the_other_takes() -> None:
    other = a_measure("other", stacking=yielding(whole=["steel"]))
    assert covered({"other": (True, 1.0), "steel": (True, 0.01)}, other, a_measure("steel"))["other"] == 0.0


def test_a_relieved_measure_displaces_nothing() -> None:
    """Where the other does not apply, or is relieved, there is nobody to yield to."""
    other = a_measure("other", stacking=yielding(whole=["steel"]))
    assert covered({"other": (True, 1.0), "steel": (False, 1.0)}, other, a_measure("steel"))["other"] == 1.0


def test_a_measure_pushed_aside_pushes_nobody_aside() -> None:
    """In a chain a -> b -> c, where c applies b does not, and so a does."""
    chain = (
        a_measure("a", stacking=yielding(whole=["b"])),
        a_measure("b", stacking=yielding(whole=["c"])),
        a_measure("c"),
    )
    assert covered(dict.fromkeys("abc", (True, 1.0)), *chain) == {"a": 1.0, "b": 0.0, "c": 1.0}


def test_an_unknown_content_makes_unknown_what_yields_to_it() -> None:
    """Not zero, and not the whole."""
    rest = a_measure("rest", stacking=yielding(to=["steel"]))
    assert np.isnan(covered({"rest": (True, 1.0), "steel": (True, np.nan)}, rest, a_measure("steel"))["rest"])


def test_a_measure_absent_on_the_day_is_no_hindrance() -> None:
    rest = a_measure("rest", stacking=yielding(to=["steel"], whole=["copper"]))
    assert covered({"rest": (True, 1.0)}, rest, a_measure("steel"), a_measure("copper")) == {"rest": 1.0}
