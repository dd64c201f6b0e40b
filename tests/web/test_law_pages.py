"""The pages of the law: what they say is what the law files and the API say."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc.changes import all_changes, changes
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawview import measures
from tariffcalc.sources.vintages import law_lists, trade_tables
from tariffcalc.web.pages import calendar, lawchart, lawwords, traded, treatment

HOSTILE = "\"><script>alert('x')</script>"


def text_of(client: FlaskClient, path: str, status: int = 200, /, **asked: str) -> str:
    """A page without its line breaks."""
    answer = client.get(path, query_string=asked)
    assert answer.status_code == status
    assert answer.content_type == "text/html; charset=utf-8"
    return unescape(re.sub(r"\s+", " ", answer.text))


def words_of(text: str) -> str:
    """What a reader reads: a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def linked(text: str) -> set[str]:
    return set(re.findall(r'href="/law/([a-z0-9-]+)(?:\?[^"]*)?"', text)) - {"calendar", "known"}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": "steel"},
        {"importer": "CAN"},
        {"authority": "IEEPA", "origin": "Canada"},
        {"product": "7208", "origin": "Canada", "on": "2025-06-05"},
    ],
)
def test_the_list_is_that_of_the_api(client: FlaskClient, asked: dict[str, str]) -> None:
    found = client.get("/v1/measures", query_string={**asked, "page_size": "200"}).get_json()["measures"]
    text = text_of(client, "/law", **asked)
    assert found
    assert linked(text) == {one["id"] for one in found}
    assert f"{len(found)} measures" in text


def test_every_wrong_filter_is_explained_beside_it(client: FlaskClient) -> None:
    typed = {"product": "77", "origin": "Canda", "on": "soon", "importer": "Atlantis"}
    text = text_of(client, "/law", 422, **typed)
    for name in typed:
        assert re.search(rf'class="fault" id="{name}-said">[^<]+<', text), name
    assert text.count('aria-invalid="true"') == len(typed)
    for name in ("product", "origin", "on"):
        assert f'value="{typed[name]}"' in text
    assert 'type="text" value="soon"' in text, "a box for days would drop what is none"
    assert "ALBANIA" not in text_of(client, "/law", 422, origin="Atlantis")
    wrong = text_of(client, "/law", 422, authority="magic")
    assert 'id="authority-said">Unknown' in wrong or "magic" in wrong


def test_an_importer_without_measures_says_so(client: FlaskClient) -> None:
    assert "has taken no measure that is held here" in text_of(client, "/law", importer="MEX")


def test_what_a_measure_is_on_a_day(law: Schedule) -> None:
    one = law.measures["ieepa-canada"]
    told = [lawwords.standing(one, date(*day)) for day in ((2025, 2, 10), (2025, 3, 5), (2025, 8, 1), (2026, 3, 1))]
    assert [one.kind for one in told] == ["coming", "void", "void", "over"]
    assert [one.rate for one in told] == ["", "25%", "35%", ""]
    assert told[0].words == "paused, again from 4 March 2025"
    assert told[3].words == "ended 24 February 2026"
    assert lawwords.standing(one, date(2024, 1, 1)).words.startswith("begins ")
    assert lawwords.standing(law.measures["s232-polysilicon-price-raw"], date(2026, 10, 1)).words == (
        "begins 4 December 2026"
    )


@pytest.mark.parametrize("importer", ["USA", "CAN", "CHN", "EU27"])
def test_every_measure_has_its_page(client: FlaskClient, importer: str) -> None:
    """With its title, every act by its address, every doubt and every case of its file."""
    known = tc.read_schedule(importer).measures
    assert known
    for name, one in known.items():
        text = text_of(client, f"/law/{name}", importer=importer)
        assert f"<h1>{one.title}</h1>" in text
        for cite in one.citations.values():
            assert cite.url in text
        for doubt in one.doubts:
            assert re.sub(r"\s+", " ", doubt) in text
        assert text.count('scope="row" class="act-cell"><a href="/?') == len(one.examples)


def test_rates_by_date_with_their_pauses(client: FlaskClient) -> None:
    text = words_of(text_of(client, "/law/ieepa-canada"))
    assert "4 February 2025 25% never applied: replaced on 3 February 2025 1 February 2025" in text
    assert re.search(r"4 February 2025 paused .{0,60}3 February 2025 Executive Order 14197", text)
    assert re.search(r"1 August 2025 35% held unlawful 31 July 2025 Executive Order 14325", text)
    assert re.search(r"24 February 2026 ended 20 February 2026 Executive Order 14389", text)


