"""The client says what the Python API says: the same names, the same numbers, the same errors."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.changes import changes
from tariffcalc.client import Client, ResultAnswer, Run, ServiceError
from tariffcalc.errors import BadRequestError, FlowTableError, ScenarioError, UnknownOriginError, UnknownProductError
from tariffcalc.history import history
from tariffcalc.jobs.work import work_one
from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tariffcalc.web import create_app

US = "us-north-america-2025"
ROWS = [
    {"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1_000_000},
    {"origin": "MEX", "product": "8429511050", "period": "2025-06", "customs_value": 2_500_000.5},
]
STEEL = {"name": "steel-at-25", "change": [{"set": "s232-steel", "rate": "25%", "from": "2025-06-04"}]}


def test_a_rate_is_that_of_the_library(client: Client) -> None:
    known = {"value": 75_000, "quantity": 1000, "unit": "bbl", "claim": "usmca", "shares": {"steel": 0.4}}
    mine, here = (
        client.rate("2709.00.20.10", "Canada", date(2025, 3, 5), **known),
        tc.rate(
            "2709.00.20.10",
            "Canada",
            "2025-03-05",
            **known,  # type: ignore[arg-type]
        ),
    )
    assert (mine.rate, mine.base_rate, mine.additional_rate) == (here.rate, here.base_rate, here.additional_rate)
    assert (mine.duty, mine.value, mine.resolved) == (here.duty, here.value, True)
    assert [(one.measure, one.applied_rate, one.duty) for one in mine.components] == [
        (one.measure, one.applied_rate, one.duty) for one in here.components
    ]
    assert mine.warnings == here.warnings
    assert mine.provenance["schedule_digest"] == here.provenance["schedule_digest"]
    assert mine.as_dict() == here.as_dict()


def test_what_is_not_known_is_none(client: Client) -> None:
    mine = client.rate("2709002010", "CAN", "2025-03-05")
    assert (mine.rate, mine.duty, mine.resolved) == (None, None, False)
    assert mine.warnings


def test_several_rates_are_a_frame(client: Client) -> None:
    frame = client.rates(["7208390015", "8429511050"], ["CAN", "MEX"], "2025-06-05", value=1000)
    assert frame[["product", "origin"]].to_numpy().tolist() == [
        [product, origin] for product in ("7208390015", "8429511050") for origin in ("CAN", "MEX")
    ]
    assert frame["rate"].tolist() == [tc.rate(row.product, row.origin, "2025-06-05").rate for row in frame.itertuples()]
    assert frame.attrs["provenance"]["schedule_digest"] == tc.read_schedule().digest
    assert len(client.rates(["7208390015"], ["CAN"], "2025-06-05")) == 1


def test_facts_that_hold_are_told_and_others_refused(client: Client) -> None:
    told = client.rate("8411919081", "JPN", "2025-10-05", facts={"civil_aircraft": True})
    assert told.rate == tc.rate("8411919081", "JPN", "2025-10-05", facts={"civil_aircraft": True}).rate
    with pytest.raises(BadRequestError):
        client.rate("8411919081", "JPN", "2025-10-05", facts={"civil_aircraft": False})


def test_history_measures_products_and_changes(client: Client) -> None:
    mine = client.history("8429511050", "MEX", "2025-01", "2026-01")
    here = history("8429511050", "MEX", "2025-01-01", "2026-01-01")
    assert mine["measure"].tolist() == here["measure"].tolist()
    assert mine["total_rate"].tolist() == pytest.approx(here["total_rate"].tolist(), abs=5e-7)
    assert {one["id"] for one in client.measures()} == set(tc.read_schedule().measures)
    assert [one["id"] for one in client.measures(q="potash", origin="CAN")] == ["ieepa-canada-potash"]
    assert client.measure("ieepa-canada")["heading"] == "9903.01.10"
    assert client.products("crude oil", limit=3).shape == (3, 3)
    told = client.changes("2026-09-20", date(2026, 10, 1))
    assert told["measure"].tolist() == changes(date(2026, 9, 20), until=date(2026, 10, 1))["measure"].tolist()


def test_an_estimate_is_that_of_the_library_unrounded(client: Client) -> None:
    mine = client.estimate(US, "no-pause", baseline="statutory", by=("origin", "month"), window=("2025-02", "2025-05"))
    law = tc.read_schedule().apply(tc.read_scenario("no-pause"))
    window = (date(2025, 2, 1), date(2025, 5, 1))
    here = tc.estimate(US, law, baseline="statutory", by=("origin", "month"), window=window)
    assert isinstance(mine, ResultAnswer)
    pd.testing.assert_frame_equal(mine.frame, here.frame.astype({"origin": str, "period": str}), check_exact=True)
    assert (mine.duty, mine.title, mine.warnings) == (here.duty, here.title, here.warnings)
    assert mine.provenance["schedule_digest"] == here.provenance["schedule_digest"]
    assert mine.frame.attrs == {}


def tables(folder: Path) -> Iterator[object]:
    frame = pd.DataFrame(ROWS)
    frame.to_csv(folder / "mine.csv", index=False)
    frame.to_parquet(folder / "mine.parquet", index=False)
    yield from (ROWS, frame, frame.astype({"origin": "category"}), folder / "mine.csv", str(folder / "mine.parquet"))


def test_a_table_of_ones_own_in_any_shape(client: Client, tmp_path: Path) -> None:
    expected = tc.estimate(tc.read_flows(ROWS, importer="USA"), by=("origin",)).frame["duty"].tolist()
    for flows in tables(tmp_path):
        found = client.estimate(flows, by="origin")  # type: ignore[arg-type]
        assert isinstance(found, ResultAnswer)
        assert found.frame["duty"].tolist() == expected


def test_a_scenario_that_is_written_out(client: Client, tmp_path: Path) -> None:
    table = tc.read_flows(ROWS, importer="USA")
    expected = tc.estimate(table, tc.read_schedule().apply(tc.read_scenario(STEEL)), by=("origin",)).duty
    for flows in (ROWS, pd.DataFrame(ROWS)):
        found = client.estimate(flows, STEEL, by=("origin",))  # type: ignore[arg-type]
        assert isinstance(found, ResultAnswer)
        assert found.duty == expected
    with pytest.raises(BadRequestError) as caught:
        client.estimate(tmp_path / "mine.csv", STEEL)
    assert "save" in str(caught.value.hint)


def test_saved_tables_and_scenarios(client: Client, tmp_path: Path) -> None:
    for flows in tables(tmp_path):
        saved = client.upload(flows, "mine", importer="USA")  # type: ignore[arg-type]
        assert saved.about["rows"] == 2
    listed = client.flows()
    assert saved.id in set(listed["id"])
    assert US in set(listed["id"])
    scenario = client.save_scenario(STEEL)
    assert client.scenario(scenario.id)["change"] == STEEL["change"]
    found = client.estimate(saved, scenario, by=("origin",))
    assert isinstance(found, ResultAnswer)
    assert found.duty == client.estimate(ROWS, STEEL, by=("origin",)).duty  # type: ignore[union-attr]
    client.delete_flows(saved.id)
    assert saved.id not in set(client.flows()["id"])


def test_nobodys_change_of_a_scenario_is_lost(client: Client) -> None:
    first = client.save_scenario(STEEL)
    second = client.save_scenario({**STEEL, "title": "second"}, replaces=first)
    assert second.id == first.id
    with pytest.raises(ServiceError) as caught:
        client.save_scenario({**STEEL, "title": "lost"}, replaces=first)
    assert caught.value.status == 412
    client.delete_scenario(second)
    assert first.id not in set(client.scenarios()["id"])


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[tuple[Client, Store]]:
    """A service to which every estimate is long."""
    settings = Settings(home=tmp_path, rate_limit="off", write_limit="off", logs="off", sync_rows=0)
    app = create_app(settings=settings)
    store = Store.open(settings)
    with Client("http://service", transport=httpx.WSGITransport(app=app)) as client:
        yield client, store
    store.close()


def test_a_long_estimate_is_waited_for(patient: tuple[Client, Store]) -> None:
    client, store = patient

    def work() -> None:
        until = time.monotonic() + 30
        while not work_one(store, "test") and time.monotonic() < until:
            time.sleep(0.05)

    worker = threading.Thread(target=work)
    worker.start()
    found = client.estimate(US, by=("origin",))
    worker.join()
    assert isinstance(found, ResultAnswer)
    assert found.duty == tc.estimate(US, by=("origin",)).duty


def test_a_run_can_be_asked_for_watched_and_cancelled(patient: tuple[Client, Store]) -> None:
    client, store = patient
    run = client.estimate(US, by=("origin",), wait=False)
    assert isinstance(run, Run)
    assert (client.run(run.id).status, run.over) == ("queued", False)
    with pytest.raises(ServiceError) as caught:
        client.wait_for(run.id, 0.3, first=0.1)
    assert caught.value.code == "run-not-done"
    with pytest.raises(ServiceError) as caught:
        client.result(run.id)
    assert caught.value.status == 409
    assert work_one(store, "test")
    assert client.result(run.id).duty == client.wait_for(run.id).duty
    other = client.estimate(US, by=("month",), wait=False)
    assert isinstance(other, Run)
    client.cancel(other.id)
    with pytest.raises(ServiceError) as caught:
        client.wait_for(other.id)
    assert caught.value.code == "run-cancelled"


def test_quotes_of_many_shipments(client: Client) -> None:
    shipments = pd.DataFrame(
        {
            "product": ["8429511050", "99999999", "2709002010"],
            "origin": ["MEX", "MEX", "CAN"],
            "date": ["2025-06-05"] * 3,
            "value": [1000.0, 1000.0, None],
        }
    )
    frame = client.quotes(shipments)
    assert frame["status"].tolist() == ["ok", "error", "ok"]
    assert str(frame["duty"][0]) == "250.00"
    assert frame["code"][1] == "unknown-product"
    assert frame["rate"].isna().tolist() == [False, True, True]


def test_errors_are_those_of_the_library(client: Client) -> None:
    with pytest.raises(UnknownProductError) as product:
        client.history("99999999", "CAN")
    assert product.value.code == "unknown-product"
    assert client.rate("99999999", "CAN", "2025-03-05").resolved is False
    with pytest.raises(UnknownOriginError) as origin:
        client.rate("7208", "Canda", "2025-03-05")
    assert "Canada" in str(origin.value.hint)
    with pytest.raises(BadRequestError) as several:
        client.rate("9999", "Canda", "soon")
    assert len(several.value.faults) >= 2
    with pytest.raises(ScenarioError):
        client.estimate(US, {"name": "x", "change": [{"set": "s232-steal", "rate": "25%"}]})
    bad = [{**ROWS[0], "origin": "Atlantis"}, {**ROWS[1], "customs_value": -1}]
    with pytest.raises(FlowTableError) as table:
        client.upload(bad, "bad")
    assert [(one.row, one.column) for one in table.value.faults] == [(1, "origin"), (2, "customs_value")]
    assert {one.code for one in table.value.faults} == {"unknown-country", "value-negative"}


def test_what_is_not_there_is_a_service_error(client: Client) -> None:
    with pytest.raises(ServiceError) as caught:
        client.run("../../etc/passwd")
    assert caught.value.status == 404
    assert caught.value.request_id


def test_a_file_that_is_not_there_or_of_no_known_kind(client: Client, tmp_path: Path) -> None:
    with pytest.raises(FlowTableError):
        client.upload(tmp_path / "none.csv")
    with pytest.raises(tc.TariffcalcError) as caught:
        client.upload(tmp_path / "none.docx")
    assert caught.value.code == "unknown-name"


def test_a_key_is_sent() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"flows": []})

    with Client("http://service", key="secret", transport=httpx.MockTransport(answer)) as client:
        assert client.flows().empty
    assert seen[0].headers["Authorization"] == "Bearer secret"
    assert "Idempotency-Key" not in seen[0].headers
