"""A reader's shell that speaks to the service: ``curl`` against the application, and names that keep what it printed.

``name=$(curl ...)`` keeps what a command prints for ``$name`` in later ones, as a shell does; a worker is at work.
A real shell with a real service runs the walk-throughs besides: ``tests/web/test_walkthrough.py``.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tariffcalc.jobs.work import work_one
from tariffcalc.settings import Settings
from tariffcalc.web import create_app, state

SERVICE = "http://127.0.0.1:8000"
REQUEST = "0123456789abcdef0123456789abcdef"
"""The name of every request: it is shown in errors."""
UNTIL, DO = "until ", "; do "
"""Around a question that is asked until its answer passes a filter; here it passes at once."""
_NAME = re.compile(r"\$(\w+)")
_ASSIGNED = re.compile(r"(\w+)=\$\((.*)\)", flags=re.DOTALL)


def is_for_the_service(line: str) -> bool:
    """Whether a line of a shell asks the service."""
    return line.startswith(("curl ", UNTIL)) or _ASSIGNED.fullmatch(line) is not None


@contextmanager
def application(**given: Any) -> Iterator[Flask]:
    """An application with an empty store of its own, which is gone afterwards; ``given``: further settings."""
    with tempfile.TemporaryDirectory() as home:
        made = create_app(settings=Settings(home=Path(home), rate_limit="off", write_limit="off", logs="off", **given))
        yield made
        with made.app_context():
            state.store().close()


class ServiceShell:
    """The names that were given, the application, and the folder of the files."""

    def __init__(self, client: FlaskClient, work: Path) -> None:
        self.client, self.work = client, work
        self.names: dict[str, str] = {}

    def typed(self, line: str) -> str:
        """What a line prints; what it assigns to a name prints nothing and is kept."""
        given = _NAME.sub(lambda name: self.names.get(name[1], name[0]), line)
        assigned = _ASSIGNED.fullmatch(given)
        printed = self.run(assigned[2] if assigned else given)
        with self.client.application.app_context():
            while work_one(state.store(), "docs"):
                pass
        if assigned:
            self.names[assigned[1]] = printed.strip()
            return ""
        return printed

    def run(self, line: str) -> str:
        """What one command prints."""
        if line.startswith(UNTIL):
            line = line.removeprefix(UNTIL).rpartition(DO)[0]
        first, *filters = line.replace("\\\n", " ").split(" | ", 1)
        program, *words = shlex.split(first)
        assert program == "curl", line
        printed = curl(words, self.client, self.work)
        if filters:
            here = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
            printed = subprocess.run(
                ["bash", "-c", filters[0]], input=printed, cwd=self.work, env=here, check=True, capture_output=True
            ).stdout
        text = printed.replace(b"\r\n", b"\n").decode()
        return text if text.endswith("\n") or not text else text + "\n"


def curl(words: list[str], client: FlaskClient, work: Path) -> bytes:
    """What the application answers to a command line of curl."""
    parser = argparse.ArgumentParser()
    for flag in ("-s", "-i"):
        parser.add_argument(flag, action="store_true")
    for option in ("--json", "--data-binary", "-o", "-X"):
        parser.add_argument(option)
    for option in ("-H", "-F"):
        parser.add_argument(option, action="append", default=[])
    parser.add_argument("url")
    asked = parser.parse_args(words)
    headers = {"X-Request-Id": REQUEST, **dict(header.split(": ", 1) for header in asked.H)}
    body = asked.json or asked.data_binary
    data: object = (work / body[1:]).read_bytes() if body and body.startswith("@") else body
    if asked.F:
        fields = dict(field.split("=", 1) for field in asked.F)
        data = {name: (work / text[1:]).open("rb") if text.startswith("@") else text for name, text in fields.items()}
    if asked.json:
        headers["Content-Type"] = "application/json"
    method = asked.X or ("GET" if data is None else "POST")
    answer = client.open(asked.url.removeprefix(SERVICE), method=method, data=data, headers=headers)
    if asked.o:
        (work / asked.o).write_bytes(answer.data)
        return b""
    head = f"HTTP/1.1 {answer.status}\n{answer.headers}".replace("\r\n", "\n").encode() if asked.i else b""
    return head + answer.data
