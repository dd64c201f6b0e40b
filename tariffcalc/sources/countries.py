"""Countries by any usual spelling: ISO codes, Census codes, English names."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tariffcalc.engine.flow_table import country_key
from tariffcalc.errors import UnknownOriginError
from tariffcalc.paths import trade_data_folder


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
        raise UnknownOriginError.of("country", text, country_codes()) from None


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
