"""Search of the tariff's lines by words or by the beginning of a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from tariffcalc.engine.lookup import as_ints
from tariffcalc.sources import trade_facts

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ENDINGS = ("ies", "s")


@dataclass(frozen=True, slots=True)
class Line:
    """A ten-digit line: its words after those of the headings above it, joined by `` > ``, and its unit.

    ``own_words`` and ``all_words`` are small letters for the search; ``weight`` is the power of ten of its trade.
    """

    product: str
    description: str
    unit: str
    own_words: str
    all_words: str
    weight: float


def search(query: str, limit: int = 20) -> tuple[int, list[Line]]:
    """The number of lines found, and the best of them.

    Digits are the beginning of a code. Of words, each must begin a word of the line or of a heading above it; lines
    with more US imports of 2024 come first, where two matches in the line's own words are worth ten times the trade.
    """
    code = query.replace(".", "").replace(" ", "")
    if code.isdigit():
        found = [line for line in _lines() if line.product.startswith(code)]
        return len(found), found[:limit]
    words = [f" {_stem(word)}" for word in _NOT_WORD.sub(" ", query.lower()).split()]
    if not words:
        return 0, []
    found = [line for line in _lines() if all(word in line.all_words for word in words)]
    found.sort(key=lambda line: (-line.weight - sum(word in line.own_words for word in words) / 2, line.product))
    return len(found), found[:limit]


@cache
def _lines() -> tuple[Line, ...]:
    """Every ten-digit line in the order of the tariff, ready to be searched."""
    known = trade_facts.descriptions()
    codes = sorted(code for code in known if len(code) == 10)
    imports = np.asarray(trade_facts.home_trade().of_world(as_ints(codes)), dtype=float)
    weights = np.log10(imports + 1.0).tolist()
    return tuple(_line(code, *known[code], weight) for code, weight in zip(codes, weights, strict=True))


def _line(code: str, text: str, path: str, unit: str, weight: float) -> Line:
    return Line(code, path or text, unit, _spaced(text), _spaced(path or text), weight)


def _spaced(text: str) -> str:
    """Words in small letters, a blank before each."""
    return " " + _NOT_WORD.sub(" ", text.lower())


def _stem(word: str) -> str:
    """A word without its plural, so that ``trucks`` finds ``truck``."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
