"""The keys of ``schedule.toml``, ``groups.toml`` and ``facts.toml``, and what each may hold (marshmallow)."""

from __future__ import annotations

from marshmallow import fields, validate

from tariffcalc.lawfiles.fields import Day, Names
from tariffcalc.lawfiles.schema import Strict


class HeadSchema(Strict):
    """``schedule.toml``: whose law this is, and until when it is known."""

    importer = fields.Str(required=True)
    title = fields.Str()
    currency = fields.Str(validate=validate.Regexp(r"[A-Z]{3}$", error="{input!r} is not a currency such as USD"))
    law_known_until = Day()
    base_known_from = Day()
    complete_for = Names()
    incomplete_note = fields.Str()


class MemberSchema(Strict):
    """A step of one origin's membership of a group."""

    code = fields.Str(required=True)
    start = Day(data_key="from")
    out = fields.Bool(load_default=False)
    cite = fields.Str(required=True)
    note = fields.Str()


class GroupSchema(Strict):
    """A group of origins."""

    title = fields.Str()
    member = fields.List(fields.Nested(MemberSchema), required=True, validate=validate.Length(min=1))
    note = fields.Str()


class FactsSchema(Strict):
    """``facts.toml``: the tables of facts and of contents, each checked for itself."""

    fact = fields.Dict(load_default=dict)
    content = fields.Dict(load_default=dict)
