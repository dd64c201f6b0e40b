"""What holds of every model, whatever the trade, the tariffs and the elasticities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffcalc.impact import MODELS
from tariffcalc.impact.market import ROWS, Elasticities, Markets, Response, check, own_elasticity
from tariffcalc.impact.traded import preference_margin, residuals

EACH = pytest.mark.parametrize("name", list(MODELS))
ANSWERING = pytest.mark.parametrize("name", [name for name in MODELS if name != "static"])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Markets, Elasticities]:
    """Up to four markets of up to five origins each."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    market = np.repeat(np.arange(len(sizes)), sizes)

    def some(low: float, high: float, size: int) -> np.ndarray:
        return np.array(draw(st.lists(st.floats(low, high), min_size=size, max_size=size)))

    rows = len(market)
    markets = Markets(market, some(0.01, 1e6, rows), some(0, 0.6, rows), some(0, 3, rows))
    supply = np.where(some(0, 1, rows) < 0.3, np.inf, some(0.1, 30, rows))
    return markets, Elasticities(some(-4, -0.05, len(sizes)), some(0.5, 12, len(sizes)), supply)


def answers(name: str, world: tuple[Markets, Elasticities]) -> Response:
    check(*world)
    return MODELS[name].respond(*world)


@EACH
@given(world=worlds())
@settings(max_examples=60, deadline=None)
def test_identities(name: str, world: tuple[Markets, Elasticities]) -> None:
    markets, made = world[0], answers(name, world)
    scale = float(markets.value.sum()) * 10
    assert made.settled.all()
    assert made.duty_after == pytest.approx(markets.after * made.value_after)
    assert (made.quantity_change >= -1).all()
    assert (made.value_after >= 0).all()
    assert markets.total(made.diversion) == pytest.approx(np.zeros(markets.count), abs=1e-12 * scale)
    assert made.creation + made.diversion == pytest.approx(markets.value * made.quantity_change, abs=1e-12 * scale)
    received = made.price_received_change
    paid = received + markets.wedge if name == "gsim" else (1 + received) * (1 + markets.wedge) - 1
    assert made.price_paid_change == pytest.approx(paid)
    assert (received >= -1).all()
    assert made.welfare_change == pytest.approx(made.revenue_change - made.buyers_loss - made.exporters_loss)
    assert max(residuals(markets, made).values()) <= 1e-12 * scale


@EACH
@given(world=worlds())
@settings(max_examples=30, deadline=None)
def test_no_change_of_law_changes_nothing(name: str, world: tuple[Markets, Elasticities]) -> None:
    """Exactly nothing, not nearly."""
    markets = replace(world[0], after=world[0].before)
    made = answers(name, (markets, world[1]))
    assert (made.value_after == markets.value).all()
    assert (made.duty_after == made.duty_before).all()
    for row in set(ROWS) - {"value_after", "duty_before", "duty_after"}:
        assert not getattr(made, row).any(), row


@EACH
@given(world=worlds(), factor=st.sampled_from([1e-3, 7.0, 1e6]))
@settings(max_examples=30, deadline=None)
def test_dollars_scale_with_values(name: str, world: tuple[Markets, Elasticities], factor: float) -> None:
    markets, one = world[0], answers(name, world)
    other = answers(name, (replace(markets, value=markets.value * factor), world[1]))
    for row in ROWS:
        times = 1 if row.endswith("_change") else factor
        limit = 1e-9 * (1 if times == 1 else factor * markets.value.sum())
        assert getattr(other, row) == pytest.approx(getattr(one, row) * times, rel=1e-7, abs=limit), row


@pytest.mark.parametrize("name", ["static", "armington", "gsim"])
@given(world=worlds())
@settings(max_examples=40, deadline=None)
def test_an_origin_in_two_halves_is_the_same_origin(name: str, world: tuple[Markets, Elasticities]) -> None:
    """SMART does not promise it: its diversion is pairwise."""
    markets, elasticities = world
    twice = Markets(
        *(np.repeat(part, 2) for part in (markets.market, markets.value / 2, markets.before, markets.after))
    )
    whole = answers(name, world)
    halves = answers(name, (twice, replace(elasticities, supply=np.repeat(elasticities.supply, 2))))
    for row in ROWS:
        summed = getattr(halves, row)[::2] + (0 if row.endswith("_change") else getattr(halves, row)[1::2])
        limit = 1e-9 * markets.value.sum()
        assert summed == pytest.approx(getattr(whole, row), rel=1e-6, abs=limit), row


