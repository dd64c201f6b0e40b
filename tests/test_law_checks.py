"""Checks on the law itself: its codes, its headings, its history, and how much of trade it resolves."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

import tariffcalc as tc
from tariffcalc.law.schedule import Schedule
from tariffcalc.originrates import heading_of, origins_of, steps_for
from tariffcalc.sources import trade_facts

NOT_IN_EDITIONS = {
    "s232-pharma-40c": 24,  # statistical numbers of July and September 2026, newer than the editions held
    "s232-polysilicon-wafers": 4,  # numbers for December 2026
    "s301-china-list-3-out": 1,  # numbers of 2018 and 2019 that no edition since 2025 has
    "s301-china-list-4b": 15,
}
LAST_EDITION = date(2026, 6, 8)
TEN_DATES = [date(2025, 1, 15), date(2025, 3, 5), date(2025, 4, 9), date(2025, 5, 20), date(2025, 8, 10)]
TEN_DATES += [date(2025, 11, 20), date(2026, 1, 20), date(2026, 3, 1), date(2026, 6, 10), date(2026, 10, 1)]


@pytest.fixture(scope="module")
def law() -> Schedule:
    return tc.read_schedule("USA")


def test_no_list_has_a_code_that_no_edition_has_unless_noted(law: Schedule) -> None:
    known = {code[:length] for code in trade_facts.known_codes() for length in range(2, 11)}
    unknown = {name: {code for block in one.blocks for code in block.codes} - known for name, one in law.lists.items()}
    assert {name: len(codes) for name, codes in unknown.items() if codes} == NOT_IN_EDITIONS


def test_every_chapter_99_heading_cited_is_in_the_tariff(law: Schedule) -> None:
    """But for measures that began after the last edition held."""
    known = trade_facts.known_codes()
    missing = {}
    for measure in law.measures.values():
        first = min(step.start for step in measure.rates.steps)
        named = sorted(set(re.findall(r"99\d\d\.\d\d\.\d\d", " ".join(measure.headings()))))
        unknown = [heading for heading in named if heading.replace(".", "") not in known]
        if unknown and first <= LAST_EDITION:
            missing[measure.id] = unknown
    assert missing == HEADINGS_NOT_HELD


HEADINGS_NOT_HELD = {"s232-steel-turkey": ["9903.80.02"]}
"""The heading of 2018 and 2019 was gone before the first edition held, of January 2025."""


@pytest.mark.parametrize(
    ("origin", "day", "product", "measure", "heading", "asked"),
    [
        ("VNM", "2025-09-01", "6109100012", "ieepa-reciprocal", "9903.02.69", {}),
        ("VNM", "2025-07-01", "6109100012", "ieepa-reciprocal", "9903.01.25", {}),
        ("VNM", "2025-09-01", "6109100012", "ieepa-reciprocal", "9903.01.25", {"loaded": "2025-08-01"}),
        ("VNM", "2025-04-09", "6109100012", "ieepa-reciprocal-april", "9903.01.72", {}),
        ("VNM", "2026-09-01", "6109100012", "s301-forced-labor-12-5", "9903.05.84", {}),
        ("DEU", "2026-09-01", "6109100012", "s301-forced-labor-10-total", "9903.05.38, 9903.05.39", {}),
        ("TTO", "2025-09-01", "6109100012", "ieepa-reciprocal", "9903.02.62", {}),
        ("CHE", "2025-10-01", "6109100012", "ieepa-reciprocal", "9903.02.58", {}),
        ("CHE", "2025-12-01", "6109100012", "ieepa-reciprocal", "9903.02.82", {}),
        ("CHE", "2025-12-01", "6913105000", "ieepa-reciprocal", "9903.02.83", {}),
        ("CHE", "2025-12-01", "6913105000", "ieepa-reciprocal", "9903.02.58", {"as_known_on": "2025-11-20"}),
        ("CHN", "2025-04-20", "6109100012", "ieepa-china", "9903.01.24", {}),
        ("CHN", "2025-02-20", "6109100012", "ieepa-china", "9903.01.20", {}),
        ("CHN", "2025-04-20", "8708295160", "s301-china-list-3", "9903.88.03", {}),
        ("RUS", "2025-04-20", "7606123030", "s232-aluminum-russia", "9903.85.67", {}),
        ("MEX", "2025-06-01", "8703230190", "s232-autos", "9903.94.03", {"claim": "usmca"}),
        ("JPN", "2025-10-01", "8708295160", "s232-auto-parts-japan", "9903.94.43", {}),
        ("CHN", "2026-09-01", "6810990020", "s201-quartz", "9903.45.30", {"facts": {"in_quota": True}}),
        ("CHN", "2026-09-01", "6810990020", "s201-quartz", "9903.45.31", {}),
    ],
)
def test_the_heading_shown_is_the_one_to_declare(
    origin: str, day: str, product: str, measure: str, heading: str, asked: dict[str, Any]
) -> None:
    """HTS chapter 99, subchapter III, and for 9903.05 and 9903.45 the notices: by origin, day, goods and base duty."""
    parts = {one.measure: one.heading for one in tc.rate(product, origin=origin, on=day, **asked).components}
    assert parts.get(measure) == heading, parts


@pytest.mark.parametrize("name", ["ieepa-reciprocal", "ieepa-reciprocal-april", "s301-forced-labor-12-5"])
def test_every_origin_with_a_rate_of_its_own_has_a_heading(law: Schedule, name: str) -> None:
    one = law.measures[name]
    for origin in origins_of(one):
        told = [heading_of(one, origin, step) for step in steps_for(one, origin) if one.rate_at(step.start)]
        assert told, origin
        assert all(re.fullmatch(r"99\d\d\.\d\d\.\d\d(, 99\d\d\.\d\d\.\d\d)?", text) for text in told), (origin, told)


def test_all_acts_replayed_are_the_law_of_today(law: Schedule) -> None:
    """Known at the end of what is known, every measure says what it says."""
    known = law.as_known_on(law.law_known_until)
    assert set(known.measures) == set(law.measures)
    for day in (law.law_known_until, law.law_known_until - timedelta(days=200), date(2025, 4, 9)):
        mine = {key: str(one.rate_at(day)) for key, one in law.measures.items() if one.tables() == []}
        assert mine == {key: str(known.measures[key].rate_at(day)) for key in mine}


def test_the_acts_of_each_year_only_add_to_what_was_known(law: Schedule) -> None:
    """Measures known on a day are known ever after."""
    days = [date(year, 1, 1) for year in range(2018, 2027)]
    known = [set(law.as_known_on(day).measures) for day in days]
    assert all(earlier <= later for earlier, later in pairwise(known))


@pytest.mark.parametrize("day", TEN_DATES, ids=str)
def test_nearly_all_trade_is_resolved(day: date) -> None:
    """At least 97 percent of the value of 2024, from every origin."""
    result = tc.estimate("us-world-2024", by=("year",), window=(day, day + timedelta(days=1)), basis="base_year")
    assert result.provenance["resolved_share"] >= 0.97
