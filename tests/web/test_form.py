"""The exporter's page: what a person types is answered, or what is wrong with it is said beside it."""

from __future__ import annotations

import ast
import io
import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc.history import history
from tariffcalc.web.pages import headline, locale, words
from tariffcalc.web.pages.question import Question, programmes
from tests.stopwatch import least_seconds

PAGES = Path(locale.__file__).parent
SAYING = sorted(path.stem for path in PAGES.glob("*.py") if "say(" in path.read_text(encoding="utf-8"))
TOLD = ("_answer", "_field", "_header", "_headline", "_matches", "base", "form", "problem")
"""The programs and templates that speak every language."""

LOADER = {"product": "8429.51.10.50", "origin": "Mexico", "date": "2025-06-10", "value": "10,000"}
CHINESE = {"product": "8429511050", "origin": "CHN", "date": "2025-04-20", "value": "10000"}
OIL = {"product": "2709002010", "origin": "Canada", "date": "2025-03-05"}


def page(client: FlaskClient, status: int = 200, /, **typed: str) -> str:
    answer = client.get("/", query_string=typed)
    assert answer.status_code == status
    assert answer.content_type == "text/html; charset=utf-8"
    return unescape(re.sub(r"[ \n]+", " ", answer.text))


def beside(text: str, field: str) -> str:
    """What is said beside an entry."""
    found = re.search(rf'id="{field}-said">([^<]*)<', text)
    return found[1] if found else ""


