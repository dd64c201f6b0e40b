"""What households come to pay: the change of import prices by commodity, pushed through inputs to consumption.

The change of what importers pay comes from any model of one market, by commodity and origin of the table; commodities
and what households buy of them are those of the national accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import BadRequestError
from tariffcalc.impact.io_prices import Consumption, Prices, prices
from tariffcalc.impact.market import Floats
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.response import impact
from tariffcalc.result import Result
from tariffcalc.sources.input_output import IMPORTER, SECTORS, InputOutput, read_input_output
from tariffcalc.sources.trade_facts import home_trade, read_sectors

MODEL = "io-prices"
BY = ("category", "commodity", "total")


def price_impact(
    flows: Flows | str,
    schedule: Schedule | None = None,
    *,
    baseline: Schedule | str | None = None,
    on: str = "static",
    by: Sequence[str] = ("category",),
    window: tuple[date | None, date | None] = (None, None),
    basis: str = "observed",
    status: str = "assessed",
    as_known_on: date | None = None,
    pass_through: float | None = None,
    **elasticities: Any,
) -> Result:
    """What the step from the baseline's law to the schedule does to the prices that households pay.

    ``on`` names the model that says what importers pay; ``pass_through`` is its own (who bears the duty at the border),
    and what importers pay they hand on in full. ``by`` category of consumption, commodity, or total. Raises
    ``BadRequestError`` for an importer other than the United States, whose input-output tables alone are held.
    """
    by = checked_by(by)
    paid = impact(
        flows,
        schedule,
        baseline=baseline,
        model=on,
        by=("sector", "origin"),
        sectors=SECTORS,
        window=window,
        basis=basis,
        status=status,
        as_known_on=as_known_on,
        pass_through=pass_through,
        **elasticities,
    )
    if paid.provenance["importer"] != IMPORTER:
        raise BadRequestError(
            f"input-output tables of {paid.provenance['importer']} are not held",
            code="importer-without-tables",
            hint=f"only those of {IMPORTER} are",
        )
    tables = read_input_output()
    change, covered = import_price_change(paid.frame, tables)
    bought = Consumption(tables.category_of, tables.commodity_of, tables.producers, tables.purchasers)
    made, most = (
        prices(change, tables.imported, tables.requirements, np.nan_to_num(share), bought)
        for share in (tables.import_share, tables.import_high)
    )
    told = {
        "on": on,
        "source": tables.source,
        "vintage": tables.vintage,
        "totals": _totals(made, most),
        "covered_share": covered,
    }
    warnings = [*_warnings(covered, paid.frame), *paid.warnings]
    provenance = {**paid.provenance, "model": MODEL, "by": list(by), "prices": told, "warnings": warnings}
    return Result(_frame(by[0], made, most, change, bought, tables), provenance, tuple(warnings))


def checked_by(by: Sequence[str]) -> tuple[str, ...]:
    """The one group, if prices are answered by it. Raises ``BadRequestError``."""
    if tuple(by) not in [(name,) for name in BY]:
        hint = f"choose one of {', '.join(BY)}"
        said = f"{MODEL} does not answer by {', '.join(by) or 'nothing'}"
        raise BadRequestError(said, code="unknown-by", hint=hint)
    return tuple(by)


def import_price_change(frame: pd.DataFrame, tables: InputOutput) -> tuple[Floats, float]:
    """The change of what is paid for all imports of each commodity, (C,), and the part of imports that it covers.

    An origin's change counts by its part of the commodity's imports of 2024; origins that the table does not hold are
    taken not to change, and so are services.
    """
    weights = import_weights().rename("weight")
    known = frame[frame["price_paid_change"].notna()]
    joined = known.merge(weights, left_on=["sector", "origin"], right_index=True)
    total = weights.groupby(level="sector").sum()
    change = (joined["price_paid_change"] * joined["weight"]).groupby(joined["sector"]).sum() / total
    found: Floats = change.reindex(list(tables.commodities)).fillna(0.0).to_numpy(dtype=np.float64)
    return found, float(joined["weight"].sum() / total.sum())


def import_weights() -> pd.Series[float]:
    """Imports of the United States of 2024 by commodity and origin, dollars."""
    trade, sectors = home_trade(), read_sectors(SECTORS)
    frame = pd.DataFrame(
        {
            "sector": np.array(sectors.codes)[sectors.of(trade.codes)],
            "origin": np.array(trade.origins)[trade.origin_of],
            "value": trade.value,
        }
    )
    known = frame[frame["sector"].isin(read_input_output().commodities)]
    return known.groupby(["sector", "origin"])["value"].sum()


def _frame(
    by: str, made: Prices, most: Prices, change: Floats, bought: Consumption, tables: InputOutput
) -> pd.DataFrame:
    """The prices by what is asked, and the range that opens as the imported part goes to its upper bound."""
    if by == "commodity":
        return pd.DataFrame(
            {
                "commodity": list(tables.commodities),
                "import_value": tables.import_value,
                "import_price_change": change,
                "home_price_change": made.made_at_home,
                "price_change": made.direct + made.through_inputs,
                "direct_change": made.direct,
                "input_change": made.through_inputs,
                **_range(made.direct + made.through_inputs, most.direct + most.through_inputs),
            }
        )
    names, spending = list(tables.categories), bought.spending
    direct, inputs, dollar = made.category_direct, made.category_through_inputs, made.category_dollar_markup
    other = most.category_direct + most.category_through_inputs
    if by == "total":
        names, spending = ["all consumption"], spending.sum(keepdims=True)
        direct, inputs, dollar = (np.array([part]) for part in made.total)
        other = np.array([most.total[0] + most.total[1]])
    return pd.DataFrame(
        {
            "category": names,
            "spending_value": spending,
            "price_change": direct + inputs,
            "direct_change": direct,
            "input_change": inputs,
            **_range(direct + inputs, other),
            "dollar_markup_change": dollar,
            "cost": (direct + inputs) * spending,
        }
    )


def _range(one: Floats, other: Floats) -> dict[str, Floats]:
    """Low and high: a larger imported part makes dearer what imports raise most, cheaper what inputs raise most."""
    return {"price_change_low": np.minimum(one, other), "price_change_high": np.maximum(one, other)}


def _totals(made: Prices, most: Prices) -> dict[str, float]:
    (direct, inputs, dollar), other = made.total, most.total[0] + most.total[1]
    return {
        "price_change": direct + inputs,
        "direct_change": direct,
        "input_change": inputs,
        "price_change_low": min(direct + inputs, other),
        "price_change_high": max(direct + inputs, other),
        "dollar_markup_change": dollar,
    }


def _warnings(covered: float, frame: pd.DataFrame) -> list[str]:
    nature = (
        "prices are pushed through the input-output tables of 2024: no buyer turns to another good, profits and wages "
        "stay; the imported part of consumption is worked out, and low and high tell how much hangs on it"
    )
    said = [nature]
    if covered < 0.99:
        said.append(
            f"the table's origins made {covered:.1%} of 2024's imports of goods; prices of others are unchanged"
        )
    lost = frame.loc[~frame["sector"].isin(read_input_output().commodities), "customs_value"].sum()
    if lost:
        said.append(f"trade that belongs to no industry is left out of prices: {lost:,.0f} dollars")
    return said
