"""Duty lines -> one row a reported group: the result table's columns, in their fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.charge import Sums
from tariffcalc.engine.lookup import Floats, Ints, distinct
from tariffcalc.engine.spread import UNITS
from tariffcalc.errors import BadRequestError, nearest_hint

BY = (
    "importer",
    "origin",
    "sector",
    "product",
    "measure",
    "authority",
    "status",
    "day",
    "month",
    "quarter",
    "year",
    "segment",
)
KEYS = (
    "importer",
    "origin",
    "sector",
    "sector_name",
    "product",
    "period",
    "segment_from",
    "segment_until",
    "measure",
    "authority",
    "status",
)
VALUES = ("customs_value", "duty", "effective_rate", "resolved_share")
REFUND = "refund"
BASELINE = ("baseline_duty", "duty_change")


@dataclass(frozen=True)
class Groups:
    """The groups that rows fall into by importer, origin, sector and product: a column each."""

    columns: Mapping[str, Sequence[str]]
    size: int


def check_by(by: Sequence[str]) -> tuple[str, ...]:
    """The grouping asked for; a name that is not known, or two units of time, are refused."""
    for name in by:
        if name not in BY:
            raise BadRequestError(
                f"by {name!r} is not known", code="unknown-by", hint=nearest_hint(name, BY) or f"known: {', '.join(BY)}"
            )
    times = [name for name in by if name in (*UNITS, "segment")]
    if len(times) > 1:
        raise BadRequestError(
            f"by has two divisions of time: {' and '.join(times)}", code="two-times-in-by", hint="choose one of them"
        )
    if len(set(by)) != len(by):
        raise BadRequestError("by names a column twice", code="twice-in-by", hint="name each once")
    if not by:
        raise BadRequestError("by is empty", code="empty-by", hint=f"choose from {', '.join(BY)}")
    return tuple(by)


def groups_of(columns: Mapping[str, tuple[Sequence[str], Ints]], rows: int) -> tuple[Groups, Ints]:
    """Number the combinations that occur of some columns, each given as words and places."""
    key = np.zeros(rows, dtype=np.int64)
    for words, places in columns.values():
        key = key * len(words) + places
    seen, group_of = distinct(key)
    found: dict[str, Any] = {}
    rest = seen
    for name, (words, _) in reversed(list(columns.items())):
        rest, at = np.divmod(rest, len(words))
        found[name] = np.asarray(words, dtype=object)[at]
    return Groups(found, len(seen)), group_of


def frame_of(
    sums: Sequence[tuple[str, Sums]],
    groups: Groups,
    by: Sequence[str],
    measures: Mapping[str, tuple[str, str, str]],
    *,
    owed: bool = False,
) -> pd.DataFrame:
    """The result frame; ``measures`` gives what each measure of the sums is reported as: id, authority and status.

    With ``owed`` the duty is what is owed in law: void duty is taken out and is the ``refund``.

    ``customs_value``, ``duty``: dollars. ``resolved_value`` is kept beside them for the rates.
    Rows come in the order of the groups, then of time, then of measures.
    """
    labels = [label for label, _ in sums]
    named = {
        key: tuple(word for name, word in zip(_NAMED, words, strict=True) if name in by)
        for key, words in measures.items()
    }
    names = sorted(set(named.values())) or ([] if _covers(by) else [()])
    place = {pair: i for i, pair in enumerate(names)}
    rows = _Rows(groups.size, len(labels), max(len(names), 1))
    for when, (_, total) in enumerate(sums):
        if names == [()]:
            rows.add(when, 0, total.value, total.resolved, total.duty, total.void)
            continue
        for key, amounts in total.measures.items():
            rows.add(when, place[named[key]], *amounts)
    group, when_of, who, (value, resolved, duty, void) = rows.summed()
    columns: dict[str, object] = {
        name: np.asarray(words, dtype=object)[group] for name, words in groups.columns.items()
    }
    columns |= _times(by, labels, when_of)
    for index, name in enumerate(name for name in _NAMED if name in by):
        columns[name] = np.array([pair[index] for pair in names], dtype=object)[who]
    money = {"customs_value": value, "resolved_value": resolved, "duty": duty}
    if owed:
        money |= {"duty": duty - void, "refund": void}
    frame = pd.DataFrame({**columns, **money})
    return with_rates(frame[[*key_columns(by), *money]])


_NAMED = ("measure", "authority", "status")


class _Rows:
    """Amounts by (group, time, measure), gathered one time and measure at a time."""

    def __init__(self, groups: int, times: int, names: int) -> None:
        self.shape = (groups, times, names)
        self.keys: list[Ints] = []
        self.amounts: list[Floats] = []

    def add(self, when: int, who: int, *amounts: Floats) -> None:
        """Add value, resolved value, duty and void duty by group; groups without value are left out."""
        at = np.flatnonzero(amounts[0])
        _, times, names = self.shape
        self.keys.append((at * times + when) * names + who)
        self.amounts.append(np.array([amount[at] for amount in amounts]))

    def summed(self) -> tuple[Ints, Ints, Ints, Floats]:
        """The keys in order, and the amounts of each summed."""
        keys = np.concatenate([*self.keys, np.zeros(0, dtype=np.int64)])
        amounts = np.concatenate([*self.amounts, np.zeros((4, 0))], axis=1)
        seen, inverse = np.unique(keys, return_inverse=True)
        _, times, names = self.shape
        rest, who = np.divmod(seen, names)
        group, when = np.divmod(rest, times)
        totals = np.array([np.bincount(inverse, weights=part, minlength=len(seen)) for part in amounts])
        return group, when, who, totals


def _times(by: Sequence[str], labels: Sequence[str], when: Ints) -> dict[str, object]:
    words = np.asarray(labels, dtype=object)[when] if len(labels) else np.zeros(0, dtype=object)
    if "segment" in by:
        edges = [str(word).split("/") for word in words]
        return {"segment_from": [edge[0] for edge in edges], "segment_until": [edge[1] for edge in edges]}
    return {"period": words}


def key_columns(by: Sequence[str]) -> list[str]:
    """The key columns of a grouping, in the fixed order of the result table."""
    wanted = set(by)
    if "sector" in wanted:
        wanted.add("sector_name")
    if wanted & set(UNITS):
        wanted.add("period")
    if "segment" in wanted:
        wanted |= {"segment_from", "segment_until"}
    return [name for name in KEYS if name in wanted]


def with_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Add effective_rate = duty / resolved value and resolved_share = resolved / customs value."""
    value, resolved = frame["customs_value"].to_numpy(), frame["resolved_value"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        frame["effective_rate"] = np.where(resolved > 0, frame["duty"].to_numpy() / resolved, np.nan)
        frame["resolved_share"] = np.where(value > 0, resolved / value, np.nan)
    return frame


def compared(frame: pd.DataFrame, baseline: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The result beside a baseline's: a group that only one of them has counts as no duty there."""
    keys = key_columns(by)
    other = baseline[[*keys, "duty", "customs_value", "resolved_value"]].rename(columns={"duty": "baseline_duty"})
    merged = frame.drop(columns=["effective_rate", "resolved_share"]).merge(
        other, on=keys, how="outer", suffixes=("", "_other")
    )
    merged = _in_order(merged, (frame, baseline), keys)
    only_before = merged["duty"].isna()
    for name in ("customs_value", "resolved_value"):
        merged[name] = merged[name].where(~only_before, 0.0 if _covers(by) else merged[f"{name}_other"])
    amounts = [name for name in ("duty", REFUND, "baseline_duty") if name in merged]
    merged[amounts] = merged[amounts].fillna(0.0)
    merged["duty_change"] = merged["duty"] - merged["baseline_duty"]
    return with_rates(merged)


def _in_order(merged: pd.DataFrame, frames: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    """Rows in the order of the keys: sectors as their list has them, everything else by its text."""
    ranks = {}
    for key in keys:
        words = pd.unique(pd.concat([frame[key] for frame in frames]))
        listed = list(words) if key in ("sector", "sector_name") else sorted(words)
        ranks[key] = merged[key].map({word: i for i, word in enumerate(listed)})
    order = pd.DataFrame(ranks).sort_values(list(keys), kind="stable").index
    return merged.loc[order].reset_index(drop=True)


def _covers(by: Sequence[str]) -> bool:
    return any(name in by for name in _NAMED)


def ordered(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The frame with the result table's columns only, in their order."""
    extra = [name for name in (REFUND, *BASELINE) if name in frame]
    return frame[[*key_columns(by), *VALUES, *extra]]
