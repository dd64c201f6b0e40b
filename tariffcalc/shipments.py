"""From words to a shipment: codes, names, days and amounts turned, what is unknown refused with the nearest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from tariffcalc.engine.flow_cells import MOST_AMOUNT
from tariffcalc.engine.flow_table import country_key
from tariffcalc.engine.lookup import DIGITS, PrefixTable, as_ints
from tariffcalc.engine.shares import content_table
from tariffcalc.engine.shipment import Shipment
from tariffcalc.errors import BadRequestError, UnknownNameError, UnknownOriginError, UnknownProductError
from tariffcalc.estimate import STATUSES, importer_codes, read_scenario, read_schedule, trade_facts_of
from tariffcalc.law.scenario import Assumptions, Scenario
from tariffcalc.law.schedule import Schedule
from tariffcalc.sources import trade_facts
from tariffcalc.sources.countries import country_code


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
    status: str = "assessed",
) -> Shipment:
    """A shipment from words: codes and names are turned, unknown ones refused with the nearest."""
    code, source = product_of(product, law.importer), country_code(origin)
    stated = _known_names(shares or {}, law.contents, "content")
    check_loaded(loaded, day)
    return Shipment(
        product=code,
        origin=source,
        day=day,
        loaded=loaded,
        facts=_facts(law, code, claim, facts or {}),
        contents=Contents(law, code, source, stated),
        value=value,
        quantity=as_quantity(quantity),
        unit=unit,
        equivalent=_equivalent(law, code) if ave else None,
        owed=owed(status),
    )


ROUNDING = 1e-9


def check_contents(law: Schedule, stated: Mapping[str, float]) -> None:
    """Refuse metals of one article that are together more than the whole. Other contents may overlap with them."""
    metals = {name: share for name, share in stated.items() if law.contents[name].kind == "metal"}
    if sum(metals.values()) > 1 + ROUNDING:
        said = f"the shares of {' and '.join(metals)} are more than 1 together"
        raise BadRequestError(said, code="bad-share", hint="each is the part of one article's value")


def check_loaded(loaded: date | None, day: date) -> None:
    """Refuse goods that were loaded after they entered."""
    if loaded is not None and loaded > day:
        said = f"loaded {loaded} is after the day of entry, {day}"
        raise BadRequestError(said, code="loaded-after-entry", hint="goods are loaded before they enter")


def owed(status: str) -> bool:
    """Whether what is owed in law is asked for, rather than what was assessed."""
    if status not in STATUSES:
        raise UnknownNameError.of("status", status, STATUSES)
    return status == "owed"


CHAPTER_DIGITS = 2

MODES = ("ocean", "air", "truck", "rail")


def mode_facts(law: Schedule, mode: str | None) -> dict[str, bool]:
    """The facts that the mode of transport settles: ``mode_ocean`` and the like, where the law asks."""
    if mode is None:
        return {}
    if mode not in MODES:
        raise UnknownNameError.of("mode of transport", mode, MODES)
    return {f"mode_{one}": one == mode for one in MODES if f"mode_{one}" in law.facts}


def schedule_for(
    importer: str, as_known_on: str | date | None = None, scenario: str | Mapping[str, Any] | Scenario | None = None
) -> Schedule:
    """The importer's law, as known on a day if one is given, under a scenario if one is given."""
    law = read_schedule(importer_code(importer))
    if as_known_on is not None:
        law = law.as_known_on(as_day(as_known_on, "as_known_on"))
    if scenario is None or scenario == "statutory":
        return law
    found = scenario if isinstance(scenario, Scenario) else read_scenario(scenario, law.importer)
    return law.apply(found)


