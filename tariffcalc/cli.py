"""``tariffcalc``: the command line. Results go to stdout, everything else to stderr.

Exit status: 0 done, 1 the input is at fault, 2 usage.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from tariffcalc.errors import BadRequestError, TariffcalcError, describe

FORMATS = ("table", "csv", "json", "xlsx", "parquet", "arrow", "markdown")


def main(args: list[str] | None = None) -> NoReturn:
    """Run a command; an error that the user can put right is told without a trace."""
    if args is None and sys.argv[1:2] != ["serve"]:
        gc.disable()  # a command ends soon: looking for cycles is a tenth of its time
    try:
        cli.main(args=args, prog_name="tariffcalc", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except TariffcalcError as error:
        click.echo(f"tariffcalc: {describe(error)}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tariffcalc")
def cli() -> None:
    """What a tariff costs: dated law as data, on your own table of trade."""


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """``--share steel=0.5`` as a mapping."""
    found = {}
    for text in values:
        name, sign, number = text.partition("=")
        try:
            found[name.strip()] = float(number.rstrip("%")) / (100 if number.endswith("%") else 1)
        except ValueError:
            sign = ""
        if not sign or not 0 <= found.get(name.strip(), -1) <= 1:
            raise click.BadParameter(f"{text!r}: write it as name=0.5, a share between 0 and 1")
    return found


def _day(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
    """A day, month, quarter or year: its first day."""
    if text is None:
        return None
    from tariffcalc.engine.periods import first_day

    try:
        return first_day(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


law_options = [
    click.option("--scenario", metavar="NAME|FILE", help="A ready-made scenario, or a TOML or JSON file."),
    click.option("--as-known-on", callback=_day, metavar="DATE", help="The law as it was known on that day."),
]
shipment_options = [
    click.option("--origin", required=True, help="Country of origin: code or English name."),
    click.option("--importer", default="USA", show_default=True),
    click.option("--claim", help="A programme claimed: usmca (or its symbol S)."),
    click.option(
        "--share", "shares", multiple=True, callback=_pairs, metavar="NAME=SHARE", help="A content: steel=0.5."
    ),
    click.option(
        "--fact", "facts", multiple=True, metavar="NAME", help="A fact that holds: in_quota, civil_aircraft ..."
    ),
    click.option("--ave", is_flag=True, help="Take a specific duty at its ad valorem equivalent of 2024."),
]


def _with(options: list[Any]) -> Callable[[Any], Any]:
    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@cli.command()
@click.argument("product")
@_with(shipment_options)
@click.option("--date", "on", required=True, help="Day of entry, such as 2025-03-05.")
@click.option("--value", help="Customs value in dollars.")
@click.option("--quantity", type=float)
@click.option("--unit", help="Unit of the quantity, such as kg or bbl.")
@click.option("--loaded", help="Day of loading, where goods on the water have a rule of their own.")
@click.option("--status", default="assessed", show_default=True, help="assessed, or owed: void duty as a refund")
@click.option("--mode", type=click.Choice(["ocean", "air", "truck", "rail"]), help="Mode of transport (for fees).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_with(law_options)
def rate(product: str, on: str, form: str, facts: tuple[str, ...], mode: str | None, **given: Any) -> None:
    """What one shipment pays, and why."""
    from tariffcalc.rates import rate as rate_of
    from tariffcalc.ratetext import rate_text

    answer = rate_of(product, on=on, facts=dict.fromkeys(facts, True), mode=mode, **given)
    if form == "json":
        click.echo(json.dumps(answer.as_dict(), ensure_ascii=False, indent=1))
    else:
        click.echo(rate_text(answer))


@cli.command()
@click.argument("product")
@_with(shipment_options)
@click.option("--from", "start", callback=_day, metavar="DATE")
@click.option("--until", callback=_day, metavar="DATE", help="Exclusive.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
@_with(law_options)
def history(product: str, form: str, output: Path | None, facts: tuple[str, ...], **given: Any) -> None:
    """The rate of a product as a timeline: a row a segment and measure."""
    from tariffcalc.history import history as history_of

    frame = history_of(product, facts=dict.fromkeys(facts, True), **given)
    if form == "table":
        frame = frame.drop(columns=["why"])
    _write(_rendered(form, frame, f"{product} of {given['origin']}"), output)


@cli.command()
@click.argument("flows")
@_with(law_options)
@click.option("--baseline", metavar="NAME|FILE", help="A scenario to compare with.")
@click.option(
    "--from", "start", callback=_day, metavar="DATE", help="A day, or the first day of a month, quarter, year."
)
@click.option("--until", callback=_day, metavar="DATE", help="Exclusive.")
@click.option(
    "--by",
    default="sector,month",
    show_default=True,
    help="importer origin sector product measure authority day month quarter year segment",
)
@click.option("--sectors", default="hs-section", show_default=True, help="hs-section hs2 naics3 bea gtap bec")
@click.option("--basis", default="observed", show_default=True, help="observed or base_year")
@click.option("--status", default="assessed", show_default=True, help="assessed, or owed: void duty as a refund")
@click.option("--importer", default=None, help="Importer of a table that does not say.")
@click.option("--origin", default=None, help="Origin of a table that does not say.")
@click.option("--model", default="static", show_default=True)
@click.option("--engine", default="local", show_default=True)
@click.option("--on-bad-row", type=click.Choice(["fail", "skip"]), default="fail", show_default=True)
@click.option("--currency", default="USD", show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
def estimate(flows: str, form: str, output: Path | None, **given: Any) -> None:
    """The duty on a table of trade: a bundled one by name, a file, or - for CSV on standard input."""
    result = run_estimate(flows, **given)
    for fault in result.provenance.get("bad_rows", []):
        click.echo(f"skipped: {fault}", err=True)
    for warning in result.warnings if form not in ("table", "markdown") else ():
        click.echo(f"note: {warning}", err=True)
    _write(result.to(form), output)


def run_estimate(flows: str, **given: Any) -> Any:
    """The estimate that the options ask for."""
    from tariffcalc.estimate import estimate as estimated
    from tariffcalc.estimate import importer_of, read_flows
    from tariffcalc.shipments import schedule_for

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
    return estimated(
        table,
        schedule_for(importer_of(table), None, given["scenario"]),
        baseline=given["baseline"],
        by=[name.strip() for name in given["by"].split(",") if name.strip()],
        sectors=given["sectors"],
        window=(given["start"], given["until"]),
        basis=given["basis"],
        status=given["status"],
        as_known_on=given["as_known_on"],
        model=given["model"],
        engine=given["engine"],
    )


@cli.command()
@click.argument("flows")
@click.option("--scenario")
@click.option("--model", required=True)
def impact(flows: str, scenario: str | None, model: str) -> None:
    """How trade answers: not offered yet."""
    from tariffcalc.errors import NotSupportedError

    raise NotSupportedError(
        f"models of how trade answers are not offered yet: {model} on {flows}, scenario {scenario or 'statutory'}",
        hint="`tariffcalc estimate` gives the duty with trade as it is",
    )


@cli.command()
@click.option("--importer", default="USA", show_default=True)
@click.option("--origin")
@click.option("--product")
@click.option("--on", callback=_day, metavar="DATE")
@click.option("--authority")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def measures(form: str, **given: Any) -> None:
    """The law: what each measure covers, its rates by date, its acts."""
    from tariffcalc.lawview import measures as found
    from tariffcalc.ratetext import measure_text

    chosen = found(**given)
    if form == "json":
        click.echo(json.dumps(chosen, ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join(measure_text(one) for one in chosen) or "no measure")


@cli.command()
@click.option("--since", required=True, callback=_day, metavar="DATE")
@click.option("--until", callback=_day, metavar="DATE", help="Exclusive.")
@click.option("--flows", default="us-world-2024", show_default=True, help="The table of one year that costs are on.")
@click.option("--importer", default="USA", show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
def changes(since: date, flows: str, form: str, output: Path | None, **given: Any) -> None:
    """What changed in the law since a day, and what it costs a year."""
    from tariffcalc.changes import changes as found

    frame = found(since, flows, **given)
    if form == "table":
        frame = frame.drop(columns=["url", "authority"])
    _write(_rendered(form, frame, f"changes since {since}, cost a year on {flows}"), output)


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Law files, scenarios and flow tables: every fault; without paths, all that is bundled."""
    from tariffcalc.check import check_paths

    faults, looked_at = check_paths(paths)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        click.echo(f"{len(faults)} fault(s) in {looked_at}", err=True)
        sys.exit(1)
    click.echo(f"no faults in {looked_at}")


@cli.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def flows(form: str) -> None:
    """The bundled tables: rows, window, value, vintage, source."""
    from tariffcalc.catalogue import flow_tables
    from tariffcalc.ratetext import table_text

    tables = flow_tables()
    click.echo(json.dumps(tables, indent=1) if form == "json" else table_text(tables))


@cli.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def scenarios(form: str) -> None:
    """The ready-made scenarios."""
    from tariffcalc.catalogue import scenario_list
    from tariffcalc.ratetext import table_text

    found = scenario_list()
    click.echo(json.dumps(found, indent=1) if form == "json" else table_text(found))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, envvar="HOST")
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=int)
@click.option("--workers", default=2, show_default=True, envvar="WEB_CONCURRENCY", type=int)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the API and the form."""
    from tariffcalc.web.server import run_server

    run_server(host, port, workers)


def _rendered(form: str, frame: Any, title: str) -> bytes:
    from tariffcalc.formats import Rendered, render

    return render(Rendered(frame, {}, title), form)


def _write(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    output.write_bytes(data)
    click.echo(f"wrote {output} ({len(data):,} bytes)", err=True)


if __name__ == "__main__":
    main()
