"""What people have saved, as pages list it: nothing where reading needs a key, which who opens a page does not send."""

from __future__ import annotations

from tariffcalc.store import SavedScenario, SavedTable
from tariffcalc.store.records import Page
from tariffcalc.web.state import settings, store

ALL = 100


def scenarios(page: int = 1, page_size: int = ALL) -> Page[SavedScenario]:
    """The saved scenarios, newest first."""
    return Page((), 0, 1, page_size) if _closed() else store().scenarios.list(page, page_size)


def tables() -> tuple[SavedTable, ...]:
    """The saved tables, newest first."""
    return () if _closed() else store().flows.list().items


def _closed() -> bool:
    return settings().api_keys == "all"
