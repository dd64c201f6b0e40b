"""What a law folder says besides its measures: whose law it is, acts, groups, facts and contents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from tariffcalc.law.codes import CodeList
from tariffcalc.law.dates import ALWAYS, Step, Timeline
from tariffcalc.law.measure import Citation
from tariffcalc.law.schedule import Content, Fact
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.library import Library
from tariffcalc.lawfiles.register_schema import FactsSchema, GroupSchema, HeadSchema
from tariffcalc.lawfiles.schema import CiteSchema, ContentSchema, FactSchema


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


def read_head(data: Mapping[str, Any], importer: str, library: Library, faults: Faults) -> dict[str, Any]:
    """``schedule.toml``: whose law the folder holds, and until when it is known."""
    got = load(_HEAD, data, faults)
    if got is None:
        return {}
    if got["importer"] != importer:
        message = f"the importer is {got['importer']!r} in the folder of {importer}"
        faults.add("file-name", "importer", message, "name the folder by the importer, in lower case")
    for code in got.get("complete_for", ()):
        library.check_origin(code, "complete_for", faults)
    return got


def read_acts(data: Mapping[str, Any], faults: Faults, prefix: str = "") -> dict[str, Citation]:
    """The acts of a register, or of a measure file's ``cite`` table."""
    acts = {}
    for name, raw in data.items():
        got = load(_CITE, raw, faults, f"{prefix}{name}")
        if got is not None:
            acts[name] = Citation(name, got["title"], got["url"], got["announced"])
    return acts


def read_groups(data: Mapping[str, Any], library: Library, faults: Faults) -> None:
    """Named groups of origins with dated membership; one at fault is kept empty, so that it is told once."""
    for name, raw in data.items():
        got = load(_GROUP, raw, faults, name)
        members = {} if got is None else _members(name, got["member"], library, faults)
        library.groups[name] = CodeList.of(name, members)


def _members(name: str, rows: list[dict[str, Any]], library: Library, faults: Faults) -> dict[str, Timeline[bool]]:
    """Each member's steps in and out of a group."""
    steps: dict[str, tuple[Step[bool], ...]] = {}
    for number, row in enumerate(rows):
        key, code = f"{name}.member[{number}]", row["code"]
        library.check_origin(code, f"{key}.code", faults)
        announced = library.announced(row["cite"], f"{key}.cite", faults)
        step = Step(row.get("start", ALWAYS), announced, not row["out"], row["cite"])
        steps[code] = (*steps.get(code, ()), step)
    return {code: Timeline(line) for code, line in steps.items()}


def read_facts(data: Mapping[str, Any], library: Library, faults: Faults) -> None:
    """The yes/no facts and the contents that measures may name."""
    tables = load(_FACTS, data, faults) or {"fact": {}, "content": {}}
    for name, raw in tables["fact"].items():
        got = load(_FACT, raw, faults, f"fact.{name}")
        if got is not None:
            origins = _ever(got.get("origins"), f"fact.{name}.origins", library, faults)
            given = (got["title"], got["question"], got["kind"], got["default"], got.get("shares"))
            library.facts[name] = Fact(name, *given, origins, tuple(got["symbols"]))
    for name, raw in tables["content"].items():
        got = load(_CONTENT, raw, faults, f"content.{name}")
        if got is not None:
            library.contents[name] = Content(name, got["title"], got["kind"], got.get("default"), got.get("shares"))


def _ever(codes: Mapping[str, list[str]] | None, key: str, library: Library, faults: Faults) -> tuple[str, ...]:
    """Every code that a set of origins ever held."""
    if codes is None:
        return ()
    found = set(codes["codes"])
    for code in codes["codes"]:
        library.check_origin(code, key, faults)
    for name in codes["lists"]:
        if name in library.groups:
            found |= {code for block in library.groups[name].blocks for code in block.codes}
        else:
            faults.unknown("group", key, name, library.groups)
    return tuple(sorted(found))


_HEAD, _CITE, _GROUP = HeadSchema(), CiteSchema(), GroupSchema()
_FACTS, _FACT, _CONTENT = FactsSchema(), FactSchema(), ContentSchema()
