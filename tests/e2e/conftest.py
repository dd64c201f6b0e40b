"""A running service and a browser for the tests of pages: ``live``, ``browser``, ``visit`` and ``page``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.browser import FLAGS, PATIENCE, chromium, missing
from tests.web.live import UNHURRIED, service

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with an empty store."""
    with service(tmp_path_factory.mktemp("home"), workers=1, patience=120, **UNHURRIED) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    path = chromium()
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the reason is told where it is missing
    except ImportError:
        missing("playwright is not installed")
    with sync_playwright() as program:
        running = program.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Any, live: str) -> Iterator[Callable[..., Any]]:
    """Open a window of its own on a path: ``visit("/law", viewport=PHONE, java_script_enabled=False)``.

    What a page's own program does wrong, and what the Content-Security-Policy stops, fails the test at its end.
    """
    contexts, wrong = [], []

    def note(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    def open_page(path: str = "/", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": WIDE, "base_url": live, "locale": "en-US", **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(visit: Callable[..., Any]) -> Any:
    """A window on the first page."""
    return visit("/")
