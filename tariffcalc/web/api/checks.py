"""Texts of a request turned into what they mean, or refused with a domain error; names are never taken as paths."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from marshmallow import ValidationError

from tariffcalc.engine.aggregate import check_by
from tariffcalc.engine.periods import first_day
from tariffcalc.errors import BadRequestError, NotSupportedError, UnknownNameError
from tariffcalc.estimate import read_schedule, scenario_names
from tariffcalc.shipments import as_day, as_value, importer_code, product_code
from tariffcalc.sources import countries
from tariffcalc.sources.bundled import bundled_names
from tariffcalc.sources.trade_facts import sector_names
from tariffcalc.web.problems import entry


def choice(kind: str, known: Collection[str]) -> Callable[[str], str]:
    """Accept one of the ``known`` names; refuse another as a ``kind`` with the nearest."""

    def check(text: str) -> str:
        if text not in known:
            raise UnknownNameError.of(kind, text, known)
        return text

    return check


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


def scenario_name(text: str) -> str:
    """The name of a ready-made scenario: never a path."""
    return choice("scenario", scenario_names())(text)


def flows_name(text: str) -> str:
    """The name of a bundled table: never a path."""
    return choice("bundled flow table", bundled_names())(text)


def sector_list(text: str) -> str:
    """The name of a list of sectors."""
    return choice("sector list", sector_names())(text)


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


def amount(text: str) -> str:
    """A customs value in dollars."""
    as_value(text)
    return text


def columns(names: list[str]) -> tuple[str, ...]:
    """What a result is grouped by."""
    return check_by(names)


def words(text: str) -> str:
    """Something to look for."""
    if not any(sign.isalnum() for sign in text):
        raise BadRequestError(
            f"q {text!r} has neither a letter nor a digit", code="empty-search", hint="write a word or a code"
        )
    return text


def between(least: int, most: int) -> Callable[[int], None]:
    """Accept a whole number between two."""

    def check(number: int) -> None:
        if not least <= number <= most:
            raise ValidationError([entry("out-of-range", f"{number} is not between {least} and {most:,}")])

    return check
