"""The kinds of value that law files and scenarios are written in."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields

MAX_RATE = 10.0
MAX_NUMBER = 10**15
"""No number here is larger: JSON and TOML can spell whole numbers that no float can hold."""
_PERCENT = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*%\s*")
_CODE = re.compile(r"[0-9]{2,10}")


class Day(fields.Field[date]):
    """A day: a TOML date, or text such as ``2025-03-04``."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> date:
        if isinstance(value, datetime):
            raise ValidationError("a day without a time is wanted, such as 2025-03-04")
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise ValidationError(f"{value!r} is not a day such as 2025-03-04") from error
        raise ValidationError(f"{value!r} is not a day such as 2025-03-04")


class Fraction(fields.Field[float]):
    """A rate or share: a fraction such as 0.25, or text such as ``25%``."""

    def __init__(self, *, most: float = MAX_RATE, **kwargs: Any) -> None:
        """A fraction between 0 and ``most``."""
        super().__init__(**kwargs)
        self.most = most

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> float:
        return bounded(value, self.most)


def bounded(value: object, most: float = MAX_RATE) -> float:
    """A fraction between 0 and ``most``."""
    found = fraction(value)
    if not 0 <= found <= most:
        said = reprlib.repr(value)
        raise ValidationError(f"{said} is outside 0 to {most:g}: rates are fractions, so 25 % is 0.25 or '25%'")
    return found


def fraction(value: object) -> float:
    """A number as it is; text ending in ``%`` divided by 100."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValidationError(f"{value!r} is not a fraction such as 0.25 or '25%'")
    if isinstance(value, str):
        match = _PERCENT.fullmatch(value)
        if match is None:
            raise ValidationError(f"{value!r} is not a fraction such as 0.25 or '25%'")
        return round(float(match[1]) / 100, 12)
    return float(max(min(value, MAX_NUMBER), -MAX_NUMBER))


class Amount(fields.Field[float]):
    """Dollars: a number not below 0."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> float:
        amount = number(value)
        if amount < 0:
            raise ValidationError(f"{value!r} is below 0")
        return amount


def number(value: object) -> float:
    """A finite number, up to ``MAX_NUMBER`` on either side of zero."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
        raise ValidationError(f"{reprlib.repr(value)} is not a number such as 1.5")
    return float(value)


class Names(fields.Field[tuple[str, ...]]):
    """A list of names."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise ValidationError("a list of names is wanted, such as ['ieepa-canada']")
        return tuple(value)


class NameOrNames(Names):
    """One name, or a list of names."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        return super()._deserialize([value] if isinstance(value, str) else value, attr, data, **kwargs)


class Target(fields.Field[tuple[str, ...]]):
    """What a change is about: a measure's id, or ``true`` or ``{}`` where conditions say it (no id, then)."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if value is True or value == {}:
            return ()
        raise ValidationError(
            f"{value!r} is not a measure's id; for several say true here and which in where = {{ ... }}"
        )


class Codes(fields.Field[dict[str, list[str]]]):
    """Codes one by one, or ``{ list = ... }``, ``{ lists = [...], codes = [...] }``, ``{ group = ... }``.

    The result has the keys ``codes`` and ``lists``.
    """

    def __init__(self, *, single: str, several: str, **kwargs: Any) -> None:
        """Codes that may come from named lists (or groups, for origins)."""
        super().__init__(**kwargs)
        self.single, self.several = single, several

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> dict[str, list[str]]:
        if isinstance(value, Mapping):
            unknown = set(value) - {self.single, self.several, "codes"}
            if unknown:
                raise ValidationError(
                    f"unknown key {min(unknown)!r}: {self.single}, {self.several} and codes are known"
                )
            named = _texts([value[self.single]]) if self.single in value else []
            return {"lists": named + _texts(value.get(self.several, [])), "codes": _texts(value.get("codes", []))}
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            raise ValidationError(f"a list of codes or {{ {self.single} = 'name' }} is wanted")
        return {"lists": [], "codes": _texts(value)}


def _texts(values: object) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise ValidationError("codes and names are text in a list: write '0201', not 0201, so that zeros stay")
    return list(values)


def product_code(text: str) -> str:
    """An HS code as digits: dots and spaces dropped; 2 to 10 digits."""
    digits = text.replace(".", "").replace(" ", "")
    if not _CODE.fullmatch(digits):
        raise ValidationError(f"{text!r} is not an HS code of 2 to 10 digits")
    return digits
