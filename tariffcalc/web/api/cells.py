"""One value of a rate as plain text: what a single cell of a spreadsheet asks for.

What is not known is words, never an empty or a zero cell: ``VALUE`` of them is an error that sums pass on.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, validates_schema

from tariffcalc.rates import Rate
from tariffcalc.web.api import checks as own
from tariffcalc.web.api.fields import REQUIRED, Checked
from tariffcalc.web.api.queries import RateQuery
from tariffcalc.web.problems import entry

RATES = ("rate", "base_rate", "additional_rate")
AMOUNTS = ("duty", "fees")
TEXT = "text/plain; charset=utf-8"

_PLACES = 6


class RateCellQuery(RateQuery):
    """One shipment, and which value of it."""

    about = "Which value: rate, base_rate or additional_rate; with a customs value, duty or fees."
    field = Checked(own.Choice("field", (*RATES, *AMOUNTS)), about, "rate", load_default="rate")
    signs = own.Choice("decimal sign", (".", ","), own.decimal_sign)
    decimal = Checked(signs, "Decimal sign: a point or a comma.", ".", load_default=".")

    @validates_schema(skip_on_field_errors=True)
    def it_is_one_value(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse several shipments, and amounts of a shipment without value."""
        if data["field"] in AMOUNTS and "value" not in data:
            raise ValidationError({"value": REQUIRED})
        for one, many in (("product", "products"), ("origin", "origins")):
            if len([*data[one], *data[many]]) > 1:
                said = entry("too-many", "a cell holds one value", f"give one {one}, or ask /v1/rates.csv")
                raise ValidationError({one: [said]})


def cell(rate: Rate, field: str, decimal: str) -> str:
    """The value as text: ``0.125``, ``2500.00``; words where it is not known."""
    found = _fees(rate) if field == "fees" else getattr(rate, field)
    if found is None:
        return "prohibited" if rate.quote.prohibited else f"unresolved: {_reason(rate)}"
    text = f"{found:.2f}" if field in AMOUNTS else f"{found:.{_PLACES}f}".rstrip("0").rstrip(".")
    return text.replace(".", decimal)


def _fees(rate: Rate) -> Decimal | None:
    """The fees in all; None where one is not known, or nothing is."""
    if not rate.components and not rate.resolved:
        return None
    amounts = [one.duty for one in rate.quote.fees]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _reason(rate: Rate) -> str:
    """Why a part is not known, in words for an address; without commas, at which some readers would cut it."""
    said = next(iter(rate.quote.warnings), "a part of the duty is not known")
    return said.replace("--", "").replace(",", ";")
