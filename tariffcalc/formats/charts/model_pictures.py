"""The pictures of what a model says: incomes, imports, prices, bands and what drives them, as Vega-Lite.

Each is drawn from a table with the columns of the model's result; changes and shares are fractions, amounts dollars.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from tariffcalc.formats.base import whole_letters
from tariffcalc.formats.charts import look, marks
from tariffcalc.formats.charts.marks import Picture
from tariffcalc.formats.charts.model_words import ASSUMPTIONS, DIRECT, HEADLINES, INPUTS, OPTIONS

FINE = ".3~%"
MONEY_TIP = "$,.0f"
MOST_TICKS = 9
PERCENT_AXIS = alt.Axis(format=".2~%", grid=True, tickCount=MOST_TICKS, labelOverlap=True)
NOTHING = 1e-9
"""A headline of less than this part of the largest one is nothing."""


@dataclass(frozen=True, slots=True)
class ModelPicture:
    """A picture: its title, the column with a row for each category, how many of them are drawn, and their drawing.

    ``legend`` counts what the legend names; ``draw`` takes the table as ``rows`` leaves it.
    """

    title: str
    column: str
    most: int
    draw: Callable[[pd.DataFrame], Picture]
    rows: Callable[[pd.DataFrame, int], pd.DataFrame]
    legend: int = 0

    def of(self, frame: pd.DataFrame) -> Picture:
        """The picture of a result's table."""
        return self.draw(self.rows(frame, self.most))

    def count(self, frame: pd.DataFrame) -> int:
        """How many categories are drawn of a table."""
        return int(self.rows(frame, self.most)[self.column].nunique())


def incomes(frame: pd.DataFrame) -> Picture:
    """A bar a country, gains to the right and losses to the left."""
    return _changes(frame, "country", "real_income_change", "change of real income")


def imports(frame: pd.DataFrame) -> Picture:
    """A bar a sector or origin: how the importer's imports change."""
    return _changes(frame, "part", "imports_change", "change of imports")


def _changes(frame: pd.DataFrame, part: str, amount: str, title: str) -> Picture:
    colour = alt.condition(f"datum.{amount} < 0", alt.value(look.LOSS), alt.value(look.GAIN))
    return (
        alt.Chart(marks.records(frame[[part, amount]]))
        .mark_bar()
        .encode(
            y=alt.Y(f"{part}:N", sort=[str(one) for one in frame[part]], title=None),
            x=alt.X(f"{amount}:Q", title=title, axis=PERCENT_AXIS),
            color=colour,
            tooltip=[f"{part}:N", alt.Tooltip(f"{amount}:Q", title=title, format=FINE)],
        )
    )


def prices(frame: pd.DataFrame) -> Picture:
    """A bar a category, made of what is dearer at once and what through inputs; a line from low to high."""
    order = [str(one) for one in frame["part"]]
    named = frame.rename(columns={"direct_change": DIRECT, "input_change": INPUTS})
    long = named.melt(id_vars="part", value_vars=[DIRECT, INPUTS], var_name="way", value_name="change")
    place = alt.Y("part:N", sort=order, title=None)
    bars = (
        alt.Chart(marks.records(long))
        .mark_bar()
        .encode(
            y=place,
            x=alt.X("change:Q", title="change of price", axis=PERCENT_AXIS, stack="zero"),
            color=alt.Color("way:N", sort=[DIRECT, INPUTS]),
            tooltip=["part:N", "way:N", alt.Tooltip("change:Q", format=FINE)],
        )
    )
    ends = ["price_change_low", "price_change_high"]
    tips = ["part:N", *(alt.Tooltip(f"{one}:Q", format=FINE) for one in ends)]
    base = alt.Chart(marks.records(frame[["part", *ends]]))
    lines = base.mark_rule(color=look.INK, strokeWidth=1.5).encode(y=place, x=f"{ends[0]}:Q", x2=ends[1], tooltip=tips)
    return alt.layer(bars, lines)


def intervals(frame: pd.DataFrame) -> Picture:
    """A line a headline over the middle nine tenths of the draws, a stroke at the median, a point at the centre."""
    data = frame.assign(headline=_in_words(frame["headline"], HEADLINES))
    tips = ["headline:N"] + [
        alt.Tooltip(f"{name}_value:Q", title=title, format=MONEY_TIP)
        for name, title in (("central", "central"), ("low", "5 %"), ("median", "median"), ("high", "95 %"))
    ]
    place = alt.Y("headline:N", sort=data["headline"].tolist(), title=None)
    base = alt.Chart(marks.records(data)).encode(y=place, tooltip=tips)
    axis = alt.Axis(labelExpr=marks.BILLIONS, grid=True, tickCount=MOST_TICKS, labelOverlap=True)
    spread = base.mark_bar(height=9, color=look.COLOURS[6]).encode(
        x=alt.X("low_value:Q", title="US$", axis=axis), x2="high_value"
    )
    middle = base.mark_tick(color=look.INK, thickness=2, height=15).encode(x="median_value:Q")
    point = base.mark_point(filled=True, size=75, opacity=1, color=look.COLOURS[1]).encode(x="central_value:Q")
    return alt.layer(spread, middle, point)


