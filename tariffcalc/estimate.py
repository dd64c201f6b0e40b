"""What tariffcalc does, from end to end: read the law, read the trade, charge the duty.

``estimate`` puts a table of trade through a schedule, ``rate`` one shipment. The work is in
``engine``; this module is where law files, tables and formats meet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from tariffcalc.engine.aggregate import check_by, compared, ordered
from tariffcalc.engine.flow_columns import header_key
from tariffcalc.engine.flow_table import Flows, RawTable, country_key
from tariffcalc.engine.flows import check_flows
from tariffcalc.engine.run import DEFAULT_BY, Request, Run, run
from tariffcalc.engine.shares import relevant_facts
from tariffcalc.engine.tradefacts import TradeFacts
from tariffcalc.errors import BadRequestError, FlowTableError, NotSupportedError, UnknownNameError, UnknownOriginError
from tariffcalc.impact import BEYOND, MODELS
from tariffcalc.law.dates import Period
from tariffcalc.law.scenario import DEFAULTS, Assumptions, Scenario
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import folder, scenarios
from tariffcalc.paths import rates_folder
from tariffcalc.result import Result, provenance
from tariffcalc.sources import bundled, read_table, trade_facts
from tariffcalc.sources.countries import country_codes, country_hint
from tariffcalc.sources.json_rows import read_json

STATUTORY = "statutory"
BASES = ("observed", "base_year")
MOST_DAYS = 36_525
"""The longest window of an estimate: what is reckoned day by day grows with it."""
STATUSES = ("assessed", "owed")
ENGINES = ("local",)


def read_schedule(importer: str = "USA") -> Schedule:
    """The law of an importer (ISO alpha-3) as its files state it, read once."""
    return _schedule(importer)


@cache
def _schedule(importer: str) -> Schedule:
    return folder.read_schedule(rates_folder(), importer, frozenset(country_codes().values()))


@cache
def trade_facts_of(importer: str) -> TradeFacts:
    """The shares that the importer's law asks for, its tariff lines, trade and equivalents, read once."""
    schedule = read_schedule(importer)
    return trade_facts.read_trade_facts(schedule.facts, schedule.contents, importer)


@cache
def importer_codes() -> Mapping[str, str]:
    """Every spelling of an importer: of a country, or the code of a bloc whose law is held."""
    return {**country_codes(), **{code: code for code in folder.importers(rates_folder())}}


def scenario_names() -> tuple[str, ...]:
    """The ready-made scenarios."""
    return scenarios.scenario_names(rates_folder())


def read_scenario(source: str | Path | Mapping[str, Any], importer: str = "USA") -> Scenario:
    """A scenario by name, from a TOML or JSON file, or from its keys.

    Raises ``UnknownNameError`` for a name that is not ready-made, ``ScenarioError`` with every fault otherwise.
    """
    schedule = read_schedule(importer)
    if isinstance(source, Mapping):
        return scenarios.parse_scenario(source, schedule)
    path = Path(source)
    if path.suffix in (".toml", ".json"):
        return scenarios.read_scenario_file(path, schedule)
    if str(source) not in scenario_names():
        raise UnknownNameError.of("scenario", str(source), scenario_names())
    return _ready_made(str(source), importer)


@cache
def _ready_made(name: str, importer: str) -> Scenario:
    return scenarios.read_scenario_file(rates_folder() / "scenarios" / f"{name}.toml", read_schedule(importer))


def read_flows(
    source: str | Path | bytes | pd.DataFrame | Iterable[Mapping[str, Any]],
    *,
    suffix: str | None = None,
    importer: str | None = None,
    origin: str | None = None,
    on_bad_row: str = "fail",
    name: str | None = None,
) -> Flows:
    """A table of trade: a bundled one by name, a file, bytes with their suffix, rows or a frame.

    Raises ``FlowTableError`` with every bad row unless ``on_bad_row`` is ``skip``.
    """
    if isinstance(source, str) and source in bundled.bundled_names():
        return _bundled(source)
    if isinstance(source, str) and not Path(source).suffix:
        raise UnknownNameError.of("bundled flow table", source, bundled.bundled_names())
    label = name or (Path(source).name if isinstance(source, str | Path) else "table")
    try:
        raw = _raw_table(source, suffix)
    except FlowTableError as error:
        raise error.of_table(label) from error
    importers = _importers_in(raw, importer)
    checked = check_flows(
        raw,
        countries={**country_codes(), **{code: code for code in importers}},
        is_known_product=lambda code: any(trade_facts.is_known_product(code, one) for one in importers),
        near=country_hint,
        importer=importer,
        origin=origin,
        shares=_share_names(importers),
        on_bad_row="skip" if on_bad_row == "skip" else "fail",
        name=label,
    )
    return _from_countries(checked)


def _from_countries(flows: Flows) -> Flows:
    """The table, if every origin is a country; a bloc may be an importer, never an origin."""
    origins = {str(code) for code in flows.frame["origin"].cat.categories}
    for code in sorted(origins - set(country_codes().values())):
        raise UnknownOriginError.of("country", code, country_codes())
    return flows


