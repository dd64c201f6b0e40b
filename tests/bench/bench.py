"""Speed as ratios measured in one run: ``make bench``. Values change in every round; only the worked-out law is kept.

The machines are noisy: a ratio pairs what is measured with its yardstick, round by round, and the
median is printed with the limit that we hold ourselves to.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd
from flask import Flask, jsonify
from flask.testing import FlaskClient
from throughput import throughput

import tariffcalc as tc
from tariffcalc.engine.flow_table import Flows
from tariffcalc.impact import exact_hat
from tariffcalc.sources.economies import read_economy
from tariffcalc.web import create_app

ROUNDS = 9
BIN = Path(sys.executable).parent
PRODUCTS = ("2709002010", "8429511015", "7208390030", "8708295160", "8703230190", "0702002099", "4407110002")


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratio(
    call: Callable[[], object], yardstick: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the ratios of pairs."""
    call(), yardstick()
    pairs = [(seconds(call), seconds(yardstick)) for _ in range(rounds)]
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    return mine, other, statistics.median(one / two for one, two in pairs)


def estimate_against_groupby() -> tuple[float, float, float]:
    """The full table by sector, month and measure, against a bare groupby on string keys."""
    flows = tc.read_flows("us-north-america-2025")
    section = (
        tc.estimate(flows, by=("sector", "product")).frame.drop_duplicates("product").set_index("product")["sector"]
    )
    keys = pd.DataFrame(
        {
            "sector": flows.frame["product"].astype(str).map(section).astype(str),
            "month": flows.frame["period"].astype(str),
            "customs_value": flows.frame["customs_value"],
        }
    )
    random = np.random.default_rng(1)

    def perturbed() -> Flows:
        frame = flows.frame.copy(deep=False)
        frame["customs_value"] = frame["customs_value"] * random.uniform(0.9, 1.1, len(frame))
        return dataclasses.replace(flows, frame=frame)

    tables = iter([perturbed() for _ in range(ROUNDS + 1)])
    return ratio(
        lambda: tc.estimate(next(tables), by=("sector", "month", "measure")),
        lambda: keys.groupby(["sector", "month"])["customs_value"].sum(),
    )


def world() -> None:
    """Trade of the whole world under every measure, by authority and day: warm, as a ratio, and its peak memory."""
    window = date(2025, 1, 1), date(2026, 10, 10)
    flows, schedule = tc.read_flows("us-world-2024"), tc.read_schedule("USA")
    origins, products = (flows.frame[name].astype(str) for name in ("origin", "product"))
    keys = pd.DataFrame({"origin": origins, "product": products, "customs_value": flows.frame["customs_value"]})
    mine, other, between = ratio(
        lambda: tc.estimate(flows, schedule, by=("authority", "day"), basis="base_year", window=window),
        lambda: keys.groupby(["origin", "product"])["customs_value"].sum(),
        3,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\nus-world-2024 by authority and day, 2025-01-01 to 2026-10-10, warm: {mine:.1f} s (limit 5 s), "
        f"{between:.0f} times a bare groupby ({other * 1000:.0f} ms), peak {peak:.0f} MB (limit 1500 MB)"
    )


