"""Part of a table, for readers that take only so much at a time: spreadsheets, and pages of a list.

A slice is told by ``limit`` and ``offset`` in rows. Rows of an estimate have at most about 400 bytes, so that the
largest slice stays below 2 MB as CSV, which is what spreadsheets take from an address.
"""

import pandas as pd

from tariffcalc.errors import BadRequestError

MOST_ROWS = 5_000
"""Rows that one slice holds at most."""


def sliced(frame: pd.DataFrame, limit: int | None = None, offset: int | None = None) -> pd.DataFrame:
    """Return the ``limit`` rows after the first ``offset``; the whole table if neither is given.

    With an offset alone a slice has ``MOST_ROWS``. An offset at the end gives a table without rows. Raises
    ``BadRequestError`` for numbers that mean no slice.
    """
    if limit is None and offset is None:
        return frame
    start, rows = offset or 0, MOST_ROWS if limit is None else limit
    if not 1 <= rows <= MOST_ROWS:
        message = f"limit {rows:,} is not between 1 and {MOST_ROWS:,}"
        raise BadRequestError(message, code="out-of-range", hint="read the table in slices, by limit and offset")
    if start < 0:
        raise BadRequestError(f"offset {start:,} is negative", code="out-of-range", hint="rows are counted from 0")
    return frame.iloc[start : start + rows]


def next_offset(frame: pd.DataFrame, limit: int | None = None, offset: int | None = None) -> int | None:
    """Return where the slice after this one begins; None after the last one, or where no slice was asked for."""
    if limit is None and offset is None:
        return None
    following = (offset or 0) + (MOST_ROWS if limit is None else limit)
    return following if following < len(frame) else None
