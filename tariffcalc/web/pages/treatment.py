"""What goods of each origin pay on one line of the tariff: the base duty by programme, and every measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tariffcalc.engine.quote import quote
from tariffcalc.engine.shipment import Component, Quote
from tariffcalc.estimate import read_schedule
from tariffcalc.law.schedule import Schedule
from tariffcalc.shipments import shipment_of
from tariffcalc.sources.countries import country_names
from tariffcalc.web.pages.lawfind import HOME
from tariffcalc.web.pages.traded import small_money
from tariffcalc.web.pages.words import percent, sentence


@dataclass(frozen=True, slots=True)
class Programme:
    """A base duty: whose it is, for which origins, what it is on the line, and the measure that states it."""

    title: str
    symbol: str
    origins: tuple[str, ...]
    rate: str
    measure: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """Origins that pay the same: their names (the most traded first), the total, and each measure with its rate."""

    origins: tuple[str, ...]
    value: str
    rate: str
    parts: tuple[tuple[str, str, str], ...]
    stopped: bool


def base_duties(law: Schedule, line: str, day: date) -> list[Programme]:
    """General duty, column 2, then every special programme, with no rate where it does not cover the line."""
    general = Programme("General duty", "column 1", (), base_rate(law, line, "", day, None)[0], "mfn")
    second = law.groups["column-2"].codes_on(day)
    column2 = next((rate for one in sorted(second) if (rate := base_rate(law, line, one, day, None)[0])), "")
    found = [
        general,
        Programme("Countries without normal trade relations", "column 2", names_of(second), column2, "column-2"),
    ]
    for key, one in sorted(law.measures.items(), key=lambda item: item[1].title):
        fact = law.facts.get(one.scope.fact or "")
        if one.basis != "base" or fact is None or fact.kind != "programme" or not fact.symbols:
            continue
        origins = [code for code in sorted(country_names()) if one.scope.covers_origin(code, day)]
        rates = {base_rate(law, line, origin, day, fact.name) for origin in origins[:1]}
        rate = next((told for told, measure in rates if measure == key), "") if one.rate_at(day) else ""
        title = (
            one.title.removeprefix("Preferential duty under the ")
            .removeprefix("Duty under the ")
            .partition(" (symbol")[0]
        )
        named = () if len(origins) > len(country_names()) / 2 else names_of(origins)
        found.append(Programme(sentence(title).rstrip("."), ", ".join(fact.symbols), named, rate, key))
    return found


def names_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Names of countries in the order of the alphabet."""
    names = country_names()
    return tuple(sorted(names.get(code, code) for code in codes))


@lru_cache(maxsize=4096)
def _kept_base(line: str, origin: str, day: date, claim: str | None) -> tuple[str, str]:
    """What the line pays as base duty, as printed or in percent, and the measure that states it."""
    law = read_schedule(HOME)
    made = quote(law, shipment_of(law, line, origin, day, claim=claim))
    one = next((part for part in made.components if part.basis == "base"), None)
    return ("", "") if one is None else (rate_of(one), one.measure)


def base_rate(law: Schedule, line: str, origin: str, day: date, claim: str | None) -> tuple[str, str]:
    """The same; without an origin for goods of a country with normal trade relations."""
    if not origin:
        usual = ("GBR", "JPN", "CHN")
        origin = next((one for one in usual if one not in law.groups["column-2"].codes_on(day)), usual[0])
    return _kept_base(line, origin, day, claim)


def rate_of(part: Component) -> str:
    """A part of the duty as people read it: percent of value, else as the tariff prints it."""
    if part.statutory_rate == 0:
        return "Free"
    if part.printed and part.applied_rate is None:
        return part.printed
    return percent(part.statutory_rate)


def treatments(law: Schedule, line: str, day: date, trade: Mapping[str, float]) -> list[Treatment]:
    """Every origin by what its goods pay without any claim, those with the most trade first."""
    groups: dict[tuple[object, ...], list[str]] = {}
    quotes: dict[tuple[object, ...], Quote] = {}
    for origin in sorted(country_names(), key=lambda code: (-trade.get(code, 0.0), country_names()[code])):
        made = quote(law, shipment_of(law, line, origin, day))
        key = (made.prohibited, *((one.measure, one.applied_rate, one.printed) for one in made.components))
        groups.setdefault(key, []).append(origin)
        quotes.setdefault(key, made)
    ordered = sorted(groups.items(), key=lambda one: -sum(trade.get(code, 0.0) for code in one[1]))
    return [treatment(quotes[key], origins, trade) for key, origins in ordered]


def treatment(made: Quote, origins: list[str], trade: Mapping[str, float]) -> Treatment:
    """One group of origins in words."""
    names = country_names()
    value = sum(trade.get(code, 0.0) for code in origins)
    parts = tuple((one.title, one.measure, applied(one)) for one in made.components)
    return Treatment(
        origins=tuple(names[code] for code in origins),
        value=small_money(value) if value else "no trade",
        rate="Entry refused" if made.prohibited else total_of(made),
        parts=parts,
        stopped=made.prohibited,
    )


def total_of(made: Quote) -> str:
    """The whole rate; where the base duty is charged by quantity, that and the rest."""
    if made.rate is not None:
        return percent(made.rate) if made.rate else "Free"
    printed = " + ".join(one.printed or "?" for one in made.components if one.applied_rate is None)
    return f"{printed} + {percent(made.additional_rate)}" if made.additional_rate else printed or "not known"


def applied(part: Component) -> str:
    """What a measure lays on the whole value, and of how much of it where that is not all."""
    if part.applied_rate is None:
        return part.printed or "not known"
    share = "" if part.share is None or part.share == 1 else f" ({percent(part.statutory_rate)} of {part.share:.0%})"
    return f"{percent(part.applied_rate) if part.applied_rate else 'Free'}{share}"
