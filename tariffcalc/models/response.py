"""How trade answers a change of the law: an estimate, and beside it what a model says of every market.

The table's trade is taken as it was under the baseline's law. Each product (in each period that is reported) is a
market, the origins are its rows, and their tariffs before and after are duty over value under the two laws. ``impact``
is the whole way; ``markets_of``, ``known_of`` and ``aggregate`` are its steps, for whoever wants to go it many times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tariffcalc.engine.aggregate import key_columns
from tariffcalc.engine.flow_table import Flows
from tariffcalc.engine.run import Run
from tariffcalc.errors import BadRequestError, UnknownNameError
from tariffcalc.estimate import Case, estimate, estimated
from tariffcalc.impact import MODELS
from tariffcalc.impact.elasticities import ElasticityTable, Known, default_warnings, elasticities_of, plain_table
from tariffcalc.impact.market import Floats, Response
from tariffcalc.impact.traded import LONG, SHORT, Traded, aggregate, markets_of, residuals
from tariffcalc.law.schedule import Schedule
from tariffcalc.result import Result
from tariffcalc.sources.elasticities import Rows, elasticity_tables

__all__ = ["LONG", "SHORT", "Behaviour", "aggregate", "answered", "impact", "known_of", "markets_of", "traded_of"]

BY = ("importer", "origin", "sector", "product", "month", "quarter", "year")
"""What answers may be grouped by: a market is a product of a period, so measures and days have none of their own."""


@dataclass(frozen=True)
class Behaviour:
    """How trade is taken to answer: the model, where its elasticities come from, who bears a duty.

    ``elasticities``: a bundled table's name, a file, bytes or rows; the three figures are for all products and beat it.
    ``pass_through``: the fraction of a change of duty that buyers bear; None: the scenario's assumption, if it has one.
    """

    model: str = "armington"
    elasticities: str | Path | bytes | Rows | None = None
    demand: float | None = None
    substitution: float | None = None
    supply: float | None = None
    pass_through: float | None = None


def impact(
    flows: Flows | str,
    schedule: Schedule | None = None,
    *,
    baseline: Schedule | str | None = None,
    model: str = "armington",
    **asked: Any,
) -> Result:
    """How trade answers the step from the baseline's law to the schedule, by the groups asked for.

    ``asked`` is as for ``estimate``; the columns are those of an estimate with a baseline, and those of ``LONG``.
    Raises ``BadRequestError`` without a baseline, for groups that markets do not have, for figures out of their range.
    """
    return estimate(flows, schedule, baseline=baseline, model=model, full=True, **asked)


def answered(case: Case, how: Behaviour, columns: Sequence[str]) -> Result:
    """A case with a baseline, estimated, and the columns wanted of what the model answers."""
    result = estimated(_asked(case, how), how.model)
    how = replace(how, pass_through=_pass_through(case, how))
    traded = traded_of(case)
    known = known_of(traded, how, case.law.importer)
    response = MODELS[how.model].respond(traded.markets, known.elasticities)
    frame = aggregate(response, traded, case.request.by)
    told, warnings = _told(traded, response, known, how)
    keys = key_columns(case.request.by)
    wanted = [name for name in frame if name in columns]
    merged = result.frame.merge(frame[[*keys, *wanted]], on=keys, how="left", validate="one_to_one")
    warnings = [*result.warnings, *warnings]
    return Result(merged, {**result.provenance, "response": told, "warnings": warnings}, tuple(warnings))


def _asked(case: Case, how: Behaviour) -> Case:
    """The case, if models can answer it."""
    if how.model not in MODELS:
        raise UnknownNameError.of("model", how.model, MODELS)
    if case.other is None:
        raise without_baseline()
    check_groups(case.request.by)
    return case


def without_baseline() -> BadRequestError:
    """Why a model has no answer where only one law is given."""
    return BadRequestError(
        "a model of how trade answers needs a baseline: the law under which the table's trade took place",
        code="model-needs-baseline",
        hint="name one, such as no-tariffs-2025 (the law as it stood on 1 January 2025) or statutory",
    )


def check_groups(by: Sequence[str]) -> None:
    """Refuse groups that markets do not have. Raises ``BadRequestError``."""
    for name in by:
        if name not in BY:
            raise BadRequestError(
                f"trade does not answer by {name}: a market is a product of a month, quarter, year or the whole window",
                code="by-without-market",
                hint=f"choose from {', '.join(BY)}; `tariffcalc estimate` divides duty by {name}",
            )


def _pass_through(case: Case, how: Behaviour) -> float | None:
    """The stated fraction, or the scenario's."""
    stated = case.request.assume.pass_through if how.pass_through is None else how.pass_through
    if stated is not None and not 0 <= stated <= 1:
        raise BadRequestError(
            f"pass-through {stated} is not between 0 and 1",
            code="bad-pass-through",
            hint="0: exporters bear the whole change of duty, 1: buyers do",
        )
    return stated


