"""Parameters: texts that the domain checks, each fault told with its code, its words and what to do.

A field raises marshmallow's ``ValidationError`` whose messages are entries of a problem's ``errors`` without a path:
the parser knows where the field stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from tariffcalc.engine.aggregate import check_by
from tariffcalc.engine.periods import first_day
from tariffcalc.errors import BadRequestError, NotSupportedError, ScenarioError, TariffcalcError, UnknownNameError
from tariffcalc.estimate import read_scenario, read_schedule, scenario_names
from tariffcalc.law.scenario import Scenario
from tariffcalc.shipments import as_day, as_value, product_of
from tariffcalc.sources.bundled import bundled_names
from tariffcalc.sources.countries import country_code
from tariffcalc.sources.trade_facts import sector_names
from tariffcalc.web.problems import entry, fault_entry

REQUIRED = [entry("missing-parameter", "this is required")]
WRONG_TYPE = [entry("wrong-type", "this is not a text")]


def told(error: TariffcalcError) -> ValidationError:
    """A domain error as the fault of a field."""
    return ValidationError([entry(error.code, error.message, error.hint)])


class Checked(fields.String):
    """A text that ``check`` turns into a value, or refuses with a domain error."""

    default_error_messages = {"required": REQUIRED, "null": REQUIRED, "invalid": WRONG_TYPE}  # type: ignore[dict-item]  # noqa: RUF012

    def __init__(self, check: Callable[[str], Any], about: str, example: Any = None, **given: Any) -> None:
        """Take what the contract says about the parameter, with an example."""
        shown = {"description": about} if example is None else {"description": about, "example": example}
        super().__init__(metadata=shown, **given)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        text = super()._deserialize(value, attr, data, **rest)
        try:
            return self.check(str(text).strip())
        except TariffcalcError as error:
            raise told(error) from error


class Several(fields.List):
    """A parameter that may be given more than once."""

    default_error_messages = {"required": REQUIRED}  # type: ignore[dict-item]  # noqa: RUF012


class Names(Several):
    """Names in one text, separated by commas, or a list of them."""

    def __init__(self, check: Callable[[list[str]], Any], about: str, example: str, **given: Any) -> None:
        """Take the check of all names together."""
        super().__init__(fields.String(), metadata={"description": about, "example": example.split(",")}, **given)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        texts = super()._deserialize([value] if isinstance(value, str) else value, attr, data, **rest)
        names = [name.strip() for text in texts for name in text.split(",")]
        try:
            return self.check([name for name in names if name])
        except TariffcalcError as error:
            raise told(error) from error


class Flag(fields.Boolean):
    """A yes or no."""

    default_error_messages = {"invalid": [entry("not-yes-or-no", "this is neither yes nor no", "write 1 or 0")]}  # type: ignore[dict-item]  # noqa: RUF012


class Number(fields.Float):
    """A finite number that is not negative."""

    _NOT = [entry("not-a-number", "this is not a number", "write it as 500 or 12.5")]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "special": _NOT, "too_large": _NOT}  # type: ignore[dict-item]  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        number = super()._deserialize(value, attr, data, **rest)
        if number is not None and number < 0:
            raise ValidationError([entry("negative", "this is negative", "write a number from 0 on")])
        return number


class Whole(fields.Integer):
    """A whole number."""

    default_error_messages = {"invalid": [entry("not-a-number", "this is not a whole number")]}  # type: ignore[dict-item]  # noqa: RUF012


class ScenarioGiven(fields.Field):  # type: ignore[type-arg]
    """A ready-made scenario by name, or one written out with the keys of a scenario file."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Scenario | str:  # noqa: ARG002
        try:
            return read_scenario(value) if isinstance(value, Mapping) else scenario_name(str(value))
        except ScenarioError as error:
            raise ValidationError([fault_entry(one) for one in error.faults] or told(error).messages) from error
        except TariffcalcError as error:
            raise told(error) from error


class FlowsGiven(fields.Field):  # type: ignore[type-arg]
    """A bundled table by name, or the rows of a table."""

    default_error_messages = {"required": REQUIRED, "null": REQUIRED}  # type: ignore[dict-item]  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | list[Any]:  # noqa: ARG002
        if isinstance(value, list):
            return value
        try:
            return flows_name(value if isinstance(value, str) else "")
        except TariffcalcError as error:
            raise told(error) from error


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
    """An importer whose law is held, as ISO alpha-3."""
    return read_schedule(country_code(text)).importer


def product(text: str) -> str:
    """A product code of any length that the tariff knows, as it was given."""
    product_of(text)
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
