"""The documentation as a reader's session: every block is run, in order, in a folder of its document.

``console``: lines after ``$`` are run and what follows is what they print (``tariffcalc``, and ``curl``
against the application; the programs of ``NOT_RUN`` are only shown). ``python``: run; a ``text`` block
right after it is what it prints. ``file=NAME`` writes the block to a file.

``python -m tests.documents`` writes what commands, programs and data say now into the documents.
"""

from __future__ import annotations

import atexit
import contextlib
import difflib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from tariffcalc.cli import main
from tests.document_tables import with_tables
from tests.service_shell import ServiceShell, application, is_for_the_service

ROOT = Path(__file__).resolve().parent.parent
DOCS = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
OTHERS = {"assumptions.md", "api.md", "python-client.md"}
"""Pages whose blocks are not run here."""
RUN_HERE = [path for path in DOCS if path.name not in OTHERS]
NOT_RUN = ("pip", "make", "git", "cd", "python3", "source")
_open = contextlib.ExitStack()
atexit.register(_open.close)
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after it, its text and where that begins."""

    language: str
    words: tuple[str, ...]
    body: str
    start: int

    @property
    def file(self) -> str | None:
        """The file that the block is written to."""
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), None)


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a document."""
    found = []
    for match in FENCE.finditer(text):
        language, *words = match["info"].split() or [""]
        found.append(Block(language, tuple(words), match["body"], match.start("body")))
    return found


class Session:
    """A reader's terminal: a folder, the last exit status, the names of a Python session."""

    def __init__(self, work: Path) -> None:
        self.work, self.status = work, 0
        self.names: dict[str, Any] = {}
        self.service = ServiceShell(client(), work)

    def console(self, body: str) -> str:
        """The block as it should read: each command with what it prints."""
        shown = []
        for command, expected in commands(body):
            words = shlex.split(command, comments=True)
            if is_for_the_service(command):
                printed = self.service.typed(command)
            else:
                printed = expected if words[0] in NOT_RUN else self.run(command)
            shown.append(f"$ {command}\n{printed}")
        return "".join(shown)

    def run(self, command: str) -> str:
        """What one command prints."""
        line, *filters = command.replace("\\\n", " ").split(" | ")
        line, _, given = line.partition(" < ")
        name, *args = shlex.split(line)
        if line == "echo $?":
            return f"{self.status}\n"
        if name == "tariffcalc":
            data = (self.work / given.strip()).read_bytes() if given else b""
            error, out, self.status = program(args, data, self.work, apart=bool(filters))
        elif name in ("cat", "head"):
            return piped(line, b"", self.work).decode()
        else:
            raise AssertionError(f"{command!r}: say in NOT_RUN that it is only shown")
        for one in filters:
            out = piped(one, out, self.work)
        text = error + out.decode()
        return text if not text or text.endswith("\n") else text + "\n"

    def python(self, body: str) -> str:
        """What a Python block prints."""
        with contextlib.chdir(self.work), contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(body, "block", "exec"), self.names)  # noqa: S102 - our own documents
        return out.getvalue()

    def shown(self, text: str) -> str:
        """The document as it should read."""
        parts, at, printed = [], 0, None
        for block in blocks(text):
            body = block.body
            if block.file:
                (self.work / block.file).write_text(body, encoding="utf-8")
            elif block.language == "console":
                body = self.console(body)
            elif block.language == "text" and printed is not None:
                body = printed
            printed = self.python(body) if block.language == "python" and not block.file else None
            parts += [text[at : block.start], body]
            at = block.start + len(block.body)
        return "".join([*parts, text[at:]])


def commands(body: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, and the lines below it."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        size = next(i for i, line in enumerate(lines, 1) if not line.endswith("\\\n"))
        yield "".join(lines[:size]).rstrip("\n"), "".join(lines[size:])


NUMBER = re.compile(r"\d[\d,]*\.\d+")
LONG = 12
"""Digits of a number that tells a sum of billions to the cent."""


def departures(printed: str, written: str) -> list[str]:
    """The lines that a document should have otherwise, as a difference; none where it says what is printed."""
    lines, others = printed.splitlines(), written.splitlines()
    if len(lines) == len(others) and all(map(alike, lines, others)):
        return []
    return list(difflib.unified_diff(others, lines, "written", "printed", n=0, lineterm=""))


def alike(one: str, other: str) -> bool:
    """Whether two lines are the same, but for the last digit of long numbers.

    A sum of billions is known to no more than some fifteen digits: in another order, or on another processor, the
    last of its cents may be rounded the other way.
    """
    if one == other:
        return True
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    return all(map(near, NUMBER.findall(one), NUMBER.findall(other)))


def near(one: str, other: str) -> bool:
    """Whether two numbers are the same, or long and apart by one in the last digit."""
    if one == other:
        return True
    digits = [re.sub(r"\D", "", number) for number in (one, other)]
    return min(map(len, digits)) >= LONG and len(one) == len(other) and abs(int(digits[0]) - int(digits[1])) == 1


def program(args: list[str], given: bytes, work: Path, *, apart: bool) -> tuple[str, bytes, int]:
    """Standard error, standard output and status; both in one, as on a terminal, unless ``apart``."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True, newline="")
    error = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True, newline="") if apart else out
    saved, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given))
    try:
        with contextlib.chdir(work), contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            main(args)
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.stdin = saved
    return error.buffer.getvalue().decode() if apart else "", out.buffer.getvalue().replace(b"\r\n", b"\n"), status


def piped(command: str, given: bytes, work: Path) -> bytes:
    """What a filter makes of it."""
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-c", command], input=given, cwd=work, env=here, check=True, capture_output=True
    ).stdout


@cache
def client() -> FlaskClient:
    """The service that all documents ask; what they save goes when the program ends."""
    return _open.enter_context(application()).test_client()


def rewrite() -> None:
    """Write what commands and programs print now into the documents."""
    for path in RUN_HERE:
        text = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as work:
            shown = with_tables(Session(Path(work)).shown(text))
        if departures(shown, text):
            path.write_text(shown, encoding="utf-8")
            print(f"rewrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    rewrite()
