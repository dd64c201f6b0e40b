"""Print docs/validation.md's tables of 2018: duty and loss of sections 232 and 301 by month, and by model.

The trade of 2018 is known by chapter and by 20 partners and the rest; it is spread over lines (and over the origins of
the rest) as the trade of 2024 was within each chapter and partner. Trade of 2018 took place under the duties, so the
models are asked what taking them away would change; trade of December 2017, what putting them on would.

    python tools/validate_2018.py SOURCE_FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import tariffcalc as tc
from _common import source_folder
from tariffcalc.engine.flow_table import Flows
from tariffcalc.estimate import case_of
from tariffcalc.impact import MODELS
from tariffcalc.impact.traded import Traded
from tariffcalc.models.response import Behaviour, known_of, traded_of
from tariffcalc.sources.countries import country_codes

MONTHLY = "us_imports_monthly_hs2_partners_2013_01_2021_06.parquet"
TOTAL, REST = "TOTAL FOR ALL COUNTRIES", "rest"
NATIONAL = ("00", "77", "98", "99")
AUTHORITIES = ("Section 232", "Section 301")
WITHOUT = {
    "name": "without 232 and 301",
    "change": [{"disable": True, "where": {"authority": name}} for name in AUTHORITIES],
}
FIXED = float("inf")
WAYS = (
    ("smart, world prices fixed", Behaviour("smart")),
    ("armington, world prices fixed", Behaviour("armington", supply=FIXED)),
    ("armington, world prices fixed, every substitution 3.14", Behaviour("armington", supply=FIXED, substitution=3.14)),
    ("armington, supply 1.5", Behaviour("armington")),
    ("gsim, supply 1.5", Behaviour("gsim")),
)


def monthly(source: Path) -> pd.DataFrame:
    """Value and calculated duty by month, partner (ISO, or the rest) and chapter, in dollars."""
    rows = pd.read_parquet(source / "data/flows" / MONTHLY)
    rows = rows[~rows["hs2"].isin(NATIONAL)]
    rows["origin"] = rows["country"].str.title().str.upper().map(country_codes()).where(rows["country"] != TOTAL, TOTAL)
    if rows["origin"].isna().any():
        raise ValueError(f"no country is called {sorted(rows.loc[rows['origin'].isna(), 'country'].unique())}")
    sums = rows.groupby(["month", "hs2", "origin"])[["con_val_usd", "cal_dut_usd"]].sum()
    whole = sums.xs(TOTAL, level="origin")
    named = sums.drop(TOTAL, level="origin")
    rest = whole.sub(named.groupby(["month", "hs2"]).sum(), fill_value=0.0).clip(lower=0.0).assign(origin=REST)
    return pd.concat([named.reset_index(), rest.reset_index()], ignore_index=True)


def pattern(named: set[str]) -> pd.DataFrame:
    """Shares of the lines (and origins of the rest) in each chapter and partner of 2024."""
    trade = (
        tc.read_flows("us-world-2024")
        .frame[["origin", "product", "customs_value"]]
        .astype({"origin": str, "product": str})
    )
    trade["hs2"] = trade["product"].str[:2]
    trade["partner"] = trade["origin"].where(trade["origin"].isin(named), REST)
    trade["share"] = trade["customs_value"] / trade.groupby(["partner", "hs2"])["customs_value"].transform("sum")
    return trade[trade["share"] > 0]


def table_of(rows: pd.DataFrame, shares: pd.DataFrame, month: str, period: str) -> Flows:
    """The month's trade by line and origin, dated ``period``; what 2024 has no trade to spread by is told."""
    here = rows[(rows["month"] == month) & (rows["con_val_usd"] > 0)].rename(columns={"origin": "partner"})
    spread = here.merge(shares, on=["partner", "hs2"], how="left")
    known = spread["share"].notna()
    if lost := float(spread.loc[~known, "con_val_usd"].sum()):
        print(f"{month}: {lost:,.0f} of {here['con_val_usd'].sum():,.0f} dollars not spread", file=sys.stderr)
    spread = spread[known]
    value = spread["con_val_usd"] * spread["share"]
    columns = {"origin": spread["origin"], "product": spread["product"], "customs_value": value}
    return tc.read_flows(pd.DataFrame({"importer": "USA", "period": period, **columns}), name=f"imports of {month}")


def totals(traded: Traded, how: Behaviour) -> dict[str, float]:
    """What a model says of all markets, in billions."""
    response = MODELS[how.model].respond(traded.markets, known_of(traded, how, "USA").elasticities)
    return {name: amount / 1e9 for name, amount in traded.totals(response).items()}


def concentration(traded: Traded, how: Behaviour, above: float) -> float:
    """The part of the deadweight loss on products whose substitution is above a figure, in billions."""
    known = known_of(traded, how, "USA").elasticities
    response = MODELS[how.model].respond(traded.markets, known)
    return float(response.deadweight_loss[traded.markets.spread(known.substitution) > above].sum()) / 1e9


def main() -> None:
    """One row a month, then one row a model for December from both sides."""
    rows = monthly(source_folder(__doc__))
    shares = pattern(set(rows["origin"]) - {REST})
    reported = rows.groupby("month")["cal_dut_usd"].sum() / 1e9
    law = tc.read_schedule()
    without = law.apply(tc.read_scenario(WITHOUT))
    print("| Month | Imports | Duty by statute | Rise of calculated duty | Loss, smart | Loss, armington |")
    print("|---|---:|---:|---:|---:|---:|")
    for month in (f"2018-{number:02d}" for number in range(1, 13)):
        off = traded_of(case_of(table_of(rows, shares, month, month), without, baseline=law, by=("year",)))
        markets = off.markets
        duty = ((markets.before - markets.after) * markets.value).sum() / 1e9
        rise = reported[month] - reported[month.replace("2018", "2017")]
        loss = [totals(off, how)["deadweight_loss"] for _, how in WAYS[:2]]
        cells = (off.markets.value.sum() / 1e9, duty, rise, *loss)
        print(f"| {month} | {cells[0]:,.1f} | {' | '.join(f'{cell:,.2f}' for cell in cells[1:])} |")
    on = traded_of(case_of(table_of(rows, shares, "2017-12", "2018-12"), law, baseline=without, by=("year",)))
    print("\n| Model | Loss, from 2018 | of it substitution above 10 | Loss, from 2017 | Revenue, from 2017 |")
    print("|---|---:|---:|---:|---:|")
    for name, how in WAYS:
        back, forth = totals(off, how), totals(on, how)
        cells = (
            back["deadweight_loss"],
            concentration(off, how, 10),
            forth["deadweight_loss"],
            forth["revenue_change"],
        )
        print(f"| {name} | {' | '.join(f'{cell:,.2f}' for cell in cells)} |")


if __name__ == "__main__":
    main()
