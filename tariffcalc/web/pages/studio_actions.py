"""What the buttons of the studio do to the draft: each changes the page that is shown next, or leads elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, make_response, redirect, request, url_for

from tariffcalc.errors import TariffcalcError
from tariffcalc.store import SavedScenario, StaleVersionError
from tariffcalc.store.records import canonical
from tariffcalc.web.api.fields import few_changes, plain_texts
from tariffcalc.web.api.stored import owner
from tariffcalc.web.pages import studio_change, studio_fields, studio_question
from tariffcalc.web.pages.forms import check_key
from tariffcalc.web.pages.studio_draft import Draft, append, edited, read_draft, written
from tariffcalc.web.pages.upload import Upload, take
from tariffcalc.web.pages.words import sentence
from tariffcalc.web.state import store


@dataclass(slots=True)
class Studio:
    """The page: the draft, the entries beside it, what is said of them, the saved scenario it is a version of."""

    draft: Draft
    question: studio_question.Question
    change: studio_change.Typed = field(default_factory=lambda: studio_change.typed({}))
    upload: Upload = field(default_factory=Upload)
    saved_id: str = ""
    etag: str = ""
    said: str = ""
    problem: str = ""
    status: int = 200

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """The entries at fault: the place of each on the page, and what is wrong with it."""
        change = [(f"c-{name}", text) for name, text in self.change.faults.items()]
        asked = [(name or "trade", text) for name, text in self.question.faults.items()]
        sent = [(name if name == "table" else f"u-{name}", text) for name, text in self.upload.faults.items()]
        return [*change, *asked, *sent]


def _check(studio: Studio, _: str) -> None:
    studio.said = "" if studio.draft.faults else "Nothing is wrong with it."


def _add(studio: Studio, _: str) -> None:
    """Put the change of the form into the text, if nothing is wrong with it."""
    entered, draft = studio.change, studio.draft
    if not draft.takes_changes:
        studio.problem, studio.status = "Mend the text first: the change cannot be put into it.", 422
        return
    own = [one["add"].get("id") for one in draft.changes if isinstance(one.get("add"), Mapping)]
    change = studio_change.change_of(entered, studio_fields.law_of(draft.importer), [str(one) for one in own])
    changed = read_draft(edited(draft, lambda document: append(document, change))) if change else draft
    _place(changed, draft, entered)
    if entered.faults:
        studio.problem, studio.status = "The change is not added yet: see beside its entries.", 422
        return
    studio.draft, studio.change = changed, studio_change.typed({})
    studio.said = f"Change {len(changed.changes)} is added."


def _place(changed: Draft, draft: Draft, entered: studio_change.Typed) -> None:
    """Note the faults that came with the new change beside the entries that they are about."""
    before = {(one.key, one.message) for one in draft.faults}
    head = f"change[{len(changed.changes) - 1}]"
    for one in changed.faults:
        key = one.key or ""
        if (one.key, one.message) not in before and (key.startswith(head) or not key):
            words = " ".join(sentence(text) for text in (one.message, one.hint) if text)
            entered.faults.setdefault(studio_change.place_of(key.removeprefix(head).lstrip(".")), words)


def _remove(studio: Studio, number: str) -> None:
    """Take a change out of the text."""
    at = int(number[:6]) - 1 if number.isascii() and number.isdigit() else -1
    if 0 <= at < len(studio.draft.changes):
        text = edited(studio.draft, lambda document: document["change"].pop(at))
        studio.draft = read_draft(text)
        studio.said = f"Change {at + 1} is taken out."


def _as_toml(studio: Studio, _: str) -> None:
    _rewritten(studio, is_json=False)


def _as_json(studio: Studio, _: str) -> None:
    _rewritten(studio, is_json=True)


def _rewritten(studio: Studio, *, is_json: bool) -> None:
    """Write the draft in the other language."""
    if studio.draft.document is None:
        studio.problem = "Mend the text first: it cannot be read."
    elif studio.draft.is_json != is_json:
        try:
            studio.draft = read_draft(written(studio.draft.document, is_json=is_json))
        except ValueError as error:
            studio.problem = f"It cannot be written as TOML: {error}."


def _upload(studio: Studio, _: str) -> None:
    """Keep the table of the form, and choose it."""
    check_key("write")
    take(studio.upload)
    if studio.upload.saved:
        kept = studio.upload.saved
        studio.question.given["flows"] = kept.id
        studio.said = f"The table {kept.name} is kept and chosen. Rows: {kept.rows:,}; left out: {kept.bad_rows:,}."
    else:
        studio.problem, studio.status = "The table is not kept: see beside its entries.", 422


def _run(studio: Studio, _: str) -> Response | None:
    """Ask the question: the answer is the page of the run."""
    check_key("read")
    if _is_faulty(studio, "run"):
        return None
    run = studio_question.run_asked(studio.question, studio.draft.document or {})
    if run is None:
        studio.problem, studio.status = "It cannot be run yet: see beside the entries.", 422
        return None
    return to(url_for("run_pages.run_page", run_id=run.id))


def _save(studio: Studio, _: str) -> Response | None:
    """Save the next version of a saved scenario, or the first of a new one."""
    check_key("write")
    if _is_faulty(studio, "saved"):
        return None
    document = studio.draft.document or {}
    try:
        few_changes(document)
        plain_texts(document)
        if studio.saved_id:
            saved = store().scenarios.update(studio.saved_id, document, studio.etag or None)
        else:
            saved = _created(document)
    except StaleVersionError:
        studio.problem = "Somebody has saved another version meanwhile. Save yours as a copy, or open the new one."
        studio.status = 412
        return None
    except TariffcalcError as error:
        studio.problem, studio.status = told(error), 422
        return None
    return to(url_for("studio.scenario", scenario_id=saved.id, saved=1, **studio.question.query))


def _copy(studio: Studio, _: str) -> Response | None:
    """Save the draft as a scenario of its own."""
    studio.saved_id = studio.etag = ""
    return _save(studio, "")


ACTIONS: Mapping[str, Callable[[Studio, str], Response | None]] = {
    "check": _check,
    "add": _add,
    "remove": _remove,
    "toml": _as_toml,
    "json": _as_json,
    "upload": _upload,
    "run": _run,
    "save": _save,
    "copy": _copy,
}


def to(address: str) -> Response:
    """Go there: what was done is done once, however often the page is loaded anew."""
    return make_response(redirect(address, 303))


def _is_faulty(studio: Studio, what: str) -> bool:
    """Whether the scenario has faults: then it can be neither run nor saved, and the page says so."""
    if not studio.draft.faults:
        return False
    studio.problem, studio.status = f"It cannot be {what} yet: the scenario has faults.", 422
    return True


def _created(document: Mapping[str, Any]) -> SavedScenario:
    """A new scenario; the same form sent twice saves it once."""
    wish = f"{request.form.get('form', '')}\n{canonical(document)}"
    return store().scenarios.create(document, owner=owner(), once=hashlib.sha256(wish.encode()).hexdigest())


def told(error: TariffcalcError) -> str:
    """An error in sentences."""
    return " ".join(sentence(one) for one in (error.message, error.hint) if one)
