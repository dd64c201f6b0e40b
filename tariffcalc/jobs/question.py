"""A question as a document: everything on which its answer depends, and nothing else.

The same question has the same document, whoever asks it and whatever he leaves to the defaults; so its digest finds the
answer again. A document made under another law, other facts of trade or another version of the program is another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tariffcalc import models
from tariffcalc.errors import BadRequestError
from tariffcalc.estimate import STATUTORY, importer_of, read_flows
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.retaliation import laws
from tariffcalc.paths import trade_data_folder
from tariffcalc.result import program_version
from tariffcalc.shipments import schedule_for
from tariffcalc.store import SavedScenario, SavedTable

Law = str | Mapping[str, Any] | SavedScenario | None
"""A scenario: the name of a ready-made one, its keys, or a saved one; None is the law as it stands."""

Options = Mapping[str, Any]


@dataclass(frozen=True)
class OtherSide:
    """The other side of retaliation: its imports, its law, and its law before."""

    flows: str | SavedTable
    scenario: Law
    baseline: Law = None


def ask(
    flows: str | SavedTable,
    scenario: Law = None,
    baseline: Law = None,
    other_side: OtherSide | None = None,
    **options: Any,
) -> dict[str, Any]:
    """The question of what a model says of a bundled or saved table under a scenario.

    ``options`` are those of ``models.answer``, by its names; what is left out has its default. Raises what that would
    raise for a scenario, an importer or an option.
    """
    table, importer = _table(flows)
    chosen, other = _document(scenario), _document(baseline)
    settled = written(options)
    if other_side is not None:
        models.check_both(settled)
    return {
        "flows": table,
        "importer": importer,
        "scenario": chosen,
        "baseline": other,
        "other_side": None if other_side is None else _other(other_side, other),
        "options": settled,
        "law": schedule_for(importer, None, chosen).digest,
        "baseline_law": None if other is None else schedule_for(importer, None, other).digest,
        "facts": facts_digest(),
        "version": program_version(),
    }


def written(options: Options) -> dict[str, Any]:
    """Options of a question as JSON has them, with the defaults of those that are left out."""
    return {name: _plain(one) for name, one in models.settled(options).items()}


def read(options: Options) -> dict[str, Any]:
    """What ``written`` wrote, as ``models.answer`` takes it."""
    days = {name: _day(options.get(name)) for name in ("as_known_on",)}
    return {**options, **days, "window": tuple(_day(text) for text in options["window"])}


@cache
def facts_digest() -> str:
    """The SHA-256 of the facts of trade that the program goes by, in hex.

    Flow tables have digests of their own; no duty rests on the words of the search.
    """
    sha = hashlib.sha256()
    folder = trade_data_folder()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).parts[0] not in ("flows", "search"):
            sha.update(f"{path.relative_to(folder).as_posix()}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()


def importer_of_saved(table: SavedTable) -> str:
    """The importer of a saved table; several are refused."""
    if len(table.importers) == 1:
        return table.importers[0]
    raise BadRequestError(
        f"the table has {len(table.importers)} importers: {', '.join(table.importers)}",
        code="several-importers",
        hint="estimate one importer's rows at a time",
    )


def law_of(question: Mapping[str, Any]) -> tuple[Schedule, Schedule | None]:
    """The law under the question's scenario, and under its baseline if it has one."""
    importer, other = question["importer"], question["baseline"]
    chosen = schedule_for(importer, None, question["scenario"])
    return chosen, None if other is None else schedule_for(importer, None, other)


def _other(side: OtherSide, ours: str | dict[str, Any] | None) -> dict[str, Any]:
    """The other side as a document; ``ours`` is the baseline of this side."""
    table, importer = _table(side.flows)
    chosen, before = _document(side.scenario), _document(side.baseline)
    law, law_before = laws(importer, chosen or STATUTORY, before, ours)
    own = {"flows": table, "importer": importer, "scenario": chosen, "baseline": before}
    return {**own, "law": law.digest, "baseline_law": law_before.digest}


def _table(flows: str | SavedTable) -> tuple[dict[str, Any], str]:
    """Which table is meant, with the digest of its rows; and its importer."""
    if isinstance(flows, SavedTable):
        return {"id": flows.id, "version": flows.version, "digest": flows.digest}, importer_of_saved(flows)
    table = read_flows(flows)
    return {"name": flows, "digest": table.digest}, importer_of(table)


def _document(law: Law) -> str | dict[str, Any] | None:
    if isinstance(law, SavedScenario):
        return dict(law.document)
    if law is None or isinstance(law, str):
        return law
    return dict(law)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
