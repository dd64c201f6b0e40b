"""What is answered: schemas for the contract. The tests hold that answers have these members and no others."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields


def text(about: str, example: Any = None, **given: Any) -> fields.String:
    """A text, told in the contract."""
    return fields.String(metadata=_told(about, example), **given)


def number(about: str, example: Any = None) -> fields.Float:
    """A number, or null where it is not known."""
    return fields.Float(allow_none=True, metadata=_told(about, example))


def many(schema: type[Schema]) -> fields.List[Any]:
    """A list of objects."""
    return fields.List(fields.Nested(schema))


def _told(about: str, example: Any) -> dict[str, Any]:
    return {"description": about} if example is None else {"description": about, "example": example}


class ProblemEntry(Schema):
    """One fault."""

    path = text("The parameter, or the key of the body.", "product")
    row = fields.Integer(metadata=_told("The row of a table, as a person counts it.", 7))
    column = text("The column of a table.", "customs_value")
    value = text("What stands there.", "abc")
    code = text("What kind of fault, for programs.", "unknown-product")
    message = text("What is wrong.")
    hint = text("What to do.")


class Problem(Schema):
    """An error (RFC 9457)."""

    type = text("A name for the kind of problem.", "urn:tariffcalc:problem:unknown-product")
    title = text("What kind of problem, in words.", "Unknown product")
    status = fields.Integer(metadata=_told("The HTTP status.", 422))
    detail = text("What is wrong.")
    code = text("What kind of problem, for programs.", "unknown-product")
    hint = text("What to do.")
    request_id = text("The request's name, in the log too.", "5f0c7c1d9e6b4a0f8a3d2b1c0e9f8a7b")
    errors = many(ProblemEntry)


class Citation(Schema):
    """A legal act."""

    title = text("What the act is called.", "Executive Order 14193, 90 FR 9113")
    url = text("Where it can be read.")
    announced = text("When it was signed or published.", "2025-02-01")


class CitationOfMeasure(Citation):
    """A legal act with the name that the measure's steps cite it by."""

    id = text("The act's short name.", "eo-14193")


class Component(Schema):
    """One measure's part of a rate."""

    measure = text("The measure's id.", "ieepa-canada-energy")
    title = text("The measure's title.")
    authority = text("What it rests on.", "IEEPA")
    heading = text("Where the tariff prints it.", "9903.01.13")
    basis = text("base, additional, fee or prohibition.", "additional")
    statutory_rate = number("What the measure says, as a fraction of the value it bites on.", 0.1)
    share = number("The part of customs value that it bites on.", 1.0)
    applied_rate = number("What it adds, as a fraction of customs value.", 0.1)
    duty = number("Its duty in the currency, where a value was given.", 1000.0)
    refund = number("What of it comes back, where status=owed was asked and the measure is void.", 0.0)
    status = text("in_force, void, contested, scheduled, suspended or paused.", "void")
    citation = fields.Nested(Citation, allow_none=True)
    why = text("Why it applies.")


class NotApplied(Schema):
    """A measure that concerns the origin and does not apply."""

    measure = text("The measure's id.", "ieepa-canada")
    why = text("Why it does not apply.")


class RateAnswer(Schema):
    """What one shipment pays, and why."""

    product = text("The code as asked for, digits only.", "2709002010")
    description = text("The product's words.")
    importer = text("ISO alpha-3.", "USA")
    origin = text("ISO alpha-3.", "CAN")
    date = text("Day of entry.", "2025-03-05")
    rate = number("The total, as a fraction of customs value, without fees; null where a part is not known.")
    base_rate = number("The base duty's part.")
    additional_rate = number("The part of all additional duties.", 0.1)
    resolved = fields.Boolean(metadata=_told("Whether every part is known and entry is allowed.", False))
    prohibited = fields.Boolean(metadata=_told("Whether entry is prohibited.", False))
    components = many(Component)
    not_applied = many(NotApplied)
    value = number("Customs value.", 10000.0)
    duty = number("The duty in all, in cents' precision.", 1000.0)
    fees = many(Component)
    currency = text("Of value and duty.", "USD")
    warnings = fields.List(text("What to mind."))
    provenance = fields.Dict(metadata=_told("What the answer rests on.", None))


class TableAnswer(Schema):
    """A table: what was asked, its columns, its rows, what it rests on."""

    title = text("What was asked.", "us-north-america-2025, scenario statutory, 2025-01-01 to 2026-03-01")
    columns = fields.List(text("A column's name."), metadata={"example": ["origin", "customs_value", "duty"]})
    rows = fields.List(
        fields.Dict(),
        metadata={"example": [{"origin": "CAN", "customs_value": 437134487079.0, "duty": 16407504727.66}]},
    )
    provenance = fields.Dict(
        metadata=_told("What the table rests on: digests, assumptions, totals.", {"schedule": "statutory"})
    )
    notes = fields.List(text("What to mind."), metadata={"example": []})


class MeasureAnswer(Schema):
    """A measure: what it covers, its rates by date, its acts, its doubts."""

    id = text("The measure's id.", "ieepa-canada")
    title = text("Its title.")
    authority = text("What it rests on.", "IEEPA")
    heading = text("Where the tariff prints it.", "9903.01.10")
    importer = text("Whose law.", "USA")
    basis = text("base, additional, fee or prohibition.", "additional")
    confidence = text("How well the file is verified.", "verified_primary")
    scope = fields.Dict(metadata=_told("Products and origins, less exceptions.", None))
    rates = fields.List(fields.Dict(), metadata=_told("By date; of the origin asked for, if one is.", None))
    by_origin = fields.List(
        fields.Dict(), metadata=_told("Of one measure: the rates of every origin for which it states its own.", None)
    )
    status = fields.List(fields.Dict())
    reliefs = fields.List(fields.Dict())
    stacking = fields.List(fields.Dict())
    in_transit = fields.List(fields.Dict())
    gives_way_to = fields.Dict(
        allow_none=True, metadata=_told("Whom it gives way to, on the last day known on which it applies.", None)
    )
    citations = many(CitationOfMeasure)
    doubts = fields.List(text("What is not certain."))
    file = text("The law file.", "rates/usa/measures/ieepa-canada.toml")


class MeasuresAnswer(Schema):
    """One page of the measures found."""

    measures = many(MeasureAnswer)
    total = fields.Integer(metadata=_told("How many were found.", 47))
    page = fields.Integer(metadata=_told("Which page this is, from 1.", 1))
    page_size = fields.Integer(metadata=_told("How many a page holds.", 50))
    pages = fields.Integer(metadata=_told("How many pages there are.", 1))


class ProductLine(Schema):
    """A ten-digit line of the tariff."""

    product = text("Its code.", "2709002010")
    description = text("Its words after those of the headings above it.")
    unit = text("The unit that the tariff prints, where it prints one.", "bbl")


class ProductsAnswer(Schema):
    """The best lines found."""

    q = text("What was looked for.", "crude oil")
    total = fields.Integer(metadata=_told("How many lines were found.", 12))
    products = many(ProductLine)


class HealthAnswer(Schema):
    """Whether the service runs."""

    status = text("ok or ready.", "ok")


class ReadyAnswer(HealthAnswer):
    """Whether the service can answer, and with which law."""

    version = text("Of the program.", "0.1.0")
    measures = fields.Integer(metadata=_told("How many measures are loaded.", 47))
    schedule_digest = text("A name for the law that is loaded.")
