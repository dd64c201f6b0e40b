"""The assumptions of a scenario: what it takes for true where the law leaves it to facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tariffcalc.law.scenario import Assumptions
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.registers import load
from tariffcalc.lawfiles.scenario_schema import CONTENTS, PREFERENCES, AssumptionsSchema


def read_assumptions(raw: Mapping[str, Any], schedule: Schedule, faults: Faults) -> Assumptions:
    """The assumptions that are stated; every name in them is one of the schedule's."""
    got = load(AssumptionsSchema(), raw, faults, "assumptions") or {}
    for name in got.get("facts", ()):
        if name not in schedule.facts:
            faults.unknown("fact", f"assumptions.facts.{name}", name, schedule.facts)
    _check_readings(got.get("readings", {}), schedule, faults)
    return Assumptions(
        _choice(got.get("preference"), "preference", PREFERENCES, schedule.facts, faults),
        _choice(got.get("content"), "content", CONTENTS, schedule.contents, faults),
        got.get("facts"),
        got.get("readings"),
        got.get("pass_through"),
        got.get("collection"),
    )


def _check_readings(choices: Mapping[str, str], schedule: Schedule, faults: Faults) -> None:
    """Note disputed points, and alternatives to them, that the law does not have."""
    for name, alternative in choices.items():
        place = f"assumptions.readings.{name}"
        if name not in schedule.readings:
            faults.unknown("reading", place, name, schedule.readings)
        elif alternative not in schedule.readings[name].alternatives:
            faults.unknown("alternative", place, alternative, schedule.readings[name].alternatives)


def _choice(value: Any, key: str, words: tuple[str, ...], known: Mapping[str, Any], faults: Faults) -> Any:
    """A word of a short list, or shares by name."""
    place = f"assumptions.{key}"
    if value is None or value in words:
        return value
    if not isinstance(value, Mapping):
        faults.add("bad-assumption", place, f"{value!r} is not one of {', '.join(words)}", "or shares by name")
        return None
    shares = {}
    for name, share in value.items():
        if name not in known:
            faults.unknown(key, f"{place}.{name}", name, known)
        elif isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            faults.add("share-out-of-range", f"{place}.{name}", f"{share!r} is not a share between 0 and 1")
        else:
            shares[name] = float(share)
    return shares
