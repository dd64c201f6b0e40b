"""The shipments that a request for quotes carries: as JSON, or as a table with a row a shipment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request
from marshmallow import ValidationError

from tariffcalc.engine.flow_cells import written
from tariffcalc.engine.flow_columns import header_key
from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault
from tariffcalc.sources import read_table
from tariffcalc.web.api import bodies
from tariffcalc.web.api.parser import PARSER
from tariffcalc.web.api.queries import TextQuery
from tariffcalc.web.api.quote_schemas import LISTS, QuoteBody, QuoteLine, QuoteTableQuery
from tariffcalc.web.problems import fault_entry
from tariffcalc.web.state import settings

ALIASES = {"customs_value": "value"}
"""Headers of a flow table that mean the same here."""

Numbered = tuple[int, Any]
"""A line's number and what it says; a ``ValidationError`` where its row could not be read."""


def sent_lines() -> tuple[list[Numbered], dict[str, Any]]:
    """The lines of the request with their numbers, and how the answer is to be written."""
    most = settings().quote_lines
    if request.mimetype == bodies.JSON:
        how = PARSER.parse(TextQuery(), request, location="query")
        body = bodies.load(QuoteBody(), bodies.json_object())
        bodies.within_rows(len(body["lines"]), most, "lines")
        return list(enumerate((_merged(body["defaults"], line) for line in body["lines"]), 1)), how
    asked, upload = bodies.asked_with(QuoteTableQuery(partial=("product", "origin", "date")), "lines")
    raw = read_table(upload.read(), upload.suffix)
    bodies.within_rows(len(raw.frame) + len(raw.faults), most, "lines")
    return sorted(_rows(raw, _defaults()), key=lambda line: line[0]), asked


def _defaults() -> dict[str, Any]:
    """What holds for every row of a table that does not say otherwise."""
    given = request.form if request.mimetype == bodies.FORM else request.args
    known = QuoteLine().known
    return {name: given.getlist(name) if name in LISTS else given[name] for name in given if name in known}


def _rows(raw: RawTable, defaults: Mapping[str, Any]) -> Iterator[Numbered]:
    """The rows of a table by their numbers; those that could not be read are faults."""
    names = [ALIASES.get(header_key(str(name)), header_key(str(name))) for name in raw.frame.columns]
    columns = [raw.frame.iloc[:, at].tolist() for at in range(len(names))]
    for number, *cells in zip(raw.rows.tolist(), *columns, strict=True):
        said = {name: written(cell) for name, cell in zip(names, cells, strict=True) if name}
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
    return {**defaults, **{name: value for name, value in line.items() if value is not None and value != ""}}
