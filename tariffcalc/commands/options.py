"""What several commands share: options, how their texts are read, and where results go."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from tariffcalc.errors import BadRequestError

FORMATS = ("table", "csv", "json", "xlsx", "parquet", "arrow", "markdown", "svg", "png")


def pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """``--share steel=0.5`` as a mapping."""
    found = {}
    for text in values:
        name, sign, number = text.partition("=")
        if name.strip() in found:
            raise click.BadParameter(f"{name.strip()} is given more than once")
        try:
            found[name.strip()] = float(number.rstrip("%")) / (100 if number.endswith("%") else 1)
        except ValueError:
            sign = ""
        if not sign or not 0 <= found.get(name.strip(), -1) <= 1:
            raise click.BadParameter(f"{text!r}: write it as name=0.5, a share between 0 and 1")
    return found


def day(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
    """A day, month, quarter or year: its first day."""
    if text is None:
        return None
    from tariffcalc.engine.periods import first_day

    try:
        return first_day(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def with_options(options: list[Any]) -> Callable[[Any], Any]:
    """Give a command some options, in their order."""

    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


law_options = [
    click.option("--scenario", metavar="NAME|FILE", help="A ready-made scenario, or a TOML or JSON file."),
    click.option("--as-known-on", callback=day, metavar="DATE", help="The law as it was known on that day."),
]
shipment_options = [
    click.option("--origin", required=True, help="Country of origin: code or English name."),
    click.option("--importer", default="USA", show_default=True),
    click.option("--claim", help="A programme claimed: usmca (or its symbol S)."),
    click.option(
        "--share", "shares", multiple=True, callback=pairs, metavar="NAME=SHARE", help="A content: steel=0.5."
    ),
    click.option(
        "--fact", "facts", multiple=True, metavar="NAME", help="A fact that holds: in_quota, civil_aircraft ..."
    ),
    click.option("--ave", is_flag=True, help="Take a specific duty at its ad valorem equivalent of 2024."),
]
window_options = [
    click.option(
        "--from", "start", callback=day, metavar="DATE", help="A day, or the first day of a month, quarter, year."
    ),
    click.option("--until", callback=day, metavar="DATE", help="Exclusive."),
]
table_options = [
    click.option("--basis", default="observed", show_default=True, help="observed or base_year"),
    click.option("--status", default="assessed", show_default=True, help="assessed, or owed: void duty as a refund"),
    click.option("--importer", default=None, help="Importer of a table that does not say."),
    click.option("--origin", default=None, help="Origin of a table that does not say."),
    click.option("--on-bad-row", type=click.Choice(["fail", "skip"]), default="fail", show_default=True),
    click.option("--currency", default="USD", show_default=True),
]
question_options = [
    click.option("--baseline", metavar="NAME|FILE", help="A scenario to compare with."),
    *window_options,
    click.option(
        "--by",
        default="sector,month",
        show_default=True,
        help="importer origin sector product measure authority status day month quarter year segment",
    ),
    click.option("--sectors", default="hs-section", show_default=True, help="hs-section hs2 naics3 bea gtap bec"),
    *table_options,
]
model_options = [
    click.option("--elasticities", metavar="NAME|FILE", help="A bundled table of elasticities, or your own file."),
    click.option("--demand", type=float, help="Elasticity of import demand for every product, such as -1.25."),
    click.option("--substitution", type=float, help="Elasticity of substitution between origins, such as 3."),
    click.option("--supply", type=float, help="Elasticity of export supply, such as 1.5, or inf."),
    click.option("--pass-through", type=float, help="Fraction of a change of duty that buyers bear, 0 to 1."),
]
output_options = [
    click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True),
    click.option("--output", type=click.Path(dir_okay=False, path_type=Path)),
]
MODEL_NAMES = ("elasticities", "demand", "substitution", "supply", "pass_through")


def table_of(flows: str, given: dict[str, Any]) -> Any:
    """The table of trade that a command is about: a bundled one by name, a file, or - for standard input.

    What was skipped of it, and what there is to mind, goes to standard error.
    """
    from tariffcalc.estimate import read_flows

    if given["currency"] != "USD":
        raise BadRequestError(
            "only USD is offered: no exchange rates are held", code="currency", hint="leave --currency out"
        )
    source: Any = sys.stdin.buffer.read() if flows == "-" else flows
    table = read_flows(
        source,
        suffix=".csv" if flows == "-" else None,
        importer=given["importer"] or ("USA" if flows == "-" else None),
        origin=given["origin"],
        on_bad_row=given["on_bad_row"],
        name="standard input" if flows == "-" else None,
    )
    for fault in table.bad_rows:
        click.echo(f"skipped: {fault}", err=True)
    return table


def asked(given: dict[str, Any]) -> dict[str, Any]:
    """What an estimate is asked, from the options of a command."""
    return {
        "baseline": given["baseline"],
        "by": [name.strip() for name in given["by"].split(",") if name.strip()],
        "sectors": given["sectors"],
        "window": (given["start"], given["until"]),
        "basis": given["basis"],
        "status": given["status"],
        "as_known_on": given["as_known_on"],
        "model": given["model"],
        **{name: given[name] for name in MODEL_NAMES},
    }


def tell(result: Any, form: str, output: Path | None) -> None:
    """A result to standard output or a file; what to mind to standard error."""
    for warning in result.warnings if form not in ("table", "markdown") else ():
        click.echo(f"note: {warning}", err=True)
    write(result.to(form), output)


def rendered(form: str, frame: Any, title: str, notes: tuple[str, ...] = ()) -> bytes:
    """A table in a format, with what there is to mind."""
    from tariffcalc.formats import Rendered, render

    return render(Rendered(frame, {}, title, notes), form)


def write(data: bytes, output: Path | None) -> None:
    """Bytes to standard output or a file."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    output.write_bytes(data)
    click.echo(f"wrote {output} ({len(data):,} bytes)", err=True)
