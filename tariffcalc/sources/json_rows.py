"""Rows as JSON: a list of objects, one a row, with the flow table's column names as keys."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.sources.bounds import check_size


def read_rows(rows: Sequence[Any]) -> RawTable:
    """Take rows that are there already; the first is row 1, and a key that a row does not have is an empty cell.

    A row that is not an object is a fault.
    """
    good = [(at, row) for at, row in enumerate(rows, 1) if isinstance(row, Mapping)]
    names = dict.fromkeys(name for _, row in good for name in row)
    check_size("JSON", len(good), len(names))
    columns = {_cell(str(name)): pd.Series([_cell(row.get(name)) for _, row in good], dtype=object) for name in names}
    frame = pd.DataFrame(columns)
    faults = tuple(
        Fault("not-an-object", "A row is an object of column names and values.", row=at, value=str(_cell(row)))
        for at, row in enumerate(rows, 1)
        if not isinstance(row, Mapping)
    )
    return RawTable(frame, np.array([at for at, _ in good], dtype=np.int64), faults=faults)


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
    """Return a cell as a scalar; half a surrogate pair, which JSON can spell but no file can hold, becomes ``?``."""
    if cell is None or isinstance(cell, int | float):
        return cell
    return str(cell).encode("utf-8", "replace").decode()


def _unreadable(message: str) -> FlowTableError:
    hint = 'write [{"origin": "CAN", "product": "7208", "period": "2025-03", "customs_value": 1000}, ...]'
    return FlowTableError.of("JSON", [Fault("unreadable-file", message, hint)])
