"""Pictures: what is drawn is what the table says."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tariffcalc.errors import NotSupportedError
from tariffcalc.formats.base import Options, Rendered
from tariffcalc.formats.charts import PNG, SVG
from tariffcalc.formats.charts.choose import chart_of
from tariffcalc.formats.charts.marks import MOST, REST, largest


def a_result(**columns: list[object]) -> Rendered:
    return Rendered(pd.DataFrame(columns), title="a table")


def values(result: Rendered) -> list[dict[str, object]]:
    """The numbers that a chart carries."""
    told = chart_of(result).to_dict()
    (rows,) = told["datasets"].values()
    return list(rows)


BY_MONTH = a_result(period=["2025-01", "2025-02"], duty=[1.5e9, 2.0e9])
BY_MEASURE = a_result(
    period=["2025-01", "2025-01", "2025-02"], measure=["steel", "autos", "steel"], duty=[1.0, 3.0, 2.0]
)
BY_SECTOR = a_result(sector=["I", "II"], sector_name=["Animals", "Plants"], duty=[4.0, 5.0])
BY_ALL = a_result(period=["2025-01", "2025-02"], sector=["I", "I"], sector_name=["Animals", "Animals"], duty=[4.0, 5.0])


@pytest.mark.parametrize(
    ("result", "mark"), [(BY_MONTH, "bar"), (BY_MEASURE, "bar"), (BY_SECTOR, "bar"), (BY_ALL, "rect")]
)
def test_the_grouping_chooses_the_mark(result: Rendered, mark: str) -> None:
    assert chart_of(result).to_dict()["mark"]["type"] == mark


def test_a_picture_carries_the_sums_of_the_table() -> None:
    """Nothing is lost between table and picture."""
    for result in (BY_MONTH, BY_MEASURE, BY_SECTOR, BY_ALL):
        drawn = sum(float(str(row["duty"])) for row in values(result))
        assert drawn == pytest.approx(result.frame["duty"].sum())


def test_a_change_is_drawn_where_there_is_a_baseline() -> None:
    result = a_result(sector=["I", "II"], duty=[4.0, 5.0], duty_change=[-1.0, 2.0])
    assert [row["duty_change"] for row in values(result)] == [2.0, -1.0]


def test_small_parts_fall_under_one_name_and_keep_their_sum() -> None:
    frame = pd.DataFrame({"period": "2025", "part": [f"p{i:02}" for i in range(40)], "duty": range(40)})
    found = largest(frame, "part", "duty", ["period"])
    assert len(found) == MOST + 1
    assert found["duty"].sum() == frame["duty"].sum()
    assert found.loc[found["part"] == REST, "duty"].item() == sum(range(40 - MOST))


def test_svg_and_png_are_drawn() -> None:
    """The bytes are a picture, with the title in it."""
    drawn = SVG.render(BY_MONTH, Options())
    assert drawn.startswith(b"<svg")
    assert b"a table" in drawn
    assert PNG.render(BY_MONTH, Options()).startswith(b"\x89PNG")


def test_missing_numbers_are_not_drawn_as_zero() -> None:
    result = a_result(period=["2025-01", "2025-02"], duty=[1.0, float("nan")])
    assert '"duty":0' not in json.dumps(chart_of(result).to_dict(), separators=(",", ":")).replace('"duty":0.0', "")


@pytest.mark.parametrize(
    "result", [a_result(duty=[1.0]), a_result(period=["2025"], rate=[0.1]), Rendered(pd.DataFrame({"duty": []}))]
)
def test_what_has_no_picture_says_so(result: Rendered) -> None:
    with pytest.raises(NotSupportedError) as caught:
        chart_of(result)
    assert caught.value.hint
