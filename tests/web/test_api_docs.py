"""``docs/api.md`` does what it says: its ``curl`` lines run against the application and print what is shown.

``python -m tests.web.test_api_docs`` writes what they print now into the document.
"""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from tariffcalc.web import problems
from tariffcalc.web.api import queries
from tariffcalc.web.api.parser import Strict
from tests.documents import departures
from tests.service_shell import ServiceShell, application

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "api.md"
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def shown(text: str, client: FlaskClient, work: Path) -> str:
    """The document as it should read; a block ``file=NAME`` is written to a file for the commands below it."""
    parts, at = [], 0
    shell = ServiceShell(client, work)
    for block in BLOCK.finditer(text):
        body = block["body"]
        if name := re.search(r"file=(\S+)", block["info"]):
            (work / name[1]).write_text(body, encoding="utf-8")
        elif block["info"] == "console":
            body = "".join(f"$ {line}\n{shell.typed(line)}" for line in commands(body))
        parts += [text[at : block.start("body")], body]
        at = block.end("body")
    return "".join([*parts, text[at:]])


def commands(body: str) -> Iterator[str]:
    """The lines after ``$``; a backslash goes on in the next line."""
    yield from re.findall(r"^\$ ((?:[^\n]*\\\n)*[^\n]*)\n", body, flags=re.MULTILINE)


def test_commands_print_what_is_shown(client: FlaskClient, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(list(commands(text))) > 20
    assert departures(shown(text, client, tmp_path), text) == []


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
    with tempfile.TemporaryDirectory() as work, application() as app:
        PAGE.write_text(shown(PAGE.read_text(encoding="utf-8"), app.test_client(), Path(work)), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
