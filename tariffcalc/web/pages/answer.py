"""An answer as the page lays it out: the duty, its parts, what does not apply, what changes next, what it is beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup, escape

from tariffcalc.engine.reasons import Names, Reason, told
from tariffcalc.engine.shipment import Component
from tariffcalc.estimate import read_schedule
from tariffcalc.history import Stretch
from tariffcalc.law.duty import Fee
from tariffcalc.rates import Rate
from tariffcalc.web.pages import reasons, timeline, words
from tariffcalc.web.pages.compare import Other, other_origins, with_and_without
from tariffcalc.web.pages.locale import say
from tariffcalc.web.pages.places import origin_name
from tariffcalc.web.pages.question import Question


@dataclass(frozen=True, slots=True)
class Part:
    """One measure's part of the duty, each member as it is read."""

    measure: str
    title: str
    place: Markup
    applied: str
    share: str
    amount: str
    status: str
    why: Markup
    act: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A rate as the page shows it."""

    rate: Rate
    code: str
    headings: tuple[str, ...]
    origin: str
    parts: tuple[Part, ...]
    fees: tuple[Part, ...]
    fees_total: str
    landed: str
    known: str
    unlawful: str
    not_applied: tuple[tuple[str, Markup], ...]
    names: Names
    """The titles of measures, by id, and the name of the origin, by code."""
    warnings: tuple[str, ...]
    by_quantity: str
    """The duty that needs a quantity, as the tariff prints it."""
    averaged: bool
    """Whether what stands around the answer takes that duty at its average share of value: only a base duty has one."""
    through: tuple[Stretch, ...]
    moves: tuple[timeline.Move, ...]
    claims: tuple[Other, ...]
    origins: tuple[Other, ...]

    @property
    def first(self) -> float | None:
        """The rate with which the timeline begins."""
        return timeline.whole(self.through[0].quote)

    @property
    def next_moves(self) -> list[timeline.Move]:
        """The moves of the whole rate that come after the day of entry; one measure in place of another is none."""
        later = (one for one in self.moves if one.day > self.rate.date)
        return [one for one in later if one.before is None or one.before != one.after or one.prohibited]

    @property
    def incomplete(self) -> bool:
        """Whether some of the law for these goods is not held."""
        return read_schedule(self.rate.importer).incomplete_note in self.rate.warnings

    @property
    def least_fee(self) -> bool:
        """Whether a fee is the least that an entry pays, which small informal entries may not."""
        return any(
            isinstance(one.form, Fee) and one.duty is not None and float(one.duty) == one.form.minimum > 0
            for one in self.rate.quote.fees
        )

    def reason(self, why: Reason) -> str:
        """Why a measure no longer applies, with titles in place of ids."""
        return words.in_words(told(why, self.names))

    @property
    def highest(self) -> float:
        """The highest rate among the origins, for bars."""
        return max([one.fraction or 0.0 for one in self.origins], default=0.0) or 1.0

    @property
    def known_until(self) -> date:
        """How far the law is known."""
        return read_schedule(self.rate.importer).law_known_until


def answer_of(question: Question, rate: Rate) -> Answer:
    """The rate in words, with what stands around it."""
    origin = origin_name(rate.origin)
    names = {rate.origin: origin} | {key: one.title for key, one in read_schedule(rate.importer).measures.items()}
    charged = words.charged_by_quantity(rate)
    averaged = any(one.basis == "base" and one.applied_rate is None and one.printed for one in rate.components)
    around = question.averaged() if averaged else question
    through = around.through_time()
    return Answer(
        rate=rate,
        code=words.dotted(rate.product),
        headings=words.headings(rate.description),
        origin=origin,
        parts=tuple(_part(one) for one in rate.components),
        fees=tuple(_part(one) for one in rate.quote.fees),
        fees_total=words.money(_sum(rate.quote.fees)),
        landed=_landed(rate),
        known=_known_part(rate),
        unlawful=_unlawful(rate),
        not_applied=tuple(
            (names.get(one.measure, one.measure), reasons.applies_not(one.reason, names))
            for one in rate.quote.not_applied
        ),
        names=names,
        warnings=words.plain(rate),
        by_quantity=charged[0] if charged else "",
        averaged=averaged,
        through=tuple(timeline.shown(through, rate.date, question.law.law_known_until)),
        moves=tuple(timeline.moves(through)),
        claims=tuple(with_and_without(around)),
        origins=tuple(other_origins(around)),
    )


def _part(one: Component) -> Part:
    return Part(
        measure=one.measure,
        title=one.title,
        place=Markup(" · ").join(text for text in (reasons.authority(one.authority), escape(one.heading)) if text),
        applied=words.percent(one.applied_rate) if one.applied_rate is not None else one.printed,
        share=words.percent(one.share) if one.share is not None and one.share < 1 else "",
        amount=words.money(one.duty),
        status=words.status(one.status),
        why=reasons.applies(one, words.why(one)),
        act=one.citation.title if one.citation else "",
        url=one.citation.url if one.citation else "",
    )


def _sum(parts: tuple[Component, ...]) -> Decimal | None:
    """The amounts together; None where one is not known."""
    amounts = [one.duty for one in parts]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def _landed(rate: Rate) -> str:
    """Duty and fees together, where both are known."""
    fees = _sum(rate.quote.fees)
    return words.money(rate.duty + fees) if rate.duty is not None and fees is not None else ""


def _known_part(rate: Rate) -> str:
    """What is known of a rate of which a part is not."""
    if rate.additional_rate is None or rate.resolved or rate.quote.prohibited:
        return ""
    additional = [one.duty for one in rate.components if one.basis != "base"]
    shown = words.percent(rate.additional_rate)
    if rate.value is None:
        return say("Additional duties: %(rate)s of customs value.", rate=shown)
    paid = words.money(sum((part for part in additional if part is not None), Decimal(0)))
    return say("Additional duties: %(paid)s, %(rate)s of customs value.", paid=paid, rate=shown)


def _unlawful(rate: Rate) -> str:
    """How much of the duty was collected under measures held unlawful."""
    void = [one for one in rate.components if one.status == "void" and one.applied_rate]
    if not void:
        return ""
    rates = sum(one.applied_rate or 0.0 for one in void)
    if rate.rate is not None and abs(rates - rate.rate) < 1e-9:
        return say("All of it falls under measures that were later held unlawful.")
    amount = _sum(tuple(void))
    if amount is None:
        return say(
            "%(rate)s of customs value falls under measures that were later held unlawful.", rate=words.percent(rates)
        )
    return say("%(part)s of it falls under measures that were later held unlawful.", part=words.money(amount))
