"""What spreadsheets ask for: one value for a cell, formulas for the question just asked."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from problem_words import faults_of

import tariffcalc as tc
from tariffcalc.web.pages.formulas import address, for_cell, for_table, power_query

LOADER = {"product": "8429.51.10.50", "origin": "MEX", "date": "2025-06-10"}
OIL = {"product": "2709002010", "origin": "CAN", "date": "2025-03-05"}
US = "us-north-america-2025"


def cell(client: FlaskClient, **asked: str) -> str:
    answer = client.get("/v1/rates.txt", query_string=asked)
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    return answer.text


def test_a_cell_is_a_number_and_nothing_else(client: FlaskClient) -> None:
    rate = tc.rate("8429511050", "MEX", "2025-06-10")
    assert cell(client, **LOADER) == f"{rate.rate:g}"
    assert float(cell(client, **LOADER, field="base_rate")) == rate.base_rate
    assert float(cell(client, **LOADER, field="additional_rate")) == rate.additional_rate
    assert cell(client, **LOADER, claim="usmca") == "0"


def test_amounts_are_in_cents(client: FlaskClient) -> None:
    rate = tc.rate("8429511050", "MEX", "2025-06-10", value="10000.10")
    assert cell(client, **LOADER, value="10000.10", field="duty") == str(rate.duty)
    fees = sum(one.duty for one in rate.quote.fees if one.duty is not None)
    assert cell(client, **LOADER, value="10000.10", field="fees") == f"{fees:.2f}"


def test_a_decimal_comma(client: FlaskClient) -> None:
    assert cell(client, **LOADER, value="10000.10", field="duty", decimal=",").endswith(",03")
    assert "." not in cell(client, **LOADER, decimal=",")


def test_what_is_not_known_is_words(client: FlaskClient) -> None:
    """Status 200: a spreadsheet shows the body of no other; and no number, no zero, no comma to cut it at."""
    text = cell(client, **OIL)
    assert text.startswith("unresolved: base duty 10.5¢/bbl")
    assert "," not in text
    assert "--" not in text
    assert cell(client, **OIL, field="additional_rate") == "0.1"
    assert cell(client, product="0404.10.05", origin="CAN", date="2026-10-01") == "prohibited"


def test_faults_of_the_question_are_errors(client: FlaskClient) -> None:
    path = "/v1/rates.txt"
    assert faults_of(client.get(path, query_string={**LOADER, "field": "duty"})) == {"value": "missing-parameter"}
    assert faults_of(client.get(path, query_string={**LOADER, "field": "rte", "decimal": ";"})) == {
        "field": "unknown-name",
        "decimal": "unknown-name",
    }
    several = [("product", "7208"), ("product", "7209"), ("origin", "CAN"), ("date", "2025-06-10")]
    assert faults_of(client.get(path, query_string=several)) == {"product": "too-many"}
    mixed = {"product": "7208", "products": "7209", "origin": "CAN", "date": "2025-06-10"}
    assert faults_of(client.get(path, query_string=mixed)) == {"product": "too-many"}


def test_what_spreadsheets_send_and_need(client: FlaskClient) -> None:
    """LibreOffice asks by HEAD first; none of them follows a redirect or sends a header of ours."""
    for path in (f"/v1/estimates.csv?flows={US}&by=origin", "/v1/rates.txt?product=7208&origin=CAN&date=2025-06-10"):
        head = client.head(path)
        answer = client.get(path, headers={"Accept": "*/*"})
        assert (head.status_code, head.text, answer.status_code) == (200, "", 200)
        assert head.content_length == len(answer.data)
        assert head.content_type == answer.content_type


def test_the_order_of_columns_does_not_follow_the_question(client: FlaskClient) -> None:
    """A sheet that refers to a column finds it where it was."""
    one = client.get("/v1/estimates.csv", query_string={"flows": US, "by": "month,origin"}).text
    other = client.get("/v1/estimates.csv", query_string={"flows": US, "by": "origin,month"}).text
    assert one == other


def test_large_results_are_sent_in_pieces(client: FlaskClient) -> None:
    """The same bytes as at once, under an ETag that a client can ask with."""
    asked = {"flows": US, "by": "product,origin,month"}
    answer = client.get("/v1/estimates.csv", query_string=asked)
    assert "Content-Length" not in answer.headers
    expected = tc.estimate(US, by=("product", "origin", "month"))
    assert len(expected.frame) > 20_000
    assert answer.data == expected.to("csv")
    again = client.get("/v1/estimates.csv", query_string=asked, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/v1/estimates.csv", query_string={**asked, "decimal": ","})
    assert other.headers["ETag"] != answer.headers["ETag"]


def test_slices_add_up(client: FlaskClient) -> None:
    asked = {"flows": US, "by": "origin,month"}
    whole = client.get("/v1/estimates.csv", query_string=asked).text.splitlines()
    found: list[str] = []
    path: str | None = "/v1/estimates.csv?flows=us-north-america-2025&by=origin,month&limit=10&offset=0"
    while path:
        answer = client.get(path)
        found += answer.text.splitlines()[1:]
        path = next_of(answer.headers.get("Link", ""))
    assert found == whole[1:]


def next_of(link: str) -> str | None:
    found = re.search(r'<([^>]+)>; rel="next"', link)
    return found[1] if found else None


def formulas(client: FlaskClient, status: int = 200, /, **asked: str) -> list[str]:
    """The formulas that the page offers."""
    answer = client.get("/spreadsheets", query_string=asked)
    assert answer.status_code == status
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return [unescape(text) for text in re.findall(r"<code>(.*?)</code>", answer.text, re.DOTALL)]


def test_every_address_on_the_page_answers(client: FlaskClient) -> None:
    """What is offered to be copied works: each address is asked."""
    asked = {"flows": US, "by": "origin,month", "scenario": "no-pause", "from": "2025-01", "until": "2025-06"}
    for question in ({}, asked, {**asked, "decimal": ","}, LOADER, {**LOADER, "decimal": ","}):
        texts = "\n".join(formulas(client, **question))
        addresses = set(re.findall(r"http://localhost(/[^\"'\s]+[?][^\"'\s]+)", texts))
        assert addresses
        for found in addresses:
            assert client.get(found).status_code == 200, found


def test_the_formula_asks_what_was_asked(client: FlaskClient) -> None:
    asked = {"flows": US, "by": "origin", "from": "2025-03", "until": "2025-04"}
    found = formulas(client, **asked)
    csv = f"http://localhost/v1/estimates.csv?flows={US}&by=origin&from=2025-03&until=2025-04"
    assert found[0] == f'=IMPORTDATA("{csv}")'
    assert any(text.startswith("let\n") for text in found)
    assert not any("rates.txt" in text for text in found)
    (excel, *_) = formulas(client, **LOADER, value="10000", field="duty")
    assert excel.startswith('=NUMBERVALUE(WEBSERVICE("http://localhost/v1/rates.txt?product=8429.51.10.50&')
    assert excel.endswith('&value=10000&field=duty"), ".")')


def test_a_question_at_fault_has_no_formulas(client: FlaskClient) -> None:
    assert formulas(client, 422, flows="us-north") == []
    answer = client.get("/spreadsheets", query_string={"flows": US, "by": "colour", "sceanrio": "x"})
    text = unescape(answer.text)
    assert "by: By 'colour' is not known." in text
    assert "sceanrio: No parameter is called 'sceanrio'. Did you mean scenario?" in text
    assert 'value="colour"' in text


def test_what_is_typed_ends_no_text(client: FlaskClient) -> None:
    """Neither of HTML nor of a formula, a query in M or a shell."""
    nasty = "\"><script>alert('x')</script>&\"+1+\"#(lf)'$(id)"
    answer = client.get("/spreadsheets", query_string={"flows": nasty, "q": nasty})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    pairs = [("flows", nasty), (nasty, "1")]
    for one in (*for_table("http://localhost", pairs), *for_cell("http://localhost", pairs)):
        for found in re.findall(r"http://localhost[^ \"']*", one.text):
            assert not set("\"'<>$`|") & set(urlsplit(found).query)
    query = power_query("http://localhost", pairs, ",", "en-US")
    assert "alert(" in query
    assert '"">' in query
    assert "#(lf)" not in query
    assert "#(#)(lf)" in query


def test_parameters_without_an_entry_stay(client: FlaskClient) -> None:
    """The form has few entries; what else the address said goes with it."""
    text = client.get("/spreadsheets", query_string={"flows": US, "by": "origin", "status": "owed"}).text
    assert '<input type="hidden" name="status" value="owed">' in text


def test_the_other_pages_lead_there(client: FlaskClient) -> None:
    text = unescape(client.get("/", query_string={**LOADER, "value": "10,000"}).text)
    found = re.search(r'href="(/spreadsheets\?product[^"]+)"', text)
    assert found
    assert formulas(client) != []
    assert client.get(found[1]).status_code == 200
    assert "10000" in client.get(found[1]).text


def test_several_values_are_a_list_in_power_query() -> None:
    query = power_query("http://localhost", [("by", "origin"), ("share", "a=1"), ("share", "b=1")], "tab", "en-US")
    assert '#"share" = {"a=1", "b=1"}' in query
    assert 'Delimiter = "#(tab)"' in query


@pytest.mark.parametrize("value", ["a b", "a,b", "é", '"', "#", "&", "="])
def test_an_address_holds_any_value(value: str) -> None:
    found = urlsplit(address("http://localhost", "/v1/estimates.csv", [("flows", value)]))
    assert found.fragment == ""
    assert '"' not in found.query
