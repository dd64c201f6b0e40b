"""The models against examples worked by others, to the last printed digit; and what each refuses."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tariffcalc.errors import BadRequestError
from tariffcalc.impact import armington, gsim, smart
from tariffcalc.impact.market import one_market

TRADE = [[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 200, 200], [50, 100, 110, 20]]
POWERS = [[1, 1.21, 1.41, 1.22], [1.37, 1, 1.31, 1.23], [1.32, 1.36, 1, 1.18], [1.57, 1.41, 1.25, 1.15]]
US, EU = 0, 2


def free_trade() -> np.ndarray:
    """The powers of the tariff with trade between the United States and the European Union free."""
    after = np.array(POWERS, dtype=float)
    after[US, EU] = after[EU, US] = 1
    return after


def test_gsim_of_four_regions() -> None:
    solution = gsim.solve(TRADE, POWERS, free_trade(), demand=-1.25, supply=1.5, substitution=5.0)
    assert solution.price_change == pytest.approx([0.0792, -0.0316, 0.0480, -0.0184], abs=5e-5)


def test_gsim_clears_and_adds_up() -> None:
    solution = gsim.solve(TRADE, POWERS, free_trade())
    sold = np.array(TRADE, dtype=float).sum(axis=1)
    assert (solution.trade_after / (1 + solution.price_change[:, None])).sum(axis=1) == pytest.approx(
        sold * (1 + 1.5 * solution.price_change)
    )
    duty = ((free_trade() - 1) * solution.trade_after - (np.array(POWERS) - 1) * TRADE).sum(axis=0)
    assert solution.revenue_change == pytest.approx(duty)
    assert solution.welfare == pytest.approx(
        solution.producer_surplus + solution.consumer_surplus + solution.revenue_change
    )
    assert solution.welfare[US] > 0 > solution.welfare[1]


@pytest.mark.parametrize(
    ("values", "before", "after"),
    [
        ([60, 30, 10], [0, 0.05, 0.1], [0.25, 0.05, 0.6]),
        ([60, 30, 10], [0, 0.05, 0.1], [2.0, 0.05, 0.0]),
        ([100], [0], [0.5]),
    ],
)
def test_gsim_of_one_importer_is_the_whole_system(values: list, before: list, after: list) -> None:
    """The system, with one country that buys and others that sell, says what a market of rows says; surplus too."""
    size = len(values) + 1
    trade, old, new = np.zeros((size, size)), np.ones((size, size)), np.ones((size, size))
    trade[1:, 0], old[1:, 0], new[1:, 0] = values, 1 + np.array(before), 1 + np.array(after)
    whole = gsim.solve(trade, old, new, demand=-1.25, supply=2.5, substitution=4.0)
    rows = gsim.MODEL.respond(*one_market(values, before, after, -1.25, 4.0, 2.5))
    assert rows.price_received_change == pytest.approx(whole.price_change[1:])
    assert rows.value_after == pytest.approx(whole.trade_after[1:, 0])
    assert rows.buyers_loss.sum() == pytest.approx(-whole.consumer_surplus[0])
    assert rows.exporters_loss == pytest.approx(-whole.producer_surplus[1:])
    assert rows.welfare_change.sum() == pytest.approx(whole.welfare.sum())


def test_gsim_of_a_lone_origin_under_half() -> None:
    """By hand: p = -1.25 x 0.5 / (1.5 + 1.25); the price paid is p + T, and quantity falls by 1.25 of it."""
    made = gsim.MODEL.respond(*one_market([100], [0], [0.5], -1.25, 5.0, 1.5))
    assert made.price_received_change == pytest.approx([-0.625 / 2.75])
    paid = 0.5 - 0.625 / 2.75
    assert made.price_paid_change == pytest.approx([paid])
    assert made.quantity_change == pytest.approx([-1.25 * paid])
    assert made.buyers_loss == pytest.approx([100 * paid * (1 - 1.25 * paid / 2)])


def test_gsim_never_has_buyers_buy_less_of_what_became_cheaper() -> None:
    """Three times the price at the border of half of what is bought: dearer, and a loss."""
    made = gsim.MODEL.respond(*one_market([50, 50], [0, 0], [2.0, 0.0], -1.25, 3.14, 1.5))
    assert made.quantity_change[0] == -1
    assert made.price_paid_change[0] > 1
    assert made.buyers_loss.min() > 0


def test_armington_of_three_origins() -> None:
    solution = armington.solve([60, 30, 10], [0, 0, 0], [0, 0.1, 0], demand=-1, substitution=4, supply=[1, 10, 10])
    assert solution.producer_price_change == pytest.approx([0.021240, -0.019532, 0.007535], abs=5e-7)
    assert solution.consumer_price_change[1] == pytest.approx(0.078515, abs=5e-7)
    assert solution.price_index_change == pytest.approx(0.035651, abs=5e-7)
    assert solution.quantity_change == pytest.approx([0.021240, -0.179015, 0.077953], abs=5e-7)


@pytest.mark.parametrize("supply", [0.3, 2.0, np.inf])
def test_armington_goes_through_cobb_douglas(supply: float) -> None:
    """An elasticity of substitution of 1 is the limit from both sides."""

    def at(sigma: float) -> float:
        given = ([50, 30, 20], [0, 0.1, 0], [0.5, 0.1, 0.02], -1.5, sigma, supply)
        return armington.solve(*given).price_index_change

    assert at(1.0) == pytest.approx(at(1 + 1e-5), rel=1e-4)
    assert at(1.0) == pytest.approx(at(1 - 1e-5), rel=1e-4)
    assert at(1.0) > 0


def test_smart_of_one_partner() -> None:
    solution = smart.solve([100, 300], [0.25, 0], [0, 0], demand=-1.25, substitution=1.5)
    assert solution.creation == pytest.approx([25.0, 0.0], abs=5e-5)
    assert solution.diversion == pytest.approx([20.9302, -20.9302], abs=5e-5)
    assert solution.price_change == pytest.approx([-0.2, 0.0])
    assert solution.revenue_change == pytest.approx(-25.0)
    assert solution.welfare_change == pytest.approx((0.25 + 0) / 2 * 45.9302, abs=5e-5)


def test_smart_doubles_and_is_bounded() -> None:
    once = smart.solve([100, 300], [0.25, 0], [0, 0], -1.25, 1.5)
    twice = smart.solve([100, 300], [0.25, 0], [0, 0], -2.5, 1.5)
    assert twice.creation == pytest.approx(2 * once.creation)
    assert smart.solve([100, 300], [0.25, 0], [0, 0], -1.25, 1e9).diversion[0] == pytest.approx(300)


@pytest.mark.parametrize("rate", [0.1, 0.4, 0.6, 0.8, 3.0])
def test_smart_diverts_first_and_creation_takes_what_is_left(rate: float) -> None:
    """sigma d reaches 1 at a rate of two thirds: from there on all of the row goes to its rivals, and stays there."""
    made = smart.solve([100, 300], [0, 0], [rate, 0], -1.25, 1.5)
    pull = min(1.5 * rate, 1)
    moved = 100 * 300 * pull / (400 - 100 * pull)
    assert made.diversion == pytest.approx([-moved, moved])
    assert made.creation == pytest.approx([-min(125 * rate, 100 - moved), 0])


def test_smart_with_rising_supply() -> None:
    """Creation is M eps d / (1 - eps / mu)."""
    fixed = smart.solve([100, 300], [0.25, 0], [0, 0], -1.25, 1.5)
    rising = smart.solve([100, 300], [0.25, 0], [0, 0], -1.25, 1.5, supply=5.0)
    assert rising.creation == pytest.approx(fixed.creation / 1.25)


def test_smart_that_everybody_shares_diverts_nothing() -> None:
    solution = smart.solve([100, 300, 50], [0, 0.1, 0.2], [0.1, 0.21, 0.32], -1.25, 5.0)
    assert solution.diversion == pytest.approx([0, 0, 0], abs=1e-9)


def test_prohibitive_rates_leave_nothing_and_not_less() -> None:
    """Straight lines stop at zero; what buyers lose there is the whole area below their line and no more."""
    made = smart.solve([100], [0], [9.0], -2.0, 1.0)
    assert made.creation == pytest.approx([-100])
    assert made.revenue_change == 0
    assert made.welfare_change == pytest.approx(-100 / (2 * 2.0))
    linear = gsim.MODEL.respond(*one_market([100, 50], [0, 0], [9.0, 0.0], -1.25, 5.0, 0.8))
    assert linear.quantity_change[0] == -1
    assert linear.value_after[0] == 0
    assert linear.price_received_change[0] >= -1
    steep = armington.solve([100, 50], [0, 0], [99.0, 0.0], -1.25, 5.0, np.inf)
    assert -1 < steep.quantity_change[0] < -0.99


def test_one_origin_alone_has_no_diversion() -> None:
    assert smart.solve([100], [0], [0.1], -1.25, 3.0).diversion == pytest.approx([0])
    assert armington.solve([100], [0], [0.1], -1.25, 3.0, np.inf).quantity_change == pytest.approx([1.1**-1.25 - 1])
    assert gsim.MODEL.respond(*one_market([100], [0], [0.1], -1.25, 3.0, np.inf)).diversion == pytest.approx([0])


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (([100, 0], [0, 0], [0.1, 0], -1, 2), "values must be finite and above zero: 1 of 2"),
        (([100, 50], [0, -0.1], [0.1, 0], -1, 2), "tariffs before"),
        (([100, 50], [0, 0], [0.1, np.nan], -1, 2), "tariffs after"),
        (([100, 50], [0, 0], [0.1, 0], 1, 2), "elasticities of demand"),
        (([100, 50], [0, 0], [0.1, 0], -1, 0), "elasticities of substitution"),
        (([100, 50], [0, 0], [0.1, 0], -1, 2, -1.0), "elasticities of supply"),
        (([100, 50], [0, 0], [0.1, 0], -1, 2, np.nan), "elasticities of supply"),
        (([100, 50], [0], [0.1, 0], -1, 2), "shapes"),
    ],
)
def test_figures_that_no_market_has(figures: tuple, said: str) -> None:
    for solve in (smart.solve, armington.solve):
        with pytest.raises(BadRequestError, match=said) as error:
            solve(*figures)
        assert error.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"trade": [[1, 2, 3]]}, "shapes"),
        ({"power_before": np.zeros((4, 4))}, "before must be above 0: not so at place 0, 0"),
        ({"supply": np.inf}, "supply must be finite"),
        ({"demand": [-1, -1, 2, -1]}, "demand must not be above 0: not so at place 2"),
    ],
)
def test_gsim_refuses(change: dict, said: str) -> None:
    with pytest.raises(BadRequestError, match=said):
        gsim.solve(**{"trade": TRADE, "power_before": POWERS, "power_after": POWERS, **change})


def test_the_package_does_not_load_scipy() -> None:
    code = "import sys, tariffcalc; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