@ANSWERING
@given(world=worlds())
@settings(max_examples=60, deadline=None)
def test_a_small_change_follows_the_derivative(name: str, world: tuple[Markets, Elasticities]) -> None:
    """All models have one first order: clear sum-of-shares demand against supply, with small changes of tariff.

    SMART with fixed world prices: q = eps d - sigma (d - mean d), the mean weighted by value.
    """
    markets, elasticities = world
    shift = 1e-6 * markets.after
    small = replace(markets, after=markets.before + shift)
    step = small.wedge
    sigma, eta = markets.spread(elasticities.substitution), markets.spread(elasticities.demand)
    if name == "smart":
        elasticities = replace(elasticities, supply=np.full(len(step), np.inf))
        mean = markets.spread(markets.total(markets.value * step) / markets.total(markets.value))
        expected = eta * step - sigma * (step - mean)
    else:
        expected = linear(markets, step, sigma, eta, elasticities.supply)
    made = answers(name, (small, elasticities)).quantity_change
    assert made == pytest.approx(expected, rel=1e-3, abs=1e-9)


def linear(markets: Markets, step: np.ndarray, sigma: np.ndarray, eta: np.ndarray, supply: np.ndarray) -> np.ndarray:
    """The quantities that clear each market to first order, by a system of equations a market."""
    found = np.zeros(len(step))
    for number in range(markets.count):
        rows = np.flatnonzero(markets.market == number)
        share, size = markets.share[rows], len(rows)
        demand = np.outer(np.ones(size), share) * (sigma + eta)[rows][:, None] - np.diag(sigma[rows])
        fixed = np.isinf(supply[rows])
        answer = np.where(fixed, 0.0, supply[rows])
        matrix = np.where(fixed[:, None], np.eye(size), np.diag(answer) - demand)
        price = np.linalg.solve(matrix, np.where(fixed, 0.0, demand @ step[rows]))
        found[rows] = demand @ (price + step[rows])
    return found


@EACH
@pytest.mark.parametrize("share", [0.0, 0.25, 0.8, 1.0])
def test_the_stated_part_of_a_small_duty_reaches_buyers(name: str, share: float) -> None:
    """When one origin's duty changes: the formula of incidence is about a price on its own."""
    markets = Markets(np.zeros(2, dtype=np.int64), np.array([1.0, 1e9]), np.array([0.1, 0.0]), np.array([0.1001, 0.0]))
    given = Elasticities(np.array([-1.25]), np.array([4.0]), np.full(2, np.inf), share)
    made = MODELS[name].respond(markets, given)
    assert made.price_paid_change[0] == pytest.approx(share * markets.wedge[0], rel=1e-3, abs=2e-8)


@ANSWERING
@given(world=worlds())
@settings(max_examples=30, deadline=None)
def test_a_stated_share_of_one_is_a_world_price_that_does_not_move(name: str, world: tuple) -> None:
    """It is what shares just below it come to, whatever the supply elasticities are."""
    markets, elasticities = world
    whole = answers(name, (markets, replace(elasticities, pass_through=1.0)))
    near = answers(name, (markets, replace(elasticities, pass_through=1 - 1e-11)))
    assert not whole.price_received_change.any()
    assert whole.price_paid_change == pytest.approx(markets.wedge)
    assert whole.quantity_change == pytest.approx(near.quantity_change, rel=1e-6, abs=1e-6)
    assert whole.buyers_loss == pytest.approx(near.buyers_loss, rel=1e-6, abs=1e-6 * markets.value.sum())


