"""Compile docs/effective-rate-by-day.csv and draw docs/img/effective-rate-by-day.svg.

The effective rate of US duties on the trade of 2024, by day and authority, 2025-01-01 to
2026-11-01: ``tariffcalc estimate us-world-2024 --basis base_year --by day,authority``.

    python tools/draw_effective_rate.py
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

import tariffcalc as tc

DOCS = Path(__file__).resolve().parent.parent / "docs"
WINDOW = (date(2025, 1, 1), date(2026, 11, 2))
COLOURS = {
    "Base duty": "#57a773",
    "Section 201": "#8a8f98",
    "Section 301": "#b0894f",
    "Section 232": "#4c8fd6",
    "IEEPA": "#e08a3c",
    "Section 122": "#c65b8a",
    "Section 338": "#8566c4",
}
TEXT, GRID = "#768390", "#76839055"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 380, 46, 14, 44, 34


def rates() -> pd.DataFrame:
    """Duty over resolved customs value, a row a day and a column an authority."""
    frame = tc.estimate("us-world-2024", by=("day", "authority"), window=WINDOW, basis="base_year").frame
    whole = tc.estimate("us-world-2024", by=("day",), window=WINDOW, basis="base_year").frame.set_index("period")
    duty = frame.pivot_table(index="period", columns="authority", values="duty", fill_value=0.0)
    value = whole["customs_value"] * whole["resolved_share"]
    return duty.div(value, axis=0)


def changes_only(table: pd.DataFrame) -> pd.DataFrame:
    """The days on which any rate, to six decimals, differs from the day before."""
    rounded = table.round(6)
    return rounded[(rounded != rounded.shift()).any(axis=1)]


def area(lower: pd.Series, upper: pd.Series, scale: float, colour: str) -> str:
    """A stacked band, in steps of a day."""
    step = (WIDTH - LEFT - RIGHT) / len(upper)
    floor = HEIGHT - BOTTOM
    there = [f"{LEFT + i * step:.1f},{floor - value * scale:.1f}" for i, value in enumerate(upper)]
    back = [f"{LEFT + i * step:.1f},{floor - value * scale:.1f}" for i, value in reversed(list(enumerate(lower)))]
    return f'<polygon points="{" ".join(there + back)}" fill="{colour}"/>'


def text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    """A label."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" fill="{TEXT}">{words}</text>'


def picture(table: pd.DataFrame) -> str:
    """The bands, a grid every two percent, and a label a quarter."""
    most = (int(table.sum(axis=1).max() * 50) + 1) / 50
    scale = (HEIGHT - TOP - BOTTOM) / most
    marks, below = [], pd.Series(0.0, index=table.index)
    for number, (name, colour) in enumerate((n, c) for n, c in COLOURS.items() if n in table):
        above = below + table[name]
        marks.append(area(below, above, scale, colour))
        marks.append(f'<rect x="{LEFT + number * 112}" y="8" width="11" height="11" fill="{colour}"/>')
        marks.append(text(LEFT + 16 + number * 112, 18, name, "start"))
        below = above
    for percent in range(0, int(most * 100) + 1, 2):
        y = HEIGHT - BOTTOM - percent / 100 * scale
        marks.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
        marks.append(text(LEFT - 8, y + 4, f"{percent} %", "end"))
    step = (WIDTH - LEFT - RIGHT) / len(table)
    for at, day in enumerate(table.index):
        if day[5:] in ("01-01", "04-01", "07-01", "10-01"):
            words = day[:4] if day.endswith("01-01") else {"04": "Apr", "07": "Jul", "10": "Oct"}[day[5:7]]
            marks.append(text(LEFT + at * step, HEIGHT - 12, words, "start"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" aria-label="Effective rate of US duties by day and authority">'
    )
    return "\n".join([head, *marks, "</svg>\n"])


def main() -> None:
    """Write both."""
    table = rates()
    told = changes_only(table)
    told.insert(0, "total", told.sum(axis=1).round(6))
    told.to_csv(DOCS / "effective-rate-by-day.csv", lineterminator="\n", index_label="from")
    (DOCS / "img" / "effective-rate-by-day.svg").write_text(picture(table), encoding="utf-8")
    print(told.to_string())


if __name__ == "__main__":
    main()
