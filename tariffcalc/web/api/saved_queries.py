"""What may be asked of saved things: flow tables, scenarios, runs."""

from __future__ import annotations

from marshmallow import fields

from tariffcalc.shipments import importer_code
from tariffcalc.web.api import checks as own
from tariffcalc.web.api.fields import NO_OBJECTS, NULL, REQUIRED, Checked, Whole
from tariffcalc.web.api.parser import Strict


class PageQuery(Strict):
    """Which page of a list."""

    page = Whole(
        load_default=1, validate=own.between(1, 1_000_000), metadata={"description": "Page, from 1.", "example": 1}
    )
    page_size = Whole(validate=own.between(1, 1_000), metadata={"description": "Entries a page; 100.", "example": 100})


class TableOptions(Strict):
    """How a table that is to be saved is read, and what it is called."""

    name = Checked(own.name, "What the table is called.", "my imports of 2025")
    on_bad_row = Checked(
        own.Choice("way with bad rows", ("fail", "skip")), "fail or skip.", "fail", load_default="fail"
    )
    importer = Checked(importer_code, "Importer of rows that do not say.", "USA")
    origin = Checked(own.country, "Origin of rows that do not say.", "CAN")


class TableBody(TableOptions):
    """A table as rows."""

    rows = fields.List(
        fields.Raw(allow_none=True, metadata={"type": "object"}),
        required=True,
        error_messages={"required": REQUIRED, "null": NULL, "invalid": NO_OBJECTS},
        metadata={
            "description": "The rows, each with the columns of a flow table.",
            "example": [{"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000000}],
        },
    )
