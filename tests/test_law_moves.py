"""The effective rate by day moves only on days on which a step of the law takes effect, and each move has its steps."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.changes import all_changes

WINDOW = (date(2025, 1, 1), date(2026, 11, 2))
TOLD = Path(__file__).resolve().parent.parent / "docs" / "effective-rate-by-day.csv"


@pytest.fixture(scope="module")
def duty() -> pd.DataFrame:
    """Dollars of duty on the trade of 2024 at each day's law, a row a day and a column an authority."""
    asked = {"window": WINDOW, "basis": "base_year"}
    frame = tc.estimate("us-world-2024", by=("day", "authority"), **asked).frame
    frame["period"] = pd.to_datetime(frame["period"]).dt.date
    return frame.pivot_table(index="period", columns="authority", values="duty", fill_value=0.0)


@pytest.fixture(scope="module")
def steps() -> dict[date, set[str]]:
    """The authorities that a step of each day concerns: its measure's, and those of whom it goes before or after."""
    law = tc.read_schedule("USA")
    found: dict[date, set[str]] = {}
    for change in all_changes(law):
        own = found.setdefault(change.day, set())
        own.add(change.measure.authority)
        if change.day > date.min:
            near = law.precedence(change.day)
            key = change.measure.id
            met = {other for edges in (near.yields_to, near.yields_whole_to) for other in edges[key]}
            met |= {o for edges in (near.yields_to, near.yields_whole_to) for o, all_ in edges.items() if key in all_}
            own |= {law.measures[other].authority for other in met}
    return found


def moves(duty: pd.DataFrame) -> dict[date, set[str]]:
    """The days on which the duty by some authority is not that of the day before, and which."""
    moved = (duty - duty.shift()).abs() > 1e-9 * duty.abs().max(axis=None)
    return {day: set(row.index[row]) for day, row in moved.iterrows() if row.any()}


def test_the_rate_moves_on_days_of_steps_alone(duty: pd.DataFrame, steps: dict[date, set[str]]) -> None:
    found = moves(duty)
    assert len(found) > 30
    assert sorted(set(found) - set(steps)) == []


def test_each_move_is_of_an_authority_that_a_step_of_the_day_concerns(
    duty: pd.DataFrame, steps: dict[date, set[str]]
) -> None:
    """A duty moves by a step of its own, by one of a duty it goes before or after, or as goods are banned."""
    banned = {date(2026, 9, 29)}
    unsaid = {day: moved - steps[day] for day, moved in moves(duty).items() if day not in banned}
    assert {day: names for day, names in unsaid.items() if names} == {}


def test_the_table_of_the_documentation_is_of_this_law(duty: pd.DataFrame, steps: dict[date, set[str]]) -> None:
    """Its days are days of steps, and its days are those on which the duty moves enough to be seen in six decimals."""
    told = [date.fromisoformat(day) for day in pd.read_csv(TOLD)["from"]]
    assert told[0] == WINDOW[0]
    assert [day for day in told[1:] if day not in steps] == []
    assert set(told[1:]) <= {day for day in duty.index if not duty.loc[day].equals(duty.shift().loc[day])}
