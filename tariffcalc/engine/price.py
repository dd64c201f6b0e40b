"""What a quote's rates come to in money: each component in ``Decimal``, rounded half up to cents."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from tariffcalc.engine.shipment import Component, Quote
from tariffcalc.law.duty import Fee
from tariffcalc.law.measure import VOID

CENT = Decimal("0.01")


def at_value(made: Quote, value: Decimal, *, owed: bool = False) -> Quote:
    """A quote with the duty on a customs value, in the schedule's currency; its rates stay as they are.

    ``owed``: of a void measure nothing is due, and a refund of what was assessed. A quote that looked at a quantity
    holds for its own value alone.
    """
    return replace(
        made,
        components=tuple(_priced(one, value, owed=owed) for one in made.components),
        fees=tuple(_priced(one, value, owed=owed) for one in made.fees),
    )


def _priced(one: Component, value: Decimal, *, owed: bool) -> Component:
    amount = _cents(one, value)
    if amount is not None and owed and one.status == VOID:
        return replace(one, duty=Decimal(0), refund=amount)
    return replace(one, duty=amount, refund=None)


def _cents(one: Component, value: Decimal) -> Decimal | None:
    """The amount in cents, a fee within its bounds; None where the rate or the part of value is not known."""
    if math.isnan(one.exact) or math.isnan(one.covered):
        return None
    exact = value * Decimal(repr(float(one.exact))) * Decimal(repr(float(one.covered)))
    if isinstance(one.form, Fee):
        exact = max(exact, Decimal(repr(one.form.minimum)))
        if one.form.maximum is not None:
            exact = min(exact, Decimal(repr(one.form.maximum)))
    return exact.quantize(CENT, ROUND_HALF_UP)
