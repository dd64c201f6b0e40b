"""What changed in the law: a row a day and measure, whose cost adds up, on a table that data chooses."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.changecosts import own_table
from tariffcalc.changes import all_changes, changes
from tariffcalc.ratetext import changes_text

DAY = date(2026, 7, 24)


@pytest.fixture(scope="module")
def july() -> pd.DataFrame:
    return changes(DAY, until=date(2026, 7, 25))


def test_a_measure_has_one_row_a_day_and_its_cost_once(july: pd.DataFrame) -> None:
    """Section 122 ended as the duties on forced labor began: with their reliefs each is one row."""
    assert not july.duplicated(["takes_effect", "measure"]).any()
    duty = [
        tc.estimate("us-world-2024", by=("measure",), window=window, basis="base_year").frame.set_index("measure")
        for window in ((date(2026, 7, 23), DAY), (DAY, date(2026, 7, 25)))
    ]
    expected = (duty[1]["duty"].sub(duty[0]["duty"], fill_value=0.0)) * 365
    costs = july.set_index("measure")["cost"]
    assert costs["s122"] == pytest.approx(expected["s122"])
    assert costs.sum() == pytest.approx(expected[costs.index].sum())
    assert july["cost_of_day"].iloc[0] == pytest.approx(expected.sum())


def test_what_happened_is_told_in_words_with_the_number_of_the_rest(july: pd.DataFrame) -> None:
    told = july.set_index("measure")["change"]
    assert told["s122"] == "ends, before 10 %"
    forced = told["s301-forced-labor-10"]
    assert forced.startswith("begins: 10 %; relief: ")
    assert " more; " in forced
    assert all(len(text) < 300 for text in told)
    text = changes_text(july)
    assert text.count("s301-forced-labor-10-total") == 1
    assert "2026-07-24  +" in text


def test_steps_that_an_end_cancelled_are_not_told() -> None:
    """The 34 percent on China that was to return on 10 November 2026 went with the duty in February."""
    law = tc.read_schedule("USA")
    found = {(one.day, one.measure.id) for one in all_changes(law)}
    assert (date(2026, 2, 24), "ieepa-reciprocal-china") in found
    assert (date(2026, 11, 10), "ieepa-reciprocal-china") not in found
    ended = {one.id: one.rates.standing[-1] for one in law.measures.values()}
    late = [(day, name) for day, name in found if str(ended[name].value.duty) == "ended" and day > ended[name].start]
    assert late == []


def test_a_step_replaced_before_it_began_is_told_as_such() -> None:
    frame = changes(date(2025, 2, 4), "us-world-2024", until=date(2025, 2, 5))
    told = frame[frame["takes_effect"] == "2025-02-04"].set_index("measure")["change"]
    assert told["ieepa-canada"].startswith("suspended (never applied: 25 %, announced 2025-02-01)")
    assert told["ieepa-china"].startswith("begins: 10 %")


def test_a_ruling_on_standing_costs_nothing() -> None:
    """The duties were void from the beginning; what they brought was assessed all the same."""
    frame = changes(date(2026, 2, 19), until=date(2026, 2, 23))
    void = frame[frame["kind"] == "status"]
    assert len(void) > 5
    assert (void["cost"] == 0).all()


@pytest.mark.parametrize(
    ("importer", "name"), [("USA", "us-world-2024"), ("CAN", "canada-from-us-2024"), ("CHN", "china-from-us-2024")]
)
def test_costs_are_on_the_importers_own_table_unless_one_is_named(importer: str, name: str) -> None:
    assert own_table(importer) == name


def test_an_importer_without_a_table_has_its_changes_without_cost() -> None:
    frame = changes(date(2025, 8, 1), until=date(2025, 9, 1), importer="EU27")
    assert len(frame) > 0
    assert frame["cost"].isna().all()
    assert "not known" in changes_text(frame)
    assert frame.attrs["notes"] == (
        "no table of a year's imports of EU27 is bundled, so costs are not known: name your own",
    )


def test_of_a_table_of_more_than_a_year_the_last_counts() -> None:
    rows = [
        {"origin": "CAN", "product": "7208390015", "period": period, "customs_value": value}
        for period, value in (("2024", 5_000_000), ("2025", 1_000_000))
    ]
    day, after = date(2025, 6, 4), date(2025, 6, 5)
    both, last = (changes(day, tc.read_flows(some, importer="USA"), until=after) for some in (rows, rows[1:]))
    assert both["cost"].tolist() == last["cost"].tolist()
    assert both["cost"].max() > 200_000
    assert last.attrs["notes"] == ()
    assert "from 2025-01-01" in both.attrs["notes"][0]


def test_a_duty_that_the_table_cannot_tell_is_not_nothing() -> None:
    """The minimum prices of polysilicon need quantities."""
    frame = changes(date(2026, 12, 4), until=date(2026, 12, 5)).set_index("measure")
    assert pd.isna(frame.loc["s232-polysilicon-price-modules", "cost"])
    assert frame["cost_of_day"].isna().all()
