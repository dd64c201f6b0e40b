"""Many shipments: each is quoted as ``rate`` quotes one, and what they share is worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tariffcalc.engine.price import at_value
from tariffcalc.errors import BadRequestError, TariffcalcError
from tariffcalc.law.schedule import Schedule
from tariffcalc.rates import Rate, rate_under
from tariffcalc.shipments import digits, schedule_for

SHORTEST = 6
"""A shorter code stands for hundreds of lines: nobody ships it."""


def long_enough(product: str) -> str:
    """A code that a shipment can have. Raises ``BadRequestError`` for one of fewer than six digits."""
    if len(digits(product)) < SHORTEST:
        raise BadRequestError(
            f"{product!r} is too short a code for a shipment",
            code="product-too-short",
            hint=f"write {SHORTEST}, 8 or 10 digits",
        )
    return product


class Quoter:
    """Quotes shipments one after the other.

    The law is applied once for each scenario, and the rates are worked out once for all shipments that differ only in
    their value. A shipment with a quantity is quoted by itself: its rates may depend on the value.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._laws: dict[Any, Schedule | TariffcalcError] = {}
        self._lanes: dict[Any, Rate] = {}

    def rate(
        self,
        product: str,
        origin: str,
        on: date,
        importer: str = "USA",
        *,
        value: Decimal | None = None,
        quantity: float | None = None,
        as_known_on: date | None = None,
        scenario: str | Mapping[str, Any] | None = None,
        **known: Any,
    ) -> Rate:
        """What one shipment pays: the same, to the last bit, as ``tariffcalc.rates.rate`` says.

        Raises what that raises, and ``BadRequestError`` for a code of fewer than six digits.
        """
        long_enough(product)
        law = self.law(importer, as_known_on, scenario)
        if quantity is not None:
            return rate_under(law, product, origin, on, value=value, quantity=quantity, **known)
        lane = law.digest, law.importer, product, origin, on, _key(known)
        if lane not in self._lanes:
            self._lanes[lane] = rate_under(law, product, origin, on, **known)
        found = self._lanes[lane]
        if value is None:
            return found
        return replace(found, value=value, quote=at_value(found.quote, value, owed=known.get("status") == "owed"))

    def law(
        self, importer: str, as_known_on: date | None = None, scenario: str | Mapping[str, Any] | None = None
    ) -> Schedule:
        """The law of an importer under a scenario, applied or refused once. Raises what ``schedule_for`` raises."""
        chosen = importer, as_known_on, scenario if scenario is None or isinstance(scenario, str) else repr(scenario)
        if chosen not in self._laws:
            try:
                self._laws[chosen] = schedule_for(importer, as_known_on, scenario)
            except TariffcalcError as error:
                self._laws[chosen] = error
        found = self._laws[chosen]
        if isinstance(found, TariffcalcError):
            raise found.with_traceback(None)
        return found


def _key(known: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """What is known of the goods, as something that can be looked up."""
    return tuple(
        (name, tuple(sorted(known[name].items())) if isinstance(known[name], Mapping) else known[name])
        for name in sorted(known)
    )