def section(text: str, name: str) -> str:
    """The part of the page below a heading."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}-title">(.*?)</section>', text)
    assert found, name
    return found[1]


def big(text: str) -> str:
    """The duty in large."""
    found = re.search(r'<p class="big[^"]*">(.*?)</p>', text)
    return re.sub(r"<[^>]*>", " ", found[1]).strip() if found else ""


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


def test_what_was_typed_stays(client: FlaskClient) -> None:
    text = page(client, **LOADER, quantity="3", unit="no", claim="usmca")
    for value in ("8429.51.10.50", "Mexico", "2025-06-10", "10,000", "3", "no"):
        assert f'value="{value}"' in text
    assert 'value="usmca" checked' in text


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


def test_a_claim_that_is_no_choice_of_the_form_is_kept(client: FlaskClient) -> None:
    """Such as that of the agreement on civil aircraft: sending the form again does not drop it."""
    text = page(client, product="8429511050", origin="FRA", date="2025-01-10", claim="C")
    assert re.search(r'name="claim" value="C" checked', text)


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


def test_a_unit_that_does_not_fit_is_told_beside_it(client: FlaskClient) -> None:
    text = page(client, 422, **OIL, value="75000", quantity="1000", unit="blorp")
    assert "“blorp” does not measure what this duty is charged by: write bbl or liter or hl." in beside(text, "unit")
    assert re.search(r'id="unit"[^>]* aria-invalid="true"', text)
    assert 'value="blorp"' in text


def test_without_a_unit_that_of_the_duty_is_taken_and_said(client: FlaskClient) -> None:
    text = page(client, **OIL, value="10000", quantity="130")
    assert big(text).startswith("$1,013.65")
    assert beside(text, "unit") == "Taken in bbl, the unit of this duty."
    assert "unit=bbl" in section(text, "keep")


METAL = {"product": "8429511050", "origin": "MEX", "date": "2025-09-15", "value": "10000"}


def test_a_share_that_is_only_an_average_is_told_and_can_be_entered(client: FlaskClient) -> None:
    text = page(client, **METAL)
    told = client.get("/v1/rates", query_string=METAL).get_json()
    share = told["components"][1]["share"]
    assert f"Steel content is taken as {share:.2%} of the value, an average of such goods." in text
    assert f"the steel content is taken as {share:.2%} of the value, an average of such goods" in told["warnings"][0]
    assert '<a href="#share-steel">Enter yours</a>' in text
    assert re.search(r'<input id="share-steel" name="share-steel" value=""', text)


@pytest.mark.parametrize("given", [{"share-steel": "40"}, {"share-steel": "40 %"}, {"share": "steel=0.4"}])
def test_a_share_that_is_entered_is_used_everywhere(client: FlaskClient, given: dict[str, str]) -> None:
    text = page(client, **METAL, **given)
    assert big(text) == "$2,000.00 20% of $10,000.00"
    assert "average of such goods" not in text
    assert re.search(r'name="share-steel" value="40( %)?"', text)
    links = {
        name: path for path, name in re.findall(r'<a[^>]* href="(/[^"]+)"[^>]*>([^<]+)</a>', section(text, "keep"))
    }
    assert client.get(links["JSON"]).get_json()["duty"] == 2000.0
    assert client.get(links["JSON"]).get_json()["warnings"] == []
    assert "share=steel" in links["Link to this answer"]
    others = re.findall(r'<a href="(/\?[^"]*origin=CAN[^"]*)">', section(text, "origins"))
    assert big(client.get(others[0].partition("#")[0]).text) == big(text)


def test_a_share_that_cannot_be_is_told(client: FlaskClient) -> None:
    text = page(client, 422, **METAL, **{"share-steel": "140"})
    assert beside(text, "share") == "“140” is not a percentage: write 0 to 100."
    assert 'name="share-steel" value="140"' in text
    assert "metals are at most 100 together" in page(client, 422, **METAL, share="steel=2")
    assert "No content is called 'gold'" in page(client, 422, **METAL, share="gold=0.2")


def test_what_changes_after_an_early_day_leaves_no_year_out(client: FlaskClient) -> None:
    """Canadian steel of 2018: the duty was lifted in May 2019, and there was no USMCA before July 2020."""
    text = page(client, product="7208390030", origin="CAN", date="2018-07-15", value="1000")
    assert "<strong>20 May 2019</strong>: 25% → <strong>0%</strong>" in section(text, "next")
    assert "From 1 January 2018 on" in section(text, "time")
    assert 'aria-labelledby="claims-title"' not in text
    assert re.search(r'<label data-origins="CAN MEX"', page(client, **OIL))


def test_days_before_the_law_are_refused(client: FlaskClient) -> None:
    steel = {"product": "7208390030", "origin": "CAN"}
    said = beside(page(client, 422, **steel, date="1850-01-01"), "date")
    assert said == "No law of that day is held, only from 1 January 1989 on."
    assert "Additional duties are held from 7 February 2018 on, none of before." in page(
        client, **steel, date="2010-05-01"
    )


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("Korea", "Did you mean North Korea or South Korea?"),
        ("Congo", "Did you mean Democratic Republic of the Congo or Republic of the Congo?"),
        ("European Union", "The European Union is no country of origin: enter the member country, such as Germany."),
    ],
)
def test_names_of_several_countries_are_told_apart(client: FlaskClient, origin: str, said: str) -> None:
    assert said in beside(page(client, 422, **{**LOADER, "origin": origin}), "origin")


def test_a_fault_is_told_in_the_language_of_the_reader(client: FlaskClient) -> None:
    text = page(client, 422, **{**LOADER, "origin": "Canda", "lang": "fr"})
    assert "Vouliez-vous dire Canada ?" in beside(text, "origin")


@pytest.mark.parametrize("code", ["8429-51-1050", "HS 8429.51.1050", "HTS 8429 51 1050", "8429.51.10.50"])
def test_codes_as_people_write_them(client: FlaskClient, code: str) -> None:
    assert "8429.51.10.50" in page(client, **{**LOADER, "product": code})
    assert "2, 4, 6, 8 or 10 digits" in beside(page(client, 422, **{**LOADER, "product": "72083"}), "product")


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


def test_reasons_in_french(client: FlaskClient) -> None:
    text = page(client, **{**METAL, "lang": "fr"})
    assert "50 % depuis le 4 juin 2025." in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert 'Cède la place à : <span lang="en">' in text
    assert "Droit de base" in text
    assert "1er janvier 1989" in text


def test_a_programme_not_open_to_the_origin_is_told(client: FlaskClient) -> None:
    text = page(client, product="3926909985", origin="CAN", date="2025-09-01", value="10000", claim="KR")
    assert "The programme Korea agreement is not open to goods of CAN." in text
    assert "Merchandise processing fee" in text


def test_what_would_raise_the_duty_is_asked_in_a_persons_words(client: FlaskClient) -> None:
    text = page(client, product="3004909210", origin="IND", date="2026-10-01")
    assert "100% more if Patented pharmaceutical holds: Is the good a patented pharmaceutical" in text
    assert "Only for goods where this holds: Patented pharmaceutical." in text
    assert "patented_pharma" not in text


def test_words_give_lines_to_choose_from(client: FlaskClient) -> None:
    text = page(client, product="front-end loader", origin="Mexico", date="2025-06-10", value="10,000")
    assert "Which line is it?" in text
    links = re.findall(r'<a href="(/\?[^"]*)#answer"><span class="code">', text)
    assert "The best 15 of 18 lines." in text
    assert "<summary>The next 3</summary>" in text
    assert len(links) == 18
    chosen = client.get(links[1])
    assert chosen.status_code == 200
    assert 'value="10,000"' in chosen.text
    assert big(chosen.text).startswith("$2,500.00")


def test_words_that_nothing_has(client: FlaskClient) -> None:
    text = page(client, 422, product="xyzzy", origin="Mexico", date="2025-06-10")
    assert "No line of the tariff has the words “xyzzy”" in beside(text, "product")
    assert 'value="xyzzy"' in text


def test_every_wrong_entry_is_explained_beside_it(client: FlaskClient) -> None:
    typed = {"product": "99999999", "origin": "Canda", "date": "5 March", "value": "much", "quantity": "-3"}
    text = page(client, 422, **typed)
    assert "No product has the code “99999999”" in beside(text, "product")
    assert "Did you mean Canada?" in beside(text, "origin")
    assert "is not a day" in beside(text, "date")
    assert "not an amount of money" in beside(text, "value")
    assert "cannot be negative" in beside(text, "quantity")
    assert text.count('aria-invalid="true"') == 5
    for value in typed.values():
        assert f'value="{value}"' in text
    assert re.findall(r'<li><a href="#(\w+)">', text) == ["product", "origin", "date", "value", "quantity"]


def test_missing_entries_are_asked_for(client: FlaskClient) -> None:
    text = page(client, 422, value="100")
    assert "Enter a code" in beside(text, "product")
    assert "Enter the country" in beside(text, "origin")
    assert "Enter the day" in beside(text, "date")


def test_what_the_form_does_not_use_is_said(client: FlaskClient) -> None:
    """A scenario in the address would otherwise be dropped in silence."""
    assert "The form does not use scenario;" in page(client, **LOADER, scenario="no-pause")
    assert "does not use" not in page(client, **LOADER)


def test_a_short_code_shows_the_lines_below_it(client: FlaskClient) -> None:
    text = page(client, product="7208", origin="CAN", date="2025-06-05")
    assert "The lines below 7208" in text
    assert "7208.10.15.00" in text


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


def test_what_is_typed_is_never_run(client: FlaskClient) -> None:
    for field in (*LOADER, "quantity", "unit", "claim", "importer", "loaded", "mode", "lang", "zz"):
        hostile = "\"><script>alert('x')</script>"
        answer = client.get("/", query_string={**LOADER, field: hostile})
        assert "<script>" not in answer.text
        assert answer.status_code in (200, 422)
    assert "<script" not in client.get("/", query_string={**LOADER, hostile: "1"}).text.replace("<script src=", "")


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


@pytest.mark.parametrize(("accepted", "language"), [("fr-CA,fr;q=0.9", "fr"), ("es", "es"), ("de", "en"), ("", "en")])
def test_the_language_of_the_reader(client: FlaskClient, accepted: str, language: str) -> None:
    answer = client.get("/", query_string=CHINESE, headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_french(client: FlaskClient) -> None:
    """Numbers as the French write them, in and out; what law says is marked as English."""
    typed = {**CHINESE, "origin": "Chine", "value": "10 000,50", "lang": "fr"}
    text = page(client, **typed)
    assert "17\u202f000,86\u00a0$US" in big(text)
    assert 'value="10 000,50"' in text
    assert "value=10000.5&" in text
    assert '<h4 lang="en">Additional duty on goods of China' in text
    assert "20 avril 2025" in text
    assert "est pas un jour" in beside(page(client, 422, **{**typed, "date": "hier"}), "date")


def test_the_other_pages_speak_english(client: FlaskClient) -> None:
    text = client.get("/spreadsheets", headers={"Accept-Language": "fr"}).text
    assert '<html lang="en">' in text
    assert "What will I pay?" in text


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "10,000", "10000"),
        ("en", "$1,234.50", "1234.5"),
        ("en", "1.125", "1.1250"),
        ("en", "10,5", "10,5"),
        ("es", "10.000,5", "10000.5"),
        ("es", "1.1250", "1.1250"),
        ("fr", "10 000", "10000"),
        ("fr", "12,5", "12.5"),
        ("fr", "12.5", "12.5"),
        ("en", "-3", "-3"),
        ("en", "much", "much"),
        ("en", "1e999", "1e999"),
        ("en", "NaN", "NaN"),
    ],
)
def test_numbers_as_people_write_them(client: FlaskClient, language: str, text: str, number: str) -> None:
    with client.application.test_request_context(f"/?lang={language}"):
        assert locale.number_of(text) == number


def said_inside(path: Path) -> list[int]:
    """The lines of a program where a text is said inside of an f-string, which the extraction does not see."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = [node for joined in ast.walk(tree) if isinstance(joined, ast.JoinedStr) for node in ast.walk(joined)]
    calls = [node for node in inner if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [one.lineno for one in calls if isinstance(one.func, ast.Name) and one.func.id == "say"]


@pytest.mark.parametrize("name", SAYING)
def test_no_text_is_said_where_it_is_not_found(name: str) -> None:
    assert said_inside(PAGES / f"{name}.py") == []


def texts() -> set[object]:
    """What the page says, as it stands in its programs and templates."""
    keywords = {**DEFAULT_KEYWORDS, "say": None}
    found = set()
    for path in [*(PAGES / f"{name}.py" for name in SAYING), *(PAGES / "templates" / f"{name}.html" for name in TOLD)]:
        kind = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as file:
            found |= {text for _, text, _, _ in extract(kind, file, keywords=keywords)}
    return found


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_text_is_translated(language: str) -> None:
    """The catalogue holds what the page says now, and its compiled form is that of its source."""
    folder = PAGES / "translations" / language / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert [message.id for message in catalogue if message.id and not message.string] == []
    assert sorted(str(message.id) for message in catalogue if message.id) == sorted(map(str, texts()))
    made = io.BytesIO()
    write_mo(made, catalogue)
    assert made.getvalue() == (folder / "messages.mo").read_bytes()


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.25, "25%"), (0.0, "0%"), (0.125, "12.5%"), (0.0043, "0.43%"), (None, "not known"), (float("nan"), "not known")],
)
def test_rates_in_words(rate: float | None, text: str) -> None:
    assert words.percent(rate) == text
