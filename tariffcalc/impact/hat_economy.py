"""What is observed of an economy before it is changed: checked, and made ready for ``exact_hat``.

Axes: ``j`` the sector bought or sold, ``k`` the sector that buys inputs, ``n`` the importer, ``i`` the exporter. Values
are at exporter prices, before duty, in one currency; tariffs are fractions of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tariffcalc.errors import BadRequestError, Fault

Floats: TypeAlias = NDArray[np.float64]

SHARE_TOLERANCE = 1e-3
"""How far a column of input shares may be from 1, and the deficits of the world from 0, before they are refused."""

LOWEST_INPUT = -0.01
"""Published tables hold a few inputs just below zero: scrap that a sector gives off."""

_MOST_FAULTS = 20


@dataclass(frozen=True, eq=False)
class Economy:
    """What is observed of J sectors in N countries, in one currency.

    ``trade`` (J, importer, exporter) and ``tariff`` of the same shape, whose diagonals are not read: a country charges
    itself nothing and buys of itself what ``gross_output`` (J, N) leaves after exports (where exports exceed output,
    output is taken to be the exports). ``value_added_share`` (J, N) of gross output; ``input_output`` (N, J used, J
    using) the parts of a sector's inputs, columns that sum to 1 (zero where a sector uses none); ``theta`` (J,) the
    elasticity of trade; ``deficit`` (N,) imports less exports, those of the trade where it is None.

    Raises ``BadRequestError`` with every fault, placed by name and index.
    """

    trade: ArrayLike
    gross_output: ArrayLike
    value_added_share: ArrayLike
    input_output: ArrayLike
    theta: ArrayLike
    tariff: ArrayLike
    deficit: ArrayLike | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be an economy."""
        faults = list(_faults(self))
        if faults:
            raise BadRequestError(
                f"the economy has {len(faults)} fault{'' if len(faults) == 1 else 's'}", code="economy", faults=faults
            )

    @cached_property
    def calibrated(self) -> State:
        """Where the model starts: shares of spending, value added, and what households buy.

        Final demand is what output and imports leave after inputs; where that is below zero it is taken as zero, so
        that the data are no equilibrium to the last digit and ``solve`` settles them first.
        """
        trade, output = array(self.trade).copy(), array(self.gross_output)
        own = np.arange(output.shape[1])
        trade[:, own, own] = 0.0
        exports = trade.sum(axis=1)
        output = np.maximum(output, exports)
        trade[:, own, own] = output - exports
        paid = trade * (1.0 + self.tariffs)
        spending = paid.sum(axis=2)
        added, inputs = array(self.value_added_share), _parts(array(self.input_output))
        bought = inputs_of(inputs, (1.0 - added) * output)
        final = np.maximum(spending - bought, 0.0)
        return State(
            shares=ratio(paid, spending[:, :, None]),
            value_added=(added * output).sum(axis=0),
            final=final / final.sum(axis=0),
            spending=spending,
            added=added,
            inputs=inputs,
            theta=array(self.theta)[:, None],
        )

    @property
    def tariffs(self) -> Floats:
        """The tariffs with zero diagonals."""
        return without_own(array(self.tariff))

    @property
    def deficits(self) -> Floats:
        """Imports less exports by country, (N,)."""
        if self.deficit is not None:
            return array(self.deficit)
        trade = without_own(array(self.trade))
        deficits: Floats = trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1))
        return deficits


@dataclass(frozen=True, eq=False)
class State:
    """An economy ready to be changed.

    ``shares`` (J, N, N) of an importer's spending on a sector, duty included; ``value_added`` (N,); ``final`` (J, N)
    the shares of households' spending; ``spending`` (J, N); ``added``, ``inputs`` and ``theta`` (J, 1) of ``Economy``.
    """

    shares: Floats
    value_added: Floats
    final: Floats
    spending: Floats
    added: Floats
    inputs: Floats
    theta: Floats


