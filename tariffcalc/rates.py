"""One rate: a shipment in words -> the quote of interface section 2, as an object and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tariffcalc.engine.lanes import NATIONAL
from tariffcalc.engine.lookup import DIGITS
from tariffcalc.engine.quote import quote
from tariffcalc.engine.shipment import Component, Quote, Shipment
from tariffcalc.law.scenario import Scenario
from tariffcalc.law.schedule import Schedule
from tariffcalc.result import program_version
from tariffcalc.shipments import (
    Contents,
    as_day,
    as_value,
    describe_product,
    digits,
    mode_facts,
    schedule_for,
    shipment_of,
)
from tariffcalc.sources import trade_facts
from tariffcalc.sources.trade_facts import HS_DIGITS

NEW_SUFFIX = "the statistical suffix is in no edition held: the rates are those of its eight-digit line"

NOT_LISTED = "the rates are what measures say of this code and of those above it"

MOST_LINES = 200
"""How many lines below a short code are looked at to see whether they are treated alike."""


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
        """The object of interface section 2."""
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
    return _answer(law, shipment, digits(product))


def _answer(law: Schedule, shipment: Shipment, given: str) -> Rate:
    """The quote of a shipment with what there is to say of it; ``given`` is the code as asked for."""
    made = quote(law, shipment)
    return Rate(
        product=given,
        description=describe_product(shipment.product, law.importer),
        importer=law.importer,
        origin=shipment.origin,
        date=shipment.day,
        quote=made,
        value=shipment.value,
        currency=law.currency,
        warnings=tuple(_warnings(law, shipment, made, given)),
        provenance={
            "schedule_digest": law.digest,
            "scenario": law.scenario.name if law.scenario else "statutory",
            "as_known_on": None if law.known_on is None else law.known_on.isoformat(),
            "law_known_until": law.law_known_until.isoformat(),
            "version": program_version(),
        },
    )


def _other_lines(law: Schedule, shipment: Shipment, made: Quote, given: str) -> list[str]:
    """For a code of fewer than ten digits: whether the lines below it are treated alike."""
    if len(given) == 10:
        return []
    lines = trade_facts.lines_below(given, law.importer)[:MOST_LINES]
    rates = {line: quote(law, _as_line(law, shipment, line)).additional_rate for line in lines}
    if len({*rates.values(), made.additional_rate}) <= 1:
        return []
    known = [rate for rate in rates.values() if rate is not None]
    span = f"{min(known):.1%} to {max(known):.1%}" if known else "not known for some"
    held = trade_facts.line_digits(law.importer)
    which = "first" if trade_facts.read_trade(law.importer) is None else "most traded"
    said = (
        f"{given} has {len(rates)} lines below it with additional rates of {span}; this answer is for the {which}, "
        f"{shipment.product[:held]}: give {'ten' if held == DIGITS else held} digits to be sure"
    )
    return [said]


def _as_line(law: Schedule, shipment: Shipment, line: str) -> Shipment:
    line = line.ljust(DIGITS, "0")
    return replace(shipment, product=line, contents=Contents(law, line, shipment.origin, like=shipment.contents))


def _code_notes(importer: str, given: str) -> list[str]:
    """What there is to say of a code that is itself no line held: a new suffix, or a national code abroad."""
    held = trade_facts.line_digits(importer)
    if held == DIGITS:
        return [NEW_SUFFIX] if len(given) == DIGITS and given not in trade_facts.known_codes() else []
    national = held > HS_DIGITS
    listed = bool(trade_facts.lines_below(given[:held], importer))
    if len(given) > HS_DIGITS:
        return [] if national and listed else [f"the national code {given} is not held: {NOT_LISTED}"]
    if not listed:
        return [f"no national line below {given} is held: {NOT_LISTED}"]
    return [f"{given} stands for the national lines below it; {NATIONAL}"] if national else []


def _warnings(law: Schedule, shipment: Shipment, made: Quote, given: str) -> list[str]:
    """What a reader must know about the answer, in plain words."""
    said = [*_code_notes(law.importer, given), *_other_lines(law, shipment, made, given), *made.warnings]
    said += law.caveats([shipment.origin], shipment.day, shipment.day, "what came later is not in this answer")
    return said
