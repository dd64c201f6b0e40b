"""The further groupings of a run that its page shows: questions of their own, reckoned by the same code.

A run's result has its own grouping only. Three parts answer the rest, by sums: each is the run's question grouped
otherwise and without a model. A model of an economy or of prices has one more where it was asked by other groups than
its picture. What is small is reckoned at once, what is large becomes a run of its own; both are kept by the digest of
the question.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pandas as pd

from tariffcalc.engine.aggregate import with_rates
from tariffcalc.jobs import submit
from tariffcalc.jobs.question import written
from tariffcalc.jobs.work import answer
from tariffcalc.models import kind_of
from tariffcalc.result import Result
from tariffcalc.sources.bundled import read_bundled_meta
from tariffcalc.store import NotSavedError, Run, StoreUnavailableError
from tariffcalc.store.blobs import Blobs
from tariffcalc.store.records import digest_of
from tariffcalc.store.results import pack, unpack
from tariffcalc.web.apart import apart
from tariffcalc.web.api.estimates import MODEL_WEIGHT
from tariffcalc.web.limits import deadline, heavy
from tariffcalc.web.state import queue, settings, store

PARTS: Mapping[str, tuple[str, ...]] = {
    "trade": ("origin", "sector", "month"),
    "lines": ("sector", "month", "measure"),
    "products": ("product",),
}
"""What each part is grouped by."""

OF_MODEL: Mapping[str, tuple[str, str]] = {"incomes": ("exact-hat", "country"), "prices": ("io-prices", "category")}
"""The part of a picture of a model: the kind of question that has it, and what it is grouped by."""

TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "month": ("trade", ("period",)),
    "sectors": ("trade", ("sector", "sector_name")),
    "measures": ("lines", ("period", "measure")),
    "heat": ("trade", ("sector", "sector_name", "period")),
    "origins": ("trade", ("origin",)),
    "flow": ("lines", ("measure", "sector", "sector_name")),
    "products": ("products", ("product",)),
    "movers": ("products", ("product",)),
}
"""The table of each picture: the part that it is a sum of, and by what."""

_KEPT: OrderedDict[str, Result] = OrderedDict()
_MOST_KEPT = 24
_TURN = Lock()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page: its rows, and what they rest on."""

    frame: pd.DataFrame
    result: Result


def parts_of(question: Mapping[str, Any]) -> list[str]:
    """The parts that the page of a question needs beside its answer."""
    options = question["options"]
    kind, by = kind_of(options), options["by"]
    return [*PARTS, *(name for name, (own, group) in OF_MODEL.items() if kind == own and by != [group])]


def question_of(run: Run, name: str) -> dict[str, Any]:
    """The question of a part."""
    options = run.question["options"]
    if name in OF_MODEL:
        return {**run.question, "other_side": None, "options": {**options, "by": [OF_MODEL[name][1]]}}
    plain = written({})
    kept = {key: options[key] for key in ("sectors", "window", "basis", "status", "as_known_on")}
    return {**run.question, "other_side": None, "options": {**plain, **kept, "by": list(PARTS[name])}}


def part(run: Run, name: str) -> Result:
    """A part, from where it is kept or reckoned now. Raises ``RunNotDoneError`` while a large one is under way."""
    question = question_of(run, name)
    digest = digest_of(question)
    if found := kept(digest):
        return found
    if not is_small(question):
        wanted = parts_of(run.question)  # sooner or later all of them
        asked = {each: submit(question_of(run, each), store(), queue()) for each in wanted}
        return _keep(digest, store().runs.result(asked[name].id))
    with _TURN:  # the pictures of a page ask for the same part at the same time
        found = kept(digest)
        return found or _keep(digest, reckoned(question), lasting=True)


def is_ready(run: Run) -> bool:
    """Whether every part is at hand."""
    return all(kept_part(run, name) is not None for name in parts_of(run.question))


def kept_part(run: Run, name: str) -> Result | None:
    """A part, if it is kept."""
    return kept(digest_of(question_of(run, name)))


def table(run: Run, name: str) -> Table:
    """The table of a picture. Raises ``RunNotDoneError`` while it is under way."""
    source, keys = TABLES[name]
    result = part(run, source)
    return Table(summed(result.frame, keys, covers="measure" not in keys), result)


def summed(frame: pd.DataFrame, keys: tuple[str, ...], *, covers: bool = True) -> pd.DataFrame:
    """The sums of a result by some of its columns, with the rates that follow.

    Without ``covers`` rows are measures, whose customs values are what each bites on: no rates are reported.
    """
    money = [name for name in ("customs_value", "duty", "refund", "baseline_duty", "duty_change") if name in frame]
    known = frame.assign(resolved_value=frame["customs_value"] * frame["resolved_share"].fillna(0.0))
    sums = known.groupby(list(keys), sort=False, observed=True)[[*money, "resolved_value"]].sum(min_count=1)
    sums = sums.reset_index()
    if "period" in keys:
        sums = sums.sort_values([key for key in keys if key != "sector_name"], kind="stable", ignore_index=True)
    if not covers:
        return sums.drop(columns=["customs_value", "resolved_value"])
    rated = with_rates(sums)
    order = [*keys, *("customs_value", "duty", "effective_rate", "resolved_share"), *money[2:]]
    return rated[[name for name in order if name in rated]]


def is_small(question: Mapping[str, Any]) -> bool:
    """Whether a question is reckoned at once: the rule of ``/v1/estimates``."""
    flows = question["flows"]
    laws = 1 if question["baseline"] is None else 2
    times = 1 if question["options"]["model"] == "static" else MODEL_WEIGHT
    try:
        rows = store().flows.get(flows["id"], flows["version"]).rows if "id" in flows else _bundled(flows["name"])
    except NotSavedError:  # deleted since: its rows are kept for the run, how many they are is not told
        return False
    return rows * laws * times <= settings().sync_rows


def kept(digest: str) -> Result | None:
    """What is kept under the digest of a question, if anything is."""
    if digest in _KEPT:
        return _KEPT[digest]
    with suppress(StoreUnavailableError):
        return _keep(digest, unpack(_blobs().read(digest)))
    run = store().runs.live(digest)
    return _keep(digest, store().runs.result(run.id)) if run is not None and run.status == "done" else None


@heavy
@apart
def reckoned(question: Mapping[str, Any]) -> Result:
    """The answer to a question, reckoned now."""
    return answer(question, store(), deadline)


def _keep(digest: str, result: Result, *, lasting: bool = False) -> Result:
    if lasting:
        _blobs().write(digest, pack(result).write)
    _KEPT[digest] = result
    while len(_KEPT) > _MOST_KEPT:
        _KEPT.popitem(last=False)
    return result


def _blobs() -> Blobs:
    return Blobs(settings().tables, "parts")


def _bundled(name: str) -> int:
    return int(read_bundled_meta(name)["rows"])
