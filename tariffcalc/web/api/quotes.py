"""``/quotes``: many shipments in one request. Each line has its own status; none fails the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import pandas as pd
from flask import Response, current_app
from marshmallow import ValidationError

from tariffcalc.errors import ScenarioError, TariffcalcError
from tariffcalc.formats import FORMATS, Options, Rendered, render
from tariffcalc.quotes import Quoter
from tariffcalc.rates import Rate
from tariffcalc.web.apart import apart
from tariffcalc.web.api import bodies, results
from tariffcalc.web.api.checks import LONGEST_REFERENCE
from tariffcalc.web.api.parser import Blueprint, entries_of
from tariffcalc.web.api.quote_lines import Numbered, sent_lines
from tariffcalc.web.api.quote_schemas import QUOTE_BODIES, QuoteLine, QuotesAnswer, QuoteTableQuery, as_text
from tariffcalc.web.api.rates import COLUMNS, known_of, row_of, text_options
from tariffcalc.web.api.retries import TOLD as RETRY_KEY
from tariffcalc.web.api.retries import guarded
from tariffcalc.web.limits import heavy
from tariffcalc.web.problems import ProblemError, entry, of_domain
from tariffcalc.web.respond import send

FAULT = ("path", "code", "message", "hint")
"""Columns of a line's first fault; all of them are in the one after."""
MOST_FAULTS = 20
"""So many faults are told of a line, and so many of a scenario at each line that names it; the rest is counted."""
MOST_LAWS = 50
"""Under so many laws lines may be quoted: each day of knowledge and each scenario makes one, which takes its time."""
FEW = 50
"""So many lines are answered like a rate; more take their turn with the estimates."""

blueprint = Blueprint("quotes", __name__, url_prefix="/v1", description="What many shipments pay, and why")
_LINE = QuoteLine()
_LAW = ("importer", "as_known_on", "scenario")


@dataclass
class Quoted:
    """One line's answer: its rate, or what is wrong with it."""

    line: int
    reference: str | None
    rate: Rate | None
    errors: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """The line as it is answered in JSON."""
        head = {"line": self.line, "reference": self.reference}
        if self.rate is not None:
            return {**head, "status": "ok", "quote": self.rate.as_dict()}
        return {**head, "status": "error", "problem": self.errors[0], "errors": self.errors}

    def as_row(self) -> list[Any]:
        """The line as a row of a table: the columns of a rate, then the first fault and all of them in words."""
        if self.rate is not None:
            return [self.line, self.reference, "ok", *row_of(self.rate), *[None] * len(FAULT), None]
        first = [self.errors[0].get(name) for name in FAULT]
        words = "; ".join(map(_words, self.errors))
        return [self.line, self.reference, "error", *[None] * len(COLUMNS), *first, words]


@blueprint.route("/quotes", methods=["POST"])
@blueprint.response(200, QuotesAnswer)
@blueprint.doc(
    requestBody=bodies.contents(QUOTE_BODIES, QuoteTableQuery, "lines"),
    parameters=[RETRY_KEY],
    responses={"200": {"content": results.KINDS}, "400": {}, "406": {}, "409": {}, "413": {}, "415": {}, "422": {}},
)
@guarded
def post_quotes() -> Response:
    """What many shipments pay: each line is quoted as GET /v1/rates quotes one, with its own status.

    The body is JSON (lines with what holds for all of them, a list of lines, or one shipment by itself), a table with
    a row a shipment (CSV, TSV, XLSX, Parquet, Arrow; what holds for all rows may stand in the query string) or a form
    with the table as the file called lines. The answer is JSON, or with Accept a table.
    """
    name = results.accepted()
    sent = sent_lines()
    if not (lines := sent.lines):
        raise ProblemError(422, "there are no lines to quote", code="empty-table", hint="give at least one shipment")
    _check_laws(lines)
    options = text_options(sent.asked) if name != "json" else None
    made = (made_of if len(lines) <= FEW else _made_apart)(lines, name, options, sent.warnings)
    form = FORMATS[name]
    return send(made, form.content_type, None if name == "json" else f"tariffcalc-quotes{form.suffix}")


def _check_laws(lines: Iterable[Numbered]) -> None:
    """Refuse lines that name more laws than one request may."""
    said = (one for _, one in lines if isinstance(one, Mapping))
    laws = {tuple(one[name] if isinstance(one.get(name), str) else "" for name in _LAW) for one in said}
    if len(laws) > MOST_LAWS:
        told = f"the lines are under {len(laws):,} laws; {MOST_LAWS} are taken"
        raise ProblemError(422, told, code="too-many", hint="ask in parts, by as_known_on, scenario and importer")


