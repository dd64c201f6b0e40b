"""Faults of law files: collected, never raised one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tariffcalc.errors import Fault, nearest_hint


@dataclass
class Faults:
    """The faults found in one file so far.

    ``of`` gives the same collection for another file, ``of_row`` for one row of a table, whose keys are its columns.
    """

    file: str
    found: list[Fault] = field(default_factory=list)
    row: int | None = None

    def of(self, file: str) -> Faults:
        """Collect for another file."""
        return Faults(file, self.found)

    def of_row(self, row: int) -> Faults:
        """Collect for one row of this file."""
        return Faults(self.file, self.found, row)

    def add(self, code: str, key: str, message: str, hint: str | None = None) -> None:
        """Note a fault."""
        place = {"key" if self.row is None else "column": key or None}
        self.found.append(Fault(code, message, hint, file=self.file, row=self.row, **place))

    def unknown(self, kind: str, key: str, name: str, known: Mapping[str, object]) -> None:
        """Note a name that nothing has, with the nearest that something has."""
        hint = nearest_hint(name, list(known)) or f"define it, or choose another {kind}"
        self.add(f"unknown-{kind}", key, f"no {kind} is called {name!r}", hint)

    def validation(self, messages: object, path: str = "") -> None:
        """Note what a schema says, at the key where it says it."""
        if isinstance(messages, Mapping):
            for key, inner in messages.items():
                self.validation(inner, _join(path, key))
        elif isinstance(messages, list):
            for text in messages:
                self.add("law-file-value", path, _plain(str(text)), _hint(str(text)))


def _join(path: str, key: object) -> str:
    if key in ("_schema", "value", "key") or key is None:
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def _plain(text: str) -> str:
    if text == "Unknown field.":
        return "this key is not known"
    if text == "Missing data for required field.":
        return "this key is missing"
    return text


def _hint(text: str) -> str | None:
    if text == "Unknown field.":
        return "check its spelling; docs/law-files.md lists every key"
    if text == "Missing data for required field.":
        return "add it"
    return None
