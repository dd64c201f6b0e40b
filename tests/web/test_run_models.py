"""The page of a run whose model has rows of its own: a whole economy, prices in the shops, draws."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import Any

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from problem_words import problem_of

import tariffcalc as tc
from tariffcalc.formats.charts.run_pictures import PICTURES
from tariffcalc.jobs.work import work_one
from tariffcalc.models import answer
from tariffcalc.models.consumer_prices import price_impact
from tariffcalc.models.economy import economy_impact
from tariffcalc.web import state
from tariffcalc.web.pages import model_findings as said
from tariffcalc.web.pages.findings import Names, money

ROWS = [
    {"importer": "USA", "origin": origin, "product": product, "period": f"2025-{month:02}", "customs_value": value}
    for month in (5, 6, 7)
    for origin, product, value in (
        ("CAN", "7208390015", 4e9),
        ("MEX", "8703230190", 9e9),
        ("JPN", "8703230190", 5e9),
        ("CAN", "4407110002", 2e9),
    )
]
BASELINE = {"baseline": "no-tariffs-2025"}
DRAWN = {"model": "armington", "draws": 30, "seed": 2, "tornado": True}
ASKED: dict[str, dict[str, Any]] = {
    "economy": {"model": "exact-hat"},
    "sectors": {"model": "exact-hat", "by": ["sector"]},
    "origins": {"model": "exact-hat", "by": ["origin"], "keep_deficits": True},
    "prices": {"model": "io-prices", "on": "armington", "supply": 1e9},
    "commodities": {"model": "io-prices", "by": ["commodity"]},
    "total": {"model": "io-prices", "by": ["total"]},
    "draws": {"model": "armington", "draws": 30, "seed": 2, "vary": {"preference": ["settled", "none"]}},
    "still": {"model": "static", "draws": 20, "vary": {"content": ["table"], "preference": ["none"]}},
    "drivers": DRAWN,
}
OWN = {
    "economy": ["incomes"],
    "sectors": ["incomes", "imports"],
    "origins": ["incomes", "imports"],
    "prices": ["prices"],
    "commodities": ["prices", "commodities"],
    "total": ["prices"],
    "draws": ["ranges"],
    "still": ["ranges"],
    "drivers": ["ranges", "drivers"],
}
TABLE = tc.read_flows(ROWS)


@pytest.fixture(scope="module")
def runs(paged: Flask) -> dict[str, str]:
    """The id of a run of every kind, all done."""
    client = paged.test_client()
    flows = client.post("/v1/flows", json={"rows": ROWS, "name": "mine"}).get_json()["id"]
    found = {}
    for name, asked in ASKED.items():
        body = {"flows": flows, **BASELINE, **asked}
        answered = client.post("/v1/estimates", json=body, headers={"Prefer": "respond-async"})
        assert answered.status_code == 202, answered.text[:500]
        found[name] = str(answered.get_json()["id"])
    with paged.app_context():
        while work_one(state.store(), "tests"):
            pass
    return found


def page_of(reader: FlaskClient, run: str, asked: str = "details=1") -> str:
    answered = reader.get(f"/runs/{run}?{asked}")
    assert answered.status_code == 200
    return unescape(answered.text)


def tiles_of(text: str) -> dict[str, tuple[str, str]]:
    found = re.findall(r'<dt>([^<]*)</dt><dd class="number">([^<]*)</dd><dd class="beside">([^<]*)</dd>', text)
    return {name: (number, beside) for name, number, beside in found}


def facts_of(text: str) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", text)
    return {name: re.sub("<[^>]*>", "", words) for name, words in found}


@pytest.mark.parametrize("kind", ASKED)
def test_every_kind_has_its_own_pictures_and_those_of_the_duty(
    reader: FlaskClient, runs: dict[str, str], kind: str
) -> None:
    text = page_of(reader, runs[kind])
    shown = re.findall(r'<h2 id="picture-(\w+)">', text)
    assert shown == [*OWN[kind], *PICTURES]
    assert 'data-ready="yes"' in text
    for name in OWN[kind]:
        place = f"/runs/{runs[kind]}/charts/{name}"
        drawn = reader.get(f"{place}.svg")
        assert drawn.data.startswith(b"<svg")
        if kind == next(one for one in OWN if name in OWN[one]):
            assert reader.get(f"{place}.png").data.startswith(b"\x89PNG"), "each picture once: it is the same drawing"
        spec = json.loads(reader.get(f"{place}.json?theme=dark&size=small").data)
        assert spec["config"]["background"] != "#ffffff"
        numbers = re.search(rf'<section[^>]*picture-{name}".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
        assert numbers is not None
        assert numbers[1].count("<tr>") > 0


@pytest.mark.parametrize("kind", ASKED)
def test_pictures_have_the_size_that_the_page_keeps_free(reader: FlaskClient, runs: dict[str, str], kind: str) -> None:
    text = page_of(reader, runs[kind])
    kept = re.findall(r'<img src="([^"]+)" alt="([^"]+)" width="(\d+)" height="(\d+)"', text)
    for address, alt, width, height in kept[: len(OWN[kind])]:
        told = re.search(r'width="(\d+)(?:\.\d+)?" height="(\d+)', reader.get(address).text)
        assert told is not None
        assert (told[1], told[2]) == (width, height), address
        assert re.search(r"\d", alt), "the words for a picture name its numbers"


@pytest.mark.parametrize("kind", ASKED)
def test_the_result_is_a_picture_too(reader: FlaskClient, runs: dict[str, str], kind: str) -> None:
    raster = [("png", b"\x89PNG")] if kind == next(one for one in OWN if OWN[one] == OWN[kind]) else []
    for suffix, begins in (("svg", b"<svg"), *raster, ("csv", b""), ("xlsx", b"PK")):
        sent = reader.get(f"/v1/runs/{runs[kind]}/result.{suffix}")
        assert sent.status_code == 200
        assert sent.data.startswith(begins)


@pytest.mark.parametrize("kind", ASKED)
def test_rows_are_in_words_sorted_and_filtered(reader: FlaskClient, runs: dict[str, str], kind: str) -> None:
    """Every column has a name of its own, and sorts."""
    result = reader.get(f"/v1/runs/{runs[kind]}/result").get_json()
    for column in result["columns"]:
        rows = page_of(reader, runs[kind], f"sort=-{column}").split('id="rows"')[1]
        assert 'aria-sort="descending"' in rows
        heads = re.findall(r"<th [^>]*><a [^>]*>([^<]*)", rows)
        assert not [head for head in heads if "_" in head or head == head.lower()]
    first = result["rows"][0][result["columns"][0]]
    found = page_of(reader, runs[kind], f"q={first}").split('id="rows"')[1]
    count = re.search(r"(\d+) of (\d+) rows", found)
    assert count is not None
    assert 1 <= int(count[1]) <= int(count[2]) == len(result["rows"])


def test_real_income_and_the_year_of_its_economy(reader: FlaskClient, runs: dict[str, str]) -> None:
    frame = economy_impact(TABLE, **BASELINE).frame.set_index("country")
    text = page_of(reader, runs["economy"])
    tiles = tiles_of(text)
    assert tiles["Real income"] == (
        said.changed(frame.loc["USA", "real_income_change"]),
        "United States, an economy of 1993",
    )
    assert tiles["Terms of trade"][0] == said.changed(frame.loc["USA", "terms_of_trade"])
    assert tiles["Change of imports"][0] == said.changed(frame.loc["USA", "imports_change"])
    assert "This is an economy of 1993, not of today" in text
    assert f"Canada {said.changed(frame.loc['CAN', 'real_income_change'])}" in text
    facts = facts_of(text)
    assert facts["Year of the economy"] == "1993"
    assert facts["Trade deficits"] == "are closed"
    assert "Canada (CAN)" in text.split('id="rows"')[1]
    assert facts_of(page_of(reader, runs["origins"]))["Trade deficits"] == "stay as they are"


def test_an_economy_by_sectors_tells_its_income_too(reader: FlaskClient, runs: dict[str, str]) -> None:
    """First imports, which are its own rows; income, once it is worked out."""
    text = page_of(reader, runs["sectors"])
    frame = economy_impact(TABLE, **BASELINE, by=("sector",)).frame
    rows = list(csv.DictReader(io.StringIO(reader.get(f"/runs/{runs['sectors']}/charts/imports.csv").text)))
    assert [row["sector"] for row in rows] == frame["sector"].tolist()
    assert "Real income" in tiles_of(page_of(reader, runs["sectors"]))
    assert "In an economy of 1993, real income changes so" in text
    change = said.imports_change(frame)
    assert change == pytest.approx(
        economy_impact(TABLE, **BASELINE).frame.set_index("country").loc["USA", "imports_change"]
    )


def test_what_households_pay(reader: FlaskClient, runs: dict[str, str]) -> None:
    made = price_impact(TABLE, **BASELINE, on="armington", supply=1e9)
    totals, cost = made.provenance["prices"]["totals"], float(made.frame["cost"].sum())
    text = page_of(reader, runs["prices"])
    tiles, facts = tiles_of(text), facts_of(text)
    low, high = (said.fine(totals[f"price_change_{end}"]) for end in ("low", "high"))
    assert tiles["Consumer prices"] == (said.changed(totals["price_change"]), f"low to high: {low} to {high}")
    assert tiles["Cost to households a year"][0] == money(cost)
    assert tiles["At once"][0] == said.changed(totals["direct_change"])
    assert tiles["Through inputs"][0] == said.changed(totals["input_change"])
    assert facts["What importers pay"].startswith("Buyers shift between origins")
    assert "Bureau of Economic Analysis" in facts["Input-output tables"]
    assert facts["Elasticity of supply, given"] == "1e+09"
    assert f"that is {money(cost)} a year" in text
    for kind in ("commodities", "total"):
        assert tiles_of(page_of(reader, runs[kind]))["Cost to households a year"][0].startswith("$")


def test_every_headline_has_its_band(reader: FlaskClient, runs: dict[str, str]) -> None:
    asked = ASKED["draws"]
    frame = answer(TABLE, **BASELINE, **asked).frame.set_index("headline")
    text = page_of(reader, runs["draws"])
    tiles, facts = tiles_of(text), facts_of(text)
    for headline, label in (("duty", "Duty, trade as it is"), ("welfare_change", "Change of welfare")):
        row = frame.loc[headline]
        band = f"{money(row['low_value'])} to {money(row['high_value'])} (5% to 95%)"
        assert tiles[label] == (money(row["central_value"]), band)
    assert (facts["Draws"], facts["Seed"]) == ("30", "2")
    assert facts["Varied: claims of trade agreements"] == "as in late 2025, none"
    assert facts["Drawn"].startswith("elasticity of demand, elasticity of substitution, elasticity of supply")
    assert "In nine tenths of 30 draws" in text


def test_what_does_not_answer_has_no_band(reader: FlaskClient, runs: dict[str, str]) -> None:
    text = page_of(reader, runs["still"])
    assert "Change of imports" not in tiles_of(text)
    facts = facts_of(text)
    assert facts["Held: claims of trade agreements"] == "none"
    assert "Drawn" not in facts


def test_what_drives_the_spread(reader: FlaskClient, runs: dict[str, str]) -> None:
    frame = answer(TABLE, **BASELINE, **DRAWN).frame
    text = page_of(reader, runs["drivers"])
    rows = list(csv.DictReader(io.StringIO(reader.get(f"/runs/{runs['drivers']}/charts/drivers.csv").text)))
    assert [float(row["variance_share"] or "nan") for row in rows] == pytest.approx(
        frame["variance_share"].tolist(), abs=1e-6, nan_ok=True
    )
    assert "The spread of “" in text
    assert facts_of(text)["Shares of the spread"] == "from 30 draws"
    problem_of(reader.get(f"/runs/{runs['draws']}/charts/drivers.svg"), 404)
    problem_of(reader.get(f"/runs/{runs['draws']}/charts/incomes.svg"), 404)


def test_a_model_of_one_market_tells_its_elasticities(paged: Flask) -> None:
    reader = paged.test_client()
    asked = {"flows": ROWS, **BASELINE, "model": "gsim", "by": "origin", "demand": -2, "pass_through": 0.9}
    run = reader.post("/v1/estimates", json=asked, headers={"Prefer": "respond-async"}).get_json()["id"]
    with paged.app_context():
        while work_one(state.store(), "tests"):
            pass
    facts = facts_of(page_of(reader, run))
    assert facts["Elasticity of demand, given"] == "-2"
    assert facts["Borne by buyers"] == "90% of a change of duty"
    assert facts["Elasticity of substitution"].endswith("of value")


@pytest.mark.parametrize("kind", ["economy", "prices"])
def test_without_trade_no_model_has_anything_to_say(paged: Flask, kind: str) -> None:
    reader = paged.test_client()
    asked = {"flows": ROWS, **BASELINE, **ASKED[kind], "from": "2030-01", "until": "2030-02"}
    run = reader.post("/v1/estimates", json=asked, headers={"Prefer": "respond-async"}).get_json()["id"]
    with paged.app_context():
        while work_one(state.store(), "tests"):
            pass
    text = page_of(reader, run)
    assert next(iter(tiles_of(text))) == "Duty"
    assert "The table has no trade in the window" in text
    assert "<figure" not in text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (0.00026, "+0.026%"),
        (-0.0873, "\u22128.7%"),
        (0.123, "+12%"),
        (-0.0043, "\u22120.43%"),
        (0.0996, "+10.0%"),
        (-7.7e-6, "less than 0.01%"),
        (float("nan"), "not known"),
    ],
)
def test_changes_have_two_figures_however_small(share: float, text: str) -> None:
    assert said.changed(share) == text


def told(**bands: tuple[float | None, float | None, float | None]) -> dict[str, Any]:
    rows = [{"headline": name, "central": one[0], "low": one[1], "high": one[2]} for name, one in bands.items()]
    return {"ranges": {"draws": 1000, "bands": rows}}


def test_bands_in_words() -> None:
    (words,) = said.sure(told(duty=(5.0, 4.0, 9.0), trade_change=(0.0, 0.0, 0.0), welfare_change=(-2.0, -3.0, -1.0)))
    assert words.startswith("In nine tenths of 1,000 draws")
    assert words.endswith("duty, trade as it is from $4 to $9; change of welfare from \u2212$3 to \u2212$1.")
    assert said.sure(told(duty=(None, None, None))) == []


def test_nothing_drives_what_does_not_vary() -> None:
    still = pd.DataFrame({"headline": ["duty"], "assumption": ["content"], "variance_share": [float("nan")]})
    assert said.driven(still) == []
    assert said.driven(None) == []
    assert said.told_by_model({"model": "static"}, {}, Names()) == []
