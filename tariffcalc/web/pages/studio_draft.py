"""A scenario that is being written: its text, in TOML or JSON, what it says, what is wrong with it, and edits of it.

The text is the truth. An edit by form changes the text and leaves the rest of it, comments too, as its author wrote
it. A text that begins with a brace is JSON: no TOML does.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from tariffcalc.errors import Fault, ScenarioError, TariffcalcError
from tariffcalc.shipments import schedule_for
from tariffcalc.web.state import settings

HOME = "USA"
BLANK = f'name      = "my-scenario"\ntitle     = "My scenario"\nimporters = ["{HOME}"]\n'
DAYS = frozenset({"from", "until", "on", "as_known_on"})
"""Keys that hold a day: a date in TOML, a text in JSON."""

Edit = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as it stands, its keys as JSON knows them (None where it cannot be read), and its faults."""

    text: str
    document: dict[str, Any] | None
    faults: tuple[Fault, ...]

    @property
    def is_json(self) -> bool:
        """Whether the text is JSON."""
        return _is_json(self.text)

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The changes that can be shown one by one."""
        return self.document.get("change", []) if self.document and self.takes_changes else []

    @property
    def takes_changes(self) -> bool:
        """Whether a change can be put into the text: it can be read, and its changes are a list of tables."""
        found = None if self.document is None else self.document.get("change", [])
        return isinstance(found, list) and all(isinstance(one, dict) for one in found)

    @property
    def importer(self) -> str:
        """The first importer whose law it is for."""
        return importers_of(self.document or {})[0]


def read_draft(text: str) -> Draft:
    """A text, read and checked against the law that it is for."""
    text = text.replace("\r\n", "\n")
    if len(text.encode("utf-8", "surrogatepass")) > settings().scenario_bytes:
        said = f"the text has more than the {settings().scenario_bytes:,} bytes that are taken"
        return Draft(text, None, (Fault("too-large", said, "leave something out"),))
    try:
        document = plain_document(text)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if _is_json(text) else "TOML"
        return Draft(text, None, (Fault("unreadable", f"the text is not {kind}: {error}"),))
    return Draft(text, document, tuple(faults_of(document)))


def plain_document(text: str) -> dict[str, Any]:
    """The keys of a text, days as texts. Raises ``ValueError`` where it is neither TOML nor an object of JSON."""
    if not _is_json(text):
        found = json.dumps(tomllib.loads(text), default=str, allow_nan=False, ensure_ascii=False)
    else:
        found = json.dumps(json.loads(text), allow_nan=False, ensure_ascii=False)
    found.encode()
    document: dict[str, Any] = json.loads(found)
    return document


def faults_of(document: Mapping[str, Any]) -> list[Fault]:
    """Everything that the law of each importer it names finds wrong with a scenario; nothing where it fits."""
    found: dict[tuple[str | None, str], Fault] = {}
    for importer in importers_of(document):
        try:
            schedule_for(importer, None, document)
        except ScenarioError as error:
            faults = error.faults or (Fault(error.code, error.message, error.hint),)
            found |= {(one.key, one.message): one for one in faults}
        except TariffcalcError as error:
            found[("importers", error.message)] = Fault(error.code, error.message, error.hint, key="importers")
    return list(found.values())


def importers_of(document: Mapping[str, Any]) -> list[str]:
    """Whose law a scenario is for: that of the United States where it does not say."""
    named = document.get("importers")
    texts = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return [text for text in texts if isinstance(text, str)] or [HOME]


def edited(draft: Draft, edit: Edit) -> str:
    """The text after an edit of its keys; what the edit does not name stays as it is written."""
    if draft.document is None:
        return draft.text
    document = deepcopy(draft.document)
    if draft.is_json:
        edit(document)
        return written(document, is_json=True)
    try:
        found = tomlkit.parse(f"{draft.text.rstrip()}\n\n")
        edit(found)
        text = tomlkit.dumps(found).rstrip() + "\n"
        plain_document(text)
    except (TOMLKitError, ValueError):  # tables in an order that it cannot keep: the text is written anew
        edit(document)
        return written(document, is_json=False)
    return text


def written(document: Mapping[str, Any], *, is_json: bool) -> str:
    """A scenario as text. Raises ``ValueError`` for what TOML has no form for: a null."""
    if is_json:
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    made = tomlkit.document()
    rest = {key: value for key, value in document.items() if key not in ("change", "assumptions")}
    for key, value in rest.items():
        made[key] = _valued(key, value)
    for key in ("assumptions", "change"):
        if key in document:
            made.add(tomlkit.nl())
            made[key] = _valued(key, document[key])
    return tomlkit.dumps(made).rstrip() + "\n"


def opened(document: Mapping[str, Any]) -> str:
    """A saved scenario as text: TOML, or JSON where TOML has no form for it."""
    try:
        return written(document, is_json=False)
    except ValueError:
        return written(document, is_json=True)


def append(document: Any, change: Mapping[str, Any]) -> None:
    """Add a change in the end: an edit."""
    held = document.get("change")
    is_toml = isinstance(document, tomlkit.TOMLDocument)
    if held is None:
        document["change"] = held = tomlkit.aot() if is_toml else []
    held.append(_table(change) if is_toml and isinstance(held, tomlkit.items.AoT) else dict(change))


def _valued(key: str, value: Any) -> Any:
    """A value for TOML: days as days, changes as tables of their own."""
    if key == "change" and isinstance(value, list) and all(isinstance(one, dict) for one in value):
        tables = tomlkit.aot()
        for one in value:
            tables.append(_table(one))
        return tables
    if key in DAYS and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _table(change: Mapping[str, Any]) -> Any:
    """A change as a table of TOML, what it holds in one line each."""
    made = tomlkit.table()
    for key, value in sorted(change.items(), key=lambda pair: pair[0] == "add"):
        if isinstance(value, Mapping):
            inner = tomlkit.table() if key == "add" else tomlkit.inline_table()
            for name, one in value.items():
                inner[name] = _inline(one) if isinstance(one, Mapping) else _valued(name, one)
            made[key] = inner
        else:
            made[key] = _valued(key, value)
    made.add(tomlkit.nl())
    return made


def _inline(value: Mapping[str, Any]) -> Any:
    made = tomlkit.inline_table()
    made.update(value)
    return made


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")
