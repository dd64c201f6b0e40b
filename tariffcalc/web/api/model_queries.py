"""How trade answers, as it may be asked: the model, what it goes by, and how often it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from tariffcalc import models
from tariffcalc.engine.aggregate import BY
from tariffcalc.errors import BadRequestError, TariffcalcError, nearest_hint
from tariffcalc.impact import MODELS
from tariffcalc.impact.elasticities import plain_table
from tariffcalc.models.ranges import MOST_DRAWS, PRODUCT, check_varied
from tariffcalc.models.response import without_baseline
from tariffcalc.sources.economies import economy_names
from tariffcalc.sources.elasticities import BUNDLED
from tariffcalc.sources.trade_facts import sector_names
from tariffcalc.web.api.checks import Choice, between, flows_known, scenario_known
from tariffcalc.web.api.fields import Checked, Flag, Names, Several, Whole, told
from tariffcalc.web.api.parser import Strict
from tariffcalc.web.problems import entry

MOST_ELASTICITIES = 50_000
"""Rows of a table of elasticities that is sent: it is kept with the question."""
RETALIATION = ("retaliation", "retaliation_flows", "retaliation_baseline")
OTHER_GROUPS = ("country", "category", "commodity", "total")
GROUPS = (*BY, *OTHER_GROUPS)
"""What the answer of some model may be grouped by."""


def _groups(names: list[str]) -> tuple[str, ...]:
    """Names that some model's answer may be grouped by."""
    for name in names:
        if name not in GROUPS:
            hint = nearest_hint(name, BY) or f"known: {', '.join(BY)}; of some models {', '.join(OTHER_GROUPS)}"
            raise BadRequestError(f"by {name!r} is not known", code="unknown-by", hint=hint)
    return tuple(names)


def _check_retaliation(data: Mapping[str, Any]) -> None:
    """Refuse half of what the other side's answer needs, and models that know one side only."""
    given = [name for name in RETALIATION if name in data]
    if not given:
        return
    models.check_both(data)
    if "retaliation" not in data or "retaliation_flows" not in data:
        raise BadRequestError(
            "retaliation needs the other side's law and its imports",
            code="half-a-retaliation",
            hint="give retaliation and retaliation_flows, such as statutory and canada-from-us-2024",
        )
    if data.get("baseline") is None:
        raise without_baseline()


def _share(number: float) -> None:
    if not 0 <= number <= 1:
        raise BadRequestError(f"{number} is not between 0 and 1", code="bad-pass-through", hint="write it as 0.9")


def _varied(text: str) -> tuple[str, tuple[str, ...]]:
    """``preference=settled,none`` as an assumption and its options."""
    name, sign, options = text.partition("=")
    if not sign:
        said = f"{text!r} is not an assumption and its options"
        raise BadRequestError(said, code="bad-options", hint="write it as preference=settled,none")
    return check_varied(name.strip().replace("-", "_"), tuple(one.strip() for one in options.split(",")))


def _listed(options: Any) -> list[Any]:
    return options if isinstance(options, list) else [options]


class Figure(fields.Float):
    """A finite number that ``check`` lets pass, or refuses with a domain error."""

    def __init__(self, check: Callable[[float], Any], about: str, example: float) -> None:
        """Take what the contract says about the parameter, with an example, which is how a fault says to write it."""
        fault = [entry("not-a-number", "this is not a finite number", f"write it as {example:g}")]
        messages: Any = dict.fromkeys(("invalid", "special", "too_large", "null"), fault)
        super().__init__(metadata={"description": about, "example": example}, error_messages=messages)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        number = super()._deserialize(value, attr, data, **rest)
        try:
            self.check(number)
        except TariffcalcError as error:
            raise told(error) from error
        return number


class Varied(Several):
    """Assumptions with the options between which draws choose, as texts or, in JSON, as an object of lists."""

    _NOT = [entry("wrong-type", "these are no assumptions", 'write {"preference": ["settled", "none"]}')]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "null": _NOT}  # noqa: RUF012

    def __init__(self, about: str, example: str) -> None:
        """Take what the contract says about the parameter, with an example."""
        inner = Checked(_varied, about, example)
        super().__init__(inner, metadata={"description": about, "example": [example]})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        if isinstance(value, str):
            value = [value]
        elif isinstance(value, Mapping):
            value = [f"{name}={','.join(map(str, _listed(options)))}" for name, options in value.items()]
        pairs: list[Any] = super()._deserialize(value, attr, data, **rest) or []
        return dict(pairs)


