"""The keys of a scenario and what each may hold (marshmallow). Unknown keys are refused."""

from __future__ import annotations

from marshmallow import fields, validate

from tariffcalc.lawfiles.fields import Codes, Day, Fraction, NameOrNames, Names, Target
from tariffcalc.lawfiles.schema import ScopeSchema, Strict

KINDS = ("set", "pause", "resume", "end", "disable", "scope", "add", "stack", "as_known")
PREFERENCES = ("settled", "observed", "2024", "none", "all")
CONTENTS = ("table", "full")
COLLECTIONS = ("statutory", "collected")


class WhereSchema(Strict):
    """Which measures a change concerns, on which part of their scope."""

    measures = Names()
    authority = NameOrNames()
    origins = Codes(single="group", several="groups")
    products = Codes(single="list", several="lists")


class ChangeSchema(Strict):
    """One change: exactly one kind, and the keys that go with it."""

    set = Target()
    pause = Target()
    resume = Target()
    end = Target()
    disable = Target()
    scope = fields.Str()
    add = fields.Dict()
    stack = fields.Str()
    as_known = Target()
    where = fields.Nested(WhereSchema)
    rate = fields.Raw()
    content = fields.Str()
    start = Day(data_key="from")
    until = Day()
    on = Day()
    origins = Codes(single="group", several="groups")
    except_origins = Codes(single="group", several="groups")
    products = Codes(single="list", several="lists")
    except_products = Codes(single="list", several="lists")
    yields_to = Names(load_default=())
    yields_whole_to = Names(load_default=())
    displaces = Names(load_default=())
    displaces_whole = Names(load_default=())
    note = fields.Str()


class AddSchema(Strict):
    """A measure of the scenario's own."""

    id = fields.Str(required=True, validate=validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*$"))
    title = fields.Str(load_default="")
    authority = fields.Str(load_default="scenario")
    scope = fields.Nested(ScopeSchema, load_default=dict)
    rate = fields.Raw(required=True)
    content = fields.Str()
    start = Day(data_key="from")
    until = Day()
    yields_to = Names(load_default=())
    yields_whole_to = Names(load_default=())
    displaces = Names(load_default=())
    displaces_whole = Names(load_default=())


class AssumptionsSchema(Strict):
    """What the run assumes."""

    preference = fields.Raw()
    content = fields.Raw()
    facts = fields.Dict(keys=fields.Str(), values=Fraction(most=1))
    readings = fields.Dict(keys=fields.Str(), values=fields.Str())
    pass_through = Fraction(most=1)
    collection = fields.Str(validate=validate.OneOf(COLLECTIONS))


class ScenarioSchema(Strict):
    """A scenario."""

    name = fields.Str(required=True)
    title = fields.Str(load_default="")
    description = fields.Str()
    importers = Names(load_default=())
    as_known_on = Day()
    change = fields.List(fields.Dict(), load_default=list)
    assumptions = fields.Dict(load_default=dict)


class AlternativeSchema(Strict):
    """One way to read a disputed point."""

    name = fields.Str(required=True)
    title = fields.Str(required=True)
    change = fields.List(fields.Dict(), load_default=list)


class ReadingSchema(Strict):
    """A disputed point of law."""

    id = fields.Str(required=True)
    title = fields.Str(required=True)
    question = fields.Str(load_default="")
    default = fields.Str(required=True)
    note = fields.Str()
    alternative = fields.List(fields.Nested(AlternativeSchema), required=True, validate=validate.Length(min=2))
