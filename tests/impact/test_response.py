"""How trade answers a table and a scenario: what the columns say, what is left out, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import tariffcalc as tc
from tariffcalc.cli import cli
from tariffcalc.errors import BadRequestError, FlowTableError, TariffcalcError, UnknownNameError
from tariffcalc.impact import MODELS
from tariffcalc.impact.traded import LONG, MONEY, SHORT
from tariffcalc.law.codes import CodeSet, Scope
from tariffcalc.law.duty import Prohibited
from tariffcalc.law.measure import Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.response import impact
from tariffcalc.models.retaliation import both, other_side
from tariffcalc.result import Result
from tests.factories import CAR, STEEL_COIL, T_SHIRT, a_measure, a_schedule, a_table, a_timeline

US = "us-north-america-2025"
EACH = pytest.mark.parametrize("model", list(MODELS))


def from_canada(rate: float, **given: Any) -> Schedule:
    """A duty on everything from Canada, and no other."""
    scope = Scope(products=CodeSet(everything=True), origins=CodeSet(codes=frozenset({"CAN"})))
    return a_schedule(a_measure("canada", rate, scope=scope, **given), has_base=False)


FREE = from_canada(0.0)


def answer(*rows: dict[str, Any], rate: float = 0.25, **given: Any) -> Result:
    """How trade in T-shirts (unless the rows say otherwise) answers a duty on Canada."""
    asked = {"baseline": FREE, "by": ("origin",), "demand": -1.25, "substitution": 3.0, "supply": 1.5, **given}
    return impact(a_table(*rows), from_canada(rate), **asked)


CANADA, MEXICO = {"customs_value": 100.0}, {"origin": "MEX", "customs_value": 300.0}


def test_smart_on_a_table_is_smart_by_hand() -> None:
    frame = answer(CANADA, MEXICO, rate=0.1, model="smart", supply=np.inf).frame.set_index("origin")
    assert frame.loc["CAN", "trade_creation"] == pytest.approx(-12.5)
    pull = -0.3
    assert frame.loc["CAN", "trade_diversion"] == pytest.approx(100 * 300 * pull / (400 + 100 * pull))
    assert frame.loc["MEX", "trade_diversion"] == pytest.approx(-frame.loc["CAN", "trade_diversion"])
    assert frame.loc["CAN", "duty"] == pytest.approx(10)
    assert frame.loc["CAN", "duty_after"] == pytest.approx(0.1 * (100 + frame.loc["CAN", "trade_change"]))
    assert frame.loc["MEX", "preference_margin"] == pytest.approx(0.1)
    assert frame.loc["CAN", "preference_margin"] == pytest.approx(-0.1)


def test_each_product_and_month_is_a_market_of_its_own() -> None:
    """Goods that share no product divert nothing from one another, nor do months that are reported."""
    other = {"origin": "MEX", "product": CAR, "customs_value": 300.0}
    apart = answer(CANADA, other, model="smart").frame.set_index("origin")
    assert apart["trade_diversion"].tolist() == pytest.approx([0, 0])
    later = {**MEXICO, "period": "2025-07"}
    assert answer(CANADA, later, model="smart").frame["trade_diversion"].abs().min() > 1
    months = answer(CANADA, later, model="smart", by=("origin", "month")).frame
    assert months["trade_diversion"].tolist() == pytest.approx([0, 0])


@EACH
def test_columns_add_up_over_groups(model: str) -> None:
    law = tc.read_schedule("USA").apply(tc.read_scenario("ieepa-in-force"))
    window = (date(2025, 6, 1), date(2025, 8, 1))
    asked = {"baseline": "no-tariffs-2025", "model": model, "window": window}
    whole = impact(US, law, by=("importer",), **asked)
    parts = impact(US, law, by=("origin", "sector"), **asked)
    assert list(parts.frame.columns[-len(LONG) :]) == list(LONG)
    for name in MONEY:
        assert parts.frame[name].sum() == pytest.approx(whole.frame[name].sum(), rel=1e-9, abs=1e-3), name
        assert whole.provenance["response"]["totals"][name] == pytest.approx(whole.frame[name].sum(), abs=1e-3)
    assert max(parts.provenance["response"]["residuals"].values()) < 0.01
    told = parts.provenance["response"]
    assert told["modelled_value"] + told["left_out_value"] == pytest.approx(parts.frame["customs_value"].sum())


@EACH
def test_the_same_law_twice_changes_nothing(model: str) -> None:
    frame = impact(US, baseline=tc.read_schedule("USA"), model=model, by=("origin", "sector")).frame
    for name in set(LONG) - {"duty_after", "preference_margin"}:
        assert not frame[name].fillna(0.0).any(), name
    known = frame["duty_after"].notna()
    assert frame.loc[known, "duty_after"].to_numpy() == pytest.approx(frame.loc[known, "baseline_duty"].to_numpy())


def test_the_rates_are_those_of_the_estimate() -> None:
    result = answer(CANADA, MEXICO, model="static")
    assert result.frame["duty_after"].tolist() == pytest.approx(result.frame["duty"].tolist())
    assert result.frame["buyers_loss"].tolist() == pytest.approx([25, 0])
    short = tc.estimate(a_table(CANADA, MEXICO), from_canada(0.25), baseline=FREE, by=("origin",), model="static")
    assert "trade_change" not in short.frame


def test_an_estimate_tells_the_short_answer() -> None:
    asked = {"baseline": FREE, "by": ("origin",), "model": "gsim", "supply": 2.0}
    short = tc.estimate(a_table(CANADA, MEXICO), from_canada(0.25), **asked)
    whole = tc.estimate(a_table(CANADA, MEXICO), from_canada(0.25), full=True, **asked)
    assert list(short.frame.columns[-3:]) == list(SHORT)
    assert short.frame[list(SHORT)].equals(whole.frame[list(SHORT)])
    assert list(whole.frame.columns[-len(LONG) :]) == list(LONG)


def test_a_law_without_measures_is_a_baseline_too() -> None:
    free = a_schedule(has_base=False)
    asked = {"by": ("origin",), "model": "gsim"}
    one = impact(a_table(CANADA, MEXICO), from_canada(0.2), baseline=free, **asked).frame
    assert one.equals(impact(a_table(CANADA, MEXICO), from_canada(0.2), baseline=FREE, **asked).frame)


def test_what_may_no_longer_be_entered_is_lost() -> None:
    """And is no change of anything else: no duty, no diversion."""
    ban = from_canada(0.0, basis="prohibition", rates=a_timeline(Rate(Prohibited())))
    table = a_table(CANADA, MEXICO, {"product": CAR, "customs_value": 50.0})
    result = impact(table, ban, baseline=FREE, by=("origin", "product"), model="armington")
    frame = result.frame.set_index(["origin", "product"])
    assert frame.loc[("CAN", CAR), ["trade_change", "trade_creation"]].tolist() == [-50, -50]
    assert np.isnan(frame.loc[("CAN", CAR), "duty_after"])
    assert frame.loc[("MEX", T_SHIRT), "trade_change"] == 0
    assert result.provenance["response"]["prohibited_value"] == 150
    assert any("no longer be entered" in text for text in result.warnings)
    again = impact(table, ban, baseline=ban, by=("origin", "product"), model="armington")
    assert again.provenance["response"]["prohibited_value"] == 0


def test_elasticities_are_told_and_defaults_flagged() -> None:
    given = answer(CANADA, MEXICO, model="armington")
    assert given.provenance["response"]["elasticities"]["demand"][0]["level"] == "given"
    assert not any("default" in text for text in given.warnings)
    bundled = answer(CANADA, MEXICO, model="smart", demand=None, substitution=None, supply=None)
    levels = {name: rows[0]["level"] for name, rows in bundled.provenance["response"]["elasticities"].items()}
    assert levels["demand"] == "default"
    assert levels["substitution"] != "default"
    assert any("world prices are fixed in SMART" in text for text in bundled.warnings)


def test_a_table_of_ones_own_elasticities(tmp_path: Any) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("product,demand,substitution\n6109,-2,4\ndefault,-1,2\n", encoding="utf-8")
    asked = {"demand": None, "substitution": None, "supply": 1.5, "model": "gsim"}
    mine = answer(CANADA, MEXICO, elasticities=path, **asked)
    same = answer(CANADA, MEXICO, **{**asked, "demand": -2, "substitution": 4})
    assert mine.frame["trade_change"].tolist() == pytest.approx(same.frame["trade_change"].tolist())
    path.write_text("product,demand\n6109,2\n", encoding="utf-8")
    with pytest.raises(FlowTableError):
        answer(CANADA, MEXICO, elasticities=path, **asked)


def test_pass_through_of_a_scenario() -> None:
    law = tc.read_schedule("USA")
    scenario = tc.read_scenario({"name": "half", "assumptions": {"pass_through": 0.5}})
    table = a_table({"product": STEEL_COIL, "usmca_share": 0.0})
    asked = {"baseline": "no-tariffs-2025", "model": "static", "by": ("product",)}
    half, whole = impact(table, law.apply(scenario), **asked), impact(table, law, **asked)
    assert half.provenance["response"]["pass_through"] == 0.5
    paid, full = half.frame["price_paid_change"][0], whole.frame["price_paid_change"][0]
    assert paid == pytest.approx(full / 2)
    stated = impact(table, law.apply(scenario), pass_through=1.0, **asked)
    assert stated.frame["price_paid_change"][0] == pytest.approx(full)
    assert half.provenance["assumptions"]["pass_through"] == 0.5
    assert whole.provenance["assumptions"]["pass_through"] is None
    assert whole.provenance["response"]["pass_through"] is None


@pytest.mark.parametrize("model", ["smart", "armington", "gsim"])
def test_a_stated_pass_through_of_one_is_full(model: str) -> None:
    """From the request or from a scenario: buyers pay the whole duty; not stated, the supply of 1.5 shares it."""
    law = from_canada(0.25)
    scenario = tc.read_scenario({"name": "whole", "assumptions": {"pass_through": 1}})
    asked = {"baseline": FREE, "by": ("origin",), "model": model, "substitution": 3.0, "supply": 1.5}
    table = a_table(CANADA, MEXICO)
    given = impact(table, law, pass_through=1.0, **asked)
    stated = impact(table, law.apply(scenario), **asked)
    silent = impact(table, law, **asked)
    assert given.frame["price_paid_change"].tolist() == pytest.approx([0.25, 0])
    assert stated.frame.equals(given.frame)
    assert stated.provenance["response"]["pass_through"] == 1
    assert silent.frame["price_paid_change"][0] < 0.2
    assert silent.provenance["response"]["pass_through"] is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"baseline": None}, "model-needs-baseline"),
        ({"by": ("measure",)}, "by-without-market"),
        ({"by": ("authority", "month")}, "by-without-market"),
        ({"by": ("day",)}, "by-without-market"),
        ({"by": ("segment",)}, "by-without-market"),
        ({"pass_through": 1.5}, "bad-pass-through"),
        ({"demand": 1.0}, "elasticity"),
        ({"substitution": 0.0}, "elasticity"),
        ({"supply": -1.0}, "elasticity"),
    ],
)
def test_what_is_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(BadRequestError) as error:
        answer(CANADA, **given)
    assert error.value.code == code
    assert error.value.hint


def test_unknown_models_are_told_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as error:
        answer(CANADA, model="armingtn")
    assert error.value.hint == "did you mean armington?"


def test_both_sides_at_once() -> None:
    window = (date(2025, 3, 1), date(2025, 9, 1))
    theirs = other_side("canada-from-us-2024", "statutory", None, "no-tariffs-2025")
    asked = {"model": "smart", "window": window, "basis": "base_year"}
    ours = a_table({"period": "2024", "product": STEEL_COIL}, {"period": "2024", "origin": "JPN"})
    result = both(ours, tc.read_schedule("USA"), theirs, by=("sector",), baseline="no-tariffs-2025", **asked)
    frame = result.frame.set_index("importer")
    assert set(frame.index) == {"USA", "CAN"}
    alone = impact(theirs.flows, theirs.schedule, baseline=theirs.baseline, by=("importer",), **asked)
    assert frame.loc["CAN", "trade_change"].sum() == pytest.approx(alone.frame["trade_change"].sum())
    assert alone.frame["trade_change"].sum() < -1e9
    assert result.provenance["retaliation"]["importer"] == "CAN"
    assert all(text[:4] in ("USA:", "CAN:") for text in result.warnings)


def test_the_other_side_answers_for_our_days() -> None:
    """Its trade of another year stands for that of a year, by days; the result says so."""
    theirs = other_side("canada-from-us-2024", "statutory", None, "no-tariffs-2025")
    ours = a_table({"period": "2025-06", "product": STEEL_COIL}, {"period": "2025-06", "origin": "JPN"})
    result = both(ours, tc.read_schedule("USA"), theirs, by=(), baseline="no-tariffs-2025", model="smart")
    value = result.frame.set_index("importer").loc["CAN", "customs_value"]
    assert value == pytest.approx(theirs.flows.frame["customs_value"].sum() * 30 / 365, rel=1e-9)
    assert "CAN: its trade of 2024-01-01 to 2025-01-01 stands for that of a year, by days" in result.warnings


def test_two_sides_that_do_not_meet_are_refused() -> None:
    theirs = other_side("canada-from-us-2024", "statutory", None, "no-tariffs-2025")
    asked: dict[str, Any] = {"by": (), "baseline": "no-tariffs-2025", "model": "smart"}
    with pytest.raises(BadRequestError, match="imports of CAN") as same:
        both(theirs.flows, theirs.schedule, theirs, **asked)
    assert same.value.code == "retaliation-same-importer"
    rows = [{"importer": "CAN", "origin": "USA", "period": year} for year in ("2023", "2024")]
    later = replace(theirs, flows=a_table(*rows))
    with pytest.raises(BadRequestError, match="no trade from 2025-06-01 to 2025-07-01") as apart:
        both(a_table({"period": "2025-06"}), tc.read_schedule("USA"), later, **asked)
    assert apart.value.code == "retaliation-without-trade"


def test_a_baseline_that_says_nothing_of_the_other_side() -> None:
    with pytest.raises(BadRequestError, match="not said"):
        other_side("canada-from-us-2024", "statutory", None, "statutory")
    with pytest.raises(TariffcalcError):
        other_side("canada-from-us-2024", "statutory", "no-tariffs-2025", None)


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, args, standalone_mode=False)


def test_the_command_says_what_the_function_says() -> None:
    args = ("--scenario", "ieepa-in-force", "--baseline", "no-tariffs-2025", "--by", "origin", "--from", "2025-06")
    done = run("impact", US, *args, "--until", "2025-07", "--model", "gsim", "--supply", "2.5", "--format", "json")
    told = json.loads(done.stdout)
    law = tc.read_schedule("USA").apply(tc.read_scenario("ieepa-in-force"))
    window = (date(2025, 6, 1), date(2025, 7, 1))
    frame = impact(US, law, baseline="no-tariffs-2025", by=("origin",), window=window, model="gsim", supply=2.5).frame
    rows = pd.DataFrame(told["rows"])
    for name in MONEY:
        assert rows[name].to_numpy() == pytest.approx(frame[name].to_numpy(), abs=0.006)
    assert told["provenance"]["response"]["model"] == "gsim"


def test_the_command_wants_both_halves_of_retaliation() -> None:
    done = run("impact", US, "--baseline", "no-tariffs-2025", "--retaliation", "statutory")
    assert isinstance(done.exception, BadRequestError)
    assert done.exception.code == "half-a-retaliation"
