"""Forms of duty: as a step of a law file states them, and as a scenario writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from tariffcalc.law.duty import (
    ENDED,
    SUSPENDED,
    AdValorem,
    Amount,
    Cap,
    Compound,
    Cut,
    Duty,
    Fee,
    PriceGap,
    Prohibited,
    Quota,
    Specific,
    Swiss,
    TopUpTo,
    Transform,
    Unreckoned,
)
from tariffcalc.lawfiles.fields import bounded, number
from tariffcalc.lawfiles.schema import FormSchema

TRANSFORMS = ("cap", "cut", "swiss")
"""What a scenario may do to a rate instead of stating one."""


def plain_duty(step: Mapping[str, Any]) -> Duty:
    """The duty of a checked step in any form but a table."""
    if "ad_valorem" in step:
        return AdValorem(step["ad_valorem"])
    if "specific" in step:
        return Specific((Amount(**step["specific"]),))
    if "compound" in step:
        part = step["compound"]
        return Compound(part["ad_valorem"], Specific((Amount(part["specific"], part["unit"]),)))
    if "top_up_to" in step:
        return TopUpTo(step["top_up_to"])
    if "trq" in step:
        part = step["trq"]
        return Quota(part["within"], part["over"], part.get("in_quota_share"))
    if "price_gap" in step:
        return PriceGap(Amount(**step["price_gap"]))
    if "fee" in step:
        return Fee(**step["fee"])
    if "other" in step:
        return Unreckoned(step["other"])
    if "prohibited" in step:
        return Prohibited()
    return ENDED if "ended" in step else SUSPENDED


def scenario_duty(value: object) -> Duty | Transform:
    """A duty, or a transform of the one that stands, as a scenario writes it.

    Raises marshmallow's ``ValidationError`` where it is neither, or a number is out of range.
    """
    if not isinstance(value, Mapping):
        return AdValorem(bounded(value))
    if len(value) == 1 and set(value) <= set(TRANSFORMS):
        return _transform(*next(iter(value.items())))
    if "table" in value:
        hint = "{ cap = ... }, { cut = ... } and { swiss = ... } change the rates of a table that a measure has"
        raise ValidationError(f"a table cannot be the rate of a scenario; {hint}")
    if set(value) == {"specific", "unit"}:
        value = {"specific": {"amount": value["specific"], "unit": value["unit"]}}
    return plain_duty(_FORM.load(value))


def _transform(form: str, said: object) -> Transform:
    if form == "cap":
        return Cap(bounded(said))
    if form == "cut":
        return Cut(bounded(said, 1))
    coefficient = number(said)
    if coefficient <= 0:
        raise ValidationError(f"swiss takes percent above 0, such as 16; {said!r} would leave no duty at all")
    return Swiss(coefficient / 100)


_FORM = FormSchema()
