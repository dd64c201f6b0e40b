"""Rate tables as arrays: which history of rates each product's tariff line has."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tariffcalc.engine.lookup import Ints, PrefixTable
from tariffcalc.law.dates import Timeline
from tariffcalc.law.duty import Duty, RateTable

_KEPT = 32


@lru_cache(maxsize=_KEPT)
def histories(table: RateTable) -> tuple[PrefixTable, tuple[Timeline[Duty], ...]]:
    """The distinct histories of a table's lines, and a look-up from product to history."""
    numbers: dict[int, int] = {}
    rows = [numbers.setdefault(id(row), len(numbers)) for row in table.rows.values()]
    found = {id(row): row for row in table.rows.values()}
    return PrefixTable(tuple(table.rows), np.array(rows, dtype=float)), tuple(found[key] for key in numbers)


def history_of(table: RateTable, codes: Ints) -> Ints:
    """The number of each product's history in ``histories``; -1 where the table has no line."""
    return histories(table)[0].value(codes, default=-1.0).astype(np.int64)
