"""The question that the form asks, as the API would be asked it, and the same with one thing changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from marshmallow import validates_schema

from tariffcalc.engine.shipment import Shipment
from tariffcalc.estimate import read_schedule
from tariffcalc.history import Stretch, stretches
from tariffcalc.law.dates import Period
from tariffcalc.law.measure import InTransit
from tariffcalc.law.schedule import Fact, Schedule
from tariffcalc.rates import Rate, rate
from tariffcalc.shipments import as_value, mode_facts, shipment_of
from tariffcalc.sources.countries import country_names
from tariffcalc.web.api.queries import RateQuery, known_products
from tariffcalc.web.pages.locale import number_of

FIELDS = ("product", "importer", "origin", "date", "value", "quantity", "unit", "claim", "loaded", "mode", "ave")
FIRST_DAY = date(2024, 1, 1)
"""Where the timeline of a rate begins at the latest: a year before the changes of 2025."""
SHARE = "share-"
"""Before the name of a content: the box of its percent of value."""


class FormQuery(RateQuery):
    """What the API takes, of products that the importer's tariff knows."""

    @validates_schema(skip_on_field_errors=False)
    def products_are_known(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse others: the page says so beside the box."""
        known_products(data, "product")


QUERY = FormQuery()
_KNOWN = ("claim", "value", "quantity", "unit", "loaded", "mode", "ave")


@dataclass(frozen=True)
class Question:
    """One shipment. ``known``: what is known of it beside its lane and day, as ``tariffcalc.rate`` takes it."""

    product: str
    origin: str
    date: date
    importer: str = "USA"
    known: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def law(self) -> Schedule:
        """The importer's law."""
        return read_schedule(self.importer)

    @property
    def address(self) -> dict[str, Any]:
        """The question as a query string has it, codes in place of names; the shares of contents are a list."""
        lane = {"product": self.product, "origin": self.origin, "importer": self.importer}
        shares = [f"{name}={share:.6g}" for name, share in self.known.get("shares", {}).items()]
        typed = {name: text for name, text in self.typed.items() if name in FIELDS and name not in lane}
        return {**lane, **typed, **({"share": shares} if shares else {})}

    def rate(self, origin: str | None = None, **changed: Any) -> Rate:
        """The answer, or that to the same question with something changed. Raises what ``tariffcalc.rate`` raises."""
        known = {**self.known, **changed}
        return rate(self.product, origin or self.origin, self.date, self.importer, **known)

    def averaged(self) -> Question:
        """The same with a duty by quantity taken at its average share of value in the trade of 2024."""
        return replace(self, known={**self.known, "ave": True})

    def measured_in(self, unit: str) -> Question:
        """The same with the quantity in a unit."""
        return replace(self, known={**self.known, "unit": unit}, typed={**self.typed, "unit": unit})

    def through_time(self) -> list[Stretch]:
        """The rate from ``FIRST_DAY``, or the year of an earlier entry, to the last day on which the law changes."""
        law = self.law
        first = max(min(FIRST_DAY, self.date.replace(month=1, day=1)), min(first_day(law), self.date))
        last = max([law.law_known_until, *law.breakpoints, self.date]) + timedelta(days=1)
        return stretches(law, self._shipment(), Period(first, last))

    def _shipment(self) -> Shipment:
        """The goods whenever they are entered: a day of loading belongs to one entry."""
        known: dict[str, Any] = {name: self.known.get(name) for name in ("claim", "quantity", "unit")}
        return shipment_of(
            self.law,
            self.product,
            self.origin,
            self.date,
            **known,
            value=as_value(self.known.get("value")),
            shares=self.known.get("shares"),
            ave=bool(self.known.get("ave")),
            facts=mode_facts(self.law, self.known.get("mode")),
        )

    def transit_rules(self, rate: Rate) -> list[InTransit]:
        """Rules for goods already on their way that may hold on the day, in the order of their days."""
        here = {one.measure for one in rate.components} | {one.measure for one in rate.quote.not_applied}
        product = self._shipment().product
        rules = {
            (rule.entered_before, rule.loaded_before): rule
            for _, one in self.law.touching(rate.origin)
            if one.family in here and one.rate_at(self.date) and one.scope.covers(product, rate.origin, self.date)
            for rule in one.in_transit
            if self.date < rule.entered_before
        }
        return [rule for _, rule in sorted(rules.items())]


def first_day(law: Schedule) -> date:
    """The first day of which any law is held: that of the base duties, where they are."""
    bases = (one.rates.starts for one in law.measures.values() if one.basis == "base" and not one.scope.fact)
    return min((day for days in bases for day in days), default=law.base_known_from)


def query_of(given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as the API would be asked; numbers may be written as in the reader's language."""
    query: dict[str, Any] = dict(given)
    for name in ("value", "quantity"):
        if name in query:
            query[name] = number_of(query[name])
    return {**query, "product": [query["product"]] if "product" in query else [], "origin": [query.get("origin", "")]}


def question_of(loaded: Mapping[str, Any], given: Mapping[str, str]) -> Question:
    """The question that the API's schema has read from what was given."""
    known = {name: loaded[name] for name in _KNOWN if loaded.get(name) is not None}
    if loaded.get("share"):
        known["shares"] = dict(loaded["share"])
    flat = {name: text for name, text in query_of(given).items() if isinstance(text, str)}
    product = loaded["product"][0].replace(".", "").replace(" ", "")
    return Question(product, loaded["origin"][0], loaded["date"], loaded["importer"], known, flat)


@lru_cache(maxsize=256)
def programmes(importer: str, day: date) -> tuple[tuple[Fact, frozenset[str]], ...]:
    """The programmes that a claim may name on a day, each with the origins whose goods it may free of duty."""
    law = read_schedule(importer)
    members = frozenset(origin for fact in law.facts.values() for origin in fact.origins)
    found = []
    for fact in law.facts.values():
        mine = [one for one in law.measures.values() if one.scope.fact == fact.name]
        own = [one for one in mine if one.rate_at(day)]
        named = fact.origins or tuple(
            iso
            for iso in country_names()
            if iso not in members and any(one.scope.covers_origin(iso, day) for one in own)
        )
        if fact.kind == "programme" and named and bool(own) == bool(mine) and len(named) < len(country_names()) / 2:
            found.append((fact, frozenset(named)))
    return tuple(found)


_CODE = re.compile(r"(?:(?:HTSUS|HTS|HS)(?: code)?:? *)?([0-9][0-9.\s/-]*)", re.IGNORECASE)


def code_of(text: str) -> str:
    """A code as people write it, such as ``HS 8429-51``, in the way the API reads it; other texts stay as they are."""
    found = _CODE.fullmatch(text)
    return re.sub(r"[\s/-]", "", found[1]) if found else text


def is_words(text: str) -> bool:
    """Whether the product box holds words and not a code."""
    return any(sign.isalpha() for sign in text)