@given(world=worlds(), which=st.integers(0, 19), more=st.sampled_from([0.05, 0.5, 4.0]))
@settings(max_examples=80, deadline=None)
def test_smart_brings_rivals_no_less_when_a_tariff_rises(world: tuple, which: int, more: float) -> None:
    """One by one where no other tariff changes, and all together whatever else changes."""
    markets, elasticities = world
    row = np.arange(len(markets.value)) == which % len(markets.value)
    for after in (np.where(row, markets.after, markets.before), markets.after):
        low, high = (
            answers("smart", (replace(markets, after=one), elasticities)) for one in (after, after + more * row)
        )
        near, moved = 1e-9 * markets.value.sum(), high.diversion - low.diversion
        assert (moved[row] <= near).all()
        assert ((high.quantity_change - low.quantity_change)[row] <= 1e-9).all()
        if after is not markets.after:
            assert (moved[~row] >= -near).all()


def test_static_with_half_passed_through() -> None:
    markets = Markets(np.zeros(1, dtype=np.int64), np.array([100.0]), np.array([0.0]), np.array([0.25]))
    given = Elasticities(np.array([-1.0]), np.array([2.0]), np.array([1.0]), 0.5)
    made = MODELS["static"].respond(markets, given)
    assert made.price_paid_change == pytest.approx([0.125])
    assert made.price_received_change == pytest.approx([1.125 / 1.25 - 1])
    assert made.value_after == pytest.approx([90.0])
    assert made.duty_after == pytest.approx([22.5])
    assert (made.buyers_loss, made.exporters_loss) == (pytest.approx([12.5]), pytest.approx([10.0]))


def test_own_elasticity_is_that_of_armington() -> None:
    world = Markets(np.zeros(2, dtype=np.int64), np.array([70.0, 30.0]), np.zeros(2), np.array([1e-7, 0.0]))
    given = Elasticities(np.array([-1.5]), np.array([5.0]), np.full(2, np.inf))
    made = MODELS["armington"].respond(world, given).quantity_change[0] / 1e-7
    assert -made == pytest.approx(own_elasticity(world, given)[0], rel=1e-5)


def test_armington_surplus_is_the_area_below_demand() -> None:
    """Summed in small steps of the tariff, with the trapezoid that is exact for small steps."""
    tariffs = np.linspace(0, 1.0, 4001)
    given = Elasticities(np.array([-1.4]), np.array([4.0]), np.array([2.0, 7.0]))
    start = Markets(np.zeros(2, dtype=np.int64), np.array([60.0, 40.0]), np.zeros(2), np.zeros(2))
    steps = [MODELS["armington"].respond(replace(start, after=np.array([t, t / 4])), given) for t in tariffs]
    bought = np.array([start.value * (1 + one.quantity_change) for one in steps])
    paid = np.array([1 + one.price_paid_change for one in steps])
    received = np.array([1 + one.price_received_change for one in steps])
    middle = (bought[1:] + bought[:-1]) / 2
    assert steps[-1].buyers_loss.sum() == pytest.approx((middle * np.diff(paid, axis=0)).sum(), rel=1e-6)
    assert steps[-1].exporters_loss == pytest.approx((-middle * np.diff(received, axis=0)).sum(axis=0), rel=1e-6)


def test_margin_of_preference() -> None:
    """Rivals' mean weighted by trade, less the row's own; none for who sells alone."""
    markets = Markets(
        np.array([0, 0, 0, 1]), np.array([10.0, 30.0, 60.0, 5.0]), np.zeros(4), np.array([0, 0.2, 0.1, 0.3])
    )
    assert preference_margin(markets)[:3] == pytest.approx([12 / 90, 6 / 70 - 0.2, 6 / 40 - 0.1])
    assert np.isnan(preference_margin(markets)[3])


def test_markets_without_solution_are_said_and_have_no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tariffcalc.impact.armington.STEPS", 1)
    markets = Markets(np.array([0, 0, 1]), np.array([5.0, 5.0, 1.0]), np.zeros(3), np.array([0.5, 0.0, 0.0]))
    made = MODELS["armington"].respond(markets, Elasticities(np.full(2, -1.0), np.full(2, 3.0), np.full(3, 2.0)))
    assert made.settled.tolist() == [False, True]
    assert np.isnan(made.duty_after[:2]).all()
    assert made.quantity_change[2] == 0
