"""What to do about a bad cell of a flow table: one function for each code of a fault, and the table of them."""

import re
from collections.abc import Callable

Near = Callable[[str], str | None]
"""What points to the country that a text may have meant."""

_LONGEST_CODE = 10
_PER_CENT = 100
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_THOUSAND_OR_FRACTION = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9.]*,[0-9]+")
_MARKED = re.compile(r"\W*(?:(?:USD|US\$)\W*)?([0-9][0-9.]*)\W*", re.IGNORECASE)


def country(text: str, near: Near | None = None) -> str | None:
    """Point to the nearest country, as ``near`` words it."""
    if not text:
        return "fill the cell, or give the country once for the whole table"
    return (near(text) if near else None) or "write a country as CAN, CA, Canada or 1220"


def product(text: str, _near: Near | None = None) -> str:
    """Tell a lost leading zero, a code that is too long and letters apart."""
    digits = re.sub(r"[.\s]", "", text)
    if not digits.isdigit():
        return (
            "fill the cell with an HS or HTS code"
            if not digits
            else "write digits, such as 2709.00.20.10 or 2709002010"
        )
    if len(digits) > _LONGEST_CODE:
        return f"an HTS code has at most {_LONGEST_CODE} digits"
    if len(digits) % 2:
        return f"a spreadsheet may have dropped the leading zero of 0{digits}: keep the column as text"
    return "compare the code with the tariff schedule, or use its heading of 4 or 6 digits"


def period(_text: str, _near: Near | None = None) -> str:
    """Show the four spellings."""
    return "write 2025, 2025-Q1, 2025-03 or 2025-03-14, as text"


def number(text: str, _near: Near | None = None) -> str:
    """Show how the number that was meant is written."""
    if _THOUSAND_OR_FRACTION.fullmatch(text):
        return f"write {text.replace(',', '')} or {text.replace(',', '.')}: the comma can mean either"
    if _GROUPED.fullmatch(text):
        return f"write {text.replace(',', '')}, without thousands separators"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"write {text.replace('.', '').replace(',', '.')}, with a decimal point"
    if match := _MARKED.fullmatch(text):
        return f"write {match[1]}, without any sign of currency or unit"
    return "write a plain number such as 1234.50" if text else "fill the cell: a missing value is not zero"


def negative(_text: str, _near: Near | None = None) -> str:
    """Say what to do with returns and corrections."""
    return "net returns and corrections against the period they belong to, or leave the row out"


def too_large(_text: str, _near: Near | None = None) -> str:
    """Recall how amounts are counted."""
    return "values are in dollars, quantities in the unit beside them: a sign of the decimal point may be missing"


def share(text: str, _near: Near | None = None) -> str:
    """Show a percentage as a fraction."""
    try:
        fraction = float(text.rstrip("% ")) / _PER_CENT
    except ValueError:
        return "write a fraction such as 0.4, or 40%; leave the cell empty for the default"
    return f"for {text.rstrip('% ')} % write {fraction:g}" if 0 <= fraction <= 1 else "write a fraction from 0 to 1"


def unit(_text: str, _near: Near | None = None) -> str:
    """Name a few units."""
    return "write the unit of the quantity, such as kg, bbl or no"


def claimed(_text: str, _near: Near | None = None) -> str:
    """Recall what the column holds."""
    return "give the part of customs_value that claimed USMCA, in the same currency"


HINTS: dict[str, Callable[[str, Near | None], str | None]] = {
    "unknown-country": country,
    "product-not-digits": product,
    "product-length": product,
    "unknown-product": product,
    "bad-period": period,
    "value-not-a-number": number,
    "value-negative": negative,
    "value-too-large": too_large,
    "quantity-not-a-number": number,
    "quantity-negative": negative,
    "quantity-too-large": too_large,
    "share-not-a-number": share,
    "share-out-of-range": share,
    "unit-missing": unit,
    "claimed-above-value": claimed,
}
"""Fault code -> what to do, given the cell's text and, for countries, the known names."""
