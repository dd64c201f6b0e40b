"""The page of one measure: its rates by date, scope, relief, place among others, doubts, acts, cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import render_template

from tariffcalc.law.dates import Step
from tariffcalc.law.measure import Example, Measure, Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.lawview import measure_view
from tariffcalc.originrates import by_origin, dated, heading_of, origins_of, steps_for
from tariffcalc.sources.countries import country_names
from tariffcalc.web.pages import lawwords
from tariffcalc.web.pages.lawchart import SIZES, table_of
from tariffcalc.web.pages.lawfind import HOME, named, place_of, today
from tariffcalc.web.pages.lawwords import day_words
from tariffcalc.web.pages.words import dotted, percent, sentence


def measure_page(law: Schedule, name: str) -> str:
    """The page of one measure."""
    one = law.measures[name]
    view = measure_view(law, one)
    order = view["gives_way_to"] or {"on": law.law_known_until.isoformat(), "wholly": [], "for_the_rest": []}
    day = date.fromisoformat(order["on"])
    wholly, rest = lawwords.comes_after(law, one, day)
    return render_template(
        "measure.html",
        law=law,
        one=one,
        view=view,
        named=named(law),
        now=lawwords.standing(one, today()),
        on=day,
        importer=place_of(law),
        steps=list(steps_of(one)),
        covers=covered(law, one, day),
        relieved=list(reliefs_of(law, one)),
        before={"wholly": titled(law, order["wholly"]), "rest": titled(law, order["for_the_rest"])},
        after={"wholly": wholly, "rest": rest},
        stacking=[(day_words(step.start), step.cite) for step in one.stacking.standing],
        rows=rows_of(one, day),
        origins=list(origins_told(one)),
        drawn=not table_of(law, one).empty,
        examples=[case_of(law, example) for example in one.examples],
        words=lawwords,
        sizes=SIZES,
    )


def titled(law: Schedule, names: Iterable[str]) -> list[Measure]:
    """The measures of these ids."""
    return [law.measures[name] for name in names]


def steps_of(one: Measure) -> Iterable[dict[str, Any]]:
    """The dated rates; a step that another of the same day took the place of is marked with the day of that."""
    standing = list(dated(one))
    for (step, said), after in zip(standing, [*(step for step, _ in standing[1:]), None], strict=True):
        replaced = after is not None and after.start == step.start
        yield {
            "start": sentence(day_words(step.start)).rstrip("."),
            "announced": day_words(step.announced),
            "rate": sentence(said).replace(" %", "%") if by_origin(step.value) else lawwords.rate_words(step.value),
            "note": step.value.note,
            "replaced": day_words(after.announced) if after is not None and replaced else "",
            "act": act_of(one, step),
            "status": "" if replaced else status_from(one, step, after),
        }


def status_from(one: Measure, step: Step[Rate], after: Step[Rate] | None) -> str:
    """What the duty of a step is worth in law, by the last day on which it holds."""
    if not step.value.applies:
        return ""
    last = date.max if after is None else date.fromordinal(after.start.toordinal() - 1)
    status = one.status_at(last)
    return "" if status == "in_force" else lawwords.STANDINGS.get(status, status)


def act_of(one: Measure, step: Step[Any]) -> dict[str, str]:
    """The act behind a step: its title and address."""
    cite = one.citations.get(step.cite)
    return {"title": cite.title if cite else step.cite, "url": cite.url if cite else ""}


def covered(law: Schedule, one: Measure, day: date) -> dict[str, Any]:
    """The scope in words, with the members of its lists."""
    scope = one.scope
    return {
        "origins": lawwords.countries(scope.origins, day),
        "except_origins": None if scope.except_origins.empty else lawwords.countries(scope.except_origins, day),
        "products": lawwords.goods(scope.products, day),
        "except_products": None if scope.except_products.empty else lawwords.goods(scope.except_products, day),
        "question": lawwords.question_of(law, scope.fact),
    }


def reliefs_of(law: Schedule, one: Measure) -> Iterable[dict[str, Any]]:
    """The reliefs by date."""
    for name, line in one.reliefs.items():
        for step in line.standing:
            yield {
                "name": lawwords.plain_name(name) if name not in law.facts else law.facts[name].title,
                "start": sentence(day_words(step.start)).rstrip("."),
                "said": lawwords.relief_words(law, step.value, max(step.start, date(1990, 1, 1))),
                "act": act_of(one, step),
            }


def rows_of(one: Measure, day: date) -> tuple[int, list[tuple[str, str]]]:
    """How many rows a measure's table states on a day, and where they are few, all: product, duty.

    A table by origin is told by ``origins_told``.
    """
    found: dict[str, str] = {}
    for table in [table for table in one.tables() if not table.origins][-1:]:
        for code, line in table.rows.items():
            step = line.at(day)
            if step is not None and str(step.value) not in {"ended", "suspended"}:
                found[dotted(code) or "Any other"] = str(step.value).replace(" %", "%")
    return len(found), sorted(found.items()) if len(found) <= lawwords.MOST_SHOWN else []


def origins_told(one: Measure) -> Iterable[tuple[str, list[tuple[str, str, str]]]]:
    """Every country for which the measure states its own rate or heading, with day, rate and heading by date."""
    names = country_names()
    for origin in sorted(origins_of(one), key=lambda code: names.get(code, code)):
        last = {step.start: step for step in steps_for(one, origin)}
        yield (
            names.get(origin, origin),
            [
                (day_words(day), lawwords.rate_words(step.value), heading_of(one, origin, step))
                for day, step in last.items()
                if step.value.applies
            ],
        )


def case_of(law: Schedule, example: Example) -> dict[str, Any]:
    """A case that the measure's file tests itself by, and the page that answers the same."""
    asked: dict[str, str] = {"product": example.product, "origin": example.origin, "date": example.entry.isoformat()}
    if law.importer != HOME:
        asked["importer"] = law.importer
    return {
        "why": sentence(example.why),
        "day": day_words(example.entry),
        "product": dotted(example.product),
        "code": example.product,
        "origin": country_names().get(example.origin, example.origin),
        "given": _given(law, example),
        "expected": "; ".join(_expected(example)),
        "asked": asked,
    }


def _given(law: Schedule, example: Example) -> list[str]:
    facts: Mapping[str, float] = {**example.facts, **example.shares}
    said = []
    for name, share in facts.items():
        title = law.facts[name].title if name in law.facts else lawwords.plain_name(name)
        said.append(title if share == 1 else f"{title}: {'no' if share == 0 else percent(share)}")
    if example.loaded:
        said.append(f"loaded {day_words(example.loaded)}")
    if example.as_known_on:
        said.append(f"the law as known on {day_words(example.as_known_on)}")
    return said


def _expected(example: Example) -> Iterable[str]:
    told = (("additional duties", example.rate), ("this measure", example.this), ("base duty", example.base))
    yield from (f"{name} {percent(rate)}" for name, rate in told if rate is not None)
    if example.duty is not None:
        yield f"this measure ${example.duty:,.2f}"
    if example.prohibited is not None:
        yield "entry is refused" if example.prohibited else "entry is allowed"
