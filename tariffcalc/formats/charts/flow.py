"""A Sankey diagram: how an amount that is known by pairs goes from the first of each pair to the second.

The bands are areas between two curves, so that the same Vega-Lite draws them on the server and in a browser. A curve
is half a cosine: level at both ends.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import altair as alt
import pandas as pd

from tariffcalc.formats.charts import look
from tariffcalc.formats.charts.marks import REST, Picture, largest

STEPS = 24
"""Points of a curve."""
BAR = 0.035
"""Width of the blocks at both ends, where the whole is 1 wide."""
GAP = 0.25
"""Part of the height that stays empty between the blocks of a side."""


def bands(frame: pd.DataFrame, amount: str, left: str, right: str, *, most: int = 9, letters: int = 250) -> Picture:
    """The diagram of ``amount`` from ``left`` to ``right``; only what is more than nothing is drawn.

    All but the ``most`` largest of each side are one block; a name is as wide as ``letters`` (pixels) at most.
    """
    pairs = _pairs(frame, amount, left, right, most)
    blocks = {side: _blocks(pairs, amount, side) for side in (left, right)}
    links = pd.DataFrame(_curves(pairs, amount, left, right, blocks))
    order = list(blocks[left])
    tips = ["from:N", "to:N", alt.Tooltip("amount:Q", title="duty, US$", format="$,.0f")]
    areas = (
        alt.Chart(alt.InlineData(values=links.to_dict("records")))  # type: ignore[arg-type]
        .mark_area(opacity=0.55)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False)),
            y=alt.Y("low:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False, reverse=True)),
            y2="high:Q",
            detail="band:N",
            color=_colour("from", order),
            tooltip=tips,
        )
    )
    return alt.layer(areas, *_sides(blocks, left, right, order, letters))


def _colour(column: str, order: list[str]) -> alt.Color:
    """A colour for each of the first of the pairs; what is put together has the last one, as in every picture."""
    colours = [look.COLOURS[-1] if name == REST else colour for name, colour in zip(order, look.COLOURS, strict=False)]
    return alt.Color(f"{column}:N", sort=order, scale=alt.Scale(domain=order, range=colours), legend=None)


def _pairs(frame: pd.DataFrame, amount: str, left: str, right: str, most: int) -> pd.DataFrame:
    """The sums by pair that are more than nothing, small ones put together, in order of size on both sides."""
    data = frame[frame[amount] > 0]
    data = largest(largest(data, left, amount, [right], most), right, amount, [left], most)
    data = data[data[amount] > 0]
    for side in (left, right):
        sums = data.groupby(side)[amount].sum()
        ranks = {name: (name == REST, -size) for name, size in sums.items()}
        data[f"rank {side}"] = [ranks[name] for name in data[side]]
    return data.sort_values([f"rank {left}", f"rank {right}"], kind="stable").reset_index(drop=True)


def _blocks(pairs: pd.DataFrame, amount: str, side: str) -> dict[str, dict[str, float]]:
    """Where each block of a side begins and ends, from the top (0) to the bottom (1), and its amount."""
    sums = pairs.sort_values(f"rank {side}", kind="stable").groupby(side, sort=False)[amount].sum()
    total, gaps = float(sums.sum()), max(len(sums) - 1, 1)
    tall = 1 - (GAP if len(sums) > 1 else 0)
    at, found = 0.0, {}
    for name, size in sums.items():
        part = tall * float(size) / total
        found[str(name)] = {"top": at, "bottom": at + part, "amount": float(size)}
        at += part + GAP / gaps
    return found


def _curves(
    pairs: pd.DataFrame, amount: str, left: str, right: str, blocks: dict[str, dict[str, dict[str, float]]]
) -> list[dict[str, Any]]:
    """The points of every band: it leaves its block below the bands before it, and comes in likewise."""
    used = {side: {name: one["top"] for name, one in places.items()} for side, places in blocks.items()}
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(pairs.to_dict("records")):
        ends = []
        for side in (left, right):
            block, name = blocks[side][str(row[side])], str(row[side])
            tall = (block["bottom"] - block["top"]) * row[amount] / block["amount"]
            ends.append((used[side][name], tall))
            used[side][name] += tall
        (begin, first), (end, last) = ends
        told = {"band": number, "from": str(row[left]), "to": str(row[right]), "amount": float(row[amount])}
        for step in range(STEPS + 1):
            way = step / STEPS
            bend = (1 - math.cos(math.pi * way)) / 2
            low, tall = begin + (end - begin) * bend, first + (last - first) * bend
            place = {"x": BAR + (1 - 2 * BAR) * way, "low": round(low, 5), "high": round(low + tall, 5)}
            rows.append({**told, **place, "x": round(place["x"], 5)})
    return rows


def _sides(
    blocks: dict[str, dict[str, dict[str, float]]], left: str, right: str, order: list[str], letters: int
) -> list[Picture]:
    """The blocks of both sides with their names, written into the diagram."""
    drawn: list[Picture] = []
    align: Literal["left", "right"]
    for side, edge, align, shift in ((left, 0.0, "left", 6), (right, 1 - BAR, "right", -6)):
        rows = [
            {
                "name": name,
                "top": one["top"],
                "bottom": one["bottom"],
                "middle": (one["top"] + one["bottom"]) / 2,
                "begin": edge,
                "end": edge + BAR,
                "inner": BAR if side == left else 1 - BAR,
                "amount": one["amount"],
            }
            for name, one in blocks[side].items()
        ]
        base = alt.Chart(alt.InlineData(values=rows)).encode(
            tooltip=["name:N", alt.Tooltip("amount:Q", title="duty, US$", format="$,.0f")]
        )
        colour = _colour("name", order) if side == left else alt.value(look.SOFT)
        drawn.append(base.mark_rect().encode(x="begin:Q", x2="end:Q", y="top:Q", y2="bottom:Q", color=colour))
        drawn.append(
            base.mark_text(align=align, dx=shift, fontSize=11, limit=letters, color=look.INK).encode(
                x="inner:Q", y="middle:Q", text="name:N"
            )
        )
    return drawn
