"""The engine and the slow reckoner agree, on every kind of goods, at both ends of every segment of the law."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.engine import judge, quote, stack
from tariffcalc.law.dates import Period, segments
from tariffcalc.law.schedule import Precedence, Schedule
from tests.oracle import Goods, Sums, contents_of, oracle_duty, oracle_rate, shipments

YEARS = range(2018, 2028)
WINDOW = Period(date(YEARS[0], 1, 1), date(YEARS[-1] + 1, 1, 1))
SEED = 20250204
LISTS = (
    "s232-steel-mill",
    "s232-alu-primary",
    "s232-steel-deriv-ch73",
    "s232-steel-deriv-16n",
    "s232-alu-deriv-19k",
    "s232-alu-deriv-19j",
    "s232-copper-36b",
    "s232-auto-vehicles",
    "s232-auto-parts",
    "s232-mhd-vehicles",
    "s232-mhd-parts",
    "s232-mhd-buses",
    "s232-wood-softwood",
    "s232-wood-cabinets",
    "s232-wood-upholstered",
    "s232-semi-note39",
    "s232-metals26-16c-ii",
    "s232-metals26-16c-vi",
    "s232-pharma-40c",
    "canada-energy",
    "canada-potash",
    "mexico-potash",
    "s122-exempt",
    "s122-aircraft",
    "s301-fl-exempt-52b",
    "s338-ca-alcohol",
    "s338-ca-dairy",
    "s338-ca-motor-vehicles",
    "s338-ban-dairy",
    "s338-ban-alcohol",
)
PREFIXES = ("0402", "2208", "2709", "3926", "6402", "8471", "8542", "8802", "98")


@cache
def traded(table: str) -> dict[str, list[tuple[str, str]]]:
    """The lanes of a bundled table by product, in a fixed order."""
    frame = tc.read_flows(table).frame[["product", "origin"]].astype(str).drop_duplicates()
    found: dict[str, list[tuple[str, str]]] = {}
    for product, origin in sorted(frame.itertuples(index=False, name=None)):
        found.setdefault(product, []).append((product, origin))
    return found


def lanes_on(table: str, beginnings: Iterable[str], number: int, chance: random.Random) -> list[tuple[str, str]]:
    """Some lanes of the table whose product begins with one of these."""
    wanted = tuple(beginnings)
    held = [lane for product, lanes in traded(table).items() if product.startswith(wanted) for lane in lanes]
    return chance.sample(held, min(number, len(held)))


@cache
def chosen_lanes() -> tuple[tuple[str, str], ...]:
    """Lanes from every list of goods that the law names, near and far, some of other kinds, and some at random."""
    chance, law = random.Random(SEED), tc.read_schedule("USA")  # noqa: S311 - the same lanes every time
    near, far = "us-north-america-2025", "us-world-2024"
    lanes = []
    for name in LISTS:
        if name in law.lists:
            codes = sorted(code for block in law.lists[name].blocks for code in block.codes)
            lanes += lanes_on(near, codes, 1, chance) + lanes_on(far, codes, 1, chance)
    for prefix in PREFIXES:
        lanes += lanes_on(near, [prefix], 1, chance)
    lanes += lanes_on(near, [""], 5, chance) + lanes_on(far, [""], 10, chance)
    lanes += [("2208303030", "CAN"), ("6109901007", "RUS"), ("7208390015", "JPN"), ("9802005060", "MEX")]
    return tuple(sorted(set(lanes)))


@pytest.fixture(scope="module")
def cuts(law: Schedule) -> tuple[Period, ...]:
    return segments(WINDOW, law.breakpoints)


def a_dollar_a_day(goods: Goods) -> list[dict[str, Any]]:
    """Rows of trade, one a year, worth a dollar a day."""
    said = {f"{name}_share": share for name, share in {**goods.facts, **goods.contents}.items()}
    rows = []
    for year in YEARS:
        days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        row: dict[str, Any] = {"importer": "USA", "origin": goods.origin, "product": goods.product}
        row |= {"period": str(year), "customs_value": float(days), **said}
        if goods.quantity is not None:
            row |= {"quantity": goods.quantity * days / goods.value, "unit": goods.unit}
        rows.append(row)
    return rows


def engine_rates(rows: list[dict[str, Any]], law: Schedule) -> dict[tuple[str, str, str], dict[str, float]]:
    """The engine's rate of every measure by product, origin and segment; ``?`` is the part resolved."""
    flows = tc.read_flows(pd.DataFrame(rows))
    window = (WINDOW.start, WINDOW.until)
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    whole = tc.estimate(flows, law, by=("product", "origin", "segment"), window=window).frame
    for row in whole.itertuples():
        found[row.product, row.origin, row.segment_from] = {"?": row.resolved_share}
    lines = tc.estimate(flows, law, by=("product", "origin", "segment", "measure"), window=window).frame
    for row in lines.itertuples():
        days = (date.fromisoformat(row.segment_until) - date.fromisoformat(row.segment_from)).days
        found[row.product, row.origin, row.segment_from][row.measure] = row.duty / days
    return found


