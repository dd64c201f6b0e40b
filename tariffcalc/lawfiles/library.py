"""What measure files refer to: acts, lists, groups, tables, facts and contents of one importer."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from tariffcalc.errors import LawFileError
from tariffcalc.law.codes import Block, CodeList, blocks_of
from tariffcalc.law.dates import ALWAYS, Step, Timeline
from tariffcalc.law.duty import ENDED, Duty, RateTable
from tariffcalc.law.heading import Heading
from tariffcalc.law.measure import Citation
from tariffcalc.law.schedule import Content, Fact
from tariffcalc.lawfiles.cells import day_cell, line_duty, product_cell
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.texts import csv_rows, read_text

T = TypeVar("T")
Said: TypeAlias = tuple[str, ...]
"""The cells of a row but its key."""


class Shelf(Mapping[str, T], Generic[T]):
    """Files of one folder by name, each read when it is first asked for."""

    def __init__(self, folder: Path, read: Callable[[Path], T]) -> None:
        """The CSV files of a folder."""
        self.paths = {path.stem: path for path in sorted(folder.glob("*.csv"))}
        self._read = read
        self._taken: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        """The file's content; ``KeyError`` where there is no such file."""
        if name not in self._taken:
            self._taken[name] = self._read(self.paths[name])
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.paths)

    def __len__(self) -> int:
        """How many files there are."""
        return len(self.paths)

    def taken(self) -> dict[str, T]:
        """What has been read so far, by name."""
        return dict(self._taken)


@dataclass
class Library:
    """Everything a measure file of one importer may name."""

    acts: dict[str, Citation] = field(default_factory=dict)
    lists: Mapping[str, CodeList] = field(default_factory=dict)
    groups: dict[str, CodeList] = field(default_factory=dict)
    tables: Mapping[str, RateTable] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    known_origins: frozenset[str] = frozenset()
    used_acts: set[str] = field(default_factory=set)

    def announced(self, cite: str, key: str, faults: Faults) -> date:
        """When the act was announced; an act that nobody defined is a fault."""
        seen = cite in self.used_acts
        self.used_acts.add(cite)
        if cite in self.acts:
            return self.acts[cite].announced
        if seen:
            return ALWAYS
        message = f"the act {cite!r} is cited but not defined"
        faults.add("unknown-cite", key, message, f"define [{cite}] in acts.toml or [cite.{cite}] in this file")
        return ALWAYS

    def check_origin(self, code: str, key: str, faults: Faults) -> None:
        """Note an origin that nobody knows; where no origins are held, all are taken."""
        if self.known_origins and code not in self.known_origins:
            message = f"{code!r} is not an ISO 3166 alpha-3 code of a known origin"
            faults.add("unknown-origin", key, message, "write CAN, MEX and the like")


def lazy_list(path: Path, library: Library, label: str) -> CodeList:
    """A list file, read when it is first asked for; its faults are raised then."""

    def make() -> list[Block]:
        own = Faults(label)
        members = read_list(path, library, own)
        if own.found:
            raise LawFileError.of(own.found)
        return blocks_of(members)

    return CodeList(path.stem, make, partial(_title, path))


def _title(path: Path) -> str:
    """The title of a list by the file beside it; its name where none stands there."""
    beside = path.with_suffix(".meta.toml")
    return str(tomllib.loads(beside.read_text(encoding="utf-8"))["title"]) if beside.exists() else path.stem


def lazy_table(path: Path, library: Library, label: str) -> RateTable:
    """A table file, read when it is first asked for; its faults are raised then."""

    def make() -> dict[str, Timeline[Duty]]:
        own = Faults(label)
        rows = read_table(path, library, own)
        if own.found:
            raise LawFileError.of(own.found)
        return rows

    return RateTable(path.stem, make, partial(read_headings, path, library, label))


_LIST_COLUMNS = ("code", "from", "is", "cite")


def read_list(path: Path, library: Library, faults: Faults) -> dict[str, Timeline[bool]]:
    """A list file: ``code,from,is,cite``, one row a step of one code's membership."""
    step_of = _once(partial(_membership, library))
    members: dict[str, tuple[Step[bool], ...]] = {}
    for number, (code, *said) in csv_rows(read_text(path, faults), _LIST_COLUMNS, faults):
        own = faults.of_row(number)
        product_cell(code, "code", own)
        step = step_of(tuple(said), own)
        if any(step.start == other.start and step.cite == other.cite for other in members.get(code, ())):
            own.add("equal-steps", "from", f"{code} has two steps for the same day by the same act")
        members[code] = (*members.get(code, ()), step)
    return _timelines(members)


