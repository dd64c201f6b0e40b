"""Findings in words: signs, one and many, no figure that is not known."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tariffcalc.web.pages import findings as said
from tariffcalc.web.pages.findings import Names

NAMES = Names({"CAN": "Canada", "MEX": "Mexico"}, {"mfn": "Base duty"}, "“before”")


def told(duty: float = 100.0, value: float = 1000.0, before: float | None = None, **more: Any) -> dict[str, Any]:
    """The provenance of a result."""
    totals = {"duty": duty, "customs_value": value, "resolved_value": value}
    baseline = {} if before is None else {"baseline": {"totals": {"duty": before}}}
    return {"totals": totals, "resolved_share": 1.0, "duty_bounds": [duty, duty], **baseline, **more}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (4, "$4"),
        (-0.2, "$0"),
        (-4, "\u2212$4"),
        (12_345, "$12,300"),
        (839_600_000, "$840\u00a0m"),
        (999_600_000, "$1.00\u00a0bn"),
        (60_487_650_892.9, "$60.5\u00a0bn"),
        (1.0533e12, "$1.05\u00a0tn"),
        (float("nan"), "an unknown amount"),
    ],
)
def test_money_has_three_figures(amount: float, text: str) -> None:
    assert said.money(amount) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.0001, "less than 0.1%"),
        (0.0016, "0.2%"),
        (0.0575, "5.8%"),
        (0.336, "34%"),
        (0.9986, "99.9%"),
        (0.99999, "over 99.9%"),
        (1, "100%"),
        (-0.04, "\u22124.0%"),
        (34.2, "3,420%"),
    ],
)
def test_shares_claim_no_more_than_is_known(share: float, text: str) -> None:
    assert said.percent(share) == text


@pytest.mark.parametrize(("ratio", "text"), [(2.0, "twice"), (3.52, "3.5 times"), (35.2, "35 times")])
def test_ratios(ratio: float, text: str) -> None:
    assert said.times(ratio) == text


@pytest.mark.parametrize(
    ("duty", "before", "words"),
    [
        (300.0, 100.0, "$200 more than under “before” ($100): 3 times as much."),
        (120.0, 100.0, "$20 more than under “before” ($100): a rise of 20%."),
        (80.0, 100.0, "$20 less than under “before” ($100): a fall of 20%."),
        (50.0, 0.0, "$50 more than under “before” ($0)."),
        (100.0, 100.0, "practically the same as under “before” ($100)."),
        (0.0, 0.0, "practically the same as under “before” ($0)."),
    ],
)
def test_a_change_has_its_sign(duty: float, before: float, words: str) -> None:
    assert words in said.difference(duty, before, "“before”")


def test_the_whole_without_trade_or_baseline() -> None:
    assert said.whole(told(0.0, 0.0), NAMES) == ["The table has no trade in the window, so there is no duty."]
    assert said.whole(told(), NAMES) == ["The duty comes to $100 on imports of $1,000, 10% of their value."]


def by_month(*rates: float) -> pd.DataFrame:
    months = [f"2025-{number:02}" for number in range(1, len(rates) + 1)]
    return pd.DataFrame({"period": months, "duty": [rate * 100 for rate in rates], "effective_rate": rates})


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ((0.01, 0.2, 0.1), "rose from 1.0% in January 2025 to 10% in March 2025."),
        ((0.2, 0.1, 0.05), "fell from 20% in January 2025 to 5.0% in March 2025."),
        ((0.1, 0.2, 0.1), "was 10% in January 2025, and 10% again in March 2025."),
    ],
)
def test_the_course_of_the_rate(rates: tuple[float, ...], words: str) -> None:
    top, course = said.course(by_month(*rates))
    assert words in course
    assert top.startswith("The month with the most duty is ")


@pytest.mark.parametrize("frame", [by_month(0.1, 0.2), by_month(0.0, 0.0, 0.0)])
def test_no_course_without_months_or_duty(frame: pd.DataFrame) -> None:
    assert said.course(frame) == []


def test_one_sector_or_origin_needs_no_words() -> None:
    one = pd.DataFrame({"sector": ["I"], "sector_name": ["Animals"], "duty": [5.0]})
    assert said.sectors(one) == []
    assert said.origins(pd.DataFrame({"origin": ["CAN"], "duty": [5.0]}), NAMES) == []


def test_sectors_and_their_shares() -> None:
    frame = pd.DataFrame(
        {"sector": list("ABCDE"), "sector_name": ["Fish; crabs", "B", "C", "D", "E"], "duty": [60.0, 20, 10, 10, 0]}
    )
    (words,) = said.sectors(frame)
    assert words.startswith("“Fish” is the sector that bears the most: $60, 60% of all duty. ")
    assert words.endswith("The three largest of 4 sectors bear 90% together.")


def test_one_measure_and_many() -> None:
    one = pd.DataFrame({"measure": ["mfn", "mfn", "other"], "duty": [1.0, 2.0, 0.0]})
    assert said.measures(one, NAMES) == ["All of it comes from one measure: Base duty."]
    two = one.assign(duty=[1.0, 2.0, 1.0])
    assert said.measures(two, NAMES) == ["2 measures bring duty; the most comes from “Base duty”: $3, 75% of it."]
    assert said.measures(one.assign(duty=0.0), NAMES) == []


def test_origins_with_an_unknown_rate() -> None:
    frame = pd.DataFrame({"origin": ["CAN", "MEX"], "duty": [1.0, 3.0], "effective_rate": [float("nan"), 0.3]})
    (words,) = said.origins(frame, NAMES)
    assert words.endswith("Mexico $3 (75% of all duty, 30% of their value) and Canada $1 (25% of all duty).")


def test_what_a_model_says() -> None:
    totals = {"trade_change": -40.0, "duty_after": 90.0, "deadweight_loss": 2.0}
    response = {"model": "armington", "totals": totals, "modelled_value": 1000.0}
    fall, lost = said.answered(told(response=response))
    assert "imports fall by $40 (4.0%)" in fall
    assert lost.startswith("$2 of value is lost")
    risen = {**response, "totals": {**totals, "trade_change": 40.0, "deadweight_loss": 0.0}}
    (rise,) = said.answered(told(response=risen))
    assert "imports rise by $40" in rise
    assert said.answered(told()) == []


def test_status_in_law_and_sureness() -> None:
    given = told(duty_by_status={"in_force": 1.0, "void": 14.0, "contested": 0.0})
    assert said.unlawful(given) == ["$14 was charged under measures that were later held unlawful."]
    owed = told(status="owed", duty_by_status={"void": 14.0})
    assert said.unlawful(owed) == ["$14 more was charged at entry under measures that were later held unlawful."]
    sure = said.sureness({**told(), "resolved_share": 0.95, "duty_bounds": [50.0, 150.0]})
    assert sure[0] == "For 5.0% of the value the rate is not known; its duty is not in the figures."
    assert "between $50 and $150" in sure[1]
    assert said.sureness(told()) == []
    year = {**told(basis="base_year"), "duty_bounds": [50.0, 150.0]}
    assert said.sureness(year) == [], "of a row of a whole year the days of entry say nothing"


def test_lists_in_a_sentence() -> None:
    assert said.listed(["a"]) == "a"
    assert said.listed(["a", "b", "c"]) == "a, b and c"
