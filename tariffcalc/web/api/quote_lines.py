"""The shipments that a request for quotes carries: as JSON, or as a table with a row a shipment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from marshmallow import ValidationError

from tariffcalc.engine.flow_cells import written
from tariffcalc.engine.flow_columns import duplicate_columns, header_key, unknown_columns
from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.sources import read_table
from tariffcalc.web.api import bodies
from tariffcalc.web.api.json_body import as_object, json_body
from tariffcalc.web.api.parser import PARSER
from tariffcalc.web.api.queries import TextQuery
from tariffcalc.web.api.quote_schemas import LISTS, QuoteBody, QuoteLine, QuoteTableQuery
from tariffcalc.web.problems import fault_entry
from tariffcalc.web.state import settings

ALIASES = {"customs_value": "value"}
"""Headers of a flow table that mean the same here."""

Numbered = tuple[int, Any]
"""A line's number and what it says; a ``ValidationError`` where its row could not be read."""


@dataclass(frozen=True)
class Sent:
    """The lines of a request, how the answer is to be written, and what there is to mind in the table as a whole."""

    lines: list[Numbered]
    asked: dict[str, Any]
    warnings: tuple[str, ...] = ()


def sent_lines() -> Sent:
    """What the request carries. Raises ``FlowTableError`` where a table cannot be read, or has a column twice."""
    most = settings().quote_lines
    if request.mimetype == bodies.JSON:
        how = PARSER.parse(TextQuery(), request, location="query")
        body = bodies.load(QuoteBody(), _body())
        bodies.within_rows(len(body["lines"]), most, "lines")
        return Sent(list(enumerate((_merged(body["defaults"], line) for line in body["lines"]), 1)), how)
    asked, upload = bodies.asked_with(QuoteTableQuery(partial=("product", "origin", "date")), "lines")
    raw = read_table(upload.read(), upload.suffix)
    bodies.within_rows(len(raw.frame) + len(raw.faults), most, "lines")
    names = [ALIASES.get(header_key(str(name)), header_key(str(name))) for name in raw.frame.columns]
    known = QuoteLine().known
    if twice := duplicate_columns(names, known):
        raise FlowTableError.of("lines", twice)
    lines = sorted(_rows(raw, names, _defaults()), key=lambda line: line[0])
    return Sent(lines, asked, raw.warnings + unknown_columns(names, known))


def _body() -> dict[str, Any]:
    """The body with its lines; a shipment by itself is the one line, and a list is the lines."""
    found = json_body()
    if isinstance(found, list):
        return {"lines": found}
    if isinstance(found, dict) and "lines" not in found and found.keys() & QuoteLine().known.keys():
        return {"lines": [found]}
    return as_object(found)


def _defaults() -> dict[str, Any]:
    """What holds for every row of a table that does not say otherwise."""
    given = request.form if request.mimetype == bodies.FORM else request.args
    known = QuoteLine().known
    said = {name: [one for one in given.getlist(name) if one.strip()] for name in given if name in known}
    return {name: texts if name in LISTS else texts[0] for name, texts in said.items() if texts}


def _rows(raw: RawTable, names: list[str], defaults: Mapping[str, Any]) -> Iterator[Numbered]:
    """The rows of a table by their numbers, of the columns that are known; those that could not be read are faults."""
    known = {name: raw.frame.iloc[:, names.index(name)].tolist() for name in QuoteLine().known if name in names}
    for number, *cells in zip(raw.rows.tolist(), *known.values(), strict=True):
        said = {name: written(cell) for name, cell in zip(known, cells, strict=True)}
        yield number, _merged(defaults, said)
    yield from ((fault.row or 0, _unread(fault)) for fault in raw.faults)


def _unread(fault: Fault) -> ValidationError:
    told = fault_entry(fault)
    told.pop("row", None)
    return ValidationError([told])


def _merged(defaults: Mapping[str, Any], line: Any) -> Any:
    """A line with the defaults where it says nothing; what is no line stays as it is."""
    if not isinstance(line, Mapping):
        return line
    return {**_said(defaults), **_said(line)}


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    """What has a value."""
    return {name: value for name, value in given.items() if value is not None and value != ""}
