"""What holds of an estimate on any table of trade."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.engine import run
from tariffcalc.law.schedule import Schedule
from tests.factories import CAR, CAR_PART, CRUDE_OIL, STEEL_COIL, T_SHIRT, a_row

PRODUCTS = (
    CAR,
    CAR_PART,
    T_SHIRT,
    STEEL_COIL,
    CRUDE_OIL,
    "8431310020",
    "8704230140",
    "3102300000",
    "4407190056",
    "870840",
)
PERIODS = ("2025", "2025-Q1", "2025-03", "2025-06-04", "2026-02", "2026-Q3")
FEW = settings(max_examples=12, deadline=None)
SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
FROM, UNTIL = date(2025, 1, 1), date(2026, 10, 1)

rows = st.fixed_dictionaries(
    {
        "product": st.sampled_from(PRODUCTS),
        "origin": st.sampled_from(["CAN", "MEX", "JPN"]),
        "period": st.sampled_from(PERIODS),
        "customs_value": st.integers(1, 10**6).map(float),
        "usmca_share": SHARES,
        "steel_share": SHARES,
    }
)
tables = st.lists(rows, min_size=1, max_size=12)


def frame_of(table: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([a_row(**row) for row in table])


def duties(table: list[dict[str, Any]], by: tuple[str, ...] = ("measure",), **given: Any) -> dict[Any, float]:
    """Duty by group, those without any left out."""
    frame = tc.estimate(tc.read_flows(frame_of(table)), by=by, **given).frame
    summed = frame.set_index(list(frame.columns[: frame.columns.get_loc("customs_value")]))["duty"]
    assert summed.index.is_unique
    return {key: duty for key, duty in summed.to_dict().items() if duty}


def near(found: dict[Any, float], expected: dict[Any, float]) -> bool:
    return found == pytest.approx(expected, rel=1e-12, abs=1e-9)


@FEW
@given(tables)
def test_contributions_sum_to_the_total(table: list[dict[str, Any]]) -> None:
    """By measure, by authority, by product and month: the same duty."""
    flows = tc.read_flows(frame_of(table))
    total = tc.estimate(flows).duty
    for by in (
        ("measure",),
        ("authority",),
        ("sector",),
        ("product", "month"),
        ("origin", "segment"),
        ("year", "measure"),
    ):
        assert tc.estimate(flows, by=by).frame["duty"].sum() == pytest.approx(total, rel=1e-12, abs=1e-9)


@FEW
@given(tables, st.floats(0.01, 0.99))
def test_splitting_a_row_changes_no_sum(table: list[dict[str, Any]], part: float) -> None:
    first = table[0]
    value = first["customs_value"]
    halves = [{**first, "customs_value": value * part}, {**first, "customs_value": value * (1 - part)}]
    assert near(duties([*halves, *table[1:]]), duties(table))


@FEW
@given(tables, st.integers(1, (UNTIL - FROM).days - 1))
def test_splitting_the_window_changes_no_sum(table: list[dict[str, Any]], days: int) -> None:
    cut = FROM + timedelta(days=days)
    whole = duties(table, window=(FROM, UNTIL))
    left, right = duties(table, window=(FROM, cut)), duties(table, window=(cut, UNTIL))
    assert near({name: left.get(name, 0) + right.get(name, 0) for name in left | right}, whole)


@FEW
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(table: list[dict[str, Any]], chance: random.Random) -> None:
    shuffled = list(table)
    chance.shuffle(shuffled)
    assert near(duties(shuffled, ("measure", "month")), duties(table, ("measure", "month")))


@FEW
@given(tables)
def test_no_row_pays_less_than_nothing_or_on_more_than_its_value(table: list[dict[str, Any]]) -> None:
    """Each measure covers between none and all of the value, and each rate is at least zero."""
    flows = tc.read_flows(frame_of(table))
    groups = ("product", "origin", "segment")
    whole = tc.estimate(flows, by=groups).frame.set_index([*groups[:2], "segment_from"])["customs_value"]
    lines = tc.estimate(flows, by=(*groups, "measure")).frame.set_index([*groups[:2], "segment_from"])
    assert (lines["duty"] >= 0).all()
    assert (lines["customs_value"] <= whole.reindex(lines.index) * (1 + 1e-12)).all()


@FEW
@given(tables, st.floats(0.1, 100))
def test_duty_grows_with_value(table: list[dict[str, Any]], factor: float) -> None:
    """Twice the trade, twice the duty: nothing depends on the size of a row."""
    scaled = [{**row, "customs_value": row["customs_value"] * factor} for row in table]
    assert near(duties(scaled), {name: duty * factor for name, duty in duties(table).items()})


@pytest.mark.usefixtures("fresh_engine")
def test_the_order_of_files_changes_no_byte(law: Schedule) -> None:
    """The result is the same to the byte when the measures come in another order."""
    names = list(law.measures)
    random.Random(7).shuffle(names)  # noqa: S311 - any order will do
    shuffled = replace(law, measures={name: law.measures[name] for name in names})
    table = [{"product": product, "origin": origin} for product in PRODUCTS for origin in ("CAN", "MEX", "JPN")]
    flows = tc.read_flows(frame_of([{**row, "period": "2025"} for row in table]))
    bytes_ = []
    for one in (law, shuffled):
        run._CACHE.clear()
        bytes_.append(tc.estimate(flows, one, by=("product", "month", "measure")).to("csv"))
    assert bytes_[0] == bytes_[1]
