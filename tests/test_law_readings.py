"""Every way to read a disputed point of law but the default changes what some good pays, and how."""

from __future__ import annotations

import pytest

import tariffcalc as tc

LAW = tc.read_schedule("USA")
Case = tuple[str, str, str, str, str, dict[str, float], float, float]
"""Reading, alternative, product, origin, day, facts and contents; additional rate by default and by the alternative."""

CASES = [
    ("canada-electricity", "energy", "2716.00.00.00", "CAN", "2025-09-01", {}, 0.35, 0.10),
    ("canada-electricity", "outside", "2716.00.00.00", "CAN", "2025-09-01", {}, 0.35, 0.0),
    ("copper-and-ieepa", "remainder", "7411.10.10.90", "CAN", "2025-09-01", {"copper": 1}, 0.85, 0.50),
    ("drones-and-forced-labor", "left-out", "8806.24.00.00", "VNM", "2026-09-10", {}, 1.125, 1.0),
    ("energy-with-metals", "metals-alone", "7614.10.10.00", "CAN", "2025-09-01", {}, 0.60, 0.50),
    ("furniture-2026", "rose", "9403.40.90.60", "CHN", "2026-03-02", {}, 0.50, 0.75),
    ("ieepa-end", "ruling", "6109.10.00.12", "CAN", "2026-02-21", {}, 0.35, 0.0),
    ("ieepa-non-metal-part", "inside", "8429.51.10.15", "CAN", "2025-09-01", {"steel": 0.6}, 0.30, 0.44),
    ("india-february-2026", "as-announced", "6109.10.00.12", "IND", "2026-02-10", {}, 0.25, 0.18),
    ("mobile-equipment-partners", "added", "3926.90.99.85", "DEU", "2026-08-03", {}, 0.097, 0.15),
    (
        "pharma-listed-companies",
        "others-pay",
        "2918.99.30.00",
        "CAN",
        "2026-08-03",
        {"patented_pharma": 1, "usmca": 1},
        0.0,
        1.0,
    ),
    ("russian-aluminum-as-232-goods", "left-out", "7601.10.30.00", "RUS", "2026-09-10", {}, 2.125, 2.0),
    ("s122-june-2026-gap", "as-printed", "7208.39.00.15", "DEU", "2026-06-15", {}, 0.50, 0.60),
    ("s338-on-232-goods", "alcohol-only", "7308.90.30.00", "CAN", "2026-09-20", {}, 1.5, 1.0),
    ("s338-on-232-goods", "none", "7308.90.30.00", "CAN", "2026-09-20", {}, 1.5, 0.50),
    ("s338-start", "as-signed", "0404.10.05.00", "CAN", "2026-08-20", {}, 0.10, 0.60),
    (
        "steel-derivatives-ch73-before-june-2025",
        "content",
        "7318.15.20.10",
        "DEU",
        "2025-03-20",
        {"steel": 0.5},
        0.25,
        0.125,
    ),
]

WHAT_IF = {
    "mobile-equipment-partners": {"scope": "s232-metals26-mobile-partners", "products": ["3926909985"]},
    "s338-on-232-goods": {"scope": "s338-canada-alcohol", "products": ["7308903000"]},
}
"""Readings that no good of the law as it is can tell apart, and the goods that are put on a list to do so.

Every number of the list of mobile equipment is free in column 1, and no good of the list of alcohol is subject to a
duty of section 232.
"""


def additional(name: str, reading: str, product: str, origin: str, day: str, said: dict[str, float]) -> float | None:
    shares = {name: share for name, share in said.items() if name in LAW.contents}
    facts = {name: bool(holds) for name, holds in said.items() if name in LAW.facts}
    changes = [{**WHAT_IF[name], "from": day}] if name in WHAT_IF else []
    scenario = {"name": "read", "assumptions": {"readings": {name: reading}}, "change": changes}
    return tc.rate(product, origin, day, scenario=scenario, shares=shares, facts=facts).additional_rate


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1]}")
def test_a_reading_changes_what_is_paid(case: Case) -> None:
    """Under the default reading the one rate, under the alternative the other."""
    name, alternative, product, origin, day, said, before, after = case
    assert additional(name, LAW.readings[name].default, product, origin, day, said) == pytest.approx(before)
    assert additional(name, alternative, product, origin, day, said) == pytest.approx(after)
    assert before != after


def test_no_two_alternatives_are_tried_by_what_they_share() -> None:
    """Alternatives of one reading that are tried on the same good give different rates."""
    found = [(name, product, origin, day, after) for name, _, product, origin, day, _, _, after in CASES]
    assert len(found) == len(set(found))


def test_every_alternative_is_tried() -> None:
    tried = {(name, alternative) for name, alternative, *_ in CASES}
    wanted = {(one.id, name) for one in LAW.readings.values() for name in one.alternatives if name != one.default}
    assert tried == wanted
