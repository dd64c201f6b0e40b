"""Elasticities drawn around their point estimates, for many draws at once.

Lognormal around the point, so that the sign stays and the point is the median. Of a substitution above one it is the
excess over one that is drawn, so it stays above one. Values from the same row of a table move together, and all rows of
a parameter share the part ``COMMON`` of the variance: with z0 and z_r standard normal,

    ln part = ln point + spread (sqrt(COMMON) z0 + sqrt(1 - COMMON) z_r)

Markets that are taken together (products of a sector) have the geometric mean of their parts, weighted by trade: that
is linear in the logs, so one matrix product gives all draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from tariffcalc.impact.elasticities import Found, above
from tariffcalc.impact.market import Bools, Floats, Ints
from tariffcalc.impact.uncertainty import Shock

COMMON = 0.5
"""Part of the variance of a parameter that all its rows share: method, data and years are the same for all of a table,
and no table publishes how its errors go together. An assumption."""


@dataclass(frozen=True)
class Shocks:
    """One parameter of ``m`` markets (or rows), as its logs and what moves them.

    ``log`` (m,) of the drawn part; ``loads`` (m, rows of the tables) by which each row's deviation moves it; ``one``
    says where one is added back; ``sign`` is that of the parameter.
    """

    log: Floats
    loads: csr_array
    one: Bools
    sign: float

    def values(self, shocks: Sequence[Shock]) -> Floats:
        """The parameter under each shock, (draws, m): 0.0 is the point, another figure moves all rows by as much."""
        deviations = np.empty((self.loads.shape[1], len(shocks)))
        for at, shock in enumerate(shocks):
            deviations[:, at] = shock if isinstance(shock, float) else _deviations(self.loads.shape[1], shock)
        part = np.exp(self.log + (self.loads @ deviations).T)
        return np.asarray(self.sign * (part + self.one))


def _deviations(rows: int, seed: tuple[int, ...]) -> Floats:
    """Standard deviations by which each row is off: a part that all share, and one of its own."""
    normal = np.random.default_rng(seed).standard_normal(rows + 1)
    return np.asarray(np.sqrt(COMMON) * normal[0] + np.sqrt(1 - COMMON) * normal[1:])


def shocks_of(name: str, found: Found, into: Ints | None = None, weight: Floats | None = None) -> Shocks:
    """A parameter as it was looked up; with ``into`` (numbers from 0) and ``weight``, of markets taken together.

    Where any of the markets taken together has a substitution of at most one, the whole of each is drawn.
    """
    size = len(found.value)
    group = np.arange(size) if into is None else into
    count = int(group.max(initial=-1)) + 1
    mass = np.ones(size) if weight is None else weight
    mass = mass / np.bincount(group, weights=mass, minlength=count)[group]
    whole = found.value <= 1 if name == "substitution" else np.ones(size, dtype=bool)
    one = np.bincount(group, weights=whole, minlength=count) == 0
    part = np.where(one[group], above(name, found.value), np.abs(found.value))
    with np.errstate(invalid="ignore"):
        log: Floats = np.bincount(group, weights=mass * np.log(part), minlength=count).astype(np.float64)
    rows, which = np.unique(found.place, return_inverse=True)
    spread = np.where(np.isinf(found.value), 0.0, found.spread)
    loads = csr_array((mass * spread, (group, which)), shape=(count, rows.size))
    return Shocks(log, loads, one, -1.0 if name == "demand" else 1.0)
