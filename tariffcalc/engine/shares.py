"""Which part of each row's value meets which fact, and which part of an article a content is.

What counts, in this order: a scenario's explicit assumption, the table's own column, the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from tariffcalc.engine.lanes import Lanes
from tariffcalc.engine.lookup import Floats, PrefixTable
from tariffcalc.engine.resolve import IN_QUOTA, IN_TRANSIT
from tariffcalc.engine.tradefacts import SETTLED, TradeFacts
from tariffcalc.errors import BadRequestError
from tariffcalc.law.duty import Quota
from tariffcalc.law.scenario import Assumptions
from tariffcalc.law.schedule import Content, Fact, Schedule

OBSERVED = "observed"
MOST_VARYING = 8
"""Each fact that varies doubles the strata of every lane."""


@dataclass(frozen=True)
class FactShares:
    """``varying``: a share for each row; ``fixed``: facts that hold or not by article or nowhere."""

    varying: Mapping[str, Floats]
    fixed: Mapping[str, PrefixTable | float]


def fact_shares(schedule: Schedule, lanes: Lanes, facts: TradeFacts, assume: Assumptions) -> FactShares:
    """The share of value, by row, for which each fact of the schedule holds."""
    varying: dict[str, Floats] = {}
    fixed: dict[str, PrefixTable | float] = {}
    for name in sorted(relevant_facts(schedule)):
        fact = schedule.facts.get(name, Fact(name, name))
        source = _source(fact, lanes, facts, assume)
        if _settled_by_article(source):
            fixed[name] = source
            continue
        rows = _limited(_by_row(source, lanes, fact), lanes, fact)
        if len(rows) and rows[0] in {0.0, 1.0} and (rows == rows[0]).all():
            fixed[name] = float(rows[0])
        else:
            varying[name] = rows
    if len(varying) > MOST_VARYING:
        raise BadRequestError(
            f"{len(varying)} facts vary from row to row: {', '.join(varying)}",
            code="too-many-facts",
            hint=f"at most {MOST_VARYING} may; say the others as one number for the whole table",
        )
    return FactShares(varying, fixed)


def _settled_by_article(source: PrefixTable | Floats | float) -> TypeGuard[PrefixTable | float]:
    """Whether a fact holds or not for an article as a whole, so that it makes no strata."""
    if isinstance(source, float):
        return source in {0.0, 1.0}
    return isinstance(source, PrefixTable) and not source.origins and set(source.values) <= {0.0, 1.0}


def relevant_facts(schedule: Schedule) -> set[str]:
    """The facts that matter to any measure of the schedule."""
    named: set[str] = set()
    for measure in schedule.measures.values():
        named |= measure.facts()
        if measure.in_transit:
            named.add(IN_TRANSIT)
        if any(isinstance(step.value.duty, Quota) for step in measure.rates.steps):
            named.add(IN_QUOTA)
    return named


def _source(fact: Fact, lanes: Lanes, facts: TradeFacts, assume: Assumptions) -> PrefixTable | Floats | float:
    """Where a fact's share comes from: one number, a column of rows, or a table."""
    stated = (assume.facts or {}).get(fact.name)
    if stated is not None:
        return float(stated)
    if fact.kind == "programme" and assume.preference is not None:
        return _preference(fact, lanes, facts, assume.preference)
    if fact.name in lanes.shares:
        default = _default(fact, facts, SETTLED)
        column = lanes.shares[fact.name]
        return np.where(np.isnan(column), _by_row(default, lanes, fact), column)
    return _default(fact, facts, SETTLED)


def _preference(
    fact: Fact, lanes: Lanes, facts: TradeFacts, preference: str | Mapping[str, float]
) -> PrefixTable | Floats | float:
    if not isinstance(preference, str):
        return float(preference[fact.name]) if fact.name in preference else _default(fact, facts, SETTLED)
    if preference == "none":
        return 0.0
    if preference == "all" and fact.origins:
        return 1.0
    if preference == OBSERVED and fact.shares is not None and fact.origins:
        return _observed(fact, lanes)
    return _default(fact, facts, preference)


def _observed(fact: Fact, lanes: Lanes) -> Floats:
    """The share of each row's value that claimed the programme in that period."""
    claimed = lanes.claimed.get(fact.name)
    if claimed is None:
        raise BadRequestError(
            f"preference observed needs the value that claimed {fact.name}, by row",
            code="preference-needs-claims",
            hint=f"add a {fact.name}_claimed_value column, or choose settled, 2024, none, all or a share",
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(lanes.value > 0, np.clip(claimed / lanes.value, 0, 1), 0.0)


def _default(fact: Fact, facts: TradeFacts, preference: str) -> PrefixTable | float:
    """The table that the fact names, in the vintage asked for where there are several."""
    if fact.shares is None:
        return fact.default
    for name in (f"{fact.shares}_{preference}", fact.shares):
        if name in facts.shares:
            return facts.shares[name]
    return fact.default


def _by_row(source: PrefixTable | Floats | float, lanes: Lanes, fact: Fact) -> Floats:
    """A share for each row; where a table has no row, the fact's default."""
    if isinstance(source, np.ndarray):
        return source
    if not isinstance(source, PrefixTable):
        return np.full(len(lanes.value), float(source))
    width = len(lanes.origins)
    lane, lane_of = lanes.lanes
    origins = np.asarray(lanes.origins)[lane % width].tolist()
    shares = source.value(lanes.items[lane // width], origins, fact.default)
    return shares[lane_of]


def _limited(shares: Floats, lanes: Lanes, fact: Fact) -> Floats:
    """Nothing for origins that the programme does not know."""
    if not fact.origins:
        return shares
    able = np.array([origin in fact.origins for origin in lanes.origins])
    return np.where(able[lanes.origin_of], shares, 0.0)


def content_table(content: Content, facts: TradeFacts, assume: Assumptions) -> PrefixTable | float | None:
    """Where a content's share comes from: one number or a table."""
    chosen = assume.content
    if isinstance(chosen, Mapping) and content.name in chosen:
        return float(chosen[content.name])
    if chosen == "full" and content.kind == "metal":
        return 1.0
    return facts.contents.get(content.name)


def stated_content(content: Content, assume: Assumptions) -> bool:
    """Whether an explicit assumption settles the content, over the table's own column."""
    chosen = assume.content
    return (isinstance(chosen, Mapping) and content.name in chosen) or (chosen == "full" and content.kind == "metal")


def stratum_weights(varying: Mapping[str, Floats], value: Floats) -> list[Floats]:
    """Each row's value in each stratum, in the order of ``grid.strata_of``: the parts add up.

    Different facts are taken as independent of each other within a row.
    """
    parts = [value]
    for share in varying.values():
        parts = [part * weight for part in parts for weight in (1.0 - share, share)]
    return parts
