"""A duty that a court held void was void from the beginning: no day of it comes before its status, in any scenario.

A ruling that the statute gives no power leaves nothing of the duty, so a scenario that begins it earlier than it
came, or that takes away a pause, adds days that are void too.
"""

from __future__ import annotations

from datetime import date

import pytest

import tariffcalc as tc
from tariffcalc.estimate import scenario_names
from tariffcalc.law.dates import ALWAYS
from tariffcalc.law.duty import AdValorem
from tariffcalc.law.measure import VOID, Measure
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder

REAL = "us-north-america-2025"
PAUSE = (date(2025, 2, 4), date(2025, 3, 4))
FROZEN = {
    "as-announced-2025-02-01": {"ieepa-canada", "ieepa-canada-energy", "ieepa-mexico"},
    "ieepa-in-force": {
        *("ieepa-canada", "ieepa-canada-energy", "ieepa-canada-potash", "ieepa-canada-transshipped"),
        *("ieepa-mexico", "ieepa-mexico-potash", "ieepa-china", "ieepa-brazil"),
        *("ieepa-reciprocal", "ieepa-reciprocal-transshipped"),
    },
}
"""The duties that a scenario holds as they were known before the ruling: of it nothing is known there."""


def void_families(law: Schedule) -> set[str]:
    """The measures that a ruling made void."""
    return {one.family for one in law.measures.values() if any(step.value == VOID for step in one.status.steps)}


def charged_days(one: Measure) -> list[date]:
    """The days on which its rate or its status changes and on which it takes something."""
    days = sorted({*one.rates.starts, *one.status.starts})
    rates = ((day, one.rate_at(day)) for day in days)
    return [day for day, rate in rates if rate is not None and rate.duty != AdValorem(0.0)]


def test_every_duty_under_the_statute_is_void(law: Schedule) -> None:
    """The ruling is of the statute: it spares no duty that rests on it, and touches no other."""
    assert void_families(law) == {one.family for one in law.measures.values() if one.authority == "IEEPA"}


@pytest.mark.parametrize("name", scenario_names())
def test_no_day_of_a_void_duty_comes_before_its_status(law: Schedule, name: str) -> None:
    """But for what the scenario freezes as it was known before the ruling."""
    meant = void_families(law) - FROZEN.get(name, set())
    under = law.apply(tc.read_scenario(name)).measures
    concerned = {key: one for key, one in under.items() if one.family in meant}
    early = {key: [day for day in charged_days(one) if one.status_at(day) != VOID] for key, one in concerned.items()}
    assert {key: days for key, days in early.items() if days} == {}


@pytest.mark.parametrize("name", scenario_names())
def test_only_what_a_scenario_freezes_is_in_force_throughout(law: Schedule, name: str) -> None:
    """As nothing announced later touches it, neither does the ruling."""
    under = law.apply(tc.read_scenario(name)).measures.values()
    charging = [one for one in under if one.family in void_families(law) and charged_days(one)]
    assert {one.family for one in charging if not one.status.steps} == FROZEN.get(name, set())


@pytest.mark.parametrize("importer", importers(rates_folder()))
def test_a_void_status_begins_with_the_first_rate_that_any_act_stated(importer: str) -> None:
    """Also with one that was suspended before its day, or that a later act for the same day replaced."""
    late = {}
    for key, one in tc.read_schedule(importer).measures.items():
        stated = min((step.start for step in one.rates.steps if step.value.applies), default=ALWAYS)
        void = [step.start for step in one.status.steps if step.value == VOID]
        if void and min(void) > stated:
            late[key] = (stated, min(void))
    assert late == {}


def test_without_the_pause_its_days_are_a_refund_too(law: Schedule) -> None:
    """On them the whole of the emergency duties comes back, and nothing of them is owed."""
    under = law.apply(tc.read_scenario("no-pause"))
    assessed = tc.estimate(REAL, under, by=("authority",), window=PAUSE).frame.set_index("authority")["duty"]
    owed = tc.estimate(REAL, under, by=("authority",), window=PAUSE, status="owed").frame.set_index("authority")
    assert assessed["IEEPA"] > 10e9
    assert owed["duty"]["IEEPA"] == 0
    assert owed["refund"]["IEEPA"] == pytest.approx(assessed["IEEPA"], rel=1e-12)
