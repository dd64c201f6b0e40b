"""How every picture looks: colours that stay apart for colour-blind readers, plain letters, few lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import vl_convert

COLOURS = ("#0f6b68", "#d98c2b", "#3f6fb5", "#b0475f", "#7a9a3a", "#7d5ba6", "#4aa3c7", "#8c6d46", "#c76fa0", "#767d7a")
"""For categories, in the order in which they are given out."""

GAIN, LOSS, PLAIN = "#0f6b68", "#b0475f", "#8a928f"
"""A fall of duty, a rise of duty, and what is neither."""

HEAT = ("#f2f1ec", "#f3cf8e", "#d98c2a", "#9c3d20", "#4f1310")
INK = "#2b3331"
SOFT = "#5b6663"
LINE = "#d5d7d0"

PAPER = "#ffffff"

IN_DARK: Mapping[str, str] = {
    **dict(zip((PAPER, INK, SOFT, LINE, PLAIN), ("#1d2321", "#e9ecea", "#a2aeaa", "#3f4946", "#9aa5a1"), strict=True)),
    **dict(
        zip(
            COLOURS,
            (
                "#4fb3aa",
                "#e0a94e",
                "#7fa6e0",
                "#e0839a",
                "#a5c463",
                "#b598db",
                "#7cc5e3",
                "#c2a078",
                "#e6a3c8",
                "#9aa3a0",
            ),
            strict=True,
        )
    ),
    **dict(zip(HEAT, ("#262d2b", "#5b3a20", "#a8602a", "#e0a64c", "#fbe6b8"), strict=True)),
}
"""What each colour is on a dark screen."""

WIDTH, HEIGHT = 680, 300
"""Of the plotting area, in pixels."""

THEME: dict[str, Any] = {
    "background": PAPER,
    "font": "Helvetica, Arial, sans-serif",
    "padding": 12,
    "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": HEIGHT},
    "title": {"anchor": "start", "fontSize": 15, "fontWeight": 600, "color": INK, "subtitleColor": SOFT, "offset": 12},
    "axis": {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "titleFontWeight": 400,
        "domainColor": LINE,
        "tickColor": LINE,
        "gridColor": LINE,
        "gridOpacity": 0.6,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "labelLimit": 260,
    },
    "axisX": {"grid": False},
    "legend": {
        "orient": "bottom",
        "labelColor": INK,
        "titleColor": SOFT,
        "columns": 2,
        "labelLimit": 320,
        "symbolType": "square",
        "title": None,
    },
    "range": {"category": list(COLOURS), "heatmap": list(HEAT)},
    "bar": {"color": COLOURS[0]},
}


LETTER = 5.4
"""About how wide a letter of a legend is, in pixels."""

WIDE, SMALL = 760, 340
"""Of a whole picture on a page, and on a phone, in pixels."""


LOCALES: Mapping[str, Literal["fr-FR", "es-ES"]] = {"fr": "fr-FR", "es": "es-ES"}
"""Language -> what the engine of the pictures calls the way to write its numbers and days; others as in English."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one reader sees a picture: on a dark screen or on paper, on a phone or ``wide``, with its words or ``bare``.

    A page that has a picture's title in its text shows the picture bare. Numbers and days are those of ``language``.
    """

    dark: bool = False
    small: bool = False
    bare: bool = False
    wide: int = WIDE
    language: str = "en"

    @property
    def width(self) -> int:
        """Of the whole picture, in pixels."""
        return SMALL if self.small else self.wide

    @property
    def letters(self) -> int:
        """How wide the name of a category may be, in pixels."""
        return SMALL // 3 if self.small else min(360, self.wide // 3)

    def specification(self, chart: Any, title: str, subtitle: list[str], height: int) -> str:
        """A chart as Vega-Lite JSON, with its axes and words inside ``width`` and ``height`` (pixels)."""
        spec: dict[str, Any] = chart.to_dict()
        spec |= {"width": self.width, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
        if not self.bare:
            spec["title"] = {"text": title, "subtitle": subtitle, "limit": self.width - 24}
        spec["config"] = self._theme()
        wrap_legends(spec, self._legend_room)
        text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False)
        return in_dark(text) if self.dark else text

    @property
    def _legend_room(self) -> int:
        """How wide the words of a legend may be, in pixels."""
        return 250 if self.small else (self.wide - 100) // 2

    def _theme(self) -> dict[str, Any]:
        theme = {name: part for name, part in THEME.items() if name != "view"}
        legend = {
            **THEME["legend"],
            "columns": 1 if self.small else 2,
            "labelLimit": self._legend_room,
        }
        axis = {**THEME["axis"], "labelLimit": self.letters}
        return {**theme, **_locale(self.language), "view": {"stroke": None}, "legend": legend, "axis": axis}


@cache
def _locale(language: str) -> dict[str, Any]:
    """How numbers and days are written in a language, of those that the engine of the pictures knows."""
    name = LOCALES.get(language)
    if name is None:
        return {}
    return {"locale": {"number": vl_convert.get_format_locale(name), "time": vl_convert.get_time_format_locale(name)}}


def wrap_legends(spec: dict[str, Any], room: int) -> None:
    """Let the words of every legend of categories take as many lines as they need; ``room`` in pixels."""
    colour = spec.get("encoding", {}).get("color", {})
    if colour.get("type") == "nominal" and colour.get("legend", {}) is not None:
        pattern = f"regexp('(.{{1,{int(room / LETTER)}}})(\\\\s+|$)', 'g')"
        lines = f"split(trim(replace(datum.label, {pattern}, '$1\\n')), '\\n')"
        colour["legend"] = {**colour.get("legend", {}), "labelExpr": lines}
    for layer in spec.get("layer", ()):
        wrap_legends(layer, room)


def in_dark(spec: str) -> str:
    """A specification of a chart with the colours of a dark screen."""
    return re.sub(r'(?<=")#[0-9a-f]{6}(?=")|(?<=\')#[0-9a-f]{6}(?=\')', lambda one: IN_DARK.get(one[0], one[0]), spec)
