"""``tariffcalc``: the command line. Results go to stdout, everything else to stderr.

Exit status: 0 done, 1 the input is at fault, 2 usage.
"""

from __future__ import annotations

import gc
import json
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import click

from tariffcalc.commands.impact import impact
from tariffcalc.commands.keys import keys
from tariffcalc.commands.options import (
    FORMATS,
    asked,
    day,
    law_options,
    model_options,
    output_options,
    question_options,
    rendered,
    shipment_options,
    table_of,
    tell,
    with_options,
    write,
)
from tariffcalc.commands.reverse import reverse
from tariffcalc.errors import TariffcalcError, describe, members


def main(args: list[str] | None = None) -> NoReturn:
    """Run a command; an error that the user can put right is told without a trace."""
    if args is None and sys.argv[1:2] not in (["serve"], ["worker"]):
        gc.disable()  # a command ends soon: looking for cycles is a tenth of its time
    try:
        cli.main(args=args, prog_name="tariffcalc", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except TariffcalcError as error:
        as_json = wants_json(sys.argv[1:] if args is None else args)
        click.echo(json.dumps(members(error), indent=1) if as_json else f"tariffcalc: {describe(error)}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)


def wants_json(words: list[str]) -> bool:
    """Whether a command line asks for JSON: its error is told so too."""
    return "--format=json" in words or ("--format", "json") in pairwise(words)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tariffcalc")
def cli() -> None:
    """What a tariff costs: dated law as data, on your own table of trade."""


@cli.command()
@click.argument("product")
@with_options(shipment_options)
@click.option("--date", "on", required=True, help="Day of entry, such as 2025-03-05.")
@click.option("--value", help="Customs value in dollars.")
@click.option("--quantity", type=float)
@click.option("--unit", help="Unit of the quantity, such as kg or bbl.")
@click.option("--loaded", help="Day of loading, where goods on the water have a rule of their own.")
@click.option("--status", default="assessed", show_default=True, help="assessed, or owed: void duty as a refund")
@click.option("--mode", type=click.Choice(["ocean", "air", "truck", "rail"]), help="Mode of transport (for fees).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@with_options(law_options)
def rate(product: str, on: str, form: str, facts: tuple[str, ...], mode: str | None, **given: Any) -> None:
    """What one shipment pays, and why."""
    from tariffcalc.rates import answer
    from tariffcalc.rates import rate as rate_of
    from tariffcalc.ratetext import rate_text
    from tariffcalc.shipments import product_of

    asked = {"on": on, "facts": dict.fromkeys(facts, True), "mode": mode, **given}
    if form == "text":
        click.echo(rate_text(rate_of(product, **asked)))
        return
    found = answer(product, **asked)
    click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    product_of(product, found.importer)  # a code of no edition is answered, and is an error all the same


@cli.command()
@click.argument("product")
@with_options(shipment_options)
@click.option("--from", "start", callback=day, metavar="DATE")
@click.option("--until", callback=day, metavar="DATE", help="Exclusive.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
@with_options(law_options)
def history(product: str, form: str, output: Path | None, facts: tuple[str, ...], **given: Any) -> None:
    """The rate of a product as a timeline: a row a segment and measure."""
    from tariffcalc.history import history as history_of

    frame = history_of(product, facts=dict.fromkeys(facts, True), **given)
    if form == "table":
        frame = frame.drop(columns=["why"])
    write(rendered(form, frame, f"{product} of {given['origin']}"), output)


@cli.command()
@click.argument("flows")
@with_options(law_options)
@with_options(question_options)
@click.option("--model", default="static", show_default=True, help="How trade answers: static smart armington gsim.")
@with_options(model_options)
@click.option("--engine", default="local", show_default=True)
@with_options(output_options)
def estimate(flows: str, form: str, output: Path | None, **given: Any) -> None:
    """The duty on a table of trade: a bundled one by name, a file, or - for CSV on standard input."""
    tell(run_estimate(flows, **given), form, output)


def run_estimate(flows: str, **given: Any) -> Any:
    """The estimate that the options ask for."""
    from tariffcalc.estimate import estimate as estimated
    from tariffcalc.estimate import importer_of
    from tariffcalc.shipments import schedule_for

    table = table_of(flows, given)
    law = schedule_for(importer_of(table), None, given["scenario"])
    return estimated(table, law, engine=given["engine"], **asked(given))


cli.add_command(impact)
cli.add_command(reverse)


@cli.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--importer", default="USA", show_default=True)
@click.option("--origin", help="Measures that concern goods of this country, with its own rates by date.")
@click.option("--product")
@click.option("--on", callback=day, metavar="DATE")
@click.option("--authority")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def measures(form: str, **given: Any) -> None:
    """The law: what each measure covers, its rates by date, its acts; all measures, or those of these ids."""
    from tariffcalc.lawview import measures as found
    from tariffcalc.ratetext import measure_text

    chosen = found(**given)
    if form == "json":
        click.echo(json.dumps(chosen, ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join(measure_text(one) for one in chosen) or "no measure")


@cli.command()
@click.option("--since", required=True, callback=day, metavar="DATE")
@click.option("--until", callback=day, metavar="DATE", help="Exclusive.")
@click.option("--flows", help="The table that costs are on: its last year; by default the importer's own.")
@click.option("--importer", default="USA", show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path))
def changes(since: date, form: str, output: Path | None, **given: Any) -> None:
    """What changed in the law since a day, and what it costs a year."""
    from tariffcalc.changes import changes as found
    from tariffcalc.ratetext import changes_text

    frame = found(since, **given)
    title, notes = f"changes since {since}, cost a year on {frame.attrs['flows']}", frame.attrs["notes"]
    if form == "table":
        lines = [title, changes_text(frame), *([""] if notes else []), *(f"note: {note}" for note in notes)]
        write("\n".join([*lines, ""]).encode(), output)
    else:
        write(rendered(form, frame, title, notes), output)


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Law files, scenarios and flow tables: every fault; without paths, all bundled law and scenarios."""
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
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, envvar="WEB_CONCURRENCY", type=click.IntRange(1))
@click.option(
    "--worker/--no-worker",
    default=True,
    show_default=True,
    help="Also work on long estimates, as `tariffcalc worker` does.",
)
def serve(host: str, port: int, workers: int, *, worker: bool) -> None:
    """Serve the API and the pages."""
    if worker:
        from tariffcalc.jobs.together import run_together

        web = ["serve", "--no-worker", "--host", host, "--port", str(port), "--workers", str(workers)]
        sys.exit(run_together(web, ["worker"]))
    from tariffcalc.web.server import run_server

    run_server(host, port, workers)


@cli.command()
@click.option("--processes", type=click.IntRange(1), help="How many; TARIFFCALC_RUN_WORKERS unless said.")
def worker(processes: int | None) -> None:
    """Work on the long estimates that the service was asked for."""
    import logging

    from tariffcalc.jobs.worker import run_worker
    from tariffcalc.settings import Settings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    run_worker(Settings.read(), processes)


cli.add_command(keys)


if __name__ == "__main__":
    main()
