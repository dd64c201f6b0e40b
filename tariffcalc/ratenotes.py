"""What a reader must know of one rate, in plain words: which line it is for, what cannot be claimed, what is asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tariffcalc.engine.lanes import NATIONAL
from tariffcalc.engine.lookup import DIGITS
from tariffcalc.engine.quote import quote
from tariffcalc.engine.reasons import if_so
from tariffcalc.engine.shares import stated_content
from tariffcalc.engine.shipment import Quote, Shipment
from tariffcalc.law.duty import percent
from tariffcalc.law.scenario import Assumptions
from tariffcalc.law.schedule import Schedule
from tariffcalc.shipments import Contents, Facts
from tariffcalc.sources import trade_facts
from tariffcalc.sources.trade_facts import HS_DIGITS

NEW_SUFFIX = "the statistical suffix is in no edition held: the rates are those of its eight-digit line"

NOT_LISTED = "the rates are what measures say of this code and of those above it"

MOST_LINES = 200
"""How many lines below a short code are looked at to see whether they are treated alike."""


def notes(law: Schedule, shipment: Shipment, made: Quote, given: str) -> list[str]:
    """The warnings of a quote; ``given`` is the code as asked for."""
    said = [*_code_notes(law.importer, given), *_other_lines(law, shipment, made, given)]
    said += [*_closed(law, shipment), *made.warnings, *_assumed(law, shipment, made), *_asked(law, shipment, made)]
    said += law.caveats([shipment.origin], shipment.day, shipment.day, "what came later is not in this answer")
    return [*said, *_before(law, shipment)]


def _before(law: Schedule, shipment: Shipment) -> list[str]:
    """That duties of before the first additional duty held are missing, for goods entered before it."""
    if shipment.day >= law.base_known_from:
        return []
    starts = (one.rates.starts for one in law.measures.values() if one.basis not in ("base", "fee"))
    first = min((day for days in starts for day in days), default=shipment.day)
    return [f"additional duties are held from {first} on, none of before"] if shipment.day < first else []


def assumed(law: Schedule, shipment: Shipment, made: Quote) -> dict[str, float]:
    """The contents that a duty rests on and that nobody has stated, each with the share of value it is taken as.

    A content that is the whole value is none: it is not an average of differing goods.
    """
    settled = law.scenario.assumptions if law.scenario else Assumptions()
    stated = shipment.contents.stated if isinstance(shipment.contents, Contents) else shipment.contents
    found = {name: share for one in made.components for name, share in one.contents.items()}
    return {
        name: share
        for name, share in found.items()
        if 0 <= share < 1 and name not in stated and not stated_content(law.contents[name], settled)
    }


def _assumed(law: Schedule, shipment: Shipment, made: Quote) -> list[str]:
    """How large each content is taken to be, and how to say what it is."""
    said = []
    for name, share in assumed(law, shipment, made).items():
        one = law.contents[name]
        why = "where nothing is said" if one.shares is None else "an average of such goods"
        title = one.title if one.title[1:2].isupper() else one.title[:1].lower() + one.title[1:]
        told = f"the {title} is taken as {share:.2%} of the value, {why}"
        said.append(told + give_share(name))
    return said


def give_share(name: str) -> str:
    """How to say how large a content is, on the command line and over HTTP alike."""
    return f" (if you know better, give share {name}=0.5 or the like)"


def _stated(shipment: Shipment) -> dict[str, bool]:
    """The facts that somebody said hold or do not, apart from what is usual for the product."""
    facts = shipment.facts
    return dict(facts.stated if isinstance(facts, Facts) else facts)


def _closed(law: Schedule, shipment: Shipment) -> list[str]:
    """The programmes that are claimed for goods of an origin to which they are not open."""
    claimed = [law.facts[name] for name, holds in _stated(shipment).items() if holds]
    return [
        f"the programme {one.title.removesuffix(' claimed')} is not open to goods of {shipment.origin}"
        for one in claimed
        if one.kind == "programme" and not law.open_to(one.name, shipment.origin, shipment.day)
    ]


def _asked(law: Schedule, shipment: Shipment, made: Quote) -> list[str]:
    """How much more the goods would pay if a fact held of which nobody has said whether it does: one line a fact."""
    stated, said = _stated(shipment), []
    for name in dict.fromkeys(one.asks for one in made.not_applied if one.asks and one.asks not in stated):
        facts = Facts(law, shipment.product, {**stated, name: True})
        more = _additional(quote(law, replace(shipment, facts=facts))) - _additional(made)
        if more > 0:
            fact = law.facts[name]
            said.append(f"{percent(more)} more if {fact.title} holds: {fact.question}{if_so(name)}")
    return said


def _additional(made: Quote) -> float:
    """The additional rates together, as far as they are known."""
    return sum(one.applied_rate or 0.0 for one in made.components if one.basis != "base")


def _other_lines(law: Schedule, shipment: Shipment, made: Quote, given: str) -> list[str]:
    """For a code of fewer than ten digits: whether the lines below it are treated alike."""
    if len(given) == 10:
        return []
    lines = trade_facts.lines_below(given, law.importer)[:MOST_LINES]
    quotes = [quote(law, _as_line(law, shipment, line)) for line in lines]
    spans = [
        f"{kind} rates {_span(rates)}"
        for kind in ("base", "additional")
        if len(rates := {getattr(one, f"{kind}_rate") for one in (made, *quotes)}) > 1
    ]
    if not spans:
        return []
    held = trade_facts.line_digits(law.importer)
    which = "first" if trade_facts.read_trade(law.importer) is None else "most traded"
    count = f"{len(lines)} lines{' and more' if len(lines) == MOST_LINES else ''}"
    said = (
        f"{given} has {count} below it with {' and '.join(spans)}; this answer is for the {which}, "
        f"{shipment.product[:held]}: give {'ten' if held == DIGITS else held} digits to be sure"
    )
    return [said]


def _span(rates: Collection[float | None]) -> str:
    """From the least to the most of different rates, and whether all are known."""
    known = [rate for rate in rates if rate is not None]
    said = [f"of {min(known):.1%} to {max(known):.1%}"] if len(known) > 1 else []
    return " or ".join([*said, *(["that are not known for some"] if None in rates else [])])


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
