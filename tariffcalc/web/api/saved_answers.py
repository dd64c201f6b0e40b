"""What is answered about saved things: schemas for the contract."""

from __future__ import annotations

from marshmallow import Schema, fields

from tariffcalc.web.api.answers import ProblemEntry, many, number, text


def whole(about: str, example: int) -> fields.Integer:
    """A whole number, or null."""
    return fields.Integer(allow_none=True, metadata={"description": about, "example": example})


class FlowTableAnswer(Schema):
    """A table of trade, bundled or saved."""

    id = text("What a question names it by: a bundled table's name, a saved one's id.", "us-north-america-2025")
    kind = text("bundled or saved.", "bundled")
    name = text("Its name.", "us-north-america-2025")
    title = text("What it holds.")
    version = whole("Which version this is, from 1.", 1)
    rows = whole("How many rows.", 202012)
    window_from = text("First day.", "2025-01-01", data_key="from")
    until = text("The day after the last.", "2026-03-01")
    customs_value = number("Customs value in all.")
    currency = text("Of the values.", "USD")
    importers = fields.List(text("An importer of its rows.", "USA"))
    vintage = text("Of which date the figures are.", allow_none=True)
    source = text("Who publishes them.", allow_none=True)
    created = text("When it was saved, in UTC.", "2026-10-01T12:00:00Z", allow_none=True)
    skipped_rows = whole("Bad rows that were left out when it was saved.", 0)
    warnings = fields.List(text("What to mind about the table."))


class FlowTablesAnswer(Schema):
    """The bundled tables, which stand on the first page, and a page of the saved ones."""

    flows = many(FlowTableAnswer)
    total = whole("How many there are.", 5)
    page = whole("Which page this is, from 1.", 1)
    page_size = whole("How many saved ones a page holds.", 100)
    pages = whole("How many pages there are.", 1)


class FlowsSavedAnswer(FlowTableAnswer):
    """A table that has just been saved, with the rows that were left out."""

    errors = many(ProblemEntry)


class ScenarioHead(Schema):
    """A scenario, ready-made or saved, without its keys."""

    id = text("What a question names it by: a ready-made scenario's name, a saved one's id.", "no-pause")
    kind = text("ready-made or saved.", "ready-made")
    name = text("Its name.", "no-pause")
    title = text("What it supposes.")
    importers = fields.List(text("An importer whose law it changes.", "USA"))
    version = whole("Which version this is, from 1.", 1)
    created = text("When its first version was saved, in UTC.", "2026-10-01T12:00:00Z", allow_none=True)
    updated = text("When this version was saved, in UTC.", "2026-10-01T12:00:00Z", allow_none=True)


class ScenariosAnswer(Schema):
    """The ready-made scenarios, which stand on the first page, and a page of the saved ones."""

    scenarios = many(ScenarioHead)
    total = whole("How many there are.", 5)
    page = whole("Which page this is, from 1.", 1)
    page_size = whole("How many saved ones a page holds.", 100)
    pages = whole("How many pages there are.", 1)


class RunProblem(Schema):
    """Why a run has no result."""

    code = text("What kind of problem, for programs.", "law-changed")
    detail = text("What is wrong.")
    hint = text("What to do.", allow_none=True)
    errors = many(ProblemEntry)


class RunLinks(Schema):
    """Where the run and its result are."""

    self = text("The run.", "/v1/runs/Vt3nJ6u0Qm2bYx8c1Zq7Lw")
    result = text("Its result, in the format that Accept prefers.", "/v1/runs/Vt3nJ6u0Qm2bYx8c1Zq7Lw/result")
    csv = text("Its result as CSV, for spreadsheets.", "/v1/runs/Vt3nJ6u0Qm2bYx8c1Zq7Lw/result.csv")


class RunResult(Schema):
    """What is known of a stored result."""

    rows = whole("How many rows.", 126)
    bytes = whole("How many bytes it takes on the disk.", 9000)
    digest = text("The SHA-256 of the stored file.")


class RunAnswer(Schema):
    """An estimate that is reckoned apart from the request for it."""

    id = text("Its id, which nobody can guess.", "Vt3nJ6u0Qm2bYx8c1Zq7Lw")
    status = text("queued, running, done, failed or cancelled.", "queued")
    progress = number("How far it is, from 0 to 1.")
    digest = text("The SHA-256 of the question: the same question, the same digest.")
    created = text("When it was first asked, in UTC.", "2026-10-01T12:00:00Z")
    started = text("When a worker began.", "2026-10-01T12:00:01Z", allow_none=True)
    finished = text("When it came to its end.", "2026-10-01T12:00:09Z", allow_none=True)
    error = fields.Nested(RunProblem, allow_none=True)
    result = fields.Nested(RunResult, allow_none=True)
    links = fields.Nested(RunLinks)
