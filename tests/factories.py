"""Things to test with, each with defaults: a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

import tariffcalc as tc
from tariffcalc.engine.flows import Flows
from tariffcalc.law.codes import CodeSet, Scope
from tariffcalc.law.dates import Step, Timeline
from tariffcalc.law.duty import AdValorem
from tariffcalc.law.measure import Measure, Rate, Stacking
from tariffcalc.law.schedule import Schedule

EARLY = date(2020, 1, 1)
CAR, CAR_PART, T_SHIRT, STEEL_COIL, CRUDE_OIL = "8703230190", "8708401150", "6109901007", "7208390015", "2709002010"


def a_row(**cells: Any) -> dict[str, Any]:
    """A row of trade: Canadian T-shirts of June 2025, a thousand dollars."""
    row = {"importer": "USA", "origin": "CAN", "product": T_SHIRT, "period": "2025-06", "customs_value": 1000.0}
    return row | cells


def a_table(*rows: Mapping[str, Any]) -> Flows:
    """A checked table of rows."""
    return tc.read_flows(pd.DataFrame([a_row(**row) for row in rows]), name="made up")


def a_timeline(*values: Any, start: date = EARLY) -> Timeline[Any]:
    """A timeline whose values follow each other year by year."""
    steps = [Step(start.replace(year=start.year + i), EARLY, value) for i, value in enumerate(values)]
    return Timeline(tuple(steps))


def a_measure(id_: str = "a", rate: float = 0.25, content: str | None = None, **given: Any) -> Measure:
    """A duty of 25 percent on everything since 2020."""
    keys = {
        "title": id_,
        "authority": "test",
        "scope": Scope(products=CodeSet(everything=True)),
        "rates": a_timeline(Rate(AdValorem(rate), content)),
    }
    return Measure(id=id_, **(keys | given))


def yielding(to: Sequence[str] = (), whole: Sequence[str] = ()) -> Timeline[Stacking]:
    """A stacking that yields to some measures for the rest, to others for the whole."""
    return a_timeline(Stacking(yields_to=tuple(to), yields_whole_to=tuple(whole)))


def a_schedule(*measures: Measure, **given: Any) -> Schedule:
    """A schedule of these measures; its digest tells schedules apart."""
    keys = {"importer": "USA", "measures": {one.id: one for one in measures}, "digest": repr(measures)}
    return Schedule(**(keys | given))
