"""Print docs/validation.md's table: duty at the law of 2024-12-31 beside the duty calculated for 2024.

Only rows of the table for which the Census Bureau's calculated duty is held count on either side.

    python tools/validate_2024.py
"""

from __future__ import annotations

import dataclasses
from datetime import date

import tariffcalc as tc

DAY = date(2024, 12, 31)
LARGEST = 20


def main() -> None:
    """One row a country: value, both duties, the gap."""
    flows = tc.read_flows("us-world-2024")
    known = flows.frame[flows.frame["calculated_duty"].notna()]
    table = dataclasses.replace(flows, frame=known)
    claims = tc.read_scenario({"name": "claims of 2024", "assumptions": {"preference": "2024"}})
    law = tc.read_schedule("USA").as_known_on(DAY).apply(claims)
    window = (date(2024, 1, 1), date(2025, 1, 1))
    ours = tc.estimate(table, law, by=("origin",), window=window).frame.set_index("origin")
    parts = tc.estimate(table, law, by=("origin", "authority"), window=window).frame
    parts = parts.pivot_table(index="origin", columns="authority", values="duty", fill_value=0.0) / 1e9
    theirs = known.groupby("origin", observed=True)["calculated_duty"].sum()
    print("| Origin | Value, bn | Duty by statute, bn | of it solar (201) | 301 | 232 | Calculated, bn | Gap |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for origin in ours.sort_values("customs_value", ascending=False).index[:LARGEST]:
        mine, other = ours.loc[origin, "duty"] / 1e9, theirs[origin] / 1e9
        value = ours.loc[origin, "customs_value"] / 1e9
        told = [parts.loc[origin].get(name, 0.0) for name in ("Section 201", "Section 301", "Section 232")]
        split = " | ".join(f"{amount:,.2f}" for amount in told)
        print(f"| {origin} | {value:,.1f} | {mine:,.2f} | {split} | {other:,.2f} | {mine / other - 1:+.0%} |")


if __name__ == "__main__":
    main()
