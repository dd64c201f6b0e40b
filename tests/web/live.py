"""A service of its own on a free port of this machine, as ``tariffcalc serve`` runs it; stopped by its process id."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds that a service may take to begin or to end, on a machine that does much else."""
OPEN = {"TARIFFCALC_RATE_LIMIT": "off", "TARIFFCALC_WRITE_LIMIT": "off"}
"""No limits on how often a client may ask: a test asks more often than people do."""
UNHURRIED = {**OPEN, "TARIFFCALC_HEAVY_WAIT_SECONDS": "600", "TARIFFCALC_ANSWER_SECONDS": "600"}
"""Nor does an estimate give up: it may take long on a machine that does much else."""


@contextlib.contextmanager
def service(
    home: Path,
    workers: int = 2,
    patience: float = PATIENCE,
    ends: int | None = None,
    worker: str = "--no-worker",
    **environment: str,
) -> Iterator[str]:
    """The address of a running service; what it writes is in ``serve.log`` in its home.

    ``ends``: the status that it is to end with when it is asked to stop. ``worker``: whether it works on runs too.
    """
    port = free_port()
    command = [sys.executable, "-m", "tariffcalc.cli", "serve", worker, "--port", str(port)]
    command += ["--workers", str(workers)]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "TARIFFCALC_HOME": str(home), **environment}
        )
        try:
            yield answering(f"http://127.0.0.1:{port}", patience, process, home / "serve.log")
        finally:
            process.terminate()
            try:
                status = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
    assert ends in {None, status}


def answering(address: str, patience: float, process: subprocess.Popen[bytes], log: Path) -> str:
    """The address, once somebody answers there; a process that ends before that has said why in its log."""
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(f"{address}/readyz"),  # noqa: S310 - our own
        ):
            return address
        time.sleep(0.1)
    raise AssertionError(f"nobody answered at {address}:\n{log.read_text(encoding='utf-8', errors='replace')[-5000:]}")


def counted(text: str, name: str, **labels: str) -> float:
    """The sum of a metric over all its rows with these labels."""
    rows = re.findall(rf"^{name}\{{([^}}]*)\}} (\S+)$", text, re.MULTILINE)
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    return sum(float(value) for row, value in rows if wanted <= set(row.split(",")))
