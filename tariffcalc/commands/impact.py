"""``tariffcalc impact``: how trade answers a change of the law, by every model, and how sure that is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tariffcalc.commands.options import (
    asked,
    law_options,
    model_options,
    output_options,
    question_options,
    table_of,
    tell,
    with_options,
)
from tariffcalc.errors import BadRequestError

WORKERS = 2
OTHERS = ("economy", "keep_deficits", "on", "draws", "seed", "tornado", "markets", "vary")
"""Options of a whole economy, of prices and of draws."""


def _varied(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]] | None:
    """``--vary preference=settled,none`` as a mapping; None where it is not given."""
    found = {}
    for text in values:
        name, sign, options = text.partition("=")
        if not sign:
            raise click.BadParameter(f"{text!r}: write it as preference=settled,none")
        found[name.strip().replace("-", "_")] = tuple(one.strip() for one in options.split(","))
    return found or None


beyond_options = [
    click.option("--economy", metavar="NAME|FOLDER", help="exact-hat: caliendo-parro-1993 unless said, or a folder."),
    click.option("--keep-deficits", is_flag=True, help="exact-hat: leave trade deficits as they are."),
    click.option("--on", help="io-prices: the model of what importers pay, static unless said."),
]
retaliation_options = [
    click.option("--retaliation", metavar="NAME|FILE", help="The other side's scenario: statutory for its law as is."),
    click.option("--retaliation-flows", metavar="TABLE", help="The other side's imports: canada-from-us-2024 ..."),
    click.option("--retaliation-baseline", metavar="NAME|FILE", help="Its law before, as a scenario."),
]
range_options = [
    click.option("--draws", type=int, help="Draw the elasticities and the assumptions so often, and tell the bands."),
    click.option("--seed", type=int, help="With --draws: the same seed gives the same numbers; 0 unless said."),
    click.option("--tornado", is_flag=True, help="With --draws: what drives the spread, instead of the bands."),
    click.option("--markets", help="With --draws: product, or a list of sectors; hs2 unless said."),
    click.option(
        "--vary",
        multiple=True,
        callback=_varied,
        metavar="NAME=A,B",
        help="With --draws: the options of preference, content, status or pass_through.",
    ),
    click.option(
        "--workers", type=click.IntRange(1), default=WORKERS, show_default=True, help="Processes for --draws."
    ),
]


@click.command()
@click.argument("flows")
@with_options(law_options)
@with_options(question_options)
@click.option("--model", default="armington", show_default=True, help="static smart armington gsim exact-hat io-prices")
@with_options(model_options)
@with_options(beyond_options)
@with_options(retaliation_options)
@with_options(range_options)
@with_options(output_options)
def impact(flows: str, form: str, output: Path | None, **given: Any) -> None:
    """How trade answers the step from the baseline's law to the scenario's: trade, prices, revenue, losses."""
    tell(run_impact(flows, **given), form, output)


def run_impact(flows: str, **given: Any) -> Any:
    """The answer that the options ask for; with retaliation, that of both sides."""
    from tariffcalc.estimate import importer_of, silent
    from tariffcalc.models import DRAWS, GROUPS, answer, kind_of
    from tariffcalc.shipments import schedule_for

    table, question = table_of(flows, given), {**asked(given), **{name: given[name] for name in OTHERS}}
    law, kind = schedule_for(importer_of(table), None, given["scenario"]), kind_of(question)
    if kind == DRAWS and not _left_alone("by"):
        click.echo("note: draws tell the headlines of the whole table: --by is passed over", err=True)
    if kind == DRAWS or (kind != GROUPS and _left_alone("by")):
        question["by"] = None
    question["full"] = True if kind == GROUPS else None
    shown = given["draws"] is not None and sys.stderr.isatty()
    how = {"theirs": _theirs(given, question), "progress": _progress if shown else silent}
    return answer(table, law, **question, **how, workers=given["workers"])


def _theirs(given: dict[str, Any], question: dict[str, Any]) -> Any:
    """The other side, if it answers too; half of what that needs is refused."""
    from tariffcalc.models import check_both
    from tariffcalc.models.retaliation import other_side

    law, flows, before = (given[name] for name in ("retaliation", "retaliation_flows", "retaliation_baseline"))
    if not any((law, flows, before)):
        return None
    if not (law and flows):
        raise BadRequestError(
            "retaliation needs the other side's law and its imports",
            code="half-a-retaliation",
            hint="give --retaliation and --retaliation-flows, such as statutory and canada-from-us-2024",
        )
    check_both(question)
    return other_side(flows, law, before, given["baseline"])


def _left_alone(name: str) -> bool:
    """Whether an option has its default because nobody gave it."""
    context = click.get_current_context(silent=True)
    source = context.get_parameter_source(name) if context else None
    return source == click.core.ParameterSource.DEFAULT


def _progress(done: float) -> None:
    click.echo(f"\rdraws: {done:4.0%}", nl=done >= 1, err=True)
