"""The general equilibrium: the paper's own experiment, identities, refusals, and a table of trade put into it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

import tariffcalc as tc
from tariffcalc.errors import BadRequestError
from tariffcalc.estimate import case_of
from tariffcalc.impact import exact_hat
from tariffcalc.models.economy import economy_impact, shift_of, shifted
from tariffcalc.models.response import traded_of
from tariffcalc.sources.economies import EconomyTables, read_economy
from tests.factories import STEEL_COIL, T_SHIRT, a_table

NAFTA = ("MEX", "CAN", "USA")


@pytest.fixture(scope="module")
def world() -> EconomyTables:
    """The bundled economy of 1993."""
    return read_economy("caliendo-parro-1993")


@pytest.fixture(scope="module")
def economy(world: EconomyTables) -> exact_hat.Economy:
    return exact_hat.Economy(
        world.trade, world.gross_output, world.value_added_share, world.input_output, world.theta, world.tariff
    )


@pytest.fixture(scope="module")
def nafta(world: EconomyTables, economy: exact_hat.Economy) -> exact_hat.Outcome:
    """Deficits closed, then the tariffs of 2005 inside North America."""
    return exact_hat.solve(economy, world.tariffs["nafta-2005"])


def at(world: EconomyTables, country: str) -> int:
    return world.countries.index(country)


# the worked example --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "terms", "volume", "first_order", "exact"),
    [("MEX", -0.41, 1.72, 1.31, 0.007), ("CAN", -0.11, 0.04, -0.06, -0.110), ("USA", 0.04, 0.04, 0.08, 0.074)],
)
def test_nafta_welfare_first_order_and_exact(
    nafta: exact_hat.Outcome,
    world: EconomyTables,
    country: str,
    terms: float,
    volume: float,
    first_order: float,
    exact: float,
) -> None:
    """The paper's table 2 by its two terms; and the exact real income of the same solution, which is another number."""
    n = at(world, country)
    assert round(100 * nafta.terms_of_trade[n], 2) == terms
    assert round(100 * nafta.volume_of_trade[n], 2) == volume
    assert round(100 * nafta.first_order_change[n], 2) == first_order
    assert round(100 * nafta.real_income_change[n], 3) == exact


@pytest.mark.parametrize(("country", "percent"), [("MEX", 118), ("CAN", 11), ("USA", 41)])
def test_nafta_imports_inside_the_bloc(
    nafta: exact_hat.Outcome, world: EconomyTables, country: str, percent: int
) -> None:
    n, others = at(world, country), [at(world, one) for one in NAFTA if one != country]
    before, after = (one[:, n][:, others].sum() for one in (nafta.trade_before, nafta.trade_after))
    assert round(100 * (after / before - 1)) == percent


def test_nafta_settles(world: EconomyTables, economy: exact_hat.Economy) -> None:
    outcome = exact_hat.solve(economy, world.tariffs["nafta-2005"])
    assert outcome.converged
    assert outcome.residual < 1e-10


# identities ----------------------------------------------------------------------------------


def test_deficits_are_closed(nafta: exact_hat.Outcome) -> None:
    """Exports equal imports for every country, before and after."""
    for trade in (nafta.trade_before, nafta.trade_after):
        deficits = trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1))
        assert np.abs(deficits).max() / trade.sum() < 1e-9


def test_deficits_stay_where_they_are_not_closed(world: EconomyTables, economy: exact_hat.Economy) -> None:
    outcome = exact_hat.solve(economy, world.tariffs["nafta-2005"], close_deficits=False)
    trade = outcome.trade_after
    deficits = trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1))
    assert deficits == pytest.approx(economy.deficits, abs=1e-7 * trade.sum())


@pytest.mark.parametrize("close", [True, False])
def test_no_change_of_tariffs_changes_nothing(world: EconomyTables, economy: exact_hat.Economy, *, close: bool) -> None:
    outcome = exact_hat.solve(economy, world.tariff, close)
    for name in ("real_income_change", "terms_of_trade", "volume_of_trade", "real_wage_change", "price_index_change"):
        assert np.abs(getattr(outcome, name)).max() < 1e-9, name
    assert outcome.trade_after == pytest.approx(outcome.trade_before, rel=1e-6, abs=1e-9 * outcome.trade_before.max())


def test_to_the_first_order_both_readings_agree(world: EconomyTables, economy: exact_hat.Economy) -> None:
    """For a small step the exact change of real income is the sum of the two terms."""
    step = 1e-4 * (world.tariffs["nafta-2005"] - world.tariff)
    outcome = exact_hat.solve(economy, world.tariff + step)
    size = np.abs(outcome.first_order_change).max()
    assert outcome.real_income_change == pytest.approx(outcome.first_order_change, abs=2e-3 * size)


def test_the_currency_does_not_matter(world: EconomyTables, economy: exact_hat.Economy) -> None:
    other = exact_hat.Economy(
        world.trade * 7, world.gross_output * 7, world.value_added_share, world.input_output, world.theta, world.tariff
    )
    one, two = (exact_hat.solve(each, world.tariffs["nafta-2005"]) for each in (economy, other))
    assert two.real_income_change == pytest.approx(one.real_income_change, abs=1e-9)
    assert two.trade_after == pytest.approx(7 * one.trade_after, rel=1e-6)