def drivers(frame: pd.DataFrame) -> Picture:
    """A bar a headline, divided by the share of its variance that each assumption brings."""
    order = list(dict.fromkeys(_in_words(frame["headline"], HEADLINES)))
    names = list(dict.fromkeys(_in_words(frame["assumption"], ASSUMPTIONS)))
    data = frame.assign(
        headline=_in_words(frame["headline"], HEADLINES),
        assumption=_in_words(frame["assumption"], ASSUMPTIONS),
        **{name: _in_words(frame[name], OPTIONS) for name in ("low_at", "high_at")},
    )
    tips = [alt.Tooltip("variance_share:Q", title="share of the spread", format=".0%"), "low_at:N", "high_at:N"]
    tips += [alt.Tooltip(f"{one}_value:Q", title=one, format=MONEY_TIP) for one in ("low", "high")]
    return (
        alt.Chart(marks.records(data))
        .mark_bar()
        .encode(
            y=alt.Y("headline:N", sort=order, title=None),
            x=alt.X(
                "variance_share:Q",
                title="share of the spread",
                axis=alt.Axis(format=".0%", grid=True, tickCount=MOST_TICKS, labelOverlap=True),
                stack="zero",
                scale=alt.Scale(nice=False),
            ),
            color=alt.Color("assumption:N", sort=names),
            order=alt.Order("rank:Q"),
            tooltip=["headline:N", "assumption:N", *tips],
        )
        .transform_calculate(rank=f"indexof({names!r}, datum.assumption)")
    )


def falling(amount: str) -> Callable[[pd.DataFrame, int], pd.DataFrame]:
    """The rows with the largest changes of ``amount``, from the greatest rise to the greatest fall."""

    def rows(frame: pd.DataFrame, most: int) -> pd.DataFrame:
        known = _with_part(frame).dropna(subset=[amount])
        kept = known.loc[known[amount].abs().sort_values(ascending=False, kind="stable").index[:most]]
        return kept.sort_values(amount, ascending=False, kind="stable", ignore_index=True)

    return rows


def of_part(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """Imports by sector where there are sectors, else by origin; changes are weighted by the imports of before."""
    known = _with_part(frame)
    weighted = known.assign(change=known["import_share"] * known["imports_change"])
    sums = weighted.groupby("part", sort=False)[["import_share", "change"]].sum().reset_index()
    return falling("imports_change")(sums.assign(imports_change=sums["change"] / sums["import_share"]), most)


def that_vary(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The headlines that are not nothing: of bands those with an amount, of drivers those with shares."""
    if "variance_share" in frame:
        kept = frame[frame["variance_share"].notna()]
        return kept[kept["headline"].isin(kept["headline"].drop_duplicates().head(most))].reset_index(drop=True)
    sizes = frame[["central_value", "low_value", "high_value"]].abs().max(axis=1)
    return frame[sizes > max(1.0, float(sizes.max()) * NOTHING)].head(most).reset_index(drop=True)


def _with_part(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with a name for each row in the column ``part``."""
    names = ("part", "country", "category", "sector_name", "sector", "origin", "what", "commodity")
    chosen = frame[next(one for one in names if one in frame)]
    return frame.assign(part=[whole_letters(str(one)) for one in chosen])


def _in_words(codes: Any, words: Any) -> list[str]:
    return [words.get(str(one), str(one)) for one in codes]


MODEL_PICTURES: dict[str, ModelPicture] = {
    "incomes": ModelPicture("Real income by country", "country", 40, incomes, falling("real_income_change")),
    "imports": ModelPicture("Change of imports", "part", 40, imports, of_part),
    "prices": ModelPicture("Prices by category of consumption", "part", 20, prices, falling("price_change"), 2),
    "commodities": ModelPicture("Prices by commodity", "part", 20, prices, falling("price_change"), 2),
    "ranges": ModelPicture("How sure the numbers are", "headline", 12, intervals, that_vary),
    "drivers": ModelPicture("What drives the spread", "headline", 12, drivers, that_vary, 7),
}
"""Each picture by name, in the order of the page."""


def natural(frame: pd.DataFrame) -> str | None:
    """The name of the picture that a model's result has by its columns; None for a result by groups of trade."""
    signs = {
        "real_income_change": "incomes",
        "import_share": "imports",
        "input_change": "commodities" if "commodity" in frame else "prices",
        "variance_share": "drivers",
        "median_value": "ranges",
    }
    return next((name for column, name in signs.items() if column in frame), None)
