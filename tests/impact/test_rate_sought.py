"""Reverse questions on a table of trade and a law, by hand and from the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

import tariffcalc as tc
from tariffcalc.cli import cli
from tariffcalc.errors import BadRequestError, UnknownOriginError
from tariffcalc.estimate import case_of
from tariffcalc.models.response import Behaviour, impact
from tariffcalc.models.reverse import MEASURE, Sought, rate_sought
from tests.factories import CRUDE_OIL, STEEL_COIL, T_SHIRT, a_table

ROWS = (
    {"origin": "CAN", "product": T_SHIRT, "customs_value": 1000.0},
    {"origin": "MEX", "product": T_SHIRT, "customs_value": 3000.0},
    {"origin": "CAN", "product": STEEL_COIL, "customs_value": 500.0},
    {"origin": "SAU", "product": CRUDE_OIL, "customs_value": 9000.0},
)
LAW = tc.read_schedule()


def found(sought: Sought, model: str = "armington", **how: Any) -> dict[str, dict[str, Any]]:
    case = case_of(a_table(*ROWS), LAW, by=("origin",))
    rows = rate_sought(case, Behaviour(model, **how), sought).frame.to_dict("records")
    return {row["question"]: row for row in rows}


def test_without_an_answer_of_trade_the_rate_is_revenue_over_value() -> None:
    row = found(Sought.of(["Canada"], ["61"], 250.0), "static")["raises 250"]
    assert row["rate"] == pytest.approx(0.25)
    assert row["trade_change"] == pytest.approx(0.0, abs=1e-9)


def test_the_rate_found_raises_the_sum_when_a_scenario_states_it() -> None:
    """The way back: the same measure by hand, asked of the model."""
    rate = found(Sought.of(["CAN"], ["6109", "7208"], 100.0))["raises 100"]["rate"]
    scope = {"origins": ["CAN"], "products": ["6109", "7208"]}
    added = {"id": "mine", "title": "mine", "authority": "scenario", "scope": scope, "rate": rate, "from": "2025-06-01"}
    law = LAW.apply(tc.read_scenario({"name": "mine", "change": [{"add": added}]}))
    answer = impact(a_table(*ROWS), law, baseline=LAW, by=("origin",), model="armington")
    assert answer.frame["revenue_change"].sum() == pytest.approx(100.0, abs=1e-6)


def test_the_top_of_revenue_is_a_top_and_fixed_world_prices_leave_no_gain() -> None:
    every = Sought.of(["CAN"], ["6109"])
    top = found(every, "smart", substitution=3.0)["most revenue"]
    for rate in (top["rate"] * 0.9, top["rate"] * 1.1):
        law = rate_law(rate)
        less = impact(a_table(*ROWS), law, baseline=LAW, by=("origin",), model="smart", substitution=3.0)
        assert less.frame["revenue_change"].sum() < top["revenue_change"]


def rate_law(rate: float) -> Any:
    scope = {"origins": ["CAN"], "products": ["6109"]}
    added = {"id": "mine", "title": "mine", "authority": "scenario", "scope": scope, "rate": rate, "from": "2025-06-01"}
    return LAW.apply(tc.read_scenario({"name": "mine", "change": [{"add": added}]}))


def test_a_buyer_gains_from_a_duty_only_where_sellers_bear_a_part() -> None:
    steep = found(Sought.of([], ["7208"]), supply=0.5)["most gain of the importer"]
    assert steep["rate"] > 0.05
    assert steep["importer_gain_value"] > 0


def test_trade_that_does_not_answer_gains_nobody_anything() -> None:
    rows = found(Sought.of(["CAN"], ["61"]), "static")
    assert rows["most welfare of both sides"]["rate"] == 0.0
    assert rows["most revenue"]["note"].startswith("still rising")


def test_more_than_the_top_is_refused_with_the_top() -> None:
    with pytest.raises(BadRequestError, match=r"no rate gives revenue of 100,000: the most is [\d,]+, at [\d.]+%"):
        found(Sought.of(["CAN"], ["6109"], 100_000.0), "smart", substitution=3.0)


@pytest.mark.parametrize("sought", [Sought.of(["DEU"], []), Sought.of(["CAN"], ["8703"]), Sought.of(["MEX"], ["7208"])])
def test_a_scope_without_trade_is_refused(sought: Sought) -> None:
    with pytest.raises(BadRequestError) as caught:
        found(sought)
    assert caught.value.code == "empty-scope"


def test_unknown_countries_and_codes_are_refused() -> None:
    with pytest.raises(UnknownOriginError):
        Sought.of(["Kanada"], [])
    with pytest.raises(BadRequestError):
        Sought.of([], ["4x"])
    assert Sought.of(["ca", "Canada"], ["44.07", "4407"]) == Sought(("CAN",), ("4407",))


def test_the_law_of_the_question_stays_the_law() -> None:
    case = case_of(a_table(*ROWS), LAW, by=("origin",))
    result = rate_sought(case, Behaviour(), Sought.of(["CAN"], ["61"]))
    assert MEASURE not in case.law.measures
    assert result.provenance["schedule_digest"] == LAW.digest
    assert result.provenance["sought"]["trade_in_scope"] == pytest.approx(1000.0)


def test_reverse_from_the_command_line() -> None:
    args = ["reverse", "us-north-america-2025", "--raise", "1e8", "--origins", "CAN", "--products", "44"]
    window = ["--from", "2025-06", "--until", "2025-07", "--format", "json"]
    made = CliRunner().invoke(cli, [*args, *window], catch_exceptions=False, standalone_mode=False)
    rows = json.loads(made.stdout)["rows"]
    assert [row["question"] for row in rows][:2] == ["raises 100,000,000", "most revenue"]
    assert rows[0]["revenue_change"] == pytest.approx(1e8, abs=0.01)
