"""The law by segment: carried from one to the next it is what it would be if each were worked out alone."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.law.dates import Period, segments
from tariffcalc.law.measure import IN_FORCE, VOID
from tests.factories import CAR, CAR_PART, CRUDE_OIL, STEEL_COIL, T_SHIRT, a_measure, a_schedule, a_table, a_timeline

WINDOW = Period(date(2025, 1, 1), date(2026, 10, 10))
LANES = [
    {"origin": origin, "product": product, "period": "2024"}
    for origin in ("CAN", "MEX", "CHN", "DEU", "BRA")
    for product in (CAR, CAR_PART, CRUDE_OIL, STEEL_COIL, T_SHIRT)
]


def by_segment(window: Period) -> pd.DataFrame:
    """Duty and value by segment and measure, as if the trade of 2024 came every day."""
    asked = {"window": (window.start, window.until), "basis": "base_year"}
    return tc.estimate(a_table(*LANES), by=("segment", "origin", "measure"), **asked).frame


def test_a_segment_alone_is_what_it_is_among_the_others() -> None:
    parts = segments(WINDOW, tc.read_schedule("USA").breakpoints)
    assert len(parts) > 40
    alone = pd.concat([by_segment(one) for one in parts], ignore_index=True)
    among = by_segment(WINDOW)
    keys = among.select_dtypes(exclude="number").columns.tolist()
    one, other = (
        frame.astype(dict.fromkeys(keys, str)).sort_values(keys, ignore_index=True) for frame in (among, alone)
    )
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def test_a_status_that_changes_while_the_rate_stays_cuts_the_duty() -> None:
    status = a_timeline(IN_FORCE, VOID, start=date(2025, 6, 16).replace(year=2024))
    law = a_schedule(a_measure("a", 0.1, status=status), has_base=False)
    result = tc.estimate(a_table({"period": "2025-06"}), law, by=("status",))
    found = dict(zip(result.frame["status"], result.frame["duty"], strict=True))
    assert found == pytest.approx({IN_FORCE: 50.0, VOID: 50.0})
