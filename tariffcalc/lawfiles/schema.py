"""The keys of a measure file and what each may hold (marshmallow). Unknown keys are refused."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from tariffcalc.law.measure import BASES, CONFIDENCES, STATUSES
from tariffcalc.lawfiles.fields import Amount, Codes, Day, Fraction, Names

FORMS = (
    "ad_valorem",
    "specific",
    "compound",
    "top_up_to",
    "table",
    "trq",
    "price_gap",
    "fee",
    "other",
    "prohibited",
    "suspended",
    "ended",
)


class Strict(Schema):
    """A table whose unknown keys are an error."""

    class Meta:
        """Refuse unknown keys."""

        unknown = RAISE


class ScopeSchema(Strict):
    """Products times origins."""

    origins = Codes(single="group", several="groups")
    except_origins = Codes(single="group", several="groups")
    products = Codes(single="list", several="lists")
    except_products = Codes(single="list", several="lists")
    fact = fields.Str()


class AmountSchema(Strict):
    """Dollars per unit."""

    amount = Amount(required=True)
    unit = fields.Str(required=True)


class CompoundSchema(Strict):
    """A fraction of value and dollars per unit."""

    ad_valorem = Fraction(required=True)
    specific = Amount(required=True)
    unit = fields.Str(required=True)


class QuotaSchema(Strict):
    """A tariff-rate quota."""

    within = Fraction(required=True, data_key="in")
    over = Fraction(required=True)
    in_quota_share = Fraction(most=1)


class FeeSchema(Strict):
    """A fraction of value within bounds for one entry."""

    ad_valorem = Fraction(required=True)
    minimum = Amount(load_default=0.0, data_key="min")
    maximum = Amount(data_key="max")


class FormSchema(Strict):
    """Exactly one form of duty."""

    ad_valorem = Fraction()
    specific = fields.Nested(AmountSchema)
    compound = fields.Nested(CompoundSchema)
    top_up_to = Fraction()
    table = fields.Str()
    trq = fields.Nested(QuotaSchema)
    price_gap = fields.Nested(AmountSchema)
    fee = fields.Nested(FeeSchema)
    other = fields.Str(validate=validate.Length(min=1))
    prohibited = fields.Bool(validate=validate.Equal(True))
    suspended = fields.Bool(validate=validate.Equal(True))
    ended = fields.Bool(validate=validate.Equal(True))

    @validates_schema
    def exactly_one(self, data: dict[str, Any], **_: Any) -> None:
        """A step states exactly one form of duty."""
        given = [form for form in FORMS if form in data]
        if len(given) != 1:
            said = " and ".join(given) or "none"
            raise ValidationError(f"exactly one form of duty is wanted ({', '.join(FORMS)}); here: {said}")


class RateSchema(FormSchema):
    """A step of the rate."""

    start = Day(required=True, data_key="from")
    cite = fields.Str(required=True)
    content = fields.Str()
    note = fields.Str()
    confidence = fields.Str(validate=validate.OneOf(CONFIDENCES))


class StatusSchema(Strict):
    """A step of the legal status."""

    start = Day(required=True, data_key="from")
    status = fields.Str(required=True, data_key="is", validate=validate.OneOf(STATUSES))
    cite = fields.Str(required=True)


class ReliefSchema(Strict):
    """A step of a relief."""

    start = Day(required=True, data_key="from")
    cite = fields.Str(required=True)
    id = fields.Str()
    fact = fields.Str()
    programme = fields.Str()
    products = Codes(single="list", several="lists")
    except_products = Codes(single="list", several="lists")
    origins = Codes(single="group", several="groups")
    except_origins = Codes(single="group", several="groups")
    relieves = fields.Str()
    minimum = Fraction(most=1, data_key="min")
    maximum = Fraction(most=1, data_key="max")
    ended = fields.Bool(validate=validate.Equal(True))
    note = fields.Str()

    @validates_schema
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        """A relief says what it relieves, and for which goods."""
        if data.get("ended"):
            return
        if "relieves" not in data:
            raise ValidationError("say what it relieves: 'all' or the name of a content", "relieves")
        if not {"fact", "programme", "products", "origins"} & set(data):
            raise ValidationError("say for which goods: fact, programme, products or origins")


class StackingSchema(Strict):
    """A step of the order of precedence."""

    start = Day(data_key="from")
    cite = fields.Str(required=True)
    yields_to = Names(load_default=())
    yields_whole_to = Names(load_default=())
    displaces = Names(load_default=())
    displaces_whole = Names(load_default=())
    note = fields.Str()


class InTransitSchema(FormSchema):
    """A rule for goods on the water."""

    loaded_before = Day(required=True)
    entered_before = Day(required=True)
    cite = fields.Str(required=True)
    heading = fields.Str(load_default="")
    note = fields.Str()


class DeclaredSchema(ScopeSchema):
    """The heading of some of the measure's goods, or of each origin's."""

    start = Day(data_key="from")
    cite = fields.Str(required=True)
    heading = fields.Str()
    heading_reached = fields.Str(load_default="")
    by_origin = fields.Dict(keys=fields.Str(), values=fields.Str())

    @validates_schema
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        """One heading, or one for each origin."""
        if ("heading" in data) == ("by_origin" in data):
            raise ValidationError("state either heading or by_origin")
        if "by_origin" in data and ("origins" in data or data["heading_reached"]):
            raise ValidationError("by_origin names the origins itself, and one heading for each", "by_origin")


class CiteSchema(Strict):
    """A legal act."""

    title = fields.Str(required=True)
    url = fields.Str(required=True)
    announced = Day(required=True)
    note = fields.Str()


ANSWERS = ("rate", "this", "base", "duty", "prohibited", "unresolved")


class ExampleSchema(Strict):
    """A case with its answer."""

    why = fields.Str(required=True)
    entry = Day(required=True)
    product = fields.Str(required=True)
    origin = fields.Str(required=True)
    rate = Fraction()
    this = Fraction()
    base = Fraction()
    duty = Amount()
    prohibited = fields.Bool()
    unresolved = fields.Bool()
    value = Amount()
    quantity = Amount()
    unit = fields.Str()
    usmca = Fraction(most=1)
    facts = fields.Dict(keys=fields.Str(), values=Fraction(most=1), load_default=dict)
    shares = fields.Dict(keys=fields.Str(), values=Fraction(most=1), load_default=dict)
    loaded = Day()
    as_known_on = Day()

    @validates_schema
    def answered(self, data: dict[str, Any], **_: Any) -> None:
        """An example states what it expects."""
        if not set(ANSWERS) & set(data):
            raise ValidationError(
                "say what is expected: rate (all additional duty), this (this measure alone), base (base duty), "
                "duty (of this measure, in money), prohibited, or unresolved (whether all additional duty is not known)"
            )

    @validates_schema
    def measured(self, data: dict[str, Any], **_: Any) -> None:
        """Money and quantities are told by value; a quantity has a unit."""
        if ("duty" in data or "quantity" in data) and not data.get("value"):
            raise ValidationError("a duty in money and a quantity need the value above 0 that they belong to")
        if ("quantity" in data) != ("unit" in data):
            raise ValidationError("quantity and unit go together", "quantity")


class MeasureSchema(Strict):
    """A measure file."""

    id = fields.Str(required=True, validate=validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*$"))
    title = fields.Str(required=True)
    authority = fields.Str(required=True)
    heading = fields.Str(load_default="")
    basis = fields.Str(load_default="additional", validate=validate.OneOf(BASES))
    confidence = fields.Str(load_default="verified_secondary", validate=validate.OneOf(CONFIDENCES))
    doubts = Names(load_default=())
    sets = Names(load_default=())
    scope = fields.Nested(ScopeSchema, required=True)
    rate = fields.List(fields.Nested(RateSchema), required=True, validate=validate.Length(min=1))
    status = fields.List(fields.Nested(StatusSchema), load_default=list)
    relief = fields.List(fields.Nested(ReliefSchema), load_default=list)
    stacking = fields.List(fields.Nested(StackingSchema), load_default=list)
    in_transit = fields.List(fields.Nested(InTransitSchema), load_default=list)
    declared = fields.List(fields.Nested(DeclaredSchema), load_default=list)
    cite = fields.Dict(keys=fields.Str(), values=fields.Nested(CiteSchema), load_default=dict)
    example = fields.List(fields.Nested(ExampleSchema), load_default=list)


class FactSchema(Strict):
    """A yes/no fact of facts.toml."""

    title = fields.Str(required=True)
    question = fields.Str(load_default="")
    kind = fields.Str(load_default="fact", validate=validate.OneOf(("programme", "fact")))
    default = Fraction(most=1, load_default=0.0)
    shares = fields.Str()
    origins = Codes(single="group", several="groups")
    symbols = Names(load_default=())
    note = fields.Str()
    cite = fields.Str()
    source = fields.Str()


class ContentSchema(Strict):
    """A content of facts.toml."""

    title = fields.Str(required=True)
    kind = fields.Str(load_default="value", validate=validate.OneOf(("metal", "value")))
    default = Fraction(most=1)
    shares = fields.Str()
    note = fields.Str()
    cite = fields.Str()
    source = fields.Str()
