"""The whole economy's answer: tariffs on a table of trade, put into a general equilibrium of countries and sectors.

The law is charged on the table as everywhere; products become the economy's sectors, origins its countries, and the
powers of its tariffs (1 + tariff) change by the factor by which those of the table change, weighted by its trade.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from tariffcalc.engine.flow_table import Flows
from tariffcalc.engine.lookup import DIGITS, as_ints
from tariffcalc.errors import BadRequestError, nearest_hint
from tariffcalc.estimate import Case, Progress, case_of, estimated, silent
from tariffcalc.impact import exact_hat
from tariffcalc.impact.market import Floats, Ints
from tariffcalc.impact.traded import Traded
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.response import traded_of, without_baseline
from tariffcalc.result import Result
from tariffcalc.sources.economies import EconomyTables, read_economy

MODEL = "exact-hat"
DEFAULT_ECONOMY = "caliendo-parro-1993"
BY = ("country", "sector", "origin")


@dataclass(frozen=True)
class Shift:
    """A table's tariffs in the sectors and countries of an economy.

    ``before`` and ``after`` (J, N) are the importer's, weighted by trade; ``value`` (J, N) the table's trade there. The
    rest counts dollars: trade without sector, of the importer itself, or of origins that the economy does not hold.
    """

    before: Floats
    after: Floats
    value: Floats
    without_sector: float
    without_country: float


def economy_impact(
    flows: Flows | str,
    schedule: Schedule | None = None,
    *,
    baseline: Schedule | str | None = None,
    economy: str | Path = DEFAULT_ECONOMY,
    by: Sequence[str] = ("country",),
    window: tuple[date | None, date | None] = (None, None),
    basis: str = "observed",
    status: str = "assessed",
    as_known_on: date | None = None,
    close_deficits: bool = True,
    progress: Progress = silent,
) -> Result:
    """What the step from the baseline's law to the schedule does to every country of an economy.

    ``by`` country: real income, terms of trade and the like of each; ``by`` sector, origin or both: the importer's
    imports. Raises ``BadRequestError`` without a baseline and for an importer that the economy does not hold.
    """
    wanted = checked_by(by)
    if baseline is None:
        raise without_baseline()
    tables = read_economy(economy)
    case = case_of(
        flows,
        schedule,
        baseline=baseline,
        by=("importer",),
        window=window,
        basis=basis,
        status=status,
        as_known_on=as_known_on,
        progress=progress,
    )
    importer = _place_of(tables, case.law.importer)
    shift = shift_of(traded_of(case), tables, importer)
    model = exact_hat.Economy(
        tables.trade,
        tables.gross_output,
        tables.value_added_share,
        tables.input_output,
        tables.theta,
        tables.tariff,
    )
    tariff, floored = shifted(tables.tariff, shift, importer)
    outcome = exact_hat.solve(model, tariff, close_deficits)
    frame = by_country(outcome, tables) if wanted == ("country",) else None
    if frame is None:
        frame = imports_by(outcome, tables, importer, tariff, wanted)
    return _result(case, tables, shift, outcome, frame, wanted, floored)


def shift_of(traded: Traded, tables: EconomyTables, importer: int) -> Shift:
    """The tariffs of a table's rows as those of the economy's sectors and countries."""
    markets, sectors = traded.markets, len(tables.sectors)
    codes = as_ints([product.ljust(DIGITS, "0") for product in traded.products])
    sector: Ints = tables.products.of(codes)[markets.market]
    known = {origin: tables.place_of(origin) for origin in set(traded.origins)}
    places = {origin: -1 if place in (None, importer) else place for origin, place in known.items()}
    country = np.array([places[origin] for origin in traded.origins], dtype=np.int64)
    placed, named = sector < sectors, country >= 0
    good = placed & named
    cell, shape = sector[good] * len(tables.countries) + country[good], (sectors, len(tables.countries))
    value, before, after = (
        np.bincount(cell, weights=weights[good], minlength=shape[0] * shape[1]).astype(np.float64).reshape(shape)
        for weights in (markets.value, markets.value * markets.before, markets.value * markets.after)
    )
    weight = np.where(value > 0, value, 1.0)
    return Shift(
        before / weight,
        after / weight,
        value,
        float(markets.value[~placed].sum()),
        float(markets.value[placed & ~named].sum()),
    )


def shifted(tariff: Floats, shift: Shift, importer: int) -> tuple[Floats, int]:
    """The economy's tariffs with the importer's powers changed as the table's are, and how many would fall below zero.

    Where the table has no trade, the tariff stays; a tariff below zero is taken as zero.
    """
    after = tariff.copy()
    power = (1.0 + tariff[:, importer]) * (1.0 + shift.after) / (1.0 + shift.before)
    after[:, importer] = np.where(shift.after == shift.before, tariff[:, importer], np.maximum(power - 1.0, 0.0))
    return after, int((power < 1.0 - 1e-12).sum())


def by_country(outcome: exact_hat.Outcome, tables: EconomyTables) -> pd.DataFrame:
    """Every country's answer, all fractions."""
    before, after = (exact_hat.without_own(one) for one in (outcome.trade_before, outcome.trade_after))
    return pd.DataFrame(
        {
            "country": list(tables.countries),
            "real_income_change": outcome.real_income_change,
            "first_order_change": outcome.first_order_change,
            "terms_of_trade": outcome.terms_of_trade,
            "volume_of_trade": outcome.volume_of_trade,
            "real_wage_change": outcome.real_wage_change,
            "imports_change": _change(after.sum(axis=(0, 2)), before.sum(axis=(0, 2))),
            "exports_change": _change(after.sum(axis=(0, 1)), before.sum(axis=(0, 1))),
        }
    )


