"""The client against a service as people run it: gunicorn, a worker, a network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.client import Client, ResultAnswer
from tests.web.live import ROOT, UNHURRIED, service

US = "us-north-america-2025"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a service to which an estimate of more than 1,000 rows is long."""
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "tariffcalc.cli", "worker", "--processes", "1"]
    with service(home, workers=1, TARIFFCALC_SYNC_ROWS="1000", **UNHURRIED) as address:
        environment = {**os.environ, "TARIFFCALC_HOME": str(home)}
        with (home / "worker.log").open("wb") as log:
            worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            with Client(address) as found:
                yield found
        finally:
            worker.terminate()
            worker.wait(40)


def test_upload_save_estimate_and_compare(client: Client, tmp_path: Path) -> None:
    """A session as docs/python-client.md has it."""
    path = tmp_path / "mine.csv"
    path.write_text("origin,product,period,customs_value\nCAN,7208390015,2025-07,1000000\nMEX,8429511050,2025-06,5\n")
    table = client.upload(path, importer="USA")
    scenario = client.save_scenario(
        {"name": "steel-at-25", "change": [{"set": "s232-steel", "rate": "25%", "from": "2025-06-04"}]}
    )
    found = client.estimate(table, scenario, baseline="statutory", by=("origin",))
    assert isinstance(found, ResultAnswer)
    here = tc.estimate(
        tc.read_flows(path, importer="USA"),
        tc.read_schedule().apply(tc.read_scenario(client.scenario(scenario.id))),
        baseline="statutory",
        by=("origin",),
    )
    pd.testing.assert_frame_equal(found.frame, here.frame.astype({"origin": str}), check_exact=True)
    assert found.frame["duty_change"].min() < 0


def test_a_long_estimate_is_reckoned_by_the_worker(client: Client) -> None:
    found = client.estimate(US, by=("origin", "month"), wait=120)
    assert isinstance(found, ResultAnswer)
    assert found.duty == tc.estimate(US, by=("origin", "month")).duty


def test_a_large_result_arrives_whole(client: Client) -> None:
    """More rows than are sent at once."""
    found = client.estimate(US, by=("product", "origin", "month"), wait=180)
    assert isinstance(found, ResultAnswer)
    assert len(found.frame) > 20_000
    assert found.frame["duty"].sum() == pytest.approx(found.duty, rel=1e-12)