def oracle_rates(law: Schedule, goods: Goods, day: date) -> dict[str, float]:
    """The slow reckoner's rate of every measure on one day, in the engine's form."""
    one = Goods(**{**vars(goods), "start": day, "until": day + timedelta(days=1)})
    sums = oracle_duty([one], law, day, one.until)
    return {"?": sums.resolved / one.value} | {name: duty / one.value for name, duty in sums.duty.items() if duty}


def differences(
    law: Schedule, goods: list[Goods], found: Mapping[tuple[str, str, str], dict[str, float]], cuts: Iterable[Period]
) -> list[str]:
    """Where the two disagree, in words."""
    said = []
    for one in goods:
        for cut in cuts:
            engine = {k: v for k, v in found[one.product, one.origin, str(cut.start)].items() if v or k == "?"}
            for day in {cut.start, cut.until - timedelta(days=1)}:
                slow = oracle_rates(law, one, day)
                wrong = [n for n in engine.keys() | slow.keys() if not same(engine.get(n, 0.0), slow.get(n, 0.0))]
                said += [f"{one.product} {one.origin} {day} {n}: {engine.get(n)} not {slow.get(n)}" for n in wrong]
    return said


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-15)


def test_the_bundled_lanes_agree_at_both_ends_of_every_segment(law: Schedule, cuts: tuple[Period, ...]) -> None:
    """Rates by measure on real lanes of every kind, with the bundled shares, 2018 to 2027."""
    goods = [Goods(product, origin, WINDOW.start, WINDOW.until, 1.0) for product, origin in chosen_lanes()]
    assert len(goods) > 80
    rows = [row for one in goods for row in a_dollar_a_day(one)]
    assert differences(law, goods, engine_rates(rows, law), cuts) == []


SAID = (
    ("8708401150", "CAN", {"usmca": 0.5}, {}, None, ""),
    ("8708106010", "MEX", {"usmca": 1.0}, {"steel": 0.5, "aluminum": 0.3}, None, ""),
    ("7318152010", "CAN", {"usmca": 0.3, "us_metal": 0.25}, {"steel": 0.8}, None, ""),
    ("8431310020", "CAN", {"usmca": 0.0}, {"steel": 0.7, "aluminum": 0.5, "copper": 0.2}, None, ""),
    ("8703230190", "MEX", {"usmca": 0.75, "over_25_years_old": 0.1}, {"us_content": 0.3}, None, ""),
    ("8704230140", "CAN", {"usmca": 0.9}, {"us_content": 0.05}, None, ""),
    ("8471500150", "MEX", {"usmca": 0.2, "computer_not_vehicle_part": 0.5, "semi_qualifying": 0.4}, {}, None, ""),
    ("6109901007", "CAN", {"usmca": 0.4, "in_transit": 0.5, "donation": 0.1}, {}, None, ""),
    ("3926909985", "CAN", {"civil_aircraft": 0.6}, {}, None, ""),
    ("2204215060", "CAN", {"usmca": 0.5, "packaged": 0.5}, {}, 0.2, "liter"),
    ("2709002010", "CAN", {"usmca": 0.5}, {}, 0.0125, "bbl"),
    ("1701141000", "MEX", {"usmca": 0.0}, {}, 0.001, "t"),
    ("0406104800", "CAN", {"usmca": 0.0}, {}, 0.1, "kg"),
    ("7403110000", "CAN", {"usmca": 0.0}, {}, None, ""),
    ("7408116000", "MEX", {"usmca": 0.5}, {"copper": 0.9}, None, ""),
    ("4407190056", "CAN", {"usmca": 0.99}, {}, None, ""),
    ("9403608081", "CAN", {"usmca": 0.5, "transshipped": 0.2}, {}, None, ""),
    ("3004909291", "MEX", {"usmca": 0.0, "patented_pharma": 0.5, "pharma_use": 0.5}, {}, None, ""),
    ("7601103000", "MEX", {"usmca": 0.5, "commerce_approved_metal_quantity": 0.5}, {}, None, ""),
    ("8482101080", "CAN", {"metal_under_15_percent": 0.3, "equipment_part": 0.3, "motorcycle_part": 0.3}, {}, None, ""),
)


