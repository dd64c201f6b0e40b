"""CSV after RFC 4180: one header line, lines that end in CR LF, money with 2 decimals, rates with 6.

A missing number is an empty cell.
"""

import csv
import io

from tariffcalc.errors import BadRequestError
from tariffcalc.formats.base import Format, Options, Rendered, kinds_of, printed_columns

_SEPARATORS = {",": ",", ";": ";", "|": "|", "\t": "\t", "tab": "\t"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def render(result: Rendered, options: Options) -> bytes:
    """Print the table. Raises ``BadRequestError`` for a decimal sign or separator that cannot be used."""
    separator = _separator(options)
    kinds = kinds_of(result.frame)
    columns = printed_columns(result.frame)
    for at, kind in enumerate(kinds.values()):
        if kind == "text":
            columns[at] = [neutral(cell) for cell in columns[at]]
        elif options.decimal != ".":
            columns[at] = [cell.replace(".", options.decimal) for cell in columns[at]]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in kinds])
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode("utf-8-sig" if options.bom else "utf-8")


def neutral(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe goes before a sign that could begin one."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _separator(options: Options) -> str:
    if options.decimal not in {".", ","}:
        message = f"decimal is {options.decimal!r}"
        raise BadRequestError(message, hint="decimal is a point or a comma")
    wanted = options.sep or (";" if options.decimal == "," else ",")
    if wanted not in _SEPARATORS or wanted == options.decimal:
        message = f"sep is {wanted!r}, with decimal {options.decimal!r}"
        raise BadRequestError(message, hint="sep is one of , ; | or tab, and not the decimal sign")
    return _SEPARATORS[wanted]


CSV = Format("csv", "text/csv; charset=utf-8", ".csv", binary=False, render=render)