def _importers_in(raw: RawTable | pd.DataFrame, given: str | None) -> set[str]:
    """The importers of a raw table, whose tariffs its codes may be of; the home importer if it names none."""
    known = importer_codes()
    frame = raw.frame if isinstance(raw, RawTable) else raw
    at = next((i for i, name in enumerate(frame.columns) if header_key(str(name)) == "importer"), None)
    texts = [given or trade_facts.HOME] if at is None else frame.iloc[:, at].dropna().unique()
    keys = {country_key(str(text)) for text in texts}
    return {known[key] for key in keys if key in known} or {trade_facts.HOME}


def _share_names(importers: Iterable[str]) -> set[str]:
    """The facts and contents of which the rows of these importers may state a share."""
    held = {*importers} & {*folder.importers(rates_folder())}
    laws = [read_schedule(one) for one in held or {trade_facts.HOME}]
    return {name for law in laws for name in (*law.facts, *law.contents, *relevant_facts(law))}


def _raw_table(source: Any, suffix: str | None) -> RawTable | pd.DataFrame:
    """A table as it stands in a file, in bytes, in rows or in a frame, not yet checked."""
    if isinstance(source, pd.DataFrame):
        return source
    if isinstance(source, str | Path | bytes):
        return read_table(source, suffix)
    return read_json(json.dumps(list(source)).encode())


def importer_of(flows: Flows) -> str:
    """The importer of a table; several, or one whose law is not held, are refused."""
    found = [str(code) for code in flows.frame["importer"].cat.remove_unused_categories().cat.categories]
    held = folder.importers(rates_folder())
    if len(found) != 1:
        raise BadRequestError(
            f"the table has {len(found)} importers: {', '.join(found)}",
            code="several-importers",
            hint="estimate one importer's rows at a time",
        )
    if found[0] not in held:
        raise BadRequestError(
            f"no law of {found[0]} is held", code="importer-without-law", hint=f"importers with law: {', '.join(held)}"
        )
    return found[0]


@cache
def _bundled(name: str) -> Flows:
    return bundled.read_bundled(name)


Progress = Callable[[float], None]
"""Is told how far an estimate is, from 0 to 1; it may raise to stop it."""


def silent(_: float) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True)
class Case:
    """A table, the law, the law to compare with if any, and what is asked of them."""

    table: Flows
    law: Schedule
    other: Schedule | None
    facts: TradeFacts
    request: Request
    progress: Progress = silent

    def runs(self) -> tuple[Run, Run | None]:
        """The table charged under the law, and under the law to compare with."""
        made = run(self.table, self.law, self.facts, self.request)
        self.progress(0.5)
        return made, None if self.other is None else _before(self.table, self.other, self.facts, self.request)

    def by(self, *by: str) -> Case:
        """The same, by other groups."""
        return replace(self, request=replace(self.request, by=by))


def case_of(
    flows: Flows | str,
    schedule: Schedule | None = None,
    *,
    baseline: Schedule | str | None = None,
    by: Sequence[str] = DEFAULT_BY,
    sectors: str = "hs-section",
    window: tuple[date | None, date | None] = (None, None),
    basis: str = "observed",
    status: str = "assessed",
    as_known_on: date | None = None,
    progress: Progress = silent,
) -> Case:
    """What ``estimate`` is asked, read and checked but not yet run."""
    _supported(basis, status)
    table = read_flows(flows) if isinstance(flows, str) else flows
    law = schedule or read_schedule(importer_of(table))
    if as_known_on is not None:
        law = _known_on(law, as_known_on)
    request = Request(
        by=check_by(by),
        sectors=trade_facts.read_sectors(sectors) if "sector" in by else None,
        window=_window(table, window, basis),
        basis=basis,
        status=status,
        assume=_assumptions(law),
    )
    other = None if baseline is None else _baseline(law, baseline)
    return Case(table, law, other, trade_facts_of(law.importer), request, progress)


