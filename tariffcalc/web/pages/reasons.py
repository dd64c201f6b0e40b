"""Why a measure applies or not, in the reader's language: the words are the page's, what the law says stays English."""

from __future__ import annotations

from typing import assert_never

from markupsafe import Markup, escape

from tariffcalc.engine.reasons import (
    FactNotSaid,
    GivesWay,
    Names,
    NothingLeft,
    NothingToBiteOn,
    OnTheWater,
    OriginLeftOut,
    ProductExcepted,
    ProductNotInProgramme,
    Reason,
    Relieved,
    Stopped,
    by_act,
    told,
)
from tariffcalc.engine.shipment import Component
from tariffcalc.law.duty import AdValorem, Duty, Fee, TopUpTo
from tariffcalc.web.pages import locale, words
from tariffcalc.web.pages.locale import current, say

_ENGLISH = Markup('<span lang="en">{}</span>')


def applies(part: Component, english: str) -> Markup:
    """Why a part applies; ``english`` is that in English."""
    rate = _rate(part.form)
    if current().language == "en" or part.since is None or not rate:
        return _as_english(english)
    said = say("%(rate)s since %(day)s.", rate=rate, day=locale.long_day(part.since))
    return escape(said[:1].upper() + said[1:])


def authority(name: str) -> Markup:
    """The law that a measure rests on, where the page has its own word for it."""
    own = {"Base duty": say("Base duty"), "Customs user fee": say("Customs user fee")}
    return escape(own[name]) if name in own else _as_english(name)


def applies_not(reason: Reason, names: Names) -> Markup:
    """Why a measure does not apply; ``names`` are the titles of measures and the name of the origin."""
    if current().language == "en":
        return escape(words.told(told(reason, names)))
    said = _said(reason, names)
    return said[:1].upper() + said[1:] + "."


def _said(reason: Reason, names: Names) -> Markup:  # noqa: C901 (one case for each kind)
    """A reason in the language now; titles of lists, facts, measures and acts stay English."""
    match reason:
        case OriginLeftOut(origin):
            return escape(say("goods of this origin are not in it: %(origin)s", origin=names.get(origin, origin)))
        case ProductNotInProgramme():
            return escape(say("the programme does not cover the product"))
        case ProductExcepted(()):
            return escape(say("the product is excepted"))
        case ProductExcepted(lists):
            return _with(say("the product is excepted:"), ", ".join(lists))
        case FactNotSaid(fact):
            return _with(say("only for goods where this holds:"), fact.title)
        case Stopped(how, since, act):
            day = locale.long_day(since)
            return _by(
                say("ended on %(day)s", day=day) if how == "ended" else say("suspended since %(day)s", day=day), act
            )
        case OnTheWater(loaded, entered, act):
            days = {"loaded": locale.long_day(loaded), "entered": locale.long_day(entered)}
            return _by(say("loaded before %(loaded)s, entered before %(entered)s", **days), act)
        case Relieved(None, act):
            return _by(say("the product is on the list of exemptions"), act)
        case Relieved(fact, act):
            return _with(say("relieved:"), f"{fact} ({act})")
        case GivesWay(others):
            return _with(say("gives way to:"), ", ".join(by_act(*one, names) for one in others))
        case NothingToBiteOn():
            return escape(say("no part of the value is what the measure bites on"))
        case NothingLeft(after):
            return _with(say("nothing of the value is left after:"), ", ".join(names.get(one, one) for one in after))
    assert_never(reason)


def _with(said: str, english: str) -> Markup:
    """Words of the page, then words of the law."""
    return Markup("{} {}").format(said, _ENGLISH.format(words.in_words(english)))


def _by(said: str, act: str) -> Markup:
    """Words of the page, then the act in brackets."""
    return Markup("{} ({})").format(said, _ENGLISH.format(act))


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
