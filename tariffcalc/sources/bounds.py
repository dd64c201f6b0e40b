"""How large a table may be that somebody else sends: a small file can unfold to more than a machine holds.

Nothing is bounded unless ``within`` says so: whoever reads files of their own may read as much as they like.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from tariffcalc.errors import Fault, FlowTableError

CODE = "table-too-large"
MOST_FAULTS = 20_000
"""So many rows of one table that cannot be read are kept in mind."""
MOST_COLUMNS = 16_384
"""As many as a spreadsheet has."""
FREE_BYTES, MOST_RATIO = 20_000_000, 300
"""What unfolds to more than 20 MB and 300 times its size is no table: trade shrinks to a tenth or a thirtieth."""


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


def check_unfolding(kind: str, packed: int, unpacked: int, most: int = MOST_RATIO) -> None:
    """Refuse what would fill much more memory than it was sent in, both in bytes: ``most`` times as much.

    Raises ``FlowTableError`` with code ``table-too-large``.
    """
    check_size(kind, unpacked=unpacked)
    if current() is not None and unpacked > max(FREE_BYTES, most * packed):
        refuse(kind, f"The table unfolds to {unpacked:,} bytes from {packed:,}.")


def check_faults(kind: str, faults: Sequence[Fault]) -> None:
    """Read on no further where hardly a row can be read. Raises ``FlowTableError`` with the first faults."""
    if len(faults) > MOST_FAULTS:
        said = f"More than {MOST_FAULTS:,} rows cannot be read; the rest was not looked at."
        raise FlowTableError.of(kind, [Fault("unreadable-file", said, "check header and delimiter"), *faults])


def refuse(kind: str, said: str) -> None:
    """Refuse a file that unfolds suspiciously. Raises ``FlowTableError`` with code ``table-too-large``."""
    raise FlowTableError.of(kind, [Fault(CODE, said, "leave out what is empty, or send it as CSV without it")])