class ElasticitiesGiven(Checked):
    """A bundled table of elasticities by name, or the rows of one."""

    takes_list = True
    _NOT = [entry("wrong-type", "this is no table of elasticities", "give a name, or a list of rows")]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "null": _NOT}  # noqa: RUF012

    def __init__(self, about: str) -> None:
        """Take what the contract says about the parameter."""
        super().__init__(Choice("table of elasticities", BUNDLED), about, BUNDLED[0])
        self.metadata = {**self.metadata, "type": ["string", "array"], "items": {"type": "object"}}
        self.metadata.pop("enum")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        if not isinstance(value, list):
            return super()._deserialize(value, attr, data, **rest)
        if len(value) > MOST_ELASTICITIES:
            said = f"{len(value):,} rows are more than the {MOST_ELASTICITIES:,} that are taken"
            raise ValidationError([entry("table-too-large", said, "give fewer digits of the codes")])
        return value


class ModelOptions(Strict):
    """What decides how trade answers."""

    by = Names(
        _groups,
        "What the result is grouped by: sector and month, by exact-hat country, by io-prices category unless said.",
        "sector,month",
    )
    model = Checked(
        Choice("model", models.NAMES),
        "How trade answers; all but static need a baseline.",
        "static",
        load_default="static",
    )
    elasticities: Any = Checked(
        Choice("table of elasticities", BUNDLED), "A bundled table of elasticities.", "broda-weinstein-2006"
    )
    demand = Figure(lambda number: plain_table(demand=number), "Elasticity of import demand, for every product.", -1.25)
    substitution = Figure(
        lambda number: plain_table(substitution=number), "Elasticity of substitution between origins.", 3.0
    )
    supply = Figure(
        lambda number: plain_table(supply=number), "Elasticity of export supply; 1e9 for a fixed world price.", 1.5
    )
    pass_through = Figure(_share, "Fraction of a change of duty that buyers bear.", 0.9)
    full = Flag(load_default=False, metadata={"description": "All columns of how trade answers, not three of them."})
    economy = Checked(Choice("economy", economy_names()), "exact-hat: the economy that answers.", models.ECONOMY)
    keep_deficits = Flag(load_default=False, metadata={"description": "exact-hat: leave trade deficits as they are."})
    on = Checked(Choice("model of one market", MODELS), "io-prices: the model of what importers pay.", models.ON)
    draws = Whole(
        validate=between(1, MOST_DRAWS),
        metadata={"description": "Draw elasticities and assumptions so often, and tell the bands.", "example": 1000},
    )
    seed = Whole(
        validate=between(0, 2**32 - 1),
        metadata={"description": "Draws: the same seed gives the same numbers; 0 unless said.", "example": 1},
    )
    tornado = Flag(load_default=False, metadata={"description": "Draws: tell what drives the spread, not the bands."})
    markets = Checked(
        Choice("kind of market", (PRODUCT, *sector_names())), "Draws: product, or a list of sectors.", models.MARKETS
    )
    vary = Varied(
        "Draws: options of preference, content, status or pass_through to choose between.", "preference=settled,none"
    )

    retaliation: Any = Checked(
        scenario_known,
        "The other side's scenario, which answers too; statutory for its law as is.",
        "statutory",
    )
    retaliation_flows = Checked(flows_known, "The other side's imports: a table by name or id.", "canada-from-us-2024")
    retaliation_baseline: Any = Checked(
        scenario_known, "Its law before, as a scenario; as known on the day of the baseline unless said.", "statutory"
    )

    @validates_schema(skip_on_field_errors=True)
    def options_belong_together(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse options of another model, and groups that the model does not answer by."""
        at = "draws" if "draws" in data else "model"
        try:
            models.refuse_others(models.kind_of(data), data)
            at = "by"
            models.groups_of(data)
            at = "baseline"
            if models.needs_baseline(data) and data.get("baseline") is None:
                raise without_baseline()
            at = "retaliation"
            _check_retaliation(data)
        except TariffcalcError as error:
            raise ValidationError({at: told(error).messages}) from error
