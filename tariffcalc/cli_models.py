"""The models beyond one market, as ``tariffcalc impact`` asks them: the whole economy, and what households pay."""

from __future__ import annotations

from typing import Any

import click

from tariffcalc.cli_options import MODEL_NAMES, asked
from tariffcalc.errors import BadRequestError
from tariffcalc.impact import BEYOND

ECONOMY = "caliendo-parro-1993"
ON = "static"

beyond_options = [
    click.option(
        "--economy", metavar="NAME|FOLDER", help=f"exact-hat: {ECONOMY} unless said, or a folder of your own."
    ),
    click.option("--keep-deficits", is_flag=True, help="exact-hat: leave trade deficits as they are."),
    click.option("--on", help=f"io-prices: the model of what importers pay, {ON} unless said."),
]


def beyond(table: Any, law: Any, given: dict[str, Any]) -> Any:
    """The answer of one of these models to the options given; options that it does not know are refused."""
    question = {name: value for name, value in asked(given).items() if name not in ("model", "sectors")}
    if _left_alone("by"):
        del question["by"]
    if given["model"] == "exact-hat":
        from tariffcalc.economy import economy_impact

        _refuse(
            given, (*MODEL_NAMES, "on", "retaliation"), "theta comes with the economy, and only one side's law moves"
        )
        question = {name: value for name, value in question.items() if name not in MODEL_NAMES}
        economy = given["economy"] or ECONOMY
        return economy_impact(table, law, economy=economy, close_deficits=not given["keep_deficits"], **question)
    from tariffcalc.consumer_prices import price_impact

    _refuse(given, ("economy", "keep_deficits", "retaliation"), "they belong to `impact` with other models")
    return price_impact(table, law, on=given["on"] or ON, **question)


def refuse_beyond(given: dict[str, Any]) -> None:
    """Refuse the options of these models beside another."""
    _refuse(given, ("economy", "keep_deficits", "on"), f"they belong to the models {' and '.join(BEYOND)}")


def _refuse(given: dict[str, Any], names: tuple[str, ...], why: str) -> None:
    wrong = [f"--{name.replace('_', '-')}" for name in names if given[name] not in (None, False)]
    if wrong:
        said = f"the model {given['model']} does not know {', '.join(wrong)}"
        raise BadRequestError(said, code="option-of-other-model", hint=f"leave it out: {why}")


def _left_alone(name: str) -> bool:
    """Whether an option has its default because nobody gave it."""
    context = click.get_current_context(silent=True)
    source = context.get_parameter_source(name) if context else None
    return source == click.core.ParameterSource.DEFAULT
