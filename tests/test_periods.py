"""Periods of trade as half-open windows."""

from datetime import date

import pytest

from tariffcalc.engine.periods import first_day, parse_period, period_of


@pytest.mark.parametrize(
    ("text", "first", "until"),
    [
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025-Q1", "2025-01-01", "2025-04-01"),
        ("2025-q4", "2025-10-01", "2026-01-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        (" 2024-02-29 ", "2024-02-29", "2024-03-01"),
        ("2025-12-31", "2025-12-31", "2026-01-01"),
    ],
)
def test_a_period_is_a_half_open_window(text: str, first: str, until: str) -> None:
    """A period begins on its first day and ends before the next one begins; its label comes back."""
    window = parse_period(text)
    assert (window.from_.isoformat(), window.until.isoformat()) == (first, until)
    assert period_of(window.from_, window.unit) == text.strip().upper()
    assert first_day(text) == date.fromisoformat(first)


@pytest.mark.parametrize(
    "text",
    ["", "25", "2025-13", "2025-00", "2025-Q5", "2025-02-30", "2025-3", "0000", "9999", "2025-03-14T00:00", "２０２５"],
)
def test_no_other_text_is_a_period(text: str) -> None:
    """What is not one of the four spellings, or no day at all, is refused."""
    with pytest.raises(ValueError, match=r"."):
        parse_period(text)
