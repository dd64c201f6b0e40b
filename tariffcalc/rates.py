"""One rate: a shipment in words -> the quote that ``docs/api.md`` describes, as an object and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tariffcalc.engine.quote import quote
from tariffcalc.engine.shipment import Component, Quote, Shipment
from tariffcalc.errors import UnknownProductError
from tariffcalc.law.scenario import Scenario
from tariffcalc.law.schedule import Schedule
from tariffcalc.ratenotes import notes
from tariffcalc.result import program_version
from tariffcalc.shipments import (
    as_day,
    as_value,
    check_contents,
    describe_product,
    digits,
    mode_facts,
    schedule_for,
    shipment_of,
)
from tariffcalc.sources.countries import country_code


@dataclass(frozen=True)
class Rate:
    """The answer for one shipment; rates are fractions, None where not resolved."""

    product: str
    description: str
    importer: str
    origin: str
    date: date
    quote: Quote
    value: Decimal | None
    currency: str
    warnings: tuple[str, ...]
    provenance: dict[str, Any]

    @property
    def rate(self) -> float | None:
        """The total applied rate without fees."""
        return self.quote.rate

    @property
    def base_rate(self) -> float | None:
        """The base duty's applied rate."""
        return self.quote.base_rate

    @property
    def additional_rate(self) -> float | None:
        """The applied rate of all additional duties together."""
        return self.quote.additional_rate

    @property
    def resolved(self) -> bool:
        """Whether every part is known and entry is allowed."""
        return self.quote.resolved

    @property
    def components(self) -> tuple[Component, ...]:
        """Every measure that applies."""
        return self.quote.components

    @property
    def duty(self) -> Decimal | None:
        """The duty in cents; None without a value or where a part is not known."""
        return None if self.value is None else self.quote.duty

    def as_dict(self) -> dict[str, Any]:
        """The object that ``GET /v1/rates`` answers with (``docs/api.md``)."""
        return {
            "product": self.product,
            "description": self.description,
            "importer": self.importer,
            "origin": self.origin,
            "date": self.date.isoformat(),
            "rate": self.rate,
            "base_rate": self.base_rate,
            "additional_rate": self.additional_rate,
            "resolved": self.resolved,
            "prohibited": self.quote.prohibited,
            "components": [_component(one) for one in self.components],
            "not_applied": [{"measure": one.measure, "why": one.why} for one in self.quote.not_applied],
            "value": None if self.value is None else float(self.value),
            "duty": None if self.duty is None else float(self.duty),
            "fees": [_component(one) for one in self.quote.fees],
            "currency": self.currency,
            "warnings": list(self.warnings),
            "provenance": self.provenance,
        }


def _component(one: Component) -> dict[str, Any]:
    citation = one.citation
    return {
        "measure": one.measure,
        "title": one.title,
        "authority": one.authority,
        "heading": one.heading,
        "basis": one.basis,
        "statutory_rate": one.statutory_rate,
        "share": one.share,
        "applied_rate": one.applied_rate,
        "duty": None if one.duty is None else float(one.duty),
        "refund": None if one.refund is None else float(one.refund),
        "status": one.status,
        "citation": None
        if citation is None
        else {"title": citation.title, "url": citation.url, "announced": citation.announced.isoformat()},
        "why": one.why,
    }


def rate(
    product: str,
    origin: str,
    on: str | date,
    importer: str = "USA",
    *,
    as_known_on: str | date | None = None,
    scenario: str | Mapping[str, Any] | Scenario | None = None,
    claim: str | None = None,
    value: float | str | Decimal | None = None,
    quantity: float | None = None,
    unit: str | None = None,
    loaded: str | date | None = None,
    shares: Mapping[str, float] | None = None,
    facts: Mapping[str, bool] | None = None,
    ave: bool = False,
    mode: str | None = None,
    status: str = "assessed",
) -> Rate:
    """What one shipment pays: product, origin, day, and what is known of it.

    ``claim`` is a programme's name or its symbol; without it no preference is taken. ``shares``
    are parts of value by content (steel ...), ``facts`` yes/no facts, ``mode`` how the goods travel
    (ocean, air, truck, rail: some fees depend on it), ``status`` ``owed`` for what is owed in law
    rather than assessed. Raises ``UnknownProductError``, ``UnknownOriginError``, ``BadRequestError``.
    """
    return rate_under(
        schedule_for(importer, as_known_on, scenario),
        product,
        origin,
        on,
        claim=claim,
        value=value,
        quantity=quantity,
        unit=unit,
        loaded=loaded,
        shares=shares,
        facts=facts,
        ave=ave,
        mode=mode,
        status=status,
    )


def answer(product: str, origin: str, on: str | date, importer: str = "USA", **known: Any) -> Rate:
    """The same for those who go by ``resolved``: of a code in no edition nothing is known, and a warning says so.

    ``known`` as for ``rate``. Raises ``UnknownOriginError``, ``BadRequestError``.
    """
    try:
        return rate(product, origin, on, importer, **known)
    except UnknownProductError as error:
        law = schedule_for(importer, known.get("as_known_on"), known.get("scenario"))
        said = f"{error}; {error.hint}" if error.hint else str(error)
        nothing = Quote((), (), (), None, None, prohibited=False, resolved=False, warnings=(said,))
        goods = Shipment(digits(product), country_code(origin), as_day(on, "date"), value=as_value(known.get("value")))
        return _told(law, goods, nothing, "", nothing.warnings)


def rate_under(
    law: Schedule,
    product: str,
    origin: str,
    on: str | date,
    *,
    value: float | str | Decimal | None = None,
    loaded: str | date | None = None,
    facts: Mapping[str, bool] | None = None,
    mode: str | None = None,
    **known: Any,
) -> Rate:
    """The same under a law at hand; ``known`` as for ``rate``. Raises what that raises."""
    shipment = shipment_of(
        law,
        product,
        origin,
        as_day(on, "date"),
        value=as_value(value),
        loaded=None if loaded is None else as_day(loaded, "loaded"),
        facts=mode_facts(law, mode) | dict(facts or {}),
        **known,
    )
    check_contents(law, known.get("shares") or {})
    return _answer(law, shipment, digits(product))


def _answer(law: Schedule, shipment: Shipment, given: str) -> Rate:
    """The quote of a shipment with what there is to say of it; ``given`` is the code as asked for."""
    made = quote(law, shipment)
    described = replace(shipment, product=given)
    return _told(law, described, made, describe_product(given, law.importer), notes(law, shipment, made, given))


def _told(law: Schedule, shipment: Shipment, made: Quote, description: str, warnings: Iterable[str]) -> Rate:
    """A quote as it is answered."""
    return Rate(
        product=shipment.product,
        description=description,
        importer=law.importer,
        origin=shipment.origin,
        date=shipment.day,
        quote=made,
        value=shipment.value,
        currency=law.currency,
        warnings=tuple(warnings),
        provenance={
            "schedule_digest": law.digest,
            "scenario": law.scenario.name if law.scenario else "statutory",
            "as_known_on": None if law.known_on is None else law.known_on.isoformat(),
            "law_known_until": law.law_known_until.isoformat(),
            "version": program_version(),
        },
    )