def test_what_rows_say_agrees_at_both_ends_of_every_segment(law: Schedule, cuts: tuple[Period, ...]) -> None:
    """Hand-made lanes whose rows state facts, contents and quantities of their own."""
    goods = [
        Goods(product, origin, WINDOW.start, WINDOW.until, 1.0, facts, contents, quantity, unit)
        for product, origin, facts, contents, quantity, unit in SAID
    ]
    for one in goods:
        assert differences(law, [one], engine_rates(a_dollar_a_day(one), law), cuts) == []


CHANGED: tuple[dict[str, Any] | str, ...] = (
    "no-pause",
    "no-tariffs-2025",
    "as-announced-2025-02-01",
    "ieepa-in-force",
    {
        "name": "parts and transforms",
        "change": [
            {"set": "ieepa-canada", "rate": {"cap": "20%"}, "where": {"products": ["72", "87"]}, "from": "2025-07-15"},
            {"set": {}, "where": {"authority": "Section 232", "origins": ["MEX"]}, "rate": {"cut": "40%"}},
            {"set": "mfn", "rate": {"swiss": 16}, "from": "2025-05-10", "until": "2026-02-02"},
            {"pause": "s122", "from": "2026-03-01", "until": "2026-03-20", "where": {"origins": ["CAN"]}},
            {"end": "s232-steel", "from": "2025-09-09"},
            {"scope": "s232-autos", "origins": ["MEX"], "from": "2025-06-01", "until": "2025-12-01"},
            {"stack": "ieepa-mexico", "yields_to": ["set:s232-metals"], "from": "2025-08-01"},
        ],
    },
)


@pytest.mark.parametrize("scenario", CHANGED, ids=lambda one: one if isinstance(one, str) else one["name"])
def test_scenarios_agree(scenario: dict[str, Any] | str, law: Schedule) -> None:
    """The law under a scenario, with measures split, paused, capped, and yielding otherwise."""
    changed = law.apply(tc.read_scenario(scenario))
    goods = [Goods(product, origin, WINDOW.start, WINDOW.until, 1.0) for product, origin in chosen_lanes()[::12]]
    rows = [row for one in goods for row in a_dollar_a_day(one)]
    assert differences(changed, goods, engine_rates(rows, changed), segments(WINDOW, changed.breakpoints)) == []


@pytest.mark.parametrize("day", [date(2025, 2, 2), date(2025, 4, 1), date(2026, 2, 1)])
def test_the_law_as_known_on_a_day_agrees(day: date, law: Schedule) -> None:
    """The law with every later act struck out."""
    known = law.as_known_on(day)
    goods = [Goods(product, origin, WINDOW.start, WINDOW.until, 1.0) for product, origin in chosen_lanes()[5::25]]
    rows = [row for one in goods for row in a_dollar_a_day(one)]
    assert differences(known, goods, engine_rates(rows, known), segments(WINDOW, known.breakpoints)) == []


def test_a_small_table_agrees_day_by_day(law: Schedule) -> None:
    """Months of trade that rates change within, summed over every single day."""
    periods = {"2025-03": (date(2025, 3, 1), date(2025, 4, 1)), "2026-Q1": (date(2026, 1, 1), date(2026, 4, 1))}
    goods, rows = [], []
    for number, (product, origin) in enumerate(chosen_lanes()[::9]):
        for period, (start, until) in periods.items():
            value = 1000.0 * (number + 1)
            goods.append(Goods(product, origin, start, until, value))
            rows.append(
                {"importer": "USA", "origin": origin, "product": product, "period": period, "customs_value": value}
            )
    start, until = date(2025, 3, 3), date(2026, 3, 15)
    slow = oracle_duty(goods, law, start, until)
    flows = tc.read_flows(pd.DataFrame(rows))
    fast = tc.estimate(flows, law, by=("measure", "month"), window=(start, until)).frame.groupby("measure").sum()
    agree(slow, fast)
    totals = tc.estimate(flows, law, window=(start, until)).provenance["totals"]
    assert same(totals["customs_value"], slow.value)
    assert same(totals["duty"], sum(slow.duty.values()))
    assert same(totals["resolved_value"], slow.resolved)


