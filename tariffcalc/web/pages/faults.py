"""What is wrong with an entry, in the reader's language, said beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from tariffcalc.sources.countries import is_union
from tariffcalc.web.api.parser import entries_of
from tariffcalc.web.pages.locale import say
from tariffcalc.web.pages.places import near_origins
from tariffcalc.web.pages.question import QUERY
from tariffcalc.web.pages.words import sentence


def faults_of(error: ValidationError, given: Mapping[str, str]) -> dict[str, str]:
    """For each entry at fault the first thing that is wrong with it; ``given`` are the entries that were filled."""
    found: dict[str, str] = {}
    for name, one in _placed(error):
        found.setdefault(name, missing(name) if name not in given else said(name, one, given[name]))
    return found


def missing(name: str) -> str:
    """What to enter where nothing was."""
    words = {
        "product": say("Enter a code of the tariff, or a few words such as “front-end loader”."),
        "origin": say("Enter the country where the product was made."),
        "date": say("Enter the day of entry: the rate depends on it."),
    }
    return words.get(name, say("Fill this in."))


def said(name: str, one: Mapping[str, Any], text: str) -> str:
    """One fault in words; a kind that has no words of its own here is told as the API tells it."""
    names = {"text": text}
    kinds = {
        "unknown-product": say("No product has the code “%(text)s” in any edition of the tariff held.", **names),
        "product-not-digits": say("“%(text)s” is not a code: write 2, 4, 6, 8 or 10 digits, or words.", **names),
        "unknown-country": _country(text),
        "bad-date": say("“%(text)s” is not a day: write it as 2025-03-05.", **names),
        "bad-value": say("“%(text)s” is not an amount of money: write it as 10000.00.", **names),
        "negative": say("This cannot be negative."),
        "not-a-number": say("“%(text)s” is not a number: write it as 500 or 12.5.", **names),
        "bad-quantity": say("“%(text)s” is not a quantity: write it as 500 or 12.5.", **names),
        "bad-share": say("Each part is 0 to 100 percent of the value, and metals are at most 100 together."),
    }
    if one["code"] in kinds:
        return kinds[one["code"]]
    if name in ("claim", "mode", "importer"):
        return say("“%(text)s” is none of the choices.", **names)
    return " ".join(sentence(one[key]) for key in ("message", "hint") if key in one)


def _country(text: str) -> str:
    near = near_origins(text)
    told = say("No country is called “%(text)s”.", text=text)
    if is_union(text):
        return say("The European Union is no country of origin: enter the member country, such as Germany.")
    if not near:
        return told
    names = say(" or ").join(near)
    asked = say("Did you mean %(names)s?", names=names)
    return f"{told} {asked}"


def _placed(error: ValidationError) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in entries_of(error.messages, QUERY):
        yield re.split(r"[\[.]", one.get("path", "product"))[0], one
