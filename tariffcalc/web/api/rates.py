"""``/rates`` and ``/rates/history``: one shipment, or one product through time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import product as every_pair
from typing import Any

import pandas as pd
from flask import Response

from tariffcalc.formats import Options, Rendered, render
from tariffcalc.history import history
from tariffcalc.rates import Rate, answer
from tariffcalc.web.api.answers import RateAnswer, TableAnswer
from tariffcalc.web.api.cells import TEXT, RateCellQuery, cell
from tariffcalc.web.api.parser import Blueprint
from tariffcalc.web.api.queries import HistoryQuery, HistoryTextQuery, RateQuery, RateTextQuery
from tariffcalc.web.kept import kept
from tariffcalc.web.limits import heavy
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import send, send_json

MOST_PAIRS = 200
FEW = 20
"""More pairs than that take their turn with the estimates."""

CSV = "text/csv; charset=utf-8"
COLUMNS = (
    "product",
    "description",
    "importer",
    "origin",
    "date",
    "rate",
    "base_rate",
    "additional_rate",
    "resolved",
    "prohibited",
    "value",
    "duty",
    "refund",
    "fees",
    "currency",
    "measures",
    "warnings",
)

ONE_OR_SEVERAL = {"oneOf": [RateAnswer, {"type": "array", "items": RateAnswer}]}

blueprint = Blueprint("rates", __name__, url_prefix="/v1", description="What one shipment pays, and why")


@blueprint.route("/rates")
@kept
@blueprint.arguments(RateQuery(), location="query")
@blueprint.response(200, RateAnswer)
@blueprint.doc(responses={200: {"content": {"application/json": {"schema": ONE_OR_SEVERAL}}}})
def get_rate(asked: dict[str, Any]) -> Response:
    """What one shipment pays; with repeated products or origins, a list."""
    answers = [one.as_dict() for one in rates_of(asked)]
    return send_json(answers if is_list(asked) else answers[0])


@blueprint.route("/rates.csv")
@kept
@blueprint.arguments(RateTextQuery(), location="query")
@blueprint.response(200, content_type="text/csv", description="A row a product and origin.")
def get_rates_csv(asked: dict[str, Any]) -> Response:
    """The same as a table: a row a product and origin."""
    rows = [row_of(one) for one in rates_of(asked)]
    table = Rendered(pd.DataFrame(rows, columns=list(COLUMNS)))
    return send(render(table, "csv", text_options(asked)), CSV, "tariffcalc-rates.csv")


@blueprint.route("/rates.txt")
@kept
@blueprint.arguments(RateCellQuery(), location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/plain", example="0.125")
def get_rate_text(asked: dict[str, Any]) -> Response:
    """One value for one cell of a spreadsheet: a number as text, or words where it is not known."""
    (found,) = rates_of(asked)
    return send(cell(found, asked["field"], asked["decimal"]).encode(), TEXT)


@blueprint.route("/rates/history")
@kept
@blueprint.arguments(HistoryQuery(), location="query")
@blueprint.response(200, TableAnswer)
def get_history(asked: dict[str, Any]) -> Response:
    """The rate through time: a row a segment and measure."""
    return send(render(_history(asked), "json"), "application/json")


@blueprint.route("/rates/history.csv")
@kept
@blueprint.arguments(HistoryTextQuery(), location="query")
@blueprint.response(200, content_type="text/csv", description="A row a segment and measure.")
def get_history_csv(asked: dict[str, Any]) -> Response:
    """The same as CSV."""
    return send(render(_history(asked), "csv", text_options(asked)), CSV, "tariffcalc-history.csv")


def is_list(asked: Mapping[str, Any]) -> bool:
    """Whether several were asked for, or a list of one."""
    several = len(asked["product"]) > 1 or len(asked["origin"]) > 1
    return bool(several or asked["products"] or asked["origins"])


def rates_of(asked: Mapping[str, Any]) -> list[Rate]:
    """The rate of every product with every origin asked for."""
    pairs = list(every_pair([*asked["product"], *asked["products"]], [*asked["origin"], *asked["origins"]]))
    if len(pairs) > MOST_PAIRS:
        said = f"{len(pairs)} pairs of product and origin are more than the {MOST_PAIRS} that one answer holds"
        raise ProblemError(422, said, code="too-many", hint="ask in parts, or post a table to /v1/estimates")
    return _all(pairs, asked) if len(pairs) <= FEW else heavy(_all)(pairs, asked)


def _all(pairs: Iterable[tuple[str, str]], asked: Mapping[str, Any]) -> list[Rate]:
    return [_rate(product, origin, asked) for product, origin in pairs]


def _rate(product: str, origin: str, asked: Mapping[str, Any]) -> Rate:
    given = {name: asked[name] for name in ("loaded", "value", "quantity", "unit", "mode", "status") if name in asked}
    return answer(product, origin, asked["date"], asked["importer"], **given, **known_of(asked))


def known_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the goods, and under which law they are looked at."""
    return {
        "claim": asked.get("claim"),
        "as_known_on": asked.get("as_known_on"),
        "scenario": asked.get("scenario"),
        "shares": dict(asked["share"]),
        "facts": dict.fromkeys(asked["fact"], True),
        "ave": asked["ave"],
    }


def text_options(asked: Mapping[str, Any]) -> Options:
    """How the CSV that was asked for is written."""
    return Options(asked["bom"], asked["decimal"], asked["sep"])


def _history(asked: Mapping[str, Any]) -> Rendered:
    window = asked.get("start"), asked.get("until")
    frame = history(asked["product"], asked["origin"], *window, asked["importer"], **known_of(asked))
    return Rendered(frame, {}, f"{asked['product']} of {asked['origin']}")


def row_of(one: Rate) -> list[Any]:
    """A rate as a row of a table, by ``COLUMNS``."""
    told = one.as_dict()
    told |= {name: str(told[name]).lower() for name in ("resolved", "prohibited")}
    told["refund"] = _sum(part.refund for part in one.components)
    told["fees"] = _sum(part.duty for part in one.quote.fees)
    told["measures"] = " + ".join(part.measure for part in one.components)
    told["warnings"] = "; ".join(one.warnings)
    return [told[name] for name in COLUMNS]


def _sum(amounts: Iterable[Decimal | None]) -> float | None:
    """What is known of some amounts; nothing where none is."""
    known = [amount for amount in amounts if amount is not None]
    return float(sum(known)) if known else None
