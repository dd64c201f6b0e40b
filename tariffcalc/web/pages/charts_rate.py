"""The picture of one product's rate through time and the workbook of its answer, each at an address of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from flask import Blueprint, Response, request
from marshmallow import ValidationError

from tariffcalc.formats import FORMATS, Rendered, render
from tariffcalc.rates import Rate
from tariffcalc.web.api.parser import invalid, plain
from tariffcalc.web.pages import timeline, words
from tariffcalc.web.pages.charts import ENDING, drawn, look_asked
from tariffcalc.web.pages.locale import say
from tariffcalc.web.pages.places import origin_name
from tariffcalc.web.pages.question import QUERY, Question, question_of
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import send

SIZES = ((760, 360), (340, 420))
"""Width and height of the picture on a wide page and on a phone, in pixels."""

FIXED = ("theme", "size", "lang")
"""Of an address, what is about the picture and not about the question."""

PART_COLUMNS = (
    "measure",
    "title",
    "authority",
    "heading",
    "share",
    "applied_rate",
    "duty",
    "status",
    "why",
    "act",
    "url",
)

blueprint = Blueprint("rate_charts", __name__)


@blueprint.get(f"/charts/rate.{ENDING}")
def chart(suffix: str) -> Response:
    """The rate by day, drawn."""
    from tariffcalc.formats.charts.timeline import NUMBERS, rate_timeline  # noqa: PLC0415 - Altair is slow to load

    question, look = _asked(), look_asked()
    frame, moves = _table(question)
    window = frame["from"].min(), frame["until"].max()
    numbers = NUMBERS // 2 if look.small else NUMBERS
    picture = rate_timeline(_drawable(frame), window, _events(moves), question.date, _titles(), numbers)
    title = f"{words.dotted(question.product)} · {origin_name(question.origin)}"
    height = SIZES[look.small][1]
    return drawn(look.specification(picture, title, [], height), suffix, f"tariffcalc-{question.product}")


@blueprint.get("/charts/rate.csv")
def chart_csv() -> Response:
    """The table of the same picture."""
    question = _asked()
    table = Rendered(_table(question)[0], {}, "rate through time")
    return send(render(table, "csv"), "text/csv; charset=utf-8", f"tariffcalc-{question.product}.csv")


@blueprint.get("/answer.xlsx")
def answer_book() -> Response:
    """One answer as a workbook: a row a part of the duty and a row a fee, with where it comes from."""
    found = _asked().rate()
    provenance = {**_told(found), "warnings": list(found.warnings), **found.provenance}
    book = Rendered(_parts(found), provenance, f"{found.product} of {found.origin}, {found.date}")
    form = FORMATS["xlsx"]
    return send(render(book, "xlsx"), form.content_type, f"tariffcalc-{found.product}{form.suffix}")


def _asked() -> Question:
    """The question in the address, checked as the API checks it. Raises a problem of status 422."""
    given = {name: text for name, text in request.args.items() if name not in FIXED}
    try:
        known = QUERY.load({name: text for name, text in plain(request.args, QUERY).items() if name not in FIXED})
    except ValidationError as error:
        raise invalid(error.messages, QUERY) from error
    if len(known["product"]) != 1 or len(known["origin"]) != 1:
        raise ProblemError(422, "a picture shows one product of one origin", code="too-many")
    return question_of(known, given)


def _table(question: Question) -> tuple[pd.DataFrame, list[timeline.Move]]:
    through, known_until = question.through_time(), question.law.law_known_until
    shown = timeline.shown(through, question.date, known_until)
    frame = timeline.table(shown, timeline.end_of(through, question.date, known_until))
    return frame, timeline.moves(through)


def _titles() -> Mapping[str, str]:
    """The words of the picture, in the reader's language."""
    return {
        "share": say("duty as a share of customs value"),
        "part": say("Part"),
        "from": say("From"),
        "until": say("Before"),
        "rate": say("Rate"),
        "day": say("Day"),
        "text": say("What moved"),
    }


def _drawable(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with a part to draw; where there is none at all, the line of nothing."""
    drawn_rows = frame[pd.to_numeric(frame["rate"]).fillna(0.0) > 0]
    return drawn_rows if len(drawn_rows) else frame.assign(part=say("free of duty"), rate=0.0, low=0.0, high=0.0)


def _events(moves: list[timeline.Move]) -> pd.DataFrame:
    rows = [(one.day.isoformat(), str(one.number), "; ".join(shift.title for shift in one.shifts)) for one in moves]
    return pd.DataFrame(rows, columns=["day", "number", "text"])


def _told(found: Rate) -> Mapping[str, Any]:
    """The question and its answer in single values."""
    names = ("product", "description", "importer", "origin", "date", "rate", "base_rate", "additional_rate", "resolved")
    told = found.as_dict()
    return {name: told[name] for name in (*names, "value", "duty", "currency")}


def _parts(found: Rate) -> pd.DataFrame:
    rows = [
        (
            *(one.measure, one.title, one.authority, one.heading, one.share, one.applied_rate),
            None if one.duty is None else float(one.duty),
            *(
                one.status,
                one.why,
                one.citation.title if one.citation else "",
                one.citation.url if one.citation else "",
            ),
        )
        for one in (*found.components, *found.quote.fees)
    ]
    frame = pd.DataFrame(rows, columns=list(PART_COLUMNS))
    return frame.astype(dict.fromkeys(("share", "applied_rate", "duty"), float))
