"""Every measure file's own examples, through one shipment's quote and through a table of trade."""

from __future__ import annotations

from datetime import date
from itertools import product as combinations

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.engine.quote import quote
from tariffcalc.engine.shipment import Quote
from tariffcalc.law.dates import Step
from tariffcalc.law.measure import Example, Measure
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.shipments import product_of, shipment_of

LAWS = {importer: tc.read_schedule(importer) for importer in importers(rates_folder())}
CASES = [
    pytest.param(law, measure, example, id=f"{measure.id}: {example.why}")
    for law in LAWS.values()
    for measure in law.measures.values()
    for example in measure.examples
]
SMALL = 1e-9


def law_of(law: Schedule, example: Example) -> Schedule:
    """The law as the example wants it known."""
    return law if example.as_known_on is None else law.as_known_on(example.as_known_on)


def quoted(law: Schedule, example: Example) -> list[tuple[float, Quote]]:
    """The example as shipments for which each of its facts is settled, each with its part of the value."""
    law, found = law_of(law, example), []
    for answers in combinations((True, False), repeat=len(example.facts)):
        facts = dict(zip(example.facts, answers, strict=True))
        weight = 1.0
        for name, yes in facts.items():
            weight *= example.facts[name] if yes else 1.0 - example.facts[name]
        if weight:
            shipment = shipment_of(
                law,
                example.product,
                example.origin,
                example.entry,
                loaded=example.loaded,
                shares=example.shares,
                facts=facts,
            )
            found.append((weight, quote(law, shipment)))
    return found


def part(measure: Measure, answer: Quote) -> float:
    return sum(one.applied_rate or 0.0 for one in (*answer.components, *answer.fees) if one.measure == measure.family)


@pytest.mark.parametrize(("law", "measure", "example"), CASES)
def test_the_quote_is_what_the_example_says(law: Schedule, measure: Measure, example: Example) -> None:
    """The rate of all additional duties, and that of the measure alone."""
    answers = quoted(law, example)
    if example.rate is not None:
        assert None not in [answer.additional_rate for _, answer in answers], answers[0][1].warnings
        total = sum(weight * (answer.additional_rate or 0.0) for weight, answer in answers)
        assert total == pytest.approx(example.rate, abs=SMALL)
    if example.this is not None:
        alone = sum(weight * part(measure, answer) for weight, answer in answers)
        assert alone == pytest.approx(example.this, abs=SMALL)


def a_row(law: Schedule, example: Example) -> dict[str, object]:
    """The example as one row of trade worth a dollar: facts and contents as shares of its value.

    A fact for which a table of shares stands by does not hold where the example says nothing of it.
    """
    facts = {name: 0.0 for name, one in law.facts.items() if one.shares is not None}
    if loaded_in_time(law, example):
        facts["in_transit"] = 1.0
    said = {f"{name}_share": share for name, share in {**facts, **example.facts, **example.shares}.items()}
    product = product_of(example.product, law.importer)
    cells = {"importer": law.importer, "origin": example.origin, "product": product}
    return cells | {"period": str(example.entry), "customs_value": 1.0} | said


def loaded_in_time(law: Schedule, example: Example) -> bool:
    """Whether the goods were on the water when a measure that applies on the day began, and it has a rule for these."""
    steps = [(one, one.rates.at(example.entry)) for one in law.measures.values()]
    rules = [rule for one, step in steps if step is not None and step.value.applies for rule in one.in_transit]
    return any(rule.holds(example.loaded, example.entry) for rule in rules)


@pytest.mark.parametrize(("law", "measure", "example"), CASES)
def test_the_table_is_what_the_example_says(law: Schedule, measure: Measure, example: Example) -> None:
    """The same as the duty on a table of one row."""
    law = law_of(law, example)
    flows = tc.read_flows(pd.DataFrame([a_row(law, example)]))
    lines = tc.estimate(flows, law, by=("measure",)).frame.set_index("measure")
    resolved = tc.estimate(flows, law).provenance["resolved_share"]
    base = {one.family for one in law.measures.values() if one.basis == "base"}
    if resolved < 1:
        return base_alone_is_unknown(law, example)
    if example.rate is not None:
        total = lines["duty"].drop(labels=list(base), errors="ignore").sum()
        assert total == pytest.approx(example.rate, abs=SMALL)
    if example.this is not None and measure.basis != "fee":
        assert lines["duty"].get(measure.family, 0.0) == pytest.approx(example.this, abs=SMALL)
    return None


def base_alone_is_unknown(law: Schedule, example: Example) -> None:
    """A table does not charge part of a duty: it is unresolved, for want of a base duty or as prohibited."""
    answer = quote(law, shipment_of(law, example.product, example.origin, example.entry))
    assert answer.base_rate is None or answer.prohibited


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
