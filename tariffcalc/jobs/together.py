"""Web and worker started, kept up and stopped by one command."""

from __future__ import annotations

import ctypes
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

LOG = logging.getLogger("tariffcalc.jobs")
YOUNG_SECONDS = 60.0
"""A command that ends by itself so soon after its first start cannot run here: the whole ends."""
AGAIN_SECONDS = 1.0
"""How long it takes until a command that has died is started again."""
STOP_SECONDS = 40.0
"""How long a command may take to stop before it is killed."""
LOOK_SECONDS = 0.2
_PR_SET_PDEATHSIG = 1


def run_together(*commands: Sequence[str]) -> int:
    """Run commands of ``tariffcalc`` side by side until SIGINT or SIGTERM; return an exit status.

    One that dies is started again. All end with this one, even where it is killed; none is left behind.
    """
    stopped: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopped.append(number)

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    kept = [Kept(command) for command in commands]
    try:
        while not stopped:
            for one in kept:
                if (status := one.look()) is not None:
                    return status
            time.sleep(LOOK_SECONDS)
        return 0
    finally:
        for one in kept:
            one.ask_to_stop()
        for one in kept:
            one.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


class Kept:
    """A command that is started again when it dies."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it, in a session of its own: Ctrl-C reaches it through the one that keeps it."""
        self.command = tuple(command)
        self._begun = time.monotonic()
        self._is_first = True
        self.process = self._start()

    def look(self) -> int | None:
        """Start it again if it has died; its exit status where it cannot run at all."""
        status = self.process.poll()
        if status is None:
            return None
        if status > 0 and self._is_first and time.monotonic() - self._begun < YOUNG_SECONDS:
            return status
        LOG.warning("%s has died (%d): started again", self.command[0], status)
        time.sleep(AGAIN_SECONDS)
        self._is_first = False
        self.process = self._start()
        return None

    def ask_to_stop(self) -> None:
        """Ask it to stop, if it runs."""
        if self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait until it has stopped; kill it if it does not."""
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            LOG.warning("%s does not stop: killed", self.command[0])
            self.process.kill()
            self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "tariffcalc.cli", *self.command]
        return subprocess.Popen(line, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603, PLW1509 - our own command, from one thread


def _end_with_parent() -> None:
    """Let the kernel stop this process when its parent dies, where the kernel can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
