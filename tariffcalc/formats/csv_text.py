"""CSV after RFC 4180: one header line, lines that end in CR LF, money with 2 decimals, rates with 6.

A missing number is an empty cell.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import pandas as pd

from tariffcalc.errors import BadRequestError
from tariffcalc.formats.base import Format, Options, Rendered, chunks, kinds_of, neutral, printed_columns

_SEPARATORS = {",": ",", ";": ";", "|": "|", "\t": "\t", "tab": "\t"}
_MARK = "\ufeff"


def stream(result: Rendered, options: Options) -> Iterator[bytes]:
    """Print the table run by run. Raises ``BadRequestError`` for a decimal sign or separator that cannot be used."""
    return _pieces(result.frame, options, _separator(options))


def _pieces(frame: pd.DataFrame, options: Options, separator: str) -> Iterator[bytes]:
    kinds = kinds_of(frame)
    header = _lines([[neutral(name) for name in kinds]], separator)
    yield f"{_MARK if options.bom else ''}{header}".encode("utf-8", "replace")
    numbers = [at for at, kind in enumerate(kinds.values()) if kind != "text"]
    for part in chunks(frame):
        columns = printed_columns(part)
        for at in numbers if options.decimal != "." else ():
            columns[at] = [cell.replace(".", options.decimal) for cell in columns[at]]
        yield _lines(zip(*columns, strict=True), separator).encode("utf-8", "replace")


def _lines(rows: Iterable[Iterable[str]], separator: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _separator(options: Options) -> str:
    if options.decimal not in {".", ","}:
        message = f"decimal is {options.decimal!r}"
        raise BadRequestError(message, hint="decimal is a point or a comma")
    wanted = options.sep or (";" if options.decimal == "," else ",")
    if wanted not in _SEPARATORS or wanted == options.decimal:
        message = f"sep is {wanted!r}, with decimal {options.decimal!r}"
        raise BadRequestError(message, hint="sep is one of , ; | or tab, and not the decimal sign")
    return _SEPARATORS[wanted]


CSV = Format("csv", "text/csv; charset=utf-8", ".csv", binary=False, stream=stream)
