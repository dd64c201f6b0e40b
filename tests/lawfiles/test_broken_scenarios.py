"""One small broken scenario for each mistake, told with the place and the nearest valid name."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

import tariffcalc as tc
from tariffcalc.errors import LawFileError, ScenarioError, UnknownNameError
from tariffcalc.law.duty import (
    AdValorem,
    Amount,
    Cap,
    Cut,
    Duty,
    Prohibited,
    Quota,
    Specific,
    Swiss,
    TopUpTo,
    Transform,
)
from tariffcalc.law.schedule import Schedule

BROKEN = sorted((Path(__file__).parents[1] / "broken" / "scenarios").glob("*.toml"))
SAYS = "# says: "


def faults_of(source: Path | dict[str, object]) -> list[str]:
    """What is wrong with a scenario, read and put over the law, whose order of precedence must hold on any day."""
    with pytest.raises((ScenarioError, LawFileError)) as caught:
        tc.read_schedule("USA").apply(tc.read_scenario(source)).precedence(date(2025, 6, 1))
    return [str(fault) for fault in caught.value.faults] or [str(caught.value)]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_each_mistake_is_told_in_words(path: Path) -> None:
    words = [line.removeprefix(SAYS) for line in path.read_text().splitlines() if line.startswith(SAYS)]
    faults = faults_of(path)
    assert words
    assert any(all(word in fault for word in words) for fault in faults), faults


@pytest.mark.parametrize("path", [p for p in BROKEN if p.stem != "bad-toml"], ids=lambda path: path.stem)
def test_json_is_refused_for_the_same_reason(path: Path, tmp_path: Path) -> None:
    """The same keys over HTTP and in a file, and the same words."""
    data = tomllib.loads(path.read_text())
    file = tmp_path / f"{path.stem}.json"
    file.write_text(json.dumps(data, default=str))
    plain = [fault.replace(path.name, file.name) for fault in faults_of(path)]
    assert faults_of(file) == plain


def test_all_faults_come_at_once() -> None:
    wrong = {"set": "ieepa-canda", "rate": 0.1}
    faults = faults_of({"name": "x", "change": [wrong, {"pause": "s233"}], "assumptions": {"preference": "setled"}})
    assert len(faults) == 3


def test_an_unknown_scenario_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        tc.read_scenario("no-pauze")
    assert "no-pause" in str(caught.value.hint)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.toml"):
        tc.read_scenario(tmp_path / "nowhere.toml")


def test_broken_json_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{")
    with pytest.raises(ScenarioError, match="not valid JSON"):
        tc.read_scenario(path)


def test_a_scenario_for_another_importer_is_refused() -> None:
    scenario = tc.read_scenario({"name": "x", "importers": ["CAN"]})
    with pytest.raises(ScenarioError, match="for CAN"):
        tc.read_schedule("USA").apply(scenario)


def test_percent_and_fraction_are_the_same() -> None:
    """``25%`` is what people write, 0.25 what is meant."""
    law = tc.read_schedule("USA")
    one, other = (
        law.apply(tc.read_scenario({"name": "x", "change": [{"set": "s122", "rate": rate}]})) for rate in ("25%", 0.25)
    )
    assert one.measures["s122"].rates == other.measures["s122"].rates


def changed_by(law: Schedule, change: dict[str, object]) -> set[str]:
    """The measures that a change alters."""
    other = law.apply(tc.read_scenario({"name": "x", "change": [change]}))
    assert set(other.measures) == set(law.measures)
    return {key for key, one in law.measures.items() if other.measures[key] != one}


def test_a_set_is_changed_as_one(law: Schedule) -> None:
    """``set:<name>`` stands for every measure that says it belongs, and for no other."""
    members = {key for key, one in law.measures.items() if "s232-steel-aluminum" in one.sets}
    assert {"s232-steel", "s232-aluminum"} < members < set(law.measures)
    assert changed_by(law, {"set": "set:s232-steel-aluminum", "rate": "11%"}) == members
    assert changed_by(law, {"set": True, "where": {"measures": ["set:s232-steel-aluminum"]}, "rate": "11%"}) == members


def test_several_measures_are_changed_by_their_names(law: Schedule) -> None:
    change = {"set": {}, "where": {"measures": ["s122", "ieepa-canada"]}, "rate": {"cap": "1%"}}
    assert changed_by(law, change) == {"s122", "ieepa-canada"}


def test_one_authority_or_several(law: Schedule) -> None:
    """A text and a list of texts say the same; case does not matter."""
    found = {key for key, one in law.measures.items() if one.authority == "Section 122"}
    for authority in ("Section 122", "section 122", ["Section 122"]):
        assert changed_by(law, {"set": {}, "where": {"authority": authority}, "rate": "1%"}) == found


@pytest.mark.parametrize(
    ("rate", "duty"),
    [
        (0, AdValorem(0.0)),
        ({"top_up_to": "1000%"}, TopUpTo(10.0)),
        ({"specific": 1.2, "unit": "kg"}, Specific((Amount(1.2, "kg"),))),
        ({"trq": {"in": 0, "over": 0.5}}, Quota(0.0, 0.5)),
        ({"prohibited": True}, Prohibited()),
    ],
)
def test_a_rate_of_any_form_is_taken(rate: object, duty: Duty, law: Schedule) -> None:
    other = law.apply(tc.read_scenario({"name": "x", "change": [{"set": "ieepa-canada", "rate": rate}]}))
    assert {step.value.duty for step in other.measures["ieepa-canada"].rates.steps} == {duty}


@pytest.mark.parametrize(
    ("rate", "transform"),
    [({"cap": 0}, Cap(0.0)), ({"cut": 1}, Cut(1.0)), ({"cut": "0%"}, Cut(0.0)), ({"swiss": 16}, Swiss(0.16))],
)
def test_the_bounds_of_a_transform_are_taken(rate: object, transform: Transform, law: Schedule) -> None:
    other = law.apply(tc.read_scenario({"name": "x", "change": [{"set": "s122", "rate": rate}]}))
    found = {step.value.transforms for step in other.measures["s122"].rates.steps if step.value.applies}
    assert found == {(transform,)}


def test_a_measure_of_ones_own_may_ask_for_a_fact(law: Schedule) -> None:
    scope = {"origins": ["CAN"], "fact": "donation"}
    other = law.apply(tc.read_scenario({"name": "x", "change": [{"add": {"id": "mine", "rate": 0.1, "scope": scope}}]}))
    assert other.measures["mine"].scope.fact == "donation"
    assert (
        "change[0].add.scope.fact"
        in faults_of({"name": "x", "change": [{"add": {"id": "mine", "rate": 0.1, "scope": {"fact": "donatoin"}}}]})[0]
    )
