"""``tariffcalc impact --draws`` and ``tariffcalc reverse``: how sure an answer is, and which rate would do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tariffcalc.cli_options import (
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
from tariffcalc.errors import BadRequestError

WORKERS = 2
FEW = 100
"""So few draws are done sooner than another process starts."""


def _varied(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """``--vary preference=settled,none`` as a mapping."""
    found = {}
    for text in values:
        name, sign, options = text.partition("=")
        if not sign:
            raise click.BadParameter(f"{text!r}: write it as preference=settled,none")
        found[name.strip().replace("-", "_")] = tuple(one.strip() for one in options.split(","))
    return found


range_options = [
    click.option("--draws", type=int, help="Draw the elasticities and the assumptions so often, and tell the bands."),
    click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same numbers."),
    click.option("--tornado", is_flag=True, help="With --draws: what drives the spread, instead of the bands."),
    click.option("--markets", default="hs2", show_default=True, help="With --draws: product, or a list of sectors."),
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


def refuse_ranges(given: dict[str, Any], *, one_market: bool) -> None:
    """Refuse draws of what has none, and options of draws without ``--draws``."""
    if given["draws"] is None and (given["tornado"] or given["vary"]):
        raise BadRequestError(
            "--tornado and --vary belong to --draws", code="half-a-range", hint="say how many, such as --draws 1000"
        )
    if given["draws"] is not None and not one_market:
        raise BadRequestError(
            "draws are of one side's trade, by the models static, smart, armington and gsim",
            code="draws-not-meant",
            hint="leave --draws out, or --retaliation, or choose another model",
        )


def run_ranges(table: Any, law: Any, given: dict[str, Any]) -> Any:
    """The bands or the tornado that the options of ``impact`` ask for; a result by groups has none."""
    from tariffcalc.estimate import case_of
    from tariffcalc.impact.uncertainty import Work
    from tariffcalc.ranges import Ask, ranges
    from tariffcalc.response import Behaviour

    case = case_of(table, law, **_question(given), baseline=given["baseline"])
    ask = Ask(given["draws"], given["seed"], given["markets"], given["tornado"], given["vary"])
    work = Work(given["workers"] if given["draws"] > FEW else 1, _progress if sys.stderr.isatty() else None)
    return ranges(case, Behaviour(given["model"], **{name: given[name] for name in MODEL_NAMES}), ask, work)


def _question(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "by": ("origin",),
        "window": (given["start"], given["until"]),
        **{name: given[name] for name in ("basis", "status", "as_known_on")},
    }


def _progress(done: int, whole: int) -> None:
    click.echo(f"\rdraws {done:,} of {whole:,}", nl=done == whole, err=True)


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
    from tariffcalc.response import Behaviour
    from tariffcalc.reverse import Sought, rate_sought
    from tariffcalc.shipments import schedule_for

    table = table_of(flows, given)
    law = schedule_for(importer_of(table), None, given["scenario"])
    sought = Sought.of(given["origins"], given["products"], given["revenue"])
    how = Behaviour(given["model"], **{name: given[name] for name in MODEL_NAMES})
    tell(rate_sought(case_of(table, law, **_question(given)), how, sought), form, output)
