"""Rate tables as arrays: which history of rates each product's tariff line has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tariffcalc.engine.lookup import Floats, Ints, PrefixTable
from tariffcalc.law.dates import Timeline
from tariffcalc.law.duty import Duty, RateTable

_KEPT = 32


@lru_cache(maxsize=_KEPT)
def histories(table: RateTable) -> tuple[PrefixTable, tuple[Timeline[Duty], ...]]:
    """The distinct histories of a table's rows, and a look-up from product and origin to history."""
    numbers: dict[int, int] = {}
    rows = [numbers.setdefault(id(row), len(numbers)) for row in table.rows.values()]
    found = {id(row): row for row in table.rows.values()}
    keys = [key.rpartition(":") for key in table.rows]
    origins = tuple(origin for origin, *_ in keys) if table.origins else ()
    prefixes = tuple(product for *_, product in keys)
    return PrefixTable(prefixes, np.array(rows, dtype=float), origins), tuple(found[key] for key in numbers)


def history_of(table: RateTable, codes: Ints, origins: Sequence[str] = ()) -> Ints:
    """The number of each product's history in ``histories``; -1 where the table has no row."""
    return histories(table)[0].value(codes, origins, default=-1.0).astype(np.int64)


def origin_signatures(table: RateTable, origins: Sequence[str]) -> Floats:
    """A number for each origin, the same for origins whose rows are the same throughout."""
    own: dict[str, list[tuple[str, int]]] = {origin: [] for origin in origins}
    for key, row in table.rows.items():
        origin, _, product = key.rpartition(":")
        if origin in own:
            own[origin].append((product, id(row)))
    numbers: dict[tuple[tuple[str, int], ...], int] = {}
    return np.array([numbers.setdefault(tuple(sorted(own[one])), len(numbers)) for one in origins], dtype=float)
