"""The studio in a browser: from blank to a saved run with a pause, with a program of ours and without one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tariffcalc.jobs.work import work_one
from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tests.e2e.browser import expect, violations
from tests.e2e.conftest import PHONE, WIDE
from tests.web.live import UNHURRIED, service

HOSTILE = '<img src=x onerror="document.title=1">'
GOOD = b"origin,product,period,customs_value\nCAN,7208390015,2025-07,1000\nMEX,7208390015,2025-08,500\n"
BAD = b"origin,product,period,customs_value\nCAN,7208390015,2025-07,1000\nXXX,7208390015,2025-77,abc\n"
Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    """The address of a service of this module's own, and its store, whose runs the tests bring to their end."""
    home = tmp_path_factory.mktemp("home")
    with service(home, workers=1, patience=120, **UNHURRIED) as address:
        store = Store.open(Settings(home=home))
        yield address, store
        store.close()


@pytest.fixture(scope="module")
def live(place: tuple[str, Store]) -> str:
    """The service that ``visit`` opens."""
    return place[0]


def file(data: bytes, name: str = "own.csv") -> dict[str, Any]:
    return {"name": name, "mimeType": "text/csv", "buffer": data}


def pause(page: Any) -> None:
    """Add a pause of the steel duty by form."""
    page.get_by_label("What to do").select_option("pause")
    page.locator("#c-measure").select_option("s232-steel")
    page.get_by_label("From", exact=True).fill("2025-07-01")
    page.locator("#c-until").fill("2025-10-01")
    page.get_by_role("button", name="Add the change").click()


