"""``/scenarios``: what the law is supposed to be, written by form and as text, asked of a table of trade, kept.

The whole draft travels in the form: the server keeps nothing until it is saved, and a fault loses nothing.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from tariffcalc.catalogue import scenario_list
from tariffcalc.errors import UnknownNameError
from tariffcalc.estimate import scenario_names
from tariffcalc.paths import rates_folder
from tariffcalc.web.api.checks import scenario_saved
from tariffcalc.web.api.stored import pages_of
from tariffcalc.web.pages import saved, studio_change, studio_fields, studio_model, studio_question
from tariffcalc.web.pages.forms import check_csrf, csrf_field, needs_key
from tariffcalc.web.pages.places import importer_names
from tariffcalc.web.pages.studio_actions import ACTIONS, Studio, told
from tariffcalc.web.pages.studio_draft import BLANK, edited, opened, read_draft
from tariffcalc.web.pages.upload import upload_of
from tariffcalc.web.pages.words import sentence
from tariffcalc.web.problems import ProblemError

PAGE_SIZE = 50

blueprint = Blueprint("studio", __name__)


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {"csrf_field": csrf_field, "needs_key": needs_key}


@blueprint.get("/scenarios")
def scenarios() -> str:
    """The ready-made scenarios, and those that people have saved, newest first."""
    text = request.args.get("page", "1")
    page = int(text[:6]) if text.isascii() and text.isdigit() else 1
    found = saved.scenarios(max(page, 1), PAGE_SIZE)
    pages = pages_of(found.total, PAGE_SIZE)
    return render_template("studio_list.html", ready=scenario_list(), found=found, pages=pages)


@blueprint.get("/scenarios/new")
def start() -> Response:
    """A draft: blank, or begun from the scenario that ``start`` names."""
    origin = request.args.get("start", "")
    try:
        text = _begun(origin) if origin else BLANK
    except UnknownNameError as error:
        return shown(Studio(read_draft(BLANK), _asked(), problem=told(error), status=404))
    return shown(Studio(read_draft(text), _asked()))


@blueprint.get("/scenarios/<scenario_id>")
def scenario(scenario_id: str) -> Response:
    """A ready-made or saved scenario, open to be read, changed and run: its permanent address."""
    try:
        if scenario_id in scenario_names():
            return shown(Studio(read_draft(_ready_text(scenario_id)), _asked()))
        saved = scenario_saved(scenario_id)
    except UnknownNameError as error:
        return shown(Studio(read_draft(BLANK), _asked(), problem=told(error), status=404))
    said = f"Version {saved.version} is saved." if "saved" in request.args else ""
    draft = read_draft(opened(saved.document))
    return shown(Studio(draft, _asked(), saved_id=saved.id, etag=saved.etag, said=said))


@blueprint.post("/scenarios/new")
def act() -> Response:
    """What a button of the studio does to the draft."""
    studio = _sent()
    action = request.form.get("do", "check")
    try:
        check_csrf()
        name, _, number = action.partition("-")
        answer = ACTIONS.get(name, ACTIONS["check"])(studio, number)
    except ProblemError as error:
        studio.problem = " ".join(sentence(one) for one in (error.detail, error.hint) if one)
        studio.status = error.status
        return shown(studio)
    return answer or shown(studio)


@blueprint.post("/scenarios/check")
def check() -> Response:
    """The draft as it is typed, checked: its changes and faults as they are shown, its text and fields."""
    check_csrf()
    draft = studio_fields.merged(read_draft(request.form.get("text", "")), request.form)
    listed = {"rows": studio_fields.rows(draft), "others": studio_fields.others(draft)}
    html = render_template("_studio_checked.html", draft=draft, **listed)
    fields = {} if draft.document is None else studio_fields.values(draft, {})[0]
    return jsonify(html=html, text=draft.text, fields=fields, ok=not draft.faults)


def shown(studio: Studio) -> Response:
    """The page of the studio."""
    draft = studio.draft
    values, was = studio_fields.values(draft, request.form)
    html = render_template(
        "studio.html",
        studio=studio,
        draft=draft,
        rows=studio_fields.rows(draft),
        others=studio_fields.others(draft),
        values=values,
        was=was,
        form=secrets.token_urlsafe(12),
        choices=studio_question.choices(),
        groups=studio_question.GROUPS,
        boxes=studio_model.boxes(),
        kinds=studio_change.KINDS,
        measures=studio_fields.measures(draft.importer),
        importers=importer_names(),
        preferences=studio_fields.PREFERENCES,
        contents=studio_fields.CONTENTS,
        share=url_for("studio.scenario", scenario_id=studio.saved_id, **studio.question.query)
        if studio.saved_id
        else "",
    )
    answer = make_response(html, studio.status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sent() -> Studio:
    """The page as its form was sent."""
    sent = request.form
    return Studio(
        studio_fields.merged(read_draft(sent.get("text", "")), sent),
        studio_question.question_of(sent, is_form=True),
        studio_change.typed(sent),
        upload_of(),
        sent.get("saved", ""),
        sent.get("etag", ""),
    )


def _asked() -> studio_question.Question:
    return studio_question.question_of(request.args, is_form=False)


def _begun(origin: str) -> str:
    """The text of a draft that is begun from a ready-made scenario, or from a saved one by its id."""
    text = _ready_text(origin) if origin in scenario_names() else opened(scenario_saved(origin).document)
    draft = read_draft(text)
    document = draft.document or {}
    names = {"name": f"{document.get('name', 'my-scenario')}-changed"}
    names["title"] = f"{document.get('title') or document.get('name', 'My scenario')}, changed"
    return edited(draft, lambda found: found.update(names))


def _ready_text(name: str) -> str:
    return (rates_folder() / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
