"""What measure files refer to: acts, lists, groups, tables, facts and contents of one importer."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from marshmallow import Schema, ValidationError

from tariffcalc.errors import LawFileError
from tariffcalc.law.codes import Block, CodeList, blocks_of
from tariffcalc.law.dates import ALWAYS, Step, Timeline
from tariffcalc.law.duty import (
    ENDED,
    SUSPENDED,
    AdValorem,
    Amount,
    Compound,
    Duty,
    RateTable,
    Specific,
    TopUpTo,
    Unreckoned,
)
from tariffcalc.law.measure import Citation
from tariffcalc.law.schedule import Content, Fact
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.schema import CiteSchema, ContentSchema, FactSchema

T = TypeVar("T")


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

    def announced(self, cite: str, key: str, faults: Faults, row: int | None = None) -> date:
        """When the act was announced; an act that nobody defined is a fault."""
        seen = cite in self.used_acts
        self.used_acts.add(cite)
        if cite in self.acts:
            return self.acts[cite].announced
        if seen:
            return ALWAYS
        message = f"the act {cite!r} is cited but not defined"
        faults.add("unknown-cite", key, message, f"define [{cite}] in acts.toml or [cite.{cite}] in this file", row)
        return ALWAYS


def read_toml(path: Path, faults: Faults) -> dict[str, Any]:
    """A TOML file's content; a fault with the line where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        faults.add(
            "toml-syntax", "", f"this is not valid TOML: {error}", "check quotes, brackets and dates at that line"
        )
    except UnicodeDecodeError as error:
        faults.add("toml-encoding", "", f"this is not UTF-8 text (byte {error.start})", "save the file as UTF-8")
    return {}


def load(schema: Schema, data: Any, faults: Faults, path: str = "") -> dict[str, Any] | None:
    """Data as the schema wants it, or None and the faults."""
    if not isinstance(data, Mapping):
        faults.add("law-file-value", path, "a table is wanted here")
        return None
    try:
        return dict(schema.load(data))
    except ValidationError as error:
        faults.validation(error.messages, path)
        return None


def read_acts(data: Mapping[str, Any], faults: Faults, prefix: str = "") -> dict[str, Citation]:
    """The acts of a register, or of a measure file's ``cite`` table."""
    acts = {}
    for name, raw in data.items():
        got = load(_CITE, raw, faults, f"{prefix}{name}")
        if got is not None:
            acts[name] = Citation(name, got["title"], got["url"], got["announced"])
    return acts


def read_facts(data: Mapping[str, Any], library: Library, faults: Faults) -> None:
    """The yes/no facts and the contents that measures may name."""
    for name, raw in data.get("fact", {}).items():
        got = load(_FACT, raw, faults, f"fact.{name}")
        if got is not None:
            origins = _members(got.get("origins"), library)
            library.facts[name] = Fact(
                name,
                got["title"],
                got["question"],
                got["kind"],
                got["default"],
                got.get("shares"),
                origins,
                tuple(got["symbols"]),
            )
    for name, raw in data.get("content", {}).items():
        got = load(_CONTENT, raw, faults, f"content.{name}")
        if got is not None:
            library.contents[name] = Content(name, got["title"], got["kind"], got.get("default"), got.get("shares"))


def read_groups(data: Mapping[str, Any], library: Library, faults: Faults) -> None:
    """Named groups of origins with dated membership."""
    for name, raw in data.items():
        members: dict[str, list[Step[bool]]] = {}
        for number, member in enumerate(raw.get("member", [])):
            key = f"{name}.member[{number}]"
            code, cite = member.get("code", ""), member.get("cite", "")
            if library.known_origins and code not in library.known_origins:
                faults.add(
                    "unknown-origin", f"{key}.code", f"{code!r} is not an ISO 3166 alpha-3 code", "write CAN, MEX"
                )
            step = Step(
                member.get("from", ALWAYS),
                library.announced(cite, f"{key}.cite", faults),
                not member.get("out", False),
                cite,
            )
            members.setdefault(code, []).append(step)
        timelines = {code: Timeline(tuple(steps)) for code, steps in members.items()}
        library.groups[name] = CodeList.of(name, timelines)


def lazy_list(path: Path, library: Library, label: str) -> CodeList:
    """A list file, read when it is first asked for; its faults are raised then."""

    def make() -> list[Block]:
        own = Faults(label)
        members = read_list(path, library, own)
        if own.found:
            raise LawFileError.of(own.found)
        return blocks_of(members)

    return CodeList(path.stem, make)


def lazy_table(path: Path, library: Library, label: str) -> RateTable:
    """A table file, read when it is first asked for; its faults are raised then."""

    def make() -> dict[str, Timeline[Duty]]:
        own = Faults(label)
        rows = read_table(path, library, own)
        if own.found:
            raise LawFileError.of(own.found)
        return rows

    return RateTable(path.stem, make)