def traded_of(case: Case) -> Traded:
    """The markets of a case: one for each product and reported period, a row for each origin."""
    fine = case.by(*dict.fromkeys(("origin", "product", *case.request.by)))
    made, before = fine.runs()
    if before is None:
        raise BadRequestError("there is no baseline", code="model-needs-baseline", hint="name one")
    barred = [_prohibited(fine, fine.law, made), _prohibited(fine, fine.other or fine.law, before)]
    return markets_of(before.frame, made.frame, np.maximum(barred[0] - barred[1], 0.0))


def _prohibited(fine: Case, law: Schedule, made: Run) -> Floats:
    """The value of each row that may not be entered: what prohibiting measures cover, as far as it is unresolved."""
    frame, keys = made.frame, key_columns(fine.request.by)
    if not made.totals["prohibited"]:
        return np.zeros(len(frame))
    covered = replace(fine, law=law, other=None).by(*fine.request.by, "measure").runs()[0].frame
    barring = {one.family for one in law.measures.values() if one.basis == "prohibition"}
    covered = covered[covered["measure"].isin(barring)]
    value = (covered["customs_value"] - covered["resolved_value"]).groupby([covered[key] for key in keys]).max()
    found = frame[keys].merge(value.rename("value"), left_on=keys, right_index=True, how="left")["value"]
    unresolved = frame["customs_value"] - frame["resolved_value"]
    barred: Floats = np.minimum(found.fillna(0.0).to_numpy(dtype=float), unresolved.to_numpy(dtype=float))
    return barred


def known_of(traded: Traded, how: Behaviour, importer: str) -> Known:
    """The elasticities of all markets and where each came from: figures given, the table named, the bundled ones.

    SMART holds world prices fixed unless the caller says otherwise (Laird & Yeats 1986).
    """
    given = plain_table(demand=how.demand, substitution=how.substitution, supply=how.supply)
    *tables, defaults = elasticity_tables(how.elasticities, importer)
    fixed: list[ElasticityTable] = [_fixed_price()] if how.model == "smart" else []
    known = elasticities_of(traded.products, traded.markets.market, traded.origins, [given, *tables, *fixed, defaults])
    return replace(known, elasticities=replace(known.elasticities, pass_through=how.pass_through))


def _fixed_price() -> ElasticityTable:
    source = "world prices are fixed in SMART unless a supply elasticity is given (Laird & Yeats 1986)"
    return replace(plain_table(supply=np.inf), name="smart", source=source, level="")


def _told(traded: Traded, response: Response, known: Known, how: Behaviour) -> tuple[dict[str, Any], list[str]]:
    """What an answer rests on, and what to mind."""
    markets, settled = traded.markets, response.settled
    value = markets.total(markets.value)
    elasticities = known.told(markets.value, markets.market) if how.model != "static" else {}
    told = {
        "model": how.model,
        "pass_through": how.pass_through,
        "elasticities": elasticities,
        "markets": {
            "count": markets.count,
            "settled": int(settled.sum()),
            "not_settled": [traded.products[i] for i in np.flatnonzero(~settled)[:20]],
            "not_settled_value": float(value[~settled].sum()),
        },
        "modelled_value": float(markets.value.sum()),
        "left_out_value": traded.left_out,
        "prohibited_value": float(traded.prohibited.sum()),
        "totals": traded.totals(response),
        "residuals": residuals(markets, response),
    }
    said = [*known.warnings, *default_warnings(elasticities)]
    if not settled.all():
        said.append(
            f"{int((~settled).sum()):,} markets (value {value[~settled].sum():,.0f}) have no solution: left out"
        )
    if traded.prohibited.any():
        said.append(f"trade that may no longer be entered (value {traded.prohibited.sum():,.0f}) is lost, not moved")
    return told, said
