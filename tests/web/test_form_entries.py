"""What is typed into the exporter's form: kept, understood as people write it, or explained beside its box."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.web.form_page import LOADER, METAL, OIL, beside, big, page, section


def test_what_was_typed_stays(client: FlaskClient) -> None:
    text = page(client, **LOADER, quantity="3", unit="no", claim="usmca")
    for value in ("8429.51.10.50", "Mexico", "2025-06-10", "10,000", "3", "no"):
        assert f'value="{value}"' in text
    assert 'value="usmca" checked' in text


def test_a_claim_that_is_no_choice_of_the_form_is_kept(client: FlaskClient) -> None:
    """Such as that of the agreement on civil aircraft: sending the form again does not drop it."""
    text = page(client, product="8429511050", origin="FRA", date="2025-01-10", claim="C")
    assert re.search(r'name="claim" value="C" checked', text)


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


@pytest.mark.parametrize("code", ["8429-51-1050", "HS 8429.51.1050", "HTS 8429 51 1050", "8429.51.10.50"])
def test_codes_as_people_write_them(client: FlaskClient, code: str) -> None:
    assert "8429.51.10.50" in page(client, **{**LOADER, "product": code})
    assert "2, 4, 6, 8 or 10 digits" in beside(page(client, 422, **{**LOADER, "product": "72083"}), "product")


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


def test_what_is_typed_is_never_run(client: FlaskClient) -> None:
    for field in (*LOADER, "quantity", "unit", "claim", "importer", "loaded", "mode", "lang", "zz"):
        hostile = "\"><script>alert('x')</script>"
        answer = client.get("/", query_string={**LOADER, field: hostile})
        assert "<script>" not in answer.text
        assert answer.status_code in (200, 422)
    assert "<script" not in client.get("/", query_string={**LOADER, hostile: "1"}).text.replace("<script src=", "")