def run(command: list[str]) -> float:
    """Peak memory in MB of a command run to its end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} failed")
    return usage.ru_maxrss / 1024


def shell_against_imports() -> tuple[float, float, float]:
    """`tariffcalc estimate` from the shell, against importing numpy, pandas and pyarrow."""
    return ratio(
        lambda: run([str(BIN / "tariffcalc"), "estimate", "us-north-america-2025", "--format", "csv"]),
        lambda: run([sys.executable, "-c", "import numpy, pandas, pyarrow"]),
        5,
    )


def rate_against_bare_route() -> tuple[float, float, float]:
    """One `GET /v1/rates` for a product and day not asked before, against a bare Flask route."""
    bare = Flask("bare")

    @bare.get("/bare")
    def answer() -> object:
        return jsonify(rate=0.1)

    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):  # the lines of the log are written
        return asked(create_app().test_client(), bare.test_client())


def asked(ours: FlaskClient, yardstick: FlaskClient) -> tuple[float, float, float]:
    """Both asked in turn."""
    days = iter(cycle(date(2025, 1, 1) + timedelta(days=n) for n in range(600)))
    products = iter(cycle(PRODUCTS))

    def ask() -> None:
        for _ in range(20):
            got = ours.get(f"/v1/rates?product={next(products)}&origin=CAN&date={next(days)}")
            if got.status_code != 200:
                raise RuntimeError(got.text)

    def ask_bare() -> None:
        for _ in range(20):
            yardstick.get("/bare")

    mine, other, between = ratio(ask, ask_bare, 15)
    return mine / 20, other / 20, between


SCENARIO = ["us-north-america-2025", "--scenario", "ieepa-in-force", "--baseline", "no-tariffs-2025"]
MODELS = (
    ("static", ["estimate", *SCENARIO], 10),
    ("static, with what each side loses", ["impact", *SCENARIO, "--model", "static"], 10),
    ("smart", ["impact", *SCENARIO, "--model", "smart"], 10),
    ("armington", ["impact", *SCENARIO, "--model", "armington"], 10),
    ("gsim", ["impact", *SCENARIO, "--model", "gsim"], 10),
    ("io-prices on armington", ["impact", *SCENARIO, "--model", "io-prices", "--on", "armington"], 10),
    ("exact-hat, tariffs of the table", ["impact", *SCENARIO, "--model", "exact-hat"], 20),
    ("armington, 1,000 draws by sector", ["impact", *SCENARIO, "--draws", "1000", "--markets", "hs2"], 60),
)
"""What is asked from the shell, and the seconds that it may take."""


def models() -> None:
    """Each model on the same scenario and table, at ten digits, from the shell: interpreter, law and table included."""
    print(f"\n{'tariffcalc impact, HTS10 x origin x month':<54}{'seconds':>12}{'limit':>15}")
    for name, asked, limit in MODELS:
        taken = seconds(lambda asked=asked: run([str(BIN / "tariffcalc"), *asked, "--format", "csv"]))  # type: ignore[misc]
        print(f"{name:<54}{taken:>11.1f}s{limit:>14}s")
    world = read_economy("caliendo-parro-1993")
    economy = exact_hat.Economy(
        world.trade, world.gross_output, world.value_added_share, world.input_output, world.theta, world.tariff
    )
    taken = seconds(lambda: exact_hat.solve(economy, world.tariffs["nafta-2005"]))
    print(f"{'exact-hat, NAFTA: 31 countries, 40 sectors':<54}{taken:>11.1f}s{3:>14}s")


def served() -> None:
    """How much of a bare Flask route's requests per second the service reaches, both under gunicorn."""
    print(f"\n{'requests per second under gunicorn':<54}{'ours':>10}{'bare':>12}{'share':>8}{'least':>7}")
    for what, (mine, other, share) in throughput().items():
        least = "40%" if what == "asked again" else ""
        print(f"{'GET /v1/rates, ' + what:<54}{mine:>10.0f}{other:>12.0f}{share:>8.0%}{least:>7}")


def main() -> None:
    """Measure and print."""
    rows = [
        ("estimate by sector, month, measure / bare groupby", *estimate_against_groupby(), 30),
        ("tariffcalc estimate / import numpy, pandas, pyarrow", *shell_against_imports(), 4),
        ("GET /v1/rates / bare Flask route", *rate_against_bare_route(), 10),
    ]
    print(f"{'what':<54}{'ours':>10}{'yardstick':>12}{'ratio':>8}{'limit':>7}")
    for what, mine, other, between, limit in rows:
        print(f"{what:<54}{mine * 1000:>8.1f}ms{other * 1000:>10.1f}ms{between:>8.1f}{limit:>7}")
    peak = run([str(BIN / "tariffcalc"), "estimate", "us-north-america-2025", "--by", "sector,month,measure"])
    print(f"peak memory of `tariffcalc estimate us-north-america-2025`: {peak:.0f} MB (limit 600 MB)")
    world()
    served()
    models()


if __name__ == "__main__":
    main()
