"""Why a measure applies or not, in the reader's language: the words are the page's, what the law says stays English.

The engine words its reasons in English. In that language they stand as they are; in the others those that have a known
form are told anew, with the titles of acts, lists and measures in them marked as English.
"""

from __future__ import annotations

import re
from datetime import date

from markupsafe import Markup, escape

from tariffcalc.engine.shipment import Component
from tariffcalc.law.duty import AdValorem, Duty, Fee, TopUpTo
from tariffcalc.web.pages import locale, words
from tariffcalc.web.pages.locale import current, say

_DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_SINCE = re.compile(rf" since {_DAY}")
_ENDED = re.compile(rf"(ended|suspended) since {_DAY}(?: \((.*)\))?")
_ENGLISH = Markup('<span lang="en">{}</span>')


def applies(part: Component, english: str) -> Markup:
    """Why a part applies; ``english`` is that in English."""
    found = _SINCE.search(part.why)
    rate = _rate(part.form)
    if current().language == "en" or found is None or not rate:
        return _as_english(english)
    told = say("%(rate)s since %(day)s.", rate=rate, day=locale.long_day(date.fromisoformat(found[1])))
    return escape(told[:1].upper() + told[1:])


def authority(name: str) -> Markup:
    """The law that a measure rests on, where the page has its own word for it."""
    own = {"Base duty": say("Base duty"), "Customs user fee": say("Customs user fee")}
    return escape(own[name]) if name in own else _as_english(name)


def applies_not(why: str, english: str, origin: str) -> Markup:
    """Why a measure does not apply; ``why`` is the reason with titles in place of ids, ``origin`` a country's name."""
    told = Markup() if current().language == "en" else _told(why, origin)
    return told[:1].upper() + told[1:] + "." if told else _as_english(english)


def _told(why: str, origin: str) -> Markup:
    """A reason of a known form, told anew; nothing for others."""
    if ended := _ENDED.fullmatch(why):
        day = locale.long_day(date.fromisoformat(ended[2]))
        told = {"ended": say("ended on %(day)s", day=day), "suspended": say("suspended since %(day)s", day=day)}
        act = Markup(" ({})").format(_ENGLISH.format(ended[3])) if ended[3] else Markup()
        return escape(told[ended[1]]) + act
    if why == "goods of this origin are not in it":
        return escape(say("goods of this origin are not in it: %(origin)s", origin=origin))
    kinds = {
        "yields to ": say("gives way to:"),
        "relieved: ": say("relieved:"),
        "the product is excepted: ": say("the product is excepted:"),
        "only for goods where this holds: ": say("only for goods where this holds:"),
    }
    for begins, words_of in kinds.items():
        if why.startswith(begins):
            return Markup("{} {}").format(words_of, _ENGLISH.format(words.told(why.removeprefix(begins)).rstrip(".")))
    return Markup()


def _rate(form: Duty | None) -> str:
    """A duty or fee in the language now; nothing where the law's own text is the only one."""
    if isinstance(form, AdValorem):
        return locale.percent(form.rate)
    if isinstance(form, TopUpTo):
        return say("up to %(rate)s in total, base duty included", rate=locale.percent(form.total))
    if not isinstance(form, Fee):
        return ""
    told = [locale.percent(form.ad_valorem)]
    if form.minimum:
        told.append(say("at least %(amount)s", amount=locale.money(form.minimum)))
    if form.maximum is not None:
        told.append(say("at most %(amount)s", amount=locale.money(form.maximum)))
    return ", ".join(told)


def _as_english(text: str) -> Markup:
    return escape(text) if current().language == "en" else _ENGLISH.format(text)
