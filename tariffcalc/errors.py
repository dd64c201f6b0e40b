"""Every error that tariffcalc raises on purpose, on one page.

    TariffcalcError             anything below; catch this one at the edges
    ├── LawFileError            law files or overlays are at fault; carries every fault of every file
    ├── ScenarioError           a scenario cannot be applied to the schedule it names
    ├── FlowTableError          a flow table is at fault; carries every bad row
    ├── UnknownNameError        no flow table, scenario, measure, sector list, format ... has that name
    │   ├── UnknownProductError     a code is in no edition of the tariff schedule
    │   └── UnknownOriginError      a country is not known by that code or name
    ├── BadRequestError         the value of a parameter cannot be used
    └── NotSupportedError       a documented option that is not offered yet

Each has a machine code (``code``, kebab-case), a sentence that says what is wrong (``message``), where it helps a
sentence that says what to do (``hint``), and the single faults that it is made of (``faults``). None of them knows
HTTP, a terminal or a file format: the edges turn them into those.
"""

import difflib
from collections.abc import Collection, Iterable
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

MAX_LISTED_FAULTS = 1_000
"""At most this many faults are listed one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    ``file`` and ``key`` (a TOML path such as ``rate[2].cite``) place it in a law file or scenario; ``row`` (counted as
    a person sees it, the header line being row 1), ``column`` and ``value`` place it in a table.
    """

    code: str
    message: str
    hint: str | None = None
    file: str | None = None
    key: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    @property
    def place(self) -> str:
        """Where the fault is, as a person reads it: ``x.toml, rate[2].cite`` or ``row 7, column origin``."""
        parts = [
            self.file,
            self.key,
            None if self.row is None else f"row {self.row:,}",
            None if self.column is None else f"column {self.column}",
            None if self.value is None else f"value {_short(self.value)}",
        ]
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        """Say in one line where it is, what is wrong and what to do."""
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} ({self.hint})" if self.hint else text


class TariffcalcError(Exception):
    """Something that the caller can put right."""

    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        faults: Iterable[Fault] = (),
    ) -> None:
        """Keep what is wrong, what to do about it and the single faults."""
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint
        self.faults = tuple(faults)


class LawFileError(TariffcalcError):
    """Law files are at fault: all faults of all files, at once."""

    default_code = "law-file"

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Self:
        """Sum up ``faults`` in one error."""
        found = tuple(faults)
        files = len({fault.file for fault in found})
        return cls(f"{_count(len(found), 'fault')} in {_count(files, 'law file')}", faults=found)


class ScenarioError(TariffcalcError):
    """A scenario cannot be applied as it is written."""

    default_code = "scenario"


class FlowTableError(TariffcalcError):
    """A flow table is at fault: all its bad rows, at once."""

    default_code = "flow-table"
    total: int = 0

    @classmethod
    def of(cls, table: str, faults: Iterable[Fault], total: int | None = None) -> Self:
        """Sum up the ``faults`` of one table; ``total`` says how many there are where ``faults`` lists only the first.

        The error's code is that of its faults where they all have the same.
        """
        listed = tuple(faults)[:MAX_LISTED_FAULTS]
        found = total if total is not None else len(listed)
        message = f"flow table {table}: {_count(found, 'fault')}"
        if found > len(listed):
            message += f", of which the first {len(listed):,} are listed and {found - len(listed):,} more are not"
        codes = {fault.code for fault in listed}
        error = cls(message, code=codes.pop() if len(codes) == 1 else None, faults=listed)
        error.total = found
        return error

    def of_table(self, table: str) -> Self:
        """The same, told of the table by the name that its owner knows it by."""
        return self.of(table, self.faults, self.total or None)


class UnknownNameError(TariffcalcError):
    """Nothing of that kind has that name."""

    default_code = "unknown-name"

    @classmethod
    def of(cls, kind: str, name: str, known: Collection[str]) -> Self:
        """Refuse ``name`` as a ``kind`` ("scenario", "format" ...) and point to the nearest of the ``known`` names."""
        return cls(f"no {kind} is called {name!r}", hint=nearest_hint(name, known))


class UnknownProductError(UnknownNameError):
    """A product code is in no edition of the tariff schedule."""

    default_code = "unknown-product"


class UnknownOriginError(UnknownNameError):
    """A country is not known by that code or name."""

    default_code = "unknown-country"


class BadRequestError(TariffcalcError):
    """The value of a parameter cannot be used."""

    default_code = "bad-request"


class NotSupportedError(TariffcalcError):
    """A documented option that is not offered yet."""

    default_code = "not-supported"


_searches: ContextVar[int | None] = ContextVar("searches", default=None)


def search_at_most(number: int | None) -> None:
    """Look for likenesses only so often from now on in this thread or task: a search takes milliseconds.

    None: as often as there is a fault. What is not looked for has a hint of its kind, or none.
    """
    _searches.set(number)


def nearest(name: str, known: Collection[str], count: int = 3, like: float = 0.6) -> list[str]:
    """Return up to ``count`` of the ``known`` names that look most like ``name``, best first, whatever their case.

    ``like``: how much at least, from 0 to 1 (``difflib``).
    """
    if (left := _searches.get()) is not None:
        _searches.set(max(0, left - 1))
        if left <= 0:
            return []
    by_lower = {candidate.lower(): candidate for candidate in known}
    return [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, n=count, cutoff=like)]


def nearest_hint(name: str, known: Collection[str]) -> str | None:
    """Say which valid name may have been meant; for a short list without a likeness, say all of them."""
    if close := nearest(name, known):
        return f"did you mean {' or '.join(close)}?"
    few = 12
    return f"known: {', '.join(sorted(known))}" if 0 < len(known) <= few else None


def describe(error: TariffcalcError) -> str:
    """Tell the whole error as plain text of several lines, for a terminal: message, faults one a line, hint."""
    lines = [error.message]
    lines += [f"  {fault}" for fault in error.faults]
    if error.hint:
        lines.append(f"hint: {error.hint}")
    return "\n".join(lines)


def members(error: TariffcalcError) -> dict[str, Any]:
    """Tell the whole error as data: ``code``, ``message``, ``hint``, and as ``errors`` what each fault states."""
    faults = [{name: value for name, value in asdict(one).items() if value is not None} for one in error.faults]
    return {"code": error.code, "message": error.message, "hint": error.hint, "errors": faults}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _short(value: str, longest: int = 60) -> str:
    return repr(value if len(value) <= longest else value[:longest] + "...")
