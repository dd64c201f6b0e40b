"""What an estimate gives back: a frame, what it rests on, and how to render it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from tariffcalc.engine.flows import Flows
from tariffcalc.engine.run import Request, Run, inherit
from tariffcalc.formats import Options, Rendered, render, stream
from tariffcalc.law.schedule import Schedule


@dataclass(frozen=True)
class Result:
    """``frame`` adds up exactly; ``provenance`` says what it rests on; ``warnings`` what to mind."""

    frame: pd.DataFrame
    provenance: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def lines(self) -> pd.DataFrame:
        """The rows of the frame: one a reported group."""
        return self.frame

    @cached_property
    def duty(self) -> float:
        """The duty in total, in dollars."""
        return float(self.provenance["totals"]["duty"])

    @property
    def title(self) -> str:
        """What was asked, in a line."""
        told = self.provenance
        return f"{told['flows']['name']}, scenario {told['scenario']}, {told['window'][0]} to {told['window'][1]}"

    def to(self, name: str, options: Options | None = None) -> bytes:
        """The result in a format: csv, table, json, xlsx, parquet, arrow, markdown."""
        return render(self.rendered, name, options)

    def stream(self, name: str, options: Options | None = None) -> Iterator[bytes]:
        """The same bytes piece by piece, for a result that is large."""
        return stream(self.rendered, name, options)

    @property
    def rendered(self) -> Rendered:
        """What the formats print."""
        return Rendered(self.frame, self.provenance, self.title, self.warnings)


@cache
def program_version() -> str:
    """The version of the program."""
    try:
        return version("tariffcalc")
    except PackageNotFoundError:
        return "0.1.0"


def provenance(
    flows: Flows,
    law: Schedule,
    request: Request,
    made: Run,
    model: str,
    baseline: tuple[Schedule, Run] | None = None,
) -> dict[str, Any]:
    """What a result rests on: digests, assumptions, what is resolved. The same inputs, the same words."""
    value = made.totals["value"]
    told = dict(_stated(law, request))
    told |= {
        "flows": {"name": flows.name, "digest": flows.digest, "vintage": flows.vintage, "source": flows.source},
        "by": list(request.by),
        "sectors": request.sectors.name if request.sectors else None,
        "basis": request.basis,
        "status": request.status,
        "window": [str(request.window.start), str(request.window.until)]
        if request.window
        else [str(d) for d in flows.window],
        "model": model,
        "currency": flows.currency,
        "version": program_version(),
        "totals": {"customs_value": value, **_totals(made, request)},
        "resolved_share": made.totals["resolved"] / value if value else None,
        "ave_share": made.totals["by_equivalent"] / value if value else None,
        "prohibited_value": made.totals["prohibited"],
        "duty_bounds": [made.totals["duty_low"], made.totals["duty_high"]],
        "duty_by_status": {status: sum(measures.values()) for status, measures in made.statuses.items()},
        "measures_by_status": {status: sorted(measures) for status, measures in made.statuses.items()},
        "skipped_rows": flows.skipped_rows,
        "warnings": [*flows.warnings, *made.warnings],
    }
    if baseline is not None:
        other, before = baseline
        told["baseline"] = {**dict(_stated(other, request)), "totals": _totals(before, request)}
    return told


def _stated(law: Schedule, request: Request) -> Iterator[tuple[str, Any]]:
    scenario = law.scenario
    yield "importer", law.importer
    yield "schedule_digest", law.digest
    yield "scenario", scenario.name if scenario else "statutory"
    yield "scenario_digest", scenario.digest if scenario else None
    yield "as_known_on", str(law.known_on) if law.known_on else None
    yield "law_known_until", str(law.law_known_until)
    yield "assumptions", inherit(request.assume)


def _totals(made: Run, request: Request) -> dict[str, float]:
    """Sums over everything; under ``owed`` the duty is without that of measures later held void, as in the rows."""
    duty, void = made.totals["duty"], made.totals["void"]
    owed = duty - void if request.status == "owed" else duty
    return {"duty": owed, "void_duty": void, "resolved_value": made.totals["resolved"]}
