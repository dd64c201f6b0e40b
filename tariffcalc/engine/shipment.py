"""One shipment and its quote: plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tariffcalc.engine.reasons import FactNotSaid, Reason, told
from tariffcalc.law.duty import Duty
from tariffcalc.law.measure import Citation


@dataclass(frozen=True)
class Shipment:
    """What is entered: a ten-digit product of an origin on a day, and what is known of it.

    ``facts``: yes/no facts (others take the schedule's default). ``contents``: parts of value.
    ``equivalent``: ad valorem equivalent to use for a duty that needs a quantity, if wanted.
    ``owed``: count what is owed in law; duty of a void measure is then a refund.
    """

    product: str
    origin: str
    day: date
    loaded: date | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)
    contents: Mapping[str, float | None] = field(default_factory=dict)
    value: Decimal | None = None
    quantity: float | None = None
    unit: str | None = None
    equivalent: float | None = None
    owed: bool = False


@dataclass(frozen=True)
class Component:
    """One measure's part. ``applied_rate`` and ``statutory_rate`` are None where not known.

    What money is reckoned with: ``exact``, the statutory rate, and ``covered``, the share, both unrounded (NaN where
    not known), and ``form``, the duty itself. ``contents``: the contents that the share rests on, each with its own
    share of value. ``since``: the day the rate began; None from the beginning.
    """

    measure: str
    title: str
    authority: str
    heading: str
    basis: str
    statutory_rate: float | None
    share: float | None
    applied_rate: float | None
    status: str
    citation: Citation | None
    why: str
    duty: Decimal | None = None
    refund: Decimal | None = None
    printed: str = ""
    exact: float = math.nan
    covered: float = math.nan
    form: Duty | None = None
    contents: Mapping[str, float] = field(default_factory=dict)
    since: date | None = None


@dataclass(frozen=True)
class NotAppliedHere:
    """A measure that concerns the origin and does not bite, and why."""

    measure: str
    reason: Reason

    @property
    def why(self) -> str:
        """The reason in English."""
        return told(self.reason)

    @property
    def asks(self) -> str | None:
        """The fact that would bring it, of a measure on goods that it names."""
        reason = self.reason
        return reason.fact.name if isinstance(reason, FactNotSaid) and reason.named else None


@dataclass(frozen=True)
class Quote:
    """The answer: components in order, base first; fees apart; rates None where not resolved."""

    components: tuple[Component, ...]
    fees: tuple[Component, ...]
    not_applied: tuple[NotAppliedHere, ...]
    base_rate: float | None
    additional_rate: float | None
    prohibited: bool
    resolved: bool
    warnings: tuple[str, ...]

    @property
    def rate(self) -> float | None:
        """The total applied rate, without fees; None if any part of it is not known."""
        if self.base_rate is None or self.additional_rate is None or self.prohibited:
            return None
        return round(self.base_rate + self.additional_rate, 12)

    @property
    def duty(self) -> Decimal | None:
        """The sum of the components in cents; None where one is not known or no value was given."""
        parts = [one.duty for one in self.components]
        if self.prohibited or not self.resolved or any(part is None for part in parts):
            return None
        return sum((part for part in parts if part is not None), Decimal(0))

    @property
    def refund(self) -> Decimal:
        """The sum of what was assessed under void measures and is not owed; 0 where that is not asked for."""
        return sum((one.refund for one in self.components if one.refund is not None), Decimal(0))