@pytest.mark.parametrize("scripted", [True, False], ids=["with-js", "without-js"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_from_blank_to_a_saved_run_with_a_pause(
    visit: Visit,
    place: tuple[str, Store],
    scripted: bool,  # noqa: FBT001
    size: dict[str, int],
) -> None:
    page = visit("/scenarios", viewport=size, java_script_enabled=scripted)
    page.get_by_role("link", name="Write a scenario from today's law").click()
    page.get_by_label("What the scenario is called").fill("Steel rests")
    pause(page)
    expect(page.get_by_role("status")).to_have_text("Change 1 is added.", use_inner_text=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Steel rests", use_inner_text=True)
    expect(page.locator("#text")).to_have_value(re.compile(re.escape('pause = "s232-steel"')))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Version 1 is saved.", use_inner_text=True)
    saved = page.url
    page.get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile("/runs/"), wait_until="commit")
    while work_one(place[1], "tests"):
        pass
    if not scripted:
        page.goto(page.url)  # sooner than the page looks again by itself
    page.get_by_role("heading", name="Steel rests", level=1).wait_for()
    expect(page.locator("main")).to_contain_text("Change against the baseline")
    page.goto(saved)
    expect(page.get_by_text("Section 232 duty on steel mill products: paused")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripted", [True, False], ids=["with-js", "without-js"])
def test_from_the_studio_to_what_drives_the_spread(visit: Visit, place: tuple[str, Store], scripted: bool) -> None:  # noqa: FBT001
    """Draws on a table of one's own, asked by the form, answered by pictures."""
    page = visit("/scenarios/new", java_script_enabled=scripted)
    pause(page)
    page.get_by_text("Upload a table of your own").click()
    page.locator("#table").set_input_files(file(GOOD))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status")).to_contain_text("Rows: 2; left out: 0.")
    page.locator("#model").select_option("armington")
    page.get_by_text("How trade answers, in detail").click()
    page.get_by_label("Draws", exact=True).fill("20")
    page.get_by_label("Seed").fill("-1")
    page.get_by_label("Tell what drives the spread").check()
    page.get_by_label("as in late 2025").check()
    page.get_by_label("none", exact=True).check()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#seed-said")).to_be_visible()
    expect(page.get_by_label("Draws", exact=True)).to_have_value("20")
    expect(page.get_by_label("none", exact=True)).to_be_checked()
    page.get_by_label("Seed").fill("3")
    page.get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile("/runs/"), wait_until="commit")
    while work_one(place[1], "tests"):
        pass
    page.goto(f"{page.url.partition('#')[0]}?details=1")
    page.get_by_role("heading", name="What drives the spread").wait_for()
    expect(page.locator("[aria-labelledby=headline]")).to_contain_text("(5% to 95%)")
    expect(page.locator("[aria-labelledby=rests]")).to_contain_text("as in late 2025, none")
    drivers = page.locator("figure[data-chart*='/drivers.']")
    drivers.scroll_into_view_if_needed()
    expect(drivers.locator(".drawn svg" if scripted else "img")).to_be_visible()


HIDDEN = {
    "static": {"economy", "on", "demand", "seed", "tornado"},
    "armington": {"economy", "on", "seed", "tornado"},
    "exact-hat": {"on", "demand", "pass_through", "draws", "seed", "tornado", "time"},
    "io-prices": {"economy", "draws", "seed", "tornado", "time"},
}
"""The entries that mean nothing to a model without draws."""
LOOKED_AT = ("economy", "on", "demand", "pass_through", "draws", "seed", "tornado", "time")


@pytest.mark.parametrize("model", HIDDEN)
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_entries_are_shown_where_they_matter(visit: Visit, model: str, size: dict[str, int]) -> None:
    page = visit("/scenarios/new", viewport=size)
    page.locator("#model").select_option(model)
    page.get_by_text("How trade answers, in detail").click()
    for name in LOOKED_AT:
        expect(page.locator(f"#{name}")).to_be_visible(visible=name not in HIDDEN[model])
    if "draws" not in HIDDEN[model]:
        page.locator("#draws").fill("100")
        expect(page.locator("#tornado")).to_be_visible()
        expect(page.locator("#time")).to_be_hidden()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_text_is_checked_as_it_is_typed(visit: Visit) -> None:
    page = visit("/scenarios/new")
    page.locator("#text").fill('name = "x"\n[[change]]\npause = "s232-stel"\n')
    page.locator("#checked .fault").wait_for()
    expect(page.locator("#checked .fault")).to_contain_text("did you mean s232-steel", ignore_case=True)
    page.locator("#text").fill('{"name": "x", "title": "By hand", "change": [{"disable": "s122"}]}')
    expect(page.get_by_label("What the scenario is called")).to_have_value("By hand")
    expect(page.locator("label[for=text]")).to_have_text("JSON", use_inner_text=True)
    page.get_by_label("Claims of trade agreements").select_option("none")
    expect(page.locator("#text")).to_have_value(re.compile('"preference": "none"'))
    page.get_by_role("button", name="Write as TOML").click()
    expect(page.locator("#text")).to_have_value(re.compile(re.escape('[assumptions]\npreference = "none"')))


@pytest.mark.parametrize("scripted", [True, False], ids=["with-js", "without-js"])
def test_a_bad_and_a_good_table(visit: Visit, scripted: bool) -> None:  # noqa: FBT001
    page = visit("/scenarios/new", java_script_enabled=scripted)
    page.get_by_label("What the scenario is called").fill("Kept")
    page.get_by_text("Upload a table of your own").click()
    page.locator("#table").set_input_files(file(BAD))
    page.get_by_role("button", name="Upload").click()
    bad = page.get_by_role("table", name="What is wrong with the table")
    expect(bad.get_by_role("row")).to_have_count(4)
    expect(bad.get_by_role("cell", name="XXX")).to_be_visible()
    if scripted:
        assert violations(page) == []
    page.locator("#table").set_input_files(file(GOOD))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status")).to_contain_text("Rows: 2; left out: 0.")
    expect(page.locator("#flows option:checked")).to_have_text(re.compile(r"^\s*own.csv: 2 rows"))
    expect(page.get_by_label("What the scenario is called")).to_have_value("Kept")


def test_faults_lead_to_their_entries(visit: Visit) -> None:
    page = visit("/scenarios/new")
    page.get_by_label("Rate, percent of value").fill("abc")
    page.get_by_label("Rate, percent of value").press("Enter")
    page.get_by_role("link", name="“abc” is not a percentage").click()
    assert page.url.endswith("#c-rate")
    entry = page.locator("#c-rate")
    assert (entry.get_attribute("aria-invalid"), entry.get_attribute("aria-describedby")) == ("true", "c-rate-said")
    assert violations(page) == []


def test_nothing_that_was_typed_runs(visit: Visit) -> None:
    page = visit("/scenarios/new")
    page.get_by_label("What the scenario is called").fill(HOSTILE)
    page.locator("#text").fill(f"name = '''{HOSTILE}'''\n[[change]]\npause = '''{HOSTILE}'''\n")
    page.locator("#checked .fault").wait_for()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#main img")).to_have_count(0)
    assert page.title() != "1"
    page.get_by_text("Upload a table of your own").click()
    page.locator("#table").set_input_files(file(BAD.replace(b"XXX", HOSTILE.replace('"', "'").encode()), "<b>.csv"))
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#main img, #main b")).to_have_count(0)


def test_a_form_of_another_page_is_refused(visit: Visit) -> None:
    page = visit("/scenarios/new")
    page.evaluate("document.querySelector('[name=form_token]').value = 'x'.repeat(32)")
    page.get_by_label("What the scenario is called").fill("Kept")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was done", ignore_case=True)
    expect(page.get_by_label("What the scenario is called")).to_have_value("Kept")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Version 1 is saved.", use_inner_text=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("path", ["/scenarios", "/scenarios/new", "/scenarios/ieepa-in-force"])
def test_axe_finds_nothing(visit: Visit, path: str, size: dict[str, int], scheme: str) -> None:
    page = visit(path, viewport=size, color_scheme=scheme)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/scenarios/new")
    page.get_by_label("What to do").focus()
    page.keyboard.type("Pause")
    page.keyboard.press("Tab")
    page.keyboard.type("Section 232 duty on steel mill")
    page.keyboard.press("Tab")
    page.keyboard.type("07012025")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.id") == "c-from":  # the button of its calendar
        page.keyboard.press("Tab")
    page.keyboard.type("10012025")
    page.get_by_role("button", name="Add the change").focus()
    page.keyboard.press("Enter")
    page.locator("#checked .done").wait_for()
    expect(page.locator("#text")).to_have_value(re.compile(re.escape("until = 2025-10-01")))
