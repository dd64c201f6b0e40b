"""The parts of value that a duty rests on, such as steel: a box for each, in percent, and what is taken without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from werkzeug.datastructures import MultiDict

from tariffcalc.law.schedule import Schedule
from tariffcalc.rates import Rate
from tariffcalc.web.pages.locale import number_of, percent, say
from tariffcalc.web.pages.question import SHARE

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Box:
    """A content's box: its name in the form, what the content is called, what was typed, what is taken without."""

    name: str
    title: str
    text: str
    taken: str


@dataclass
class Shares:
    """What is said of contents: percent as it is typed or shown, the API's own ``steel=0.3``, what is wrong with it."""

    percents: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fault: str = ""


def shares_of(args: MultiDict[str, str]) -> Shares:
    """The shares in an address: from boxes in percent, or as the API takes them; a box comes first."""
    boxed = {key.removeprefix(SHARE): text.strip() for key, text in args.items() if key.startswith(SHARE)}
    found = Shares({name: text for name, text in boxed.items() if text})
    for name, text in found.percents.items():
        share = _fraction(text)
        if share is None:
            found.fault = found.fault or say("“%(text)s” is not a percentage: write 0 to 100.", text=text)
        else:
            found.asked.append(f"{name}={share}")
    for pair in args.getlist("share"):
        name, _, text = pair.partition("=")
        if name not in found.percents and pair.strip():
            found.asked.append(pair)
            found.percents[name] = _percent(text)
    return found


def boxes(law: Schedule, typed: Mapping[str, str], rested: Mapping[str, float]) -> list[Box]:
    """The boxes to offer: of the contents that a duty rests on, and of those that were given."""
    names = [name for name in dict.fromkeys([*rested, *typed]) if name in law.contents]
    return [
        Box(
            SHARE + name,
            title(name, law.contents[name].title),
            typed.get(name, ""),
            percent(round(rested[name], 4)) if name not in typed and 0 <= rested[name] < 1 else "",
        )
        for name in names
    ]


def contents_of(rate: Rate) -> dict[str, float]:
    """The contents that a duty rests on, each with its share of value."""
    return {name: share for one in rate.components for name, share in one.contents.items()}


def title(name: str, title: str) -> str:
    """What a content is called."""
    told = {
        "steel": say("Steel content"),
        "aluminum": say("Aluminum content"),
        "copper": say("Copper content"),
        "us_content": say("US content"),
    }
    return told.get(name, title)


def _fraction(text: str) -> str | None:
    """A percentage as a fraction, in digits; None where it is none."""
    try:
        number = Decimal(number_of(text.replace("%", "").strip()))
    except InvalidOperation:
        return None
    return f"{number / _HUNDRED:f}" if number.is_finite() and 0 <= number <= _HUNDRED else None


def _percent(text: str) -> str:
    """A fraction as a percentage to be shown in its box; what is none stays as it is."""
    try:
        return f"{float(text) * 100:.6g}"
    except ValueError:
        return text
