"""One rate: a shipment in words -> the quote of interface section 2, as an object and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tariffcalc.engine.lookup import as_ints
from tariffcalc.engine.quote import Component, Quote, Shipment, quote
from tariffcalc.errors import BadRequestError, UnknownNameError, UnknownProductError
from tariffcalc.estimate import read_scenario, read_schedule, trade_facts_of
from tariffcalc.law.scenario import Scenario
from tariffcalc.law.schedule import Schedule
from tariffcalc.result import program_version
from tariffcalc.sources import trade_facts
from tariffcalc.sources.countries import country_code


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
            "fees": None,
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
    claim: str | None = None,
    as_known_on: str | date | None = None,
    scenario: str | Mapping[str, Any] | Scenario | None = None,
    value: float | str | Decimal | None = None,
    quantity: float | None = None,
    unit: str | None = None,
    loaded: str | date | None = None,
    shares: Mapping[str, float] | None = None,
    facts: Mapping[str, bool] | None = None,
    ave: bool = False,
) -> Rate:
    """What one shipment pays: product, origin, day, and what is known of it.

    ``claim`` is a programme's name or its symbol; without it no preference is taken. ``shares``
    are parts of value by content (steel ...), ``facts`` yes/no facts. Raises
    ``UnknownProductError``, ``UnknownOriginError``, ``BadRequestError``.
    """
    country = country_code(importer)
    law = schedule_for(country, as_known_on, scenario)
    day = as_day(on, "date")
    shipment = shipment_of(
        law,
        product,
        origin,
        day,
        claim=claim,
        value=as_value(value),
        quantity=quantity,
        unit=unit,
        loaded=None if loaded is None else as_day(loaded, "loaded"),
        shares=shares,
        facts=facts,
        ave=ave,
    )
    made = quote(law, shipment)
    return Rate(
        product=_digits(product),
        description=describe_product(shipment.product),
        importer=country,
        origin=shipment.origin,
        date=day,
        quote=made,
        value=shipment.value,
        currency=law.currency,
        warnings=tuple(_warnings(law, shipment, made, _digits(product))),
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
    lines = trade_facts.lines_below(given)[:MOST_LINES]
    rates = {line: quote(law, _as_line(law, shipment, line)).additional_rate for line in lines}
    if len({*rates.values(), made.additional_rate}) <= 1:
        return []
    known = [rate for rate in rates.values() if rate is not None]
    span = f"{min(known):.1%} to {max(known):.1%}" if known else "not known for some"
    return [
        f"{given} has {len(rates)} lines below it with additional rates of {span}; "
        f"this answer is for the most traded, {shipment.product}: give ten digits to be sure"
    ]


def _as_line(law: Schedule, shipment: Shipment, line: str) -> Shipment:
    stated = {**_contents(law, line, shipment.origin), **{k: v for k, v in shipment.contents.items() if v is not None}}
    return replace(shipment, product=line, contents=stated)


def shipment_of(
    law: Schedule,
    product: str,
    origin: str,
    day: date,
    *,
    claim: str | None = None,
    value: Decimal | None = None,
    quantity: float | None = None,
    unit: str | None = None,
    loaded: date | None = None,
    shares: Mapping[str, float] | None = None,
    facts: Mapping[str, bool] | None = None,
    ave: bool = False,
) -> Shipment:
    """A shipment from words: codes and names are turned, unknown ones refused with the nearest."""
    code, source = product_of(product), country_code(origin)
    contents = {**_contents(law, code, source), **_known_names(shares or {}, law.contents, "content")}
    return Shipment(
        product=code,
        origin=source,
        day=day,
        loaded=loaded,
        facts=_facts(law, claim, facts or {}),
        contents=contents,
        value=value,
        quantity=quantity,
        unit=unit,
        equivalent=_equivalent(law, code) if ave else None,
    )


def schedule_for(
    importer: str, as_known_on: str | date | None = None, scenario: str | Mapping[str, Any] | Scenario | None = None
) -> Schedule:
    """The importer's law, as known on a day if one is given, under a scenario if one is given."""
    law = read_schedule(importer)
    if as_known_on is not None:
        law = law.as_known_on(as_day(as_known_on, "as_known_on"))
    if scenario is None or scenario == "statutory":
        return law
    found = scenario if isinstance(scenario, Scenario) else read_scenario(scenario, importer)
    return law.apply(found)


