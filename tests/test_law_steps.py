"""Every step of every measure, and every edge between measures, taken out: an example beside the law no longer holds.

What no example can see is excused only where it is shown to say nothing: a step that states what the one before it
did, a relief for goods that the measure does not cover, an edge between measures that have no good in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from datetime import date
from functools import cache, partial

import pytest

from tariffcalc.errors import LawFileError
from tariffcalc.law.codes import Scope
from tariffcalc.law.dates import ALWAYS, Step
from tariffcalc.law.measure import Measure, Rate, Relief, Stacking
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.sources import trade_facts
from tests.examples import law_of, noticed
from tests.removal import less, with_measure

EDGES = tuple(one.name for one in fields(Stacking))
Edge = tuple[str, str]
MEASURES = [
    pytest.param(importer, key, id=key) for importer in importers(rates_folder()) for key in law_of(importer).measures
]

HIDDEN = {("s232-truck-parts", "yields_whole_to", "s232-trucks")}
"""The chassis that are on both lists are on that of car parts too, which go before."""


def same(one: Step[object]) -> Callable[[Step[object]], bool]:
    """Whether a step is this one: no two of a timeline are of the same day by an act of the same day."""
    return lambda other: other.rank == one.rank


def seen(importer: str, key: str, change: Callable[[Measure], Measure], ends: Iterable[str] = ()) -> bool:
    """Whether an example of the measure, or of others at its ends, sees a change of it.

    A circle of precedence is seen by the loader.
    """

    def without(law: Schedule) -> Schedule | None:
        old = law.measures.get(key)
        new = None if old is None else change(old)
        return None if old is None or new is None or new == old else with_measure(law, key, new)

    try:
        return noticed(importer, [key, *ends], without) is not False
    except LawFileError as error:
        return error.faults[0].code == "precedence-circle"


@pytest.mark.parametrize(("importer", "key"), MEASURES)
def test_a_step_of_the_rate_taken_out_is_noticed(importer: str, key: str) -> None:
    """But for one that states what the step before it did, by another act."""
    steps = law_of(importer).measures[key].rates.steps
    for number, step in enumerate(steps):
        gone = same(step)
        if seen(importer, key, lambda one, gone=gone: replace(one, rates=less(one.rates, gone))):
            continue
        assert number > 0, step
        assert steps[number - 1].value.duty == step.value.duty, step


@pytest.mark.parametrize(("importer", "key"), MEASURES)
def test_a_relief_taken_out_is_noticed(importer: str, key: str) -> None:
    """But for one on goods that the measure does not cover."""
    law = law_of(importer)
    measure = law.measures[key]
    for name, line in measure.reliefs.items():
        for step in line.steps:
            gone = same(step)
            if not seen(importer, key, lambda one, name=name, gone=gone: without_relief(one, name, gone)):
                assert step.value is not None, (name, step)
                assert not products(measure.scope, step.start) & products(step.value.scope, step.start), name


def without_relief(one: Measure, name: str, gone: Callable[[Step[Relief | None]], bool]) -> Measure:
    return replace(one, reliefs={**one.reliefs, name: less(one.reliefs[name], gone)})


@pytest.mark.parametrize(("importer", "key"), MEASURES)
def test_a_rule_for_goods_on_the_water_taken_out_is_noticed(importer: str, key: str) -> None:
    for rule in law_of(importer).measures[key].in_transit:
        days = (rule.loaded_before, rule.entered_before)

        def without(one: Measure, days: tuple[date, date] = days) -> Measure:
            rules = [other for other in one.in_transit if (other.loaded_before, other.entered_before) != days]
            return replace(one, in_transit=tuple(rules))

        assert seen(importer, key, without), rule


@pytest.mark.parametrize(("importer", "key"), MEASURES)
def test_a_step_of_precedence_taken_out_is_noticed(importer: str, key: str) -> None:
    """But for one that changes edges only between measures that never meet."""
    steps = law_of(importer).measures[key].stacking.steps
    for number, step in enumerate(steps):
        gone = same(step)
        before = set() if number == 0 else set(edges_of(steps[number - 1].value))
        changed = before ^ set(edges_of(step.value))
        ends = {end for _, name in changed for end in law_of(importer).families[name]}
        if not seen(
            importer, key, lambda one, gone=gone: replace(one, stacking=less(one.stacking, gone)), sorted(ends)
        ):
            assert [edge for edge in changed if meet(importer, key, edge[1])] == [], step


@pytest.mark.parametrize(("importer", "key"), MEASURES)
def test_an_edge_taken_out_is_noticed(importer: str, key: str) -> None:
    """By an example of a measure at either end, but for one between measures that never meet."""
    law = law_of(importer)
    for edge, name in sorted({one for step in law.measures[key].stacking.steps for one in edges_of(step.value)}):
        if not seen(importer, key, partial(unedged, edge=edge, name=name), law.families[name]):
            assert not meet(importer, key, name) or (key, edge, name) in HIDDEN, (edge, name)


def test_precedence_that_is_kept_is_what_would_be_found_anew() -> None:
    """Of every tenth step that is taken out: on each day the same as a law that was never asked."""
    law = law_of("USA")
    steps = [(key, step) for key, one in law.measures.items() for step in one.stacking.steps]
    for key, step in steps[::10]:
        new = replace(law.measures[key], stacking=less(law.measures[key].stacking, same(step)))
        kept, anew = with_measure(law, key, new), replace(law, measures={**law.measures, key: new})
        assert new != law.measures[key]
        assert [kept.precedence(day) for day in kept._precedences[0]] == [
            anew.precedence(day) for day in kept._precedences[0]
        ]
        assert set(anew._precedences[0]) <= set(kept._precedences[0])


def edges_of(stacking: Stacking) -> Iterator[Edge]:
    """Each edge of a step: its kind, and whom it names."""
    yield from ((edge, name) for edge in EDGES for name in getattr(stacking, edge))


def unedged(one: Measure, edge: str, name: str) -> Measure:
    """The measure without one edge, in whatever step."""

    def without(step: Stacking) -> Stacking:
        return replace(step, **{edge: tuple(other for other in getattr(step, edge) if other != name)})

    return replace(one, stacking=one.stacking.map(without))


@cache
def meet(importer: str, key: str, name: str) -> bool:
    """Whether a measure ever has a good and an origin in common with one that a name stands for, while both apply."""
    law = law_of(importer)
    one = law.measures[key]
    others = [law.measures[other] for other in law.families[name] if other != key]
    return any(meet_on(law, one, other, day) for other in others for day in days_of(one, other))


def days_of(one: Measure, other: Measure) -> list[date]:
    """The days on which either changes and both apply."""
    days = one.breakpoints() | other.breakpoints()
    return [day for day in sorted(days - {ALWAYS, date.max}) if applies(one, day) and applies(other, day)]


def applies(one: Measure, day: date) -> bool:
    rate: Rate | None = one.rate_at(day)
    return rate is not None


def meet_on(law: Schedule, one: Measure, other: Measure, day: date) -> bool:
    """Whether both cover the same product of the same origin on a day."""
    if not any(one.scope.covers_origin(o, day) and other.scope.covers_origin(o, day) for o in law.known_origins):
        return False
    return bool(products(one.scope, day) & products(other.scope, day))


_PRODUCTS: dict[tuple[int, date], frozenset[str]] = {}


def products(scope: Scope, day: date) -> frozenset[str]:
    """The ten-digit products of every edition held that a scope covers on a day, the same until it changes."""
    since = max((one for one in scope.breakpoints() if one <= day), default=ALWAYS)
    if (id(scope), since) not in _PRODUCTS:
        _PRODUCTS[id(scope), since] = frozenset(code for code in lines() if scope.covers_product(code, day))
    return _PRODUCTS[id(scope), since]


@cache
def lines() -> tuple[str, ...]:
    """The ten-digit products of every edition held."""
    return tuple(code for code in trade_facts.known_codes() if len(code) == 10)
