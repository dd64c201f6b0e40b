"""Tables of elasticities by product prefix and origin: what sources read and the models of trade look up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tariffcalc.engine.lookup import DIGITS, Floats, Ints, PrefixTable, as_ints

PARAMETERS = ("demand", "substitution", "supply")
DEFAULT = "default"
GIVEN = "given"
_LEVELS = {2: "chapter", 0: DEFAULT}


@dataclass(frozen=True)
class ParameterRows:
    """The rows of one parameter: by product prefix ('' for any product) and, where given, by origin ('' for any).

    ``errors`` are standard errors in the unit of ``values``, not a number where none is known.
    """

    prefixes: Sequence[str]
    values: Floats
    errors: Floats
    origins: Sequence[str] = ()

    def find(self, products: Sequence[str], origins: Sequence[str] = ()) -> Ints:
        """The row with the longest prefix of each product, or -1; a row longer than the product does not count."""
        found = np.full(len(products), -1, dtype=np.int64)
        lengths = np.array([len(code) for code in products], dtype=np.int64)
        codes = as_ints([code.ljust(DIGITS, "0") for code in products])
        for length in np.unique(lengths):
            at = np.flatnonzero(lengths == length)
            rows, table = self._upto(int(length))
            if len(rows):
                some = [origins[int(i)] for i in at] if len(origins) else ()
                hit = table.find(codes[at], some)
                found[at] = np.where(hit >= 0, rows[hit], -1)
        return found

    def _upto(self, length: int) -> tuple[Ints, PrefixTable]:
        if length not in self._tables:
            rows = np.array([i for i, prefix in enumerate(self.prefixes) if len(prefix) <= length], dtype=np.int64)
            origins = [self.origins[i] for i in rows] if len(self.origins) else ()
            self._tables[length] = rows, PrefixTable([self.prefixes[i] for i in rows], self.values[rows], origins)
        return self._tables[length]

    @cached_property
    def _tables(self) -> dict[int, tuple[Ints, PrefixTable]]:
        return {}

    def level(self, row: int) -> str:
        """The level of a row: HS6, HS3, chapter, default."""
        length = len(self.prefixes[row])
        return _LEVELS.get(length, f"HS{length}")


@dataclass(frozen=True)
class ElasticityTable:
    """Elasticities by parameter, with the words that a result repeats: what they are, whence, of which years.

    ``level`` names the level of all rows where the length of the product does not: figures given, sectors.
    """

    name: str
    source: str
    vintage: str
    rows: Mapping[str, ParameterRows]
    warnings: tuple[str, ...] = ()
    level: str = ""


RANGES = {
    "demand": "the elasticity of import demand is below zero, such as -1.25",
    "substitution": "the elasticity of substitution is above zero (above one where the model asks for it), such as 3.1",
    "supply": "the elasticity of export supply is above zero, such as 1.5, or inf where the world price does not move",
}


def wrong_value(name: str, value: float, *, above_one: bool = False) -> str | None:
    """What is wrong with a value of a parameter, or None: sign, size, not a number."""
    if name not in RANGES:
        return f"there is no elasticity called {name}"
    if np.isnan(value) or (np.isinf(value) and name != "supply"):
        return "it is not a number"
    if name == "demand":
        return None if value < 0 else "it is not below zero"
    if name == "substitution" and above_one:
        return None if value > 1 else "it is not above one"
    return None if value > 0 else "it is not above zero"
