"""Every measure file's own examples, through one shipment's quote and through a table of trade."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.engine.quote import quote
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.shipments import product_of
from tests.examples import SMALL, Case, law_of

if TYPE_CHECKING:
    from tariffcalc.law.dates import Step
    from tariffcalc.law.schedule import Schedule

LAWS = {importer: law_of(importer) for importer in importers(rates_folder())}
CASES = [
    Case(law, measure.id, example)
    for law in LAWS.values()
    for measure in law.measures.values()
    for example in measure.examples
]
DUTIES = [case for case in CASES if case.law.measures[case.key].basis != "fee"]


def named(case: Case) -> str:
    return f"{case.key}: {case.example.why}"


def known(case: Case) -> Schedule:
    """The law as the example wants it known."""
    return law_of(case.law.importer, case.example.as_known_on)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_quote_is_what_the_example_says(case: Case) -> None:
    """The rate of all additional duties, that of the measure alone, its duty, the base rate, a ban."""
    assert case.found(known(case)) == pytest.approx(case.said, abs=SMALL)


def a_row(law: Schedule, case: Case) -> dict[str, object]:
    """The example as one row of trade, worth a dollar unless it says: facts and contents as shares of its value.

    A fact for which a table of shares stands by does not hold where the example says nothing of it.
    """
    example = case.example
    facts = {name: 0.0 for name, one in law.facts.items() if one.shares is not None}
    if loaded_in_time(law, case):
        facts["in_transit"] = 1.0
    said = {f"{name}_share": share for name, share in {**facts, **example.facts, **example.shares}.items()}
    product = product_of(example.product, law.importer)
    cells = {"importer": law.importer, "origin": example.origin, "product": product}
    if example.quantity is not None:
        said |= {"quantity": example.quantity, "unit": example.unit}
    return cells | {"period": str(example.entry), "customs_value": example.value or 1.0} | said


def loaded_in_time(law: Schedule, case: Case) -> bool:
    """Whether the goods were on the water when a measure that applies on the day began, and it has a rule for these."""
    example = case.example
    steps = [(one, one.rates.at(example.entry)) for one in law.measures.values()]
    rules = [rule for one, step in steps if step is not None and step.value.applies for rule in one.in_transit]
    return any(rule.holds(example.loaded, example.entry) for rule in rules)


@pytest.mark.parametrize("case", DUTIES, ids=named)
def test_the_table_is_what_the_example_says(case: Case) -> None:
    """The same as the duty on a table of one row; fees are for single entries."""
    law = known(case)
    value = case.example.value or 1.0
    result = tc.estimate(tc.read_flows(pd.DataFrame([a_row(law, case)])), law, by=("measure",))
    told = result.provenance
    if told["resolved_share"] < 1:
        base_alone_is_unknown(law, case, prohibited=told["prohibited_value"] == value)
        return
    duty = result.frame.set_index("measure")["duty"]
    base = [one.family for one in law.measures.values() if one.basis == "base" and one.family in duty]
    found = {
        "rate": duty.drop(labels=base).sum() / value,
        "this": duty.get(case.key, 0.0) / value,
        "base": duty[base].sum() / value,
        "duty": round(duty.get(case.key, 0.0), 2),
        "prohibited": told["prohibited_value"] / value,
    }
    assert {name: found[name] for name in case.said} == pytest.approx(case.said, abs=SMALL)


def base_alone_is_unknown(law: Schedule, case: Case, *, prohibited: bool) -> None:
    """A table does not charge part of a duty: it is unresolved, for want of a base duty or as prohibited."""
    answers = [quote(law, shipment) for _, shipment in case.shipments]
    assert prohibited == any(answer.prohibited for answer in answers)
    assert prohibited or None in [answer.base_rate for answer in answers]


def test_every_measure_has_an_example_of_a_day_on_which_it_applies() -> None:
    """An example that only says when a measure does not apply would leave the rate itself untested."""
    silent = [
        one.id
        for law in LAWS.values()
        for one in law.measures.values()
        if one.basis == "additional" and not any((case.this or case.rate or 0) > 0 for case in one.examples)
    ]
    assert silent == []


REACHING_BACK = {
    "eo-14289",
    "eo-14360",
    "eo-14361",
    "fr-2025-18660",
    "fr-2025-21940",
    "fr-2026-10571",
    "fr-84-69447",
    "fr-89-76581",
    "fr-90-59281",
    "fr-91-49406",
    "hr-7148",
    "mou-2022-solar",
    "proc-10106",
}


def test_only_these_acts_reach_back() -> None:
    """A day of effect before the day of the act is a slip of the pen, unless the act says so, as these do."""
    early = set()
    for one in tc.read_schedule("USA").measures.values():
        lines = [one.rates, one.stacking, one.status, *one.reliefs.values()]
        early |= {s.cite for line in lines for s in line.steps if BEFORE_ALL < s.start < s.announced and not said(s)}
    assert early == REACHING_BACK


BEFORE_ALL = date(1990, 1, 1)


def said(step: Step[object]) -> bool:
    """A legal status is what a court finds, for days before it found it."""
    return isinstance(step.value, str)
