"""The pages of the law in a browser: found, read, drawn; on a phone and a desktop, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import pytest

from tests.e2e.browser import PATIENCE, expect, violations
from tests.e2e.conftest import PHONE, WIDE

Visit = Callable[..., Any]

PAGES = (
    "/law",
    "/law?q=steel&on=x",
    "/law/ieepa-canada",
    "/law/ieepa-reciprocal",
    "/law/calendar",
    "/law/known?on=2025-02-02",
    "/products",
    "/products?q=loader",
    "/products/2709002010",
    "/products/8429?on=2026-10-01",
    "/about",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_for_axe_to_find(visit: Visit, path: str, theme: str) -> None:
    page = visit(path, viewport=WIDE, color_scheme=theme)
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_never_scrolls_sideways(visit: Visit, path: str) -> None:
    page = visit(path, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_from_a_search_to_a_case(visit: Visit, script: bool) -> None:  # noqa: FBT001
    """Words and a country give measures; a measure its worked cases; a case the answer with the same rate."""
    page = visit("/law", java_script_enabled=script)
    page.get_by_label("Words").fill("northern border")
    page.get_by_label("Goods made in").fill("Canada")
    page.get_by_role("button", name="Show the measures").click()
    page.get_by_role("link", name="Additional duty on goods of Canada, emergency at the northern border").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^\s*Additional duty on goods of Canada"))
    page.get_by_role("link", name="35 percent from August.").click()
    expect(page.locator(".answer .big")).to_contain_text("35%")


def test_by_keyboard_alone(visit: Visit) -> None:
    """The skip link leads past the heads; a filter is typed and sent; a list opens by Enter."""
    page = visit("/law")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.name === 'q'"):
        page.keyboard.press("Tab")
    page.keyboard.type("northern border")
    page.keyboard.press("Enter")
    page.wait_for_url("**/law?q=*", wait_until="commit")
    page.goto("/law/ieepa-canada")
    summary = page.locator("summary", has_text="canada-potash")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="3104.20.00").first).to_be_visible()


def test_the_picture_answers_to_the_pointer_and_its_files_are_the_same(visit: Visit, live: str) -> None:
    page = visit("/law/ieepa-canada")
    page.locator("figure[data-state=drawn]").wait_for()
    expect(page.locator("figure svg")).to_have_count(1)
    for name in ("SVG", "PNG", "CSV"):
        path = page.locator("figure").get_by_role("link", name=name).get_attribute("href")
        with urlopen(live + path) as answer:  # noqa: S310 - our own
            assert answer.status == 200
            assert answer.read()


def test_the_picture_is_there_without_javascript(visit: Visit) -> None:
    page = visit("/law/ieepa-canada", java_script_enabled=False)
    image = page.locator("figure img")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    assert box["width"] == 760
    assert image.get_attribute("alt")


def test_the_calendar_by_month_with_costs(visit: Visit) -> None:
    """A month, then what its changes cost; on a phone."""
    page = visit("/law/calendar?month=2028-01", viewport=PHONE)
    page.set_default_timeout(10 * PATIENCE)  # the whole world under the law before and after each step
    page.get_by_role("link", name="What January 2028 costs a year").click()
    page.locator(".money").first.wait_for()
    expect(page.locator(".money").first).to_contain_text("a year")
    assert violations(page) == []


def test_a_product_by_words_and_by_country(visit: Visit) -> None:
    page = visit("/products")
    page.get_by_label("Product", exact=True).fill("wheel-type loader")
    page.get_by_role("button", name="Look it up").click()
    page.locator(".matches a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^\s*8429.51"))
    page.get_by_label("Country of the chart").fill("Mexico")
    page.get_by_label("Day of entry").fill("2025-06-10")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Through time, made in Mexico")).to_be_visible()
    page.locator("figure").scroll_into_view_if_needed()
    page.locator("figure[data-state=drawn]").wait_for()
