"""The page of a run: how far it is, what it found, pictures and tables that are those of the API."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from problem_words import problem_of

from tariffcalc.formats.charts.run_pictures import PICTURES
from tariffcalc.jobs.work import work_one
from tariffcalc.paths import rates_folder
from tariffcalc.web import state
from tariffcalc.web.pages import charts_run, run_parts
from tests.stopwatch import least_seconds

US = "us-north-america-2025"
ASYNC = {"Prefer": "respond-async"}
ASKED = {"flows": US, "scenario": "no-pause", "baseline": "no-tariffs-2025", "by": "sector,month"}
HOSTILE = "<script>alert(1)</script>\"'&"
ROWS = [
    {"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000.0},
    {"origin": "MEX", "product": "8429511050", "period": "2025-06", "customs_value": 2500.5},
]


@pytest.fixture(scope="module")
def done(paged: Flask) -> str:
    """The id of a run with a baseline that is done."""
    return begun(paged, ASKED)


@pytest.fixture(scope="module")
def plain(paged: Flask) -> str:
    """The id of a run without a baseline."""
    return begun(paged, {"flows": US, "by": "quarter", "from": "2025-07", "until": "2025-09"})


def begun(app: Flask, asked: dict[str, object], *, worked: bool = True) -> str:
    """Ask for a run, and bring it to its end."""
    answer = app.test_client().post("/v1/estimates", json=asked, headers=ASYNC)
    assert answer.status_code == 202, answer.text[:500]
    with app.app_context():
        store = state.store()
    while worked and work_one(store, "tests"):
        pass
    return str(answer.get_json()["id"])


def table_in(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_headline_is_that_of_the_result(reader: FlaskClient, done: str) -> None:
    answer = reader.get(f"/runs/{done}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    result = reader.get(f"/v1/runs/{done}/result").get_json()
    duty = result["provenance"]["totals"]["duty"]
    assert f"${duty / 1e9:.1f}\u00a0bn" in answer.text
    assert "What if the February pause had never been granted" in answer.text
    assert len(re.findall("<h1>", answer.text)) == 1


def test_the_first_view_does_not_wait_for_the_pictures(paged: Flask) -> None:
    """The headline at once, the details where they are asked for, and from then on without asking."""
    run = begun(paged, {**ASKED, "scenario": "statutory"})
    reader = paged.test_client()
    first = reader.get(f"/runs/{run}").text
    assert 'data-ready="no"' in first
    assert "What it found" not in first
    assert f"/runs/{run}?details=1" in first
    assert all(f"/runs/{run}/charts/{name}.svg" in first for name in PICTURES)
    for address in (f"/runs/{run}?details=1", f"/runs/{run}"):
        text = reader.get(address).text
        assert 'data-ready="yes"' in text
        assert "What it found" in text
    assert least_seconds(lambda: reader.get(f"/runs/{run}")) < 0.3


def test_every_picture_in_every_format(reader: FlaskClient, done: str) -> None:
    for name, (title, _) in PICTURES.items():
        place = f"/runs/{done}/charts/{name}"
        drawn = reader.get(f"{place}.svg")
        assert drawn.content_type == "image/svg+xml"
        assert "immutable" in drawn.headers["Cache-Control"]
        assert drawn.data.startswith(b"<svg")
        assert title in unescape(drawn.text)
        assert title not in reader.get(f"{place}.svg?words=off").text
        spec = json.loads(reader.get(f"{place}.json?theme=dark&size=small").data)
        assert spec["config"]["background"] != "#ffffff"
        assert reader.get(f"{place}.csv").status_code == 200
    assert reader.get(f"/runs/{done}/charts/month.png").data.startswith(b"\x89PNG")
    assert reader.get(f"/runs/{done}/charts/month.xlsx").data.startswith(b"PK")


def test_pictures_have_the_size_that_the_page_keeps_free(reader: FlaskClient, done: str) -> None:
    """Nothing moves when a picture comes."""
    text = reader.get(f"/runs/{done}?details=1").text
    kept = re.findall(r'<img src="([^"]+)" alt="[^"]+" width="(\d+)" height="(\d+)"', text)
    assert len(kept) == len(PICTURES)
    for address, width, height in kept:
        drawn = reader.get(unescape(address)).text
        told = re.search(r'width="(\d+)(?:\.\d+)?" height="(\d+)', drawn)
        assert told is not None
        assert (told[1], told[2]) == (width, height), address


@pytest.mark.parametrize(
    ("name", "by"), [("month", "month"), ("sectors", "sector"), ("origins", "origin"), ("products", "product")]
)
def test_the_numbers_of_a_picture_are_those_of_the_api(reader: FlaskClient, done: str, name: str, by: str) -> None:
    """Sums of a part and an estimate by the same group: equal but for the order in which cents were added."""
    ours = table_in(reader.get(f"/runs/{done}/charts/{name}.csv").text)
    theirs = table_in(reader.get("/v1/estimates.csv", query_string={**ASKED, "by": by}).text)
    assert [list(row) for row in ours[:1]] == [list(row) for row in theirs[:1]]
    key = next(iter(ours[0]))
    expected = {row[key]: row for row in theirs}
    assert expected.keys() == {row[key] for row in ours}
    for row in ours:
        for column, cell in row.items():
            if column in ("customs_value", "duty", "baseline_duty", "duty_change"):
                assert float(cell) == pytest.approx(float(expected[row[key]][column]), abs=0.02)
            elif column in ("effective_rate", "resolved_share") and cell:
                assert float(cell) == pytest.approx(float(expected[row[key]][column]), abs=2e-6)


def test_parts_add_up_to_the_result(reader: FlaskClient, done: str) -> None:
    """By measure, by sector or by month: it is the same duty."""
    whole = reader.get(f"/v1/runs/{done}/result").get_json()["provenance"]["totals"]["duty"]
    for name in ("month", "measures", "flow", "heat", "products", "origins", "sectors"):
        rows = table_in(reader.get(f"/runs/{done}/charts/{name}.csv").text)
        assert sum(float(row["duty"]) for row in rows) == pytest.approx(whole, rel=1e-9), name


def test_events_are_acts_that_took_effect_in_the_window(reader: FlaskClient, done: str) -> None:
    text = reader.get(f"/runs/{done}?details=1").text
    assert "4 March 2025" in text
    assert "federalregister.gov" in text
    assert "1 January 2024" not in text


def test_what_the_scenario_changes_is_told_a_line_a_change(reader: FlaskClient, done: str) -> None:
    text = unescape(reader.get(f"/runs/{done}?details=1").text)
    told = re.search(r"<h3>What the scenario changes</h3>\s*<ul>(.*?)</ul>", text, re.DOTALL)
    assert told
    changes = tomllib.loads((rates_folder() / "scenarios" / "no-pause.toml").read_text(encoding="utf-8"))["change"]
    assert told[1].count("<li>") == len(changes)
    assert "Additional duty on goods of Canada" in told[1]
    assert '<a href="/scenarios/no-pause">The scenario in the studio</a>' in text
    assert "the scenario itself" in text


def test_measures_and_products_in_the_rows_lead_to_their_pages(paged: Flask) -> None:
    run = begun(paged, {"flows": ROWS, "importer": "USA", "by": "product,measure"})
    text = paged.test_client().get(f"/runs/{run}").text
    assert '<a href="/products/8429511050">8429.51.10.50</a>' in text
    assert '<a href="/law/ieepa-mexico">ieepa-mexico</a>' in text


def test_without_a_baseline_nothing_is_compared(reader: FlaskClient, plain: str) -> None:
    text = reader.get(f"/runs/{plain}?details=1").text
    assert "Change against the baseline" not in text
    assert "movers" not in text
    problem_of(reader.get(f"/runs/{plain}/charts/movers.svg"), 404)
    assert reader.get(f"/runs/{plain}/charts/month.svg").status_code == 200


def test_duty_as_owed_is_told_without_that_of_void_measures(paged: Flask) -> None:
    """The headline, the words and the rows say the same."""
    run = begun(paged, {"flows": US, "from": "2025-03-04", "until": "2025-03-20", "status": "owed", "by": "sector"})
    reader = paged.test_client()
    owed = sum(float(row["duty"]) for row in table_in(reader.get(f"/v1/runs/{run}/result.csv").text))
    text = reader.get(f"/runs/{run}?details=1").text
    assert text.count(f"${owed / 1e6:.0f}\u00a0m") >= 2


def test_without_trade_there_is_nothing_to_draw(paged: Flask) -> None:
    run = begun(paged, {"flows": US, "from": "2030-01", "until": "2030-03", "by": "sector"})
    text = paged.test_client().get(f"/runs/{run}?details=1").text
    assert "no trade in the window" in text
    assert "<figure" not in text


def test_what_a_model_says_is_in_the_headline(paged: Flask) -> None:
    run = begun(paged, {**ASKED, "by": "sector", "model": "armington", "full": True})
    text = paged.test_client().get(f"/runs/{run}?details=1").text
    for name in ("Change of imports", "Price that buyers pay", "Deadweight loss", "Change of welfare"):
        assert name in text
    assert "model armington" in text


def rows_of(text: str) -> list[list[str]]:
    """The cells of the table of all rows."""
    body = text.split('id="rows"')[1].split("<tbody>")[1].partition("</tbody>")[0]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]


def test_rows_are_sorted_and_filtered_by_the_address(reader: FlaskClient, done: str) -> None:
    text = reader.get(f"/runs/{done}?sort=-duty").text
    duties = [float(row[4].replace(",", "").replace("\u2212", "-")) for row in rows_of(text)]
    assert duties == sorted(duties, reverse=True)
    assert 'aria-sort="descending"' in text
    assert f"/runs/{done}?sort=duty#rows" in text
    found = rows_of(reader.get(f"/runs/{done}?q=textile+2025-03").text)
    assert found
    assert all("extile" in row[1] and row[2] == "2025-03" for row in found)
    assert "There is no column" in reader.get(f"/runs/{done}?sort=nothing").text
    last = rows_of(reader.get(f"/runs/{done}?page=99").text)
    assert last == rows_of(reader.get(f"/runs/{done}?page=7").text)


def test_pages_hold_every_row_once(reader: FlaskClient, done: str) -> None:
    expected = table_in(reader.get(f"/v1/runs/{done}/result.csv").text)
    seen = [tuple(row[:3:2]) for page in range(1, 8) for row in rows_of(reader.get(f"/runs/{done}?page={page}").text)]
    assert seen == [(row["sector"], row["period"]) for row in expected]


def test_hostile_names_are_text(paged: Flask) -> None:
    """What people call a table, a scenario or a measure is never run as a script."""
    added = {
        "id": "mine",
        "title": HOSTILE,
        "authority": HOSTILE,
        "scope": {"origins": ["CAN"], "products": ["72"]},
        "rate": "10%",
        "from": "2025-05-01",
    }
    scenario = {"name": "x", "title": HOSTILE, "change": [{"add": added}]}
    reader = paged.test_client()
    table = reader.post("/v1/flows", json={"rows": ROWS, "name": f"a{HOSTILE}"}).get_json()["id"]
    asked = {"flows": table, "scenario": scenario, "baseline": "statutory", "by": "origin,month"}
    run = begun(paged, asked)
    text = reader.get(f"/runs/{run}?details=1&q=%3Cscript%3E&sort=%22%3E%3Cscript%3E").text
    assert 'data-ready="yes"' in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert 'value="&lt;script&gt;"' in text
    assert "<script>" not in reader.get(f"/runs/{run}/charts/measures.svg").text
    assert "unsafe" not in reader.get(f"/runs/{run}").headers["Content-Security-Policy"]


def test_a_run_that_waits_is_cancelled_by_a_form_of_ours(paged: Flask) -> None:
    run = begun(paged, {**ASKED, "by": "day"}, worked=False)
    reader = paged.test_client()
    text = reader.get(f"/runs/{run}").text
    assert "It waits for its turn." in text
    token = re.search(r'name="form_token" value="([^"]+)"', text)
    assert token is not None
    place, sent = f"/runs/{run}/cancel", {"form_token": token[1]}
    problem_of(reader.post(place), 403)
    problem_of(reader.post(place, data=sent, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    problem_of(paged.test_client().post(place, data=sent), 403)
    problem_of(reader.get(f"/runs/{run}/charts/month.svg"), 409)
    answer = reader.post(place, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/runs/{run}")
    assert "It was cancelled." in reader.get(f"/runs/{run}").text


def test_a_run_that_failed_says_why(paged: Flask) -> None:
    run = begun(paged, {"flows": US, "from": "2025-06", "until": "2025-05"})
    text = paged.test_client().get(f"/runs/{run}").text
    assert "It could not be worked out." in text
    assert "not after" in text


@pytest.mark.parametrize("name", ["none", "a" * 100, "%00", "..%2F.."])
def test_a_run_that_there_is_none(reader: FlaskClient, name: str) -> None:
    answer = reader.get(f"/runs/{name}")
    assert answer.status_code == 404
    problem_of(reader.get(f"/runs/{name}/charts/month.svg"), 404)


def test_pictures_that_there_are_none(reader: FlaskClient, done: str) -> None:
    problem_of(reader.get(f"/runs/{done}/charts/nothing.svg"), 404)
    problem_of(reader.get(f"/runs/{done}/charts/month.pdf"), 404)
    for wrong in ("theme=pink", "size=huge", "words=few"):
        assert problem_of(reader.get(f"/runs/{done}/charts/month.svg?{wrong}"), 422)["code"] == "unknown-look"


def test_parts_outlive_the_process(reader: FlaskClient, done: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are kept by the digest of their question, not only in memory."""
    expected = reader.get(f"/runs/{done}/charts/month.csv").data
    monkeypatch.setattr(run_parts, "_KEPT", type(run_parts._KEPT)())
    monkeypatch.setattr(run_parts, "reckoned", None)
    assert reader.get(f"/runs/{done}/charts/month.csv").data == expected


