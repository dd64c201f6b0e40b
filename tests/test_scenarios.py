"""Scenarios, assumptions and estimates as a user meets them: golden results, and the real table."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import BadRequestError, FlowTableError
from tariffcalc.estimate import scenario_names
from tariffcalc.law.schedule import Schedule
from tariffcalc.sources import trade_facts
from tests.factories import CAR, CAR_PART, CRUDE_OIL, STEEL_COIL, T_SHIRT, a_table
from tests.golden.write import GOLDEN, golden

REAL = "us-north-america-2025"
READY = ("as-announced-2025-02-01", "ieepa-in-force", "no-pause", "no-tariffs-2025", "statutory")


@cache
def real(scenario: str | None = None, by: tuple[str, ...] = ("month",)) -> tc.Result:
    """The bundled table of Canada and Mexico under a ready-made scenario."""
    law = tc.read_schedule("USA")
    return tc.estimate(REAL, law if scenario is None else law.apply(tc.read_scenario(scenario)), by=by)


def lines(result: tc.Result) -> dict[str, float]:
    """Duty by measure, those that charge nothing left out."""
    summed = result.frame.groupby("measure")["duty"].sum()
    return {name: duty for name, duty in summed.to_dict().items() if duty}


def duty_of(row: dict[str, Any], **assumptions: Any) -> dict[str, float]:
    """Duty by measure on one made-up row, under assumptions."""
    law = tc.read_schedule("USA").apply(tc.read_scenario({"name": "made up", "assumptions": assumptions}))
    return lines(tc.estimate(a_table(row), law, by=("measure",)))


# --- golden results --------------------------------------------------------------------------------------------------


def test_the_ready_made_scenarios_are_there() -> None:
    assert set(scenario_names()) >= set(READY)


@pytest.mark.parametrize("name", scenario_names())
def test_each_ready_made_scenario_gives_its_golden_result(name: str) -> None:
    """To the byte; ``make golden`` rewrites them, and the difference is read before it is kept."""
    assert golden(name).decode() == (GOLDEN / f"{name}.csv").read_bytes().decode()


# --- the real table --------------------------------------------------------------------------------------------------


def test_without_the_pause_only_its_days_change() -> None:
    """February goes from almost nothing to billions, March by its first three days, and no other month at all."""
    before, after = (real(name).frame.set_index("period")["duty"] for name in (None, "no-pause"))
    change = after - before
    assert set(change[change.abs() > 0].index) == {"2025-02", "2025-03"}
    assert before["2025-02"] < 0.2e9
    assert change["2025-02"] > 10e9
    assert 1e9 < change["2025-03"] < change["2025-02"] / 5


def test_without_the_pause_only_the_days_from_4_february_to_3_march_change() -> None:
    """Day by day, on those days alone."""
    law = tc.read_schedule("USA")
    other = law.apply(tc.read_scenario("no-pause"))
    outside = [(date(2025, 1, 1), date(2025, 2, 4)), (date(2025, 3, 4), date(2026, 3, 1))]
    for window in outside:
        assert tc.estimate(REAL, other, window=window).duty == tc.estimate(REAL, law, window=window).duty
    for window in ((date(2025, 2, 4), date(2025, 2, 5)), (date(2025, 3, 3), date(2025, 3, 4))):
        assert tc.estimate(REAL, other, window=window).duty > 20 * tc.estimate(REAL, law, window=window).duty


def test_statutory_is_no_scenario_at_all() -> None:
    by = ("measure", "month")
    pd.testing.assert_frame_equal(real("statutory", by).frame, real(None, by).frame)


def test_without_the_tariffs_of_2025_none_of_them_is_paid() -> None:
    """No IEEPA, no section 122, and of section 232 nothing on Canada and Mexico, which were exempt."""
    paid = real("no-tariffs-2025", ("authority",)).frame.set_index("authority")["duty"]
    assert set(paid[paid > 0].index) == {"Base duty", "Section 201"}


def test_as_announced_costs_more_than_the_law_as_it_came() -> None:
    """Never paused, no exemption of USMCA goods."""
    assert real("as-announced-2025-02-01").duty > 4 * real().duty


def test_with_ieepa_in_force_the_days_after_it_ended_go_on() -> None:
    """Until the end of February 2026 the two are the same; after it IEEPA is paid and section 122 is not."""
    measures = lines(real("ieepa-in-force", ("measure", "month")))
    assert "s122" not in measures
    before, after = (real(name).frame.set_index("period")["duty"] for name in (None, "ieepa-in-force"))
    assert after[:"2026-01"].tolist() == pytest.approx(before[:"2026-01"].tolist(), rel=1e-12)
    assert after["2026-02"] > before["2026-02"]


@pytest.mark.parametrize(
    "by", [("sector",), ("measure",), ("authority",), ("origin", "quarter"), ("product",), ("segment",)]
)
def test_every_division_has_the_same_total(by: tuple[str, ...]) -> None:
    """Sum over sectors = sum over measures = the total, to the cent and far below."""
    total = real().duty
    assert real(None, by).frame["duty"].sum() == pytest.approx(total, rel=1e-12)
    assert round(real(None, by).frame["duty"].sum(), 2) == round(total, 2)


def test_almost_all_of_the_real_table_is_resolved() -> None:
    told = real().provenance
    assert told["resolved_share"] > 0.998
    assert 0.001 < told["ave_share"] < 0.02
    low, high = told["duty_bounds"]
    assert low < real().duty < high


def test_the_same_inputs_give_the_same_bytes() -> None:
    by = ("sector", "month")
    first, second = (tc.estimate(REAL, by=by) for _ in range(2))
    for form in ("csv", "json"):
        assert first.to(form) == second.to(form)
    assert first.provenance == second.provenance


def test_a_baseline_stands_beside_the_result(law: Schedule) -> None:
    result = tc.estimate(REAL, law.apply(tc.read_scenario("no-pause")), baseline="statutory", by=("month",))
    frame = result.frame.set_index("period")
    assert (frame["duty"] - frame["baseline_duty"] == frame["duty_change"]).all()
    assert frame["baseline_duty"].sum() == pytest.approx(real().duty, rel=1e-12)


def test_a_base_year_at_any_date() -> None:
    """2024's trade under the law of 2026: value by days, duty of those days."""
    window = (date(2026, 7, 1), date(2026, 7, 11))
    result = tc.estimate("us-world-2024", window=window, basis="base_year", by=("origin",))
    value = tc.read_flows("us-world-2024").frame["customs_value"].sum()
    assert result.frame["customs_value"].sum() == pytest.approx(value * 10 / 365, rel=1e-9)
    assert any("For origins other than Canada and Mexico" in text for text in result.warnings)


