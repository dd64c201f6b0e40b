"""Prices pushed through inputs: by hand, against the published tables, and from a table of trade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import tariffcalc as tc
from tariffcalc.cli import cli
from tariffcalc.errors import BadRequestError
from tariffcalc.impact.io_prices import Consumption, cost_push, leontief, prices
from tariffcalc.impact.market import Floats
from tariffcalc.models.consumer_prices import import_weights, price_impact
from tariffcalc.paths import trade_data_folder
from tariffcalc.sources.input_output import InputOutput, read_input_output, read_requirements
from tests.factories import STEEL_COIL, T_SHIRT, a_table


@pytest.fixture(scope="module")
def tables() -> InputOutput:
    return read_input_output()


@pytest.fixture(scope="module")
def bought(tables: InputOutput) -> Consumption:
    return Consumption(tables.category_of, tables.commodity_of, tables.producers, tables.purchasers)


def uniform(tables: InputOutput, rate: float = 0.1) -> Floats:
    """All imported goods dearer by one rate."""
    return np.where(np.isnan(tables.import_value), 0.0, rate)


# by hand -------------------------------------------------------------------------------------

HOME = np.array([[0.2, 0.3], [0.1, 0.0]])
ABROAD = np.array([[0.1, 0.0], [0.0, 0.2]])


def test_two_goods_by_hand() -> None:
    """p1 = 0.2 p1 + 0.1 p2 + 0.1 t, p2 = 0.3 p1 + 0.2 t at t = 10 %: p1 = 0.012 / 0.77, p2 = 0.02 + 0.3 p1."""
    pushed = cost_push(np.array([0.1, 0.1]), ABROAD, leontief(HOME))
    first = 0.012 / 0.77
    assert pushed == pytest.approx([first, 0.02 + 0.3 * first])


def test_households_by_hand() -> None:
    """One category: 60 of good 1 (100 with margins), 40 of good 2 (50 with margins); a quarter of good 1 imported."""
    household = Consumption(np.array([0, 0]), np.array([0, 1]), np.array([60.0, 40.0]), np.array([100.0, 50.0]))
    made = prices(np.array([0.1, 0.1]), ABROAD, leontief(HOME), np.array([0.25, 0.0]), household)
    home = 0.012 / 0.77, 0.02 + 0.3 * 0.012 / 0.77
    direct, inputs = 0.25 * 0.1, 0.75 * home[0]
    assert made.total[0] == pytest.approx(direct * 100 / 150)
    assert made.total[1] == pytest.approx((inputs * 100 + home[1] * 50) / 150)
    assert made.total[2] == pytest.approx(((direct + inputs) * 60 + home[1] * 40) / 150)


def test_leontief_is_the_sum_of_all_rounds() -> None:
    rounds = sum((np.linalg.matrix_power(HOME, n) for n in range(60)), np.zeros((2, 2)))
    assert leontief(HOME) == pytest.approx(rounds)


@pytest.mark.parametrize("wrong", [[[0.5, 0.6], [0.5, 0.5]], [[0.1, 0.2]], [[np.nan]]])
def test_inputs_that_cannot_be_are_refused(wrong: Any) -> None:
    with pytest.raises(BadRequestError) as caught:
        leontief(wrong)
    assert caught.value.code == "input-output"


# the published tables ------------------------------------------------------------------------


def test_published_requirements_are_those_of_the_inverse() -> None:
    """R = D L: market shares recovered from both tables are shares, and the inverse of I - BD gives both back."""
    _, commodities, total = read_requirements("requirements", "industry", "commodity", "total")
    used, _, whole = read_requirements("commodity-requirements", "used", "commodity", "total")
    whole = whole[[used.index(code) for code in commodities]]
    market = total @ np.linalg.inv(whole)
    assert market.sum(axis=0) == pytest.approx(1, abs=2e-6)
    assert market.min() > -1e-4
    inputs = (np.eye(len(commodities)) - np.linalg.inv(whole)) @ np.linalg.pinv(market)
    assert inputs.sum(axis=0).max() < 1
    again = leontief(inputs @ market)
    assert again == pytest.approx(whole, abs=5e-6)
    assert market @ again == pytest.approx(total, abs=5e-6)


def test_imported_inputs_are_what_domestic_requirements_leave_out(tables: InputOutput) -> None:
    """A - A_d from the two requirement tables, in dollars, is the import matrix: in total and by commodity."""
    _, _, total = read_requirements("requirements", "industry", "commodity", "total")
    used, commodities, whole = read_requirements("commodity-requirements", "used", "commodity", "total")
    market = total @ np.linalg.inv(whole[[used.index(code) for code in commodities]])
    abroad = np.linalg.inv(tables.requirements @ np.linalg.pinv(market)) - np.linalg.inv(total @ np.linalg.pinv(market))
    value = _import_matrix(tables)
    output = np.nanmedian(
        np.where(value > 0, value / np.where(tables.imported > 0, tables.imported, 1), np.nan), axis=0
    )
    reckoned = abroad * np.nan_to_num(output)
    assert reckoned.sum() == pytest.approx(value.sum(), rel=0.01)
    cars, steel = (tables.industries.index(code) for code in ("3361MV", "331"))
    for at in (cars, steel):
        printed = value[tables.commodities.index(tables.industries[at])].sum()
        assert reckoned[at].sum() == pytest.approx(printed, rel=0.02)


def _import_matrix(tables: InputOutput) -> Floats:
    rows, _, _ = read_requirements("requirements", "industry", "commodity", "domestic")
    assert rows == tables.industries
    frame = pd.read_parquet(trade_data_folder() / "input_output" / "imports.parquet").astype(
        {"commodity": str, "industry": str}
    )
    wide = frame.pivot_table(index="commodity", columns="industry", values="value", aggfunc="sum", fill_value=0.0)
    return wide.reindex(index=tables.commodities, columns=tables.industries, fill_value=0.0).to_numpy()


def test_consumption_is_that_of_2024(bought: Consumption) -> None:
    """$19.9 trillion, of which margins are a sixth."""
    assert bought.spending.sum() / 1e12 == pytest.approx(19.896, abs=0.001)
    assert (bought.purchasers >= bought.producers).all()


def test_imported_parts_lie_below_their_bounds(tables: InputOutput) -> None:
    low, high = tables.import_share, tables.import_high
    assert (np.isnan(low) == np.isnan(tables.import_value)).all()
    known = ~np.isnan(low)
    assert ((low[known] >= 0) & (low[known] <= high[known]) & (high[known] <= 1)).all()
    assert low[tables.commodities.index("315AL")] > 0.6
    assert high[tables.commodities.index("311FT")] < 0.15


# identities ----------------------------------------------------------------------------------


def test_no_change_moves_no_price(tables: InputOutput, bought: Consumption) -> None:
    made = prices(
        uniform(tables, 0.0), tables.imported, tables.requirements, np.nan_to_num(tables.import_share), bought
    )
    assert made.total == (0.0, 0.0, 0.0)
    assert not made.made_at_home.any()


def test_the_total_is_the_mean_of_categories_by_spending(tables: InputOutput, bought: Consumption) -> None:
    made = prices(uniform(tables), tables.imported, tables.requirements, np.nan_to_num(tables.import_share), bought)
    weights = bought.spending / bought.spending.sum()
    parts = (made.category_direct, made.category_through_inputs, made.category_dollar_markup)
    assert [float((weights * part).sum()) for part in parts] == pytest.approx(list(made.total))


def test_prices_are_linear_in_pass_through_and_rate(tables: InputOutput, bought: Consumption) -> None:
    share = np.nan_to_num(tables.import_high)
    whole = prices(uniform(tables), tables.imported, tables.requirements, share, bought)
    half = prices(uniform(tables), tables.imported, tables.requirements, share, bought, pass_through=0.5)
    double = prices(uniform(tables, 0.2), tables.imported, tables.requirements, share, bought)
    assert half.total == pytest.approx(tuple(one / 2 for one in whole.total))
    assert double.category_direct == pytest.approx(2 * whole.category_direct)


def test_dollar_markups_raise_prices_less(tables: InputOutput, bought: Consumption) -> None:
    made = prices(uniform(tables), tables.imported, tables.requirements, np.nan_to_num(tables.import_share), bought)
    percent = made.category_direct + made.category_through_inputs
    assert made.total[2] < made.total[0] + made.total[1]
    ordinary = bought.spending > 0
    assert (made.category_dollar_markup[ordinary] <= percent[ordinary] + 1e-12).all()


def test_a_uniform_rise_reaches_no_good_by_more_than_itself(tables: InputOutput, bought: Consumption) -> None:
    """The imported content of what is made at home is a part of its price: below the rate, above zero for cars."""
    made = prices(uniform(tables), tables.imported, tables.requirements, np.nan_to_num(tables.import_high), bought)
    assert (made.made_at_home < 0.1).all()
    assert 0.02 < made.made_at_home[tables.commodities.index("3361MV")] < 0.05
    assert (made.direct + made.through_inputs <= 0.1 + 1e-12).all()


@pytest.mark.parametrize("wrong", [-0.1, 1.1])
def test_pass_through_out_of_range_is_refused(tables: InputOutput, bought: Consumption, wrong: float) -> None:
    with pytest.raises(BadRequestError, match="pass-through"):
        prices(uniform(tables), tables.imported, tables.requirements, uniform(tables), bought, pass_through=wrong)


# from a table of trade -----------------------------------------------------------------------


def steel_and_shirts() -> Any:
    return a_table(
        {"product": STEEL_COIL, "origin": "CAN", "period": "2025-08", "customs_value": 3e6},
        {"product": T_SHIRT, "origin": "CHN", "period": "2025-08", "customs_value": 1e6},
    )


def test_a_scenario_through_prices() -> None:
    """Both goods get dearer; cost is price times spending; categories sum to the total."""
    law = tc.read_schedule("USA").apply(tc.read_scenario("ieepa-in-force"))
    result = price_impact(steel_and_shirts(), law, baseline="no-tariffs-2025")
    frame = result.frame
    assert (frame["price_change"] <= frame["price_change_high"]).all()
    assert (frame["price_change_low"] <= frame["price_change"]).all()
    assert frame["cost"].to_numpy() == pytest.approx((frame["price_change"] * frame["spending_value"]).to_numpy())
    total = result.provenance["prices"]["totals"]["price_change"]
    assert frame["cost"].sum() / frame["spending_value"].sum() == pytest.approx(total)
    assert total > 0
    whole = price_impact(steel_and_shirts(), law, baseline="no-tariffs-2025", by=("total",)).frame
    assert whole["price_change"].iloc[0] == pytest.approx(total)
    goods = price_impact(steel_and_shirts(), law, baseline="no-tariffs-2025", by=("commodity",)).frame
    dearer = goods.loc[goods["import_price_change"] > 0, "commodity"]
    assert set(dearer) == {"331", "315AL"}
    assert any("2024's imports" in one for one in result.warnings)


def test_pass_through_scales_prices_from_a_table() -> None:
    law = tc.read_schedule("USA").apply(tc.read_scenario("ieepa-in-force"))
    whole, half = (
        price_impact(steel_and_shirts(), law, baseline="no-tariffs-2025", by=("total",), pass_through=part).frame
        for part in (1.0, 0.5)
    )
    assert half["price_change"].iloc[0] == pytest.approx(whole["price_change"].iloc[0] / 2)


def test_the_same_law_moves_no_price() -> None:
    frame = price_impact(steel_and_shirts(), baseline="statutory").frame
    assert not frame[["price_change", "dollar_markup_change", "cost"]].to_numpy().any()


def test_other_groups_and_other_importers_are_refused() -> None:
    with pytest.raises(BadRequestError) as caught:
        price_impact(steel_and_shirts(), baseline="statutory", by=("sector",))
    assert caught.value.code == "unknown-by"
    with pytest.raises(BadRequestError) as caught:
        price_impact("canada-from-us-2024", baseline=tc.read_schedule("CAN"))
    assert caught.value.code == "importer-without-tables"


def test_order_of_magnitude_of_the_published_estimate(tables: InputOutput, bought: Consumption) -> None:
    """25 % on Canada and Mexico, 10 % on China: up to 0.8 points of core prices (Barbiero and Stein 2025)."""
    rates = pd.Series({"CAN": 0.25, "MEX": 0.25, "CHN": 0.10})
    weights = import_weights()
    rise = weights * rates.reindex(weights.index.get_level_values("origin")).fillna(0.0).to_numpy()
    change = (rise.groupby(level="sector").sum() / weights.groupby(level="sector").sum()).reindex(tables.commodities)
    share = np.nan_to_num(tables.import_share)
    made = prices(change.fillna(0.0).to_numpy(), tables.imported, tables.requirements, share, bought)
    outside = ("Food", "Fuel oil", "Electricity", "Natural gas")
    core = np.array([not name.startswith(outside) for name in tables.categories])
    percent, dollar = (
        float((part * bought.spending)[core].sum() / bought.spending[core].sum())
        for part in (made.category_direct + made.category_through_inputs, made.category_dollar_markup)
    )
    assert round(100 * percent, 1) == 0.9
    assert round(100 * dollar, 1) == 0.5


# from the command line -----------------------------------------------------------------------

SHIRTS = "importer,origin,product,period,customs_value\nUSA,CHN,6109100040,2025-08,1000000\n"


def ask(tmp_path: Path, *options: str) -> Result:
    table = tmp_path / "shirts.csv"
    table.write_text(SHIRTS, encoding="utf-8")
    return CliRunner().invoke(cli, ["impact", str(table), "--baseline", "no-tariffs-2025", *options])


@pytest.mark.parametrize(
    ("options", "header"),
    [
        (["--model", "io-prices", "--by", "total", "--on", "smart"], "category,spending_value,price_change"),
        (["--model", "io-prices"], "category,spending_value,price_change"),
        (["--model", "exact-hat"], "country,real_income_change,first_order_change"),
        (["--model", "exact-hat", "--by", "sector", "--keep-deficits"], "sector,sector_name,import_share"),
    ],
)
def test_the_command_line_asks_the_models_beyond_one_market(tmp_path: Path, options: list[str], header: str) -> None:
    answer = ask(tmp_path, *options, "--format", "csv")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.startswith(header)


@pytest.mark.parametrize(
    "options",
    [
        ["--model", "exact-hat", "--demand", "-1"],
        ["--model", "exact-hat", "--on", "smart"],
        ["--model", "io-prices", "--economy", "caliendo-parro-1993"],
        ["--model", "armington", "--keep-deficits"],
    ],
)
def test_options_of_another_model_are_refused(tmp_path: Path, options: list[str]) -> None:
    answer = ask(tmp_path, *options)
    assert answer.exit_code != 0
    assert isinstance(answer.exception, BadRequestError)
    assert answer.exception.code == "option-of-other-model"
