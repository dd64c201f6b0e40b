"""What the charts of all pages share: the program that draws them in a browser, and a chart as SVG, PNG or JSON.

A page asks for ``theme=dark``, ``size=small`` and ``words=off`` (without title) as its reader's screen needs; else a
picture is that of paper.
"""

from __future__ import annotations

import gzip
from functools import cache, lru_cache

from flask import Blueprint, Response, request

from tariffcalc.formats.charts.look import Look
from tariffcalc.formats.charts.picture import browser_bundle, png, svg
from tariffcalc.web.pages.locale import current
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import send

ENDINGS = ("svg", "png", "json")
ENDING = f"<any({','.join(ENDINGS)}):suffix>"
"""The ending of an address that names how a chart is drawn."""

KEPT = "public, max-age=86400"
"""The program changes only with the libraries of the service; the name of its version spares the rest."""

CHOICES = (("theme", ("light", "dark")), ("size", ("wide", "small")), ("words", ("on", "off")))
"""What an address may say of how a chart looks; the first of each is what it is without."""

blueprint = Blueprint("charts", __name__)


@blueprint.get("/charts/vega.js")
def vega() -> Response:
    """The program that draws charts in a browser."""
    packed = request.accept_encodings.quality("gzip") > 0
    answer = send(_packed() if packed else browser_bundle(), "text/javascript; charset=utf-8")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = KEPT
    return answer


def look_asked() -> Look:
    """How the address wants a chart to look. Raises a problem of status 422."""
    for name, known in CHOICES:
        given = request.args.get(name, known[0])
        if given not in known:
            raise ProblemError(
                422, f"{name} {given!r} is not known", code="unknown-look", hint=f"known: {', '.join(known)}"
            )
    asked = [request.args.get(name) == known[1] for name, known in CHOICES]
    return Look(dark=asked[0], small=asked[1], bare=asked[2], language=current().language)


def drawn(spec: str, suffix: str, name: str) -> Response:
    """A chart (Vega-Lite as JSON) as its address ends; ``name`` begins the name of the file."""
    if suffix == "json":
        return send(spec.encode(), "application/json")
    if suffix == "svg":
        return send(_svg(spec), "image/svg+xml", f"{name}.svg")
    return send(png(spec), "image/png", f"{name}.png")


@lru_cache(maxsize=128)
def _svg(spec: str) -> bytes:
    return svg(spec)


@cache
def _packed() -> bytes:
    return gzip.compress(browser_bundle(), mtime=0)
