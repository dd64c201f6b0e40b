"""The exporter's page: what a person types is answered, or what is wrong with it is said beside it."""

from __future__ import annotations

import io
import re
from html import unescape

import pandas as pd
import pytest
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc.history import history
from tariffcalc.web.pages import headline, words
from tariffcalc.web.pages.question import Question, programmes
from tests.stopwatch import least_seconds
from tests.web.form_page import CHINESE, LOADER, METAL, OIL, beside, big, page, section


def test_the_first_page_offers_the_form_and_the_estimate(client: FlaskClient) -> None:
    text = page(client)
    assert '<form class="card" action="/#answer" method="get"' in text
    total = tc.estimate("us-north-america-2025", by=("month",)).duty
    assert words.short_money(total) in text
    assert text.count('<svg class="bar"') == 14


def test_the_bars_are_those_of_the_engine() -> None:
    shown = headline()
    frame = tc.estimate("us-north-america-2025", by=("month",)).frame
    longest = frame["duty"].max()
    assert [sum(one.bars) for one in shown.months] == pytest.approx((100 * frame["duty"] / longest).tolist(), abs=0.02)


def test_a_duty_with_its_parts(client: FlaskClient) -> None:
    text = page(client, **LOADER)
    assert big(text) == "$2,500.00 25% of $10,000.00"
    assert "Additional duty on goods of Mexico" in text
    assert "Held unlawful by the courts; it was collected at entry" in text
    assert "All of it falls under measures that were later held unlawful." in text
    assert re.search(r'<a href="https://www\.federalregister\.gov[^"]*" rel="external">Executive Order 14198', text)
    assert "4 March 2025" in text


def test_duty_and_fees_together(client: FlaskClient) -> None:
    told = client.get("/v1/rates", query_string=CHINESE).get_json()
    fees = sum(one["duty"] for one in told["fees"])
    said = f"With fees of ${fees:,.2f}: ${told['duty'] + fees:,.2f} in all at the border."
    assert said in page(client, **CHINESE)


def test_with_and_without_usmca(client: FlaskClient) -> None:
    text = page(client, **LOADER, claim="usmca")
    assert big(text).startswith("$0.00")
    assert "Relieved: USMCA claimed" in text
    rows = re.findall(r"<tr.*?</tr>", section(text, "claims"))[1:]
    assert [re.sub(r"<[^>]*>|\s", "", row) for row in rows] == [
        "Nothingclaimed25%$2,500.00",
        "USMCAyourshipment0%$0.00",
    ]


def test_a_programme_is_offered_where_it_matters(client: FlaskClient) -> None:
    """Goods of Korea may claim the agreement with Korea, those of Germany nothing."""
    korean = page(client, product="8703230190", origin="KOR", date="2024-06-10")
    assert "Korea agreement" in section(korean, "claims")
    german = page(client, product="8703230190", origin="DEU", date="2024-06-10")
    assert 'aria-labelledby="claims-title"' not in german
    assert re.search(r'<fieldset class="claims" id="claims" hidden', german)


def test_programmes_have_the_origins_of_the_law() -> None:
    found = {fact.name: origins for fact, origins in programmes("USA", tc.rate("2203", "CAN", "2025-06-10").date)}
    assert found["usmca"] == {"CAN", "MEX"}
    assert found["korea"] == {"KOR"}
    assert "other_preference" not in found


def test_the_links_give_the_same_answer_as_data(client: FlaskClient) -> None:
    text = page(client, **LOADER)
    links = {name: path for path, name in re.findall(r'<a href="(/[^"]+)">([^<]+)</a>', section(text, "keep"))}
    answers = {name: client.get(path) for name, path in links.items()}
    assert answers["JSON"].get_json()["duty"] == 2500.0
    assert "2500.00" in answers["CSV"].text
    assert answers["History as CSV"].data == client.get("/v1/rates/history.csv?product=8429511050&origin=MEX").data
    assert "8429511050" in unescape(answers["In a spreadsheet"].text)
    assert "rates.txt?product=8429511050" in section(text, "keep")


def test_the_workbook_has_the_parts(client: FlaskClient) -> None:
    book = io.BytesIO(client.get("/answer.xlsx", query_string=CHINESE).data)
    table = pd.read_excel(book, sheet_name="Data", engine="calamine")
    told = client.get("/v1/rates", query_string=CHINESE).get_json()
    assert table["measure"].tolist() == [one["measure"] for one in (*told["components"], *told["fees"])]
    assert table["duty"].iloc[: len(told["components"])].sum() == pytest.approx(told["duty"])