def test_what_a_country_charges_itself_is_not_read(world: EconomyTables, economy: exact_hat.Economy) -> None:
    tariff = world.tariffs["nafta-2005"].copy()
    own = np.arange(len(world.countries))
    plain = exact_hat.solve(economy, tariff).real_income_change
    tariff[:, own, own] = 0.5
    assert exact_hat.solve(economy, tariff).real_income_change == pytest.approx(plain, abs=1e-12)


# a small world of one sector, by the closed form of Arkolakis, Costinot and Rodriguez-Clare -----------------------


def small(**changes: Any) -> exact_hat.Economy:
    """Two countries alike, one sector that uses nothing but labour."""
    given: dict[str, Any] = {
        "trade": [[[0.0, 30.0], [30.0, 0.0]]],
        "gross_output": [[100.0, 100.0]],
        "value_added_share": [[1.0, 1.0]],
        "input_output": [[[0.0]], [[0.0]]],
        "theta": [4.0],
        "tariff": [[[0.0, 0.0], [0.0, 0.0]]],
    }
    return exact_hat.Economy(**{**given, **changes})


def test_real_wage_follows_the_domestic_share() -> None:
    """W-hat = pi_nn-hat^(-1/theta) where labour is the only input (2012, American Economic Review 102)."""
    outcome = exact_hat.solve(small(), [[[0.0, 0.25], [0.25, 0.0]]])
    paid = outcome.trade_after * (1 + np.array([[[0.0, 0.25], [0.25, 0.0]]]))
    share = paid[0, 0, 0] / paid[0, 0].sum()
    assert outcome.real_wage_change[0] == pytest.approx((share / 0.7) ** (-1 / 4) - 1, abs=1e-9)
    assert outcome.real_wage_change[0] == pytest.approx(outcome.real_wage_change[1])


def test_symmetric_war_by_hand() -> None:
    """Wages stay by symmetry, so shares are 0.7 and 0.3 x 1.25^-4 over their sum."""
    outcome = exact_hat.solve(small(), [[[0.0, 0.25], [0.25, 0.0]]])
    foreign = 0.3 * 1.25**-4 / (0.7 + 0.3 * 1.25**-4)
    income = 100 / (1 - foreign * 0.2)
    assert outcome.trade_after[0, 0, 1] == pytest.approx(income * foreign / 1.25)
    index = (0.7 + 0.3 * 1.25**-4) ** (-1 / 4)
    assert outcome.real_income_change[0] == pytest.approx(income / 100 / index - 1)


@settings(max_examples=25, deadline=None)
@given(arrays(np.float64, (2, 3, 3), elements=st.floats(0.0, 0.6)), st.integers(0, 1000))
def test_small_worlds_settle_and_balance(after: NDArray[np.float64], seed: int) -> None:
    """Whatever the tariffs: exports equal imports, and the income of the world is its value added and revenue."""
    draw = np.random.default_rng(seed)
    trade = draw.uniform(1, 10, (2, 3, 3))
    economy = exact_hat.Economy(
        trade,
        draw.uniform(40, 90, (2, 3)),
        draw.uniform(0.3, 0.9, (2, 3)),
        np.full((3, 2, 2), 0.5),
        [3.0, 8.0],
        draw.uniform(0, 0.3, (2, 3, 3)),
    )
    outcome = exact_hat.solve(economy, after)
    balance = outcome.trade_after.sum(axis=(0, 2)) - outcome.trade_after.sum(axis=(0, 1))
    assert np.abs(balance).max() < 1e-7 * outcome.trade_after.sum()
    assert (outcome.trade_after >= 0).all()


# refusals ------------------------------------------------------------------------------------


def test_every_fault_of_an_economy_at_once() -> None:
    with pytest.raises(BadRequestError) as caught:
        small(trade=[[[0.0, -1.0], [30.0, 0.0]]], theta=[0.0], tariff=[[0.0, 0.0]])
    assert {fault.key for fault in caught.value.faults} == {"trade[0, 0, 1]", "theta[0]", "tariff"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value_added_share": [[0.5, 1.0]]}, "inputs sum to 0, not 1"),
        ({"deficit": [5.0, 0.0]}, "the deficits of the world sum to 5, not 0"),
        ({"gross_output": [[100.0, np.nan]]}, "nan is not a number of 0 or more"),
        ({"value_added_share": [[1.5, 1.0]]}, "1.5 is not a number from 0 to 1"),
    ],
)
def test_an_economy_that_does_not_add_up_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        small(**changes)
    assert said in str(caught.value.faults[0])


def test_tariffs_of_another_shape_or_below_zero_are_refused() -> None:
    for wrong in ([[0.1]], [[[0.0, -0.1], [0.0, 0.0]]]):
        with pytest.raises(BadRequestError, match="tariffs after"):
            exact_hat.solve(small(), wrong)


