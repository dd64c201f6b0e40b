"""The measures as a reader wants them: what they cover, their rates by date, their acts, their doubts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import partial
from typing import Any

from tariffcalc.errors import UnknownNameError
from tariffcalc.estimate import read_schedule
from tariffcalc.law.codes import CodeSet
from tariffcalc.law.dates import ALWAYS, Step
from tariffcalc.law.measure import Citation, Measure, Rate, Relief
from tariffcalc.law.schedule import Schedule
from tariffcalc.originrates import dated, heading_of, origins_of, steps_for
from tariffcalc.shipments import importer_code, product_of
from tariffcalc.sources.countries import country_code


def measures(
    importer: str = "USA",
    *,
    ids: Collection[str] = (),
    origin: str | None = None,
    product: str | None = None,
    on: date | None = None,
    authority: str | None = None,
    q: str | None = None,
) -> list[dict[str, Any]]:
    """The measures that a filter lets through, in order of their ids; of an origin asked for with its own rates.

    Those asked for by id come whole, with the rates of every origin; an unknown id is refused with the nearest.
    """
    law = read_schedule(importer_code(importer))
    known = sorted({one.authority for one in law.measures.values()})
    if authority is not None and authority.lower() not in {name.lower() for name in known}:
        raise UnknownNameError.of("authority", authority, known)
    source = None if origin is None else country_code(origin)
    code = None if product is None else product_of(product, law.importer)
    chosen = [law.measure(name) for name in sorted(set(ids))] or [one for _, one in sorted(law.measures.items())]
    return [
        measure_view(law, one, on=on, origin=source, every_origin=bool(ids) and source is None)
        for one in chosen
        if (authority is None or one.authority.lower() == authority.lower())
        and (q is None or _speaks_of(one, q))
        and _concerns(one, code, source, on)
    ]


def measure(name: str, importer: str = "USA") -> dict[str, Any]:
    """One measure by its id, with the rates of every origin where they differ."""
    law = read_schedule(importer_code(importer))
    return measure_view(law, law.measure(name), every_origin=True)


def _speaks_of(one: Measure, words: str) -> bool:
    """Whether the words are in its id, title, authority or one of its headings."""
    return any(words.lower() in text.lower() for text in (one.id, one.title, one.authority, *one.headings()))


def _concerns(one: Measure, product: str | None, origin: str | None, on: date | None) -> bool:
    """Whether the measure covers the product and origin on the day, or on any day if none is given."""
    if on is not None and one.rate_at(on) is None:
        return False
    days = [on] if on is not None else sorted(one.breakpoints() - {date.max})
    scope = one.scope
    return any(
        (product is None or scope.covers_product(product, day)) and (origin is None or scope.covers_origin(origin, day))
        for day in days
    )


def measure_view(
    law: Schedule, one: Measure, *, on: date | None = None, origin: str | None = None, every_origin: bool = False
) -> dict[str, Any]:
    """A measure as plain values: dates as text, rates printed as the act states them.

    ``rates`` are those of the origin asked for; else a table by origin is told by its range, and with ``every_origin``
    ``by_origin`` has the rates of each. The codes of lists are counted on the day asked for, else on the last on which
    the measure applies.
    """
    day = on or _last_day(law, one)
    codes = partial(_codes, day=day)
    return {
        "id": one.id,
        "title": one.title,
        "authority": one.authority,
        "heading": one.heading,
        "importer": law.importer,
        "basis": one.basis,
        "confidence": one.confidence,
        "scope": {
            "on": None if day is None else day.isoformat(),
            "origins": codes(one.scope.origins),
            "except_origins": codes(one.scope.except_origins),
            "products": codes(one.scope.products),
            "except_products": codes(one.scope.except_products),
            "fact": one.scope.fact,
            "question": _question(law, one.scope.fact),
        },
        "rates": _rates(one, origin),
        "by_origin": _by_origin(one) if every_origin else [],
        "status": [{**_step(step), "is": step.value} for step in one.status.standing],
        "reliefs": [
            {**_step(step), "relief": key, **_relief(step.value, day)}
            for key, line in one.reliefs.items()
            for step in line.standing
        ],
        "stacking": [
            {
                **_step(step),
                "yields_to": list(step.value.yields_to),
                "yields_whole_to": list(step.value.yields_whole_to),
                "displaces": list(step.value.displaces),
                "displaces_whole": list(step.value.displaces_whole),
            }
            for step in one.stacking.standing
        ],
        "gives_way_to": _order(law, one),
        "in_transit": [
            {
                "loaded_before": rule.loaded_before.isoformat(),
                "entered_before": rule.entered_before.isoformat(),
                "rate": str(rule.duty),
                "cite": rule.cite,
            }
            for rule in one.in_transit
        ],
        "citations": [_citation(cite) for _, cite in sorted(one.citations.items())],
        "doubts": list(one.doubts),
        "file": one.source,
    }


def _rates(one: Measure, origin: str | None) -> list[dict[str, Any]]:
    """The rates by date: those of an origin with the heading of its goods, or of all with their range."""
    if origin is None:
        return [_rate(step, said, "") for step, said in dated(one)]
    steps = steps_for(one, origin)
    return [_rate(step, str(step.value.duty), heading_of(one, origin, step)) for step in steps]


def _rate(step: Step[Rate], said: str, heading: str) -> dict[str, Any]:
    rate = step.value
    told = {"rate": said, "applies": rate.applies, "content": rate.content}
    return {**_step(step), **told, "heading": heading if rate.applies else ""}


def _by_origin(one: Measure) -> list[dict[str, Any]]:
    """The rates of every origin for which the measure states its own."""
    return [{"origin": origin, "rates": _rates(one, origin)} for origin in origins_of(one)]


def _relief(relief: Relief | None, day: date | None) -> dict[str, Any]:
    """What a relief frees, and for which goods; nothing of all this where it ends."""
    if relief is None:
        return dict.fromkeys(("relieves", "min", "max", "fact", "products", "except_products", "origins"))
    return {
        "relieves": relief.relieves,
        "min": relief.minimum,
        "max": relief.maximum,
        "fact": relief.fact,
        "products": _codes(relief.scope.products, day),
        "except_products": _codes(relief.scope.except_products, day),
        "origins": _codes(relief.scope.origins, day),
    }


def _question(law: Schedule, fact: str | None) -> str | None:
    """The fact that a measure turns on, as it is asked."""
    return None if fact is None else law.facts[fact].question or law.facts[fact].title


def _order(law: Schedule, one: Measure) -> dict[str, Any] | None:
    """Whom it gives way to, by its own steps and by those of others, on the last day known on which it applies."""
    day = _last_day(law, one)
    if day is None:
        return None
    found = law.precedence(day)
    return {
        "on": day.isoformat(),
        "wholly": [key for key in found.yields_whole_to[one.id] if law.measures[key].rate_at(day) is not None],
        "for_the_rest": [key for key in found.yields_to[one.id] if law.measures[key].rate_at(day) is not None],
    }


def _last_day(law: Schedule, one: Measure) -> date | None:
    """The last day known on which a measure applies, else the first on which it will."""
    days = [day - timedelta(days=1) for day in one.rates.starts if day > ALWAYS]
    applied = [day for day in (law.law_known_until, *days, *one.rates.starts) if one.rate_at(day) is not None]
    return max((day for day in applied if day <= law.law_known_until), default=min(applied, default=None))


def _step(step: Step[Any]) -> dict[str, Any]:
    start = None if step.start == ALWAYS else step.start.isoformat()
    return {"from": start, "announced": step.announced.isoformat(), "cite": step.cite}


def _codes(codes: CodeSet, day: date | None) -> dict[str, Any]:
    """What a set names; of each list how many codes it has on the day, and how many it ever had."""
    lists = [
        {
            "name": one.name,
            "codes": 0 if day is None else len(one.codes_on(day)),
            "ever": sum(len(block.codes) for block in one.blocks),
        }
        for one in codes.lists
    ]
    return {"all": codes.everything, "codes": sorted(codes.codes), "lists": lists}


def _citation(cite: Citation) -> dict[str, str]:
    return {"id": cite.id, "title": cite.title, "url": cite.url, "announced": cite.announced.isoformat()}