def test_what_changes_afterwards(client: FlaskClient) -> None:
    """Each move is where the history of the same goods has one, with the rates on both sides."""
    text = section(page(client, **CHINESE), "next")
    shown = re.findall(r"<strong>([^<]*)</strong>: ([0-9.]+%) → <strong>([0-9.]+%)</strong>", text)
    frame = history(CHINESE["product"], "CHN", "2025-04-20")
    starts = frame.groupby("segment_from")["total_rate"].first()
    assert shown[0] == ("14 May 2025", "170%", "55%")
    rates = [words.percent(float(rate)) for rate in starts]
    moved = [rate for rate, before in zip(rates[1:], rates, strict=False) if rate != before]
    assert [one[2] for one in shown] == moved, "one measure in the place of another at the same rate is no change"
    assert [one[2] for one in shown[:-1]] == [one[1] for one in shown[1:]]


def test_nothing_changes_after_the_last_day(client: FlaskClient) -> None:
    text = page(client, product="8429511050", origin="DEU", date="2035-01-01")
    assert "Nothing that is held changes this rate after 1 January 2035." in section(text, "next")


def test_other_origins_are_the_rates_of_the_api(client: FlaskClient) -> None:
    text = section(page(client, **LOADER), "origins")
    links = re.findall(r'<a href="(/\?[^"]*origin=([A-Z]{3})[^"]*)">', text)
    shown = re.findall(r'<th scope="row">.*?</td>\s*<td>([0-9.]+%)</td>', text)
    assert {"CAN", "CHN"} <= {origin for _, origin in links}
    assert len(shown) == len(links) + 1
    for _, origin in links:
        answer = client.get("/v1/rates", query_string={**CHINESE, "date": LOADER["date"], "origin": origin}).get_json()
        assert words.percent(answer["rate"]) in shown


def test_goods_on_their_way(client: FlaskClient) -> None:
    """The day of loading is asked for while a rule for goods in transit may hold, and changes the answer."""
    text = page(client, **CHINESE)
    assert "loaded before 5 April 2025, entered before 27 May 2025" in text
    loaded = page(client, **CHINESE, loaded="2025-04-01")
    assert big(loaded) != big(text)
    assert 'id="loaded"' not in page(client, **{**CHINESE, "date": "2026-11-01"})


def test_the_table_of_the_picture(client: FlaskClient) -> None:
    """Parts lie one upon the other up to the whole rate, without gaps in time."""
    lines = client.get("/charts/rate.csv", query_string=CHINESE).text.split("\r\n")
    assert lines[0] == "from,until,part,rate,low,high"
    assert lines[1].startswith("2024-01-01,")
    question = Question("8429511050", "CHN", tc.rate("2203", "CAN", "2025-04-20").date)
    (now,) = [one for one in question.through_time() if question.date in one.period]
    rows = [line for line in lines[1:-1] if line.startswith(now.period.start.isoformat())]
    assert len(rows) == len(now.quote.components)
    assert float(rows[-1].rsplit(",", 1)[1]) == pytest.approx(now.quote.rate)


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("json", b"{")])
def test_pictures(client: FlaskClient, suffix: str, begins: bytes) -> None:
    answer = client.get(f"/charts/rate.{suffix}", query_string={**CHINESE, "size": "small", "theme": "dark"})
    assert answer.status_code == 200
    assert answer.data.startswith(begins)


def test_a_picture_of_goods_free_of_duty(client: FlaskClient) -> None:
    answer = client.get("/charts/rate.svg?product=8517130000&origin=DEU&date=2024-01-10")
    assert answer.data.startswith(b"<svg")


def test_a_picture_of_what_nobody_knows(client: FlaskClient) -> None:
    assert client.get("/charts/rate.svg?product=99999999&origin=CAN&date=2025-01-01").status_code == 422
    assert client.get("/charts/rate.csv?origin=CAN&date=2025-01-01").status_code == 422
    assert client.get("/charts/rate.svg?product=0101&origin=CAN&origin=MEX&date=2025-01-01").status_code == 422


def test_a_specific_duty_asks_for_the_quantity(client: FlaskClient) -> None:
    """Not known is not zero."""
    text = page(client, **OIL, value="10000")
    assert big(text) == "Not known yet"
    assert "charged by quantity (10.5¢/bbl)" in beside(text, "quantity")
    assert 'name="unit" value="bbl"' in text
    assert "Additional duties: $1,000.00, 10% of customs value." in text
    assert "--" not in re.sub(r"<[^>]*>", "", text)
    assert "Duty by quantity is taken at its average share of value" in section(text, "claims")


def test_a_specific_duty_with_its_quantity(client: FlaskClient) -> None:
    assert big(page(client, **OIL, value="10000", quantity="130", unit="bbl")).startswith("$1,013.65")


def test_a_specific_duty_at_its_average(client: FlaskClient) -> None:
    link = re.search(r'<a href="(/\?[^"]*ave=1[^"]*)#answer">take its average', page(client, **OIL, value="10000"))
    assert link
    assert big(client.get(link[1]).text).startswith("$1,0")


