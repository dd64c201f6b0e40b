"""What changed in the law and what it costs: slow to reckon, so kept, for the API and the pages alike."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from pandas import DataFrame

from tariffcalc.changes import changes
from tariffcalc.store import SavedTable
from tariffcalc.web.apart import apart
from tariffcalc.web.limits import heavy
from tariffcalc.web.state import store


def reckoned(since: date, flows: str | SavedTable | None, *, until: date | None, importer: str) -> DataFrame:
    """The changes with their cost on a bundled table, the importer's own or a saved one, which is read here."""
    table = store().flows.read(flows.id, flows.version) if isinstance(flows, SavedTable) else flows
    return changes(since, table, until=until, importer=importer)


_KEPT = lru_cache(maxsize=256)
reckoned_changes = _KEPT(heavy(_KEPT(apart(reckoned))))
"""The same, kept: it takes seconds, and the law and a version of a table stay as they are while the program runs.

Kept within the turn too, so that whoever asked the same and waited need not reckon it again.
"""