def estimate(
    flows: Flows | str,
    schedule: Schedule | None = None,
    *,
    baseline: Schedule | str | None = None,
    by: Sequence[str] = DEFAULT_BY,
    sectors: str = "hs-section",
    window: tuple[date | None, date | None] = (None, None),
    basis: str = "observed",
    status: str = "assessed",
    as_known_on: date | None = None,
    model: str = "static",
    engine: str = "local",
    elasticities: str | Path | bytes | Sequence[Mapping[str, Any]] | None = None,
    demand: float | None = None,
    substitution: float | None = None,
    supply: float | None = None,
    pass_through: float | None = None,
    full: bool = False,
    progress: Progress = silent,
) -> Result:
    """The duty on a table of trade under a schedule, by the groups asked for.

    ``window`` is half open; an edge that is None is the table's own. ``result.frame`` is in
    dollars and fractions, unrounded. With a baseline, ``baseline_duty`` and ``duty_change`` too.
    ``status`` ``owed`` keeps the stacking as assessed, takes out the duty of measures that were
    later held void, and reports it as ``refund``.
    With a ``model`` other than static, which needs a baseline, ``trade_change``, ``price_paid_change``
    and ``duty_after`` too, or with ``full`` every column of ``tariffcalc.models.response.impact``; the elasticities and
    ``pass_through`` are as there. ``progress`` is told between the steps how far it is.

    Raises ``FlowTableError`` for a faulty table of trade or elasticities, ``UnknownNameError`` for a table, scenario,
    list of sectors, model ... that is not there, ``NotSupportedError`` for what is not offered, and else
    ``BadRequestError``: columns of ``by``, an empty window, several importers, one whose law is not held.
    """
    if engine not in ENGINES:
        raise NotSupportedError(f"the engine {engine!r} is not offered yet: only local", hint="leave the engine out")
    check_model(model)
    case = case_of(
        flows,
        schedule,
        baseline=baseline,
        by=by,
        sectors=sectors,
        window=window,
        basis=basis,
        status=status,
        as_known_on=as_known_on,
        progress=progress,
    )
    if model == "static" and not full:
        return estimated(case, model)
    from tariffcalc.models.response import LONG, SHORT, Behaviour, answered  # noqa: PLC0415 - it stands on this module

    how = Behaviour(model, elasticities, demand, substitution, supply, pass_through)
    return answered(case, how, LONG if full else SHORT)


def check_model(model: str) -> str:
    """The name of a model of one market; one of a whole economy is refused with the place that offers it."""
    if model in BEYOND:
        raise NotSupportedError(
            f"{model} is no model of one market: an estimate by groups has no answer of it",
            hint="ask `tariffcalc impact --model`, or in Python tariffcalc.models.answer",
        )
    if model not in MODELS:
        raise UnknownNameError.of("model", model, MODELS)
    return model


def estimated(case: Case, model: str) -> Result:
    """The duty of a case by its groups, beside that of its baseline."""
    table, law, request = case.table, case.law, case.request
    made, before = case.runs()
    if case.other is None or before is None:
        told = provenance(table, law, request, made, model)
        return Result(ordered(made.frame, request.by), told, tuple(told["warnings"]))
    frame = compared(made.frame, before.frame, request.by)
    told = provenance(table, law, request, made, model, (case.other, before))
    return Result(ordered(frame, request.by), told, tuple(told["warnings"]))


def _baseline(law: Schedule, baseline: Schedule | str) -> Schedule:
    """The law to compare with: a schedule, or the importer's law under a scenario by name."""
    if isinstance(baseline, Schedule):
        return baseline
    return read_schedule(law.importer).apply(read_scenario(baseline, law.importer))


def _before(table: Flows, law: Schedule, facts: TradeFacts, request: Request) -> Run:
    """The baseline's run: the scenario's assumptions hold there too unless it states its own."""
    own = law.scenario.assumptions if law.scenario is not None else Assumptions()
    shared = replace(request, assume=own.over(request.assume))
    read = law if own.readings is not None else law.read_as(request.assume.readings or {})
    return run(table, read, facts, shared)


def _assumptions(law: Schedule) -> Assumptions:
    assume = law.scenario.assumptions if law.scenario is not None else Assumptions()
    if (assume.collection or DEFAULTS.collection) != "statutory":
        raise NotSupportedError(
            "collection = 'collected' is not offered yet: duty is what the statute says",
            hint="leave collection out, or set it to statutory",
        )
    return assume


def _known_on(law: Schedule, day: date) -> Schedule:
    """The law as known on a day, and the scenario over that."""
    known = read_schedule(law.importer).as_known_on(day)
    return known if law.scenario is None else known.apply(law.scenario)


def _window(table: Flows, window: tuple[date | None, date | None], basis: str) -> Period | None:
    start, until = window
    if start is None and until is None:
        if basis == "base_year":
            raise BadRequestError(
                "basis base_year needs from and until", code="basis-needs-dates", hint="give both dates"
            )
        return None
    if basis == "base_year" and (start is None or until is None):
        raise BadRequestError("basis base_year needs from and until", code="basis-needs-dates", hint="give both dates")
    first, last = table.window
    start, until = start or first, until or last
    if until <= start:
        raise BadRequestError(
            f"until {until} is not after from {start}",
            code="empty-window",
            hint="until is exclusive: the day after the last",
        )
    if (until - start).days > MOST_DAYS:
        raise BadRequestError(
            f"from {start} until {until} is more than {MOST_DAYS:,} days",
            code="window-too-long",
            hint="ask for less than a hundred years at a time",
        )
    return Period(start, until)


def _supported(basis: str, status: str) -> None:
    if basis not in BASES:
        raise UnknownNameError.of("basis", basis, BASES)
    if status not in STATUSES:
        raise UnknownNameError.of("status", status, STATUSES)
