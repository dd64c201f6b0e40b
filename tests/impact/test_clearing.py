"""GSIM where trade ends: against slow ways to the same prices, and what holds whatever the tariffs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tariffcalc.errors import BadRequestError
from tariffcalc.impact import gsim
from tariffcalc.impact.market import Elasticities, Markets, Response, one_market

STEEP = (0.01, 0.1, 0.5, 2.0, 9.0, 50.0)


@st.composite
def markets(draw: st.DrawFn) -> tuple[list[float], list[float], list[float], float, float, list[float]]:
    """One importer: values, tariffs before and after (some prohibitive), demand, substitution, supplies."""
    size = draw(st.integers(1, 4))
    value = draw(st.lists(st.floats(1, 100), min_size=size, max_size=size))
    before = draw(st.lists(st.sampled_from([0, 0.1, 0.4]), min_size=size, max_size=size))
    after = draw(st.lists(st.sampled_from([0, *STEEP]), min_size=size, max_size=size))
    supply = draw(st.lists(st.sampled_from([0.3, 0.9, 1.5, 8.0]), min_size=size, max_size=size))
    demand = draw(st.sampled_from([-0.3, -1.25, -4.0]))
    return value, before, after, demand, draw(st.sampled_from([0.8, 3.14, 20.0])), supply


def rows(asked: Any) -> tuple[Markets, Response]:
    market, elasticities = one_market(*asked)
    return market, gsim.MODEL.respond(market, elasticities)


def whole(asked: Any) -> gsim.Solution:
    """The same market as a world in which the first country buys and the others sell."""
    value, before, after, demand, substitution, supply = asked
    size = len(value) + 1
    trade, old, new = np.zeros((size, size)), np.ones((size, size)), np.ones((size, size))
    trade[1:, 0], old[1:, 0], new[1:, 0] = value, 1 + np.array(before), 1 + np.array(after)
    return gsim.solve(trade, old, new, demand, [1.0, *supply], substitution)


def potential(asked: Any) -> np.ndarray:
    """Quantities at which buyers' worth less all cost is highest, none below nothing: a search that knows no sets.

    Worth has as its slopes the prices (a c - q) / E_s at which q is bought, with c = (mean q) / E_m; cost has p + T,
    where p = q / E_x, and not below -1.
    """
    market, elasticities = one_market(*asked)
    share, e_m, e_s = market.share, float(elasticities.demand[0]), float(elasticities.substitution[0])

    def loss(q: np.ndarray) -> tuple[float, np.ndarray]:
        price = np.maximum(q / elasticities.supply, -1.0)
        cost = np.where(price > -1, q * price / 2, -q - elasticities.supply / 2) + market.wedge * q
        mean = float(share @ q)
        worth = (e_m + e_s) / (e_m * e_s) * mean**2 / 2 - (share @ q**2) / (2 * e_s)
        bought_at = (e_m + e_s) / (e_m * e_s) * mean - q / e_s
        return float(share @ cost) - worth, share * (price + market.wedge - bought_at)

    start = np.zeros(len(share))
    options = {"ftol": 1e-16, "gtol": 1e-11, "maxiter": 20_000, "maxfun": 200_000}
    found = minimize(loss, start, jac=True, bounds=[(-1, None)] * len(share), method="L-BFGS-B", options=options)
    return found.x


@given(asked=markets())
@settings(max_examples=80, deadline=None)
def test_the_market_is_that_of_a_search_without_sets(asked: Any) -> None:
    _, made = rows(asked)
    assert made.settled.all()
    assert made.quantity_change == pytest.approx(potential(asked), abs=2e-4)


@given(asked=markets())
@settings(max_examples=100, deadline=None)
def test_a_table_and_the_system_agree_whatever_the_tariffs(asked: Any) -> None:
    """Prices, trade and surplus of both sides, for one importer and several origins."""
    market, made = rows(asked)
    system, scale = whole(asked), float(market.value.sum())
    assert made.price_received_change == pytest.approx(system.price_change[1:], abs=1e-9)
    assert made.value_after == pytest.approx(system.trade_after[1:, 0], abs=1e-9 * scale)
    assert made.buyers_loss.sum() == pytest.approx(-system.consumer_surplus[0], abs=1e-9 * scale)
    assert made.exporters_loss == pytest.approx(-system.producer_surplus[1:], abs=1e-9 * scale)
    assert made.revenue_change.sum() == pytest.approx(system.revenue_change[0], abs=1e-9 * scale)
    assert made.welfare_change.sum() == pytest.approx(system.welfare.sum(), abs=1e-8 * scale)


@given(asked=markets())
@settings(max_examples=100, deadline=None)
def test_nothing_falls_below_nothing(asked: Any) -> None:
    market, made = rows(asked)
    assert (made.price_received_change >= -1).all()
    assert (made.quantity_change >= -1).all()
    assert made.price_paid_change == pytest.approx(made.price_received_change + market.wedge)
    assert made.diversion.sum() == pytest.approx(0, abs=1e-9 * market.value.sum())
    if (market.after >= market.before).all():
        assert made.buyers_loss.sum() >= -1e-9
        assert market.share @ made.quantity_change <= 1e-9


@given(asked=markets(), which=st.integers(0, 3), more=st.sampled_from([0.01, 0.2, 1.0, 30.0]))
@settings(max_examples=150, deadline=None)
def test_a_higher_tariff_costs_its_origin_and_not_the_rivals(asked: Any, which: int, more: float) -> None:
    """Wherever rivals are nearer to each other than to other goods: sigma + eps above 0."""
    value, before, after, demand, substitution, supply = asked
    substitution = max(substitution, -demand)
    raised = [one + more * (at == which % len(value)) for at, one in enumerate(after)]
    _, low = rows((value, before, after, demand, substitution, supply))
    _, high = rows((value, before, raised, demand, substitution, supply))
    change = high.value_after - low.value_after
    own = np.arange(len(value)) == which % len(value)
    assert (change[own] <= 1e-9).all()
    assert (change[~own] >= -1e-7).all()
    assert (high.quantity_change - low.quantity_change)[~own].min(initial=0) >= -1e-9


def test_a_prohibitive_rate_leaves_the_rival_a_market_of_its_own() -> None:
    """Two origins and 900 percent on one, by hand: c (1 - a / (2 E_s) - a / (2 (E_x + E_s))) = 1 / (2 E_s)."""
    demand, substitution, supply = -1.25, 5.0, 1.5
    pull = demand + substitution
    mean = (0.5 / substitution) / (1 - 0.5 * pull / substitution - 0.5 * pull / (supply + substitution))
    _, made = rows(([50, 50], [0, 0], [9.0, 0.0], demand, substitution, supply))
    assert made.quantity_change[0] == -1
    assert made.price_received_change == pytest.approx([-1 / supply, pull * mean / (supply + substitution)])
    assert made.buyers_loss.sum() == pytest.approx(100 * mean * (1 + demand * mean / 2))
    assert made.exporters_loss[0] == pytest.approx(50 / (2 * supply))
    assert made.creation.max() < 0
    assert made.diversion[0] == pytest.approx(-made.diversion[1])
    assert made.deadweight_loss[0] == pytest.approx(50 / 2 * ((pull * mean + 1) / substitution + 1 / supply))


def test_a_tenth_more_of_a_prohibitive_rate_changes_nothing() -> None:
    _, one = rows(([50, 50], [0, 0], [9.0, 0.0], -1.25, 5.0, 1.5))
    _, two = rows(([50, 50], [0, 0], [9.9, 0.0], -1.25, 5.0, 1.5))
    for name in ("quantity_change", "price_received_change", "buyers_loss", "exporters_loss", "deadweight_loss"):
        assert getattr(one, name) == pytest.approx(getattr(two, name)), name


def test_trade_of_two_countries_that_one_of_them_bars() -> None:
    """The first sells nothing any more: its price stops where its supply ends; the second sells under 10 percent."""
    made = gsim.solve([[0, 1], [1, 0]], [[1, 1], [1, 1]], [[1, 100], [1.1, 1]])
    alone = gsim.solve([[0, 0], [1, 0]], [[1, 1], [1, 1]], [[1, 1], [1.1, 1]])
    assert made.price_change == pytest.approx([-1 / 1.5, alone.price_change[1]])
    assert made.trade_after[0, 1] == 0
    assert made.consumer_surplus[1] == pytest.approx(-1 / (2 * 1.25))
    assert made.producer_surplus[0] == pytest.approx(-1 / (2 * 1.5))


def slowly(trade: np.ndarray, cut: np.ndarray, spent: np.ndarray, e_m: float, e_x: float, e_s: float) -> np.ndarray:
    """World prices by giving way to excess demand, little by little; composites by halving, importer by importer."""
    theta, sold = spent / spent.sum(axis=0), trade / trade.sum(axis=1, keepdims=True)
    price = np.zeros(len(trade))
    for _ in range(300):
        paid = price[:, None] + cut
        low, high = np.full(len(trade), -5.0), np.full(len(trade), 1e4)
        for _ in range(60):
            mean = (low + high) / 2
            above = mean > (theta * np.minimum(paid, ((e_m + e_s) * mean + 1) / e_s)).sum(axis=0)
            low, high = np.where(above, low, mean), np.where(above, mean, high)
        quantity = np.maximum((e_m + e_s) * high - e_s * paid, -1)
        price = np.maximum(price + ((sold * quantity).sum(axis=1) - e_x * price) / (e_x + e_s), -1)
    return price


@pytest.mark.parametrize("supply", [0.4, 1.5])
@pytest.mark.parametrize("seed", range(4))
def test_many_countries_clear_where_prices_come_to_rest(seed: int, supply: float) -> None:
    chance = np.random.default_rng(seed)
    trade, before = chance.exponential(1, (4, 4)) + 0.05, 1 + chance.choice([0, 0.1, 0.4], (4, 4))
    after = 1 + chance.choice([0, 0.1, 0.5, 2, 10, 100], (4, 4))
    made = gsim.solve(trade, before, after, demand=-1.25, supply=supply, substitution=4.0)
    assert (made.trade_after == 0).any()
    slow = slowly(trade, after / before - 1, trade * before, -1.25, supply, 4.0)
    assert made.price_change == pytest.approx(slow, abs=1e-8)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_a_world_is_never_below_nothing_and_sells_what_it_makes(seed: int) -> None:
    chance = np.random.default_rng(seed)
    size = chance.integers(2, 6)
    trade = chance.exponential(1, (size, size)) * (chance.random((size, size)) < 0.8)
    before, after = (1 + chance.choice([0, 0.1, 0.5, 5, 100], (size, size)) for _ in range(2))
    supply = chance.choice([0.3, 1.5, 20.0], size)
    demand, substitution = -chance.choice([0.0, 0.4, 1.25, 6.0], size), chance.choice([0.5, 4.0, 60.0], size)
    made = gsim.solve(trade, before, after, demand, supply, substitution)
    assert (made.price_change >= -1).all()
    assert (made.trade_after >= 0).all()
    above = (made.price_change > -1 + 1e-9) & (trade.sum(axis=1) > 0)
    sales = (made.trade_after[above] / (1 + made.price_change[above, None])).sum(axis=1)
    assert sales == pytest.approx(trade.sum(axis=1)[above] * (1 + (supply * made.price_change)[above]), abs=1e-6)


def test_prices_that_are_not_found_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tariffcalc.impact.clearing.PASSES", 1)
    market = Markets(np.array([0, 1]), np.array([5.0, 1.0]), np.zeros(2), np.array([0.5, 0.0]))
    given = Elasticities(np.full(2, -1.0), np.full(2, 3.0), np.full(2, 2.0))
    made = gsim.MODEL.respond(market, given)
    assert made.settled.tolist() == [False, True]
    assert np.isnan(made.duty_after[0])
    with pytest.raises(BadRequestError, match="no prices were found") as error:
        gsim.solve([[0, 1], [1, 0]], np.ones((2, 2)), [[1, 2], [1, 1]])
    assert error.value.code == "not-settled"
    monkeypatch.undo()
    again = gsim.MODEL.respond(replace(market, after=np.array([99.0, 0.0])), given)
    assert again.settled.all()
