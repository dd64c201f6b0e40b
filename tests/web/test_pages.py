"""The form: what a person types is answered, or what is wrong with it is said beside it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc.web.pages import headline, words

LOADER = {"product": "8429.51.10.50", "origin": "Mexico", "date": "2025-06-10", "value": "10,000"}
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


def test_the_first_page_offers_the_form_and_the_estimate(client: FlaskClient) -> None:
    text = page(client)
    assert '<form class="card" action="/#answer" method="get"' in text
    assert "<script" not in text
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
    assert '<p class="big">$2,500.00<span class="beside">25% of $10,000.00</span></p>' in text
    assert "Additional duty on goods of Mexico" in text
    assert "Held unlawful; it was collected at entry" in text
    assert "All of it falls under measures that were later held unlawful." in text
    assert re.search(r'<a href="https://www\.federalregister\.gov[^"]*" rel="external">Executive Order 14198', text)
    assert "4 March 2025" in text


def test_what_was_typed_stays(client: FlaskClient) -> None:
    text = page(client, **LOADER, quantity="3", unit="no", claim="usmca")
    for value in ("8429.51.10.50", "Mexico", "2025-06-10", "10,000", "3", "no"):
        assert f'value="{value}"' in text
    assert 'value="usmca" checked' in text


def test_usmca_relieves_and_says_why(client: FlaskClient) -> None:
    text = page(client, **LOADER, claim="usmca")
    assert '<p class="big">$0.00' in text
    assert "Relieved: USMCA claimed" in text


def test_the_links_give_the_same_answer_as_data(client: FlaskClient) -> None:
    text = page(client, **LOADER)
    links = dict(re.findall(r'<li><a href="(/v1/[^"]+)">([^<]+)</a>', text))
    answers = {name: client.get(path) for path, name in links.items()}
    assert set(answers) == {"JSON", "CSV", "History as CSV"}
    assert answers["JSON"].get_json()["duty"] == 2500.0
    assert "2500.00" in answers["CSV"].text
    assert answers["History as CSV"].status_code == 200


def test_the_rate_through_time(client: FlaskClient) -> None:
    text = page(client, **LOADER)
    now = re.search(r'<li class="now" aria-current="date">(.*?)</li>', text)
    assert now
    assert "25%" in now[1]
    assert "Additional duty on goods of Mexico" in now[1]


def test_a_specific_duty_asks_for_the_quantity(client: FlaskClient) -> None:
    """Not known is not zero."""
    text = page(client, **OIL, value="10000")
    assert "Not known yet" in text
    assert "charged by quantity (10.5¢/bbl)" in beside(text, "quantity")
    assert 'name="unit" value="bbl"' in text
    assert "Additional duties: $1,000.00, 10% of customs value." in text
    assert "--" not in re.sub(r"<[^>]*>", "", text)


def test_a_specific_duty_with_its_quantity(client: FlaskClient) -> None:
    text = page(client, **OIL, value="10000", quantity="130", unit="bbl")
    assert '<p class="big">$1,013.65' in text


def test_a_specific_duty_at_its_average(client: FlaskClient) -> None:
    link = re.search(r'<a href="(/\?ave=1[^"]*)">', page(client, **OIL, value="10000"))
    assert link
    assert '<p class="big">$1,0' in client.get(unescape(link[1])).text


def test_words_give_lines_to_choose_from(client: FlaskClient) -> None:
    text = page(client, product="front-end loader", origin="Mexico", date="2025-06-10", value="10,000")
    assert "Which line is it?" in text
    links = re.findall(r'<a href="(/\?[^"]*)"><span class="code">', text)
    assert 0 < len(links) <= 15
    chosen = client.get(links[1])
    assert chosen.status_code == 200
    assert 'value="10,000"' in chosen.text
    assert '<p class="big">$2,500.00' in chosen.text


def test_words_that_nothing_has(client: FlaskClient) -> None:
    text = page(client, 422, product="xyzzy", origin="Mexico", date="2025-06-10")
    assert "No line of the tariff has the words “xyzzy”" in beside(text, "product")
    assert 'value="xyzzy"' in text


def test_every_wrong_entry_is_explained_beside_it(client: FlaskClient) -> None:
    typed = {"product": "99999999", "origin": "Canda", "date": "5 March", "value": "much", "quantity": "-3"}
    text = page(client, 422, **typed)
    assert "no edition of the tariff" in beside(text, "product")
    assert "CANADA" in beside(text, "origin")
    assert "is not a day" in beside(text, "date")
    assert "not an amount of money" in beside(text, "value")
    assert "negative" in beside(text, "quantity")
    assert text.count('aria-invalid="true"') == 5
    for value in typed.values():
        assert f'value="{value}"' in text


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
    text = page(client, **good, value="100")
    assert '<p class="big stop">Entry is prohibited</p>' in text
    assert '<p class="big">$' not in text


def test_what_is_typed_is_never_run(client: FlaskClient) -> None:
    for field in ("product", "origin", "date", "value", "quantity", "unit", "claim"):
        answer = client.get("/", query_string={**LOADER, field: "\"><script>alert('x')</script>"})
        assert "<script" not in answer.text
        assert answer.status_code in (200, 422)


def test_the_style_sheet_is_ours(client: FlaskClient) -> None:
    sources = re.findall(r'<link rel="[a-z]+" href="([^"]+)"', client.get("/").text)
    assert sources == ["/static/icon.svg", "/static/style.css"]
    for source in sources:
        with client.get(source) as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.25, "25%"), (0.0, "0%"), (0.125, "12.5%"), (0.0043, "0.43%"), (None, "not known"), (float("nan"), "not known")],
)
def test_rates_in_words(rate: float | None, text: str) -> None:
    assert words.percent(rate) == text
