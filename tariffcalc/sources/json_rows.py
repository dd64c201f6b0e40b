"""Rows as JSON: a list of objects, one a row, with the flow table's column names as keys."""

import itertools
import json
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.sources.bounds import MOST_FAULTS, check_faults, check_size, check_unfolding

_CELL_BYTES, _MOST_RATIO = 8, 20
"""Rows may leave out keys, but not nearly all of them."""


def read_rows(rows: Sequence[Any]) -> RawTable:
    """Take rows that are there already; the first is row 1, and a key that a row does not have is an empty cell.

    A row that is not an object is a fault.
    """
    good = [(at, row) for at, row in enumerate(rows, 1) if isinstance(row, Mapping)]
    names = dict.fromkeys(name for _, row in good for name in row)
    check_size("JSON", len(good), len(names))
    check_unfolding(
        "JSON", _CELL_BYTES * sum(len(row) for _, row in good), _CELL_BYTES * len(good) * len(names), _MOST_RATIO
    )
    columns = {_cell(str(name)): pd.Series([_cell(row.get(name)) for _, row in good], dtype=object) for name in names}
    frame = pd.DataFrame(columns)
    return RawTable(frame, np.array([at for at, _ in good], dtype=np.int64), faults=_not_objects(rows))


def _not_objects(rows: Sequence[Any]) -> tuple[Fault, ...]:
    """What is wrong with the rows that are no objects."""
    said = "A row is an object of column names and values."
    wrong = ((at, row) for at, row in enumerate(rows, 1) if not isinstance(row, Mapping))
    faults = [
        Fault("not-an-object", said, row=at, value=str(_cell(row)))
        for at, row in itertools.islice(wrong, MOST_FAULTS + 1)
    ]
    check_faults("JSON", faults)
    return tuple(faults)


def read_json(data: bytes) -> RawTable:
    """Read a JSON list of rows, or an object that has one as ``rows``.

    Raises ``FlowTableError`` where the text is no JSON or holds no rows.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"The file is not JSON: {error}.") from error
    rows = content.get("rows") if isinstance(content, dict) else content
    if not isinstance(rows, list):
        raise _unreadable("The file holds no list of rows.")
    return read_rows(rows)


def _cell(cell: Any) -> Any:
    """Return a cell as a scalar; half a surrogate pair, which JSON can spell but no file can hold, becomes ``?``.

    Lists and objects are no cells: as much of them is written as tells what they are, however deep they go.
    """
    if cell is None or isinstance(cell, int | float):
        return cell
    text = cell if isinstance(cell, str) else reprlib.repr(cell)
    return text.encode("utf-8", "replace").decode()


def _unreadable(message: str) -> FlowTableError:
    hint = 'write [{"origin": "CAN", "product": "7208", "period": "2025-03", "customs_value": 1000}, ...]'
    return FlowTableError.of("JSON", [Fault("unreadable-file", message, hint)])
