"""The facts of trade that the engine needs beside the law and the flows, as look-up tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tariffcalc.engine.lookup import DIGITS, Floats, Ints, PrefixTable, as_ints

SETTLED = "settled"


@dataclass(frozen=True)
class TradeFacts:
    """Ad valorem equivalents, shares, and the tariff lines with their trade.

    ``equivalents``: duty over value by tariff line, for specific and compound base duties.
    ``contents``: part of value by content name. ``shares``: share of value by table name
    (``usmca_settled``, ``preference_2024`` ...). ``lines``: the importer's lines held, each padded
    to ten digits; ``digits``: how many of these are its own (10: the whole tariff, 8: national
    lines, 6: the HS alone). ``trade``: customs value by line and origin, to spread shorter codes.
    """

    equivalents: PrefixTable
    contents: Mapping[str, PrefixTable] = field(default_factory=dict)
    shares: Mapping[str, PrefixTable] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    digits: int = DIGITS
    trade: Callable[[], Trade | None] | None = None

    @cached_property
    def line_codes(self) -> Ints:
        """The lines held as sorted integers of ten digits."""
        return np.unique(as_ints(self.lines)) if self.lines else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Trade:
    """Customs value by ten-digit code and origin, in parallel arrays sorted by both."""

    codes: Ints
    origins: tuple[str, ...]
    origin_of: Ints
    value: Floats

    @cached_property
    def _keys(self) -> Ints:
        return self.origin_of * 10**10 + self.codes

    @cached_property
    def _world(self) -> tuple[Ints, Floats]:
        codes, inverse = np.unique(self.codes, return_inverse=True)
        value: Floats = np.bincount(inverse, weights=self.value).astype(float)
        return codes, value

    def of(self, codes: Ints, origins: Ints) -> Floats:
        """Value of each code from each origin (numbers in ``origins``; -1: unknown); 0 if none."""
        wanted = origins * 10**10 + codes
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[at] == wanted, self.value[at], 0.0)

    def of_world(self, codes: Ints) -> Floats:
        """Value of each code from all origins together; 0 if none."""
        known, value = self._world
        at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
        return np.where(known[at] == codes, value[at], 0.0)
