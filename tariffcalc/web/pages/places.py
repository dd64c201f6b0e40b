"""Names of countries and importers in the reader's language, out and in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

from tariffcalc.engine.flow_table import country_key
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.sources.countries import country_codes, country_names, near_countries
from tariffcalc.web.pages.locale import current

_UNION = "EU27"


def origin_name(code: str) -> str:
    """A country's name; a code that has none stays."""
    return _names(current().language).get(code, code)


def origin_names() -> dict[str, str]:
    """Every country's name by its code, in the order of the alphabet."""
    return dict(sorted(_names(current().language).items(), key=lambda one: one[1]))


def origin_of(text: str) -> str:
    """A country in the reader's language as a name that the API knows; what is none stays as it is."""
    return _codes(current().language).get(country_key(text), text)


def near_origins(text: str) -> list[str]:
    """The names most like one that nobody knows."""
    return near_countries(text, origin_names().values())


def importer_names() -> dict[str, str]:
    """The importers whose law is held, with their names; the United States first."""
    union = str(current().territories.get("EU", _UNION))
    found = {code: union if code == _UNION else origin_name(code) for code in importers(rates_folder())}
    return dict(sorted(found.items(), key=lambda one: (one[0] != "USA", one[1])))


@cache
def _names(language: str) -> Mapping[str, str]:
    """ISO alpha-3 -> name: in English as our table has it, else as Unicode's CLDR does."""
    english = country_names()
    if language == "en":
        return english
    told = Locale(language).territories
    two = {code: key for key, code in country_codes().items() if len(key) == 2 and key in told}
    return {code: str(told[two[code]]) if code in two else name for code, name in english.items()}


@cache
def _codes(language: str) -> Mapping[str, str]:
    """A name, as ``country_key`` writes it, -> ISO alpha-3; the API's own spellings come first."""
    return {country_key(name): code for code, name in _names(language).items()} | dict(country_codes())
