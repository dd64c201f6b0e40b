"""Every machine code that the program can answer with is in its documentation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tariffcalc.web import problems

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
GIVEN_FIRST = {"Fault", "entry", "fault", "_fault"}
"""Functions whose first argument is a code."""


def codes_in(path: Path) -> Iterator[str]:
    """The codes that a module writes: ``code="..."``, ``default_code = "..."``, the first argument of a fault."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[ast.expr | None] = []
        if isinstance(node, ast.Call):
            found = [word.value for word in node.keywords if word.arg == "code"]
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            found += node.args[:1] if name in GIVEN_FIRST else []
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found = [node.value] if any(getattr(one, "id", "") in {"default_code", "CODE"} for one in targets) else []
        for one in found:
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value):
                yield one.value


def test_every_code_is_documented() -> None:
    codes = {code for path in (ROOT / "tariffcalc").rglob("*.py") for code in codes_in(path)}
    codes |= set(problems.CODES.values())
    assert len(codes) > 100
    told = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert sorted(code for code in codes if f"`{code}`" not in told) == []


def test_every_status_with_a_code_of_its_own_is_in_the_table_of_errors() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    rows = dict.fromkeys(re.findall(r"^\| (\d{3}) \| (.*?) \|", page, flags=re.MULTILINE))
    for status, code in problems.CODES.items():
        assert any(row == str(status) and f"`{code}`" in codes for row, codes in rows), (status, code)
