"""``/measures`` and ``/products``: the law and the words of the tariff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tariffcalc.errors import UnknownNameError
from tariffcalc.formats import Rendered, render
from tariffcalc.lawview import measure, measures
from tariffcalc.store import SavedTable
from tariffcalc.web.api.answers import MeasureAnswer, MeasuresAnswer, ProductsAnswer, TableAnswer
from tariffcalc.web.api.parser import Blueprint
from tariffcalc.web.api.queries import ChangesQuery, ChangesTextQuery, MeasureQuery, MeasuresQuery, ProductsQuery
from tariffcalc.web.api.rates import CSV, text_options
from tariffcalc.web.api.stored import linked
from tariffcalc.web.problems import of_domain
from tariffcalc.web.reckoned import reckoned_changes
from tariffcalc.web.respond import send, send_json
from tariffcalc.web.search import search

blueprint = Blueprint("law", __name__, url_prefix="/v1", description="The measures, and the words of the tariff")


@blueprint.route("/measures")
@blueprint.arguments(MeasuresQuery(), location="query")
@blueprint.response(200, MeasuresAnswer)
def list_measures(asked: dict[str, Any]) -> Response:
    """The measures that the filters let through, page by page."""
    page, size = asked.pop("page"), asked.pop("page_size")
    found = measures(**asked)
    pages = max(1, -(-len(found) // size))
    shown = found[(page - 1) * size : page * size]
    answer = send_json({"measures": shown, "total": len(found), "page": page, "page_size": size, "pages": pages})
    return linked(answer, "law.list_measures", page, pages)


@blueprint.route("/measures/<measure_id>")
@blueprint.arguments(MeasureQuery(), location="query")
@blueprint.response(200, MeasureAnswer)
def get_measure(asked: dict[str, Any], measure_id: str) -> Response:
    """One measure by its id."""
    try:
        return send_json(measure(measure_id, asked["importer"]))
    except UnknownNameError as error:
        raise of_domain(error, 404) from error


@blueprint.route("/changes")
@blueprint.arguments(ChangesQuery(), location="query")
@blueprint.response(200, TableAnswer)
def list_changes(asked: dict[str, Any]) -> Response:
    """What changed in the law since a day, and what each change costs a year."""
    return send(render(_changes(asked), "json"), "application/json")


@blueprint.route("/changes.csv")
@blueprint.arguments(ChangesTextQuery(), location="query")
@blueprint.response(200, content_type="text/csv", description="A row a day and measure.")
def list_changes_csv(asked: dict[str, Any]) -> Response:
    """The same as CSV."""
    return send(render(_changes(asked), "csv", text_options(asked)), CSV, "tariffcalc-changes.csv")


@blueprint.route("/products")
@blueprint.arguments(ProductsQuery(), location="query")
@blueprint.response(200, ProductsAnswer)
def list_products(asked: dict[str, Any]) -> Response:
    """Ten-digit lines of the tariff by words or by the beginning of a code."""
    total, found = search(asked["q"], asked["limit"])
    shown = [{"product": one.product, "description": one.description, "unit": one.unit} for one in found]
    return send_json({"q": asked["q"], "total": total, "products": shown})


def _changes(asked: Mapping[str, Any]) -> Rendered:
    frame = reckoned_changes(asked["since"], asked["flows"], until=asked.get("until"), importer=asked["importer"])
    name = asked["flows"].name if isinstance(asked["flows"], SavedTable) else frame.attrs["flows"]
    return Rendered(frame, {}, f"changes since {asked['since']}, cost a year on {name}", frame.attrs["notes"])
