"""Pictures of what models say: what is drawn is what the table says, and a result has its natural picture."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd
import pytest

from tariffcalc.formats.base import Options, Rendered
from tariffcalc.formats.charts import SVG
from tariffcalc.formats.charts.choose import chart_of
from tariffcalc.formats.charts.look import IN_DARK, Look
from tariffcalc.formats.charts.model_pictures import MODEL_PICTURES, natural
from tariffcalc.formats.charts.picture import svg
from tariffcalc.formats.charts.run_pictures import Words, look_of, rows_of, specification

NAN = float("nan")
PRICES = {
    "price_change": [0.01, 0.03, NAN, 0.02],
    "direct_change": [0.01, 0.01, NAN, 0.0],
    "input_change": [0.0, 0.02, NAN, 0.02],
    "price_change_low": [0.01, 0.02, NAN, 0.02],
    "price_change_high": [0.02, 0.03, NAN, 0.04],
}
SWINGS = {
    "headline": ["duty", "duty", "trade_change", "trade_change"],
    "assumption": ["preference", "demand", "preference", "demand"],
    "low_value": [1.0, 2.0, 0.0, 0.0],
    "high_value": [3.0, 2.0, 0.0, 0.0],
    "low_at": ["settled", "5th percentile"] * 2,
    "high_at": ["2024", "95th percentile"] * 2,
    "variance_share": [1.02, -0.02, NAN, NAN],
}
BANDS = {
    "headline": ["duty", "trade_change", "welfare_change"],
    "central_value": [5e9, 0.0, -2e9],
    "mean_value": [6e9, 0.0, -3e9],
    "median_value": [6e9, 0.0, -3e9],
    "low_value": [4e9, 1e-5, -4e9],
    "high_value": [9e9, 0.0, -1e9],
    "draws": [100, 100, 100],
}
TABLES: dict[str, dict[str, list[Any]]] = {
    "incomes": {"country": ["CAN", "USA", "MEX", "JPN"], "real_income_change": [-0.02, 0.001, -0.01, NAN]},
    "imports": {
        "sector": ["wood", "wood", "mining"],
        "sector_name": ["Wood", "Wood", "Mining"],
        "origin": ["CAN", "MEX", "CAN"],
        "import_share": [0.2, 0.6, 0.2],
        "tariff_before": [0.0, 0.0, 0.0],
        "tariff_after": [0.1, 0.1, 0.1],
        "imports_change": [-0.4, 0.2, 0.01],
    },
    "prices": {"category": ["Food", "Cars", "Rent", "Tools"], **PRICES},
    "commodities": {"commodity": ["111CA", "113FF", "211", "212"], **PRICES},
    "ranges": BANDS,
    "drivers": SWINGS,
}


def frame_of(name: str) -> pd.DataFrame:
    return pd.DataFrame(TABLES[name])


def rows_in(told: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows that a picture carries."""
    return [row for rows in told.get("datasets", {}).values() for row in rows]


@pytest.mark.parametrize("name", TABLES)
def test_a_result_of_a_model_has_its_own_picture(name: str) -> None:
    frame = frame_of(name)
    assert natural(frame) == name
    drawn = SVG.render(Rendered(frame, title="a table"), Options())
    assert drawn.startswith(b"<svg")
    assert b"a table" in drawn


def test_a_result_by_groups_has_none_of_them() -> None:
    assert natural(pd.DataFrame({"sector": ["I"], "duty": [1.0], "trade_change": [2.0]})) is None


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("look", [Look(), Look(small=True, bare=True, dark=True)], ids=["paper", "phone"])
def test_size_and_colours_are_those_that_are_asked_for(name: str, look: Look) -> None:
    text = specification(name, frame_of(name), Words(("below",)), look)
    spec = json.loads(text)
    assert spec["width"] == look_of(name, look).width
    assert ("title" in spec) is not look.bare
    width = re.search(rb'width="(\d+)', svg(text))
    assert width is not None
    assert int(width[1]) == spec["width"]
    drawn = set(re.findall(r"#[0-9a-f]{6}", specification(name, frame_of(name), Words(), Look())))
    assert drawn <= set(IN_DARK)


def test_countries_go_from_the_greatest_gain_to_the_greatest_loss() -> None:
    rows = rows_in(chart_of(Rendered(frame_of("incomes"))).to_dict())
    assert [(row["country"], row["real_income_change"]) for row in rows] == [
        ("USA", 0.001),
        ("MEX", -0.01),
        ("CAN", -0.02),
    ]
    assert rows_of("incomes", frame_of("incomes")) == 3


def test_changes_of_imports_are_weighted() -> None:
    """Of four origins' trade in a sector, by what each was before."""
    picture = MODEL_PICTURES["imports"]
    rows = picture.rows(frame_of("imports"), picture.most).set_index("part")["imports_change"]
    assert rows["Wood"] == pytest.approx((0.2 * -0.4 + 0.6 * 0.2) / 0.8)
    assert rows["Mining"] == pytest.approx(0.01)
    by_origin = picture.rows(frame_of("imports").drop(columns=["sector", "sector_name"]), picture.most)
    assert set(by_origin["part"]) == {"CAN", "MEX"}


def test_prices_are_made_of_both_ways() -> None:
    rows = rows_in(chart_of(Rendered(frame_of("prices"))).to_dict())
    parts = [row for row in rows if "way" in row]
    for name, change in (("Cars", 0.03), ("Tools", 0.02), ("Food", 0.01)):
        assert sum(row["change"] for row in parts if row["part"] == name) == pytest.approx(change)
    assert "Rent" not in {row["part"] for row in rows}, "what is not known is not drawn"
    assert [row["part"] for row in rows if "price_change_low" in row] == ["Cars", "Tools", "Food"]


def test_most_are_drawn_and_no_more() -> None:
    frame = pd.DataFrame(
        {"country": [f"C{at:02}" for at in range(60)], "real_income_change": [at / 1e4 for at in range(60)]}
    )
    picture = MODEL_PICTURES["incomes"]
    rows = picture.rows(frame, picture.most)
    assert len(rows) == picture.count(frame) == picture.most
    assert rows["real_income_change"].iloc[0] == frame["real_income_change"].max()


def test_what_is_nothing_has_no_band_and_no_drivers() -> None:
    rows = rows_in(chart_of(Rendered(frame_of("ranges"))).to_dict())
    assert [row["headline"] for row in rows] == ["Duty, trade as it is", "Change of welfare"]
    swings = rows_in(chart_of(Rendered(frame_of("drivers"))).to_dict())
    assert {row["headline"] for row in swings} == {"Duty, trade as it is"}
    assert sum(row["variance_share"] for row in swings) == pytest.approx(1.0)
    assert [row["low_at"] for row in swings] == ["as in late 2025", "5th percentile"]
