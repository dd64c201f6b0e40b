"""Quotes in bulk: what a line may say, and what is answered to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validates_schema

from tariffcalc.engine.flow_cells import written
from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import STATUSES
from tariffcalc.quotes import long_enough
from tariffcalc.shipments import MODES
from tariffcalc.web.api import checks as own
from tariffcalc.web.api.answers import ProblemEntry, RateAnswer, many, number, text
from tariffcalc.web.api.fields import NO_OBJECT, NO_OBJECTS, NULL, REQUIRED, Checked, told
from tariffcalc.web.api.parser import Strict
from tariffcalc.web.api.queries import GoodsQuery, TextQuery, known_products, quantity

LISTS = ("share", "fact")
_LONGEST_NAME = 100


class Plain(Checked):
    """A number or a text, taken as text."""

    def __init__(self, check: Callable[[str], Any], about: str, example: Any) -> None:
        """Take what the contract says about it, with an example."""
        super().__init__(check, about, example)
        self.metadata = {**self.metadata, "type": ["number", "string"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        return super()._deserialize(as_text(value), attr, data, **rest)


def as_text(value: Any) -> Any:
    """A number as people write it; anything else as it is."""
    return written(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _product(text: str) -> str:
    return long_enough(own.product(text))


def _country(text: str) -> str:
    """A country; a name that a whole column spells wrong is looked for once."""
    code, faults = _country_or_faults(text) if len(text) <= _LONGEST_NAME else (own.country(text), [])
    if code is None:
        raise ValidationError(list(faults))
    return code


@lru_cache(maxsize=4096)
def _country_or_faults(text: str) -> tuple[str | None, list[Any]]:
    try:
        return own.country(text), []
    except TariffcalcError as error:
        return None, list(told(error).messages)


class QuoteLine(GoodsQuery):
    """One shipment, all of whose faults are told. A key without a value is as if it were not there."""

    product = Checked(_product, "HS or HTS code of 6, 8 or 10 digits.", "2709002010", required=True)
    origin = Checked(_country, "Country of origin: code or English name.", "CAN", required=True)
    date = Checked(own.day("date"), "Day of entry.", "2025-03-05", required=True)
    loaded = Checked(own.day("loaded"), "Day of loading.", "2025-02-20")
    value = Plain(own.amount, "Customs value in dollars.", 10000)
    quantity = quantity()
    unit = Checked(str, "Unit of the quantity.", "bbl")
    mode = Checked(own.Choice("mode of transport", MODES), "How the goods travel: some fees depend on it.", "ocean")
    about = "assessed, or owed: duty of measures later held void is a refund."
    status = Checked(own.Choice("status", STATUSES), about, "assessed", load_default="assessed")
    reference = Plain(own.reference, "A word of your own, which the answer repeats.", "invoice 17, line 3")

    @pre_load
    def refuse_repeated(self, data: Any, **_: Any) -> Any:
        """Leave a list to its key, which refuses it: whoever is refused here is told of nothing else."""
        return data

    @pre_load
    def read_lists(self, data: Any, **_: Any) -> Any:
        """Take several shares or facts in one text, with semicolons between, and shares as an object."""
        if not isinstance(data, Mapping):
            return data
        return {name: _listed(value) if name in LISTS else value for name, value in data.items()}

    @validates_schema(skip_on_field_errors=False)
    def product_is_known(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a product that the importer's tariff does not know."""
        known_products(data, "product")


class QuoteTableQuery(TextQuery, QuoteLine):
    """What holds for every shipment of a table that does not say otherwise, and how CSV is written."""

    refuse_repeated = Strict.refuse_repeated


class Defaults(fields.Dict):
    """What holds for every line that does not say."""

    takes_list = True  # so that a list is told to be no object, and not to be one given twice


class QuoteBody(Strict):
    """Many shipments."""

    lines = fields.List(
        fields.Raw(
            allow_none=True,
            metadata={"description": "An object with the parameters of GET /v1/rates; anything else is told."},
        ),
        required=True,
        error_messages={"required": REQUIRED, "null": NULL, "invalid": NO_OBJECTS},
        metadata={
            "description": "The shipments.",
            "example": [{"product": "8429511050", "origin": "MEX", "date": "2025-06-10", "value": 10000}],
        },
    )
    defaults = Defaults(
        keys=fields.String(),
        load_default=dict,
        error_messages={"null": NULL, "invalid": NO_OBJECT},
        metadata={"description": "What holds for every line that does not say.", "example": {"importer": "USA"}},
    )


SHIPMENT: dict[str, Any] = {
    "type": "object",
    "description": "A shipment by itself: an object with the parameters of GET /v1/rates; anything else is told.",
    "anyOf": [{"required": [name]} for name in QuoteLine().known],
    "not": {"required": ["lines"]},
}
QUOTE_BODIES: dict[str, Any] = {"anyOf": [QuoteBody, {"type": "array", "items": {}}, SHIPMENT]}
"""What a body of JSON may be: lines with what holds for all of them, lines alone, or one shipment."""


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    if isinstance(value, Mapping):
        return [f"{name}={share}" for name, share in value.items()]
    return value


class QuotedLine(Schema):
    """What one line pays, or what is wrong with it."""

    line = fields.Integer(
        metadata={"description": "Which line: the first is 1; of a table, its row as a person counts it.", "example": 1}
    )
    reference = text("The line's own word, repeated.", allow_none=True)
    status = text("ok or error.", "ok")
    quote = fields.Nested(RateAnswer)
    problem = fields.Nested(ProblemEntry)
    errors = many(ProblemEntry)


class QuotesSummary(Schema):
    """All lines together."""

    lines = fields.Integer(metadata={"description": "How many lines.", "example": 2})
    ok = fields.Integer(metadata={"description": "How many were quoted.", "example": 1})
    failed = fields.Integer(metadata={"description": "How many were not.", "example": 1})
    unresolved = fields.Integer(
        metadata={"description": "How many were quoted, but a part of their rate is not known.", "example": 0}
    )
    value = number("The value of the lines whose duty is known.", 10000.0)
    duty = number("The duty of those lines; null where no line has a value and a known rate.", 2500.0)
    fees = number("The fees that are known of them.", 34.64)
    currency = text("Of the three.", "USD")


class QuotesAnswer(Schema):
    """Every line with its own status, in the order in which they came."""

    lines = many(QuotedLine)
    summary = fields.Nested(QuotesSummary)
    warnings = fields.List(
        fields.String(),
        metadata={"description": "What there is to mind in a table as a whole: columns not known.", "example": []},
    )
