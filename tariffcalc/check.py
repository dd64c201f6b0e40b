"""Every fault of law files, scenarios and flow tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tariffcalc.errors import Fault, TariffcalcError
from tariffcalc.estimate import read_flows, read_scenario
from tariffcalc.law.dates import Timeline
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import folder
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.paths import rates_folder
from tariffcalc.sources import trade_facts
from tariffcalc.sources.countries import country_codes


def check_paths(paths: Sequence[Path]) -> tuple[list[Fault], str]:
    """The faults found, and what was looked at in words."""
    if not paths:
        return check_rates(rates_folder())
    faults: list[Fault] = []
    for path in paths:
        faults += check_path(path)
    return faults, f"{len(paths)} path(s)"


def check_path(path: Path) -> list[Fault]:
    """The faults of a folder of law, a scenario, or a flow table."""
    if path.is_dir():
        root = path if any(path.glob("*/schedule.toml")) else path.parent
        return check_rates(root)[0]
    if path.suffix in (".toml", ".json"):
        return _faults(path, lambda: read_scenario(path))
    return _faults(path, lambda: read_flows(path, importer=None))


def check_rates(rates: Path) -> tuple[list[Fault], str]:
    """The faults of every importer's law and of every ready-made scenario."""
    faults: list[Fault] = []
    counted = 0
    for importer in folder.importers(rates):
        try:
            law = folder.read_schedule(rates, importer, frozenset(country_codes().values()))
        except TariffcalcError as error:
            faults += error.faults or [Fault(error.code, error.message, error.hint)]
            continue
        counted += len(law.measures)
        faults += [*(unreadable(law) or uncited(law)), *unknown_products(law)]
    for path in sorted((rates / "scenarios").glob("*.toml")):
        faults += _faults(path, lambda path=path: read_scenario(path))
    return faults, f"{counted} measures and {len(list((rates / 'scenarios').glob('*.toml')))} scenarios"


def unreadable(law: Schedule) -> list[Fault]:
    """The faults of lists and tables, which are otherwise read only when they are asked for."""
    faults: list[Fault] = []
    for name in law.lists:
        faults += _faults(Path(name), lambda name=name: law.lists[name].blocks)
    for name in law.tables:
        faults += _faults(Path(name), lambda name=name: law.tables[name].rows)
    return faults


def uncited(law: Schedule) -> list[Fault]:
    """Acts of the register that no step of a measure, group, list or table cites."""
    lines: list[Timeline[Any]] = [
        block.membership for one in (*law.groups.values(), *law.lists.values()) for block in one.blocks
    ]
    lines += [line for table in law.tables.values() for line in table.rows.values()]
    cited = {step.cite for line in lines for step in line.steps}
    cited |= {name for measure in law.measures.values() for name in measure.citations}
    own = Faults(f"rates/{law.importer.lower()}/acts.toml")
    for name in sorted(set(law.acts) - cited):
        own.add("unused-cite", name, f"{name!r} is defined but nothing cites it", "cite it or drop it")
    return own.found


def unknown_products(law: Schedule) -> list[Fault]:
    """Codes in scopes that no edition of the tariff knows; of other importers' codes the first six digits count.

    Lists name codes newer than the editions held where the law does; a list's own note says so.
    """
    found = Faults("")
    known, digits = trade_facts.known_heads(law.importer), trade_facts.HS_DIGITS
    if law.importer == trade_facts.HOME:
        known, digits = frozenset(code[:n] for code in trade_facts.known_codes() for n in range(2, 11)), 10
    for measure in law.measures.values():
        own = found.of(measure.source)
        for codes in (measure.scope.products, measure.scope.except_products):
            for code in sorted(code for code in codes.codes if code[:digits] not in known):
                own.add("unknown-product", "scope.products", f"no edition of the tariff has the code {code}")
    return found.found


def _faults(path: Path, read: object) -> list[Fault]:
    try:
        read()  # type: ignore[operator]
    except TariffcalcError as error:
        return list(error.faults) or [Fault(error.code, error.message, error.hint, file=path.name)]
    return []
