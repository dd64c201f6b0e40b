"""A chart as SVG or PNG, drawn on the server by the engine that a browser uses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache

import vl_convert

from tariffcalc.formats.base import Format, Options, Rendered

_COUNTED = re.compile(r"\b(clip|gradient_)[0-9]+\b")
SCALE = 2.0
"""Pixels of a PNG for each pixel of the picture: sharp on a phone and in print."""


def svg(spec: str) -> bytes:
    """A Vega-Lite specification drawn as SVG; nothing is fetched from the network."""
    return steady(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])).encode()


def steady(drawn: str) -> str:
    """An SVG with the ids inside it counted from 0: the engine counts on from picture to picture."""
    given: dict[str, str] = {}
    return _COUNTED.sub(lambda one: given.setdefault(one[0], f"{one[1]}{len(given)}"), drawn)


def png(spec: str) -> bytes:
    """The same as PNG."""
    return bytes(vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[]))


@cache
def browser_bundle() -> bytes:
    """The program that draws charts in a browser, from the bundle that vl-convert ships: no network is needed."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")).encode()


def specification(result: Rendered) -> str:
    """The picture of a result as Vega-Lite JSON."""
    from tariffcalc.formats.charts.choose import chart_of  # noqa: PLC0415 - Altair is slow to load: only for a picture

    return json.dumps(chart_of(result).to_dict(), separators=(",", ":"))


def _stream(draw: Callable[[str], bytes]) -> Callable[[Rendered, Options], Iterator[bytes]]:
    def stream(result: Rendered, options: Options) -> Iterator[bytes]:  # noqa: ARG001 - a picture has no separators
        return iter((draw(specification(result)),))

    return stream


SVG = Format("svg", "image/svg+xml", ".svg", binary=True, stream=_stream(svg))
PNG = Format("png", "image/png", ".png", binary=True, stream=_stream(png))
