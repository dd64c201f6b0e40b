"""Draws on a table of trade: what is varied, that the middle is the answer itself, that the same seed is the same."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tariffcalc.cli import cli
from tariffcalc.errors import BadRequestError, UnknownNameError
from tariffcalc.estimate import Case, case_of
from tariffcalc.impact.uncertainty import BATCH, CancelledError, Work
from tariffcalc.law.codes import CodeSet, Scope
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.ranges import Ask, assumptions_of, ranges
from tariffcalc.models.response import Behaviour, impact
from tests.factories import CAR, STEEL_COIL, T_SHIRT, a_measure, a_schedule, a_table

US = "us-north-america-2025"
MODELS = ("static", "smart", "armington", "gsim")


def from_canada(rate: float) -> Schedule:
    scope = Scope(products=CodeSet(everything=True), origins=CodeSet(codes=frozenset({"CAN"})))
    return a_schedule(a_measure("canada", rate, scope=scope), has_base=False)


ROWS = [
    {"origin": origin, "product": product, "customs_value": value}
    for origin, product, value in (
        ("CAN", CAR, 100.0),
        ("MEX", CAR, 300.0),
        ("CAN", STEEL_COIL, 50.0),
        ("BRA", STEEL_COIL, 80.0),
        ("CAN", T_SHIRT, 20.0),
    )
]


def a_case() -> Case:
    return case_of(a_table(*ROWS), from_canada(0.25), baseline=from_canada(0.0), by=("origin",))


def bands(ask: Ask, how: Behaviour | None = None, work: Work | None = None) -> dict[str, dict[str, Any]]:
    result = ranges(a_case(), how or Behaviour(), ask, work)
    return {row["headline"]: row for row in result.frame.to_dict("records")}


@pytest.mark.parametrize("model", MODELS)
def test_at_the_central_assumptions_the_products_give_the_answer_itself(model: str) -> None:
    table = a_table(*ROWS)
    answer = impact(table, from_canada(0.25), baseline=from_canada(0.0), by=("origin",), model=model)
    found = bands(Ask(draws=1, markets="product"), Behaviour(model))
    for name, total in answer.provenance["response"]["totals"].items():
        if name in found:
            assert found[name]["central_value"] == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert found["duty"]["central_value"] == pytest.approx(0.25 * 170)


def test_the_same_seed_is_the_same_and_another_is_not() -> None:
    one, two, other = (ranges(a_case(), Behaviour(), Ask(draws=60, seed=seed)).frame for seed in (1, 1, 2))
    assert one.equals(two)
    assert not one.equals(other)


def test_two_processes_give_the_bytes_of_one() -> None:
    ask = Ask(draws=BATCH + 5, seed=3)
    one, two = (ranges(a_case(), Behaviour(), ask, Work(workers=n)).to("json") for n in (1, 2))
    assert one == two


def test_the_middle_lies_in_the_band_and_duty_without_answer_does_not_move() -> None:
    found = bands(Ask(draws=300, seed=5))
    after = found["duty_after"]
    assert after["low_value"] < after["central_value"] < after["high_value"]
    assert found["duty"]["low_value"] == found["duty"]["high_value"] == pytest.approx(42.5)
    assert {row["draws"] for row in found.values()} == {300}


def test_an_elasticity_given_as_a_figure_is_not_drawn() -> None:
    names = {one.name for one in assumptions_of(a_case(), Behaviour(demand=-1.0), Ask()) if not one.options}
    assert names == {"substitution", "supply"}
    found = bands(Ask(draws=50), Behaviour(demand=-1.0, substitution=3.0, supply=1.5))
    assert found["duty_after"]["low_value"] == found["duty_after"]["high_value"]


def test_options_are_varied_and_the_first_is_the_middle() -> None:
    options = {"pass_through": ("0.25", "0.75"), "content": ("table",), "preference": ("settled",)}
    found = {one.name: one.options for one in assumptions_of(a_case(), Behaviour(), Ask(vary=options))}
    assert found["pass_through"] == ("0.25", "0.75")
    rows = bands(Ask(draws=400, seed=1, vary=options), Behaviour("smart", substitution=3.0, demand=-1.25))
    paid = rows["buyers_loss"]
    assert paid["central_value"] == paid["low_value"] < paid["high_value"]


def test_pass_through_of_one_is_an_option_unlike_that_by_the_elasticities() -> None:
    """Where buyers bear the whole duty exporters lose nothing; by the elasticities, the ready-made option, they do."""
    held = {"content": ("table",), "preference": ("settled",)}
    lost = {}
    for option in ("elasticities", "1"):
        rows = bands(Ask(draws=1, vary={**held, "pass_through": (option,)}), Behaviour("armington"))
        lost[option] = rows["exporters_loss"]["central_value"]
    assert lost["1"] == 0 < lost["elasticities"]
    ready = {one.name: one.options for one in assumptions_of(a_case(), Behaviour(), Ask())}
    assert ready["pass_through"] == ("elasticities",)
    stated = {one.name: one.options for one in assumptions_of(a_case(), Behaviour(pass_through=1.0), Ask())}
    assert stated["pass_through"] == ("1.0",)


def test_a_tornado_has_shares_that_sum_to_one() -> None:
    frame = ranges(a_case(), Behaviour(), Ask(draws=100, seed=1, tornado=True)).frame
    after = frame[frame["headline"] == "duty_after"]
    assert after["variance_share"].sum() == pytest.approx(1.0)
    assert after["variance_share"].is_monotonic_decreasing
    assert frame.loc[frame["headline"] == "duty", "variance_share"].isna().all()


def test_what_is_assumed_is_said() -> None:
    result = ranges(a_case(), Behaviour(), Ask(draws=3))
    assert any("no standard errors are published for demand, substitution, supply" in one for one in result.warnings)
    assert any("elasticity of demand" in one and "default" in one for one in result.warnings)
    told = result.provenance["ranges"]
    assert (told["draws"], told["seed"], told["markets"]) == (3, 0, "hs2")
    assert told["assumptions"]["demand"] == "drawn"


def test_it_can_be_stopped() -> None:
    with pytest.raises(CancelledError):
        ranges(a_case(), Behaviour(), Ask(draws=3 * BATCH), Work(cancelled=lambda: True))


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (Ask(draws=0), BadRequestError),
        (Ask(draws=10**9), BadRequestError),
        (Ask(seed=-1), BadRequestError),
        (Ask(markets="hs22"), UnknownNameError),
        (Ask(vary={"preferences": ("settled",)}), UnknownNameError),
        (Ask(vary={"preference": ("setled",)}), UnknownNameError),
        (Ask(vary={"pass_through": ("1.5",)}), BadRequestError),
        (Ask(vary={"pass_through": ("x",)}), BadRequestError),
        (Ask(vary={"content": ("table", "table")}), BadRequestError),
        (Ask(vary={"content": ()}), BadRequestError),
    ],
)
def test_what_cannot_be_drawn_is_refused(ask: Ask, error: type[Exception]) -> None:
    with pytest.raises(error):
        ranges(a_case(), Behaviour(), ask)


def test_an_unknown_model_and_a_missing_baseline_are_refused() -> None:
    with pytest.raises(UnknownNameError):
        ranges(a_case(), Behaviour("armingtn"), Ask(draws=1))
    with pytest.raises(BadRequestError) as caught:
        ranges(case_of(a_table(*ROWS), from_canada(0.25), by=("origin",)), Behaviour(), Ask(draws=1))
    assert caught.value.code == "model-needs-baseline"


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, list(args), catch_exceptions=False, standalone_mode=False)


def test_bands_from_the_command_line() -> None:
    scope = ("--scenario", "ieepa-in-force", "--baseline", "no-tariffs-2025", "--from", "2025-06", "--until", "2025-07")
    made = run("impact", US, *scope, "--draws", "20", "--seed", "7", "--vary", "preference=settled", "--format", "json")
    told = json.loads(made.stdout)
    assert told["provenance"]["ranges"]["assumptions"]["preference"] == ["settled"]
    by = {row["headline"]: row for row in told["rows"]}
    assert by["duty"]["central_value"] == by["duty"]["low_value"] < by["duty"]["high_value"]
    assert by["duty_after"]["high_value"] < by["duty"]["high_value"]
    assert np.isfinite(by["welfare_change"]["mean_value"])


def test_groups_beside_draws_are_passed_over_and_that_is_said() -> None:
    scope = ("--baseline", "no-tariffs-2025", "--draws", "3", "--vary", "preference=settled", "--vary", "content=table")
    grouped = run("impact", US, *scope, "--by", "sector", "--format", "csv")
    assert grouped.stdout == run("impact", US, *scope, "--format", "csv").stdout
    assert "--by is passed over" in grouped.stderr


@pytest.mark.parametrize(
    "options",
    [("--tornado",), ("--vary", "content=full"), ("--draws", "5", "--model", "io-prices")],
)
def test_options_that_do_not_go_together_are_refused(options: tuple[str, ...]) -> None:
    with pytest.raises(BadRequestError):
        run("impact", US, "--baseline", "no-tariffs-2025", *options)