# --- strata, chapter 98, prohibitions --------------------------------------------------------------------------------


def test_auto_parts_half_of_which_claim_the_usmca_owe_no_ieepa() -> None:
    """The same goods escape both: 25 percent on the half that does not claim, and nothing else on the other."""
    paid = duty_of({"product": CAR_PART, "usmca_share": 0.5})
    assert paid == pytest.approx({"s232-auto-parts": 125.0, "mfn": 12.5})


def test_goods_outside_the_list_owe_ieepa_on_what_does_not_claim() -> None:
    assert duty_of({"product": T_SHIRT, "usmca_share": 0.5})["ieepa-canada"] == pytest.approx(125.0)


@pytest.mark.parametrize("product", ["9801001010", "9802004020", "9802006000", "9817610100"])
def test_chapter_98_goods_owe_at_most_on_what_was_added_abroad(product: str) -> None:
    """Returned goods are free of the additional duties; repaired ones pay on a tenth, the repair."""
    if not trade_facts.is_known_product(product):
        pytest.fail(f"{product} is not in the tariff")
    result = tc.estimate(a_table({"product": product, "usmca_share": 0}), by=("measure",))
    covered = result.frame.set_index("measure")["customs_value"]
    additional = covered.drop(labels=["mfn", "usmca-preference"], errors="ignore")
    assert additional.sum() <= 100.0 + 1e-9


