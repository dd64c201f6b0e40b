"""A period's value over days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tariffcalc.engine import spread
from tariffcalc.errors import BadRequestError
from tariffcalc.law.dates import Period

MARCH = Period(date(2025, 3, 1), date(2025, 4, 1))
YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
CUT = (Period(date(2025, 3, 1), date(2025, 3, 4)), Period(date(2025, 3, 4), date(2025, 4, 1)))


def test_value_is_even_by_day() -> None:
    """Three days before the duty of 4 March, twenty-eight from it on."""
    parts = spread.observed([MARCH], spread.cells(CUT, ()))
    assert np.allclose(parts * 31, [[3, 28]])


def test_cells_are_cut_at_the_edges_of_the_reported_unit() -> None:
    whole = spread.cells([YEAR], ("month",))
    assert [cell.label for cell in whole[:2]] == ["2025-01", "2025-02"]
    assert len(whole) == 12
    assert [cell.label for cell in spread.cells([YEAR], ("quarter",))] == [f"2025-Q{i}" for i in (1, 2, 3, 4)]


def test_what_lies_outside_the_window_is_left_out() -> None:
    parts = spread.observed([MARCH, Period(date(2024, 1, 1), date(2025, 1, 1))], spread.cells(CUT[:1], ()))
    assert np.allclose(parts, [[3 / 31], [0]])


def test_a_base_year_stands_for_any_year() -> None:
    """A tenth of a leap year is a tenth of the year's trade in any other."""
    part = Period(date(2028, 2, 1), date(2028, 3, 1))
    parts = spread.base_year([YEAR], spread.cells([part], ()))
    assert np.allclose(parts, [[29 / 366]])


def test_a_base_year_over_several_years_counts_each_by_its_own_days() -> None:
    parts = spread.base_year([YEAR], spread.cells([Period(date(2027, 7, 1), date(2028, 7, 1))], ()))
    assert parts.sum() == pytest.approx(184 / 365 + 182 / 366)


def test_a_base_year_needs_a_year() -> None:
    with pytest.raises(BadRequestError, match="31 days"):
        spread.base_year([MARCH], spread.cells(CUT, ()))
