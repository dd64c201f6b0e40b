"""Why a measure that concerns a shipment's origin does not bite: one class for each kind of reason, and its English.

Who tells a reason in another language reads its fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import assert_never

from tariffcalc.law.schedule import Fact

Names = Mapping[str, str]
"""Measure -> title, and country -> name."""
NO_NAMES: Names = MappingProxyType({})


@dataclass(frozen=True)
class OriginLeftOut:
    """The measure is on most origins, and not on this one."""

    origin: str


@dataclass(frozen=True)
class ProductNotInProgramme:
    """A programme is claimed that does not cover the product."""


@dataclass(frozen=True)
class ProductExcepted:
    """The measure is on all of the origin's goods but those of these lists (none: codes one by one)."""

    lists: tuple[str, ...]


@dataclass(frozen=True)
class FactNotSaid:
    """The measure is for goods that meet a fact, and nobody says that these do.

    ``named``: it names the goods, rather than being on all of them, so that it is worth asking.
    """

    fact: Fact
    named: bool


@dataclass(frozen=True)
class Stopped:
    """The measure is ``ended`` or ``suspended``, by an act."""

    how: str
    since: date
    act: str


@dataclass(frozen=True)
class OnTheWater:
    """The goods were on their way when the measure began."""

    loaded_before: date
    entered_before: date
    act: str


@dataclass(frozen=True)
class Relieved:
    """An act frees the goods: because of a fact, by its title, or for the product alone."""

    fact: str | None
    act: str


@dataclass(frozen=True)
class GivesWay:
    """Other measures take the goods whole; each with the act that says so, where one does."""

    to: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NothingToBiteOn:
    """No part of the value is of the content that the measure is on."""


@dataclass(frozen=True)
class NothingLeft:
    """These measures, before it in order, leave no part of the value."""

    after: tuple[str, ...]


Reason = (
    OriginLeftOut
    | ProductNotInProgramme
    | ProductExcepted
    | FactNotSaid
    | Stopped
    | OnTheWater
    | Relieved
    | GivesWay
    | NothingToBiteOn
    | NothingLeft
)


def told(reason: Reason, names: Names = NO_NAMES) -> str:  # noqa: C901 (one case for each kind)
    """A reason in English; measures by id, unless ``names`` has their titles."""
    match reason:
        case OriginLeftOut(origin):
            return f"goods of {names.get(origin, 'this origin')} are not in it"
        case ProductNotInProgramme():
            return "the programme does not cover the product"
        case ProductExcepted(lists):
            return f"the product is excepted: {' and '.join(lists)}" if lists else "the product is excepted"
        case FactNotSaid(fact):
            return f"only for goods where this holds: {fact.title}{if_so(fact.name)}"
        case Stopped(how, since, act):
            return f"{how} since {since} ({act})"
        case OnTheWater(loaded, entered, act):
            return f"loaded before {loaded} and entered before {entered} ({act})"
        case Relieved(title, act):
            return f"relieved: {title or 'the product is on the list of exemptions'} ({act})"
        case GivesWay(others):
            return f"yields to {', '.join(by_act(*one, names) for one in others)}"
        case NothingToBiteOn():
            return "no part of the value is what the measure bites on"
        case NothingLeft(after):
            return f"nothing of the value is left after {', '.join(names.get(one, one) for one in after)}"
    assert_never(reason)


def by_act(measure: str, act: str, names: Names = NO_NAMES) -> str:
    """A measure with the act that puts it before another."""
    return names.get(measure, measure) + (f" ({act})" if act else "")


def if_so(fact: str) -> str:
    """How to say that a fact holds, on the command line and over HTTP alike."""
    return f" (if so, give the fact {fact})"
