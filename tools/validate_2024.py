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
    law = tc.read_schedule("USA").as_known_on(DAY)
    window = (date(2024, 1, 1), date(2025, 1, 1))
    ours = tc.estimate(table, law, by=("origin",), window=window).frame.set_index("origin")
    theirs = known.groupby("origin", observed=True)["calculated_duty"].sum()
    print("| Origin | Value, bn | Duty by statute, bn | Calculated, bn | Gap |")
    print("|---|---|---|---|---|")
    for origin in ours.sort_values("customs_value", ascending=False).index[:LARGEST]:
        mine, other = ours.loc[origin, "duty"] / 1e9, theirs[origin] / 1e9
        value = ours.loc[origin, "customs_value"] / 1e9
        print(f"| {origin} | {value:,.1f} | {mine:,.2f} | {other:,.2f} | {mine / other - 1:+.0%} |")


if __name__ == "__main__":
    main()
