"""Scenarios: the same keys as TOML in a file and as JSON over HTTP -> an overlay."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tariffcalc.errors import ScenarioError
from tariffcalc.law.scenario import Scenario
from tariffcalc.law.schedule import Reading, Schedule
from tariffcalc.lawfiles.assumptions import read_assumptions
from tariffcalc.lawfiles.changes import ChangeReader
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.registers import load
from tariffcalc.lawfiles.scenario_schema import ReadingSchema, ScenarioSchema
from tariffcalc.lawfiles.texts import read_toml

_UNNAMED = "scenario"


def scenario_names(rates: Path) -> tuple[str, ...]:
    """The ready-made scenarios."""
    return tuple(sorted(path.stem for path in (rates / "scenarios").glob("*.toml")))


def read_scenario_file(path: Path, schedule: Schedule) -> Scenario:
    """A scenario from a TOML or JSON file."""
    faults = Faults(path.name)
    if not path.is_file():
        raise ScenarioError(
            f"there is no scenario file {path}", hint="`tariffcalc scenarios` lists the ready-made ones"
        )
    if path.suffix == ".json":
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ScenarioError(f"{path.name} is not valid JSON: {error}") from error
    else:
        data = read_toml(path, faults)
    if faults.found:
        raise ScenarioError(f"scenario {path.name} cannot be read", faults=faults.found)
    return parse_scenario(data, schedule, path.name)


def parse_scenario(data: Any, schedule: Schedule, file: str = _UNNAMED) -> Scenario:
    """A scenario from its keys; raises ``ScenarioError`` with every fault and the nearest valid names."""
    faults = Faults(file)
    got = load(ScenarioSchema(), data, faults)
    if got is not None:
        reader = ChangeReader(schedule, faults)
        changes = [reader.change(raw, f"change[{i}]") for i, raw in enumerate(got["change"])]
        assumptions = read_assumptions(got["assumptions"], schedule, faults)
    if faults.found or got is None:
        named = "the scenario" if file == _UNNAMED else f"scenario {file}"
        counted = "1 fault" if len(faults.found) == 1 else f"{len(faults.found):,} faults"
        raise ScenarioError(f"{named} has {counted}", faults=faults.found)
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    return Scenario(
        got["name"],
        got["title"],
        tuple(got["importers"]),
        tuple(change for change in changes if change is not None),
        assumptions,
        got.get("as_known_on"),
        digest,
    )


def parse_reading(data: Any, schedule: Schedule, faults: Faults) -> Reading | None:
    """A disputed point of law and the changes that each way to read it makes."""
    got = load(ReadingSchema(), data, faults)
    if got is None:
        return None
    reader = ChangeReader(schedule, faults)
    alternatives = {}
    for number, one in enumerate(got["alternative"]):
        key = f"alternative[{number}]"
        changes = [reader.change(raw, f"{key}.change[{i}]") for i, raw in enumerate(one["change"])]
        alternatives[one["name"]] = (one["title"], tuple(change for change in changes if change is not None))
    if got["default"] not in alternatives:
        faults.unknown("alternative", "default", got["default"], alternatives)
    return Reading(got["id"], got["title"], got["question"], got["default"], alternatives)
