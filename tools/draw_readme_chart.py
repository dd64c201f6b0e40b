"""Draw docs/img/duty-by-month.svg: duty by month and authority, Canada beside Mexico.

The numbers are those of ``tariffcalc estimate us-north-america-2025 --by origin,month,authority``.
Colours and labels read on a light and on a dark page.

    python tools/draw_readme_chart.py
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import tariffcalc as tc

TARGET = Path(__file__).resolve().parent.parent / "docs" / "img" / "duty-by-month.svg"
PANELS = {"CAN": "Canada", "MEX": "Mexico"}
COLOURS = {"Section 232": "#4c8fd6", "IEEPA": "#e08a3c", "Section 122": "#c65b8a", "Base duty": "#57a773"}
TEXT, GRID = "#768390", "#76839055"
WIDTH, HEIGHT, LEFT, GAP, TOP, BOTTOM = 860, 340, 46, 34, 62, 36
PANEL = (WIDTH - LEFT - GAP - 12) / 2
FLOOR = HEIGHT - BOTTOM
LEGEND = 98


def duties() -> pd.DataFrame:
    """Billions of dollars by origin, month and authority."""
    frame = tc.estimate("us-north-america-2025", by=("origin", "month", "authority")).frame
    return frame.assign(duty=frame["duty"] / 1e9)[["origin", "period", "authority", "duty"]]


def text(x: float, y: float, words: str, anchor: str = "middle", size: int = 12) -> str:
    """A label."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{TEXT}">{words}</text>'


def panel(rows: pd.DataFrame, name: str, left: float, months: list[str], most: float) -> list[str]:
    """One country's bars, with a line and a label at each half billion."""
    scale, step = (FLOOR - TOP) / most, PANEL / len(months)
    marks = [text(left + PANEL / 2, TOP - 12, name, size=14)]
    for half in range(int(most * 2) + 1):
        y = FLOOR - half / 2 * scale
        marks.append(f'<line x1="{left}" x2="{left + PANEL}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
        if left == LEFT:
            marks.append(text(left - 8, y + 4, f"{half / 2:.1f}", "end"))
    for at, month in enumerate(months):
        y, x = float(FLOOR), left + at * step + step * 0.12
        here = rows[rows["period"] == month].set_index("authority")["duty"]
        for authority, colour in COLOURS.items():
            height = float(here.get(authority, 0.0)) * scale
            y -= height
            marks.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.76:.1f}" height="{height:.1f}" fill="{colour}"/>'
            )
        if month[-2:] in ("01", "04", "07", "10"):
            words = month[:4] if month.endswith("-01") else {"04": "Apr", "07": "Jul", "10": "Oct"}[month[-2:]]
            marks.append(text(x + step * 0.38, FLOOR + 17, words))
    return marks


def drawing(frame: pd.DataFrame) -> str:
    """The picture as SVG."""
    months = sorted(frame["period"].unique())
    highest = float(frame.groupby(["origin", "period"])["duty"].sum().max())
    most = -(-highest * 2 // 1) / 2
    marks = [text(LEFT - 34, 18, "US$ billion of duty by month of entry, the law as it stood", "start", 14)]
    for at, (authority, colour) in enumerate(COLOURS.items()):
        x = WIDTH - 12 - LEGEND * (len(COLOURS) - at)
        marks.append(f'<rect x="{x:.1f}" y="8" width="11" height="11" fill="{colour}"/>')
        marks.append(text(x + 16, 18, authority, "start"))
    for at, (code, name) in enumerate(PANELS.items()):
        marks += panel(frame[frame["origin"] == code], name, LEFT + at * (PANEL + GAP), months, most)
    font = "font-family=\"-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {font}>\n' + (
        "<title>US duty on imports from Canada and Mexico by month and authority</title>\n"
        + "\n".join(marks)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(drawing(duties()), encoding="utf-8")
    print(f"wrote {TARGET.name}")
