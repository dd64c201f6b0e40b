"""An importer's folder under ``rates/`` -> its schedule."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tariffcalc.errors import LawFileError, UnknownNameError
from tariffcalc.law.dates import ALWAYS
from tariffcalc.law.measure import Measure
from tariffcalc.law.schedule import EVERY, SET_PREFIX, Reading, Schedule
from tariffcalc.lawfiles.build import build_measure
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.library import Library, Shelf, lazy_list, lazy_table
from tariffcalc.lawfiles.registers import read_acts, read_facts, read_groups, read_head
from tariffcalc.lawfiles.scenarios import parse_reading
from tariffcalc.lawfiles.texts import read_toml


def importers(rates: Path) -> tuple[str, ...]:
    """The importers that have a folder with a ``schedule.toml``, upper case."""
    return tuple(sorted(path.parent.name.upper() for path in rates.glob("*/schedule.toml")))


def read_schedule(rates: Path, importer: str, known_origins: Collection[str] = ()) -> Schedule:
    """The importer's schedule; raises ``LawFileError`` with all faults of all files."""
    if importer not in importers(rates):
        raise UnknownNameError.of("importer", importer, importers(rates))
    folder = rates / importer.lower()
    faults = Faults(folder.name)
    library = read_library(folder, faults, known_origins)
    measures = read_measures(folder, library, faults)
    check_edges(measures, faults)
    own = faults.of(_label(folder / "schedule.toml"))
    data = read_toml(folder / "schedule.toml", own)
    head = {} if data is None else read_head(data, importer, library, own)
    if faults.found:
        raise LawFileError.of(faults.found)
    schedule = _schedule(head, library, measures, _digest(folder, library))
    schedule.precedence(date.max)
    return _with_readings(schedule, folder, faults)


def _with_readings(schedule: Schedule, folder: Path, faults: Faults) -> Schedule:
    """The schedule with its disputed points, each a file of ``readings/``."""
    found: dict[str, Reading] = {}
    for path in sorted((folder / "readings").glob("*.toml")):
        own = faults.of(_label(path))
        data = read_toml(path, own)
        reading = None if data is None else parse_reading(data, schedule, own)
        if reading is not None:
            found[reading.id] = reading
    if faults.found:
        raise LawFileError.of(faults.found)
    return replace(schedule, readings=found)


def read_library(folder: Path, faults: Faults, known_origins: Collection[str] = ()) -> Library:
    """What the measure files of a folder may name; lists and tables are read when first named."""
    library = Library(known_origins=frozenset(known_origins))

    def part(name: str) -> tuple[dict[str, Any], Faults]:
        path, own = folder / name, faults.of(_label(folder / name))
        return (read_toml(path, own) if path.exists() else None) or {}, own

    library.acts.update(read_acts(*part("acts.toml")))
    data, own = part("groups.toml")
    read_groups(data, library, own)
    data, own = part("facts.toml")
    read_facts(data, library, own)
    library.lists = Shelf(folder / "lists", lambda path: lazy_list(path, library, _label(path)))
    library.tables = Shelf(folder / "tables", lambda path: lazy_table(path, library, _label(path)))
    return library


def read_measures(folder: Path, library: Library, faults: Faults) -> dict[str, Measure]:
    """Every measure file of a folder."""
    measures: dict[str, Measure] = {}
    for path in sorted((folder / "measures").glob("**/*.toml")):
        own = faults.of(_label(path))
        data = read_toml(path, own)
        measure = None if data is None else build_measure(data, library, own)
        if measure is None:
            continue
        if measure.id != path.stem:
            own.add(
                "file-name",
                "id",
                f"the measure {measure.id!r} is in a file called {path.name}",
                "name the file by its id",
            )
        if not measure.examples:
            own.add("no-example", "example", "the file carries no example", "add an [[example]] with its expected rate")
        if measure.id in measures:
            own.add("id-twice", "id", f"{measure.id!r} is the id of another file too", "give each measure its own id")
        measures[measure.id] = measure
    return measures


def check_edges(measures: dict[str, Measure], faults: Faults) -> None:
    """Refuse stacking steps that name no measure and no set."""
    known = {name: None for one in measures.values() for name in (one.id, *(SET_PREFIX + s for s in one.sets))}
    known[EVERY] = None
    for measure in measures.values():
        for number, step in enumerate(measure.stacking.steps):
            for name in step.value.names():
                if name not in known:
                    own = faults.of(measure.source)
                    own.unknown("measure", f"stacking[{number}]", name, known)


def _schedule(head: dict[str, Any], library: Library, measures: dict[str, Measure], digest: str) -> Schedule:
    return Schedule(
        importer=head["importer"],
        title=head.get("title", ""),
        currency=head.get("currency", "USD"),
        law_known_until=head.get("law_known_until", date.max),
        base_known_from=head.get("base_known_from", ALWAYS),
        complete_for=head.get("complete_for", ()),
        incomplete_note=head.get("incomplete_note", ""),
        measures=measures,
        has_base=any(one.basis == "base" for one in measures.values()),
        facts=library.facts,
        contents=library.contents,
        groups=library.groups,
        lists=library.lists,
        tables=library.tables,
        acts=library.acts,
        known_origins=library.known_origins,
        digest=digest,
    )


def _digest(folder: Path, library: Library) -> str:
    """A name for the law itself: the content of every file that says something, in a fixed order."""
    texts = [*folder.glob("*.toml"), *folder.glob("measures/**/*.toml"), *folder.glob("readings/*.toml")]
    for shelf in (library.lists, library.tables):
        if isinstance(shelf, Shelf):
            texts += [shelf.paths[name] for name in shelf.taken()]
    digest = hashlib.sha256()
    for path in sorted(texts):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _label(path: Path) -> str:
    """How faults name a file: its path below ``rates/``."""
    parts = path.parts
    start = max((i for i, part in enumerate(parts) if part == "rates"), default=len(parts) - 2)
    return "/".join(parts[start:])
