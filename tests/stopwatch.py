"""How long something takes on a machine that does much else at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable


def least_seconds(do: Callable[[], object], tries: int = 5) -> float:
    """The seconds of the processor that this thread needs, in the best of a few tries.

    What others take of the machine is not counted; neither is waiting, nor what other threads and processes do.
    """
    taken = []
    for _ in range(tries):
        begun = time.thread_time()
        do()
        taken.append(time.thread_time() - begun)
    return min(taken)