def agree(slow: Sums, fast: pd.DataFrame) -> None:
    """Duty and covered value of every measure."""
    for name in fast.index.union(pd.Index(list(slow.duty))):
        assert math.isclose(fast["duty"].get(name, 0.0), slow.duty.get(name, 0.0), rel_tol=1e-12, abs_tol=1e-9), name
        covered = fast["customs_value"].get(name, 0.0)
        assert math.isclose(covered, slow.covered.get(name, 0.0), rel_tol=1e-12, abs_tol=1e-9), name


def test_quotes_agree(law: Schedule, cuts: tuple[Period, ...]) -> None:
    """One shipment through ``rate``, claimed and not claimed, on the first day of every segment."""
    chance = random.Random(SEED)  # noqa: S311
    said = []
    for product, origin in chance.sample(chosen_lanes(), 25):
        contents = contents_of(law, Goods(product, origin, WINDOW.start, WINDOW.until, 1.0))
        for cut, claim in ((cut, claim) for cut in cuts[::2] for claim in (None, "usmca")):
            slow = oracle_rate(law, product, origin, cut.start, {"usmca": claim is not None}, contents)
            fast = tc.rate(product, origin, cut.start, claim=claim, ave=True)
            rates = {one.measure: one.applied_rate for one in fast.components if one.basis != "prohibition"}
            wrong = [n for n, rate in slow.applied.items() if rate and not close(rates.get(n), rate)]
            wrong += [n for n, rate in rates.items() if not close(rate, slow.applied.get(n, 0.0))]
            if wrong or fast.resolved != slow.known:
                said.append((product, origin, cut.start, claim, wrong, rates, slow.applied))
    assert said == []


def close(one: float | None, other: float | None) -> bool:
    """Quotes are rounded to twelve decimals."""
    return one is other if one is None or other is None else math.isclose(one, other, abs_tol=2e-12)


Met = dict[str, tuple[Any, Any]]


def multiplying(precedence: Precedence, claims: Mapping[str, stack.Claim]) -> Met:
    """A faulty engine: measures share an article by multiplying what is left."""
    met: Met = {}
    for key in (key for key in precedence.order if key in claims):
        subject, left = claims[key].subject, 1.0
        for other in precedence.yields_whole_to[key]:
            subject = subject & ~met[other][0] if other in met else subject
        for other in precedence.yields_to[key]:
            left = left * (1.0 - met[other][1]) if other in met else left
        met[key] = (subject, np.where(subject, claims[key].content, 0.0) * left)
    return met


def deaf(precedence: Precedence, claims: Mapping[str, stack.Claim]) -> Met:
    """A faulty engine: no measure leaves an article to another."""
    none = dict.fromkeys(precedence.yields_whole_to, ())
    return stack.cover(Precedence(precedence.order, precedence.yields_to, none), claims)


@pytest.mark.usefixtures("fresh_engine")
@pytest.mark.parametrize("fault", [multiplying, deaf])
def test_a_fault_in_the_stacking_is_seen(
    fault: object, law: Schedule, cuts: tuple[Period, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison is worth something: with a wrong formula in the engine the two disagree."""
    contents = {"steel": 0.4, "aluminum": 0.5, "copper": 0.0}
    goods = Goods("8412909070", "CAN", WINDOW.start, WINDOW.until, 1.0, {}, contents)
    monkeypatch.setattr(judge, "cover", fault)
    monkeypatch.setattr(quote, "cover", fault)
    assert differences(law, [goods], engine_rates(a_dollar_a_day(goods), law), cuts) != []
    part = Goods("8708401150", "CAN", WINDOW.start, WINDOW.until, 1.0, {"usmca": 0.5})
    seen = differences(law, [part], engine_rates(a_dollar_a_day(part), law), cuts)
    assert (seen != []) == (fault is deaf)


def test_strata_are_whole_shipments(law: Schedule) -> None:
    """The shipments of a row carry its whole value, each fact settled."""
    row = Goods("8708401150", "CAN", WINDOW.start, WINDOW.until, 1.0, {"usmca": 0.5, "donation": 0.25})
    ways = list(shipments(law, row))
    assert len(ways) == 4
    assert sum(weight for weight, _ in ways) == 1.0
    assert sum(weight for weight, facts in ways if facts["usmca"]) == 0.5
