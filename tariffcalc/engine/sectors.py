"""Product -> sector, by the longest prefix of a concordance; none is ``unclassified``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tariffcalc.engine.lookup import Ints, PrefixTable

UNCLASSIFIED = "unclassified"


@dataclass(frozen=True)
class Sectors:
    """A concordance: product prefixes and their sectors, and the sectors' names."""

    name: str
    prefixes: tuple[str, ...]
    sector_of: tuple[str, ...]
    names: Mapping[str, str]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every sector in the order of the list of names, then that of products in no sector."""
        known = [code for code in self.names if code != UNCLASSIFIED]
        return (*known, *sorted(set(self.sector_of) - set(known)), UNCLASSIFIED)

    @cached_property
    def _table(self) -> PrefixTable:
        place = {code: i for i, code in enumerate(self.codes)}
        return PrefixTable(self.prefixes, np.array([place[code] for code in self.sector_of], dtype=float))

    def of(self, items: Ints) -> Ints:
        """The place in ``codes`` of each item's sector."""
        return self._table.value(items, default=float(len(self.codes) - 1)).astype(np.int64)
