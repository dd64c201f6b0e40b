"""The corpus of hostile inputs: requests that ought to be refused, each with the status and code of its refusal.

Data decides: ``corpus/`` holds them as files and rows, ``hostile_files`` makes those that are large or binary.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).with_name("corpus")

KINDS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
}
"""Ending of a file -> content type."""

_REPEATED = re.compile(r"\{([^{}]+) \* ([0-9]+)\}")
_HALF_PAIR = "\\ud800"


@dataclass(frozen=True)
class Input:
    """One request, and what is to be answered: a status and a code, of the faults one by one if they are named.

    ``body``: bytes, or what makes them. ``key``: the header Authorization. ``shut``: nothing comes after the body,
    however long it was said to be. ``raw``: the whole request, where it is none of HTTP.
    ``never``: texts that the answer must not hold.
    """

    name: str
    send: str
    answer: str
    type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Callable[[], bytes] = b""
    key: str = "{writer}"
    shut: bool = False
    faults: tuple[str, ...] = ()
    raw: str = ""
    never: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> int:
        return int(self.answer.split()[0])

    @property
    def code(self) -> str:
        return self.answer.split()[1]


def read(name: str) -> dict[str, Any]:
    """A file of the corpus."""
    return tomllib.loads((CORPUS / name).read_text(encoding="utf-8"))


def refused(code: str) -> str:
    """A status and a code; the status is 422 where it is not said."""
    return code if " " in code else f"422 {code}"


def cells() -> Iterator[Input]:
    """One bad cell in a good table."""
    told = read("cells.toml")
    good = told.pop("good")
    for column, bad in told.items():
        for cell, code in bad.items():
            row = {**good["columns"], **good["beside"].get(column, {}), column: cell}
            text = io.StringIO()
            csv.writer(text).writerows([row.keys(), row.values()])
            codes = [code] if isinstance(code, str) else code
            yield Input(
                name=f"cells: {column} {cell!r}",
                send="POST /v1/flows",
                type=KINDS["csv"],
                body=text.getvalue().encode(),
                answer=f"422 {codes[0] if len(codes) == 1 else 'flow-table'}",
                faults=tuple(codes),
            )


def parameters() -> Iterator[Input]:
    """One bad parameter in a good question."""
    for path, told in read("parameters.toml").items():
        for bad, code in told["bad"].items():
            name = bad.partition("=")[0]
            pairs = [pair for pair in told["good"].split("&") if pair.partition("=")[0] != name]
            asked = "&".join([*pairs, bad.removeprefix("+")])
            yield Input(f"parameters: {path} {bad}", f"GET {path}?{asked}", refused(code), faults=(code,))


def members() -> Iterator[Input]:
    """One bad member in a good body of JSON."""
    for send, told in read("members.toml").items():
        for bad, code in told["bad"].items():
            body = spelt(with_member(told["good"], bad)).encode()
            yield Input(f"members: {send} {bad}", send, refused(code), KINDS["json"], body=body)


def lines() -> Iterator[tuple[str, str]]:
    """Lines of a request for quotes with one bad member each, as JSON, and the code by which each is refused."""
    told = read("lines.toml")
    for bad, code in told["bad"].items():
        yield with_member(told["good"], bad), code


def with_member(good: str, bad: str) -> str:
    """JSON with another value at the place that ``path = value`` names; both are taken as they are written."""
    path, _, value = bad.partition(" = ")
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    body = at = json.loads(good)
    for step in way:
        at = at[step]
    at[last] = "@"
    return json.dumps(body).replace('"@"', value).replace("\\" + _HALF_PAIR, _HALF_PAIR)


def requests(name: str) -> Iterator[Input]:
    """Whole requests: those in a file, or in all files of a folder."""
    for path in sorted((CORPUS / name).glob("*.toml")) or [CORPUS / name]:
        told = read(str(path.relative_to(CORPUS)))
        rows = told.pop("input")
        for row in rows:
            given = {"answer": "200 ok", **told, **row}
            data = given.pop("bytes", None)
            body = spelt(given.pop("body", "")).encode() if data is None else bytes.fromhex(data)
            kind = spelt(given.pop("type", ""))
            headers = {name: spelt(text) for name, text in given.pop("headers", {}).items()}
            given |= {"name": f"{path.stem}: {given['name']}", "send": spelt(given.get("send", ""))}
            given |= {"raw": spelt(given.get("raw", "")), "never": tuple(given.get("never", ()))}
            yield Input(**given, type=KINDS.get(kind, kind), headers=headers, body=body)


def spelt(text: str) -> str:
    """A text written out: ``{ab * 3}`` is ``ababab``."""
    return _REPEATED.sub(lambda match: match[1] * int(match[2]), text)


def files() -> Iterator[Input]:
    """Tables as files, sent as they are."""
    told = read("tables.toml")
    for send, folder in told.items():
        for name, answer in folder.items():
            path = CORPUS / "tables" / name
            kind = KINDS[path.suffix.removeprefix(".")]
            yield Input(f"tables: {name}", send, refused(answer), kind, body=path.read_bytes())
