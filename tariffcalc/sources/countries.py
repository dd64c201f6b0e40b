"""Countries by any usual spelling: ISO codes, Census codes, English names."""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from tariffcalc.engine.flow_table import country_key
from tariffcalc.errors import UnknownOriginError, nearest
from tariffcalc.paths import trade_data_folder

_MOST_NEAR, _LIKE = 2, 0.75
_UNION = {"EU", "EU27", "E.U.", "EUROPEAN UNION", "UE", "UNION EUROPEENNE", "UNION EUROPEA"}


def country_codes() -> Mapping[str, str]:
    """Return every known spelling, as ``country_key`` writes it, with the ISO alpha-3 code that it means."""
    return _codes(_table())


def country_names() -> Mapping[str, str]:
    """Return the English name of every ISO alpha-3 code; where Census splits a country, its first part names it."""
    return _names(_table())


def country_code(text: str) -> str:
    """Return the ISO alpha-3 code of a country written in any usual way.

    Raises ``UnknownOriginError`` with the nearest names.
    """
    try:
        return country_codes()[country_key(text)]
    except KeyError:
        raise UnknownOriginError(f"no country is called {text!r}", hint=country_hint(text)) from None


def near_countries(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that have the text as a word of theirs, else those that are most like it, best first."""
    known, words = _keyed(tuple(names))
    key = country_key(text)
    if within := words.get(key):
        return sorted(within)[:_MOST_NEAR]
    return [known[name] for name in nearest(key, known, _MOST_NEAR, _LIKE)]


@lru_cache(maxsize=8)
def _keyed(names: tuple[str, ...]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The names by their keys, and by each word of those."""
    known = {country_key(name): name for name in names}
    words: dict[str, set[str]] = {}
    for key, name in known.items():
        for word in re.findall(r"\w+", key):
            words.setdefault(word, set()).add(name)
    return known, words


def is_union(text: str) -> bool:
    """Return whether the text names the European Union, which is no country of origin."""
    return country_key(text) in _UNION


def country_hint(text: str) -> str | None:
    """Return how to say which country the text may have meant, if any."""
    if is_union(text):
        return "name the member country, such as Germany"
    near = near_countries(text, country_names().values())
    return f"did you mean {' or '.join(near)}?" if near else None


def _table() -> Path:
    return trade_data_folder() / "concordances" / "countries.csv"


@cache
def _rows(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _codes(path: Path) -> Mapping[str, str]:
    codes = {}
    for row in _rows(path):
        for text in (row["iso3"], row["iso2"], row["census_code"], row["name"], *row["aliases"].split("|")):
            if text:
                codes[country_key(text)] = row["iso3"]
    return MappingProxyType(codes)


@cache
def _names(path: Path) -> Mapping[str, str]:
    return MappingProxyType({row["iso3"]: row["name"] for row in reversed(_rows(path))})
