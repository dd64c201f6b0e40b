"""Write what each ready-made scenario makes of ``flows.csv``: one CSV a scenario, read by eye when it changes."""

from __future__ import annotations

from pathlib import Path

import tariffcalc as tc
from tariffcalc.estimate import scenario_names

GOLDEN = Path(__file__).parent


def golden(name: str) -> bytes:
    """The result of one scenario on the hand-made flows, beside the law as it stood."""
    law = tc.read_schedule("USA").apply(tc.read_scenario(name))
    flows = tc.read_flows(GOLDEN / "flows.csv")
    return tc.estimate(flows, law, by=("origin", "product", "month", "measure"), baseline="statutory").to("csv")


if __name__ == "__main__":
    for one in scenario_names():
        (GOLDEN / f"{one}.csv").write_bytes(golden(one))
        print(f"{one}.csv")
