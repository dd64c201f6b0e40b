"""``/runs/{id}``: how far a run is, then what it found: the headline first, pictures and words as they are ready."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from tariffcalc.result import Result
from tariffcalc.sources.countries import country_names
from tariffcalc.store import NotSavedError, Run, RunNotDoneError, StoreError
from tariffcalc.web.api.runs import described
from tariffcalc.web.pages import charts_run, run_figures, run_parts, run_table, run_words
from tariffcalc.web.pages.findings import Names, findings, money, percent
from tariffcalc.web.pages.forms import check_csrf, check_key, csrf_field, needs_key
from tariffcalc.web.pages.run_events import Event
from tariffcalc.web.state import store

STATES = {
    "queued": "It waits for its turn.",
    "running": "It is being worked out.",
    "failed": "It could not be worked out.",
    "cancelled": "It was cancelled.",
}
FORMATS = (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"), ("parquet", "Parquet"))

MOST_KEPT = 32
"""Pages whose details are kept: a result never changes."""

blueprint = Blueprint("run_pages", __name__)


@dataclass(frozen=True, slots=True)
class Tile:
    """A number of the headline, and what it is."""

    name: str
    number: str
    beside: str


@dataclass(frozen=True, slots=True)
class Details:
    """What needs further groupings: pictures, their tables, the findings. ``is_ready`` where the numbers are there."""

    figures: list[run_figures.Figure]
    is_ready: bool = False
    findings: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    problem: str = ""


_DETAILS: OrderedDict[str, Details] = OrderedDict()


@blueprint.get("/runs/<run_id>")
def run_page(run_id: str) -> Response:
    """The page of a run. With ``details=1`` it waits for the numbers of the pictures."""
    try:
        run = store().runs.get(run_id)
    except NotSavedError:
        return _sent(render_template("run_missing.html"), 404)
    if run.status != "done":
        return _sent(_waiting(run))
    result = run_parts.kept(run.digest) or store().runs.result(run.id)
    told = result.provenance
    html = render_template(
        "run.html",
        run=run,
        told=told,
        title=run_words.title_of(run.question["scenario"], told["importer"]),
        baseline=_baseline(run),
        trade=run_words.table_title(told["flows"]),
        window=run_words.window_text(told["window"]),
        tiles=tiles(result),
        details=details_of(run, told, wait="details" in request.args),
        rests_on=run_words.rests_on(run, told),
        assumptions=run_words.assumptions(told),
        digests=run_words.digests(told),
        warnings=result.warnings,
        view=run_table.view_of(result.frame, request.args),
        formats=FORMATS,
        namer=charts_run.places,
    )
    return _sent(html)


@blueprint.post("/runs/<run_id>/cancel")
def cancel(run_id: str) -> Response:
    """Cancel a run that is not done, and show what has become of it."""
    check_csrf()
    check_key("write")
    store().runs.cancel(run_id)
    return Response(status=303, headers={"Location": url_for("run_pages.run_page", run_id=run_id)})


def tiles(result: Result) -> list[Tile]:
    """The numbers of the headline."""
    told = result.provenance
    totals, window = told["totals"], run_words.window_text(told["window"])
    duty, known, value = totals["duty"], totals["resolved_value"], totals["customs_value"]
    shown = [Tile("Duty", money(duty), window)]
    if "baseline" in told:
        before = told["baseline"]["totals"]["duty"]
        change = duty - before
        sign = "+" if change > 0 else ""
        shown.append(Tile("Change against the baseline", f"{sign}{money(change)}", f"baseline: {money(before)}"))
    rate = percent(duty / known) if known else "not known"
    shown.append(Tile("Duty as a share of value", rate, f"of {money(known)} with a known rate"))
    share = percent(known / value) if value else "not known"
    shown.append(Tile("Value with a known rate", share, f"of {money(value)} of imports"))
    return [*shown, *answer_tiles(result)]


def answer_tiles(result: Result) -> list[Tile]:
    """What the model says, if there is one."""
    response = result.provenance.get("response")
    if response is None or response["model"] == "static":
        return []
    totals, value = response["totals"], response["modelled_value"]
    model = f"model {response['model']}"
    change = totals["trade_change"]
    share = f"{'+' if change > 0 else ''}{percent(change / value)} of {money(value)}; {model}" if value else model
    shown = [Tile("Change of imports", f"{'+' if change > 0 else ''}{money(change)}", share)]
    frame = result.frame
    if "price_paid_change" in frame:
        priced = frame.dropna(subset=["price_paid_change"])
        weight = float(priced["customs_value"].sum())
        if weight > 0:
            mean = float((priced["price_paid_change"] * priced["customs_value"]).sum()) / weight
            shown.append(
                Tile("Price that buyers pay", f"{'+' if mean > 0 else ''}{percent(mean)}", "mean by customs value")
            )
    for name, label, beside in (
        ("deadweight_loss", "Deadweight loss", "value that is lost to everybody"),
        ("welfare_change", "Change of welfare", "of the importing country: buyers and revenue"),
    ):
        if name in totals:
            shown.append(Tile(label, money(totals[name]), beside))
    return shown


def _waiting(run: Run) -> str:
    """The page of a run that is not done, with the way to cancel it while there is one."""
    is_live = run.status in {"queued", "running"}
    return render_template(
        "run_wait.html",
        run=run,
        said=STATES[run.status],
        described=described(run),
        is_live=is_live,
        field=csrf_field() if is_live else "",
        needs_key=needs_key(),
    )


def details_of(run: Run, told: dict[str, Any], *, wait: bool) -> Details:
    """Pictures and findings; where the numbers are not there and nobody waits for them, the pictures alone."""
    has_baseline = "baseline" in told
    names = run_figures.names_of(has_baseline=has_baseline, is_timed=True)
    bare = [run_figures.figure(name, None, has_baseline=has_baseline) for name in names]
    if not wait and not run_parts.is_ready(run):
        return Details(bare)
    if run.digest in _DETAILS:
        return _DETAILS[run.digest]
    try:
        tables = {name: run_parts.table(run, name) for name in names}
    except RunNotDoneError:
        return Details(bare)
    except StoreError as error:
        return Details([], problem=error.message)
    _DETAILS[run.digest] = _told(run, told, tables)
    while len(_DETAILS) > MOST_KEPT:
        _DETAILS.popitem(last=False)
    return _DETAILS[run.digest]


def _told(run: Run, told: dict[str, Any], tables: dict[str, run_parts.Table]) -> Details:
    """Everything, from the numbers."""
    has_baseline, known = "baseline" in told, run_words.known_of(run.question)
    frames = {name: charts_run.named(one) for name, one in tables.items()}
    return Details(
        [run_figures.figure(name, frame, has_baseline=has_baseline) for name, frame in frames.items() if len(frame)],
        is_ready=True,
        findings=findings(
            told,
            {name: one.frame for name, one in tables.items()},
            Names(country_names(), known.titles, _baseline(run) or ""),
        ),
        events=charts_run.events_of(run, tables["month"]),
    )


def _baseline(run: Run) -> str:
    """What the baseline is called; nothing where there is none."""
    given = run.question["baseline"]
    if given is None:
        return ""
    text = run_words.title_of(given, run.question["importer"])
    return f"“{text}”"


def _sent(html: str, status: int = 200) -> Response:
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
