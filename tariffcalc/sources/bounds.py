"""How large a table may be that somebody else sends: a small file can unfold to more than a machine holds.

Nothing is bounded unless ``within`` says so: whoever reads files of their own may read as much as they like.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from tariffcalc.errors import Fault, FlowTableError

CODE = "table-too-large"
MOST_COLUMNS = 16_384
"""As many as a spreadsheet has."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Rows, rows times columns, and the bytes to which a packed file may unfold."""

    rows: int
    cells: int
    unpacked: int


_bounds: ContextVar[Bounds | None] = ContextVar("bounds", default=None)


def within(bounds: Bounds | None) -> None:
    """Bound the tables that are read from now on in this thread or task."""
    _bounds.set(bounds)


def current() -> Bounds | None:
    """The bounds that hold now, if any do."""
    return _bounds.get()


def check_size(kind: str, rows: int = 0, columns: int = 0, unpacked: int = 0) -> None:
    """Refuse what goes beyond the bounds that hold now. Raises ``FlowTableError`` with code ``table-too-large``."""
    bounds = current()
    if bounds is None:
        return
    for found, most, what in (
        (rows, bounds.rows, "rows"),
        (columns, MOST_COLUMNS, "columns"),
        (rows * columns, bounds.cells, "cells"),
        (unpacked, bounds.unpacked, "bytes when unpacked"),
    ):
        if found > most:
            said = f"The table has {found:,} {what}; {most:,} are taken."
            raise FlowTableError.of(kind, [Fault(CODE, said, "send it in parts")])


def refuse(kind: str, said: str) -> None:
    """Refuse a file that unfolds suspiciously. Raises ``FlowTableError`` with code ``table-too-large``."""
    raise FlowTableError.of(kind, [Fault(CODE, said, "send it as CSV")])
