"""Search of the tariff's lines by words or by the beginning of a code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tariffcalc.engine.lookup import as_ints
from tariffcalc.sources import trade_facts
from tariffcalc.sources.everyday import everyday_words

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ENDING = re.compile(r"(?<=\w{3})(ies|s)$|(?<=\w{3}[^aeiou])y$")
_DESCRIBES = re.compile(
    r"\b(as|at|by|capable|containing|except|for|from|having|in|including|known|made|not|obtained|of|on|put|suitable|"
    r"than|thereof|to|under|used|valued|weighing|whether|with|without)\b"
)
"""A clause names its goods before the first of these; what follows only describes them."""
_ASIDE = re.compile(r"\([^)]*\)?")
_PHRASE = re.compile(r",|\band\b|\bor\b")
_EMPTY = {"article", "cut", "product"}
"""Steel products are steel, beef cuts are beef."""
_PARTS = re.compile(r"(other )?(parts|accessories)\b", re.IGNORECASE)
_PART = {"part", "accessory"}


@dataclass(frozen=True, slots=True)
class Line:
    """A ten-digit line: its words after those of the headings above it, joined by `` > ``, and its unit.

    ``own_words`` and ``all_words`` are small letters for the search; ``weight`` is the power of ten of its trade;
    ``names`` are the nouns, in the singular, by which the tariff calls the goods; ``is_part`` where it says parts.
    """

    product: str
    description: str
    unit: str
    own_words: str
    all_words: str
    weight: float
    names: frozenset[str]
    is_part: bool

    def has(self, words: Sequence[str]) -> bool:
        """Whether each of these begins a word of the line or of a heading above it."""
        return all(word in self.all_words for word in words)


def search(query: str, limit: int = 20) -> tuple[int, list[Line]]:
    """The number of lines found, and the best of them.

    Digits are the beginning of a code. Of words, each must begin a word of the line or of a heading above it; what has
    another name in the tariff is found by that: a ``laptop``, ``cotton jeans``. Lines of what the words name come
    first: ``front-end loaders`` before their attachments, ``tomatoes`` before tomato sauce; who asks for parts gets
    lines of parts first. Then those with more US imports of 2024, where two matches in the line's own words are worth
    ten times the trade.
    """
    code = query.replace(".", "").replace(" ", "")
    if code.isdigit():
        below = [line for line in _lines() if line.product.startswith(code)]
        return len(below), below[:limit]
    asked = _words(query)
    if not asked:
        return 0, []
    words = _begun(asked)
    meant = _by_everyday_words(asked)
    found = {**{line.product: line for line in _lines() if line.has(words)}, **meant}
    noun, parts = _singular(asked[-1]), not _PART.isdisjoint(map(_singular, asked))

    def place(line: Line) -> tuple[bool, bool, float, str]:
        is_named = line.is_part if parts else noun in line.names
        weight = -line.weight - sum(word in line.own_words for word in words) / 2
        return line.product not in meant, not is_named, weight, line.product

    return len(found), sorted(found.values(), key=place)[:limit]


def _by_everyday_words(asked: list[str]) -> dict[str, Line]:
    """The lines that the tariff has for everyday words, with whatever else is asked for in them."""
    single = tuple(map(_singular, asked))
    longest: tuple[str, ...] = ()
    found: dict[str, Line] = {}
    for one in everyday_words():
        key = tuple(map(_singular, one.words))
        at = next((i for i in range(len(single)) if single[i : i + len(key)] == key), None)
        if at is None or (longest and one.words != longest):
            continue
        longest = one.words
        words = _begun([*one.tariff_words, *asked[:at], *asked[at + len(key) :]])
        found |= {line.product: line for line in _lines() if line.product.startswith(one.heading) and line.has(words)}
    return found


def _begun(words: Iterable[str]) -> list[str]:
    """What a line's words must begin with."""
    return [f" {_stem(word)}" for text in words for word in _words(text)]


@cache
def _lines() -> tuple[Line, ...]:
    """Every ten-digit line in the order of the tariff, ready to be searched."""
    known = trade_facts.descriptions()
    codes = sorted(code for code in known if len(code) == 10)
    imports = np.asarray(trade_facts.home_trade().of_world(as_ints(codes)), dtype=float)
    weights = np.log10(imports + 1.0).tolist()
    return tuple(_line(code, *known[code], weight) for code, weight in zip(codes, weights, strict=True))


def _line(code: str, text: str, path: str, unit: str, weight: float) -> Line:
    steps = (path or text).split(" > ")
    parts = [at for at, step in enumerate(steps) if _PARTS.match(step)]
    named = steps[parts[-1] :] if parts else steps  # parts of a loader are no loader
    names = frozenset[str]().union(*map(_names, named))
    return Line(code, path or text, unit, _spaced(text), _spaced(path or text), weight, names, bool(parts))


@cache
def _names(heading: str) -> frozenset[str]:
    """What a heading calls its goods: the last word of each noun phrase at the beginning of a clause."""
    plain = _ASIDE.sub(",", heading.lower())
    clauses = (_DESCRIBES.split(clause, maxsplit=1)[0] for clause in plain.split(";"))
    phrases = ([_singular(word) for word in _words(phrase)] for clause in clauses for phrase in _PHRASE.split(clause))
    return frozenset(([word for word in phrase if word not in _EMPTY] or phrase)[-1] for phrase in phrases if phrase)


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", text.lower()).split()


def _spaced(text: str) -> str:
    """Words in small letters, a blank before each."""
    return " " + _NOT_WORD.sub(" ", text.lower())


def _stem(word: str) -> str:
    """The beginning that one and several of a thing share: ``truck`` of ``trucks``, ``batter`` of ``battery``."""
    return _ENDING.sub("", word)


def _singular(word: str) -> str:
    """A key that is the same for one and several of a thing: no ``s``, no ``e`` before it, ``y`` for ``ie``."""
    if word.endswith(("ie", "ies")) and len(word) > 4:
        return f"{word.removesuffix('s').removesuffix('ie')}y"
    single = word if word.endswith(("ss", "us")) else word.removesuffix("s")
    return single.removesuffix("e") if len(single) > 3 else single
