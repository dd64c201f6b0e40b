"""``/law/known``: the law as known on a day, set against the law as known today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, make_response, render_template, request

from tariffcalc.law.dates import Step, Timeline
from tariffcalc.law.measure import Measure, Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.web.pages.calendar import kept_changes
from tariffcalc.web.pages.lawfind import day_asked, law_asked, named
from tariffcalc.web.pages.lawwords import day_words, rate_words
from tariffcalc.web.pages.places import importer_names
from tariffcalc.web.pages.words import long_day

KINDS = {"stacking": "precedence", "status": "standing", "table": "table of rates"}
"""What a kind of step is called."""

blueprint = Blueprint("law_known", __name__)


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure that was known: the rates ahead as they stood then and as they stand now, and later steps by kind."""

    measure: Measure
    then: tuple[str, ...]
    now: tuple[str, ...]
    later: tuple[tuple[str, int], ...]


@blueprint.get("/law/known")
def known() -> Response:
    """What was known on a day, and what has come since."""
    law = law_asked()
    day, fault = day_asked()
    then = law.as_known_on(day)
    added = sorted((one for key, one in law.measures.items() if key not in then.measures), key=first_announced)
    page = render_template(
        "known.html",
        law=law,
        then=then,
        named=named(law),
        importers=importer_names(),
        day=day,
        told=long_day(day),
        fault=fault,
        typed=request.args.get("on", "") if fault else day.isoformat(),
        changed=list(compared(law, then, day)),
        added=[(one, long_day(first_announced(one)), first_rate(one)) for one in added],
        steps=sum(one.announced > day for one in kept_changes(law.importer)),
    )
    return make_response(page, 422 if fault else 200)


def compared(law: Schedule, then: Schedule, day: date) -> Iterable[Compared]:
    """The measures known on the day of which a step was announced later."""
    for key, old in sorted(then.measures.items(), key=lambda one: (one[1].authority, one[1].title)):
        steps = later(law, key, day)
        if steps:
            one = law.measures[key]
            yield Compared(one, ahead(old.rates, day), ahead(one.rates, day), tuple(steps.items()))


def later(law: Schedule, name: str, day: date) -> dict[str, int]:
    """How many steps of a measure were announced after a day, by what they changed."""
    counts: dict[str, int] = {}
    for one in kept_changes(law.importer):
        if one.measure.id == name and one.announced > day:
            kind = "relief" if one.kind.startswith("relief") else KINDS.get(one.kind, one.kind)
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def ahead(rates: Timeline[Rate], day: date) -> tuple[str, ...]:
    """The rate on a day and the steps after it, as a timeline states them."""
    here = rates.at(day)
    steps: list[Step[Rate]] = [here] if here is not None else []
    steps += [step for step in rates.standing if step.start > day]
    last = {step.start: step for step in steps}
    told = []
    for step in last.values():
        rate = rate_words(step.value) if step is here else rate_words(step.value).replace("ended", "ends")
        since = "" if step is here else f"{' on' if rate == 'ends' else ' from'} {day_words(step.start)}"
        told.append(f"{rate}{since}")
    return tuple(told) or ("not in force",)


def first_announced(one: Measure) -> date:
    """The day on which a measure's first step was announced."""
    return min(step.announced for step in one.rates.steps)


def first_rate(one: Measure) -> str:
    """The first rate that a measure lays, and from when."""
    first = next((step for step in one.rates.standing if step.value.applies), None)
    return "" if first is None else f"{rate_words(first.value)} from {day_words(first.start)}"
