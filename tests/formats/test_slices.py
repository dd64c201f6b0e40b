"""Slices of a table: every row once, in order, none larger than a spreadsheet takes."""

import pandas as pd
import pytest

from tariffcalc.errors import BadRequestError
from tariffcalc.formats import Rendered, render
from tariffcalc.formats.slices import MOST_ROWS, next_offset, sliced
from tariffcalc.sources.trade_facts import read_sectors, sector_names

FRAME = pd.DataFrame({"product": [f"{at:04d}" for at in range(25)]})


@pytest.mark.parametrize("limit", [1, 7, 24, 25, 26])
def test_slices_add_up_to_the_table(limit: int) -> None:
    """Following the next offset to its end gives each row once."""
    offset: int | None = 0
    found = []
    while offset is not None:
        found.append(sliced(FRAME, limit, offset))
        offset = next_offset(FRAME, limit, offset)
    assert pd.concat(found).equals(FRAME)
    assert all(0 < len(part) <= limit for part in found)


def test_without_limit_and_offset_the_table_is_whole() -> None:
    """Nothing is cut off unless that is asked for."""
    assert sliced(FRAME) is FRAME
    assert next_offset(FRAME) is None


def test_an_offset_alone_is_a_slice() -> None:
    """Of the largest size."""
    assert sliced(FRAME, offset=20)["product"].tolist() == ["0020", "0021", "0022", "0023", "0024"]
    large = pd.DataFrame({"a": range(MOST_ROWS + 5)})
    assert len(sliced(large, offset=1)) == MOST_ROWS
    assert next_offset(large, offset=1) == MOST_ROWS + 1


def test_beyond_the_end_there_is_nothing() -> None:
    """An empty slice tells a reader that it has all."""
    assert sliced(FRAME, 5, 25).empty
    assert sliced(FRAME, 5, 10**12).empty
    assert next_offset(FRAME, 5, 25) is None


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (-1, 0), (MOST_ROWS + 1, 0), (5, -1)])
def test_numbers_that_mean_no_slice_are_refused(limit: int, offset: int) -> None:
    """Limits have bounds, offsets begin at zero."""
    with pytest.raises(BadRequestError) as caught:
        sliced(FRAME, limit, offset)
    assert caught.value.code == "out-of-range"


def test_the_largest_slice_stays_below_two_megabytes() -> None:
    """With every key and column there is, and the longest name of a sector."""
    names = [name for sectors in sector_names() for name in read_sectors(sectors).names.values()]
    keys = {
        "importer": "USA",
        "origin": "CAN",
        "sector": "XVIII",
        "sector_name": max(names, key=len),
        "product": "8429511050",
        "period": "2025-03-14",
        "measure": "preference-auto-products",
        "authority": "Section 232",
    }
    amounts = dict.fromkeys(("customs_value", "duty", "refund", "baseline_duty", "duty_change"), 123_456_789_012.34)
    rates = dict.fromkeys(("effective_rate", "resolved_share"), 0.123456)
    frame = pd.DataFrame([keys | amounts | rates] * MOST_ROWS)
    assert 1_000_000 < len(render(Rendered(frame), "csv")) < 2_000_000
