"""What a measure says, in words: its rate and standing on a day, what it covers, whom it gives way to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from tariffcalc.errors import UnknownProductError
from tariffcalc.law.codes import CodeSet
from tariffcalc.law.dates import ALWAYS, Step
from tariffcalc.law.duty import FromTable, NotApplied
from tariffcalc.law.measure import IN_FORCE, Measure, Rate, Relief
from tariffcalc.law.schedule import Schedule
from tariffcalc.originrates import rate_for
from tariffcalc.shipments import product_of
from tariffcalc.sources.countries import country_names
from tariffcalc.web.pages.words import dotted, long_day

MOST_SHOWN = 300
"""Codes of a list, or rows of a table, that a page shows."""

BASES: Mapping[str, str] = {
    "base": "Base duty",
    "additional": "Additional duty",
    "fee": "Customs fee",
    "prohibition": "Import ban",
}
STANDINGS: Mapping[str, str] = {
    "void": "held unlawful",
    "contested": "contested in court",
    "scheduled": "scheduled",
    "suspended": "suspended",
    "paused": "paused",
    IN_FORCE: "in force",
}
CONFIDENCES: Mapping[str, str] = {
    "verified_primary": "Rate, heading and scope were read in the legal text.",
    "verified_secondary": "Rate, heading and scope were read in a source that quotes the legal text.",
    "partly": "Part of the rate, heading and scope was read in the legal text or a source that quotes it.",
    "unverified": "Rate, heading and scope have not been checked against the legal text.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a measure is on a day: its rate (empty where it does not apply), in words, and ``kind`` for the eye.

    ``kind`` is one of ``on``, ``void``, ``coming``, ``paused``, ``over``.
    """

    rate: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Members:
    """What a part of a scope names: in a phrase, and the members of each list by its name.

    A member is a code, empty where it has no page, and its words.
    """

    phrase: str
    lists: tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...] = ()


def standing(one: Measure, day: date, origin: str | None = None) -> Standing:
    """What the measure is on a day; to goods of one origin, if it is asked for."""
    rate, step = one.rate_at(day), one.rates.at(day)
    if origin is not None and rate is not None:
        rate = rate_for(one, origin, day) or rate
    if rate is not None:
        status = one.status_at(day)
        if status == "void":
            return Standing(rate_words(rate), "held unlawful", "void")
        return Standing(rate_words(rate), STANDINGS.get(status, status), "on")
    later = next((s for s in one.rates.standing if s.start > day and s.value.applies), None)
    if later is not None:
        said = f"from {day_words(later.start)}"
        return Standing("", f"paused, again {said}" if _began(step) else f"begins {day_words(later.start)}", "coming")
    if step is None:
        return Standing("", "never in force", "over")
    over = str(step.value.duty) == "ended"
    return Standing("", f"{'ended' if over else 'suspended'} {day_words(step.start)}", "over" if over else "paused")


def _began(step: Step[Rate] | None) -> bool:
    return step is not None and isinstance(step.value.duty, NotApplied)


def rate_words(rate: Rate) -> str:
    """A rate as a person reads it: ``25%``, ``by tariff line``, ``paused``."""
    if isinstance(rate.duty, FromTable):
        said = "by country" if rate.duty.table.origins else "by tariff line"
    else:
        said = {"suspended": "paused", "ended": "ended"}.get(str(rate.duty), str(rate.duty).replace(" %", "%"))
    return said + (f" of the {plain_name(rate.content)}" if rate.content else "")


def day_words(day: date) -> str:
    """A day; what has no beginning is ``the beginning``."""
    return "the beginning" if day == ALWAYS else long_day(day)


def plain_name(name: str) -> str:
    """A name of ours as words: ``non_us`` is ``non us``."""
    return name.replace("_", " ").replace("-", " ")


def countries(codes: CodeSet, day: date) -> Members:
    """The countries that a set names on a day."""
    names = country_names()
    return _members(
        codes, day, ("All countries", "No country"), lambda code: names.get(code, code), "countries", lambda _: False
    )


def goods(codes: CodeSet, day: date) -> Members:
    """The products that a set names on a day."""
    return _members(codes, day, ("All products", "No product"), dotted, "codes", has_page)


def has_page(code: str) -> bool:
    """Whether a product has a page: the tariff has a line of this code or below it."""
    try:
        product_of(product_of(code))  # a heading may stand for a line that is in no edition held
    except UnknownProductError:
        return False
    return True


def _members(
    codes: CodeSet,
    day: date,
    whole: tuple[str, str],
    said: Callable[[str], str],
    unit: str,
    has_page: Callable[[str], bool],
) -> Members:
    if codes.everything:
        return Members(whole[0])
    lists = []
    for one in codes.lists:
        held = sorted(one.codes_on(day)) or sorted(set().union(*(block.codes for block in one.blocks)))
        lists.append((one.name, len(held), tuple((code * has_page(code), said(code)) for code in held[:MOST_SHOWN])))
    phrases = [", ".join(said(code) for code in sorted(codes.codes))] if codes.codes else []
    phrases += [f"{number} {unit} of the list {name}" for name, number, _ in lists]
    return Members("; ".join(phrases) or whole[1], tuple(lists))


def relief_words(law: Schedule, relief: Relief | None, day: date) -> str:
    """What a relief frees, and for which goods."""
    if relief is None:
        return "The relief ends."
    share = "" if (relief.minimum, relief.maximum) == (0.0, 1.0) else _bounds(relief)
    said = (
        "Frees the whole article"
        if relief.whole
        else f"Frees this part of the value: {content_of(law, relief.relieves)}{share}"
    )
    goods_named, places = relief.scope.products, relief.scope.origins
    if not goods_named.everything:
        said += f"; products: {goods(goods_named, day).phrase}"
    if not relief.scope.except_products.empty:
        said += f"; not for: {goods(relief.scope.except_products, day).phrase}"
    if not places.everything:
        said += f"; countries: {countries(places, day).phrase}"
    return f"{said}{_asked(law, relief.fact)}"


def content_of(law: Schedule, name: str) -> str:
    """What a part of an article's value is called."""
    return law.contents[name].title if name in law.contents else plain_name(name)


def _bounds(relief: Relief) -> str:
    return f", counted as at least {relief.minimum:.0%} and at most {relief.maximum:.0%} of the value"


def _asked(law: Schedule, fact: str | None) -> str:
    """The question that a relief turns on."""
    question = question_of(law, fact)
    return "." if question is None else f". It turns on this: {question}"


def question_of(law: Schedule, fact: str | None) -> str | None:
    """The fact that a measure or a relief turns on, as it is asked."""
    return None if fact is None else law.facts[fact].question or law.facts[fact].title


def comes_after(law: Schedule, one: Measure, day: date) -> tuple[list[Measure], list[Measure]]:
    """The measures in force on a day that give way to this one: wholly, and for the value that it covers."""
    order = law.precedence(day)
    found = []
    for edges in (order.yields_whole_to, order.yields_to):
        later = (law.measures[key] for key, others in edges.items() if one.id in others)
        found.append([each for each in later if each.rate_at(day) is not None])
    return found[0], found[1]