def test_a_minimum_price_asks_for_the_quantity_and_has_no_average(client: FlaskClient) -> None:
    goods = {"product": "2804610000", "origin": "DEU", "date": "2026-12-10", "value": "10000"}
    text = page(client, **goods)
    assert big(text) == "Not known yet"
    assert "charged by quantity (the gap to $21/kg)" in beside(text, "quantity")
    assert "take its average" not in text
    assert "average share of value" not in text
    assert big(page(client, **goods, quantity="1000", unit="kg")).startswith("$11,000.00")


def test_what_changes_after_an_early_day_leaves_no_year_out(client: FlaskClient) -> None:
    """Canadian steel of 2018: the duty was lifted in May 2019, and there was no USMCA before July 2020."""
    text = page(client, product="7208390030", origin="CAN", date="2018-07-15", value="1000")
    assert "<strong>20 May 2019</strong>: 25% → <strong>0%</strong>" in section(text, "next")
    assert "From 1 January 2018 on" in section(text, "time")
    assert 'aria-labelledby="claims-title"' not in text
    assert re.search(r'<label data-origins="CAN MEX"', page(client, **OIL))


def test_why_a_duty_on_nearly_all_origins_does_not_apply(client: FlaskClient) -> None:
    """Goods of Mexico are not in the reciprocal duty; the list that takes energy out is told by its title."""
    loader = page(client, **{**LOADER, "date": "2025-04-10"})
    assert re.search(r"<dt>Reciprocal duty[^<]*</dt><dd>Goods of Mexico are not in it\.</dd>", loader)
    oil = page(client, **OIL)
    assert "The product is excepted: Energy and energy resources of Canada." in oil
    assert "canada-energy" not in oil


def test_a_least_fee_is_said_to_be_that_of_a_formal_entry(client: FlaskClient) -> None:
    small = page(client, **{**METAL, "value": "100"})
    assert "The fee is that of a formal entry; a small informal entry pays another." in small
    assert "formal entry" not in page(client, **{**METAL, "value": "50000"}).replace("on formal entries", "")


def test_what_is_not_held_is_one_plain_sentence(client: FlaskClient) -> None:
    japan = page(client, **{**LOADER, "origin": "Japan"})
    assert japan.count("antidumping") == 1
    canada = page(client, product="720810", origin="USA", importer="CAN", date="2026-06-10")
    assert "Not every duty of Canada is held." in canada
    assert "Base duties of CAN" not in canada


def test_a_programme_not_open_to_the_origin_is_told(client: FlaskClient) -> None:
    text = page(client, product="3926909985", origin="CAN", date="2025-09-01", value="10000", claim="KR")
    assert "The programme Korea agreement is not open to goods of CAN." in text
    assert "Merchandise processing fee" in text


def test_what_would_raise_the_duty_is_asked_in_a_persons_words(client: FlaskClient) -> None:
    text = page(client, product="3004909210", origin="IND", date="2026-10-01")
    assert "100% more if Patented pharmaceutical holds: Is the good a patented pharmaceutical" in text
    assert "Only for goods where this holds: Patented pharmaceutical." in text
    assert "patented_pharma" not in text


def test_a_prohibited_good_has_no_duty(client: FlaskClient) -> None:
    """Milk products of Canada under the ban of section 338."""
    good = {"product": "0404.10.05", "origin": "CAN", "date": "2026-10-01"}
    assert client.get("/v1/rates", query_string=good).get_json()["prohibited"]
    assert big(page(client, **good, value="100")) == "Entry is prohibited"


def test_an_importer_whose_base_duty_is_not_held(client: FlaskClient) -> None:
    """Only the additional duty is told, and told to be that."""
    steel = {"product": "720810", "origin": "USA", "importer": "CAN", "date": "2026-06-10"}
    assert big(page(client, **steel)) == "+ 25% additional duty; the base duty of Canada is not held"
    assert "25%" in section(page(client, **steel), "time")
    found = page(client, product="steel coils", origin="USA", importer="CAN", date="2026-06-10")
    assert re.search(r'<span class="code">7208\.\d\d</span>', found)


def test_every_file_of_the_page_is_ours(client: FlaskClient) -> None:
    text = client.get("/", query_string=LOADER).text
    sources = re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', text)
    assert {source.rpartition(".")[2] for source in sources} == {"svg", "css", "js"}
    sizes = []
    for source in sources:
        with client.get(source) as answer:
            assert answer.status_code == 200
            sizes.append(len(answer.data))
    assert sum(sizes) < 150_000
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", text)


def test_a_page_is_quick(client: FlaskClient) -> None:
    """The target is 300 ms of a quiet machine."""
    assert least_seconds(lambda: client.get("/", query_string=CHINESE)) < 0.3
