"""``tariffcalc reverse``: which rate would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tariffcalc.commands.options import (
    MODEL_NAMES,
    law_options,
    model_options,
    output_options,
    table_of,
    table_options,
    tell,
    window_options,
    with_options,
)


def _codes(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in (text or "").split(",") if one.strip())


@click.command()
@click.argument("flows")
@click.option("--raise", "revenue", type=float, help="Dollars of duty to be raised in the window, such as 10e9.")
@click.option("--origins", callback=_codes, help="Countries that the rate is on: CAN,MEX; all unless said.")
@click.option("--products", callback=_codes, help="HS codes that the rate is on: 44,4707; all unless said.")
@click.option("--model", default="armington", show_default=True, help="static smart armington gsim")
@with_options(law_options)
@with_options([*window_options, *table_options])
@with_options(model_options)
@with_options(output_options)
def reverse(flows: str, form: str, output: Path | None, **given: Any) -> None:
    """The rate on a scope that raises a sum, and those that raise and gain most."""
    from tariffcalc.estimate import case_of, importer_of
    from tariffcalc.models.response import Behaviour
    from tariffcalc.models.reverse import Sought, rate_sought
    from tariffcalc.shipments import schedule_for

    table = table_of(flows, given)
    law = schedule_for(importer_of(table), None, given["scenario"])
    sought = Sought.of(given["origins"], given["products"], given["revenue"])
    how = Behaviour(given["model"], **{name: given[name] for name in MODEL_NAMES})
    asked = {name: given[name] for name in ("basis", "status", "as_known_on")}
    case = case_of(table, law, by=("origin",), window=(given["start"], given["until"]), **asked)
    tell(rate_sought(case, how, sought), form, output)
