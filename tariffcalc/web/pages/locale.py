"""The reader's language: which one, and how numbers and days are written and read in it.

Only the exporter's page is translated; every other page and the API speak English. What law says stays in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, gettext  # type: ignore[import-untyped]

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "es": "Español"}
TRANSLATED = frozenset({"pages", "rate_charts"})
"""The blueprints whose answers speak every language."""

_ENGLISH = Locale("en")
_DAYS = {"en": "d MMMM y", "fr": "d MMMM y", "es": "d 'de' MMMM 'de' y"}
_GROUP = {"en": ",", "fr": ".", "es": "."}
_BLANKS = re.compile(r"[\s\u00a0\u202f$]|US")


def register_locale(app: Flask) -> None:
    """Let pages be told in the reader's language; templates get ``language`` and ``languages``."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "pages/translations")
    Babel(app, locale_selector=chosen)
    app.context_processor(lambda: {"language": current().language, "languages": LANGUAGES})


def chosen() -> str:
    """The language of a request: what the address asks for, else what the browser prefers, else English."""
    if request.blueprint not in TRANSLATED:
        return "en"
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "en"


def current() -> Locale:
    """The language now; English outside of a request."""
    return (get_locale() if has_request_context() else None) or _ENGLISH


def say(text: str, /, **names: object) -> str:
    """A text of ours in the language now."""
    if has_request_context():
        return str(gettext(text, **names))
    return text % names if names else text


def percent(fraction: float) -> str:
    """``0.125`` as ``12.5%`` or ``12,5 %``; up to four decimals."""
    form = str(current().percent_formats[None].pattern).replace("0", "0.####")
    return format_percent(round(fraction, 6), form, current())


def money(amount: Decimal | float) -> str:
    """Dollars and cents."""
    return format_currency(amount, "USD", locale=current())


def short_money(amount: float) -> str:
    """A large amount in millions, as ``3 772 M $US``; a small one whole."""
    large = abs(amount) >= 1e6
    number = format_decimal(round(amount / 1e6) if large else round(amount), locale=current())
    return "\u00a0".join([number, *(["M"] if large else []), get_currency_symbol("USD", current())])


def long_day(day: date) -> str:
    """``5 March 2025``, ``5 mars 2025``, ``5 de marzo de 2025``."""
    told = format_date(day, _DAYS[current().language], current())
    return f"1er{told[1:]}" if day.day == 1 and current().language == "fr" else told


def month(day: date) -> str:
    """``Mar 2025``."""
    return format_date(day, "MMM\u00a0y", current())


def number_of(text: str) -> str:
    """A number as a person writes it, in the way the API reads it; what is no number stays as it is.

    Thousands may be apart by blanks or by the language's own sign. What this gives reads the same in every language:
    three decimals are written as four, so that none takes them for thousands.
    """
    group = _GROUP[current().language]
    plain = _BLANKS.sub("", text)
    if re.fullmatch(rf"-?[0-9]{{1,3}}(\{group}[0-9]{{3}})+([.,][0-9]*)?", plain):
        plain = plain.replace(group, "")
    if group == ".":
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+([.][0-9]*)?", plain):
        return text
    whole, _, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}0" if len(decimals) == 3 else f"{whole}.{decimals}" if decimals else whole
