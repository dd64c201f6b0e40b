"""How sure an answer is: draws over what is assumed, bands on every headline, what moves it most.

An assumption is either a choice (one of a few options: which claims of a preference, which content) or a shock to a set
of elasticities. A draw settles each of them; a run answers many draws at once with the headlines, one number a draw.
The same seed gives the same numbers, whatever the number of processes: each draw has its own seed, each assumption of
a draw too, so that holding one fast leaves the others as they were (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TypeAlias

import numpy as np

from tariffcalc.impact.market import Floats

LOW, HIGH = 5.0, 95.0
"""The percentiles of every band."""
Z = 1.6448536269514722
"""The standard normal's 95th percentile."""
BATCH = 50
"""Draws answered in one call of a run."""

Seed: TypeAlias = tuple[int, ...]
Shock: TypeAlias = float | Seed


@dataclass(frozen=True)
class Assumption:
    """Something assumed: a choice between ``options``, the first the central one, or a shock if there are none."""

    name: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draw:
    """One way in which every assumption may turn out.

    ``choices`` by name the option taken; ``shocks`` by name the standard deviations by which all elasticities of that
    name are off (0.0: the point estimates), or a seed from which each of their table rows draws its own.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    shocks: Mapping[str, Shock] = field(default_factory=dict)


Run: TypeAlias = Callable[[Sequence[Draw]], Mapping[str, Floats]]
Progress: TypeAlias = Callable[[int, int], None]


class CancelledError(Exception):
    """The caller asked to stop; what was drawn so far is given up."""


@dataclass(frozen=True)
class Work:
    """How draws are worked off: processes, who is told of progress (done, of how many), who may stop it."""

    workers: int = 1
    progress: Progress | None = None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Band:
    """One headline at the central assumptions, and where the draws lie; ``draws`` counts those with a number."""

    headline: str
    central: float
    mean: float
    median: float
    low: float
    high: float
    draws: int


@dataclass(frozen=True)
class Simulation:
    """The headlines at the central assumptions and in every draw."""

    central: Mapping[str, float]
    samples: Mapping[str, Floats]

    def bands(self) -> list[Band]:
        """The 5 to 95 percent band, mean and median of every headline, over the draws in which it has a value."""
        return [_band(name, self.central[name], sample[np.isfinite(sample)]) for name, sample in self.samples.items()]


def _band(name: str, central: float, sample: Floats) -> Band:
    if not sample.size:
        return Band(name, central, np.nan, np.nan, np.nan, np.nan, 0)
    low, median, high = (float(one) for one in np.percentile(sample, [LOW, 50.0, HIGH]))
    return Band(name, central, float(sample.mean()), median, low, high, int(sample.size))


def central(assumptions: Sequence[Assumption]) -> Draw:
    """The draw at which every assumption is at its central value."""
    return Draw(
        {one.name: one.options[0] for one in assumptions if one.options},
        {one.name: 0.0 for one in assumptions if not one.options},
    )


def drawn(assumptions: Sequence[Assumption], draws: int, seed: int) -> list[Draw]:
    """``draws`` draws of every assumption: options with equal chances, shocks with a seed each."""
    found = []
    for child in np.random.SeedSequence(seed).spawn(draws):
        words = child.generate_state(2 * len(assumptions), np.uint64).tolist()
        pairs = list(zip(assumptions, zip(words[::2], words[1::2], strict=True), strict=True))
        choices = {one.name: _option(one, word) for one, word in pairs if one.options}
        found.append(Draw(choices, {one.name: word for one, word in pairs if not one.options}))
    return found


def _option(assumption: Assumption, word: Seed) -> str:
    return assumption.options[int(np.random.default_rng(word).integers(len(assumption.options)))]


def only(draw: Draw, names: frozenset[str], rest: Draw) -> Draw:
    """The draw in the assumptions named, the ``rest`` in all others."""
    return Draw(
        {name: (draw if name in names else rest).choices[name] for name in draw.choices},
        {name: (draw if name in names else rest).shocks[name] for name in draw.shocks},
    )


def simulate(
    run: Run, assumptions: Sequence[Assumption], draws: int = 1000, seed: int = 0, work: Work | None = None
) -> Simulation:
    """Every headline at the central assumptions and in ``draws`` draws. Raises ``CancelledError`` when stopped."""
    asked = [central(assumptions), *drawn(assumptions, draws, seed)]
    found = evaluate(run, asked, work)
    return Simulation({name: float(one[0]) for name, one in found.items()}, {k: one[1:] for k, one in found.items()})


def evaluate(run: Run, draws: Sequence[Draw], work: Work | None = None) -> dict[str, Floats]:
    """The headlines of every draw, in order; with several workers ``run`` must be picklable."""
    how = work or Work()
    batches = [draws[at : at + BATCH] for at in range(0, len(draws), BATCH)]
    parts = []
    for batch, part in zip(batches, _answers(run, batches, how), strict=True):
        parts.append(part)
        if how.progress is not None:
            how.progress(min(len(parts) * BATCH, len(draws)) if batch else 0, len(draws))
        if how.cancelled():
            raise CancelledError
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _answers(run: Run, batches: Sequence[Sequence[Draw]], work: Work) -> Iterator[Mapping[str, Floats]]:
    """The answer to every batch, in order, from this process or from several."""
    if work.workers <= 1 or len(batches) <= 1:
        yield from map(run, batches)
        return
    pool = ProcessPoolExecutor(work.workers, get_context("spawn"), _adopt, (run,))
    try:
        yield from pool.map(_answer, batches)
    finally:
        pool.shutdown(cancel_futures=True)


_ADOPTED: list[Run] = []


def _adopt(run: Run) -> None:
    """Keep the run in a worker, so that it travels once."""
    _ADOPTED[:] = [run]


def _answer(batch: Sequence[Draw]) -> Mapping[str, Floats]:
    return _ADOPTED[0](batch)