def as_day(text: str | date, name: str) -> date:
    """A day; anything else is refused with the name of the parameter."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequestError(f"{name} {text!r} is not a day", code="bad-date", hint="write it as 2025-03-05") from None


def as_value(value: float | str | Decimal | None) -> Decimal | None:
    """A customs value in dollars; negative or not a number is refused."""
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise BadRequestError(
            f"value {value!r} is not an amount of money", code="bad-value", hint="write it as 10000.00"
        )
    return number


def _digits(product: str) -> str:
    return product.replace(".", "").replace(" ", "").strip()


def product_of(product: str) -> str:
    """The ten-digit code to quote: for a shorter code its most traded line; an unknown one is refused."""
    code = _digits(product)
    if not code.isdigit() or not 2 <= len(code) <= 10 or len(code) % 2:
        raise BadRequestError(
            f"{product!r} is not a product code",
            code="product-not-digits",
            hint="write 6, 8 or 10 digits, dots allowed",
        )
    if not trade_facts.is_known_product(code):
        near = trade_facts.nearest_codes(code)
        raise UnknownProductError(
            f"no product has the code {product!r}: its eight-digit line is in no edition of the tariff held",
            hint=f"nearby: {', '.join(near)}" if near else None,
        )
    return code if len(code) == 10 else most_traded_line(code)


NEW_SUFFIX = "the statistical suffix is in no edition held: the rates are those of its eight-digit line"


def most_traded_line(code: str) -> str:
    """The ten-digit line below a shorter code with the most US imports of 2024."""
    lines = trade_facts.lines_below(code)
    if not lines:
        return code.ljust(10, "0")
    value = trade_facts.read_trade().of_world(as_ints(lines))
    return lines[int(value.argmax())]


def describe_product(code: str) -> str:
    """The product's own words with the headings above them."""
    known = trade_facts.descriptions()
    for length in (10, 8, 6, 4):
        if code[:length] in known:
            text, path, _ = known[code[:length]]
            return path or text
    return ""


def _contents(law: Schedule, code: str, origin: str) -> Mapping[str, float | None]:
    facts = trade_facts_of(law.importer)
    item = as_ints([code])
    found: dict[str, float | None] = {}
    for name, table in facts.contents.items():
        share = float(table.value(item, [origin])[0])
        found[name] = None if share != share else share  # noqa: PLR0124
    assume = law.scenario.assumptions.content if law.scenario else None
    if isinstance(assume, Mapping):
        found |= dict(assume)
    return found


def _equivalent(law: Schedule, code: str) -> float | None:
    share = float(trade_facts_of(law.importer).equivalents.value(as_ints([code]))[0])
    return None if share != share else share  # noqa: PLR0124


def _facts(law: Schedule, claim: str | None, stated: Mapping[str, bool]) -> dict[str, bool]:
    facts = dict(_known_names(stated, law.facts, "fact"))
    if claim:
        facts[programme_of(law, claim)] = True
    return facts


def programme_of(law: Schedule, claim: str) -> str:
    """The programme that a claim names, by its name or its special-programme symbol."""
    programmes = {one.name: one for one in law.facts.values() if one.kind == "programme"}
    for one in programmes.values():
        if claim.lower() == one.name.lower() or claim.upper() in one.symbols:
            return one.name
    raise UnknownNameError.of(
        "programme", claim, [*programmes, *(s for one in programmes.values() for s in one.symbols)]
    )


def _known_names(given: Mapping[str, Any], known: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    for name in given:
        if name not in known:
            raise UnknownNameError.of(kind, name, known)
    return given


def _warnings(law: Schedule, shipment: Shipment, made: Quote, given: str) -> list[str]:
    """What a reader must know about the answer, in plain words."""
    said = [NEW_SUFFIX] if len(given) == 10 and given not in trade_facts.known_codes() else []
    said += [*_other_lines(law, shipment, made, given), *made.warnings]
    if law.complete_for and shipment.origin not in law.complete_for:
        said.append(law.incomplete_note)
    if shipment.day > law.law_known_until:
        said.append(f"the law is known until {law.law_known_until}; what came later is not in this answer")
    if shipment.day < law.base_known_from:
        said.append(f"base duties before {law.base_known_from} are those of the earliest edition held")
    return said
