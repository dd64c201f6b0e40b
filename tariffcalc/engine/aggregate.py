"""Duty lines -> one row a reported group: the result table's columns, in their fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.engine.charge import Sums
from tariffcalc.engine.lookup import Floats, Ints
from tariffcalc.errors import BadRequestError, nearest_hint

BY = ("importer", "origin", "sector", "product", "measure", "authority", "day", "month", "quarter", "year", "segment")
UNITS = ("day", "month", "quarter", "year")
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
)
VALUES = ("customs_value", "duty", "effective_rate", "resolved_share")
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
    size = int(np.prod([len(words) for words, _ in columns.values()], dtype=float))
    if size <= 4 * max(rows, 1_000_000):
        seen = np.flatnonzero(np.bincount(key, minlength=size)) if columns else np.zeros(1, dtype=np.int64)
        place = np.zeros(max(size, 1), dtype=np.int64)
        place[seen] = np.arange(len(seen))
        group_of = place[key]
    else:
        seen, group_of = np.unique(key, return_inverse=True)
    found: dict[str, Sequence[str]] = {}
    rest = seen
    for name, (words, _) in reversed(columns.items()):
        rest, at = np.divmod(rest, len(words))
        found[name] = np.asarray(words, dtype=object)[at]
    return Groups(found, len(seen)), group_of


def frame_of(
    sums: Iterable[tuple[str, Sums]], groups: Groups, by: Sequence[str], measures: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """The result frame; ``measures`` gives each measure's reported id and authority.

    ``customs_value``, ``duty``: dollars. ``resolved_value`` is kept beside them for the rates.
    """
    by_measure = next((name for name in ("measure", "authority") if name in by), None)
    rows = []
    for label, total in sums:
        if by_measure is None:
            rows.append(_rows(label, groups, total.value, total.resolved, total.duty))
            continue
        for key, (value, resolved, duty) in total.measures.items():
            part = _rows(label, groups, value, resolved, duty)
            part["measure"], part["authority"] = measures[key]
            rows.append(part)
    frame = pd.concat(rows, ignore_index=True) if rows else _rows("", groups, *(np.zeros(groups.size),) * 3).iloc[:0]
    return _shaped(frame, by)


def _rows(label: str, groups: Groups, value: Floats, resolved: Floats, duty: Floats) -> pd.DataFrame:
    at = np.flatnonzero(value)
    columns: dict[str, object] = {name: np.asarray(words, dtype=object)[at] for name, words in groups.columns.items()}
    columns["label"] = label
    return pd.DataFrame({**columns, "customs_value": value[at], "resolved_value": resolved[at], "duty": duty[at]})


def _shaped(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Name the columns of time, sum what is reported together, sort, and reckon the rates."""
    if "segment" in by:
        edges = frame["label"].str.split("/", expand=True) if len(frame) else pd.DataFrame({0: [], 1: []})
        frame["segment_from"], frame["segment_until"] = edges[0], edges[1]
    else:
        frame["period"] = frame["label"]
    keys = key_columns(by)
    summed = frame.groupby(keys, sort=True, observed=True)[["customs_value", "resolved_value", "duty"]].sum()
    return with_rates(summed.reset_index())


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
        other, on=keys, how="outer", suffixes=("", "_other"), sort=True
    )
    only_before = merged["duty"].isna()
    for name in ("customs_value", "resolved_value"):
        merged[name] = merged[name].where(~only_before, 0.0 if _covers(by) else merged[f"{name}_other"])
    merged[["duty", "baseline_duty"]] = merged[["duty", "baseline_duty"]].fillna(0.0)
    merged["duty_change"] = merged["duty"] - merged["baseline_duty"]
    return with_rates(merged)


def _covers(by: Sequence[str]) -> bool:
    return "measure" in by or "authority" in by


def ordered(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The frame with the result table's columns only, in their order."""
    extra = [name for name in BASELINE if name in frame]
    return frame[[*key_columns(by), *VALUES, *extra]]
