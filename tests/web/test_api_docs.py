"""``docs/api.md`` does what it says: its ``curl`` lines run against the application and print what is shown.

``python tests/web/test_api_docs.py`` writes what they print now into the document.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from tariffcalc.web import create_app, problems
from tariffcalc.web.api import queries
from tariffcalc.web.api.parser import Strict

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "api.md"
SERVICE = "http://127.0.0.1:8000"
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def shown(text: str, client: FlaskClient, work: Path) -> str:
    """The document as it should read; a block ``file=NAME`` is written to a file for the commands below it."""
    parts, at = [], 0
    for block in BLOCK.finditer(text):
        body = block["body"]
        if name := re.search(r"file=(\S+)", block["info"]):
            (work / name[1]).write_text(body, encoding="utf-8")
        elif block["info"] == "console":
            body = "".join(f"$ {line}\n{run(line, client, work)}" for line in commands(body))
        parts += [text[at : block.start("body")], body]
        at = block.end("body")
    return "".join([*parts, text[at:]])


def commands(body: str) -> Iterator[str]:
    """The lines after ``$``; a backslash goes on in the next line."""
    yield from re.findall(r"^\$ ((?:[^\n]*\\\n)*[^\n]*)\n", body, flags=re.MULTILINE)


def run(line: str, client: FlaskClient, work: Path) -> str:
    """What one command prints."""
    first, *filters = line.replace("\\\n", " ").split(" | ", 1)
    program, *words = shlex.split(first)
    assert program == "curl", line
    printed = curl(words, client, work)
    if filters:
        here = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        printed = subprocess.run(
            ["bash", "-c", filters[0]], input=printed, cwd=work, env=here, check=True, capture_output=True
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
    headers = dict(header.split(": ", 1) for header in asked.H)
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


def test_commands_print_what_is_shown(client: FlaskClient, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(list(commands(text))) > 20
    assert shown(text, client, tmp_path) == text


def test_every_parameter_is_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    schemas = [one for one in vars(queries).values() if isinstance(one, type) and issubclass(one, Strict)]
    names = {name for schema in schemas for name in schema().known}
    assert len(names) > 35
    assert sorted(name for name in names if f"`{name}`" not in text) == []


def test_every_code_of_the_web_is_documented() -> None:
    """The codes are the texts of kebab-case that the package writes where a code is given."""
    given: set[str] = {*problems.CODES.values()}
    for path in (ROOT / "tariffcalc" / "web").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                code = [word.value for word in node.keywords if word.arg == "code"]
                code += node.args[:1] if getattr(node.func, "id", "") == "entry" else []
                given |= {str(one.value) for one in code if isinstance(one, ast.Constant)}
    assert len(given) >= 20
    text = PAGE.read_text(encoding="utf-8")
    assert sorted(code for code in given if f"`{code}`" not in text) == []


def rewrite() -> None:
    """Write what the commands print now into the document."""
    with tempfile.TemporaryDirectory() as work:
        PAGE.write_text(
            shown(PAGE.read_text(encoding="utf-8"), create_app().test_client(), Path(work)), encoding="utf-8"
        )


if __name__ == "__main__":
    rewrite()
