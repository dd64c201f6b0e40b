"""A service of its own on a free port of this machine, as ``tariffcalc serve`` runs it; stopped by its process id."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from servers import free_port

ROOT = Path(__file__).resolve().parents[2]
OPEN = {"TARIFFCALC_RATE_LIMIT": "off", "TARIFFCALC_WRITE_LIMIT": "off"}
"""No limits on how often a client may ask: a test asks more often than people do."""


@contextlib.contextmanager
def service(home: Path, workers: int = 2, patience: float = 60, **environment: str) -> Iterator[str]:
    """The address of a running service; what it writes is in ``serve.log`` in its home."""
    port = free_port()
    command = [sys.executable, "-m", "tariffcalc.cli", "serve", "--port", str(port), "--workers", str(workers)]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "TARIFFCALC_HOME": str(home), **environment}
        )
        try:
            yield answering(f"http://127.0.0.1:{port}", patience)
        finally:
            process.terminate()
            process.wait(40)


def answering(address: str, patience: float) -> str:
    """The address, once somebody answers there."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(f"{address}/readyz"),  # noqa: S310 - our own
        ):
            return address
        time.sleep(0.1)
    raise AssertionError(f"nobody answered at {address}")