def test_where_nothing_settles_it_is_said_where(
    world: EconomyTables, economy: exact_hat.Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too few rounds for a tariff war: no number is given back, but the place and what to do."""
    monkeypatch.setattr(exact_hat, "_DAMPED_ROUNDS", 3)
    monkeypatch.setattr(exact_hat, "_SEARCH_ROUNDS", 2)
    with pytest.raises(BadRequestError) as caught:
        exact_hat.solve(economy, world.tariff + 1.0)
    assert caught.value.code == "not-settled"
    assert "in country" in caught.value.message
    assert caught.value.hint


def test_the_search_finds_what_damping_finds(
    world: EconomyTables, economy: exact_hat.Economy, nafta: exact_hat.Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact_hat, "_DAMPED_ROUNDS", 1)
    searched = exact_hat.solve(economy, world.tariffs["nafta-2005"])
    assert searched.real_income_change == pytest.approx(nafta.real_income_change, abs=1e-9)


def test_a_tariff_so_high_that_trade_ends_leaves_autarky() -> None:
    outcome = exact_hat.solve(small(theta=[50.0]), [[[0.0, 30.0], [30.0, 0.0]]])
    assert outcome.trade_after[0, 0, 1] == pytest.approx(0, abs=1e-9)
    assert outcome.real_wage_change == pytest.approx(np.full(2, 0.7 ** (1 / 50) - 1))


# a table of trade in the economy -------------------------------------------------------------


def steel_and_shirts() -> Any:
    return a_table(
        {"product": STEEL_COIL, "origin": "CAN", "period": "2025-08", "customs_value": 3e6},
        {"product": T_SHIRT, "origin": "CAN", "period": "2025-08", "customs_value": 1e6},
        {"product": T_SHIRT, "origin": "LIE", "period": "2025-08", "customs_value": 2e6},
    )


def test_products_and_origins_find_their_place(world: EconomyTables) -> None:
    """Steel is a basic metal, shirts are textiles, and Liechtenstein is in the rest of the world."""
    case = case_of(steel_and_shirts(), baseline="no-tariffs-2025", by=("importer",))
    shift = shift_of(traded_of(case), world, at(world, "USA"))
    sectors = list(world.sectors)
    found = {(sectors[j], world.countries[n]): shift.value[j, n] for j, n in np.argwhere(shift.value > 0)}
    assert found == {
        ("basic-metals", "CAN"): pytest.approx(3e6),
        ("textile", "CAN"): pytest.approx(1e6),
        ("textile", "ROW"): pytest.approx(2e6),
    }
    metal = sectors.index("basic-metals"), at(world, "CAN")
    assert shift.after[metal] == pytest.approx(0.5)
    tariff, floored = shifted(world.tariff, shift, at(world, "USA"))
    changed = np.argwhere(tariff != world.tariff)
    assert {tuple(place) for place in changed.tolist()} <= {
        (sectors.index(name), at(world, "USA"), at(world, origin)) for name, origin in found
    }
    power = (1 + tariff[metal[0], at(world, "USA"), metal[1]]) / (
        1 + world.tariff[metal[0], at(world, "USA"), metal[1]]
    )
    assert power == pytest.approx((1 + shift.after[metal]) / (1 + shift.before[metal]))
    assert floored == 0


def test_a_scenario_through_the_economy() -> None:
    """Tariffs on Canada cost Canada and shift its sales; the result says loudly of what year the economy is."""
    law = tc.read_schedule("USA").apply(tc.read_scenario("ieepa-in-force"))
    result = economy_impact(steel_and_shirts(), law, baseline="no-tariffs-2025")
    frame = result.frame.set_index("country")
    assert frame.loc["CAN", "real_income_change"] < 0
    assert frame.loc["CAN", "imports_change"] == pytest.approx(frame.loc["CAN", "exports_change"], abs=1e-8)
    assert "ECONOMY IS THAT OF 1993" in result.warnings[0]
    assert result.provenance["economy"]["placed_value"] == pytest.approx(6e6)
    assert result.to("csv").startswith(b"country,real_income_change")
    imports = economy_impact(steel_and_shirts(), law, baseline="no-tariffs-2025", by=("sector", "origin")).frame
    metal = imports[(imports["sector"] == "basic-metals") & (imports["origin"] == "CAN")].iloc[0]
    assert metal["imports_change"] < -0.3
    assert imports["import_share"].sum() == pytest.approx(1)


def test_the_same_law_twice_changes_nothing_in_the_economy() -> None:
    frame = economy_impact(steel_and_shirts(), baseline="statutory").frame
    assert frame.drop(columns="country").abs().to_numpy().max() < 1e-9


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"by": ("month",), "baseline": "statutory"}, "unknown-by"),
        ({"by": ("country", "sector"), "baseline": "statutory"}, "unknown-by"),
        ({}, "model-needs-baseline"),
    ],
)
def test_questions_that_the_economy_cannot_answer(given: dict[str, Any], code: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        economy_impact(steel_and_shirts(), **given)
    assert caught.value.code == code
    assert caught.value.hint
