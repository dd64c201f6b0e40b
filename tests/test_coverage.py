"""``docs/coverage.csv``: every measure of the timeline once, and no step that goes unnoticed if it is taken out."""

from __future__ import annotations

import csv
import hashlib
import math
import tomllib
from datetime import date
from functools import cache
from itertools import product as combinations
from pathlib import Path

import pytest

import tariffcalc as tc
from tariffcalc.engine.quote import quote
from tariffcalc.engine.shipment import Quote, Shipment
from tariffcalc.law.measure import Example
from tariffcalc.law.schedule import Schedule
from tariffcalc.shipments import shipment_of
from tests.removal import Part, parts_of, without

ROOT = Path(__file__).resolve().parent.parent
with (ROOT / "docs/coverage.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))
META = tomllib.loads((ROOT / "docs/coverage.meta.toml").read_text())
STATING = {"duty", "exemption", "prohibition"}
KINDS = STATING | {"procedural", "authority", "pending"}
ENCODED = [pytest.param(row, id=row["id"]) for row in ROWS if row["encoded"] == "yes"]


def test_every_measure_of_the_timeline_is_there_once() -> None:
    ids = [row["id"] for row in ROWS]
    assert ids == sorted(set(ids))
    assert len(ids) == META["rows"] == 384
    assert hashlib.sha256("\n".join(ids).encode()).hexdigest() == META["ids_sha256"]


def test_each_cell_is_one_of_its_column() -> None:
    assert {row["importer"] for row in ROWS} == {"USA", "CAN", "CHN", "EU27", "MEX"}
    assert {row["kind"] for row in ROWS} == KINDS
    assert {row["encoded"] for row in ROWS} == {"yes", "no", "procedural"}
    assert [row["id"] for row in ROWS if row["encoded"] == "procedural" and row["kind"] in STATING] == []


def test_what_states_a_duty_is_encoded() -> None:
    """At least 95 of 100 that state a duty, an exemption or a prohibition."""
    stating = [row for row in ROWS if row["kind"] in STATING]
    assert sum(row["encoded"] == "yes" for row in stating) >= 0.95 * len(stating)


def test_what_is_not_encoded_says_why() -> None:
    assert [row["id"] for row in ROWS if row["encoded"] != "yes" and not row["note"]] == []
    assert [row["id"] for row in ROWS if row["encoded"] != "yes" and row["step"]] == []


def test_every_file_named_is_there() -> None:
    named = {name for row in ROWS for name in row["where"].split("; ") if name}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("row", ENCODED)
def test_a_step_taken_out_is_noticed(row: dict[str, str]) -> None:
    """Each part that the row names, out of each file that has it: an example of that file no longer holds."""
    files = [Path(name).stem for name in row["where"].split("; ") if Path(name).parent.name == "measures"]
    for part in parts_of(row["step"]):
        removed = {key: noticed(row["importer"], key, part) for key in files}
        assert set(removed.values()) != {None}, f"no file says {part}"
        assert False not in removed.values(), f"{part}: {[key for key, seen in removed.items() if seen is False]}"


def noticed(importer: str, key: str, part: Part) -> bool | None:
    """Whether an example of the measure sees that the part is gone; None if the measure says no such thing."""
    laws: dict[date | None, Schedule | None] = {None: without(law_of(importer, None), key, part)}
    if laws[None] is None:
        return None
    for example, shipments in cases(importer, key):
        day = example.as_known_on
        if day not in laws:
            laws[day] = without(law_of(importer, day), key, part)
        law = laws[day]
        if law is not None and not holds(law, key, example, shipments):
            return True
    return False


@cache
def law_of(importer: str, day: date | None) -> Schedule:
    law = tc.read_schedule(importer)
    return law if day is None else law.as_known_on(day)


Weighted = list[tuple[float, Shipment]]


@cache
def cases(importer: str, key: str) -> list[tuple[Example, Weighted]]:
    """The measure's examples that hold under the law as it is, each as shipments."""
    law = law_of(importer, None)
    found = [(example, shipments_of(law, example)) for example in law.measures[key].examples]
    return [case for case in found if holds(law_of(importer, case[0].as_known_on), key, *case)]


def shipments_of(law: Schedule, example: Example) -> Weighted:
    """The example as shipments for which each of its facts is settled, each with its part of the value."""
    found = []
    for answers in combinations((True, False), repeat=len(example.facts)):
        facts = dict(zip(example.facts, answers, strict=True))
        weight = math.prod(example.facts[name] if yes else 1 - example.facts[name] for name, yes in facts.items())
        if weight:
            goods = (example.product, example.origin, example.entry)
            shipment = shipment_of(law, *goods, loaded=example.loaded, shares=example.shares, facts=facts)
            found.append((weight, shipment))
    return found


def holds(law: Schedule, key: str, example: Example, shipments: Weighted) -> bool:
    """Whether the law gives what the example says."""
    answers = [(weight, quote(law, shipment)) for weight, shipment in shipments]
    total = sum(weight * known(answer.additional_rate) for weight, answer in answers)
    alone = sum(weight * alone_of(answer, key) for weight, answer in answers)
    return all(
        said is None or math.isclose(said, found, abs_tol=1e-9)
        for said, found in ((example.rate, total), (example.this, alone))
    )


def alone_of(answer: Quote, key: str) -> float:
    return sum(known(one.applied_rate) for one in answer.components if one.measure == key)


def known(rate: float | None) -> float:
    return math.nan if rate is None else rate