def test_prohibited_goods_are_reported_and_owe_nothing() -> None:
    """Two days of a ban in September 2026: that value is no duty, and is not resolved either."""
    result = tc.estimate(a_table({"product": "2204215060", "period": "2026-09", "usmca_share": 1}))
    assert result.provenance["prohibited_value"] == pytest.approx(1000 * 2 / 30)
    assert result.provenance["resolved_share"] == pytest.approx(28 / 30)
    assert any("may not be entered" in text for text in result.warnings)


# --- assumptions -----------------------------------------------------------------------------------------------------


def preferring(preference: Any) -> tc.Result:
    """The real table under another assumption on claims."""
    scenario = tc.read_scenario({"name": "made up", "assumptions": {"preference": preference}})
    return tc.estimate(REAL, tc.read_schedule("USA").apply(scenario))


def test_the_more_claim_the_less_is_owed() -> None:
    """None claims, as in 2024, as in July to December 2025, all."""
    owed = {one: preferring(one).duty for one in ("none", "2024", "settled", "all")}
    assert owed["none"] > owed["2024"] > owed["settled"] > owed["all"] > 0
    assert owed["settled"] == pytest.approx(real().duty, rel=1e-12)
    assert owed["all"] < preferring({"usmca": 0.6}).duty < owed["none"]
    assert preferring({"usmca": 0.0}).duty == pytest.approx(owed["none"], rel=1e-12)
    assert preferring({"usmca": 1.0}).duty == pytest.approx(owed["all"], rel=1e-12)


def test_observed_claims_are_those_of_the_month() -> None:
    """Fewer claimed at first: more is owed than at settled shares."""
    assert preferring("observed").duty > real().duty


def test_observed_claims_need_their_column() -> None:
    with pytest.raises(BadRequestError, match="observed"):
        duty_of({"product": T_SHIRT}, preference="observed")


def test_the_claimed_value_is_read_by_observed_only() -> None:
    row = {"product": T_SHIRT, "usmca_claimed_value": 300.0}
    assert duty_of(row, preference="observed")["ieepa-canada"] == pytest.approx(0.25 * 700)
    assert duty_of(row, preference="none")["ieepa-canada"] == pytest.approx(250)
    assert duty_of(row) == duty_of({"product": T_SHIRT})


def test_the_tables_column_beats_the_default_and_an_explicit_assumption_beats_both() -> None:
    row = {"product": T_SHIRT, "usmca_share": 0.9}
    assert duty_of({"product": T_SHIRT})["ieepa-canada"] != pytest.approx(25)
    assert duty_of(row)["ieepa-canada"] == pytest.approx(25)
    assert duty_of(row, preference={"usmca": 0.6})["ieepa-canada"] == pytest.approx(100)
    assert duty_of(row, preference="none")["ieepa-canada"] == pytest.approx(250)


def test_a_row_that_says_nothing_takes_the_default() -> None:
    """An empty cell is not a zero."""
    both = a_table({"product": T_SHIRT, "usmca_share": 0.9}, {"product": T_SHIRT, "origin": "MEX", "usmca_share": None})
    alone = a_table({"product": T_SHIRT, "origin": "MEX"})
    by = ("origin", "measure")
    first = tc.estimate(both, by=by).frame.query("origin == 'MEX'")["duty"].tolist()
    assert first == tc.estimate(alone, by=by).frame["duty"].tolist()


DERIVATIVE = {"product": "8412909070", "period": "2026-03", "usmca_share": 0}


def test_contents_decide_who_takes_which_part() -> None:
    """Steel 40 %, aluminum 10 %: 50 percent on each, section 122 on the half that is left."""
    paid = duty_of(DERIVATIVE | {"steel_share": 0.4, "aluminum_share": 0.1})
    assert paid["s232-steel-derivatives"] == pytest.approx(200)
    assert paid["s232-aluminum-derivatives"] == pytest.approx(50)
    assert paid["s122"] == pytest.approx(0.10 * 500)


def test_content_full_takes_the_whole_and_only_once() -> None:
    paid = duty_of(DERIVATIVE | {"steel_share": 0.4}, content="full")
    assert "s122" not in paid
    assert sum(duty for name, duty in paid.items() if name.startswith("s232")) == pytest.approx(500)


