"""Pictures: what is drawn is what the table says."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from tariffcalc.errors import NotSupportedError
from tariffcalc.formats.base import Options, Rendered
from tariffcalc.formats.charts import PNG, SVG
from tariffcalc.formats.charts.choose import chart_of
from tariffcalc.formats.charts.flow import BAR, GAP, STEPS
from tariffcalc.formats.charts.look import COLOURS, IN_DARK, Look
from tariffcalc.formats.charts.marks import MOST, REST, largest
from tariffcalc.formats.charts.picture import svg
from tariffcalc.formats.charts.run_pictures import Words, look_of, specification
from tariffcalc.formats.charts.timeline import rate_timeline


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


FLOWS = pd.DataFrame(
    {
        "measure": ["steel", "steel", "autos", "autos", "relief"],
        "sector": ["XV", "XVI", "XVII", "XV", "XV"],
        "sector_name": ["Metals; wire", "Machines", "Vehicles", "Metals; wire", "Metals; wire"],
        "duty": [6.0, 2.0, 3.0, 1.0, -2.0],
    }
)


def layers_of(spec: str) -> list[list[dict[str, Any]]]:
    """The rows that each layer of a picture carries."""
    told = json.loads(spec)
    return [
        told["datasets"][layer["data"]["name"]] if "name" in layer["data"] else layer["data"]["values"]
        for layer in told["layer"]
    ]


def test_bands_are_as_wide_as_their_amounts() -> None:
    """Both ends of a band have its share of the whole; what is less than nothing has none."""
    points = layers_of(specification("flow", FLOWS, Words(), Look()))[0]
    total = 12.0
    for band in {row["band"] for row in points}:
        rows = [row for row in points if row["band"] == band]
        for end in (rows[0], rows[-1]):
            assert end["high"] - end["low"] == pytest.approx((1 - GAP) * end["amount"] / total, abs=1e-4)
        assert (rows[0]["x"], rows[-1]["x"]) == (BAR, 1 - BAR)
    assert sum(row["amount"] for row in points) / (STEPS + 1) == pytest.approx(total)
    assert "relief" not in {row["from"] for row in points}


def test_bands_do_not_overlap_where_they_begin_and_end() -> None:
    points = layers_of(specification("flow", FLOWS, Words(), Look()))[0]
    for place in (BAR, 1 - BAR):
        spans = sorted((row["low"], row["high"]) for row in points if row["x"] == place)
        assert all(upper[1] <= lower[0] + 1e-4 for upper, lower in pairwise(spans))


MONTHS = pd.DataFrame({"period": ["2025-01", "2025-02"], "duty": [4.0, 5.0], "baseline_duty": [6.0, 1.0]})


def test_events_stand_above_the_higher_of_bar_and_stroke() -> None:
    events = [{"period": "2025-01", "number": "1", "text": "an act"}, {"period": "2024-01", "number": "0", "text": ""}]
    *_, numbers = layers_of(specification("month", MONTHS, Words(), Look(), events))
    assert [(row["number"], row["top"]) for row in numbers] == [("1", 6.0)]


def test_a_picture_has_the_size_and_colours_that_are_asked_for() -> None:
    """Inside of it everything, so that a page can keep its place free."""
    for look in (Look(), Look(small=True), Look(bare=True), Look(small=True, bare=True, dark=True)):
        spec = json.loads(specification("month", MONTHS, Words(("below",)), look))
        assert spec["width"] == look_of("month", look).width
        assert ("title" in spec) is not look.bare
        assert spec["config"]["background"] == ("#1d2321" if look.dark else "#ffffff")
        width = re.search(rb'width="(\d+)', svg(json.dumps(spec)))
        assert width is not None
        assert int(width[1]) == spec["width"]


def test_every_colour_has_another_one_in_the_dark() -> None:
    drawn = specification("flow", FLOWS, Words(), Look()) + specification("month", MONTHS, Words(), Look())
    assert set(re.findall(r'"(#[0-9a-f]{6})"', drawn)) <= set(IN_DARK)


def test_two_months_are_bars_and_three_are_areas() -> None:
    lines = pd.DataFrame({"period": ["2025-01", "2025-02", "2025-03"], "measure": "mfn", "duty": [1.0, 2.0, 3.0]})
    for rows, mark in ((2, "bar"), (3, "area")):
        spec = json.loads(specification("measures", lines.head(rows), Words((), {"mfn": "Base duty"}), Look()))
        assert spec["mark"]["type"] == mark
        assert "Base duty" in json.dumps(spec)


def test_what_is_put_together_has_the_same_colour_on_every_screen() -> None:
    many = pd.DataFrame({"measure": [f"m{i:02}" for i in range(20)], "sector": "XV", "duty": range(1, 21)})
    for small in (False, True):
        scale = json.loads(specification("flow", many, Words(), Look(small=small)))["layer"][0]["encoding"]["color"][
            "scale"
        ]
        assert dict(zip(scale["domain"], scale["range"], strict=True))[REST] == COLOURS[-1]


RATES = pd.DataFrame(
    {
        "from": ["2025-01-01"],
        "until": ["2026-01-01"],
        "part": ["p" * 30 + " " + "q" * 30],
        "rate": 0.1,
        "low": 0.0,
        "high": 0.1,
    }
)


TITLES = {
    "share": "duty",
    **{name: name.title() for name in ("part", "from", "until", "rate", "day", "text")},
}


def timeline_of(days: list[str], look: Look) -> str:
    """A rate through a year with a numbered event on each of the days."""
    rows = [(day, str(number), "an act") for number, day in enumerate(days, 1)]
    events = pd.DataFrame(rows, columns=["day", "number", "text"])
    drawn = rate_timeline(RATES, ("2025-01-01", "2026-01-01"), events, date(2025, 6, 1), TITLES, 25)
    return look.specification(drawn, "title", [], 400)


def test_numbers_without_room_stand_a_line_lower() -> None:
    text = svg(timeline_of(["2025-04-02", "2025-04-05", "2025-04-09", "2025-09-01"], Look(small=True))).decode()
    assert sorted(re.findall(r">(\d)</text>", text)) == ["1", "2", "3", "4"]


def test_a_long_name_in_a_legend_takes_two_lines() -> None:
    text = svg(timeline_of([], Look(small=True))).decode()
    assert "p" * 30 in text
    assert "q" * 30 in text
    assert "…" not in text


@pytest.mark.parametrize(("language", "month"), [("en", "Apr 2025"), ("fr", "avr. 2025"), ("es", "abr 2025")])
def test_days_of_a_picture_are_in_the_language_of_its_reader(language: str, month: str) -> None:
    assert month in svg(timeline_of([], Look(language=language))).decode()


def test_a_pointer_shows_titles_and_not_the_names_of_columns() -> None:
    layers = json.loads(timeline_of(["2025-04-02"], Look()))["layer"]
    shown = {one["title"] for layer in layers for one in layer["encoding"].get("tooltip", ())}
    assert shown == {"Part", "From", "Until", "Rate", "Day", "Text"}
