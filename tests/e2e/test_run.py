"""The page of a run in a browser: from waiting to done, pictures, tables and downloads, with and without JavaScript."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tariffcalc.jobs.work import work_one
from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tests.e2e.browser import expect, until, violations, written_over
from tests.e2e.conftest import PHONE, WIDE
from tests.web.live import UNHURRIED, service

US = "us-north-america-2025"
ASKED = {"flows": US, "scenario": "no-pause", "baseline": "no-tariffs-2025", "by": "sector,month"}
ROWS = [
    {"importer": "USA", "origin": origin, "product": product, "period": "2025-06", "customs_value": value}
    for origin, product, value in (("CAN", "7208390015", 4e9), ("MEX", "8703230190", 9e9), ("JPN", "8703230190", 5e9))
]
OF_MODELS = {
    "economy": ({"model": "exact-hat"}, ["incomes"], "This is an economy of 1993, not of today"),
    "prices": ({"model": "io-prices", "on": "armington"}, ["prices"], "Cost to households a year"),
    "draws": ({"model": "gsim", "draws": 20, "tornado": True}, ["ranges", "drivers"], "(5% to 95%)"),
}
"""Models whose results have rows of their own: how each is asked, its pictures, and words of its headline."""
PICTURES = 8
LITTLE_SHIFT = 0.1
"""What counts as a good cumulative layout shift (web.dev, Core Web Vitals)."""

Visit = Callable[..., Any]


@dataclass(frozen=True)
class Place:
    """A service, and the store that it shares with this process."""

    address: str
    store: Store

    def ask(self, **changes: Any) -> str:
        """Ask for a run; its id."""
        body = json.dumps({name: one for name, one in {**ASKED, **changes}.items() if one is not None}).encode()
        headers = {"Content-Type": "application/json", "Prefer": "respond-async"}
        with urlopen(Request(f"{self.address}/v1/estimates", body, headers)) as answer:  # noqa: S310 - our own
            return str(json.load(answer)["id"])

    def work(self) -> None:
        """Bring every run to its end."""
        while work_one(self.store, "tests"):
            pass

    def bytes_of(self, path: str) -> bytes:
        """What the API answers."""
        with urlopen(f"{self.address}{path}") as answer:  # noqa: S310 - our own
            return bytes(answer.read())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("home")
    with service(home, workers=1, patience=120, **UNHURRIED) as address:
        store = Store.open(Settings(home=home))
        yield Place(address, store)
        store.close()


@pytest.fixture(scope="module")
def live(place: Place) -> str:
    """The service whose runs this module works on; ``visit`` opens its pages."""
    return place.address


@pytest.fixture(scope="module")
def run(place: Place) -> str:
    """The address of a run that is done, its numbers at hand."""
    found = place.ask()
    place.work()
    place.bytes_of(f"/runs/{found}?details=1")
    return f"/runs/{found}"


def scrolled(page: Any) -> None:
    """Go down the page, so that every picture comes into sight, and wait until all are drawn."""
    for figure in page.locator("figure[data-chart]").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-state", re.compile("."))


def test_from_waiting_to_the_headline(place: Place, visit: Visit) -> None:
    """The page tells how far the run is, and shows the result by itself when it is there."""
    found = place.ask(by="sector")
    page = visit(f"/runs/{found}")
    expect(page.locator("#state")).to_contain_text("waits for its turn")
    assert page.locator("progress").get_attribute("value") == "0.0"
    expect(page.get_by_role("heading", level=1)).not_to_have_text("A run")
    expect(page.locator(".lead")).to_contain_text("Compared with")
    assert violations(page) == []
    place.work()
    page.locator("h2", has_text="In short").wait_for()
    page.locator("#findings").wait_for()
    expect(page.locator(".findings").first).to_contain_text("The duty comes to $")


def test_a_run_is_cancelled(place: Place, visit: Visit) -> None:
    page = visit(f"/runs/{place.ask(by='year')}")
    page.get_by_role("button", name="Cancel it").click()
    page.get_by_text("It was cancelled.").wait_for()
    expect(page.get_by_role("button", name="Cancel it")).to_have_count(0)
    assert page.locator("#wait").get_attribute("data-status") == "cancelled"


def test_pictures_answer_to_the_pointer(run: str, visit: Visit) -> None:
    page = visit(run)
    scrolled(page)
    states = page.eval_on_selector_all("figure[data-chart]", "all => all.map(one => one.dataset.state)")
    assert states == ["drawn"] * PICTURES
    page.locator("#picture-month").scroll_into_view_if_needed()
    page.locator("figure[data-chart*='/month.'] .mark-rect path").nth(3).hover()
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    expect(tip).to_contain_text("2025-04")
    assert written_over(tip) == []
    expect(tip).to_contain_text("$")


def test_nothing_moves_while_pictures_come(run: str, visit: Visit) -> None:
    page = visit(run)
    scrolled(page)
    shift = page.evaluate(
        """() => new Promise(done => new PerformanceObserver(list => done(
             list.getEntries().filter(one => !one.hadRecentInput).reduce((sum, one) => sum + one.value, 0)
           )).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 500))"""
    )
    assert shift < LITTLE_SHIFT


def test_pictures_without_javascript(run: str, visit: Visit) -> None:
    page = visit("/about", java_script_enabled=False)
    drawn: list[str] = []
    page.on("response", lambda answer: drawn.append(answer.headers.get("content-type", "")) if answer.ok else None)
    page.goto(run)
    for image in page.locator("figure img").all():
        image.scroll_into_view_if_needed()
        assert len(image.get_attribute("alt")) > len("Duty by month: ")
    page.wait_for_load_state("networkidle")
    assert drawn.count("image/svg+xml") >= PICTURES
    assert not [kind for kind in drawn if "javascript" in kind]
    page.locator("summary", has_text="The numbers: duty by month").click()
    table = page.get_by_role("region", name="Table: Duty by month")
    expect(table.locator("tbody tr")).to_have_count(14)


def duties(page: Any) -> list[float]:
    """The column of duty."""
    cells = page.locator("#rows tbody tr td:nth-child(5)").all_inner_texts()
    return [float(cell.replace(",", "").replace("\u2212", "-")) for cell in cells]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_sorting_and_filtering(run: str, visit: Visit, script: bool) -> None:  # noqa: FBT001 - a parameter
    """The same answers at the same addresses; with JavaScript the page stays where it is."""
    page = visit(run, java_script_enabled=script)
    if script:
        page.evaluate("window.kept = true")
    page.get_by_role("link", name="Duty, US$", exact=True).click()
    page.wait_for_url("**sort=-duty**", wait_until="commit")
    assert duties(page) == sorted(duties(page), reverse=True)
    expect(page.locator("#rows th[aria-sort=descending]")).to_have_text(re.compile(r"^\s*Duty, US\$"))
    page.get_by_label("Rows with these words or codes").fill("textile")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**q=textile**", wait_until="commit")
    page.locator("#rows [role=status]", has_text="14 of 308 rows").wait_for()
    assert duties(page) == sorted(duties(page), reverse=True)
    if script:
        assert page.evaluate("window.kept") is True
        page.go_back()
        page.locator("#rows [role=status]", has_text="308 of 308 rows").wait_for()


def test_rows_are_filtered_as_one_types(run: str, visit: Visit) -> None:
    page = visit(run)
    page.get_by_label("Rows with these words or codes").press_sequentially("2025-03")
    page.locator("#rows [role=status]", has_text="22 of 308 rows").wait_for()
    assert page.evaluate("document.activeElement.id") == "q"


TYPED = """() => {
  const box = document.querySelector("#rows #q");
  box.value = "2025-03";
  box.dispatchEvent(new Event("input", { bubbles: true }));
}"""
"""The rest is typed into the box that is there: an answer may put another one in its place at any moment."""


def test_a_late_answer_does_not_undo_what_is_typed(run: str, visit: Visit) -> None:
    """The answer to the first letters comes while the rest is being typed."""
    page = visit(run)
    page.wait_for_load_state("networkidle")
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    box = page.get_by_label("Rows with these words or codes")
    box.fill("2025")
    with page.expect_response(lambda answer: "q=2025" in answer.url) as first:
        page.clock.run_for(400)
        page.evaluate(TYPED)
    first.value.finished()
    page.wait_for_timeout(200)
    page.clock.run_for(400)
    page.locator("#rows [role=status]", has_text="22 of 308 rows").wait_for()
    expect(box).to_have_value("2025-03")


def test_downloads_are_the_bytes_of_the_api(run: str, place: Place, visit: Visit, tmp_path: Path) -> None:
    page = visit(run)
    page.wait_for_load_state("networkidle")
    for name in ("CSV", "Excel", "Parquet"):
        link = page.get_by_role("list", name="The whole result").get_by_role("link", name=name)
        with page.expect_download() as caught:
            link.click(modifiers=["Alt"])
        path = tmp_path / caught.value.suggested_filename
        caught.value.save_as(path)
        assert path.read_bytes() == place.bytes_of(link.get_attribute("href"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / f"tariffcalc-{US}.csv").read_text())))
    assert len(rows) == 308


def test_a_picture_is_downloaded(run: str, place: Place, visit: Visit) -> None:
    """With its title, and with the numbers that are drawn."""
    page = visit(run)
    figure = page.locator("figure[data-chart*='/flow.']")
    paths = {name: figure.get_by_role("link", name=name).get_attribute("href") for name in ("SVG", "PNG", "CSV")}
    assert b"From measure to sector" in place.bytes_of(paths["SVG"])
    assert place.bytes_of(paths["PNG"]).startswith(b"\x89PNG")
    rows = csv.DictReader(io.StringIO(place.bytes_of(paths["CSV"]).decode()))
    whole = json.loads(place.bytes_of(f"/v1{run}/result"))["provenance"]["totals"]["duty"]
    assert sum(float(row["duty"]) for row in rows) == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    run: str, visit: Visit, viewport: dict[str, int], scheme: str
) -> None:
    page = visit(run, viewport=viewport, color_scheme=scheme)
    scrolled(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_keyboard_reaches_what_scrolls(run: str, visit: Visit) -> None:
    page = visit(run, viewport=PHONE)
    page.get_by_label("Rows with these words or codes").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "scroll":
            break
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Rows of the result"
    page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.scrollLeft > 0")


def test_numbers_of_rows_are_in_sight_on_a_phone(run: str, visit: Visit) -> None:
    page = visit(run, viewport=PHONE)
    row = page.locator("#rows tbody tr").nth(3)
    boxes = [row.locator("td").nth(column).bounding_box() for column in range(5)]
    assert all(box["x"] + box["width"] <= PHONE["width"] for box in boxes)
    assert boxes[3]["x"] + boxes[3]["width"] <= boxes[4]["x"]
    assert not page.eval_on_selector_all(
        "#rows td", "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    )


def test_a_printed_run_says_what_it_is_and_loses_no_column(run: str, visit: Visit) -> None:
    page = visit(f"{run}?details=1", viewport={"width": 700, "height": 1000})
    page.emulate_media(media="print")
    expect(page.locator(".lead p")).to_be_visible()
    expect(page.locator(".picture tbody td").last).to_be_visible()
    wider = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.ariaLabel)"
    assert page.eval_on_selector_all(".scroll", wider) == []


@pytest.fixture(scope="module", params=OF_MODELS)
def of_model(request: pytest.FixtureRequest, place: Place) -> tuple[str, list[str], str]:
    """The address of a run of a model with rows of its own, its pictures, and words of its headline."""
    asked, pictures, words = OF_MODELS[request.param]
    found = place.ask(flows=ROWS, scenario="statutory", by=None, **asked)
    place.work()
    place.bytes_of(f"/runs/{found}?details=1")
    return f"/runs/{found}", pictures, words


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_a_model_with_rows_of_its_own(
    of_model: tuple[str, list[str], str], visit: Visit, viewport: dict[str, int], scheme: str
) -> None:
    """Its pictures come first, then those of the duty; axe finds nothing, and nothing is cut off."""
    run, pictures, words = of_model
    page = visit(run, viewport=viewport, color_scheme=scheme)
    expect(page.locator("[aria-labelledby=headline]")).to_contain_text(words)
    scrolled(page)
    states = page.eval_on_selector_all("figure[data-chart]", "all => all.map(one => one.dataset.state)")
    assert states == ["drawn"] * (len(pictures) + PICTURES)
    places = page.eval_on_selector_all("figure[data-chart]", "all => all.map(one => one.dataset.chart)")
    assert [f"/{name}." in place for name, place in zip(pictures, places, strict=False)] == [True] * len(pictures)
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_model_with_rows_of_its_own_without_javascript(of_model: tuple[str, list[str], str], visit: Visit) -> None:
    run, pictures, words = of_model
    page = visit(run, java_script_enabled=False)
    expect(page.locator("main")).to_contain_text(words)
    for name in pictures:
        image = page.locator(f"figure[data-chart*='/{name}.'] img")
        image.scroll_into_view_if_needed()
        assert re.search(r"\d", image.get_attribute("alt"))
        expect(image).to_have_js_property("complete", value=True)
        section = page.locator(f"[aria-labelledby=picture-{name}]")
        section.locator("summary").click()
        expect(section.locator("tbody tr").first).to_be_visible()
    page.locator("#rows thead a").nth(1).click()
    page.wait_for_url("**sort=**", wait_until="commit")
    expect(page.locator("#rows th[aria-sort]")).to_have_count(1)


def test_the_picture_that_was_asked_for_last_stays(run: str, visit: Visit) -> None:
    """A screen becomes narrow and wide again while pictures are on their way."""
    page = visit(run)
    figure = page.locator("figure[data-chart*='/month.']")
    figure.scroll_into_view_if_needed()
    drawn = figure.locator(".drawn svg")
    expect(drawn).to_have_attribute("width", "1098")
    held: list[Any] = []
    spec = "**/charts/month.json*"
    page.route(spec, lambda route: held.append(route))  # noqa: PLW0108 - Playwright cannot name the method itself
    for size in (PHONE, WIDE):
        with page.expect_request(spec):
            page.set_viewport_size(size)
    for route in held:
        with page.expect_response(spec) as answer:
            route.continue_()
        answer.value.finished()
    page.wait_for_timeout(500)
    expect(drawn).to_have_attribute("width", "1098")
