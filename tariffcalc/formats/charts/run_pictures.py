"""The pictures on the page of a run: each from a small table with the columns it names, as Vega-Lite JSON.

A table may have ``baseline_duty`` and ``duty_change``; without a baseline it has neither. Amounts are dollars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import altair as alt
import pandas as pd

from tariffcalc.formats.charts import flow, look, marks
from tariffcalc.formats.charts.look import Look
from tariffcalc.formats.charts.marks import Picture, records
from tariffcalc.formats.charts.model_pictures import MODEL_PICTURES

MONEY_TIP = "$,.0f"
AXIS = "duty, US$"
MOST_ROWS = 20
"""Categories of a picture that has one row each."""
ROW = 21
"""Height of such a row, in pixels."""
AROUND, LEGEND, WORDS = 56, 56, 56
"""What the axis, a legend, and title and subtitle take of the height."""
LEGEND_GAP, LINE = 24, 16
"""What a legend of names takes, and each of its lines."""

HALF, BROAD = 512, 1098
"""Widths of a picture that stands beside another one, and of one that takes the whole page: those of their cards."""
BROAD_ONES = frozenset({"month", "measures", "heat", "flow", "products", "movers", *MODEL_PICTURES})

STROKE: dict[str, Any] = {"color": look.COLOURS[1], "thickness": 3, "opacity": 1}
"""How the baseline's duty is marked."""

HEIGHTS: Mapping[str, tuple[int, int]] = {"month": (340, 320), "measures": (430, 500), "flow": (560, 560)}
"""Of pictures whose height does not follow from their rows: on a page, on a phone."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written beside the drawing: the lines below the title, and a name for each code of a measure."""

    subtitle: tuple[str, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)


def look_of(name: str, looks: Look) -> Look:
    """The look of a picture: some need the whole width of a page."""
    return replace(looks, wide=BROAD if name in BROAD_ONES else HALF)


def height_of(name: str, rows: int, looks: Look) -> int:
    """How high a picture is, in pixels, with so many rows of data."""
    words = 0 if looks.bare else WORDS
    if name in HEIGHTS:
        return HEIGHTS[name][looks.small] + words
    if name in MODEL_PICTURES:
        one = MODEL_PICTURES[name]
        lines = one.legend if looks.small else -(-one.legend // 2)
        return AROUND + ROW * max(2, min(rows, one.most)) + (LEGEND_GAP + LINE * lines if lines else 0) + words
    return AROUND + ROW * max(2, min(rows, MOST_ROWS)) + (LEGEND if name == "heat" else 0) + words


def specification(
    name: str, frame: pd.DataFrame, words: Words, looks: Look, events: Sequence[Mapping[str, Any]] = ()
) -> str:
    """The picture of that name. ``events``: ``period`` and ``number`` of what is marked on the picture by month."""
    looks = look_of(name, looks)
    if name in MODEL_PICTURES:
        one = MODEL_PICTURES[name]
        chart, height = one.of(frame), height_of(name, rows_of(name, frame), looks)
        return looks.specification(chart, one.title, list(words.subtitle), height)
    title, draw = PICTURES[name]
    chart = by_month(frame, events) if name == "month" else draw(frame, words, looks)
    return looks.specification(chart, title, list(words.subtitle), height_of(name, rows_of(name, frame), looks))


def rows_of(name: str, frame: pd.DataFrame) -> int:
    """How many rows a picture has."""
    if name in MODEL_PICTURES:
        return MODEL_PICTURES[name].count(frame)
    column = {"sectors": "sector", "heat": "sector", "origins": "origin", "products": "product", "movers": "product"}
    return int(frame[column[name]].nunique()) if name in column and column[name] in frame else 0


def by_month(frame: pd.DataFrame, events: Sequence[Mapping[str, Any]] = ()) -> Picture:
    """A bar a month, a stroke where the baseline's duty was, a numbered mark over months in which acts took effect."""
    tips = ["period:O", alt.Tooltip("duty:Q", title="duty", format=MONEY_TIP)]
    has_baseline = "baseline_duty" in frame
    if has_baseline:
        tips.append(alt.Tooltip("baseline_duty:Q", title="baseline", format=MONEY_TIP))
    axis = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=-45, labelOverlap=True))
    base = alt.Chart(records(frame)).encode(x=axis)
    money = alt.Axis(labelExpr=marks.BILLIONS)
    layers = [base.mark_bar().encode(y=alt.Y("duty:Q", title=AXIS, axis=money), tooltip=tips)]
    if has_baseline:
        layers.append(base.mark_tick(**STROKE).encode(y="baseline_duty:Q", tooltip=tips))
    if events:
        layers.append(_numbers(frame, events))
    return alt.layer(*layers)


def _numbers(frame: pd.DataFrame, events: Sequence[Mapping[str, Any]]) -> Picture:
    """The numbers of the events of each month, above its bar."""
    columns = [name for name in ("duty", "baseline_duty") if name in frame]
    tops = dict(zip(frame["period"], frame[columns].max(axis=1), strict=True))
    rows = [{**one, "top": float(tops[one["period"]])} for one in events if one["period"] in tops]
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(dy=-9, fontSize=11, fontWeight="bold", color=look.COLOURS[3])
        .encode(
            x="period:O",
            y="top:Q",
            text="number:N",
            tooltip=[alt.Tooltip("period:O"), alt.Tooltip("text:N", title="in effect")],
        )
    )