def read_list(path: Path, library: Library, faults: Faults) -> dict[str, Timeline[bool]]:
    """A list file: ``code,from,is,cite``, one row a step of one code's membership."""
    members: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for number, row in enumerate(_rows(path, ("code", "from", "is", "cite"), faults), start=2):
        code, start, state, cite = row
        if not (code.isdigit() and 2 <= len(code) <= 10):
            faults.add("bad-code", "code", f"{code!r} is not a code of 2 to 10 digits", "digits only, as text", number)
        if state not in ("in", "out"):
            faults.add("bad-state", "is", f"{state!r} is neither 'in' nor 'out'", None, number)
        if any(start == other[0] and cite == other[2] for other in members.get(code, ())):
            faults.add("equal-steps", "from", f"{code} has two steps for the same day by the same act", None, number)
        members[code] = (*members.get(code, ()), (start, state, cite))
    made = {history: _membership(history, library, faults) for history in set(members.values())}
    return {code: made[history] for code, history in members.items()}


def _membership(history: tuple[tuple[str, str, str], ...], library: Library, faults: Faults) -> Timeline[bool]:
    return Timeline(
        tuple(
            Step(_day(start, faults), library.announced(cite, "cite", faults), state == "in", cite)
            for start, state, cite in history
        )
    )


_TABLE_COLUMNS = ("product", "from", "form", "ad_valorem", "specific", "unit", "specific2", "unit2", "text", "cite")
_ORIGIN_COLUMNS = ("origin", "product", "from", "form", "ad_valorem", "cite")


def read_table(path: Path, library: Library, faults: Faults) -> dict[str, Timeline[Duty]]:
    """A table file: rates by tariff line, by origin, or by both, one row a step of one line.

    By line the columns are those of ``_TABLE_COLUMNS``; a table with origins has the shorter
    ``_ORIGIN_COLUMNS``, whose product may be empty: any product.
    """
    lines: dict[str, tuple[tuple[str, ...], ...]] = {}
    for key, row in _table_rows(path, library, faults):
        lines[key] = (*lines.get(key, ()), row)
    made: dict[tuple[tuple[str, ...], ...], Timeline[Duty]] = {}
    for history in lines.values():
        if history not in made:
            made[history] = Timeline(tuple(_table_step(row, library, faults) for row in history))
    return {code: made[history] for code, history in lines.items()}


def _table_rows(path: Path, library: Library, faults: Faults) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each row's key, and what it states in the order of ``_TABLE_COLUMNS`` less the product."""
    with path.open(encoding="utf-8", newline="") as file:
        by_origin = file.readline().startswith("origin,")
    if not by_origin:
        yield from ((row[0], tuple(row[1:])) for row in _rows(path, _TABLE_COLUMNS, faults))
        return
    for number, row in enumerate(_rows(path, _ORIGIN_COLUMNS, faults), start=2):
        origin, product, start, form, ad_valorem, cite = row
        if library.known_origins and origin not in library.known_origins:
            faults.add("unknown-origin", "origin", f"{origin!r} is not a known origin", "write CAN, MEX", number)
        yield f"{origin}:{product}", (start, form, ad_valorem, "", "", "", "", "", cite)


def _table_step(row: tuple[str, ...], library: Library, faults: Faults) -> Step[Duty]:
    start, *form, cite = row
    duty = _line_duty(form, faults)
    return Step(_day(start, faults), library.announced(cite, "cite", faults), duty, cite, duty is ENDED)


def _line_duty(form: list[str], faults: Faults) -> Duty:
    """A tariff line's duty as its row states it."""
    kind, ad_valorem, amount, unit, amount2, unit2, text = form
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "ad_valorem":
        return AdValorem(float(ad_valorem))
    if kind == "top_up_to":
        return TopUpTo(float(ad_valorem))
    if kind in ("specific", "compound"):
        parts = [Amount(float(amount), unit)]
        if amount2:
            parts.append(Amount(float(amount2), unit2))
        specific = Specific(tuple(parts), text)
        return specific if kind == "specific" else Compound(float(ad_valorem), specific)
    if kind != "other":
        known = "free, ad_valorem, top_up_to, specific, compound, other, suspended, ended"
        faults.add("bad-form", "form", f"{kind!r} is not a form of duty", known)
    return Unreckoned(text)


_PLAIN: Mapping[str, Duty] = {"free": AdValorem(0.0), "suspended": SUSPENDED, "ended": ENDED}


def _rows(path: Path, columns: tuple[str, ...], faults: Faults) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if tuple(header) != columns:
            faults.add("bad-header", "", f"the header is {','.join(header)}", f"it must be {','.join(columns)}", 1)
            return []
        return [row for row in reader if len(row) == len(columns)]


def _day(text: str, faults: Faults) -> date:
    if not text:
        return ALWAYS
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.add("bad-day", "from", f"{text!r} is not a day such as 2025-03-04")
        return ALWAYS


def _members(codes: Mapping[str, list[str]] | None, library: Library) -> tuple[str, ...]:
    """Every code that a set of origins ever held."""
    if codes is None:
        return ()
    listed = [code for name in codes["lists"] for block in library.groups[name].blocks for code in block.codes]
    return tuple(sorted({*codes["codes"], *listed}))


_CITE, _FACT, _CONTENT = CiteSchema(), FactSchema(), ContentSchema()
