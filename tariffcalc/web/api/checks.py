"""Texts of a request turned into what they mean, or refused with a domain error; names are never taken as paths."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from marshmallow import ValidationError

from tariffcalc.engine.periods import first_day
from tariffcalc.errors import BadRequestError, NotSupportedError, UnknownNameError
from tariffcalc.estimate import read_schedule, scenario_names
from tariffcalc.shipments import as_day, as_value, importer_code, product_code
from tariffcalc.sources import countries
from tariffcalc.sources.bundled import bundled_names
from tariffcalc.sources.trade_facts import sector_names
from tariffcalc.store import NotSavedError, SavedScenario, SavedTable
from tariffcalc.store.ids import checked_name
from tariffcalc.web.problems import entry
from tariffcalc.web.state import store

LONGEST_REFERENCE = 200


class Choice:
    """Accept one of the ``known`` names; refuse another as a ``kind`` with the nearest, or as ``check`` refuses it."""

    def __init__(self, kind: str, known: Collection[str], check: Callable[[str], str] | None = None) -> None:
        """Keep the names: the contract lists them."""
        self.kind, self.known, self.check = kind, known, check

    def __call__(self, text: str) -> str:
        """The name. Raises ``UnknownNameError``, or what ``check`` raises."""
        if self.check is not None:
            return self.check(text)
        if text not in self.known:
            raise UnknownNameError.of(self.kind, text, self.known)
        return text


def only(known: str, said: str) -> Callable[[str], str]:
    """Accept one value; any other is a documented option that is not offered yet."""

    def check(text: str) -> str:
        if text != known:
            raise NotSupportedError(said, hint="leave it out")
        return text

    return check


def importer(text: str) -> str:
    """An importer whose law is held, by the code of its law (ISO alpha-3, or ``EU27``)."""
    return read_schedule(importer_code(text)).importer


def country(text: str) -> str:
    """A country by any usual spelling, as ISO alpha-3."""
    return countries.country_code(text)


def product(text: str) -> str:
    """A product code of any length, as it was given; whether the importer's tariff knows it is asked with that."""
    product_code(text)
    return text


def day(name: str) -> Callable[[str], date]:
    """Accept a day."""
    return lambda text: as_day(text, name)


def edge(text: str) -> date:
    """A day, or the first day of a month, quarter or year."""
    try:
        return first_day(text)
    except ValueError as error:
        raise BadRequestError(
            str(error), code="bad-date", hint="write it as 2025, 2025-Q1, 2025-03 or 2025-03-05"
        ) from error


def scenario_known(text: str) -> str | dict[str, Any]:
    """The name of a ready-made scenario, or the keys of a saved one by its id: never a path."""
    return text if text in scenario_names() else dict(scenario_saved(text).document)


def scenario_saved(text: str) -> SavedScenario:
    """A saved scenario by its id; one that is not there is refused with the nearest ready-made one."""
    try:
        return store().scenarios.get(text)
    except NotSavedError:
        raise UnknownNameError.of("scenario", text, scenario_names()) from None


def flows_known(text: str) -> str | SavedTable:
    """The name of a bundled table, or a saved one by its id: never a path."""
    if text in bundled_names():
        return text
    try:
        return store().flows.get(text)
    except NotSavedError:
        raise UnknownNameError.of("flow table", text, bundled_names()) from None


def name(text: str) -> str:
    """What a person calls something that is saved."""
    return checked_name(text, "flow table")


def reference(text: str) -> str:
    """A word of the caller's own for a line."""
    if len(text) > LONGEST_REFERENCE:
        said = f"a reference of {len(text)} signs is too long"
        raise BadRequestError(said, code="too-long", hint=f"{LONGEST_REFERENCE} signs at most")
    return text


def sector_list(text: str) -> str:
    """The name of a list of sectors."""
    return Choice("sector list", sector_names())(text)


def pair(text: str) -> tuple[str, float]:
    """``steel=0.5`` or ``steel=50%``: a content and its share of value."""
    name, _, number = text.partition("=")
    try:
        share = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadRequestError(
            f"share {text!r} is not a name and a share", code="bad-share", hint="write it as steel=0.5"
        )
    return name.strip(), share


def decimal_sign(text: str) -> str:
    """A point or a comma."""
    if text not in {".", ","}:
        raise UnknownNameError(f"no decimal sign is called {text[:20]!r}", hint="write a point or a comma")
    return text


def amount(text: str) -> str:
    """A customs value in dollars."""
    as_value(text)
    return text


def words(text: str) -> str:
    """Something to look for."""
    if not any(sign.isalnum() for sign in text):
        raise BadRequestError(
            f"q {text!r} has neither a letter nor a digit", code="empty-search", hint="write a word or a code"
        )
    return text


class Between:
    """Accept a whole number between two; the contract reads both."""

    min_inclusive = max_inclusive = True

    def __init__(self, least: int, most: int) -> None:
        """Keep the two."""
        self.min, self.max = least, most

    def __call__(self, number: int) -> None:
        """Refuse a number outside. Raises marshmallow's ``ValidationError``."""
        if not self.min <= number <= self.max:
            raise ValidationError([entry("out-of-range", f"{number} is not between {self.min} and {self.max:,}")])


def between(least: int, most: int) -> Between:
    """Accept a whole number between two."""
    return Between(least, most)
