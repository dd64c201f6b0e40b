"""Debian's Chromium for tests, and axe-core in its pages. What is not there is skipped, and the reason is printed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
import zlib
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

try:
    from playwright.sync_api import expect
except ImportError:
    expect = None

PATIENCE = 180_000
"""Milliseconds that a page may take to do what is asked of it, on a machine that does much else."""

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
LOCK = Path(tempfile.gettempdir()) / f"tariffcalc-axe-{zlib.crc32(bytes(HERE))}.lock"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

if expect:
    expect.set_options(timeout=PATIENCE)


def missing(reason: str) -> NoReturn:
    """Skip for a reason; fail where nothing may be skipped."""
    if os.environ.get("TARIFFCALC_NO_SKIP") == "1":
        pytest.fail(f"{reason}, and TARIFFCALC_NO_SKIP=1 lets nothing be skipped")
    pytest.skip(reason)


def chromium() -> str:
    """The path of the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or missing("Chromium is not installed")


def axe_source() -> str:
    """The program of axe-core, installed by ``npm ci`` from the lock file where it is not there yet.

    One process of tests installs it while the others wait: two at once would take each other's files away.
    """
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not AXE.exists():
            if shutil.which("npm") is None:
                missing("npm is not installed: without it there is no axe-core")
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
            if done.returncode:
                missing(f"npm could not install axe-core: {done.stderr[-300:]}")
        return _read(AXE)


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def until(page: Any, expression: str) -> None:
    """Wait until an expression is true in a page. The browser's own way is code from text, which pages forbid."""
    end = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"{expression} does not come true"
        page.wait_for_timeout(50)


def written_over(tip: Any) -> list[str]:
    """The names in the tip of a chart that run into their values."""
    return list(
        tip.locator("tr").evaluate_all(
            """rows => rows.filter(row => {
                 const name = document.createRange();
                 name.selectNodeContents(row.querySelector("td.key"));
                 return name.getBoundingClientRect().right > row.querySelector("td.value").getBoundingClientRect().left;
               }).map(row => row.innerText)"""
        )
    )


def violations(page: Any) -> list[str]:
    """What axe-core finds wrong with a page, a line a rule and place; an empty list is what is wanted."""
    page.evaluate(axe_source())
    ask = "rules => axe.run({runOnly: rules, preload: false}).then(told => told.violations)"
    found = page.evaluate(ask, RULES)
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]
