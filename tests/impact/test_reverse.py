"""Reverse questions on curves of which the answer is known by algebra."""

from __future__ import annotations

import numpy as np
import pytest

from tariffcalc.errors import BadRequestError
from tariffcalc.impact import armington, smart
from tariffcalc.impact.reverse import HIGHEST, grid, highest, rate_for


def laffer(rate: float) -> float:
    """Trade of 100 falls in a straight line and ends at 80 percent: revenue 100 t (1 - t / 0.8), most at 40 percent."""
    return 100 * rate * max(0.0, 1 - rate / 0.8)


def test_the_top_of_a_laffer_curve() -> None:
    top = highest(laffer)
    assert (top.rate, top.value, top.at_edge) == (pytest.approx(0.4, abs=1e-6), pytest.approx(20.0), False)


def test_the_lower_of_the_two_rates_that_raise_a_sum() -> None:
    """100 t - 125 t^2 = 15: t = 0.2 (and 0.6)."""
    assert rate_for(laffer, 15.0) == pytest.approx(0.2, abs=1e-8)


def test_a_sum_at_the_top_itself_is_reached() -> None:
    assert rate_for(laffer, highest(laffer).value) == pytest.approx(0.4, abs=1e-4)


def test_a_sum_above_the_top_is_refused_with_the_most_and_its_rate() -> None:
    with pytest.raises(BadRequestError, match=r"the most is 20, at 40\.00%, falling beyond") as caught:
        rate_for(laffer, 20.5)
    assert caught.value.code == "target-not-reached"


def test_a_curve_that_still_rises_says_so() -> None:
    assert highest(lambda rate: rate).at_edge
    with pytest.raises(BadRequestError, match="still rising there"):
        rate_for(lambda rate: rate, HIGHEST + 1)


def test_a_sum_that_is_there_already_is_refused() -> None:
    with pytest.raises(BadRequestError) as caught:
        rate_for(lambda rate: 5 + rate, 4.0)
    assert caught.value.code == "target-below-range"


@pytest.mark.parametrize("target", [float("nan"), float("inf")])
def test_a_sum_that_is_no_number_is_refused(target: float) -> None:
    with pytest.raises(BadRequestError, match="no number"):
        rate_for(laffer, target)


def test_a_curve_without_numbers_is_refused() -> None:
    with pytest.raises(BadRequestError, match="no answer at any rate"):
        highest(lambda _: float("nan"))


def test_rates_without_an_answer_are_passed_over() -> None:
    def holes(rate: float) -> float:
        return float("nan") if 0.05 < rate < 0.15 else laffer(rate)

    assert rate_for(holes, 15.0) == pytest.approx(0.2, abs=1e-8)


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(BadRequestError) as caught:
        grid(0.5, 0.5)
    assert caught.value.code == "empty-range"


def test_the_rate_of_an_armington_market_raises_what_was_asked() -> None:
    def revenue(rate: float) -> float:
        tariffs = np.array([0.0, rate, 0.0])
        made = armington.solve(np.array([60.0, 30.0, 10.0]), np.zeros(3), tariffs)
        value = 30 * (1 + made.quantity_change[1]) * (1 + made.producer_price_change[1])
        return float(rate * value)

    rate = rate_for(revenue, 2.0)
    assert revenue(rate) == pytest.approx(2.0, abs=1e-8)
    assert revenue(rate / 2) < 2.0


def test_no_rate_above_zero_gains_welfare_where_world_prices_are_fixed() -> None:
    def welfare(rate: float) -> float:
        return smart.solve([100.0, 300.0], [0.0, 0.0], [rate, 0.0], -1.25, 1.5).welfare_change

    assert highest(welfare).rate == pytest.approx(0.0, abs=1e-6)
