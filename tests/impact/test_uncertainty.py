"""Draws, bands and shares on small runs of which the answer is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tariffcalc.impact.elasticities import (
    DEFAULT_SPREAD,
    ElasticityTable,
    ParameterRows,
    elasticities_of,
    plain_table,
)
from tariffcalc.impact.shapley import shapley, shares, swings, tornado
from tariffcalc.impact.shocks import COMMON, Shocks, shocks_of
from tariffcalc.impact.uncertainty import (
    BATCH,
    Assumption,
    CancelledError,
    Draw,
    Work,
    Z,
    central,
    drawn,
    evaluate,
    only,
    simulate,
)

CLAIMS = Assumption("claims", ("settled", "none", "all"))
CONTENT = Assumption("content", ("table", "full"))
DEMAND = Assumption("demand")
ALL = (CLAIMS, CONTENT, DEMAND)
WORTH = {"settled": 10.0, "none": 20.0, "all": 0.0, "table": 0.0, "full": 5.0}


def normal(draw: Draw) -> float:
    shock = draw.shocks.get("demand", 0.0)
    return shock if isinstance(shock, float) else float(np.random.default_rng(shock).standard_normal())


@dataclass(frozen=True)
class Sum:
    """A run whose headline is the sum of what each assumption adds; another headline is always the same."""

    scale: float = 3.0

    def __call__(self, draws: Sequence[Draw]) -> Mapping[str, np.ndarray]:
        total = [sum(WORTH[one] for one in draw.choices.values()) + self.scale * normal(draw) for draw in draws]
        return {"duty": np.array(total), "value": np.full(len(draws), 7.0)}


# draws --------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    assert drawn(ALL, 20, 1) == drawn(ALL, 20, 1)
    assert drawn(ALL, 20, 1) != drawn(ALL, 20, 2)


def test_more_draws_begin_with_the_same_ones() -> None:
    assert drawn(ALL, 30, 1)[:10] == drawn(ALL, 10, 1)


def test_every_option_is_as_likely() -> None:
    taken = [draw.choices["claims"] for draw in drawn(ALL, 3_000, 5)]
    assert {option: taken.count(option) for option in CLAIMS.options} == pytest.approx(
        dict.fromkeys(CLAIMS.options, 1000), abs=90
    )


def test_holding_an_assumption_leaves_the_others_as_they_were() -> None:
    draw, middle = drawn(ALL, 1, 3)[0], central(ALL)
    held = only(draw, frozenset({"demand"}), middle)
    assert held.shocks == draw.shocks
    assert held.choices == middle.choices == {"claims": "settled", "content": "table"}


def test_bands_hold_the_known_percentiles() -> None:
    """Three times a standard normal about 10: 5th and 95th percentile 10 -+ 3 x 1.645."""
    found = simulate(Sum(), (Assumption("claims", ("settled",)), DEMAND), draws=20_000, seed=4)
    duty, value = found.bands()
    assert duty.central == 10.0
    assert (duty.mean, duty.median) == pytest.approx((10.0, 10.0), abs=0.1)
    assert (duty.low, duty.high) == pytest.approx((10 - 3 * Z, 10 + 3 * Z), abs=0.15)
    assert (value.low, value.high, value.draws) == (7.0, 7.0, 20_000)


def test_a_draw_without_a_number_is_left_out_and_counted() -> None:
    def run(draws: Sequence[Draw]) -> dict[str, np.ndarray]:
        return {"duty": np.array([np.nan if d.choices["content"] == "full" else 1.0 for d in draws])}

    (band,) = simulate(run, (CONTENT,), draws=200, seed=1).bands()
    assert 0 < band.draws < 200
    assert (band.low, band.high) == (1.0, 1.0)


def test_any_number_of_workers_gives_the_same_numbers() -> None:
    one = simulate(Sum(), ALL, draws=3 * BATCH + 7, seed=11)
    two = simulate(Sum(), ALL, draws=3 * BATCH + 7, seed=11, work=Work(workers=2))
    assert one.samples["duty"].tolist() == two.samples["duty"].tolist()
    assert one.central == two.central


def test_progress_goes_up_to_the_whole() -> None:
    told: list[tuple[int, int]] = []
    evaluate(Sum(), drawn(ALL, 2 * BATCH + 1, 0), Work(progress=lambda done, whole: told.append((done, whole))))
    assert told == [(BATCH, 2 * BATCH + 1), (2 * BATCH, 2 * BATCH + 1), (2 * BATCH + 1, 2 * BATCH + 1)]


def test_a_cancelled_simulation_stops_after_the_batch() -> None:
    told: list[int] = []
    work = Work(progress=lambda done, _: told.append(done), cancelled=lambda: len(told) == 2)
    with pytest.raises(CancelledError):
        simulate(Sum(), ALL, draws=10 * BATCH, work=work)
    assert len(told) == 2


# elasticities -------------------------------------------------------------------------------------


def shocks(name: str, values: dict[str, float], products: list[str], errors: float = np.nan, **merged: Any) -> Shocks:
    rows = ParameterRows(tuple(values), np.array(list(values.values())), np.full(len(values), errors))
    tables = [
        ElasticityTable("own", "own", "", {name: rows}),
        plain_table(demand=-1.0, substitution=3.0, supply=1.5),
    ]
    market = np.arange(len(products))
    found = elasticities_of(products, market, ["CAN"] * len(products), tables).found[name]
    return shocks_of(name, found, **merged)


SEEDS = [(seed, 0) for seed in range(4_000)]


@pytest.mark.parametrize(("name", "point"), [("demand", -1.25), ("substitution", 3.1), ("supply", 0.3)])
def test_without_a_shock_the_elasticities_are_the_point_estimates(name: str, point: float) -> None:
    assert shocks(name, {"": point}, ["87", "88"]).values([0.0]) == pytest.approx(np.full((1, 2), point), rel=1e-14)


@pytest.mark.parametrize(
    ("name", "point"), [("demand", -1.25), ("substitution", 1.05), ("substitution", 0.8), ("supply", 0.3)]
)
def test_a_draw_keeps_the_sign_and_a_substitution_its_side_of_one(name: str, point: float) -> None:
    values = shocks(name, {"": point}, ["87"]).values(SEEDS)
    assert (np.sign(values) == np.sign(point)).all()
    assert point != 1.05 or (values > 1).all()
    assert np.median(values) == pytest.approx(point, rel=0.05)


def test_an_infinite_supply_stays_infinite() -> None:
    assert shocks("supply", {"": np.inf}, ["87"]).values([(1, 2), Z, 0.0]).tolist() == [[np.inf]] * 3


def test_a_figure_moves_all_rows_by_as_many_standard_deviations() -> None:
    values = shocks("supply", {"87": 2.0, "88": 5.0}, ["87", "88"]).values([-Z, Z])
    assert np.log(values / [2.0, 5.0]) == pytest.approx(DEFAULT_SPREAD * np.array([[-Z, -Z], [Z, Z]]))


def test_values_of_one_row_move_together_and_rows_share_a_part() -> None:
    logs = np.log(shocks("supply", {"87": 2.0, "88": 2.0}, ["8701", "8702", "88"]).values(SEEDS))
    assert logs[:, 0] == pytest.approx(logs[:, 1], abs=1e-14)
    assert np.corrcoef(logs[:, 0], logs[:, 2])[0, 1] == pytest.approx(COMMON, abs=0.05)
    assert logs.std(axis=0) == pytest.approx(np.full(3, DEFAULT_SPREAD), rel=0.05)


def test_a_published_standard_error_is_the_spread_of_the_draws() -> None:
    values = shocks("demand", {"": -2.0}, ["87"], errors=0.3).values(SEEDS)
    assert np.std(np.log(np.abs(values))) == pytest.approx(np.sqrt(np.log1p(0.15**2)), rel=0.05)


def test_markets_taken_together_have_the_geometric_mean_of_what_exceeds_one() -> None:
    """Weights 3 to 1 of 2 - 1 and 17 - 1: 16^(1/4) = 2, so 3; the one alone stays."""
    together = {"into": np.array([0, 0, 1]), "weight": np.array([3.0, 1.0, 5.0])}
    values = shocks("substitution", {"87": 2.0, "88": 17.0, "89": 4.0}, ["87", "88", "89"], **together).values([0.0])
    assert values[0] == pytest.approx([3.0, 4.0])


def test_taken_together_a_substitution_below_one_is_meant_whole() -> None:
    together = {"into": np.array([0, 0]), "weight": np.array([1.0, 1.0])}
    values = shocks("substitution", {"87": 0.5, "88": 8.0}, ["87", "88"], **together).values([0.0])
    assert values[0] == pytest.approx([2.0])


# what drives the spread ---------------------------------------------------------------------------


def test_swings_name_the_options_at_their_ends() -> None:
    claims, content, demand = (one for one in swings(Sum(), ALL) if one.headline == "duty")
    assert (claims.low, claims.low_at, claims.high, claims.high_at) == (0.0, "all", 20.0, "none")
    assert (content.low, content.high, content.high_at) == (10.0, 15.0, "full")
    assert (demand.low, demand.high) == pytest.approx((10 - 3 * Z, 10 + 3 * Z))


def test_shares_sum_to_one_and_what_does_not_vary_has_none() -> None:
    found = shares(Sum(), ALL, draws=400, seed=2)
    assert sum(found["duty"].values()) == pytest.approx(1.0, abs=1e-12)
    assert set(found["value"].values()) == {None}


def test_shares_of_a_sum_are_the_shares_of_the_variances() -> None:
    """Independent parts add their variances: 200/3, 25/4 and 9."""
    parts = np.array([200 / 3, 25 / 4, 9.0])
    found = shares(Sum(), ALL, draws=4_000, seed=2)["duty"]
    assert [found[one.name] for one in ALL] == pytest.approx(parts / parts.sum(), abs=0.03)


def test_the_shapley_value_of_a_game_of_three() -> None:
    """A glove game: a left glove and two right ones; a pair is worth 1: 2/3, 1/6, 1/6."""
    players = ("left", "right", "other")
    sets = [frozenset(p for p, bit in zip(players, f"{n:03b}", strict=True) if bit == "1") for n in range(8)]
    worth = {one: float("left" in one and len(one) > 1) for one in sets}
    assert [shapley(worth, name, players) for name in players] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_a_tornado_has_the_largest_share_first_and_leaves_out_what_cannot_vary() -> None:
    fixed = Assumption("status", ("settled",))
    found = [one for one in tornado(Sum(), (fixed, *ALL), draws=200, seed=3) if one.headline == "duty"]
    assert found[0].assumption == "claims"
    assert {one.assumption for one in found} == {"claims", "content", "demand"}
    assert [one.share for one in found] == sorted((one.share or 0 for one in found), reverse=True)
    assert found[0].low == 10.0  # the fixed choice adds its 10 everywhere


def test_nothing_to_vary_gives_no_tornado() -> None:
    assert tornado(Sum(), (Assumption("claims", ("settled",)),)) == []