def without_own(values: Floats) -> Floats:
    """A copy of values by sector, importer and exporter, with zero where both are one country."""
    own = np.arange(values.shape[1])
    copy = values.copy()
    copy[:, own, own] = 0.0
    return copy


def inputs_of(parts: Floats, spent: Floats) -> Floats:
    """What sectors spend on inputs, (J using, N), by the sector of the input, (J used, N)."""
    bought: Floats = np.matmul(parts, spent.T[:, :, None])[:, :, 0].T
    return bought


def _parts(inputs: Floats) -> Floats:
    """Columns that sum to exactly 1, or to 0."""
    return ratio(inputs, inputs.sum(axis=1, keepdims=True))


def ratio(above: Floats, below: Floats) -> Floats:
    """A quotient that is zero where the divisor is."""
    below = np.broadcast_to(below, above.shape)
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def array(values: ArrayLike) -> Floats:
    """Whatever holds numbers, as an array."""
    return np.asarray(values, dtype=np.float64)


def _faults(economy: Economy) -> Iterator[Fault]:
    """Everything wrong with an economy's arrays."""
    output = array(economy.gross_output)
    if output.ndim != 2:
        yield Fault("economy", "gross_output has to be sectors by countries", key="gross_output")
        return
    sectors, countries = output.shape
    lanes = (sectors, countries, countries)
    found = [
        fault_of("trade", economy.trade, lanes, low=0.0),
        fault_of("gross_output", output, output.shape, low=0.0),
        fault_of("value_added_share", economy.value_added_share, output.shape, low=0.0, high=1.0),
        fault_of("input_output", economy.input_output, (countries, sectors, sectors), low=LOWEST_INPUT),
        fault_of("theta", economy.theta, (sectors,), low=1e-6),
        fault_of("tariff", economy.tariff, lanes, low=0.0),
        None if economy.deficit is None else fault_of("deficit", economy.deficit, (countries,)),
    ]
    yield from (fault for fault in found if fault is not None)
    if not any(found):
        yield from _sum_faults(economy)


def fault_of(
    name: str, values: ArrayLike, shape: tuple[int, ...], low: float = -np.inf, high: float = np.inf
) -> Fault | None:
    """The first thing wrong with one array: its shape, or a number out of range, with its index."""
    found = array(values)
    if found.shape != shape:
        return Fault("economy-shape", f"the shape is {found.shape}, not {shape}", key=name)
    wrong = ~(np.isfinite(found) & (found >= low) & (found <= high))
    if not wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    said = f"{float(found[place]):g} is not a number {f'of {low:g} or more' if high == np.inf else 'from 0 to 1'}"
    return Fault("economy-value", f"{said} ({int(wrong.sum())} such)", key=f"{name}{list(place)}")


def _sum_faults(economy: Economy) -> Iterator[Fault]:
    """What does not add up: shares of inputs, deficits of the world, a country that earns or buys nothing."""
    added, output = array(economy.value_added_share), array(economy.gross_output)
    sums = array(economy.input_output).sum(axis=1)
    wrong = (np.abs(sums - 1.0) > SHARE_TOLERANCE) & ~((sums == 0) & (added.T == 1.0))
    for country, sector in np.argwhere(wrong)[:_MOST_FAULTS]:
        said = f"inputs sum to {sums[country, sector]:.6g}, not 1"
        yield Fault("economy-shares", said, key=f"input_output[{country}, :, {sector}]")
    for country in np.flatnonzero((added * output).sum(axis=0) <= 0):
        yield Fault("economy-value", "no value added", key=f"gross_output[:, {country}]")
    total, largest = economy.deficits.sum(), np.abs(economy.deficits).max(initial=0.0)
    if abs(total) > SHARE_TOLERANCE * max(largest, 1.0):
        yield Fault("economy-deficit", f"the deficits of the world sum to {total:g}, not 0", key="deficit")