def as_day(text: str | date, name: str) -> date:
    """A day; anything else is refused with the name of the parameter."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequestError(f"{name} {text!r} is not a day", code="bad-date", hint="write it as 2025-03-05") from None


LEAST_VALUE, MOST_VALUE = Decimal("0.01"), Decimal(MOST_AMOUNT)
"""In dollars: a cent, and what a row of a table may have at most."""


def as_quantity(quantity: float | None) -> float | None:
    """A quantity in any unit; one that is not above 0, not a number or beyond all measure is refused."""
    if quantity is None or 0 < quantity <= MOST_AMOUNT:
        return quantity
    hint = "write a number above 0, such as 500 or 12.5; leave it out where it is not known"
    raise BadRequestError(f"quantity {quantity!r} cannot be used", code="bad-quantity", hint=hint)


def as_value(value: float | str | Decimal | None) -> Decimal | None:
    """A customs value in dollars; negative or not a number is refused."""
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not (number == 0 or LEAST_VALUE <= number <= MOST_VALUE):
        raise BadRequestError(
            f"value {str(value)[:60]!r} is not an amount of money", code="bad-value", hint="write it as 10000.00"
        )
    return number


def digits(product: str) -> str:
    """A product code without its dots and spaces."""
    return product.replace(".", "").replace(" ", "").strip()


def importer_code(text: str) -> str:
    """An importer in words: one whose law is held by its code (``EU27``), else a country's ISO alpha-3.

    Raises ``UnknownOriginError``.
    """
    try:
        return importer_codes()[country_key(text)]
    except KeyError:
        raise UnknownOriginError.of("importer", text, importer_codes()) from None


def product_code(product: str) -> str:
    """The digits of a product code; what is no code at all is refused."""
    code = digits(product)
    if not (code.isascii() and code.isdigit()) or not 2 <= len(code) <= DIGITS or len(code) % 2:
        raise BadRequestError(
            f"{product!r} is not a product code",
            code="product-not-digits",
            hint="write 2, 4, 6, 8 or 10 digits, dots allowed",
        )
    return code


def product_of(product: str, importer: str = trade_facts.HOME) -> str:
    """The ten-digit code to quote: for a shorter code its most traded line; an unknown one is refused.

    A national line of fewer digits is padded with zeros.
    """
    code = product_code(product)
    if not trade_facts.is_known_product(code, importer):
        near = trade_facts.nearest_codes(code, importer)
        line = "eight-digit line is" if importer == trade_facts.HOME else "first six digits are"
        raise UnknownProductError(
            f"no product has the code {product!r}: its {line} in no edition of the tariff held",
            hint=f"nearby: {', '.join(near)}" if near else None,
        )
    return code if len(code) == DIGITS else most_traded_line(code, importer)


def most_traded_line(code: str, importer: str = trade_facts.HOME) -> str:
    """The line below a shorter code with the most trade, else the first, in ten digits."""
    lines = [line.ljust(DIGITS, "0") for line in trade_facts.lines_below(code, importer)]
    if not lines:
        return code.ljust(DIGITS, "0")
    trade = trade_facts.read_trade(importer)
    return lines[0] if trade is None else lines[int(trade.of_world(as_ints(lines)).argmax())]


def describe_product(code: str, importer: str = trade_facts.HOME) -> str:
    """The product's own words with the headings above them; of national lines abroad those of the HS.

    A code that the tariff does not print stands for the one line below it, else for the one above.
    """
    known = trade_facts.descriptions()
    if len(code) == CHAPTER_DIGITS:
        return trade_facts.read_sectors("hs2").names.get(code, "")
    alone = (code, code.ljust(8, "0"), code.ljust(DIGITS, "0"))
    for text in (*alone, code[:8], code[:6], code[:4]) if importer == trade_facts.HOME else (code[:6], code[:4]):
        if text in known:
            own, path, _ = known[text]
            return path or own
    return ""


class Contents(Mapping[str, float | None]):
    """A product's parts of value by name: as stated, as ``like`` has them, as the scenario assumes, or as tables hold.

    Each is looked up once, when it is first asked for; None: no table has the product.
    """

    def __init__(
        self,
        law: Schedule,
        code: str,
        origin: str,
        stated: Mapping[str, float] | None = None,
        like: Mapping[str, float | None] | None = None,
    ) -> None:
        """The contents of one product from one origin; those of ``like``, a similar one, come before its own."""
        self.stated = dict(stated or {})
        self._law, self._item, self._origin, self._like = law, as_ints([code]), origin, like or {}
        self._found: dict[str, float | None] = {}

    def __getitem__(self, name: str) -> float | None:
        """The share of value."""
        if name in self.stated:
            return self.stated[name]
        if name not in self._found:
            alike = self._like.get(name)
            self._found[name] = self._own(name) if alike is None else alike
        return self._found[name]

    def _own(self, name: str) -> float | None:
        law = self._law
        assume = law.scenario.assumptions if law.scenario else Assumptions()
        table = content_table(law.contents[name], trade_facts_of(law.importer), assume)
        share = table.value(self._item, [self._origin])[0] if isinstance(table, PrefixTable) else table
        return None if share is None or np.isnan(share) else float(share)

    def __iter__(self) -> Iterator[str]:
        """The names of the contents."""
        return iter(self._law.contents)

    def __len__(self) -> int:
        """How many contents the law knows."""
        return len(self._law.contents)


def _equivalent(law: Schedule, code: str) -> float | None:
    share = float(trade_facts_of(law.importer).equivalents.value(as_ints([code]))[0])
    return None if np.isnan(share) else share


class Facts(Mapping[str, bool]):
    """The yes/no facts of a shipment: as stated, as the scenario assumes, or as its product usually is.

    A fact is usual where its table of shares says all or none for the product; a programme never is.
    """

    def __init__(self, law: Schedule, code: str, stated: Mapping[str, bool]) -> None:
        """The facts of one product."""
        self.stated = dict(stated)
        self._law, self._item = law, as_ints([code])
        self._found: dict[str, float | None] = {}

    def __getitem__(self, name: str) -> bool:
        """Whether the fact holds; ``KeyError`` where nobody says."""
        if name in self.stated:
            return self.stated[name]
        if name not in self._found:
            self._found[name] = self._usual(name)
        share = self._found[name]
        if share not in {0.0, 1.0}:
            raise KeyError(name)
        return share == 1.0

    def _usual(self, name: str) -> float | None:
        law, fact = self._law, self._law.facts.get(name)
        assumed = (law.scenario.assumptions.facts or {}) if law.scenario else {}
        if name in assumed:
            return assumed[name]
        if fact is None or fact.kind == "programme" or fact.shares is None:
            return None
        table = trade_facts_of(law.importer).shares.get(fact.shares)
        return None if table is None or table.origins else float(table.value(self._item, default=fact.default)[0])

    def __iter__(self) -> Iterator[str]:
        """The names of the facts that are settled."""
        return (name for name in self._law.facts if self.get(name) is not None)

    def __len__(self) -> int:
        """How many are settled."""
        return sum(1 for _ in self)


def _facts(law: Schedule, code: str, claim: str | None, stated: Mapping[str, bool]) -> Facts:
    facts = dict(_known_names(stated, law.facts, "fact"))
    if claim:
        facts[programme_of(law, claim)] = True
    return Facts(law, code, facts)


def programme_of(law: Schedule, claim: str) -> str:
    """The programme that a claim names, by its name or its special-programme symbol. Raises ``UnknownNameError``."""
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
