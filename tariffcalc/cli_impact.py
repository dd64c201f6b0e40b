"""``tariffcalc impact``: how trade answers a change of the law."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tariffcalc.cli_models import beyond, beyond_options, refuse_beyond
from tariffcalc.cli_options import (
    asked,
    law_options,
    model_options,
    output_options,
    question_options,
    table_of,
    tell,
    with_options,
)
from tariffcalc.cli_ranges import range_options, refuse_ranges, run_ranges
from tariffcalc.errors import BadRequestError
from tariffcalc.impact import BEYOND

retaliation_options = [
    click.option("--retaliation", metavar="NAME|FILE", help="The other side's scenario: statutory for its law as is."),
    click.option("--retaliation-flows", metavar="TABLE", help="The other side's imports: canada-from-us-2024 ..."),
    click.option("--retaliation-baseline", metavar="NAME|FILE", help="Its law before, as a scenario."),
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
    from tariffcalc.estimate import importer_of
    from tariffcalc.response import impact as answered
    from tariffcalc.retaliation import both, other_side
    from tariffcalc.shipments import schedule_for

    sides = (given["retaliation"], given["retaliation_flows"])
    if any(sides) != all(sides):
        raise BadRequestError(
            "retaliation needs the other side's law and its imports",
            code="half-a-retaliation",
            hint="give --retaliation and --retaliation-flows, such as statutory and canada-from-us-2024",
        )
    table, question = table_of(flows, given), asked(given)
    law = schedule_for(importer_of(table), None, given["scenario"])
    refuse_ranges(given, one_market=given["model"] not in BEYOND and not any(sides))
    if given["model"] in BEYOND:
        return beyond(table, law, given)
    refuse_beyond(given)
    if given["draws"] is not None:
        return run_ranges(table, law, given)
    if not all(sides):
        return answered(table, law, **question)
    theirs = other_side(sides[1], sides[0], given["retaliation_baseline"], given["baseline"])
    return both(table, law, theirs, **question)