def test_a_stated_content_beats_column_and_table() -> None:
    by_column = duty_of(DERIVATIVE | {"steel_share": 0.4})
    stated = duty_of(DERIVATIVE | {"steel_share": 0.4}, content={"steel": 0.5})
    assert by_column["s232-steel-derivatives"] == pytest.approx(200)
    assert stated["s232-steel-derivatives"] == pytest.approx(250)
    assert duty_of(DERIVATIVE, content="table") == duty_of(DERIVATIVE)


def test_two_columns_of_the_same_shares_are_not_taken_for_each_other() -> None:
    """Half steel is not half aluminum, though the numbers are the same."""
    base = DERIVATIVE | {"copper_share": 0.0}
    steel = duty_of(base | {"steel_share": 0.5, "aluminum_share": 0.0})
    aluminum = duty_of(base | {"steel_share": 0.0, "aluminum_share": 0.5})
    assert "s232-aluminum-derivatives" not in steel
    assert "s232-steel-derivatives" not in aluminum


def test_a_column_is_not_taken_for_a_column_of_another_name() -> None:
    """The same with one column each."""
    steel, aluminum = (duty_of(DERIVATIVE | {name: 0.5}) for name in ("steel_share", "aluminum_share"))
    assert steel["s232-steel-derivatives"] == pytest.approx(250)
    assert aluminum["s232-aluminum-derivatives"] == pytest.approx(250)


def test_assumed_facts_hold() -> None:
    """A quarter of the goods are donations: a quarter owes nothing."""
    row = {"product": T_SHIRT, "usmca_share": 0}
    assert duty_of(row, facts={"donation": 0.25})["ieepa-canada"] == pytest.approx(0.75 * 250)


# --- short codes, quantities -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "origin"), [("870840", "CAN"), ("87084011", "MEX"), ("7318", "CAN"), ("84", "MEX")])
def test_a_short_code_is_the_weighted_sum_of_its_lines(code: str, origin: str) -> None:
    """By the trade of 2024 with the origin: no rate is averaged first."""
    frame = pd.read_parquet(trade_facts.trade_data_folder() / "flows" / "us-world-2024.parquet")
    below = frame[frame["product"].astype(str).str.startswith(code) & (frame["origin"].astype(str) == origin)]
    value = below["customs_value"]
    rows = [
        {"product": product, "origin": origin, "customs_value": 1000 * share, "period": "2025"}
        for product, share in zip(below["product"], value / value.sum(), strict=True)
    ]
    short = tc.estimate(a_table({"product": code, "origin": origin, "period": "2025"}), by=("measure",))
    long = tc.estimate(a_table(*rows), by=("measure",))
    assert lines(short) == pytest.approx(lines(long), rel=1e-9)
    assert any("fewer than ten digits" in text for text in short.warnings)


def test_a_short_code_without_trade_is_spread_equally() -> None:
    """A heading that nothing is known to be traded under is not dropped."""
    lines_below = trade_facts.lines_below("98170060")
    result = tc.estimate(a_table({"product": "98170060"}), by=("month",))
    assert lines_below
    assert result.frame["customs_value"].sum() == pytest.approx(1000)


def test_a_quantity_is_used_for_a_specific_duty() -> None:
    """10.5 cents a barrel on 20 barrels; without a quantity the equivalent of 2024, and that is flagged."""
    row = {"product": CRUDE_OIL, "usmca_share": 0}
    result = tc.estimate(a_table(row | {"quantity": 20, "unit": "bbl"}), by=("measure",))
    assert lines(result)["mfn"] == pytest.approx(2.10)
    assert result.provenance["ave_share"] == 0
    other = tc.estimate(a_table(row), by=("measure",))
    assert other.provenance["ave_share"] == 1
    assert lines(other)["mfn"] != pytest.approx(2.10)


def test_a_quantity_in_another_unit_of_the_same_kind_is_converted() -> None:
    one = {"product": "0406104800", "quantity": 100, "unit": "kg", "usmca_share": 0}
    other = one | {"quantity": 0.1, "unit": "t"}
    assert duty_of(one)["mfn"] == pytest.approx(180.3)
    assert duty_of(other) == pytest.approx(duty_of(one))


