"""Both sides at once: what our tariffs do to what we buy, and what theirs do to what they buy from us.

Each side is a table of its own imports under its own law; the answers stand in one result, told apart by importer.
The rows of the other side are our exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.estimate import Progress, importer_of, read_flows, read_scenario, read_schedule, silent
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.response import impact
from tariffcalc.result import Result
from tariffcalc.shipments import schedule_for

DAYS_OF_YEAR = 366

Law = str | Mapping[str, Any]
"""A scenario by name, as a file, or as its keys."""


@dataclass(frozen=True)
class Side:
    """The other side: its imports, its law, and its law before."""

    flows: Flows
    schedule: Schedule
    baseline: Schedule


def other_side(flows: Flows | str, scenario: Law, baseline: Law | None, ours: Law | None) -> Side:
    """The other side from names or keys: its table, the scenario of its law, and the law before.

    Without a ``baseline`` of its own it is its law as known on the day on which ours was; ``ours`` is that baseline.
    """
    table = read_flows(flows) if isinstance(flows, str) else flows
    return Side(table, *laws(importer_of(table), scenario, baseline, ours))


def laws(importer: str, scenario: Law, baseline: Law | None, ours: Law | None) -> tuple[Schedule, Schedule]:
    """The law of the other side and its law before, from names or keys, as ``other_side`` takes them."""
    law = schedule_for(importer, None, scenario)
    if baseline is not None:
        return law, schedule_for(importer, None, baseline)
    known_on = None if ours is None else read_scenario(ours).as_known_on
    if known_on is None:
        raise BadRequestError(
            f"what the law of {importer} was before retaliation is not said",
            code="retaliation-needs-baseline",
            hint="give a baseline of its own, or one for both that is the law as known on a day (no-tariffs-2025)",
        )
    return law, read_schedule(importer).as_known_on(known_on)


def both(
    flows: Flows | str,
    schedule: Schedule | None,
    theirs: Side,
    *,
    by: Sequence[str],
    progress: Progress = silent,
    **asked: Any,
) -> Result:
    """The answers of both sides in one result, by importer and the groups asked for; ``asked`` as for ``impact``.

    Both answer for the same days, by default those of our table. Raises ``BadRequestError`` where both are imports of
    the same country, or the other side has no trade of those days, nor of one year to stand for it.
    """
    by = tuple(dict.fromkeys(("importer", *by)))
    table = read_flows(flows) if isinstance(flows, str) else flows
    _check_two(importer_of(table), importer_of(theirs.flows))
    window = _days(table, asked.pop("window", (None, None)))
    basis, notes = _basis(theirs.flows, window, asked.get("basis", "observed"))
    own = impact(table, schedule, by=by, window=window, progress=lambda done: progress(done / 2), **asked)
    progress(0.5)
    asked |= {"baseline": theirs.baseline, "basis": basis, "progress": lambda done: progress((1 + done) / 2)}
    other = impact(theirs.flows, theirs.schedule, by=by, window=window, **asked)
    frame = pd.concat([own.frame, other.frame], ignore_index=True)
    warnings = [f"{one.provenance['importer']}: {said}" for one in (own, other) for said in one.warnings]
    warnings += [f"{other.provenance['importer']}: {said}" for said in notes]
    told = {**own.provenance, "retaliation": other.provenance, "warnings": warnings}
    return replace(own, frame=frame, provenance=told, warnings=tuple(warnings))


def _check_two(ours: str, theirs: str) -> None:
    if ours == theirs:
        raise BadRequestError(
            f"both tables are imports of {ours}",
            code="retaliation-same-importer",
            hint="the other side's table holds what it imports from us, such as canada-from-us-2024",
        )


def _days(table: Flows, window: tuple[date | None, date | None]) -> tuple[date, date]:
    """The days asked for; an edge that is left out is that of the table."""
    first, last = table.window
    return window[0] or first, window[1] or last


def _basis(theirs: Flows, window: tuple[date, date], basis: str) -> tuple[str, list[str]]:
    """How the other side's trade is laid on the days: as it was, or as that of one year, with what to say of it."""
    first, last = theirs.window
    span = f"{first} to {last}"
    if basis == "base_year" or (first <= window[0] and window[1] <= last):
        return basis, []
    if first < window[1] and window[0] < last:
        return basis, [f"its trade is that of {span}: of other days nothing is in its rows"]
    if (last - first).days > DAYS_OF_YEAR:
        raise BadRequestError(
            f"the other side's table has no trade from {window[0]} to {window[1]}: it is of {span}",
            code="retaliation-without-trade",
            hint="ask for days that both tables have, or give a table of one year",
        )
    return "base_year", [f"its trade of {span} stands for that of a year, by days"]
