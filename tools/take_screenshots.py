"""Take the pictures of pages that the README shows, from a service that runs with a worker.

tariffcalc serve &
python tools/take_screenshots.py http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import shutil
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "img"
SHIPMENT = "/?product=8429511050&origin=China&date=2025-04-20&value=10000"
QUESTION = {
    "flows": "us-north-america-2025",
    "scenario": "no-pause",
    "baseline": "no-tariffs-2025",
    "by": "sector,month",
}
SIZE = {"width": 1180, "height": 1000}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def run_page(address: str) -> str:
    """The page of a run of the question."""
    asked = urllib.request.Request(  # noqa: S310 - the address is the caller's own service
        f"{address}/v1/estimates",
        data=json.dumps(QUESTION).encode(),
        headers={"Content-Type": "application/json", "Prefer": "respond-async"},
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310
        return f"/runs/{json.load(answer)['id']}"


def take(page: Page, address: str, path: str, name: str) -> None:
    """Save what a window shows of a page, when it has drawn its pictures."""
    page.goto(address + path)
    page.wait_for_timeout(12_000)
    page.screenshot(path=IMAGES / f"{name}.png")
    sys.stdout.write(f"wrote {name}.png\n")


def main(address: str) -> None:
    """Both pictures."""
    with sync_playwright() as program:
        browser = program.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=SIZE)
        take(page, address, SHIPMENT, "page-answer")
        take(page, address, run_page(address), "page-run")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
