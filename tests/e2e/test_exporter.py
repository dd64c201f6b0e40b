"""The exporter's page in a browser: by keyboard alone, with and without JavaScript, on a phone and a desktop."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.e2e.browser import expect, violations
from tests.e2e.conftest import PHONE, WIDE

LOADER = {"product": "8429511050", "origin": "MEX", "date": "2025-06-10", "value": "10000"}
OIL = {"product": "2709002010", "origin": "Canada", "date": "2025-03-05", "value": "10000"}
WRONG = {"product": "99999999", "origin": "Canda", "date": "2025-06-10", "value": "much"}
Visit = Callable[..., Any]


def asked(**question: str) -> str:
    return f"/?{urlencode(question)}"


def big(page: Any) -> str:
    """The duty in large."""
    return str(page.locator(".answer .big").inner_text())


def on(page: Any, name: str) -> bool:
    """Whether the focus is on the entry of that name."""
    return bool(page.evaluate("name => document.activeElement.name === name", name))


def tab_to(page: Any, name: str) -> None:
    for _ in range(30):
        if on(page, name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


def test_by_keyboard_alone(page: Any) -> None:
    """Words, a suggestion taken by the arrow keys, country, day and value; Enter asks."""
    tab_to(page, "product")
    page.keyboard.type("front-end loader")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    marked = page.locator("[role=option][aria-selected=true]")
    assert page.locator("#product").get_attribute("aria-activedescendant") == marked.get_attribute("id")
    page.keyboard.press("Enter")
    code = page.locator("#product").input_value()
    assert re.fullmatch(r"[0-9]{4}(\.[0-9]{2}){3}", code)
    tab_to(page, "origin")
    page.keyboard.press("Control+A")
    page.keyboard.type("Mexico")
    tab_to(page, "value")
    page.keyboard.type("10,000")
    page.keyboard.press("Enter")
    page.locator(".answer").wait_for()
    assert re.match(r"\$[0-9,]+\.[0-9]{2}", big(page))
    expect(page.locator(".answer .code")).to_have_text(code, use_inner_text=True)
    expect(page.locator("#origin")).to_have_value("Mexico")


def test_suggestions_can_be_sent_away_and_asked_for_again(page: Any) -> None:
    page.locator("#product").fill("cheese")
    page.locator("[role=option]").first.wait_for()
    assert page.locator("#product").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.locator("[role=listbox]").is_hidden()
    page.keyboard.press("ArrowDown")
    page.locator("[role=option]").first.wait_for()
    page.locator("[role=option]").nth(1).click()
    assert page.locator("#product").input_value().startswith("0406")


def test_only_what_the_origin_may_claim_is_offered(page: Any) -> None:
    origin, claims = page.locator("#origin"), page.locator("#claims")
    expect(claims.get_by_text("USMCA", exact=True)).to_be_visible()
    claims.get_by_label("USMCA", exact=True).check()
    origin.fill("Germany")
    assert claims.is_hidden()
    origin.fill("South Korea")
    expect(claims.get_by_text("Korea agreement")).to_be_visible()
    expect(claims.get_by_text("USMCA", exact=True)).not_to_be_visible()
    origin.fill("Mexico")
    assert claims.get_by_label("No, or not sure").is_checked()


def test_without_javascript(visit: Visit) -> None:
    """Words, then the line chosen by its link; the picture is an image with its sizes."""
    page = visit("/", java_script_enabled=False)
    page.locator("#product").fill("front-end loader wheel")
    page.locator("#origin").fill("Mexico")
    page.locator("#date").fill("2025-06-10")
    page.locator("#value").fill("10,000")
    page.get_by_role("button", name="Show the duty").click()
    page.locator(".matches li a").first.click()
    assert "$2,500.00" in big(page)
    image = page.locator("figure.chart img")
    image.scroll_into_view_if_needed()
    assert image.get_attribute("alt")
    width, height = image.get_attribute("width"), image.get_attribute("height")
    assert (width, height) == ("760", "360")
    expect(page.locator(".tag").first).to_be_visible()


def test_a_wrong_code(visit: Visit) -> None:
    """Each fault stands beside its entry and is tied to it; what was typed is still there."""
    page = visit(asked(**WRONG))
    for name in ("product", "origin", "value"):
        entry = page.locator(f"#{name}")
        expect(entry).to_have_value(WRONG[name])
        assert entry.get_attribute("aria-invalid") == "true"
        expect(page.locator(f"#{entry.get_attribute('aria-describedby')}")).to_be_visible()
    page.get_by_role("alert").get_by_role("link").first.click()
    assert on(page, "product")


def test_a_specific_duty_asks_for_the_quantity(visit: Visit) -> None:
    page = visit(asked(**OIL))
    assert big(page) == "Not known yet"
    page.get_by_role("link", name="Enter quantity and unit").click()
    assert on(page, "quantity")
    page.locator("#quantity").fill("130")
    page.get_by_role("button", name="Show the duty").click()
    page.wait_for_url("**quantity=130**", wait_until="commit")
    assert big(page).startswith("$1,013.65")


def test_a_specific_duty_at_its_average(visit: Visit) -> None:
    page = visit(asked(**OIL))
    page.get_by_role("link", name="take its average").click()
    assert big(page).startswith("$1,0")


def test_the_chart_is_drawn_and_nothing_moves(visit: Visit) -> None:
    page = visit(asked(**LOADER))
    page.evaluate(
        "() => { window.moved = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
        " window.moved += one.value; }).observe({type: 'layout-shift', buffered: true}); }"
    )
    page.locator("figure.chart").scroll_into_view_if_needed()
    page.locator("figure[data-state=drawn]").wait_for()
    expect(page.locator("figure .drawn svg")).to_have_count(1)
    assert page.evaluate("window.moved") < 0.02


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "question",
    [{}, LOADER, OIL, WRONG, {"product": "cheese", "origin": "FRA", "date": "2026-01-05"}, {**LOADER, "lang": "fr"}],
    ids=["blank", "answer", "quantity", "wrong", "words", "french"],
)
def test_axe_finds_nothing(visit: Visit, viewport: dict[str, int], scheme: str, question: dict[str, str]) -> None:
    page = visit(asked(**question), viewport=viewport, color_scheme=scheme)
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for chart in page.locator("figure.chart").all():
        chart.scroll_into_view_if_needed()
        page.locator("figure[data-state=drawn]").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("name", ["CSV", "JSON", "Excel", "History as CSV"])
def test_downloads_are_the_bytes_of_the_api(visit: Visit, live: str, name: str) -> None:
    page = visit(asked(**LOADER))
    link = page.locator(".keep").get_by_role("link", name=name, exact=True).get_attribute("href")
    expected = {
        "CSV": f"/v1/rates.csv?{urlencode(LOADER)}",
        "JSON": f"/v1/rates?{urlencode(LOADER)}",
        "Excel": f"/answer.xlsx?{urlencode(LOADER)}",
        "History as CSV": "/v1/rates/history.csv?product=8429511050&origin=MEX",
    }
    with urlopen(live + expected[name]) as answer:  # noqa: S310 - our own service
        assert page.request.get(link).body() == answer.read()


def test_pictures_are_what_their_names_say(visit: Visit) -> None:
    page = visit(asked(**LOADER))
    begins = {"SVG": b"<svg", "PNG": b"\x89PNG", "CSV": b"from,until,part,rate,low,high\r\n"}
    for name, first in begins.items():
        link = page.locator("figure.chart").get_by_role("link", name=name).get_attribute("href")
        answer = page.request.get(link)
        assert answer.ok
        assert answer.body().startswith(first)


def test_the_language_of_the_browser(visit: Visit) -> None:
    page = visit(asked(**LOADER), locale="es-MX")
    assert page.locator("html").get_attribute("lang") == "es"
    expect(page.locator("h1")).to_have_text("¿Cuánto voy a pagar?", use_inner_text=True)
    page.get_by_role("link", name="Français").click()
    expect(page.locator("h1")).to_have_text("Combien vais-je payer ?", use_inner_text=True)
    assert page.locator(".answer h4").first.get_attribute("lang") == "en"


def test_print_keeps_the_answer(visit: Visit) -> None:
    page = visit(asked(**LOADER))
    page.emulate_media(media="print")
    expect(page.locator(".answer .big")).to_be_visible()
    assert page.locator("form").is_hidden()
    assert page.locator(".top nav").is_hidden()