def test_rates_by_country_are_told_country_by_country(client: FlaskClient) -> None:
    text = words_of(text_of(client, "/law/ieepa-reciprocal"))
    assert "By origin, 243 origins: 10% to 41%" in text
    assert re.search(
        r"Switzerland 5 April 2025 10% 9903\.01\.25 7 August 2025 39% 9903\.02\.58 14 November 2025 up to", text
    )
    assert re.search(
        r"Vietnam 24 July 2026 12\.5% 9903\.05\.84", words_of(text_of(client, "/law/s301-forced-labor-12-5"))
    )
    listed = words_of(text_of(client, "/law", origin="VNM", on="2025-09-01", q="reciprocal"))
    assert "20% held unlawful" in listed


def test_what_yields_is_told_from_both_sides(client: FlaskClient) -> None:
    """The duty on Canada gave way to that on steel: each page names the other."""
    canada, steel = text_of(client, "/law/ieepa-canada"), text_of(client, "/law/s232-steel")
    assert "s232-steel" in linked(canada.partition("It does not fall on goods that one of these falls on")[2])
    order = client.get("/v1/measures/s232-steel").get_json()["gives_way_to"]
    assert order["wholly"]
    assert set(order["wholly"]) <= linked(steel.partition("It does not fall on goods that one of these falls on")[2])


def test_what_comes_after_is_the_turned_order(law: Schedule) -> None:
    day = date(2025, 7, 1)
    order = law.precedence(day).yields_whole_to
    for name in ("s232-steel", "s232-autos"):
        wholly, _ = lawwords.comes_after(law, law.measures[name], day)
        applying = {key for key, one in law.measures.items() if one.rate_at(day)}
        assert {one.id for one in wholly} == {key for key in applying if name in order[key]}
        assert wholly


def test_goods_on_the_water_and_reliefs(client: FlaskClient, law: Schedule) -> None:
    china = words_of(text_of(client, "/law/ieepa-china"))
    assert "Goods on the water" in china
    assert "Loaded before 1 February 2025 and entered before 7 March 2025: this duty is not charged." in china
    canada = words_of(text_of(client, "/law/ieepa-canada"))
    assert law.facts["usmca"].question in canada
    assert "Frees this part of the value: Value outside the repair" in canada


def test_a_measure_of_another_law_is_found_by_its_id_alone(client: FlaskClient) -> None:
    assert "imports into Canada" in text_of(client, "/law/us-surtax-steel")


def test_an_unknown_measure_is_told(client: FlaskClient) -> None:
    text = text_of(client, "/law/nothing-at-all", 404)
    assert "No measure has the id “nothing-at-all”" in text
    assert "No measure has" in text_of(client, "/law/ieepa-canada", 404, importer="CAN")


def test_the_picture_of_a_measure(client: FlaskClient, law: Schedule) -> None:
    one = law.measures["ieepa-canada"]
    rows = client.get("/charts/law/USA/ieepa-canada.csv").text.split("\r\n")
    assert rows[0] == "from,until,part,rate"
    assert rows[1:4] == [
        "2025-02-04,2025-03-04,rate,0.000000",
        "2025-03-04,2025-08-01,rate,0.250000",
        "2025-08-01,2026-02-24,rate,0.350000",
    ]
    frame = lawchart.table_of(law, one)
    for row in frame.itertuples():
        held = one.rate_at(date.fromisoformat(str(row[1])))
        assert row.rate == (0.0 if held is None else getattr(held.duty, "rate", None))
    assert client.get("/charts/law/USA/ieepa-canada.svg").data.startswith(b"<svg")
    assert client.get("/charts/law/USA/ieepa-canada.png").data.startswith(b"\x89PNG")
    assert "data" in client.get("/charts/law/USA/ieepa-canada.json").get_json()


def test_a_rate_that_is_no_share_has_no_picture(client: FlaskClient, law: Schedule) -> None:
    for name in ("mfn", "s232-polysilicon-price-raw", "s338-ban-dairy"):
        assert lawchart.table_of(law, law.measures[name]).empty
        assert client.get(f"/charts/law/USA/{name}.svg").status_code == 404
        assert "/charts/law/" not in text_of(client, f"/law/{name}")


def test_a_month_has_every_change_of_it(client: FlaskClient, law: Schedule) -> None:
    text = text_of(client, "/law/calendar", month="2025-03")
    due = {one.measure.id for one in all_changes(law) if (one.day.year, one.day.month) == (2025, 3)}
    assert due
    assert linked(text) == due
    assert "The law in March 2025" in text
    assert "since=2025-03-01&until=2025-04-01" in text


def test_without_a_month_what_is_coming_comes_first(client: FlaskClient) -> None:
    text = words_of(text_of(client, "/law/calendar"))
    assert "What changed, and what is coming" in text
    found = calendar.years_of(calendar.kept_changes("USA"), 2026)
    assert [year for year, _ in found["near"]] == [2026, 2025]
    assert all(year > 2026 for year, _ in found["later"])
    total = sum(many for group in found.values() for _, months in group for *_, many in months)
    assert total == len(calendar.kept_changes("USA"))


