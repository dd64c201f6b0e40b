"""Numbers, days and reasons in words, in the reader's language."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from tariffcalc.engine.quote import NO_BASE
from tariffcalc.engine.shipment import Component
from tariffcalc.estimate import read_schedule
from tariffcalc.rates import Rate
from tariffcalc.sources import trade_facts
from tariffcalc.web.pages import locale
from tariffcalc.web.pages.locale import current, say

UNKNOWN = "not known"
_NEEDS = re.compile(r"--(quantity|ave)\b")
_SHARE = re.compile(r"\bgive share \w+=")
NO_BREAK = "\u00a0"
_IF_SO = re.compile(r" \(if so, give the fact \w+\)")
"""How a fact is given on the command line and over HTTP: the form of the page does not ask for facts."""
_ISO_DAY = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")

long_day = locale.long_day


def percent(rate: float | None) -> str:
    """A fraction as people read it: 0.125 -> ``12.5%``."""
    if rate is None or rate != rate:  # noqa: PLR0124
        return say("not known")
    return locale.percent(rate)


def money(amount: Decimal | float | None) -> str:
    """Dollars and cents; nothing where there is none."""
    return "" if amount is None else locale.money(amount)


def short_money(amount: float) -> str:
    """A large amount of dollars in short: ``$3.77 bn``."""
    if current().language != "en":
        return locale.short_money(amount)
    for size, name in ((1e12, "tn"), (1e9, "bn")):
        if abs(amount) >= size:
            return f"${amount / size:,.2f}{NO_BREAK}{name}"
    if 0 < abs(amount) < 1e6:
        return f"${amount:,.0f}"
    return f"${amount / 1e6:,.0f}{NO_BREAK}m"


def month(period: str) -> str:
    """``2025-03`` -> ``Mar 2025``."""
    return locale.month(date.fromisoformat(f"{period}-01"))


def dotted(code: str) -> str:
    """A code as the tariff prints it: ``2709.00.20.10``."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:10]) if part)


def headings(description: str) -> tuple[str, ...]:
    """The path of headings down to a line, each without its colon."""
    return tuple(text.rstrip(":").strip() for text in description.split(" > "))


def sentence(text: str) -> str:
    """A text with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def told(reason: str) -> str:
    """A reason of the law, in English, as a sentence: days in words, percent without the blank."""
    return sentence(in_words(reason))


def in_words(reason: str) -> str:
    """The same as a part of a sentence."""
    told_alike = _IF_SO.sub("", reason).replace(" %", "%")
    return _ISO_DAY.sub(lambda match: _english_day(date.fromisoformat(match[0])), told_alike)


def status(name: str) -> str:
    """The standing of a duty in law, in words; nothing where it is simply in force."""
    words = {
        "in_force": "",
        "void": say("Held unlawful by the courts; it was collected at entry"),
        "contested": say("Contested in court; it is collected meanwhile"),
        "scheduled": say("Scheduled: not in force yet"),
        "suspended": say("Suspended"),
        "paused": say("Paused"),
    }
    return words.get(name, name)


def plain(rate: Rate) -> tuple[str, ...]:
    """The warnings as sentences, without those that the page tells itself: of a quantity, a share, what is not held."""
    charged = charged_by_quantity(rate)
    law = read_schedule(rate.importer)
    shown = {law.incomplete_note, *(() if law.has_base else (NO_BASE, law.base_note))}
    kept = [text for text in rate.warnings if text not in shown and not _SHARE.search(text)]
    return tuple(told(text) for text in kept if charged is None or not _NEEDS.search(text))


def charged_by_quantity(rate: Rate) -> tuple[str, str] | None:
    """What a duty that is no share of value is called and the unit the tariff prints, where one is not known."""
    for part in rate.components:
        if part.applied_rate is None and part.printed:
            return part.printed, trade_facts.descriptions().get(rate.product, ("", "", ""))[2]
    return None


def why(part: Component) -> str:
    """Why a part applies, without the act, which is told beside it."""
    act = f" ({part.citation.title})" if part.citation else ""
    return told(part.why.replace(act, "") if act else part.why)


def _english_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
