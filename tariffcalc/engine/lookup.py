"""Tables keyed by product prefix (and origin), looked up for whole arrays of codes at once.

Products are held as integers of exactly ten digits, so that a prefix of *n* digits is the code
divided by ``10 ** (10 - n)``. The longest prefix that has a row wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DIGITS = 10
_SPAN = 10**DIGITS


def as_ints(codes: Sequence[str]) -> Ints:
    """Ten-digit codes as integers, in the same order."""
    return np.asarray(codes, dtype="U10").astype(np.int64)


@dataclass(frozen=True)
class PrefixTable:
    """Rows by product prefix and, where ``origins`` is given, by origin.

    ``prefixes`` are digit strings of 0 to 10 digits (none means any product), ``values`` has one
    row a prefix. An origin of ``""`` means any origin; a named origin is tried first.
    """

    prefixes: Sequence[str]
    values: Floats
    origins: Sequence[str] = ()

    def find(self, codes: Ints, origins: Sequence[str] = ()) -> Ints:
        """The row of each code (and origin), or -1 where no prefix of it has one."""
        found = np.full(len(codes), -1, dtype=np.int64)
        for length, keys, rows in self._levels:
            open_ = found < 0
            if not open_.any():
                break
            wanted = codes // 10 ** (DIGITS - length)
            for named in (True, False):
                numbers = self._numbers(origins, len(codes), named=named)
                if numbers is None:
                    continue
                at = np.searchsorted(keys, wanted + numbers * _SPAN)
                at = np.minimum(at, len(keys) - 1)
                hit = (found < 0) & (keys[at] == wanted + numbers * _SPAN)
                found[hit] = rows[at[hit]]
        return found

    def value(self, codes: Ints, origins: Sequence[str] = (), default: float = np.nan) -> Floats:
        """The value of each code; ``default`` (not a number: unknown) where there is no row."""
        rows = self.find(codes, origins)
        return np.where(rows >= 0, self.values[rows], default)

    @cached_property
    def origin_numbers(self) -> dict[str, int]:
        """A number for each named origin; 0 stands for any."""
        return {name: i for i, name in enumerate(sorted(set(self.origins) - {""}), start=1)}

    def _numbers(self, origins: Sequence[str], size: int, *, named: bool) -> Ints | None:
        if not named:
            return np.zeros(size, dtype=np.int64)
        if not self.origins or not len(origins):
            return None
        numbers = self.origin_numbers
        distinct, inverse = np.unique(np.asarray(origins, dtype=str), return_inverse=True)
        return np.array([numbers.get(name, -1) for name in distinct], dtype=np.int64)[inverse]

    @cached_property
    def _levels(self) -> list[tuple[int, Ints, Ints]]:
        """For each prefix length, longest first: the sorted keys and their rows."""
        texts = np.asarray(self.prefixes, dtype="U10")
        lengths = np.char.str_len(texts)
        whole = np.where(lengths > 0, texts, "0").astype(np.int64)
        numbers = self.origin_numbers
        own = np.array([numbers.get(name, 0) for name in self.origins] or [0] * len(lengths), dtype=np.int64)
        levels = []
        for length in sorted(set(lengths.tolist()), reverse=True):
            rows = np.flatnonzero(lengths == length)
            keys = whole[rows] + own[rows] * _SPAN
            order = np.argsort(keys, kind="stable")
            levels.append((length, keys[order], rows[order]))
        return levels


def prefix_mask(codes: Ints, prefixes: frozenset[str]) -> Bools:
    """Which of the sorted ``codes`` have one of the prefixes."""
    if not prefixes:
        return np.zeros(len(codes), dtype=bool)
    widths = np.array([10 ** (DIGITS - len(prefix)) for prefix in prefixes], dtype=np.int64)
    firsts = np.array([int(prefix) for prefix in prefixes], dtype=np.int64) * widths
    edges = np.zeros(len(codes) + 1, dtype=np.int64)
    np.add.at(edges, np.searchsorted(codes, firsts), 1)
    np.add.at(edges, np.searchsorted(codes, firsts + widths), -1)
    return np.cumsum(edges[:-1]) > 0


_DENSE = 8_000_000


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """The distinct non-negative keys in order, and each entry's place among them.

    The same as ``numpy.unique`` with the inverse; by counting where the keys are small.
    """
    size = int(keys.max(initial=-1)) + 1
    if size > max(_DENSE, 4 * len(keys)):
        seen, inverse = np.unique(keys, return_inverse=True)
        return seen, inverse
    present = np.zeros(size, dtype=bool)
    present[keys] = True
    seen = np.flatnonzero(present)
    place = np.empty(size, dtype=np.int64)
    place[seen] = np.arange(len(seen))
    return seen, place[keys]
