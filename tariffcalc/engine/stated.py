"""What a step of law states for one shipment, by itself or by the row of a table, and how it is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tariffcalc.engine import resolve
from tariffcalc.engine.shipment import Shipment
from tariffcalc.law.dates import ALWAYS
from tariffcalc.law.duty import Duty, FromTable, Unreckoned
from tariffcalc.law.measure import Measure


@dataclass(frozen=True)
class Stated:
    """A duty (None: a table has no row for the product) with the act that sets it and the first day it holds."""

    duty: Duty | None
    cite: str
    since: date


def stated(shipment: Shipment, duty: Duty, cite: str, since: date, *, base: bool = False) -> Stated:
    """A step's duty as it is, or what the table it refers to states for the product and origin.

    Act and day are the row's own where the row has a beginning, else the step's. ``base``: a product that the table
    has no row for is not covered by it, and a row stands in for the time before it begins.
    """
    if not isinstance(duty, FromTable):
        return Stated(duty, cite, since)
    line = duty.table.line(shipment.product, shipment.origin)
    if line is None:
        return Stated(None if base else Unreckoned(""), cite, since)
    row = duty.table.rows[line]
    step, found = row.at(shipment.day), resolve.stated(row, shipment.day, first_stands_in=base)
    if step is None or step.start == ALWAYS:
        return Stated(found, cite if base or step is None else step.cite, since)
    return Stated(found, step.cite, step.start)


def named(duty: Duty, measure: Measure) -> str:
    """A duty as warnings name it: with its measure, and as printed where it is."""
    if measure.basis == "base":
        return "base duty" if duty == Unreckoned("") else f"base duty {duty}"
    return measure.title if duty == Unreckoned("") else f"{measure.title} ({duty})"
