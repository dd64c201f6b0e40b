"""One product's rate through time: steps made of parts, the days on which it moves numbered, one day marked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from tariffcalc.formats.charts import look
from tariffcalc.formats.charts.marks import PERCENT, Picture, rate_steps

LEAST = 0.05
"""The axis goes up to that share at least, so that no small rate looks large."""

NUMBERS = 50
"""So many numbers would stand side by side on the axis; one without room after that before stands a line lower."""

DAY = "%d %b %Y"

LINES, LINE = 4, 12
"""Lines that numbers may take, and the height of one in pixels; a number without room in any is left out."""


def rate_timeline(
    frame: pd.DataFrame,
    window: tuple[str, str],
    events: pd.DataFrame,
    day: date,
    titles: Mapping[str, str],
    numbers: int = NUMBERS,
) -> Picture:
    """The rate by day: ``frame`` as ``rate_steps`` takes it, ``events`` with ``day``, ``number`` and ``text``.

    ``window``: the first day drawn and that after the last. ``day`` is marked by a line. ``titles``: what to
    call the axis (``share``) and the columns that a pointer shows (``TITLED``). Days are those of no time zone.
    """
    placed = _apart(events, *window, numbers)
    lines = max(placed["line"].tolist(), default=0)
    top = max(LEAST, float(pd.to_numeric(frame["high"]).max()) * (1.08 + 0.06 * lines))
    steps = rate_steps(_timed(frame, "from", "until"))
    steps.encoding.y.title = titles["share"]
    steps.encoding.tooltip = [_shown(name, titles) for name in ("part", "from", "until", "rate")]
    steps.encoding.y.scale = alt.Scale(domain=[0, top], nice=False)
    edges = _at(*window).mark_rule(opacity=0)  # they hold the axis open where there is no duty to draw
    marked = _at(day.isoformat()).mark_rule(color=look.COLOURS[3], strokeWidth=2)
    if events.empty:
        return alt.layer(edges, steps, marked)
    moved = [_shown(name, titles) for name in ("day", "text")]
    numbered = alt.Chart(_values(_timed(events, "day"))).encode(x="day:T", tooltip=moved)
    rules = numbered.mark_rule(color=look.SOFT, strokeDash=[3, 3])
    labels = [
        alt.Chart(_values(_timed(placed[placed["line"] == line], "day")))
        .mark_text(baseline="bottom", dy=-3, fontSize=11, color=look.INK)
        .encode(x="day:T", y=alt.value(LINE * line), text="number:N", tooltip=moved)
        for line in range(lines + 1)
    ]
    return alt.layer(edges, steps, rules, marked, *labels)


def _shown(column: str, titles: Mapping[str, str]) -> alt.Tooltip:
    """A column as a pointer shows it: days as days, rates as percent."""
    form, kind = {"from": (DAY, "T"), "until": (DAY, "T"), "day": (DAY, "T"), "rate": (PERCENT, "Q")}.get(
        column, (alt.Undefined, "N")
    )
    return alt.Tooltip(f"{column}:{kind}", title=titles[column], format=form)


def _at(*days: str) -> alt.Chart:
    return alt.Chart(_values(_timed(pd.DataFrame({"day": days}), "day"))).encode(x="day:T")


def _apart(events: pd.DataFrame, first: str, last: str, numbers: int) -> pd.DataFrame:
    """The events whose numbers have room, each with its ``line``: the first one that has room for it."""
    least = (date.fromisoformat(last) - date.fromisoformat(first)).days / numbers
    lines, before = [], [date.min] * LINES
    for text in events["day"]:
        day = date.fromisoformat(text)
        room = [line for line in range(LINES) if (day - before[line]).days >= least]
        lines.append(room[0] if room else LINES)
        if room:
            before[room[0]] = day
    placed = events.assign(line=lines)
    return placed[placed["line"] < LINES]


def _timed(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Days with an hour: a browser takes a bare day for one of Greenwich and shows it a day early in America."""
    return frame.assign(**{name: frame[name] + "T00:00:00" for name in names})


def _values(frame: pd.DataFrame) -> alt.InlineData:
    rows: list[dict[str, Any]] = frame.astype(object).to_dict("records")  # type: ignore[assignment]
    return alt.InlineData(values=rows)
