"""``/spreadsheets``: a question in, the formulas that ask it out, for every spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from tariffcalc.catalogue import flow_tables
from tariffcalc.estimate import scenario_names
from tariffcalc.web.api.cells import AMOUNTS, RATES, RateCellQuery
from tariffcalc.web.api.parser import Strict, entries_of, plain
from tariffcalc.web.api.queries import EstimateQuery
from tariffcalc.web.pages.formulas import Formula, Pairs, address, for_cell, for_table
from tariffcalc.web.pages.words import sentence

TABLE_FIELDS = ("flows", "by", "scenario", "baseline", "from", "until")
CELL_FIELDS = ("product", "origin", "date", "claim", "value", "field")
TABLE_EXAMPLE = (("flows", "us-north-america-2025"), ("by", "sector,month"))
CELL_EXAMPLE = (("product", "8429511050"), ("origin", "MEX"), ("date", "2025-06-10"))

_TABLE, _CELL = EstimateQuery(), RateCellQuery()

blueprint = Blueprint("spreadsheets", __name__)


@dataclass
class Asked:
    """One kind of question: what was typed, what is wrong with it, where its answer is, its formulas."""

    typed: dict[str, str]
    pairs: Pairs
    faults: list[str] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)
    link: str = ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the address says that the form has no entry for."""
        return [pair for pair in self.pairs if pair[0] not in self.typed]

    @property
    def comma(self) -> bool:
        """Whether numbers are wanted with a decimal comma."""
        return ("decimal", ",") in self.pairs

    @property
    def turned(self) -> str:
        """The same question with the other decimal sign, as a query string."""
        rest = [pair for pair in self.pairs if pair[0] not in {"decimal", "sep"}]
        return urlencode(rest if self.comma else [*rest, ("decimal", ",")])


@blueprint.get("/spreadsheets")
def spreadsheets() -> Response:
    """Formulas for the question in the address: a table where it names one, else a cell; both, without a question."""
    given = [(name, text.strip()) for name, text in request.args.items(multi=True) if text.strip()]
    has_table = any(name == "flows" for name, _ in given)
    table = asked_of(given if has_table else TABLE_EXAMPLE, _TABLE, TABLE_FIELDS)
    cell = asked_of(given if given and not has_table else CELL_EXAMPLE, _CELL, CELL_FIELDS)
    root = request.host_url.rstrip("/")
    for one, made, path in ((table, for_table, "/v1/estimates.csv"), (cell, for_cell, "/v1/rates.txt")):
        if not one.faults:
            one.formulas, one.link = made(root, one.pairs), address(root, path, one.pairs)
    html = render_template(
        "spreadsheets.html",
        table=table,
        cell=cell,
        shown=[one for one, wanted in ((table, has_table or not given), (cell, not has_table)) if wanted],
        tables=[one["name"] for one in flow_tables()],
        scenarios=scenario_names(),
        fields=(*RATES, *AMOUNTS),
    )
    answer = make_response(html, 422 if table.faults or cell.faults else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def asked_of(pairs: Pairs, schema: Strict, names: tuple[str, ...]) -> Asked:
    """A question as it was typed, checked as the service will check it."""
    given = dict(pairs)
    asked = Asked({name: given.get(name, "") for name in names}, pairs)
    try:
        schema.load(plain(_Given(pairs), schema))
    except ValidationError as error:
        asked.faults = [_said(one) for one in entries_of(error.messages, schema)]
    return asked


class _Given:
    """Pairs as the parser takes a query string."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    def lists(self) -> list[tuple[str, list[str]]]:
        """Each name with all its values."""
        found: dict[str, list[str]] = {}
        for name, text in self._pairs:
            found.setdefault(name, []).append(text)
        return list(found.items())


def _said(one: dict[str, Any]) -> str:
    """A fault in words, beginning with the parameter it is about."""
    words = " ".join(sentence(one[key]) for key in ("message", "hint") if key in one)
    return f"{one['path']}: {words}" if "path" in one else words
