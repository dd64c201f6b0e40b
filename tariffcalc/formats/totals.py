"""The totals row: amounts are added, rates are weighted by the value that they belong to."""

import math
from typing import Any

import pandas as pd

from tariffcalc.formats.base import Kind, kinds_of

_OVERLAPPING = ("measure", "authority")
_WHOLE = {"customs_value", "prohibited_value"}
_SHARES_OF_VALUE = ("resolved_share", "ave_share")


def adds_up(frame: pd.DataFrame, name: str) -> bool:
    """Tell whether a column can be added: values that several measures cover cannot, nor can rates."""
    kind = kinds_of(frame)[name]
    return kind == "money" and not (name in _WHOLE and any(column in frame for column in _OVERLAPPING))


def totals(frame: pd.DataFrame) -> dict[str, float]:
    """Return the totals of the columns that have one, unrounded; what is missing is left out of a sum.

    Only tables of trade add up: a list of changes or a timeline of rates has no totals.
    """
    if "customs_value" not in frame:
        return {}
    found = {name: _sum(frame[name]) for name in frame.columns if adds_up(frame, str(name))}
    value = found.get("customs_value", math.nan)
    if value > 0:
        shares = [name for name in _SHARES_OF_VALUE if name in frame]
        found |= {name: _sum(frame[name] * frame["customs_value"]) / value for name in shares}
        resolved = value * found.get("resolved_share", 1.0)
        if {"duty", "effective_rate"} <= {*frame.columns} and resolved > 0:
            found["effective_rate"] = found["duty"] / resolved
    return {name: amount for name, amount in found.items() if not math.isnan(amount)}


def total_cells(frame: pd.DataFrame) -> list[Any]:
    """Return one cell a column: "Total" in the first text column, the total where there is one, else nothing."""
    amounts = totals(frame)
    cells: list[Any] = [amounts.get(str(name)) for name in frame.columns]
    kinds: list[Kind] = list(kinds_of(frame).values())
    if amounts and "text" in kinds:
        cells[kinds.index("text")] = "Total"
    return cells


def _sum(column: "pd.Series[Any]") -> float:
    return float(column.sum(min_count=1))
