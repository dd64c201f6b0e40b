"""What holds of stacking, whatever measures there are and whoever yields to whom."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffcalc.engine.stack import Claim, cover
from tariffcalc.law.measure import Measure, Stacking
from tests.factories import a_measure, a_schedule, a_timeline

DAY = date(2025, 6, 1)
NAMES = "abcdef"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Measure], dict[str, Claim]]:
    """Up to six measures, each yielding to some of those after it in the alphabet, on five articles."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    measures = []
    for i, name in enumerate(names):
        after = st.lists(st.sampled_from(names[i + 1 :]), unique=True) if names[i + 1 :] else st.just([])
        rest, whole = tuple(draw(after)), tuple(draw(after))
        measures.append(a_measure(name, stacking=a_timeline(Stacking(rest, whole))))
    subjects = st.lists(st.booleans(), min_size=5, max_size=5)
    contents = st.lists(st.floats(0, 1), min_size=5, max_size=5)
    return measures, {name: Claim(np.array(draw(subjects)), np.array(draw(contents))) for name in names}


def recursive(measures: list[Measure], claims: dict[str, Claim], article: int) -> dict[str, float]:
    """The formula read from the inside out, one article."""
    steps = {one.id: one.stacking.at(DAY).value for one in measures}  # type: ignore[union-attr]

    def subject(name: str) -> bool:
        return bool(claims[name].subject[article]) and not any(subject(k) for k in steps[name].yields_whole_to)

    def covered(name: str) -> float:
        rest = [covered(k) for k in steps[name].yields_to if k not in steps[name].yields_whole_to]
        return min(claims[name].content[article], max(0.0, 1.0 - sum(rest))) if subject(name) else 0.0

    return {name: covered(name) for name in claims}


@given(worlds())
def test_the_formula_equals_its_definition(world: tuple[list[Measure], dict[str, Claim]]) -> None:
    measures, claims = world
    met = cover(a_schedule(*measures).precedence(DAY), claims)
    for article in range(5):
        expected = recursive(measures, claims, article)
        assert {name: met[name][1][article] for name in claims} == {
            k: _near(v, met[k][1][article]) for k, v in expected.items()
        }


def _near(expected: float, found: float) -> float:
    return found if abs(expected - found) < 1e-12 else expected


@given(worlds())
def test_a_measure_covers_between_nothing_and_its_content(world: tuple[list[Measure], dict[str, Claim]]) -> None:
    measures, claims = world
    for name, (subject, part) in cover(a_schedule(*measures).precedence(DAY), claims).items():
        assert (part >= 0).all()
        assert (part <= claims[name].content).all()
        assert (part[~subject] == 0).all()
        assert not (subject & ~claims[name].subject).any()


@given(worlds())
def test_whoever_yields_leaves_the_value_at_most_once_covered(world: tuple[list[Measure], dict[str, Claim]]) -> None:
    """A measure and all that it yields to cover no more than the value, unless those alone do."""
    measures, claims = world
    precedence = a_schedule(*measures).precedence(DAY)
    met = cover(precedence, claims)
    for name in claims:
        others = sum((met[other][1] for other in precedence.yields_to[name]), np.zeros(5))
        assert (met[name][1] + others <= np.maximum(1.0, others) + 1e-12).all()


@given(worlds(), st.permutations(NAMES))
def test_the_order_of_files_changes_nothing(world: tuple[list[Measure], dict[str, Claim]], order: list[str]) -> None:
    """To the bit: the same law in another order of files gives the same parts."""
    measures, claims = world
    shuffled = sorted(measures, key=lambda one: order.index(one.id))
    one, other = (cover(a_schedule(*some).precedence(DAY), claims) for some in (measures, shuffled))
    for name in claims:
        assert one[name][1].tobytes() == other[name][1].tobytes()
