"""Which picture a result has: decided by what it is grouped by."""

from __future__ import annotations

import altair as alt
import pandas as pd

from tariffcalc.errors import NotSupportedError
from tariffcalc.formats.base import Rendered, whole_letters
from tariffcalc.formats.charts import look, marks

PARTS = ("sector_name", "sector", "measure", "authority", "origin", "product", "importer")
"""Columns that can be a category, the first that a result has is drawn."""
AMOUNTS = {"duty_change": "change of duty against the baseline, US$", "duty": "duty, US$"}
MOST_SECTORS = 30


def chart_of(result: Rendered, *, amount: str | None = None) -> marks.Picture:
    """The picture of a result; its amount is the change against the baseline where there is one, else the duty.

    By time alone: bars. By time and measure, authority, origin or importer: stacked bars. By time and sector or
    product: a heat map. Without time: the longest bars first.
    """
    frame = result.frame
    what = amount or next((name for name in AMOUNTS if name in frame), None)
    if what is None or what not in frame:
        raise NotSupportedError("this table has no picture: it has no duty", hint="ask for csv, json or xlsx")
    drawn = _drawn(named(frame), what, AMOUNTS.get(what, what.replace("_", " ")))
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
