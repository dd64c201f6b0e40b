"""Lines of the tariff that what was typed may mean, to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from tariffcalc.shipments import describe_product
from tariffcalc.sources.trade_facts import HOME, HS_DIGITS
from tariffcalc.web.pages.words import dotted, headings
from tariffcalc.web.search import search

MOST, ALL = 15, 200
"""Lines shown, and lines shown where one asks for the rest."""
_BARE = {"other", "new", "used", "used or rebuilt", "other than new"}
"""Words that tell nothing without the heading above them."""
_LOOKED_AT = 400
"""Lines looked at where several of them are one code of the HS."""


@dataclass(frozen=True, slots=True)
class Match:
    """A line: its code as it is asked for and as the tariff prints it, its words and those of the headings above."""

    code: str
    printed: str
    words: str
    above: tuple[str, ...]


def matches(text: str, importer: str, most: int = MOST) -> tuple[int, list[Match]]:
    """How many lines the text may mean, and the best of them: the United States' lines, or codes of the HS."""
    if importer == HOME:
        total, found = search(text, most)
        return total, [_match(one.product, one.description) for one in found]
    _, found = search(text, _LOOKED_AT)
    codes = list(dict.fromkeys(one.product[:HS_DIGITS] for one in found))
    return len(codes), [_match(code, describe_product(code, importer)) for code in codes[:most]]


def _match(code: str, description: str) -> Match:
    *above, own = headings(description)
    while above and own.partition(" › ")[0].lower() in _BARE:
        own = f"{above.pop()} › {own}"
    return Match(code, dotted(code), own, tuple(above))
