"""The few kinds of chart that results need, each from a table with the columns it names.

Amounts are in millions of dollars on the axes; a table keeps dollars. Charts are Altair's.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import altair as alt
import pandas as pd

from tariffcalc.formats.base import is_missing
from tariffcalc.formats.charts import look

Picture: TypeAlias = Any
"""A chart of Altair's, simple or layered: its own methods do not say which."""

MONEY = "$,.3~s"
PERCENT = ".1%"
BILLIONS = f"replace(replace(replace(format(datum.value, '{MONEY}'), 'G', ' bn'), 'M', ' m'), 'k', ' k')"
MOST = len(look.COLOURS) - 1
"""Categories that are drawn apart; the smaller ones are one."""
REST = "all others"


def bars_over_time(frame: pd.DataFrame, amount: str, title: str, events: pd.DataFrame | None = None) -> Picture:
    """A bar a period (column ``period``), and a mark a dated event (``day``, ``text``)."""
    bars = (
        alt.Chart(records(frame[["period", amount]]))
        .mark_bar()
        .encode(x=_periods(), y=_money(amount, title), tooltip=["period:O", alt.Tooltip(f"{amount}:Q", format="$,.0f")])
    )
    return alt.layer(bars, *_events(events)) if events is not None and len(events) else bars


def stacked_over_time(frame: pd.DataFrame, amount: str, part: str, title: str) -> Picture:
    """Bars of one period each, stacked by a category; the smallest categories are drawn as one."""
    data = largest(frame, part, amount, ["period"])
    order = _order(data, part, amount)
    return (
        alt.Chart(records(data))
        .mark_bar()
        .encode(
            x=_periods(),
            y=_money(amount, title),
            color=alt.Color(f"{part}:N", sort=order),
            order=alt.Order("rank:Q"),
            tooltip=["period:O", f"{part}:N", alt.Tooltip(f"{amount}:Q", format="$,.0f")],
        )
        .transform_calculate(rank=f"indexof({order!r}, datum.{part})")
    )


def ranked_bars(frame: pd.DataFrame, amount: str, part: str, title: str, most: int = 25) -> Picture:
    """A bar a category, the longest first; a fall to the left and a rise to the right where there are both."""
    data = frame.groupby(part, observed=True, sort=False)[amount].sum().reset_index()
    data = data.reindex(data[amount].abs().sort_values(ascending=False, kind="stable").index).head(most)
    return (
        alt.Chart(records(data))
        .mark_bar()
        .encode(
            y=alt.Y(f"{part}:N", sort=[str(one) for one in data[part]], title=None),
            x=_axis(amount, title),
            color=alt.condition(f"datum.{amount} < 0", alt.value(look.GAIN), alt.value(look.LOSS))
            if (data[amount] < 0).any()
            else alt.value(look.COLOURS[0]),
            tooltip=[f"{part}:N", alt.Tooltip(f"{amount}:Q", format="$,.0f")],
        )
        .properties(height=alt.Step(20))
    )


def heat_map(frame: pd.DataFrame, amount: str, part: str, title: str) -> Picture:
    """A field a category and period, the darker the more."""
    order = _order(frame, part, amount)
    return (
        alt.Chart(records(frame[["period", part, amount]]))
        .mark_rect()
        .encode(
            x=_periods(),
            y=alt.Y(f"{part}:N", sort=order, title=None),
            color=alt.Color(
                f"{amount}:Q", title=title, legend=alt.Legend(labelExpr=BILLIONS, gradientLength=220, titleLimit=300)
            ),
            tooltip=["period:O", f"{part}:N", alt.Tooltip(f"{amount}:Q", format="$,.0f")],
        )
        .properties(height=alt.Step(20))
    )


def rate_steps(frame: pd.DataFrame, events: pd.DataFrame | None = None) -> Picture:
    """A rate through time, made of its parts: columns ``from``, ``until``, ``part``, ``low``, ``high`` (fractions)."""
    order = list(dict.fromkeys(frame["part"].tolist()))
    areas = (
        alt.Chart(records(frame))
        .mark_rect()
        .encode(
            x=alt.X("from:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True)),
            x2="until:T",
            y=alt.Y("low:Q", title="duty as a share of customs value", axis=alt.Axis(format="%")),
            y2="high:Q",
            color=alt.Color("part:N", sort=order),
            tooltip=["part:N", "from:T", "until:T", alt.Tooltip("rate:Q", format=PERCENT)],
        )
    )
    return alt.layer(areas, *_events(events)) if events is not None and len(events) else areas


def largest(frame: pd.DataFrame, part: str, amount: str, beside: list[str], most: int = MOST) -> pd.DataFrame:
    """Sums by ``part`` and the columns ``beside``; all but the largest parts fall under one name."""
    sizes = frame.groupby(part, observed=True)[amount].agg(lambda one: one.abs().sum())
    kept = set(sizes.sort_values(ascending=False, kind="stable").head(most).index)
    named = frame.assign(**{part: [one if one in kept else REST for one in frame[part]]})
    return named.groupby([*beside, part], observed=True, sort=False)[amount].sum().reset_index()


def _order(frame: pd.DataFrame, part: str, amount: str) -> list[str]:
    """The categories, the largest first and the rest last."""
    sums = frame.groupby(part, observed=True)[amount].sum().abs().sort_values(ascending=False, kind="stable")
    return sorted((str(one) for one in sums.index), key=lambda one: one == REST)


def _periods() -> alt.X:
    return alt.X("period:O", title=None, axis=alt.Axis(labelAngle=-45, labelOverlap=True))


def _money(amount: str, title: str) -> alt.Y:
    return alt.Y(f"{amount}:Q", title=title, axis=alt.Axis(labelExpr=BILLIONS))


def _axis(amount: str, title: str) -> alt.X:
    return alt.X(f"{amount}:Q", title=title, axis=alt.Axis(labelExpr=BILLIONS, grid=True))


def _events(events: pd.DataFrame | None) -> list[Any]:
    """A dotted line at each event (``at``: its place on the axis) with its words on hovering."""
    if events is None:
        return []
    base = alt.Chart(records(events)).encode(tooltip=["at:N", "text:N"])
    kind = "T" if "day" in events else "O"
    return [base.mark_rule(color=look.SOFT, strokeDash=[3, 3]).encode(x=f"{'day' if kind == 'T' else 'at'}:{kind}")]


def records(frame: pd.DataFrame) -> Any:
    """A table as a chart carries it: plain values, missing ones left out of the drawing."""
    rows: list[dict[str, Any]] = frame.astype(dict.fromkeys(frame.columns, object)).to_dict("records")  # type: ignore[assignment]
    return alt.InlineData(values=[{name: _plain(cell) for name, cell in row.items()} for row in rows])


def _plain(cell: Any) -> Any:
    """A cell as a drawing can hold it: nothing where it is missing or endless."""
    return None if is_missing(cell) else cell
