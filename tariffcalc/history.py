"""One product's rate through time: a row a segment and measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from tariffcalc.engine.quote import quote
from tariffcalc.engine.shipment import Quote, Shipment
from tariffcalc.errors import BadRequestError
from tariffcalc.law.dates import Period, segments
from tariffcalc.law.scenario import Scenario
from tariffcalc.law.schedule import Schedule
from tariffcalc.shipments import as_day, schedule_for, shipment_of

COLUMNS = (
    "segment_from",
    "segment_until",
    "measure",
    "authority",
    "statutory_rate",
    "share",
    "applied_rate",
    "status",
    "total_rate",
    "why",
)


@dataclass(frozen=True)
class Stretch:
    """Days in which a shipment's rate and its parts stay the same."""

    period: Period
    quote: Quote


def history(
    product: str,
    origin: str,
    start: str | date | None = None,
    until: str | date | None = None,
    importer: str = "USA",
    *,
    claim: str | None = None,
    as_known_on: str | date | None = None,
    scenario: str | Mapping[str, Any] | Scenario | None = None,
    shares: Mapping[str, float] | None = None,
    facts: Mapping[str, bool] | None = None,
    ave: bool = False,
) -> pd.DataFrame:
    """The rate as a timeline; ``total_rate`` is that of all measures together, missing if unknown.

    Without dates: from the first edition of base duties held to the last change known.
    """
    law = schedule_for(importer, as_known_on, scenario)
    window = _window(law, start, until)
    shipment = shipment_of(law, product, origin, window.start, claim=claim, shares=shares, facts=facts, ave=ave)
    rows = [row for stretch in stretches(law, shipment, window) for row in _rows(stretch)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def stretches(law: Schedule, shipment: Shipment, window: Period) -> list[Stretch]:
    """The window cut where the shipment's own duty changes."""
    found: list[Stretch] = []
    for part in segments(window, law.breakpoints):
        made = quote(law, _on(shipment, part.start))
        if found and _same(found[-1].quote, made):
            found[-1] = Stretch(Period(found[-1].period.start, part.until), found[-1].quote)
        else:
            found.append(Stretch(part, made))
    return found


def _on(shipment: Shipment, day: date) -> Shipment:
    return Shipment(**{**vars(shipment), "day": day})


def _same(one: Quote, other: Quote) -> bool:
    def parts(made: Quote) -> list[tuple[object, ...]]:
        return [(c.measure, c.statutory_rate, c.share, c.applied_rate, c.status, c.printed) for c in made.components]

    return parts(one) == parts(other) and one.prohibited == other.prohibited


def _rows(stretch: Stretch) -> list[tuple[object, ...]]:
    total = stretch.quote.rate
    edges = (stretch.period.start.isoformat(), stretch.period.until.isoformat())
    return [
        (*edges, c.measure, c.authority, c.statutory_rate, c.share, c.applied_rate, c.status, total, c.why)
        for c in stretch.quote.components
    ]


def _window(law: Schedule, start: str | date | None, until: str | date | None) -> Period:
    last = max([law.law_known_until, *law.breakpoints]) + timedelta(days=1)
    first = as_day(start, "from") if start is not None else law.base_known_from
    end = as_day(until, "until") if until is not None else last
    if end <= first:
        raise BadRequestError(f"until {end} is not after from {first}", code="empty-window", hint="until is exclusive")
    return Period(first, end)
