"""What may be asked: the query strings and bodies, with the names that the command line uses too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from tariffcalc.errors import BadRequestError, TariffcalcError, UnknownNameError
from tariffcalc.estimate import BASES, STATUSES, read_schedule
from tariffcalc.formats.slices import MOST_ROWS
from tariffcalc.law.schedule import Schedule
from tariffcalc.shipments import (
    MODES,
    as_quantity,
    check_contents,
    check_loaded,
    importer_code,
    product_of,
    programme_of,
)
from tariffcalc.web.api import checks as own
from tariffcalc.web.api.fields import (
    REQUIRED,
    Checked,
    Flag,
    FlowsGiven,
    Number,
    ScenarioGiven,
    Several,
    Whole,
    told,
)
from tariffcalc.web.api.model_queries import ElasticitiesGiven, ModelOptions
from tariffcalc.web.api.parser import Strict


def _known_on() -> Checked:
    return Checked(own.edge, "The law as it was known on that day.", "2025-02-02")


def _scenario(about: str = "A ready-made scenario, or a saved one by its id.") -> Checked:
    return Checked(own.scenario_known, about, "no-pause")


def _status() -> Checked:
    about = "assessed, or owed: duty of measures later held void is a refund."
    return Checked(own.Choice("status", STATUSES), about, "assessed", load_default="assessed")


def _importer() -> Checked:
    return Checked(own.importer, "Importer: code or English name.", "USA", load_default="USA")


def quantity() -> Number:
    """A quantity above 0."""
    about = "Quantity, for duties that are charged by it."
    return Number(validate=_measured, metadata={"description": about, "example": 500})


def _measured(given: float) -> None:
    """Refuse a quantity of nothing, or beyond all measure."""
    try:
        as_quantity(given)
    except TariffcalcError as error:
        raise told(error) from error


class NoQuery(Strict):
    """Nothing may be asked."""


class TextQuery(Strict):
    """How CSV is written."""

    bom = Flag(load_default=False, metadata={"description": "Begin with a byte order mark, for Excel's double click."})
    decimal = Checked(str, "Decimal sign: a point or a comma.", ".", load_default=".")
    sep = fields.String(load_default=None, metadata={"description": "Separator: , ; | or tab.", "example": ";"})


class GoodsQuery(Strict):
    """Goods, and what is known of them beside product and origin."""

    importer = _importer()
    claim = Checked(str, "A programme claimed, by name or symbol (usmca, S).", "usmca")
    share = Several(Checked(own.pair, "A content: steel=0.5.", "steel=0.5"), load_default=list)
    fact = Several(Checked(str, "A fact that holds: civil_aircraft ...", "civil_aircraft"), load_default=list)
    ave = Flag(
        load_default=False, metadata={"description": "Take a specific duty at its ad valorem equivalent of 2024."}
    )
    as_known_on = _known_on()
    scenario = _scenario()

    @validates_schema(skip_on_field_errors=False)
    def names_of_the_law(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse programmes, contents and facts that the importer's law does not know, and contents that cannot be."""
        law = read_schedule(data.get("importer", "USA"))
        faults: dict[str, Any] = {}
        for name in [data["claim"]] if "claim" in data else []:
            _try(faults, "claim", lambda name=name: programme_of(law, name))  # type: ignore[misc]
        for name in dict.fromkeys(name for name, _ in data.get("share", ())):
            _try(faults, "share", lambda name=name: _known("content", name, law.contents))  # type: ignore[misc]
        if not faults.get("share"):
            _try(faults, "share", lambda: _check_shares(law, data.get("share", ())))
        for name in data.get("fact", ()):
            _try(faults, "fact", lambda name=name: _known("fact", name, law.facts))  # type: ignore[misc]
        if faults:
            raise ValidationError(faults)

    @validates_schema(skip_on_field_errors=False)
    def loaded_before_entry(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse goods that were loaded after they entered."""
        faults: dict[str, Any] = {}
        if "date" in data:
            _try(faults, "loaded", lambda: check_loaded(data.get("loaded"), data["date"]))
        if faults:
            raise ValidationError(faults)


class RateQuery(GoodsQuery):
    """One shipment, or with repeated products or origins every pair of them."""

    product = Several(Checked(own.product, "HS or HTS code of 2 to 10 digits.", "2709002010"), load_default=list)
    products = Several(Checked(own.product, "The same; the answer is a list.", "2709002010"), load_default=list)
    origin = Several(Checked(own.country, "Country of origin: code or English name.", "CAN"), load_default=list)
    origins = Several(Checked(own.country, "The same; the answer is a list.", "CAN"), load_default=list)
    date = Checked(own.day("date"), "Day of entry.", "2025-03-05", required=True)
    loaded = Checked(
        own.day("loaded"), "Day of loading, where goods on the water have a rule of their own.", "2025-02-20"
    )
    value = Checked(own.amount, "Customs value in dollars.", "10000")
    quantity = quantity()
    unit = fields.String(metadata={"description": "Unit of the quantity.", "example": "bbl"})
    mode = Checked(own.Choice("mode of transport", MODES), "How the goods travel: some fees depend on it.", "ocean")
    status = _status()

    @validates_schema(skip_on_field_errors=False)
    def goods_are_named(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a query without product or origin."""
        pairs = (("product", "products"), ("origin", "origins"))
        missing = {one: REQUIRED for one, many in pairs if data.get(one) == [] and data.get(many) == []}
        if missing:
            raise ValidationError(missing)


class RateTextQuery(TextQuery, RateQuery):
    """The same, as CSV."""


class HistoryQuery(GoodsQuery):
    """A product of an origin through time."""

    product = Checked(own.product, "HS or HTS code of 2 to 10 digits.", "84295110", required=True)
    origin = Checked(own.country, "Country of origin: code or English name.", "CAN", required=True)
    start = Checked(own.edge, "First day (or month, quarter, year: its first day).", "2025-01", data_key="from")
    until = Checked(own.edge, "The day after the last.", "2026-01")

    @validates_schema(skip_on_field_errors=False)
    def product_is_known(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a product that the importer's tariff does not know."""
        known_products(data, "product")


class HistoryTextQuery(TextQuery, HistoryQuery):
    """The same, as CSV."""


class MeasureQuery(Strict):
    """Whose law."""

    importer = _importer()


class MeasuresQuery(MeasureQuery):
    """Which measures, and which page of them."""

    origin = Checked(own.country, "Measures that concern goods of this country.", "CAN")
    product = Checked(own.product, "Measures that cover this product.", "7208")
    on = Checked(own.edge, "Measures that apply on this day.", "2025-06-05")
    authority = Checked(str, "The authority they rest on.", "IEEPA")
    q = Checked(str, "A part of the id, title or heading.", "energy")
    page = Whole(load_default=1, validate=own.between(1, 1_000_000), metadata={"description": "Page, from 1."})
    page_size = Whole(load_default=50, validate=own.between(1, 200), metadata={"description": "Measures a page."})

    @validates_schema(skip_on_field_errors=False)
    def product_is_known(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a product that the importer's tariff does not know."""
        known_products(data, "product")


class ChangesQuery(MeasureQuery):
    """Since when, and on which table costs are told."""

    since = Checked(
        own.edge, "Steps that take effect or were announced on or after this day.", "2026-10", required=True
    )
    until = Checked(own.edge, "The day after the last on which a step takes effect.", "2026-11")
    flows = Checked(
        own.flows_known,
        "The table that costs are on, of its last year: a bundled one, or a saved one by its id; the importer's own.",
        "us-world-2024",
        load_default=None,
    )


class ChangesTextQuery(TextQuery, ChangesQuery):
    """The same, as CSV."""


class ProductsQuery(Strict):
    """What is looked for in the tariff."""

    q = Checked(own.words, "Words, or the first digits of a code.", "crude oil", required=True)
    limit = Whole(load_default=20, validate=own.between(1, 100), metadata={"description": "Lines at most."})


class EstimateOptions(ModelOptions):
    """How a table of trade is charged."""

    scenario: Any = _scenario()
    baseline: Any = _scenario("A ready-made or saved scenario to compare with.")
    sectors = Checked(
        own.sector_list,
        "List of sectors.",
        "hs-section",
        load_default="hs-section",
    )
    start = Checked(own.edge, "First day (or month, quarter, year: its first day).", "2025-01", data_key="from")
    until = Checked(own.edge, "The day after the last.", "2026-01")
    basis = Checked(own.Choice("basis", BASES), "observed or base_year.", "observed", load_default="observed")
    status = _status()
    as_known_on = _known_on()
    engine = Checked(str, "Where it is reckoned: only local is offered.", "local", load_default="local")
    currency = Checked(
        own.only("USD", "only USD is offered: no exchange rates are held"),
        "Only USD is offered.",
        "USD",
        load_default="USD",
    )
    on_bad_row = Checked(
        own.Choice("way with bad rows", ("fail", "skip")), "fail or skip.", "fail", load_default="fail"
    )
    importer = Checked(importer_code, "Importer of rows that do not say.", "USA")
    origin = Checked(own.country, "Origin of rows that do not say.", "CAN")


class SliceQuery(Strict):
    """Which rows of a result."""

    limit = Whole(
        validate=own.between(1, MOST_ROWS), metadata={"description": "Rows at most, for a slice.", "example": 1000}
    )
    offset = Whole(
        validate=own.between(0, 1_000_000_000), metadata={"description": "Rows before the slice.", "example": 0}
    )


class EstimateQuery(SliceQuery, TextQuery, EstimateOptions):
    """A bundled or saved table, charged."""

    flows = Checked(
        own.flows_known, "A bundled table, or a saved one by its id.", "us-north-america-2025", required=True
    )


class TableQuery(SliceQuery, TextQuery, EstimateOptions):
    """The options of a table that is the body itself."""


class WrittenQuery(SliceQuery, TextQuery):
    """Which rows of a result, and how CSV is written."""


class EstimateBody(EstimateOptions):
    """A table by name, id or rows; a scenario by name, id or keys."""

    flows = FlowsGiven("A bundled table's name, a saved one's id, or rows.", "us-north-america-2025")
    scenario = ScenarioGiven("A ready-made scenario's name, a saved one's id, or the keys of one.", "no-pause")
    baseline = ScenarioGiven("The same, to compare with.", "no-tariffs-2025")
    retaliation = ScenarioGiven("The other side's scenario, which answers too.", "statutory")
    retaliation_flows = FlowsGiven(
        "A bundled table's name, a saved one's id, or rows that name their importer.",
        "canada-from-us-2024",
        required=False,
    )
    retaliation_baseline = ScenarioGiven("Its law before, as a scenario.", "statutory")
    elasticities = ElasticitiesGiven("A bundled table of elasticities by name, or the rows of one.")


def known_products(data: Mapping[str, Any], *names: str) -> None:
    """Refuse the products in these parameters that the importer's tariff does not know, each at its place."""
    importer = data.get("importer", "USA")
    faults: dict[str, Any] = {}
    for name in names:
        given = data.get(name, [])
        if isinstance(given, str):
            _try(faults, name, lambda code=given: product_of(code, importer))  # type: ignore[misc]
            continue
        at: dict[Any, Any] = {}
        for place, code in enumerate(given):
            _try(at, place, lambda code=code: product_of(code, importer))  # type: ignore[misc]
        faults |= {name: at} if at else {}
    if faults:
        raise ValidationError(faults)


def _check_shares(law: Schedule, given: Iterable[tuple[str, float]]) -> None:
    """Refuse contents that are given twice, or are together more than the whole."""
    names = [name for name, _ in given]
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        said = f"{' and '.join(twice)} is given more than once"
        raise BadRequestError(said, code="repeated-parameter", hint="give one share of each content")
    check_contents(law, dict(given))


def _known(kind: str, name: str, known: Mapping[str, Any]) -> None:
    if name not in known:
        raise UnknownNameError.of(kind, name, known)


def _try(faults: dict[Any, Any], path: str | int, check: Callable[[], Any]) -> None:
    try:
        check()
    except TariffcalcError as error:
        faults.setdefault(path, []).extend(told(error).messages)