def test_a_wrong_month_is_told(client: FlaskClient) -> None:
    assert "“soon” is not a month" in text_of(client, "/law/calendar", 422, month="soon")


def test_the_costs_are_those_of_changes(client: FlaskClient) -> None:
    """They are told only once they have been asked for, and stay."""
    before = text_of(client, "/law/calendar", month="2028-01")
    assert "What January 2028 costs a year" in before
    text = words_of(text_of(client, "/law/calendar", month="2028-01", cost="yes"))
    frame = changes(date(2028, 1, 1), until=date(2028, 2, 1))
    row = frame[frame["measure"] == "s301-nicaragua"].iloc[0]
    assert row["cost"] > 1e6
    assert words_of(calendar.cost_words(float(row["cost"]))) in text
    assert "What January 2028 costs a year" not in text_of(client, "/law/calendar", month="2028-01")


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (2.293e8, "$229\u00a0m a year more duty"),
        (-8.7129e9, "$8.71\u00a0bn a year less duty"),
        (3.0, "under $1 m a year either way"),
        (0.0, "under $1 m a year either way"),
        (float("nan"), "cost not known"),
    ],
)
def test_costs_in_words(cost: float, said: str) -> None:
    assert calendar.cost_words(cost) == said


def test_the_law_as_known_on_a_day(client: FlaskClient, law: Schedule) -> None:
    text = text_of(client, "/law/known", on="2025-02-02")
    told = words_of(text)
    then = law.as_known_on(date(2025, 2, 2))
    assert f"{len(then.measures)} of the {len(law.measures)} measures were known" in told
    row = re.search(r"emergency at the northern border IEEPA (.{0,400})", told)
    assert row
    assert "25% from 4 February 2025" in row[0]
    assert (
        "paused from 4 February 2025; 25% from 4 March 2025; 35% from 1 August 2025; ends on 24 February 2026" in row[0]
    )
    assert linked(text) >= set(law.measures) - set(then.measures)


def test_today_nothing_is_unknown(client: FlaskClient) -> None:
    assert "No step of the law was announced after that day." in text_of(client, "/law/known")
    assert "is not a day" in text_of(client, "/law/known", 422, on="2 February")


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("8429511050", "2025-06-10"),
        ("7208101500", "2025-06-05"),
        ("8807300030", "2026-03-02"),
        ("0406103800", "2026-10-01"),
    ],
)
def test_what_each_country_pays_is_what_a_rate_says(law: Schedule, code: str, day: str) -> None:
    """Also where a fact is usual for the product, such as aircraft, and where entry is refused."""
    on = date.fromisoformat(day)
    found = {name: one for one in treatment.treatments(law, code, on, {}) for name in one.origins}
    assert len(found) > 200
    names = {
        "CAN": "Canada",
        "MEX": "Mexico",
        "CHN": "China",
        "FRA": "France",
        "BRA": "Brazil",
        "RUS": "Russian Federation",
    }
    for origin, name in names.items():
        rate = tc.rate(code, origin=origin, on=day)
        told = found[name]
        assert told.stopped == rate.quote.prohibited
        assert [measure for _, measure, _ in told.parts] == [one.measure for one in rate.components]
        if rate.rate is not None:
            assert told.rate == (lawwords_percent(rate.rate))


def lawwords_percent(rate: float) -> str:
    return f"{round(rate * 100, 4):g}%" if rate else "Free"


def test_the_base_duty_of_a_line(client: FlaskClient) -> None:
    """Crude oil: 10.5 cents a barrel, 21 in column 2, free under the USMCA."""
    text = words_of(text_of(client, "/products/2709002010", on="2026-10-01"))
    assert re.search(r"General duty 10\.5¢/bbl column 1", text)
    assert re.search(
        r"Countries without normal trade relations 21¢/bbl column 2 Belarus, Cuba, North Korea, Russian", text
    )
    assert "USMCA Free S, S+ Canada, Mexico" in text
    assert "United States-Korea agreement Free KR South Korea" in text
    assert "counted in bbl" in text


def test_a_programme_is_shown_only_while_it_holds(law: Schedule) -> None:
    def covered(day: date, code: str = "6109100004") -> dict[str, str]:
        return {one.measure: one.rate for one in treatment.base_duties(law, code, day) if one.rate}

    assert "preference-gsp" not in covered(date(2026, 10, 1))
    now = covered(date(2026, 10, 1))
    assert now["usmca-preference"] == "Free"
    assert now["mfn"] == "16.5%"
    assert now["column-2"] == "90%"
    assert "preference-agoa" in covered(date(2026, 12, 31), "2709002010")
    assert "preference-agoa" not in covered(date(2027, 1, 1), "2709002010")


