"""``/runs/{id}``: how far a run is, then what it found: the headline first, pictures and words as they are ready."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from tariffcalc.estimate import read_schedule, scenario_names
from tariffcalc.result import Result
from tariffcalc.sources.countries import country_names
from tariffcalc.sources.trade_facts import HOME, descriptions
from tariffcalc.store import NotSavedError, Run, RunNotDoneError, StoreError
from tariffcalc.web.api.runs import described
from tariffcalc.web.pages import (
    charts_run,
    model_facts,
    run_figures,
    run_models,
    run_parts,
    run_table,
    run_tiles,
    run_words,
)
from tariffcalc.web.pages.findings import Names, findings
from tariffcalc.web.pages.forms import check_csrf, check_key, csrf_field, needs_key
from tariffcalc.web.pages.model_findings import told_by_model
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
    details = details_of(run, result, wait="details" in request.args)  # first: the headline may rest on a part of it
    html = render_template(
        "run.html",
        run=run,
        told=told,
        title=run_words.title_of(run.question["scenario"], told["importer"]),
        baseline=_baseline(run),
        trade=run_words.table_title(told["flows"]),
        window=run_words.window_text(told["window"]),
        tiles=run_tiles.tiles(result, run_models.first(run, result)),
        details=details,
        rests_on=run_words.rests_on(run, told),
        changes=run_words.changes(run.question),
        ready=run.question["scenario"] if run.question["scenario"] in scenario_names() else None,
        of_model=model_facts.facts(run, told),
        assumptions=run_words.assumptions(told),
        digests=run_words.digests(told),
        warnings=result.warnings,
        view=run_table.view_of(run_models.in_words(result.frame), request.args),
        linked=lambda name, cell: _place(told["importer"], name, cell),
        formats=FORMATS,
        namer=charts_run.places,
    )
    return _sent(html)


def _place(importer: str, name: str, cell: str) -> str | None:
    """The page of a measure or product in a row, if it has one."""
    if name == "measure" and cell in read_schedule(importer).measures:
        return url_for("law_pages.show", name=cell, importer=None if importer == HOME else importer)
    code = cell.replace(".", "")
    if name == "product" and importer == HOME and code in descriptions():
        return url_for("products_pages.show", code=code)
    return None


@blueprint.post("/runs/<run_id>/cancel")
def cancel(run_id: str) -> Response:
    """Cancel a run that is not done, and show what has become of it."""
    check_csrf()
    check_key("write")
    store().runs.cancel(run_id)
    return Response(status=303, headers={"Location": url_for("run_pages.run_page", run_id=run_id)})


def _waiting(run: Run) -> str:
    """The page of a run that is not done, with the way to cancel it while there is one."""
    is_live = run.status in {"queued", "running"}
    return render_template(
        "run_wait.html",
        run=run,
        title=run_words.title_of(run.question["scenario"], run.question["importer"]),
        trade=_trade(run.question["flows"]),
        baseline=_baseline(run),
        said=STATES[run.status],
        described=described(run),
        is_live=is_live,
        field=csrf_field() if is_live else "",
        needs_key=needs_key(),
    )


def details_of(run: Run, result: Result, *, wait: bool) -> Details:
    """Pictures and findings; where the numbers are not there and nobody waits for them, the pictures alone."""
    has_baseline = "baseline" in result.provenance
    names = [*run_models.names_of(result), *run_figures.names_of(has_baseline=has_baseline, is_timed=True)]
    if not wait and not run_parts.is_ready(run):
        return Details(_bare(run, result, names))
    if run.digest in _DETAILS:
        return _DETAILS[run.digest]
    try:
        tables = {name: charts_run.table_of(run, name) for name in names}
    except RunNotDoneError:
        return Details(_bare(run, result, names))
    except StoreError as error:
        return Details([], problem=error.message)
    _DETAILS[run.digest] = _told(run, result.provenance, tables)
    while len(_DETAILS) > MOST_KEPT:
        _DETAILS.popitem(last=False)
    return _DETAILS[run.digest]


def _bare(run: Run, result: Result, names: list[str]) -> list[run_figures.Figure]:
    """The pictures; the tables beside them where they are at hand."""
    own = {name: run_models.at_hand(run, result, name) for name in run_models.names_of(result)}
    frames = {name: charts_run.named(one) for name, one in own.items() if one is not None}
    has_baseline = "baseline" in result.provenance
    return [run_figures.figure(name, frames.get(name), has_baseline=has_baseline) for name in names]


def _told(run: Run, told: dict[str, Any], tables: dict[str, run_parts.Table]) -> Details:
    """Everything, from the numbers."""
    has_baseline, known = "baseline" in told, run_words.known_of(run.question)
    named = {name: charts_run.named(one) for name, one in tables.items()}
    frames = {name: one.frame for name, one in tables.items()}
    names = Names(country_names(), known.titles, _baseline(run) or "")
    return Details(
        [run_figures.figure(name, frame, has_baseline=has_baseline) for name, frame in named.items() if len(frame)],
        is_ready=True,
        findings=findings(told, frames, names, told_by_model(told, frames, names)),
        events=charts_run.events_of(run, tables["month"]),
    )


def _trade(flows: Mapping[str, Any]) -> str:
    """What the table of a question is called: a bundled one, or a saved one that may be deleted by now."""
    if "id" not in flows:
        return run_words.table_title(flows)
    with suppress(NotSavedError):
        return store().flows.get(flows["id"]).name
    return "A table that is deleted"


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