def _membership(library: Library, said: Said, own: Faults) -> Step[bool]:
    """What a row of a list says of its code."""
    start, state, cite = said
    if state not in ("in", "out"):
        own.add("bad-state", "is", f"{state!r} is neither 'in' nor 'out'")
    return Step(day_cell(start, "from", own), library.announced(cite, "cite", own), state == "in", cite)


_TABLE_COLUMNS = ("product", "from", "form", "ad_valorem", "specific", "unit", "specific2", "unit2", "text", "cite")
_ORIGIN_COLUMNS = ("origin", "product", "from", "form", "ad_valorem", "cite")
_HEADING_COLUMNS = ("heading", "heading_reached")


def read_table(path: Path, library: Library, faults: Faults) -> dict[str, Timeline[Duty]]:
    """A table file: rates by tariff line, by origin, or by both, one row a step of one line.

    By line the columns are those of ``_TABLE_COLUMNS``; a table with origins has the shorter
    ``_ORIGIN_COLUMNS``, whose product may be empty: any product, and may end with ``_HEADING_COLUMNS``.
    """
    step_of = _once(partial(_line, library))
    lines: dict[str, tuple[Step[Duty], ...]] = {}
    for own, key, said in _table_rows(path, library, faults):
        lines[key] = (*lines.get(key, ()), step_of(said, own))
    return _timelines(lines)


def _table_rows(path: Path, library: Library, faults: Faults) -> Iterator[tuple[Faults, str, Said]]:
    """Each row's own faults, its key, and what it states in the order of ``_TABLE_COLUMNS`` less the product."""
    text = read_text(path, faults)
    if text is None or not text.startswith("origin,"):
        for number, (product, *said) in csv_rows(text, _TABLE_COLUMNS, faults):
            own = faults.of_row(number)
            product_cell(product, "product", own)
            yield own, product, tuple(said)
        return
    for number, (origin, product, start, form, ad_valorem, cite, *_) in _origin_rows(text, faults):
        own = faults.of_row(number)
        library.check_origin(origin, "origin", own)
        if product:
            product_cell(product, "product", own)
        yield own, f"{origin}:{product}", (start, form, ad_valorem, "", "", "", "", "", cite)


def _origin_rows(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with origins, with the columns that its header has."""
    told = text.partition("\n")[0].rstrip("\r").endswith(",".join(_HEADING_COLUMNS))
    yield from csv_rows(text, (*_ORIGIN_COLUMNS, *_HEADING_COLUMNS) if told else _ORIGIN_COLUMNS, faults)


def read_headings(path: Path, library: Library, label: str) -> dict[str, Timeline[Heading]]:
    """The headings that a table with origins states, by the keys of its rows; empty where it states none."""
    own = Faults(label)
    with path.open("rb") as file:
        by_origin = file.read(7) == b"origin,"
    found: dict[str, tuple[Step[Heading], ...]] = {}
    for number, cells in _origin_rows(read_text(path, own) or "", own) if by_origin else ():
        origin, product, start, _, _, cite, *stated = cells
        if stated and stated[0]:
            announced = library.announced(cite, "cite", own.of_row(number))
            step = Step(day_cell(start, "from", own), announced, Heading(*stated), cite)
            found[f"{origin}:{product}"] = (*found.get(f"{origin}:{product}", ()), step)
    return _timelines(found)


def _line(library: Library, said: Said, own: Faults) -> Step[Duty]:
    """What a row of a table says of its line."""
    start, *form, cite = said
    duty = line_duty(form, own)
    return Step(day_cell(start, "from", own), library.announced(cite, "cite", own), duty, cite, duty is ENDED)


def _once(read: Callable[[Said, Faults], Step[T]]) -> Callable[[Said, Faults], Step[T]]:
    """The same reader, which makes the step of equal cells once; what is wrong with them is told for every row."""
    made: dict[Said, Step[T]] = {}

    def step_of(said: Said, own: Faults) -> Step[T]:
        if said in made:
            return made[said]
        before = len(own.found)
        step = read(said, own)
        if len(own.found) == before:
            made[said] = step
        return step

    return step_of


def _timelines(histories: Mapping[str, tuple[Step[T], ...]]) -> dict[str, Timeline[T]]:
    """Each code's timeline; codes with the same history share one."""
    made = {history: Timeline(history) for history in set(histories.values())}
    return {code: made[history] for code, history in histories.items()}
