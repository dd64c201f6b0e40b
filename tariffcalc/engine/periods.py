"""Periods of trade: ``2025``, ``2025-Q1``, ``2025-03`` and ``2025-03-14`` as half-open windows of days.

The same four spellings serve the ``period`` column of flow tables and of results, and the dates of a window.
"""

import re
from datetime import date, timedelta
from typing import Literal, NamedTuple

Unit = Literal["day", "month", "quarter", "year"]

_PERIOD = re.compile(r"(?P<year>[0-9]{4})(?:-(?:[Qq](?P<quarter>[1-4])|(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?))?")
_MONTHS_OF_QUARTER = 3
_LAST_YEAR = 9998


class Window(NamedTuple):
    """The days ``from_ <= day < until`` and the unit that the text had."""

    from_: date
    until: date
    unit: Unit

    @property
    def days(self) -> int:
        """Number of days in the window."""
        return (self.until - self.from_).days


def parse_period(text: str) -> Window:
    """Turn ``2025``, ``2025-Q1``, ``2025-03`` or ``2025-03-14`` into its days.

    Raises ``ValueError`` for any other text, for a day or month that does not exist, and for the years 0 and 9999.
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None or not 1 <= int(match["year"]) <= _LAST_YEAR:
        message = f"{text!r} is not a year, quarter, month or day such as 2025, 2025-Q1, 2025-03 or 2025-03-14"
        raise ValueError(message)
    year = int(match["year"])
    if match["day"]:
        day = date(year, int(match["month"]), int(match["day"]))
        return Window(day, day + timedelta(days=1), "day")
    if match["month"]:
        first = date(year, int(match["month"]), 1)
        return Window(first, _plus_months(first, 1), "month")
    if match["quarter"]:
        first = date(year, _MONTHS_OF_QUARTER * int(match["quarter"]) - 2, 1)
        return Window(first, _plus_months(first, _MONTHS_OF_QUARTER), "quarter")
    return Window(date(year, 1, 1), date(year + 1, 1, 1), "year")


def first_day(text: str) -> date:
    """Return the first day of a period: what a day, month, quarter or year means as the edge of a window."""
    return parse_period(text).from_


def period_of(day: date, unit: Unit) -> str:
    """Return the label of the day, month, quarter or year that ``day`` lies in."""
    if unit == "day":
        return day.isoformat()
    if unit == "month":
        return f"{day.year:04}-{day.month:02}"
    if unit == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // _MONTHS_OF_QUARTER}"
    return f"{day.year:04}"


def _plus_months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
