"""An answer in words: numbers printed, statuses told, parts laid out for the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from tariffcalc.engine.shipment import Component
from tariffcalc.estimate import read_schedule
from tariffcalc.history import history
from tariffcalc.rates import Rate
from tariffcalc.sources import trade_facts
from tariffcalc.sources.countries import country_names

UNKNOWN = "not known"
NO_BREAK = "\u00a0"
_ID = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")
_ISO_DAY = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")

STATUSES: Mapping[str, str] = {
    "in_force": "",
    "void": "Held unlawful; it was collected at entry",
    "contested": "Contested in court",
    "scheduled": "Scheduled",
    "suspended": "Suspended",
    "paused": "Paused",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One measure's part of the duty, each member as it is read."""

    title: str
    place: str
    applied: str
    amount: str
    status: str
    why: str
    act: str
    url: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in which the rate was the same."""

    start: str
    last: str
    rate: str
    parts: tuple[str, ...]
    now: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A rate as the page shows it."""

    code: str
    headings: tuple[str, ...]
    origin: str
    day: str
    rate: str
    duty: str
    value: str
    resolved: bool
    prohibited: bool
    known: str
    unlawful: str
    parts: tuple[Part, ...]
    fees: tuple[Part, ...]
    not_applied: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    by_quantity: bool
    stretches: tuple[Stretch, ...]


def answer_of(rate: Rate, claim: str | None) -> Answer:
    """The rate in words."""
    titles = {key: one.title for key, one in read_schedule(rate.importer).measures.items()}
    return Answer(
        code=dotted(rate.product),
        headings=tuple(text.rstrip(":").strip() for text in rate.description.split(" > ")),
        origin=country_names().get(rate.origin, rate.origin),
        day=long_day(rate.date),
        rate=percent(rate.rate),
        duty=money(rate.duty),
        value=money(rate.value),
        resolved=rate.resolved,
        prohibited=rate.quote.prohibited,
        known=_known_part(rate),
        unlawful=_unlawful(rate),
        parts=tuple(_part(one) for one in rate.components),
        fees=tuple(_part(one) for one in rate.quote.fees),
        not_applied=tuple(
            (titles.get(one.measure, one.measure), told(named(one.why, titles))) for one in rate.quote.not_applied
        ),
        warnings=plain(rate),
        by_quantity=charged_by_quantity(rate) is not None,
        stretches=_stretches(rate, claim, titles),
    )


def percent(rate: float | None) -> str:
    """A fraction as people read it: 0.125 -> ``12.5%``."""
    if rate is None or rate != rate:  # noqa: PLR0124
        return UNKNOWN
    return f"{round(rate * 100, 4):.4f}".rstrip("0").rstrip(".") + "%"


def money(amount: Decimal | None) -> str:
    """Dollars and cents; nothing where there is none."""
    return "" if amount is None else f"${amount:,.2f}"


def short_money(amount: float) -> str:
    """A large amount of dollars in short: ``$3.77 bn``."""
    for size, name in ((1e12, "tn"), (1e9, "bn")):
        if abs(amount) >= size:
            return f"${amount / size:,.2f}{NO_BREAK}{name}"
    return f"${amount / 1e6:,.0f}{NO_BREAK}m"


def long_day(day: date) -> str:
    """``5 March 2025``."""
    return f"{day.day} {day:%B %Y}"


def month(period: str) -> str:
    """``2025-03`` -> ``Mar 2025``."""
    return f"{date.fromisoformat(f'{period}-01'):%b{NO_BREAK}%Y}"


def dotted(code: str) -> str:
    """A code as the tariff prints it: ``2709.00.20.10``."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:10]) if part)


def told(reason: str) -> str:
    """A reason as a sentence: days in words, percent without the blank."""
    text = _ISO_DAY.sub(lambda match: long_day(date.fromisoformat(match[0])), reason.replace(" %", "%"))
    return sentence(text)


def named(reason: str, titles: Mapping[str, str]) -> str:
    """A reason with the titles of measures in place of their ids."""
    return _ID.sub(lambda match: titles.get(match[0], match[0]), reason)


def plain(rate: Rate) -> tuple[str, ...]:
    """The warnings as sentences; the one about a missing quantity is told with the form's own words."""
    charged = charged_by_quantity(rate)
    said = [told(text) for text in rate.warnings if charged is None or "--quantity" not in text]
    if charged is not None:
        said.insert(0, f"The base duty, {charged[0]}, is charged by quantity and not by value.")
    return tuple(said)


def charged_by_quantity(rate: Rate) -> tuple[str, str] | None:
    """What a duty that is no share of value is called and the unit the tariff prints, where one is not known."""
    for part in rate.components:
        if part.applied_rate is None and part.printed:
            return part.printed, trade_facts.descriptions().get(rate.product, ("", "", ""))[2]
    return None


def _part(one: Component) -> Part:
    act = one.citation.title if one.citation else ""
    why = one.why.replace(f" ({act})", "") if act else one.why
    return Part(
        title=one.title,
        place=" · ".join(text for text in (one.authority, one.heading) if text),
        applied=percent(one.applied_rate),
        amount=money(one.duty),
        status=STATUSES.get(one.status, one.status),
        why=told(why),
        act=act,
        url=one.citation.url if one.citation else "",
    )


def _known_part(rate: Rate) -> str:
    """What is known of a rate of which a part is not."""
    if rate.additional_rate is None:
        return ""
    additional = [one.duty for one in rate.components if one.basis != "base"]
    paid = money(sum((part for part in additional if part is not None), Decimal(0))) if rate.value is not None else ""
    return f"Additional duties: {paid + ', ' if paid else ''}{percent(rate.additional_rate)} of customs value."


def _unlawful(rate: Rate) -> str:
    """How much of the duty was collected under measures held unlawful."""
    void = sum((one.duty for one in rate.components if one.status == "void" and one.duty), Decimal(0))
    if not void:
        return ""
    said = "All of it" if void == rate.duty else f"{money(void)} of it"
    return f"{said} falls under measures that were later held unlawful."


def sentence(text: str) -> str:
    """A text with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _stretches(rate: Rate, claim: str | None, titles: Mapping[str, str]) -> tuple[Stretch, ...]:
    """The rate through time, from the first day held on."""
    frame = history(rate.product, rate.origin, importer=rate.importer, claim=claim)
    found = []
    for (start, until), rows in frame.groupby(["segment_from", "segment_until"], sort=True):
        first, after = date.fromisoformat(str(start)), date.fromisoformat(str(until))
        parts = list(zip(rows["measure"].tolist(), rows["applied_rate"].tolist(), strict=True))
        found.append(
            Stretch(
                start=long_day(first),
                last=long_day(date.fromordinal(after.toordinal() - 1)),
                rate=percent(rows["total_rate"].iloc[0]),
                parts=tuple(f"{titles.get(name, name)}: {_known(applied)}" for name, applied in parts if applied != 0),
                now=first <= rate.date < after,
            )
        )
    return tuple(found)


def _known(applied: float | None) -> str:
    return "by quantity" if applied is None or pd.isna(applied) else percent(applied)