def test_a_large_part_is_a_run_of_its_own(paged: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is under way the picture says so, and when to ask again."""
    run = begun(paged, {**ASKED, "scenario": "ieepa-in-force", "by": "origin"})
    monkeypatch.setattr(run_parts, "is_small", lambda _: False)
    reader = paged.test_client()
    waiting = reader.get(f"/runs/{run}/charts/month.svg")
    problem_of(waiting, 409)
    assert int(waiting.headers["Retry-After"]) > 0
    assert 'data-ready="no"' in reader.get(f"/runs/{run}?details=1").text
    with paged.app_context():
        while work_one(state.store(), "tests"):
            pass
    assert reader.get(f"/runs/{run}/charts/month.svg").status_code == 200


def test_the_program_that_draws(reader: FlaskClient) -> None:
    plain = reader.get("/charts/vega.js")
    assert plain.content_type.startswith("text/javascript")
    assert b"vegaEmbed" in plain.data
    packed = reader.get("/charts/vega.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2


def test_a_product_is_told_by_what_sets_it_apart() -> None:
    """Cars have one heading; their cylinders, range and age tell them from each other."""
    assert charts_run.telling("8703230140") == "Having engines with not more than 4 cylinders"
    assert charts_run.telling("8703800060") == "With an EPA-rated range exceeding 250 miles, new"
    assert charts_run.telling("7601106090") == "Aluminum, not alloyed"
    assert charts_run.heading("8703230140").startswith("Motor cars")


def test_a_run_that_is_not_there_leads_back(paged: Flask) -> None:
    answer = paged.test_client().get("/runs/nothing")
    assert answer.status_code == 404
    assert 'href="/scenarios">To the scenarios' in answer.text


def test_the_page_of_a_cancelled_run_says_what_was_asked_and_leads_back(paged: Flask) -> None:
    saved = paged.test_client().post("/v1/flows", json={"rows": ROWS, "name": "our table"}).get_json()
    found = begun(paged, {"flows": saved["id"], "scenario": "no-pause", "baseline": "no-tariffs-2025"}, worked=False)
    waiting = paged.test_client().get(f"/runs/{found}").text
    assert "our table. Compared with" in unescape(waiting)
    assert paged.test_client().delete(f"/v1/runs/{found}").status_code < 300
    text = paged.test_client().get(f"/runs/{found}").text
    assert "It was cancelled." in text
    assert 'href="/scenarios">To the scenarios' in text
