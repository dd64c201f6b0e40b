"""The pictures of a run with what stands beside them: the words for who cannot see them, sizes, a table of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tariffcalc.formats.charts.look import Look
from tariffcalc.formats.charts.model_pictures import MODEL_PICTURES
from tariffcalc.formats.charts.run_pictures import MOST_ROWS, PICTURES, height_of, look_of, rows_of, sector_names
from tariffcalc.web.pages import run_model_figures
from tariffcalc.web.pages.findings import listed, money, month
from tariffcalc.web.pages.run_table import LABELS, cells, crossed, dotted

EXPECTED = 20
"""Rows that are taken for granted before the numbers are there."""
NAMED = 3
"""Categories that the words for a picture name."""

NOTES = {
    "month": "Bars: duty. Strokes: the duty under the baseline. Numbers: acts that took effect, listed below.",
    "sectors": "Bars: duty. Strokes: the duty under the baseline.",
    "measures": "The largest measures apart, the others together.",
    "heat": "The stronger the colour of a field, the more duty.",
    "origins": "Bars: duty. Strokes: the duty under the baseline.",
    "flow": "The wider the band, the more duty: measures on the left, sectors on the right.",
    "products": "Bars: duty. Strokes: the duty under the baseline.",
    "movers": "Products whose duty rises are drawn to the right, those whose duty falls to the left.",
}
COLUMNS = {"month": "period", "sectors": "sector", "origins": "origin", "products": "product", "movers": "product"}
"""What the categories of a picture are, where it has a row for each."""
SHOWN = ("period", "sector", "origin", "product", "measure", "what", "customs_value", "duty", "effective_rate")
SHOWN_BESIDE = ("baseline_duty", "duty_change")


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of the page; without ``rows`` its numbers are not there yet."""

    name: str
    title: str
    note: str
    alt: str
    wide: tuple[int, int]
    small: tuple[int, int]
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    caption: str = ""


def names_of(*, has_baseline: bool, is_timed: bool) -> list[str]:
    """The pictures that a run has: movers only beside a baseline, what goes over months only where there are some."""
    left_out = {"movers"} if not has_baseline else set()
    left_out |= set() if is_timed else {"month", "measures", "heat"}
    return [name for name in PICTURES if name not in left_out]


def figure(name: str, frame: pd.DataFrame | None, *, has_baseline: bool) -> Figure:
    """A picture with its words; ``frame`` is its table, if it is there."""
    is_model = name in MODEL_PICTURES
    title = MODEL_PICTURES[name].title if is_model else PICTURES[name][0]
    note = run_model_figures.NOTES[name] if is_model else NOTES[name]
    if not has_baseline:
        note = note.replace(" Strokes: the duty under the baseline.", "")
    rows = EXPECTED if frame is None else rows_of(name, frame)
    looks = (look_of(name, Look(small=small, bare=True)) for small in (False, True))
    wide, small = ((look.width, height_of(name, rows, look)) for look in looks)
    if frame is None:
        return Figure(name, title, note, f"{title}; its numbers are in the CSV file.", wide, small)
    alt = run_model_figures.alt_of(name, frame) if is_model else alt_of(name, title, frame)
    heads, lines, caption = run_model_figures.numbers(name, frame) if is_model else numbers(name, frame)
    return Figure(name, title, note, alt, wide, small, heads, lines, caption)


def alt_of(name: str, title: str, frame: pd.DataFrame) -> str:
    """What a picture shows, in a sentence or two."""
    if frame.empty:
        return f"{title}: nothing to draw."
    if name == "month":
        first, last = frame.iloc[0], frame.iloc[-1]
        ends = f"{money(first['duty'])} in {month(first['period'])}, {money(last['duty'])} in {month(last['period'])}"
        return f"{title}: {ends}. The numbers are in the table below."
    column = {"measures": "measure", "flow": "measure", "heat": "sector"}.get(name) or COLUMNS[name]
    amount = "duty_change" if name == "movers" else "duty"
    named = frame.assign(sector=sector_names(frame)) if column == "sector" else frame
    sums = named.groupby(column, observed=True)[amount].sum()
    sums = sums.reindex(sums.abs().sort_values(ascending=False, kind="stable").index).head(NAMED)
    told = [f"{dotted(str(key)) if column == 'product' else key} {money(value)}" for key, value in sums.items()]
    return f"{title}. The largest: {listed(told)}. The numbers are in the table below."


def numbers(name: str, frame: pd.DataFrame) -> tuple[list[str], list[list[str]], str]:
    """The table beside a picture: its heads, its rows as they are read, what it is."""
    title = PICTURES[name][0]
    if name in ("measures", "heat"):
        rows = "measure" if name == "measures" else "sector"
        named = frame.assign(sector=sector_names(frame)) if rows == "sector" else frame
        periods, lines = crossed(named, rows)
        return [LABELS[rows], *periods], lines, f"{title}, millions of US$"
    amount = "duty_change" if name == "movers" else "duty"
    part = frame if name == "month" else frame.reindex(_largest_first(frame[amount]).index[:MOST_ROWS])
    if "sector_name" in part:
        part = part.assign(sector=sector_names(part))
    kept = [one for one in (*SHOWN, *SHOWN_BESIDE) if one in part]
    cut = "" if len(part) == len(frame) else f", the {len(part)} largest of {len(frame):,}"
    return [LABELS[one] if one != "what" else "What it is" for one in kept], cells(part[kept]), f"{title}{cut}"


def _largest_first(amounts: pd.Series) -> pd.Series:
    return amounts.abs().sort_values(ascending=False, kind="stable")