def imports_by(
    outcome: exact_hat.Outcome, tables: EconomyTables, importer: int, tariff: Floats, by: tuple[str, ...]
) -> pd.DataFrame:
    """The importer's imports of goods, before duty: share of all before, tariffs by trade of before, change."""
    before, after = (exact_hat.without_own(one)[:, importer] for one in (outcome.trade_before, outcome.trade_after))
    sector, country = np.nonzero(before)
    frame = pd.DataFrame(
        {
            "sector": np.array(list(tables.sectors))[sector],
            "sector_name": np.array(list(tables.sectors.values()))[sector],
            "origin": np.array(tables.countries)[country],
            "before": before[sector, country],
            "after": after[sector, country],
            "paid_before": (before * tables.tariff[:, importer])[sector, country],
            "paid_after": (before * tariff[:, importer])[sector, country],
        }
    )
    keys = [name for one in by for name in ((one, "sector_name") if one == "sector" else (one,))]
    sums = frame.groupby(keys, sort=False, as_index=False)[["before", "after", "paid_before", "paid_after"]].sum()
    return sums[keys].assign(
        import_share=sums["before"] / frame["before"].sum(),
        tariff_before=sums["paid_before"] / sums["before"],
        tariff_after=sums["paid_after"] / sums["before"],
        imports_change=sums["after"] / sums["before"] - 1.0,
    )


def _result(
    case: Case,
    tables: EconomyTables,
    shift: Shift,
    outcome: exact_hat.Outcome,
    frame: pd.DataFrame,
    by: tuple[str, ...],
    floored: int,
) -> Result:
    charged = estimated(case, MODEL)
    warnings = [*_warnings(tables, shift, floored), *charged.warnings]
    told = {
        "name": tables.name,
        "title": tables.title,
        "year": tables.year,
        "currency": tables.currency,
        "countries": len(tables.countries),
        "sectors": len(tables.sectors),
        "iterations": outcome.iterations,
        "residual": outcome.residual,
        "placed_value": float(shift.value.sum()),
        "value_without_sector": shift.without_sector,
        "value_without_country": shift.without_country,
    }
    provenance = {**charged.provenance, "by": list(by), "sectors": tables.name, "economy": told, "warnings": warnings}
    return Result(frame, provenance, tuple(warnings))


def _warnings(tables: EconomyTables, shift: Shift, floored: int) -> list[str]:
    """What has to be said beside the numbers, the age of the economy first."""
    aged = (
        f"THE ECONOMY IS THAT OF {tables.year}, NOT OF TODAY ({tables.title}): its trade, output and tariffs answer a "
        "change of the size that the table's tariffs change; bring an economy of your own for today's"
    )
    said = [aged]
    traded = shift.value.sum(axis=0) > 0
    missing = len(tables.countries) - 1 - int(traded.sum())
    if missing:
        said.append(f"the table has no trade with {missing} of the economy's countries: tariffs on them stay")
    if shift.without_sector:
        said.append(f"trade in no sector of the economy is left out: {shift.without_sector:,.0f} dollars")
    if shift.without_country:
        said.append(f"trade with origins that the economy does not hold is left out: {shift.without_country:,.0f}")
    if floored:
        said.append(f"{floored} tariffs of the economy would fall below zero and are taken as zero")
    return said


def checked_by(by: Sequence[str]) -> tuple[str, ...]:
    """The groups, if the model answers by them. Raises ``BadRequestError``."""
    wanted = tuple(by)
    if wanted and len({*wanted}) == len(wanted) and ({*wanted} == {"country"} or {*wanted} <= {"sector", "origin"}):
        return wanted
    raise BadRequestError(
        f"{MODEL} does not answer by {', '.join(by) or 'nothing'}",
        code="unknown-by",
        hint="choose country, or sector, origin or both for the importer's imports",
    )


def _place_of(tables: EconomyTables, importer: str) -> int:
    if importer not in tables.countries:
        raise BadRequestError(
            f"the economy {tables.name} does not hold {importer} on its own",
            code="importer-not-in-economy",
            hint=nearest_hint(importer, tables.countries) or f"it holds {', '.join(tables.countries)}",
        )
    return tables.countries.index(importer)


def _change(after: Floats, before: Floats) -> Floats:
    return np.divide(after, before, out=np.full_like(after, np.nan), where=before > 0) - 1.0
