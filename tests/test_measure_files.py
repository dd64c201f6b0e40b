"""Every measure file's own examples, through one shipment's quote and through a table of trade."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache, cached_property
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
    """The rate of all additional duties, that of the measure alone, its duty, the base rate, a ban, what is unknown."""
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


PLACE = ["product", "origin", "period"]
Place = tuple[str, ...]


class Table:
    """Examples as rows of one table: of one law, with the same facts, no two of one product, origin and month."""

    def __init__(self, law: Schedule) -> None:
        self.law = law
        self.rows: dict[Place, dict[str, object]] = {}

    @cached_property
    def duties(self) -> dict[Place, tuple[pd.Series[float], float]]:
        """The duty of each row by measure, and the part of its value that is resolved."""
        flows = tc.read_flows(pd.DataFrame([*self.rows.values()]))
        whole, lines = (
            tc.estimate(flows, self.law, by=("product", "origin", "month", *more)).frame.set_index(PLACE)
            for more in ((), ("measure",))
        )
        held = {place: some.set_index("measure")["duty"] for place, some in lines.groupby(level=PLACE, observed=True)}
        none = pd.Series(dtype=float)
        return {place: (held.get(place, none), share) for place, share in whole["resolved_share"].items()}


def place_of(case: Case) -> Place:
    """What tells the rows of a table apart."""
    example = case.example
    return product_of(example.product, case.law.importer), example.origin, f"{example.entry:%Y-%m}"


@cache
def tables() -> dict[int, Table]:
    """The table that each example is in: one for every few examples, as one estimate takes almost as long as many."""
    found: dict[int, Table] = {}
    alike: dict[object, list[Table]] = defaultdict(list)
    for case in DUTIES:
        law = known(case)
        row = a_row(law, case)
        facts = {name: row.get(f"{name}_share") for name in law.facts}
        some = alike[case.law.importer, case.example.as_known_on, tuple(facts.items())]
        free = next((one for one in some if place_of(case) not in one.rows), None)
        if free is None:
            some.append(free := Table(law))
        free.rows[place_of(case)] = row
        found[id(case)] = free
    return found


@pytest.mark.parametrize("case", DUTIES, ids=named)
def test_the_table_is_what_the_example_says(case: Case) -> None:
    """The same as the duty on its row in a table; fees are for single entries."""
    value = case.example.value or 1.0
    duty, resolved = tables()[id(case)].duties[place_of(case)]
    if resolved < 1 or case.example.unresolved:
        the_row_is_unresolved(case)
        return
    law = known(case)
    base = [one.family for one in law.measures.values() if one.basis == "base" and one.family in duty]
    found = {
        "rate": duty.drop(labels=base).sum() / value,
        "this": duty.get(case.key, 0.0) / value,
        "base": duty[base].sum() / value,
        "duty": round(duty.get(case.key, 0.0), 2),
        "prohibited": 0.0,
        "unresolved": 0.0,
    }
    assert {name: found[name] for name in case.said} == pytest.approx(case.said, abs=SMALL)


def the_row_is_unresolved(case: Case) -> None:
    """As the example says, in a table of its own, which tells what may not be entered."""
    law = known(case)
    told = tc.estimate(tc.read_flows(pd.DataFrame([a_row(law, case)])), law, by=("measure",)).provenance
    assert told["resolved_share"] < 1
    if case.example.unresolved:
        assert (told["resolved_share"], told["totals"]["duty"]) == (0, 0)
        return
    base_alone_is_unknown(law, case, prohibited=told["prohibited_value"] == (case.example.value or 1.0))


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
        if one.basis == "additional"
        and not any((case.this or case.rate or case.unresolved or 0) > 0 for case in one.examples)
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