def made_of(lines: Sequence[Numbered], name: str, options: Options | None, warnings: Sequence[str] = ()) -> bytes:
    """The lines quoted, in a format; ``warnings`` are of the table that they stood in."""
    answered = quoted(lines)
    if name == "json":
        return _json(answered, warnings)
    columns = ["line", "reference", "status", *COLUMNS, *FAULT, "errors"]
    table = pd.DataFrame([one.as_row() for one in answered], columns=columns)
    return render(Rendered(table, {}, "quotes", tuple(warnings)), name, options)


_made_apart = heavy(apart(made_of))


def quoted(lines: Iterable[Numbered]) -> list[Quoted]:
    """Every line's answer, in their order."""
    quoter = Quoter()
    return [_quoted(number, line, quoter) for number, line in lines]


def _quoted(number: int, line: Any, quoter: Quoter) -> Quoted:
    said = line.get("reference") if isinstance(line, Mapping) else None
    reference = told[:LONGEST_REFERENCE] if isinstance(told := as_text(said), str) else None
    try:
        return Quoted(number, reference, _rate(_LINE.load(_opened(line)), quoter), [])
    except ValidationError as error:
        faults = [*islice(entries_of(error.messages, _LINE), MOST_FAULTS), *_faults_of_law(error.valid_data, quoter)]
        return Quoted(number, reference, None, faults)
    except TariffcalcError as error:
        return Quoted(number, reference, None, _faults(error))
    except RecursionError:
        return Quoted(number, reference, None, [entry("malformed", "the line is nested too deeply")])
    except Exception:  # one line never fails the others
        current_app.logger.exception("line %d of a request for quotes", number)
        accident = "something went wrong inside the service; it has been logged"
        return Quoted(number, reference, None, [entry("internal", accident)])


def _opened(line: Any) -> Mapping[str, Any]:
    """What a line says. Raises ``ValidationError`` where it could not be read."""
    if isinstance(line, ValidationError):
        raise line
    if not isinstance(line, Mapping):
        raise ValidationError([entry("not-an-object", "a line is an object of names and values")])
    return line


def _faults_of_law(known: Any, quoter: Quoter) -> list[dict[str, Any]]:
    """Why the scenario of a line that is at fault elsewhere does not fit its importer's law, if it does not."""
    if not isinstance(known, Mapping) or not {"importer", "scenario"} <= known.keys():
        return []
    try:
        quoter.law(known["importer"], known.get("as_known_on"), known["scenario"])
    except TariffcalcError as error:
        return _faults(error)
    return []


def _faults(error: TariffcalcError) -> list[dict[str, Any]]:
    path = "scenario" if isinstance(error, ScenarioError) else None
    found = of_domain(error, path=path).errors
    if (rest := len(found) - MOST_FAULTS) <= 0:
        return found
    return [*found[:MOST_FAULTS], entry(error.code, f"{rest:,} more faults are not listed", path=path)]


def _words(fault: Mapping[str, Any]) -> str:
    """A fault as a person reads it: where it is, what is wrong and what to do."""
    told = f"{fault['path']}: {fault['message']}" if "path" in fault else str(fault["message"])
    return f"{told} ({fault['hint']})" if "hint" in fault else told


def _rate(asked: Mapping[str, Any], quoter: Quoter) -> Rate:
    given = {name: asked[name] for name in ("loaded", "quantity", "unit", "mode", "status") if name in asked}
    value = Decimal(asked["value"]) if "value" in asked else None
    return quoter.rate(
        asked["product"], asked["origin"], asked["date"], asked["importer"], value=value, **given, **known_of(asked)
    )


def _json(answered: list[Quoted], warnings: Sequence[str]) -> bytes:
    """The answer, line after line: no more than its text is held at a time."""
    lines = ",\n".join(json.dumps(one.as_dict(), ensure_ascii=False, allow_nan=False) for one in answered)
    summary, minded = json.dumps(summed(answered)), json.dumps(list(warnings), ensure_ascii=False)
    return f'{{"lines":[\n{lines}\n],"summary":{summary},"warnings":{minded}}}\n'.encode()


def summed(answered: list[Quoted]) -> dict[str, Any]:
    """All lines together; amounts are those of the lines whose duty is known."""
    rates = [one.rate for one in answered if one.rate is not None]
    known = [one for one in rates if one.duty is not None]
    fees = [fee.duty for one in known for fee in one.quote.fees if fee.duty is not None]
    return {
        "lines": len(answered),
        "ok": len(rates),
        "failed": len(answered) - len(rates),
        "unresolved": sum(not one.resolved for one in rates),
        "value": float(sum(one.value or 0 for one in known)) if known else None,
        "duty": float(sum(one.duty or 0 for one in known)) if known else None,
        "fees": float(sum(fees)) if fees else None,
        "currency": rates[0].currency if rates else "USD",
    }