def test_a_quantity_in_a_unit_of_another_kind_falls_back_on_the_equivalent() -> None:
    row = {"product": CRUDE_OIL, "usmca_share": 0}
    assert duty_of(row | {"quantity": 20, "unit": "each"}) == duty_of(row)


def test_goods_of_value_with_a_quantity_of_nothing_were_not_counted() -> None:
    row = {"product": CRUDE_OIL, "usmca_share": 0}
    result = tc.estimate(a_table(row | {"quantity": 0, "unit": "bbl"}), by=("measure",))
    assert lines(result) == duty_of(row)
    assert result.provenance["ave_share"] == 1


def test_some_rows_with_a_quantity_and_some_without() -> None:
    """Each row for itself: an empty cell takes nothing from its neighbour."""
    row = {"product": CRUDE_OIL, "usmca_share": 0}
    given = a_table(row | {"quantity": 20, "unit": "bbl"}, row | {"quantity": None, "unit": ""})
    expected = duty_of(row | {"quantity": 20, "unit": "bbl"})["mfn"] + duty_of(row)["mfn"]
    assert lines(tc.estimate(given, by=("measure",)))["mfn"] == pytest.approx(expected)


def test_a_share_above_one_in_the_table_is_refused() -> None:
    with pytest.raises(FlowTableError):
        a_table({"product": T_SHIRT, "usmca_share": 1.5})


def test_a_table_of_many_stated_facts_is_worked_through() -> None:
    """Facts that hold for all of a table, or for none, cost nothing: twenty columns are no hindrance."""
    facts = sorted(tc.read_schedule("USA").facts)
    row = {"product": CAR, "origin": "MEX", **{f"{name}_share": 0.0 for name in facts}}
    assert duty_of(row)["s232-autos"] == pytest.approx(250)


def test_a_value_of_nothing_is_no_fault() -> None:
    result = tc.estimate(a_table({"product": STEEL_COIL, "customs_value": 0.0}, {"product": T_SHIRT}))
    assert result.provenance["totals"]["customs_value"] == pytest.approx(1000)


# --- the law as known ------------------------------------------------------------------------------------------------


def test_as_known_on_2_february_the_whole_of_february_is_charged() -> None:
    """What a planner had to expect the day after the orders: billions that were never owed."""
    known = tc.estimate(REAL, as_known_on=date(2025, 2, 2), by=("month",)).frame.set_index("period")["duty"]
    assert known["2025-02"] > 10e9
    assert known["2025-02"] == pytest.approx(real("no-pause").frame.set_index("period")["duty"]["2025-02"], rel=1e-2)


def test_a_scenario_lies_over_the_law_as_known(law: Schedule) -> None:
    changed = law.apply(tc.read_scenario({"name": "x", "change": [{"disable": "ieepa-canada"}]}))
    known = tc.estimate(
        a_table({"period": "2025-02", "usmca_share": 0}), changed, as_known_on=date(2025, 2, 2), by=("measure",)
    )
    assert "ieepa-canada" not in lines(known)
    without = tc.estimate(
        a_table({"period": "2025-02", "usmca_share": 0}), as_known_on=date(2025, 2, 2), by=("measure",)
    )
    assert lines(without)["ieepa-canada"] == pytest.approx(250 * 25 / 28)


def test_what_is_owed_is_what_was_assessed_less_what_was_void() -> None:
    """Rows and totals leave out the duty of measures later held void, and tell it as a refund."""
    assessed = tc.estimate("us-north-america-2025", by=("month",))
    owed = tc.estimate("us-north-america-2025", by=("month",), status="owed")
    totals = owed.provenance["totals"]
    assert totals["void_duty"] > 1e10
    assert totals["duty"] == pytest.approx(assessed.duty - totals["void_duty"])
    assert owed.frame["duty"].sum() == pytest.approx(totals["duty"])
    assert owed.frame["refund"].sum() == pytest.approx(totals["void_duty"])
