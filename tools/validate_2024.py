"""Print docs/validation.md's table: duty at the law of 2024-12-31 beside the duty calculated for 2024.

Only rows of the table for which the Census Bureau's calculated duty is held count on either side. The Bureau's figures
for the European Union are held for the bloc only: given the source folder, its members follow together.

    python tools/validate_2024.py [SOURCE]
"""

from __future__ import annotations

import dataclasses
import sys
import tomllib
from datetime import date
from pathlib import Path

import pandas as pd

import tariffcalc as tc

GROUPS = Path(__file__).resolve().parents[1] / "rates/usa/groups.toml"
BLOC = "data/flows/us_imports_2024_hts10_eu27.parquet"
DAY = date(2024, 12, 31)
WINDOW = (date(2024, 1, 1), date(2025, 1, 1))
LARGEST = 20
AUTHORITIES = ("Section 201", "Section 301", "Section 232")


def charged(frame: pd.DataFrame) -> pd.DataFrame:
    """A row an origin: value, duty at the law of the day, and of it that of each authority, in billions."""
    table = dataclasses.replace(tc.read_flows("us-world-2024"), frame=frame)
    claims = tc.read_scenario({"name": "claims of 2024", "assumptions": {"preference": "2024"}})
    law = tc.read_schedule("USA").as_known_on(DAY).apply(claims)
    whole = tc.estimate(table, law, by=("origin",), window=WINDOW).frame.set_index("origin")
    parts = tc.estimate(table, law, by=("origin", "authority"), window=WINDOW).frame
    split = parts.pivot_table(index="origin", columns="authority", values="duty", fill_value=0.0)
    split = split.reindex(whole.index).reindex(columns=list(AUTHORITIES)).fillna(0.0)
    return whole[["customs_value", "duty"]].join(split) / 1e9


def line(name: str, told: pd.Series, calculated: float, value: str = "") -> str:
    """A row of the table."""
    split = " | ".join(f"{told[one]:,.2f}" for one in AUTHORITIES)
    mine = told["duty"]
    value = value or f"{told['customs_value']:,.1f}"
    return f"| {name} | {value} | {mine:,.2f} | {split} | {calculated:,.2f} | {mine / calculated - 1:+.0%} |"


def main() -> None:
    """One row a country: value, both duties, the gap."""
    frame = tc.read_flows("us-world-2024").frame
    known = frame[frame["calculated_duty"].notna()]
    ours = charged(known)
    theirs = known.groupby("origin", observed=True)["calculated_duty"].sum() / 1e9
    print("| Origin | Value, bn | Duty by statute, bn | of it solar (201) | 301 | 232 | Calculated, bn | Gap |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for origin in ours.sort_values("customs_value", ascending=False).index[:LARGEST]:
        print(line(origin, ours.loc[origin], theirs[origin]))
    if len(sys.argv) > 1:
        bloc(frame, pd.read_parquet(Path(sys.argv[1]) / BLOC))


def bloc(frame: pd.DataFrame, census: pd.DataFrame) -> None:
    """The members of the European Union together, beside the Bureau's figures for the bloc, by chapter."""
    members = [one["code"] for one in tomllib.loads(GROUPS.read_text("utf-8"))["eu27"]["member"]]
    ours = charged(frame[frame["origin"].isin(members)]).sum()
    value, duty = census["con_val_usd"].sum() / 1e9, census["cal_dut_usd"].sum() / 1e9
    print(line("EU27", ours, duty, f"{ours['customs_value']:,.1f} ({value:,.1f})"))


if __name__ == "__main__":
    main()
