"""The first page and the page of the contract in a browser: an answer on a phone, on paper, under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.browser import expect, written_over
from tests.e2e.conftest import PHONE

Visit = Callable[..., Any]

ANSWERED = "product=8429511050&origin=MEX&date=2025-04-10&value=10000"
OIL = "product=2709002010&origin=CAN&date=2025-03-05&value=75000"


def drawn(page: Any) -> Any:
    """The chart of an answer, once it is drawn."""
    figure = page.locator("figure[data-chart]").first
    figure.scroll_into_view_if_needed()
    page.locator("figure[data-state=drawn]").first.wait_for()
    return figure


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_phone_never_scrolls_sideways(visit: Visit, language: str) -> None:
    """Neither the blank page nor an answer, in any language; and nothing runs out of its card."""
    page = visit("/about", viewport=PHONE)
    for asked in ("", ANSWERED, OIL):
        page.goto(f"/?lang={language}&{asked}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        out = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText.slice(0, 60))"
        assert page.eval_on_selector_all(".card", out) == []


def test_the_numbers_day_by_day_are_words_and_not_a_column_of_letters(visit: Visit) -> None:
    page = visit(f"/?{ANSWERED}")
    page.locator("summary", has_text="The numbers, day by day").click()
    lines = page.locator("table.time .shifts li").all()
    assert lines
    for line in lines:
        assert line.bounding_box()["height"] < 200


def test_a_tip_has_its_names_beside_its_values(visit: Visit) -> None:
    page = visit(f"/?{ANSWERED}")
    drawn(page).locator(".mark-rect path").first.hover()
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    expect(tip.locator("tr").first).to_be_visible()
    assert written_over(tip) == []


def test_a_chart_on_a_phone_has_every_number_and_whole_names(visit: Visit) -> None:
    page = visit(f"/?{ANSWERED}", viewport=PHONE)
    texts = drawn(page).locator("svg text").all_text_contents()
    moves = page.locator("table.time tbody tr").count() - 1
    assert sorted(text for text in texts if text.isdigit()) == [str(number) for number in range(1, moves + 1)]
    assert not [text for text in texts if text.endswith("…")]


def test_paper_has_what_is_folded_and_the_address(visit: Visit, live: str) -> None:
    page = visit(f"/?{ANSWERED}")
    expect(page.locator("dl.not, table.time").last).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".lead p")).to_be_visible()
    expect(page.locator("dl.not")).to_be_visible()
    expect(page.locator("table.time .shifts").last).to_be_visible()
    expect(page.locator(".printed")).to_have_text(f"{live}/?{ANSWERED}")
    page.goto("/products/2709002010")
    expect(page.get_by_text("Zimbabwe")).to_be_visible()
    expect(page.locator(".path")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "name"), [("/", "What will I pay?"), ("/products/2709002010", "The law"), ("/docs", "API")]
)
def test_the_head_says_where_one_is(visit: Visit, path: str, name: str) -> None:
    """Also above the contract, which leads back."""
    page = visit(path)
    here = page.locator(".top a[aria-current]")
    expect(here).to_have_text(name)
    assert here.evaluate("one => getComputedStyle(one).fontWeight") == "600"
    page.locator(".top .name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What will I pay?")
