"""What single cells of lists and tables may hold, and the duty that a row of a table states."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

from tariffcalc.law.dates import ALWAYS
from tariffcalc.law.duty import (
    ENDED,
    SUSPENDED,
    AdValorem,
    Amount,
    Compound,
    Duty,
    Specific,
    TopUpTo,
    Unreckoned,
)
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.fields import MAX_RATE

_PLAIN: Mapping[str, Duty] = {"free": AdValorem(0.0), "suspended": SUSPENDED, "ended": ENDED}


def product_cell(code: str, column: str, own: Faults) -> None:
    """Note a code that is not digits, or too few or too many."""
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 10):
        own.add("bad-code", column, f"{code!r} is not a code of 2 to 10 digits", "digits only, as text")


def day_cell(text: str, column: str, own: Faults) -> date:
    """A day; an empty cell is a step without a beginning."""
    if not text:
        return ALWAYS
    try:
        return date.fromisoformat(text)
    except ValueError:
        own.add("bad-day", column, f"{text!r} is not a day such as 2025-03-04")
        return ALWAYS


def rate_cell(text: str, column: str, own: Faults) -> float:
    """A rate as a fraction of value, between 0 and 10; 0 and a fault where it is none."""
    rate = _number(text)
    if rate is not None and 0 <= rate <= MAX_RATE:
        return rate
    said = f"is outside 0 to {MAX_RATE:g}" if rate is not None else "is not a number"
    own.add("bad-rate", column, f"{text!r} {said}", "rates are fractions: 25 % is 0.25")
    return 0.0


def line_duty(form: Sequence[str], own: Faults) -> Duty:
    """A tariff line's duty as its row states it: form, ad valorem, two amounts with their units, the printed text."""
    kind, ad_valorem, amount, unit, amount2, unit2, text = form
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "ad_valorem":
        return AdValorem(rate_cell(ad_valorem, "ad_valorem", own))
    if kind == "top_up_to":
        return TopUpTo(rate_cell(ad_valorem, "ad_valorem", own))
    if kind in ("specific", "compound"):
        parts = [_amount(amount, unit, "", own)]
        if amount2 or unit2:
            parts.append(_amount(amount2, unit2, "2", own))
        specific = Specific(tuple(parts), text)
        return specific if kind == "specific" else Compound(rate_cell(ad_valorem, "ad_valorem", own), specific)
    if kind != "other":
        known = "free, ad_valorem, top_up_to, specific, compound, other, suspended, ended"
        own.add("bad-form", "form", f"{kind!r} is not a form of duty", known)
    return Unreckoned(text)


def _amount(text: str, unit: str, which: str, own: Faults) -> Amount:
    """Dollars per unit, of the first or the second pair of cells."""
    amount = _number(text)
    if amount is None or amount < 0:
        own.add("bad-rate", f"specific{which}", f"{text!r} is not an amount of dollars", "write a number such as 0.176")
    if not unit:
        own.add("bad-form", f"unit{which}", "the amount has no unit", "write its unit, such as kg")
    return Amount(amount or 0.0, unit)


def _number(text: str) -> float | None:
    """A finite number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
