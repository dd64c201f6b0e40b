"""The rules of the house, held by walking the syntax tree: who imports whom, and what the core may not do."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tariffcalc
from tariffcalc.sources.countries import country_codes

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "tariffcalc"
MODULES = sorted(PACKAGE.rglob("*.py"))
CORE = ("law", "engine", "impact")

OWN = {
    "errors": set[str](),
    "paths": set[str](),
    "law": {"errors", "law"},
    "engine": {"errors", "law", "engine"},
    "impact": {"errors", "law", "engine", "impact"},
    "lawfiles": {"errors", "law", "lawfiles"},
    "sources": {"errors", "paths", "law", "engine", "sources"},
    "formats": {"errors", "law", "engine", "formats"},
    "client": {"errors", "client"},
}
"""Of the package itself, what each part may import; the parts not named put the others together."""

ARRAYS = {"numpy", "pandas", "scipy"}
LIBRARIES = {
    "errors": set[str](),
    "law": set[str](),
    "engine": ARRAYS,
    "impact": ARRAYS,
    "lawfiles": {"marshmallow"},
    "client": {"httpx", "pandas"},
}
FRONT = {"web", "cli", "commands"}

PUBLIC = {
    "Result",
    "Scenario",
    "Schedule",
    "TariffcalcError",
    "estimate",
    "rate",
    "read_flows",
    "read_scenario",
    "read_schedule",
}


def part_of(path: Path) -> str:
    """The part of the package that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that a module imports, wherever in it, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: import by the full name, not relatively"
            yield node.lineno, node.module or ""
            if node.module == "tariffcalc":
                yield from ((node.lineno, f"tariffcalc.{name.name}") for name in node.names)


def in_core() -> list[Path]:
    return [path for path in MODULES if part_of(path) in CORE]


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_imports_point_inward() -> None:
    """Web and command line stand on estimate, that on engine, that on law; the edges do not know each other."""
    wrong = []
    for path in MODULES:
        allowed = OWN.get(part_of(path))
        for line, name in imported(path):
            parts = name.split(".")
            if parts[0] != "tariffcalc" or len(parts) == 1:
                continue
            if allowed is not None and parts[1] not in allowed:
                wrong.append(f"{place(path, line)}: {part_of(path)} may not import {name}")
            if allowed is None and parts[1] in FRONT and part_of(path) not in FRONT:
                wrong.append(f"{place(path, line)}: nothing but the front stands on {name}")
    assert wrong == []


def test_the_core_needs_few_libraries() -> None:
    """Law needs the standard library alone, engine arrays and frames, law files marshmallow."""
    wrong = []
    for path in MODULES:
        allowed = LIBRARIES.get(part_of(path))
        for line, name in imported(path):
            library = name.split(".")[0]
            if allowed is None or library == "tariffcalc" or library in sys.stdlib_module_names:
                continue
            if library not in allowed:
                wrong.append(f"{place(path, line)}: {part_of(path)} may not import {library}")
    assert wrong == []


def test_only_the_web_knows_flask() -> None:
    """Flask and what belongs to it stop at ``web``."""
    wrong = [
        f"{place(path, line)}: {name}"
        for path in MODULES
        for line, name in imported(path)
        if name.split(".")[0].startswith(("flask", "webargs", "werkzeug")) and part_of(path) != "web"
    ]
    assert wrong == []


FILE_WORDS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "read_parquet"}
FILE_MODULES = {"io", "os", "pathlib", "shutil", "tempfile", "urllib", "socket", "http", "subprocess"}


def test_the_core_opens_no_file() -> None:
    """What law and engine need is handed to them."""
    wrong = []
    for path in in_core():
        wrong += [place(path, line) for line, name in imported(path) if name.split(".")[0] in FILE_MODULES]
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                wrong += [f"{place(path, node.lineno)}: {called}"] if called in FILE_WORDS else []
    assert wrong == []


def test_the_core_has_no_clock() -> None:
    """The day is always an argument."""
    clocks = {"today", "now", "utcnow", "time_ns", "monotonic"}
    wrong = [place(path, line) for path in in_core() for line, name in imported(path) if name in {"time", "random"}]
    for path in in_core():
        nodes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and node.attr in clocks]
        wrong += [f"{place(path, node.lineno)}: .{node.attr}" for node in nodes]
    assert wrong == []


def test_the_engine_names_no_country() -> None:
    """Which origin a rule concerns is data: the engine holds no country code, compared with or not."""
    codes = set(country_codes().values())
    wrong = [
        f"{place(path, node.lineno)}: {node.value!r} belongs into rates/"
        for path in in_core()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in codes
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["rates", "trade_data"])
def test_data_folders_hold_no_code(folder: str) -> None:
    """A lawyer or an economist can work there alone."""
    kinds = {path.suffix for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert kinds <= {".toml", ".csv", ".parquet", ".md"}


def test_public_names() -> None:
    """What people may rely on; adding a name is a decision, removing one a new version."""
    assert set(tariffcalc.__all__) == PUBLIC
    assert all(hasattr(tariffcalc, name) for name in PUBLIC)


LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


def test_modules_are_short() -> None:
    """One reason to open each."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length >= LONGEST_MODULE} == {}


def test_functions_are_short() -> None:
    """A function that takes in every new case is where code goes bad."""
    wrong = [
        f"{place(path, node.lineno)}: {node.name}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert wrong == []


FOLDERS = ("tariffcalc", "rates", "trade_data", "tools", "tests", "docs")
TEXTS = {".py", ".toml", ".md", ".csv", ".txt", ".html", ".js", ".css", ".yaml", ".yml", ".json", ""}
WORDS = re.compile("|".join((r"/wo" + r"rk\b", r"\.\./sha" + "red")))


def texts() -> Iterator[Path]:
    """The project's own files of text."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXTS)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts:
                yield path


def test_no_file_names_a_place_outside_the_project() -> None:
    """Whoever clones the project has nothing but the project."""
    wrong = []
    for path in texts():
        text = path.read_text(encoding="utf-8", errors="replace")
        if found := WORDS.search(text):
            wrong.append(f"{place(path, text.count(chr(10), 0, found.start()) + 1)}: {found[0]}")
    assert wrong == []


def test_every_table_says_where_it_comes_from() -> None:
    """A table of figures has a ``.meta.toml`` beside it."""
    tables = [
        p for folder in ("rates", "trade_data") for p in (ROOT / folder).rglob("*") if p.suffix in (".csv", ".parquet")
    ]
    assert tables
    assert [str(p) for p in tables if not p.with_name(p.stem + ".meta.toml").exists()] == []
