"""``docs/coverage.csv``: every measure of the timeline once, and no step that goes unnoticed if it is taken out."""

from __future__ import annotations

import csv
import hashlib
import math
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial
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


@cache
def noticed(importer: str, key: str, part: Part) -> bool | None:
    """Whether a case of the measure sees that the part is gone; None if the measure says no such thing."""
    laws: dict[date | None, Schedule | None] = {None: without(law_of(importer, None), key, part)}
    if laws[None] is None:
        return None
    for known_on, holds in cases(importer, key):
        if known_on not in laws:
            laws[known_on] = without(law_of(importer, known_on), key, part)
        law = laws[known_on]
        if law is not None and not holds(law):
            return True
    return False


@cache
def law_of(importer: str, day: date | None) -> Schedule:
    law = tc.read_schedule(importer)
    return law if day is None else law.as_known_on(day)


Case = tuple[date | None, Callable[[Schedule], bool]]
"""The day whose knowledge of the law counts, and whether a law gives what the case says."""


@cache
def cases(importer: str, key: str) -> list[Case]:
    """The measure's examples, and what examples cannot say, as far as they hold under the law as it is."""
    law = law_of(importer, None)
    found = [case_of(law, key, example) for example in law.measures[key].examples]
    if key in BANNED:
        found.append((None, partial(bans, BANNED[key])))
    if key in PRICED:
        found.append((None, partial(charges, key, *PRICED[key])))
    return [(known_on, holds) for known_on, holds in found if holds(law_of(importer, known_on))]


def case_of(law: Schedule, key: str, example: Example) -> Case:
    """An example as shipments for which each of its facts is settled, each with its part of the value."""
    found = []
    for answers in combinations((True, False), repeat=len(example.facts)):
        facts = dict(zip(example.facts, answers, strict=True))
        weight = math.prod(example.facts[name] if yes else 1 - example.facts[name] for name, yes in facts.items())
        if weight:
            goods = (example.product, example.origin, example.entry)
            shipment = shipment_of(law, *goods, loaded=example.loaded, shares=example.shares, facts=facts)
            found.append((weight, shipment))
    return example.as_known_on, partial(gives, key, example, found)


def gives(key: str, example: Example, shipments: list[tuple[float, Shipment]], law: Schedule) -> bool:
    """Whether the law gives the rates that the example says."""
    answers = [(weight, quote(law, shipment)) for weight, shipment in shipments]
    total = sum(weight * known(answer.additional_rate) for weight, answer in answers)
    alone = sum(weight * alone_of(answer, key) for weight, answer in answers)
    return all(
        said is None or math.isclose(said, found, abs_tol=1e-9)
        for said, found in ((example.rate, total), (example.this, alone))
    )


def alone_of(answer: Quote, key: str) -> float:
    return sum(known(one.applied_rate) for one in (*answer.components, *answer.fees) if one.measure == key)


def known(rate: float | None) -> float:
    return math.nan if rate is None else rate


BANNED = {
    "s338-ban-alcohol": "2204215040",
    "s338-ban-alcohol-packaged": "2203000030",
    "s338-ban-dairy": "0404100500",
    "s338-ban-motorcycle": "8711500060",
}
"""A product that no one may enter from Canada: an example states a rate, and a ban has none."""


def bans(product: str, law: Schedule) -> bool:
    """Whether the product of Canada is banned from 29 September 2026, and not on the day before."""
    first = date(2026, 9, 29)
    return [quote(law, Shipment(product, "CAN", day)).prohibited for day in (first - DAY, first)] == [False, True]


DAY = timedelta(days=1)
PRICED = {
    "s232-polysilicon-price-raw": ("2804610000", 1500, 100, "kg", 0.40),
    "s232-polysilicon-price-wafers": ("3818000020", 8000, 100, "kg", 0.25),
    "s232-polysilicon-price-cells": ("8541420010", 2000, 10_000, "W", 0.10),
    "s232-polysilicon-price-modules": ("8541430010", 3200, 10_000, "W", 0.1875),
}
"""Product, value, quantity, unit, and the gap to the minimum price over the value: an example has no quantity."""


def charges(key: str, product: str, value: int, quantity: float, unit: str, rate: float, law: Schedule) -> bool:
    """Whether goods of Mexico sold too cheaply pay the gap."""
    facts = {"polysilicon_below_minimum": True}
    goods = Shipment(product, "MEX", date(2026, 12, 4), None, facts, {}, Decimal(value), quantity, unit)
    return math.isclose(alone_of(quote(law, goods), key), rate)