def by_measure(frame: pd.DataFrame, words: Words, _looks: Look) -> Picture:
    """Areas over the months, one a measure, stacked; bars where there are less than three months."""
    named = frame.assign(measure=[words.measures.get(one, one) for one in frame["measure"]])
    if named["period"].nunique() < 3:
        return marks.stacked_over_time(named, "duty", "measure", AXIS)
    data = marks.largest(named, "measure", "duty", ["period"])
    sizes = data.groupby("measure")["duty"].sum().sort_values(ascending=False, kind="stable")
    order = sorted((str(one) for one in sizes.index), key=lambda one: one == marks.REST)
    whole = data.pivot_table(index="period", columns="measure", values="duty", aggfunc="sum", fill_value=0.0)
    data = whole.reset_index().melt(id_vars="period", value_name="duty")
    return (
        alt.Chart(records(data))
        .mark_area(line=False, interpolate="linear")
        .encode(
            x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=-45, labelOverlap=True)),
            y=alt.Y("duty:Q", title=AXIS, stack="zero", axis=alt.Axis(labelExpr=marks.BILLIONS)),
            color=alt.Color("measure:N", sort=order),
            order=alt.Order("rank:Q"),
            tooltip=["period:O", "measure:N", alt.Tooltip("duty:Q", format=MONEY_TIP)],
        )
        .transform_calculate(rank=f"indexof({order!r}, datum.measure)")
    )


def ranked(frame: pd.DataFrame, column: str) -> Picture:
    """A bar a category, the longest first, and a stroke where the baseline's duty was."""
    data = frame.sort_values("duty", ascending=False, kind="stable").head(MOST_ROWS)
    tips = [f"{column}:N", alt.Tooltip("duty:Q", format=MONEY_TIP)]
    if "baseline_duty" in data:
        tips.append(alt.Tooltip("baseline_duty:Q", title="baseline", format=MONEY_TIP))
    base = alt.Chart(records(data)).encode(y=alt.Y(f"{column}:N", sort=[str(one) for one in data[column]], title=None))
    axis = alt.X("duty:Q", title=AXIS, axis=alt.Axis(labelExpr=marks.BILLIONS, grid=True))
    bars = base.mark_bar().encode(x=axis, tooltip=tips)
    if "baseline_duty" not in data:
        return bars
    return alt.layer(bars, base.mark_tick(**STROKE).encode(x="baseline_duty:Q", tooltip=tips))


def by_sector(frame: pd.DataFrame, _words: Words, _looks: Look) -> Picture:
    """The sectors, the largest duty first."""
    return ranked(frame.assign(sector=sector_names(frame)), "sector")


def by_origin(frame: pd.DataFrame, _words: Words, _looks: Look) -> Picture:
    """The countries, the largest duty first."""
    return ranked(frame, "origin")


def by_product(frame: pd.DataFrame, _words: Words, _looks: Look) -> Picture:
    """The products with the largest duty."""
    return ranked(_described(frame.nlargest(MOST_ROWS, "duty")), "product")


def movers(frame: pd.DataFrame, _words: Words, _looks: Look) -> Picture:
    """The products whose duty changes most: falls to the left, rises to the right."""
    most = frame.loc[frame["duty_change"].abs().nlargest(MOST_ROWS).index]
    return marks.ranked_bars(
        _described(most), "duty_change", "product", "change of duty against the baseline, US$", MOST_ROWS
    )


def _described(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with what sets each product apart (column ``telling``, where there is one) after its code."""
    if "telling" not in frame:
        return frame
    named = [f"{code} {text}".strip() for code, text in zip(frame["product"], frame["telling"], strict=True)]
    return frame.assign(product=named)


def heat(frame: pd.DataFrame, _words: Words, looks: Look) -> Picture:
    """Sectors by months, the darker the more duty."""
    named = frame.assign(sector=sector_names(frame))
    kept = named.groupby("sector")["duty"].sum().nlargest(MOST_ROWS).index
    drawn = marks.heat_map(named[named["sector"].isin(kept)], "duty", "sector", AXIS)
    legend = alt.Legend(labelExpr=marks.BILLIONS, gradientLength=200 if looks.small else 260, titleLimit=250)
    return drawn.encode(color=alt.Color("duty:Q", title=AXIS, legend=legend))


def bands(frame: pd.DataFrame, words: Words, looks: Look) -> Picture:
    """From measures to the sectors that pay them."""
    named = frame.assign(measure=[words.measures.get(one, one) for one in frame["measure"]], sector=sector_names(frame))
    most, letters = (6, 120) if looks.small else (9, 340)
    return flow.bands(named, "duty", "measure", "sector", most=most, letters=letters)


def sector_names(frame: pd.DataFrame) -> list[str]:
    """A sector's code and the first part of its name: short enough for an axis, and no two alike."""
    names = frame["sector_name"] if "sector_name" in frame else frame["sector"]
    return [
        str(code) if not name or name == code else f"{code} {str(name).split(';')[0].rstrip('.')}"
        for code, name in zip(frame["sector"], names, strict=True)
    ]


PICTURES: dict[str, tuple[str, Any]] = {
    "month": ("Duty by month", None),
    "sectors": ("Duty by sector", by_sector),
    "origins": ("Duty by country of origin", by_origin),
    "measures": ("Duty by measure and month", by_measure),
    "heat": ("Duty by sector and month", heat),
    "flow": ("From measure to sector", bands),
    "products": ("Products with the most duty", by_product),
    "movers": ("Products whose duty changes most", movers),
}
"""Title and drawing of each picture, in the order of the page."""
