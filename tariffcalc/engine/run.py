"""The pipeline on arrays: a checked table, a schedule and the facts of trade in, sums by group out.

items and lanes -> shares -> articles -> segments -> grid of applied rates -> spread over days ->
charge -> sums.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine import aggregate, charge, spread
from tariffcalc.engine.articles import Articles, articles_of
from tariffcalc.engine.flows import Flows
from tariffcalc.engine.grid import Grid, by_status, grid_of, status_name
from tariffcalc.engine.lanes import Lanes, lanes_of
from tariffcalc.engine.lookup import Bools, Floats, PrefixTable
from tariffcalc.engine.resolve import Knowns, Resolver, share_of
from tariffcalc.engine.sectors import Sectors
from tariffcalc.engine.shares import FactShares, content_table, fact_shares, stated_content, stratum_weights
from tariffcalc.engine.tables import history_of, origin_signatures
from tariffcalc.engine.tradefacts import TradeFacts
from tariffcalc.errors import BadRequestError
from tariffcalc.law.dates import Period, segments
from tariffcalc.law.duty import RateTable
from tariffcalc.law.measure import STATUSES
from tariffcalc.law.scenario import DEFAULTS, Assumptions
from tariffcalc.law.schedule import Schedule

DEFAULT_BY = ("sector", "month")


@dataclass(frozen=True)
class Run:
    """One schedule on one table: its frame (unrounded) and what there is to say of the whole."""

    frame: pd.DataFrame
    totals: dict[str, float]
    warnings: tuple[str, ...]
    statuses: dict[str, dict[str, float]]
    """The duty by status in law and measure."""


@dataclass(frozen=True)
class Request:
    """What is asked beside the table and the law."""

    by: tuple[str, ...] = DEFAULT_BY
    sectors: Sectors | None = None
    window: Period | None = None
    basis: str = "observed"
    status: str = "assessed"
    assume: Assumptions = field(default_factory=Assumptions)


def run(flows: Flows, schedule: Schedule, facts: TradeFacts, request: Request) -> Run:
    """Duty on a table of trade under a schedule, in dollars, by the groups asked for."""
    lanes = _lanes(flows, schedule, facts)
    window = request.window or _window(lanes)
    shares = fact_shares(schedule, lanes, facts, request.assume)
    articles, grid = _law(schedule, lanes, facts, shares, request.assume, window, "segment" in request.by)
    grid = by_status(grid) if "status" in request.by else grid
    cells = spread.cells(grid.segments, request.by)
    how = spread.base_year if request.basis == "base_year" else spread.observed
    parts = how(lanes.periods, cells)
    groups, group_of = _groups(lanes, schedule, request)
    article_of = articles.article_of[lanes.item_of, lanes.origin_of]
    weights = stratum_weights(shares.varying, lanes.value)
    entries = charge.entries_of(lanes.period_of, group_of, article_of, weights, groups.size)
    sums = list(charge.charged(entries, grid, cells, parts))
    named = _named(schedule, request.by)
    frame = aggregate.frame_of(sums, groups, request.by, named, owed=request.status == "owed")
    totals = _totals(sums, charge.bounds(entries, grid, cells, parts))
    return Run(frame, totals, tuple(_warnings(lanes, schedule, window, totals)), _statuses(sums, named))


def _named(schedule: Schedule, by: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """What each measure of the sums is reported as: its id, its authority, and where that is asked for its status."""
    measures = schedule.measures.items()
    if "status" not in by:
        return {key: (one.family, one.authority, "") for key, one in measures}
    return {status_name(key, said): (one.family, one.authority, said) for key, one in measures for said in STATUSES}


def _statuses(
    sums: Sequence[tuple[str, charge.Sums]], named: Mapping[str, tuple[str, str, str]]
) -> dict[str, dict[str, float]]:
    """The duty by status in law, and there by measure as it is reported, in order of both."""
    found: dict[str, dict[str, float]] = {}
    for (key, status), duty in sorted(item for _, one in sums for item in one.statuses.items()):
        measures = found.setdefault(status, {})
        measures[named[key][0]] = measures.get(named[key][0], 0.0) + duty
    return found


def _lanes(flows: Flows, schedule: Schedule, facts: TradeFacts) -> Lanes:
    importers = set(flows.frame["importer"].cat.remove_unused_categories().cat.categories)
    if importers - {schedule.importer}:
        other = ", ".join(sorted(importers - {schedule.importer}))
        raise BadRequestError(
            f"the table has imports of {other}, the law is that of {schedule.importer}",
            code="importer-without-law",
            hint="keep one importer's rows, and name that importer",
        )
    return lanes_of(flows, facts, schedule.contents)


def _window(lanes: Lanes) -> Period:
    return Period(min(p.start for p in lanes.periods), max(p.until for p in lanes.periods))


_CACHE: OrderedDict[str, tuple[Articles, Grid]] = OrderedDict()
_CACHED = 12


def _law(
    schedule: Schedule,
    lanes: Lanes,
    facts: TradeFacts,
    shares: FactShares,
    assume: Assumptions,
    window: Period,
    by_segment: bool,  # noqa: FBT001 - segments are reported, so all of them are wanted
) -> tuple[Articles, Grid]:
    """The law worked out for the table's articles; kept, since it does not depend on values.

    Where segments are reported they are those of the whole law, so that a part of a table has the
    same ones; elsewhere only measures that concern the table's origins cut.
    """
    key = _law_key(schedule, lanes, shares, assume, window) + str(by_segment)
    if key in _CACHE:
        _CACHE.move_to_end(key)
        return _CACHE[key]
    absent = [name for name, source in shares.fixed.items() if isinstance(source, float) and not source]
    every = schedule.breakpoints if by_segment else None
    schedule = schedule.concerning(lanes.origins, absent)
    contents = {name: content_table(one, facts, assume) for name, one in schedule.contents.items()}
    articles = _articles(schedule, lanes, facts, shares, contents)
    knowns = _knowns(schedule, lanes, facts, shares, contents, articles, assume)
    parts = segments(window, schedule.breakpoints if every is None else every)
    grid = grid_of(Resolver(schedule, articles, knowns), parts, tuple(shares.varying))
    _CACHE[key] = (articles, grid)
    while len(_CACHE) > _CACHED:
        _CACHE.popitem(last=False)
    return articles, grid


def _law_key(schedule: Schedule, lanes: Lanes, shares: FactShares, assume: Assumptions, window: Period) -> str:
    digest = hashlib.sha256(lanes.items.tobytes())
    for name, values in lanes.says.items():
        digest.update(name.encode() + values.tobytes())
    fixed = sorted(
        (name, str(source) if isinstance(source, float) else id(source)) for name, source in shares.fixed.items()
    )
    digest.update(lanes.lanes[0].tobytes())
    digest.update(repr((schedule.digest, lanes.origins, lanes.units, fixed, sorted(shares.varying))).encode())
    digest.update(repr((assume.content, window)).encode())
    return digest.hexdigest()


def _articles(
    schedule: Schedule,
    lanes: Lanes,
    facts: TradeFacts,
    shares: FactShares,
    contents: dict[str, PrefixTable | float | None],
) -> Articles:
    """Classes of items and origins: by lists and groups, base duty, equivalent, contents, facts."""
    measures = schedule.measures
    features: dict[str, tuple[Floats, set[str]]] = {
        "equivalent": (facts.equivalents.value(lanes.items), set()),
    }
    tables = {one.name: one for measure in measures.values() for one in measure.tables()}.values()
    for table in tables:
        numbers = [history_of(table, lanes.items).astype(float)]
        numbers += [history_of(table, lanes.items, [origin] * len(lanes.items)) for origin in _telling(table)]
        features |= {f"table {table.name} {i}": (one, set()) for i, one in enumerate(numbers)}
    named: set[str] = set()
    names = {key: one.contents() | one.facts() for key, one in measures.items()}
    for name, source in [*contents.items(), *shares.fixed.items()]:
        concerned = {key for key, told in names.items() if name in told}
        if isinstance(source, PrefixTable) and concerned:
            features[name] = (source.value(lanes.items), concerned)
            named |= set(source.origins) - {""}
    for name, values in lanes.says.items():
        features[f"said {name}"] = (values, set())
    occurs = np.zeros((len(lanes.items), len(lanes.origins)), dtype=bool)
    occurs[lanes.item_of, lanes.origin_of] = True
    able = [schedule.facts[name].origins for name, source in shares.fixed.items() if source and name in schedule.facts]
    apart = [np.array([float(origin in one) for origin in lanes.origins]) for one in able if one]
    apart += [origin_signatures(table, lanes.origins) for table in tables if table.origins]
    return articles_of(schedule, lanes.items, lanes.origins, occurs, features, named, apart)


def _holds(schedule: Schedule, name: str, source: PrefixTable | float, articles: Articles) -> Bools:
    """Where a fact that is settled by article holds: only for origins that a programme knows."""
    fact = schedule.facts.get(name)
    holds: Bools = share_of(source, articles, 0.0 if fact is None else fact.default) > 0
    if fact is None or not fact.origins:
        return holds
    able: Bools = np.array([origin in fact.origins for origin in articles.origin], dtype=bool)
    return holds & able


def _telling(table: RateTable) -> list[str]:
    """The origins whose rows tell products apart."""
    return sorted({key.rpartition(":")[0] for key in table.rows if ":" in key and not key.endswith(":")})


def _knowns(
    schedule: Schedule,
    lanes: Lanes,
    facts: TradeFacts,
    shares: FactShares,
    contents: dict[str, PrefixTable | float | None],
    articles: Articles,
    assume: Assumptions,
) -> Knowns:
    """What is known of each article beside the law."""
    found = {}
    for name, content in schedule.contents.items():
        share = share_of(contents[name], articles, content.default)
        if name in lanes.says and not stated_content(content, assume):
            said = lanes.says[name][articles.item]
            share = np.where(np.isnan(said), share, said)
        found[name] = share
    fixed = {name: _holds(schedule, name, source, articles) for name, source in shares.fixed.items()}
    quantity = lanes.says["quantity"][articles.item] if "quantity" in lanes.says else None
    unit: tuple[str, ...] = ()
    if quantity is not None:
        unit = tuple(lanes.units[int(i)] for i in np.nan_to_num(lanes.says["unit"][articles.item]))
    return Knowns(found, facts.equivalents.value(articles.code), fixed, quantity, unit)


def _groups(lanes: Lanes, schedule: Schedule, request: Request) -> tuple[aggregate.Groups, Any]:
    columns: dict[str, tuple[Sequence[str], Any]] = {}
    if "importer" in request.by:
        columns["importer"] = ((schedule.importer,), np.zeros(len(lanes.value), dtype=np.int64))
    if "origin" in request.by:
        columns["origin"] = (lanes.origins, lanes.origin_of)
    if "sector" in request.by and request.sectors is not None:
        place = request.sectors.of(lanes.items)[lanes.item_of]
        columns["sector"] = (request.sectors.codes, place)
    if "product" in request.by:
        columns["product"] = (lanes.products, lanes.product_of)
    groups, group_of = aggregate.groups_of(columns, len(lanes.value))
    if "sector" in groups.columns and request.sectors is not None:
        names = request.sectors.names
        named = {**groups.columns, "sector_name": [names.get(code, "") for code in groups.columns["sector"]]}
        groups = aggregate.Groups(named, groups.size)
    return groups, group_of


def _totals(sums: Sequence[tuple[str, charge.Sums]], bounds: tuple[float, float]) -> dict[str, float]:
    """Sums over everything: value, duty, what is resolved, prohibited, by equivalent; bounds."""
    total = {
        name: float(sum(getattr(one, name).sum() for _, one in sums))
        for name in ("value", "resolved", "prohibited", "by_equivalent", "duty", "void")
    }
    return {**total, "duty_low": bounds[0], "duty_high": bounds[1]}


def _warnings(lanes: Lanes, schedule: Schedule, window: Period, totals: dict[str, float]) -> list[str]:
    """What a reader must know about how far the numbers go."""
    said = schedule.caveats(lanes.origins, window.start, window.until, "later days assume that nothing changed")
    said += lanes.notes
    if totals["prohibited"]:
        said.append(f"goods that may not be entered: customs value {totals['prohibited']:,.0f}, no duty")
    return said


def inherit(assume: Assumptions) -> dict[str, object]:
    """All assumptions of a run, stated or not, for the record."""
    return {**vars(assume.over(DEFAULTS))}
