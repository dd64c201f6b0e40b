"""What stands beside the pictures of a model: a note, the words for who cannot see them, a table of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tariffcalc.formats.charts.model_pictures import MODEL_PICTURES
from tariffcalc.formats.charts.model_words import HEADLINES
from tariffcalc.web.pages.findings import listed, money, percent
from tariffcalc.web.pages.model_findings import changed
from tariffcalc.web.pages.run_models import in_words
from tariffcalc.web.pages.run_table import LABELS, cells

NAMED = 3
"""Categories that the words for a picture name."""

NOTES = {
    "incomes": "Gains are drawn to the right, losses to the left.",
    "imports": "What is imported more is drawn to the right, what is imported less to the left.",
    "prices": "Lines: from low to high, as more or less of what is bought is taken to be imported.",
    "commodities": "Lines: from low to high, as more or less of what is bought is taken to be imported.",
    "ranges": "Bars: 5% to 95% of the draws. Strokes: their median. Points: the central assumptions, which may lie "
    "outside where all others pull one way.",
    "drivers": "How much of the spread each assumption brings: Shapley shares of the variance. Below zero: it narrows "
    "the spread that others make.",
}
AMOUNTS = {
    "incomes": ("country", "real_income_change"),
    "imports": ("part", "imports_change"),
    "prices": ("part", "price_change"),
    "commodities": ("part", "price_change"),
}
SHOWN = {
    "incomes": ("country", "real_income_change", "terms_of_trade", "imports_change", "exports_change"),
    "imports": ("sector_name", "origin", "import_share", "tariff_before", "tariff_after", "imports_change"),
    "prices": (
        "category",
        "price_change",
        "direct_change",
        "input_change",
        "price_change_low",
        "price_change_high",
        "cost",
    ),
    "commodities": (
        "commodity",
        "price_change",
        "direct_change",
        "input_change",
        "price_change_low",
        "price_change_high",
    ),
    "ranges": ("headline", "central_value", "low_value", "median_value", "high_value"),
    "drivers": ("headline", "assumption", "variance_share", "low_at", "low_value", "high_at", "high_value"),
}
"""The columns of the table beside each picture, where the result has them."""


def alt_of(name: str, frame: pd.DataFrame) -> str:
    """What a picture shows, in a sentence or two."""
    one = MODEL_PICTURES[name]
    rows = one.rows(frame, one.most)
    if rows.empty:
        return f"{one.title}: nothing to draw."
    if name in AMOUNTS:
        part, amount = AMOUNTS[name]
        largest = rows.reindex(rows[amount].abs().sort_values(ascending=False, kind="stable").index).head(NAMED)
        told = [f"{row[part]} {changed(row[amount])}" for row in largest.to_dict("records")]
        said = f"The largest: {listed(told)}"
    elif name == "ranges":
        first = rows.iloc[0]
        ends = f"{money(first['low_value'])} to {money(first['high_value'])}"
        said = f"{HEADLINES[first['headline']]}: {money(first['central_value'])}, in the draws {ends}"
    else:
        top = in_words(rows.nlargest(1, "variance_share")).iloc[0]
        said = f"The largest share: {top['assumption']}, {percent(top['variance_share'])} of {top['headline']}"
    return f"{one.title}. {said}. The numbers are in the table below."


def numbers(name: str, frame: pd.DataFrame) -> tuple[list[str], Sequence[Sequence[str]], str]:
    """The table beside a picture: its heads, its rows as they are read, what it is."""
    one = MODEL_PICTURES[name]
    rows = frame if name == "imports" else one.rows(frame, one.most)
    kept = [column for column in SHOWN[name] if column in rows]
    cut = "" if len(rows) == len(frame) or name == "drivers" else f", the {len(rows)} largest of {len(frame):,}"
    return [LABELS[column] for column in kept], cells(in_words(rows[kept])), f"{one.title}{cut}"
