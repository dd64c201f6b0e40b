"""Which picture a result has: decided by what it is grouped by."""

from __future__ import annotations

import altair as alt
import pandas as pd

from tariffcalc.errors import NotSupportedError
from tariffcalc.formats.base import Rendered, whole_letters
from tariffcalc.formats.charts import look, marks
from tariffcalc.formats.charts.model_pictures import MODEL_PICTURES, natural

PARTS = ("sector_name", "sector", "measure", "authority", "origin", "product", "importer")
"""Columns that can be a category, the first that a result has is drawn."""
AMOUNTS = {"duty_change": "change of duty against the baseline, US$", "duty": "duty, US$"}
MOST_SECTORS = 30


def chart_of(result: Rendered, *, amount: str | None = None) -> marks.Picture:
    """The picture of a result; its amount is the change against the baseline where there is one, else the duty.

    By time alone: bars. By time and measure, authority, origin or importer: stacked bars. By time and sector or
    product: a heat map. Without time: the longest bars first. What a model says of countries, prices or headlines has
    the picture of that model.
    """
    frame = result.frame
    own = natural(frame) if amount is None else None
    if own is not None:
        return _titled(MODEL_PICTURES[own].of(frame).properties(height=alt.Step(21)), result)
    what = amount or next((name for name in AMOUNTS if name in frame), None)
    if what is None or what not in frame:
        raise NotSupportedError("this table has no picture: it has no duty", hint="ask for csv, json or xlsx")
    return _titled(_drawn(named(frame), what, AMOUNTS.get(what, what.replace("_", " "))), result)


def _titled(drawn: marks.Picture, result: Rendered) -> marks.Picture:
    """The drawing with what the result is called, and what is to be minded of it."""
    subtitle = [note for note in result.notes if len(note) < 110][:2]
    head = alt.Title(whole_letters(result.title) or "Duty", subtitle=[whole_letters(one) for one in subtitle])
    return drawn.properties(title=head, width=look.WIDTH).configure(**look.THEME)


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with texts that can be drawn and one column of time, ``period``, also where it is by segment."""
    texts = {name: [whole_letters(str(one)) for one in frame[name]] for name in PARTS if name in frame}
    return frame.assign(**texts).rename(columns={} if "period" in frame else {"segment_from": "period"})


def _drawn(frame: pd.DataFrame, amount: str, title: str) -> marks.Picture:
    parts = [name for name in PARTS if name in frame]
    part = parts[0] if parts else None
    if "period" not in frame:
        if part is None:
            raise NotSupportedError("one number needs no picture", hint="group by sector, origin, measure or month")
        return marks.ranked_bars(frame, amount, part, title)
    if part is None:
        return marks.bars_over_time(frame.groupby("period", sort=False)[amount].sum().reset_index(), amount, title)
    if part in ("sector_name", "sector", "product"):
        return marks.heat_map(marks.largest(frame, part, amount, ["period"], MOST_SECTORS), amount, part, title)
    return marks.stacked_over_time(frame, amount, part, title)
