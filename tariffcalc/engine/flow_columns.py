"""Which column of a raw table is which: missing, doubled and unknown columns are found before any cell is read."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tariffcalc.engine.flow_table import FLOW_COLUMNS, SHARE_COLUMN, SHARE_SUFFIX, Column
from tariffcalc.errors import Fault, nearest

_MOST_UNKNOWN = 50
"""So many columns that are not known are told one by one."""


@dataclass(frozen=True, slots=True)
class Given:
    """Countries given once for the whole table."""

    importer: str | None = None
    origin: str | None = None


@dataclass(frozen=True)
class Layout:
    """The columns that are used, in the order of ``FLOW_COLUMNS``, and what is wrong with the header."""

    columns: tuple[tuple[Column, "pd.Series[Any]"], ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


def arrange(frame: pd.DataFrame, given: Given, shares: Collection[str]) -> Layout:
    """Find the flow table's columns in ``frame``, whatever their order and capitals."""
    headers = [header_key(str(name)) for name in frame.columns]
    known = [*FLOW_COLUMNS, *(_share_column(name) for name in sorted(shares))]
    names = {column.name for column in known}
    faults = [_empty_table()] if frame.empty else []
    columns = []
    for column in known:
        if column.name in headers:
            columns.append((column, frame.iloc[:, headers.index(column.name)]))
        elif constant := getattr(given, column.name, None):
            columns.append((column, pd.Series(constant, index=frame.index, dtype="str")))
        elif column.need != "optional" or (column.name == "unit" and "quantity" in headers):
            faults.append(_missing_column(column, {*headers} - names))
    faults += duplicate_columns(headers, names)
    return Layout(tuple(columns), tuple(faults), unknown_columns(headers, names))


def duplicate_columns(headers: Sequence[str], names: Iterable[str]) -> list[Fault]:
    """Which of the columns in ``names`` are there twice: the faults."""
    said, hint = "The column {} occurs more than once.", "keep one of them"
    times = Counter(headers)
    return [
        Fault("duplicate-column", said.format(name), hint, column=name) for name in sorted(names) if times[name] > 1
    ]


def unknown_columns(headers: Iterable[str], names: Collection[str]) -> tuple[str, ...]:
    """Which columns are none of ``names`` and are not read: a warning for each, of very many for the first."""
    unknown = [header for header in dict.fromkeys(headers) if header and header not in names]
    told = [_unknown_column(header, names) for header in unknown[:_MOST_UNKNOWN]]
    more = [f"{len(unknown) - len(told):,} more columns are not known and were not read"]
    return tuple(told + (more if len(unknown) > len(told) else []))


def header_key(name: str) -> str:
    """Return the spelling by which a column is found: lower case, blanks and hyphens as one underscore."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def _share_column(name: str) -> Column:
    return Column(f"{name}{SHARE_SUFFIX}", SHARE_COLUMN.kind, SHARE_COLUMN.need, SHARE_COLUMN.meaning)


def _empty_table() -> Fault:
    return Fault("empty-table", "The table has no rows.", "give at least one row below the header")


def _missing_column(column: Column, others: Collection[str]) -> Fault:
    code = "importer-missing" if column.name == "importer" else "missing-column"
    hint = f"add it: {column.meaning}"
    if column.kind == "country":
        hint = f"add the column, or give the {column.name} once for the whole table"
    if close := nearest(column.name, others, 1):
        hint = f"rename the column {close[0]}, if that is meant; else {hint}"
    return Fault(code, f"The column {column.name} is missing.", hint, column=column.name)


def _unknown_column(header: str, names: Collection[str]) -> str:
    close = nearest(header, names, 1)
    shown = "".join(sign if sign.isprintable() else "?" for sign in header)
    return f"column {shown} is not known and was not read" + (f": did you mean {close[0]}?" if close else "")
