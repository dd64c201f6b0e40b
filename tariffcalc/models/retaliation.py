"""Both sides at once: what our tariffs do to what we buy, and what theirs do to what they buy from us.

Each side is a table of its own imports under its own law; the answers stand in one result, told apart by importer.
The rows of the other side are our exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.estimate import Progress, importer_of, read_flows, read_scenario, read_schedule, silent
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.response import impact
from tariffcalc.result import Result
from tariffcalc.shipments import schedule_for

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
    """The answers of both sides in one result, by importer and the groups asked for; ``asked`` as for ``impact``."""
    by = tuple(dict.fromkeys(("importer", *by)))
    own = impact(flows, schedule, by=by, progress=lambda done: progress(done / 2), **asked)
    progress(0.5)
    asked = {**asked, "baseline": theirs.baseline, "progress": lambda done: progress((1 + done) / 2)}
    other = impact(theirs.flows, theirs.schedule, by=by, **asked)
    frame = pd.concat([own.frame, other.frame], ignore_index=True)
    warnings = [f"{one.provenance['importer']}: {said}" for one in (own, other) for said in one.warnings]
    told = {**own.provenance, "retaliation": other.provenance, "warnings": warnings}
    return replace(own, frame=frame, provenance=told, warnings=tuple(warnings))