def test_the_trade_of_a_code_adds_up() -> None:
    frame = tc.read_flows("us-world-2024").frame
    for code in ("8429", "2709002010", "04"):
        rows = frame[frame["product"].astype(str).str.startswith(code)]
        assert sum(value for _, value in traded.trade_of(code)) == pytest.approx(rows["customs_value"].sum())
    total, rows_below = traded.below("8429")
    assert total == len(rows_below)
    assert all(one.code.startswith("8429") and len(one.code) == 6 for one in rows_below)
    whole = sum(value for _, value in traded.trade_of("8429"))
    assert sum(one.value for one in rows_below) == pytest.approx(whole)
    assert traded.below("2709002010") == (0, [])


def test_a_heading_shows_the_codes_below_it(client: FlaskClient) -> None:
    text = text_of(client, "/products/8429")
    assert "is not a line of its own" in text
    for code in ("842911", "842951"):
        assert f'href="/products/{code}"' in text
    chapter = words_of(text_of(client, "/products/84"))
    assert "The codes below 84" in chapter


def test_products_are_found_by_words_and_codes(client: FlaskClient) -> None:
    assert "Which line is it?" in text_of(client, "/products", q="front-end loader")
    assert client.get("/products", query_string={"q": "8429.51"}).location == "/products/842951"
    assert client.get("/products/8429.51?on=2025-03-01").location == "/products/842951?on=2025-03-01"
    assert "No line of the tariff has the words “xyzzy”" in text_of(client, "/products", 422, q="xyzzy")
    assert "no product has the code" in text_of(client, "/products/99999999", 404).lower()
    assert "Look up a product" in text_of(client, "/products")


def test_wrong_days_and_countries_are_told_on_a_product(client: FlaskClient) -> None:
    text = text_of(client, "/products/2709002010", 422, on="x", origin="Canda")
    assert 'id="on-said">“x” is not a day' in text
    assert 'class="fault" id="origin-said">' in text
    assert 'value="Canda"' in text


def test_sources_and_limits(client: FlaskClient, law: Schedule) -> None:
    text = text_of(client, "/about")
    tables = trade_tables()
    assert {one.file for one in tables} >= {"flows/us-world-2024", "tariff_lines/hts"}
    for one in tables:
        assert one.title in text
        assert one.source in text
    assert all(one.rows > 0 for one in tables if one.folder == "flows")
    assert all(many > 0 for _, many in law_lists())
    for reading in law.readings.values():
        assert reading.title in text
    assert re.sub(r"\s+", " ", law.incomplete_note)[:60] in text
    assert law.digest[:12] in text
    graded = sum(int(many) for many in re.findall(r"<li>(\d+) measures?: ", text))
    assert graded == sum(len(measures(code)) for code in ("USA", "CAN", "CHN", "EU27", "MEX"))


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/law", ("q", "importer", "authority", "origin", "product", "on")),
        ("/law/ieepa-canada", ("importer",)),
        ("/law/calendar", ("month", "cost")),
        ("/law/known", ("on",)),
        ("/products", ("q",)),
        ("/products/2709002010", ("on", "origin")),
        (f"/law/{HOSTILE}", ()),
        (f"/products/{HOSTILE}", ()),
    ],
)
def test_what_is_asked_is_never_run(client: FlaskClient, path: str, names: tuple[str, ...]) -> None:
    """Whatever is in an address, the page has no script but our own files."""
    for asked in [{}, *({name: HOSTILE} for name in names)]:
        answer = client.get(path, query_string=asked)
        assert answer.status_code in (200, 404, 422)
        assert "<script>" not in answer.text
        assert "alert('x')</script>" not in answer.text
        policy: Any = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy


def test_every_link_of_the_pages_leads_somewhere(client: FlaskClient) -> None:
    """Every link of every one of these pages, once; most products are only asked whether they have a page."""
    pages = ("/law", "/law/ieepa-canada", "/law/calendar?month=2026-07", "/law/known", "/products/842951", "/about")
    found: dict[str, str] = {}
    for page in pages:
        text = unescape(client.get(page).text)
        found = dict.fromkeys(re.findall(r'(?:href|src)="(/[^"#]*)"', text), page) | found
    lost, products = [], 0
    for path, page in found.items():
        _, is_product, code = path.rpartition("/products/")
        products += bool(is_product)
        if path.startswith(SLOW) or (is_product and products > 20 and lawwords.has_page(code)):
            continue
        with client.get(path) as answer:
            if answer.status_code not in (200, 302):
                lost.append(f"{page} -> {path}")
    assert lost == []


def test_a_heading_whose_line_is_in_no_edition_held_has_no_page(client: FlaskClient) -> None:
    assert "has the code" in text_of(client, "/products/9803", 404)
    assert not lawwords.has_page("9803")


SLOW = ("/v1/changes", "/law/calendar?month=2026-07&cost=yes")
"""Answers that reckon the cost of every change; tests of their own ask for them."""
