"""Large results are streamed: memory does not grow with the table."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from tariffcalc.formats import Rendered, stream, xlsx_bytes


def a_table(rows: int) -> pd.DataFrame:
    numbers = np.arange(rows, dtype=float)
    return pd.DataFrame(
        {
            "origin": pd.Categorical(["CAN", "MEX"] * (rows // 2)),
            "sector_name": "Machinery and mechanical appliances; electrical equipment; parts thereof; sound recorders",
            "product": pd.Categorical([f"{at % 9_999:010d}" for at in range(rows)]),
            "customs_value": numbers * 1.01,
            "duty": numbers / 7,
        }
    )


def peak(rows: int, name: str) -> int:
    """The bytes that were held at most while a table went out."""
    result = Rendered(a_table(rows))
    tracemalloc.start()
    try:
        for _ in stream(result, name):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("name", "rows"), [("csv", 20_000), ("json", 20_000), ("arrow", 70_000), ("parquet", 70_000)])
def test_memory_stays_flat(name: str, rows: int) -> None:
    """Of a table twice as long no more is held."""
    once = peak(rows, name)
    assert peak(2 * rows, name) < 1.3 * once


def test_a_workbook_leaves_memory_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond some rows; below, texts are shared and rows wait until the end."""
    rows = 3_000
    small = peak(rows, "xlsx")
    monkeypatch.setattr(xlsx_bytes, "_SHARED_TEXTS", 0)
    large = peak(rows, "xlsx")
    assert small > 3 * large
