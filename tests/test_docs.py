"""The documentation does what it says: commands print what is shown, files load, no name is left out.

Blocks of a document share a folder, in order. ``console``: lines after ``$`` are run and what follows
is what they print (``tariffcalc``, and ``curl`` against the application; ``NOT_RUN`` is only shown).
``python``: run; a ``text`` block right after it is what it prints. ``file=NAME`` writes the block to
a file. ``toml scenario`` and ``toml measure`` load; ``toml measure add`` goes below the measure before.

Between ``<!-- table NAME -->`` and ``<!-- end -->`` stands a table made from the data.

``python tests/test_docs.py`` writes what commands, programs and data say now into the documents.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import math
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

import tariffcalc as tc
from tariffcalc.cli import cli, main
from tariffcalc.engine.aggregate import BASELINE, BY, KEYS, VALUES
from tariffcalc.engine.flow_hints import HINTS
from tariffcalc.engine.flow_table import FLOW_COLUMNS
from tariffcalc.engine.quote import quote
from tariffcalc.formats import FORMATS
from tariffcalc.law.measure import BASES, CONFIDENCES, STATUSES, Example
from tariffcalc.lawfiles import folder, library, scenario_schema, scenarios, schema
from tariffcalc.shipments import shipment_of
from tariffcalc.sources import SOURCES, bundled, trade_facts
from tariffcalc.sources.countries import country_codes
from tariffcalc.web import create_app

ROOT = Path(__file__).resolve().parent.parent
DOCS = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
OTHERS = {"assumptions.md", "api.md"}
"""Pages whose blocks are not run here."""
RUN_HERE = [path for path in DOCS if path.name not in OTHERS]
NOT_RUN = ("pip", "make", "git", "cd", "python3", "source", ".venv/bin/pip", "docker")
SERVICE = "http://127.0.0.1:8000"
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)|src=\"([^\"]+)\"|!\[[^\]]*\]\(([^)\s]+)\)")


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


def facts_table() -> str:
    """The yes/no facts of the law."""
    rows = [f"| `{one.name}` | {one.question} | {in_tables(one)} |" for one in tc.read_schedule().facts.values()]
    return table("fact", "asks", "share of value where nothing is said", rows=rows)


def contents_table() -> str:
    """The contents of the law."""
    rows = [f"| `{one.name}` | {one.title} | {in_tables(one)} |" for one in tc.read_schedule().contents.values()]
    return table("content", "is", "part of value where nothing is said", rows=rows)


def in_tables(one: Any) -> str:
    """Where a share comes from that nobody states."""
    said = [f"table `{one.shares}`"] if one.shares else []
    return ", else ".join([*said, *([] if one.default is None else [f"{one.default:g}"])])


def trade_table() -> str:
    """The tables under ``trade_data/``."""
    rows = []
    for path in sorted((ROOT / "trade_data").glob("*/*.meta.toml")):
        meta = tomllib.loads(path.read_text(encoding="utf-8"))
        name = f"{path.parent.name}/{path.name.removesuffix('.meta.toml')}"
        rows.append(f"| `{name}` | {meta['rows']:,} | {meta['title']} | {meta['source']} | {meta['vintage']} |")
    return table("table", "rows", "holds", "source", "vintage", rows=rows)


def law_table() -> str:
    """The measures, by authority."""
    measures = tc.read_schedule().measures.values()
    found = {one.authority: [m.id for m in measures if m.authority == one.authority] for one in measures}
    rows = [f"| {name} | {', '.join(f'`{key}`' for key in sorted(found[name]))} |" for name in sorted(found)]
    return table("authority", "measures", rows=rows)


def table(*heads: str, rows: list[str]) -> str:
    """A Markdown table."""
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *rows])


TABLES = {"facts": facts_table, "contents": contents_table, "trade": trade_table, "law": law_table}
TABLE = re.compile(r"<!-- table (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def with_tables(text: str) -> str:
    """The document with its tables as the data has them."""
    return TABLE.sub(lambda match: f"<!-- table {match[1]} -->\n{TABLES[match[1]]()}\n<!-- end -->", text)


class Session:
    """A reader's terminal: a folder, the last exit status, the names of a Python session."""

    def __init__(self, work: Path) -> None:
        self.work, self.status = work, 0
        self.names: dict[str, Any] = {}

    def console(self, body: str) -> str:
        """The block as it should read: each command with what it prints."""
        shown = []
        for command, expected in commands(body):
            words = shlex.split(command, comments=True)
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
        if name == "curl":
            error, out = "", curl(args, self.work)
        elif name == "tariffcalc":
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


def curl(args: list[str], work: Path) -> bytes:
    """What the application answers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-s", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("-o")
    parser.add_argument("url")
    asked = parser.parse_args(args)
    client, path = create_app().test_client(), asked.url.removeprefix(SERVICE)
    if asked.json is None:
        answer = client.get(path)
    else:
        body = (work / asked.json[1:]).read_bytes() if asked.json.startswith("@") else asked.json.encode()
        answer = client.post(path, data=body, content_type="application/json")
    if asked.o:
        (work / asked.o).write_bytes(answer.data)
        return b""
    return answer.data.replace(b"\r\n", b"\n")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", RUN_HERE, ids=name_of)
def test_blocks_print_what_is_shown(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert Session(tmp_path).shown(text) == text
    assert with_tables(text) == text


def scenario_blocks() -> list[Any]:
    found = [(path, block) for path in DOCS for block in blocks(path.read_text()) if block.language == "toml"]
    chosen = [(path, block) for path, block in found if "scenario" in block.words]
    return [pytest.param(block, id=f"{name_of(path)}-{number}") for number, (path, block) in enumerate(chosen)]


@pytest.mark.parametrize("block", scenario_blocks())
def test_scenarios_apply(block: Block) -> None:
    law = tc.read_schedule()
    changed = law.apply(tc.read_scenario(tomllib.loads(block.body)))
    assert changed.precedence(changed.law_known_until).order
    assert changed.digest != law.digest


def measures_shown() -> dict[str, str]:
    """The measure files of the documents, each with the steps added below it."""
    found: dict[str, str] = {}
    for path in DOCS:
        last = ""
        for block in blocks(path.read_text()):
            if block.language != "toml" or "measure" not in block.words:
                continue
            last = last if "add" in block.words else str(block.file)
            found[last] = found.get(last, "") + "\n" + block.body
    return found


@pytest.mark.parametrize(("name", "text"), measures_shown().items())
def test_measure_files_load_and_their_examples_hold(name: str, text: str, tmp_path: Path) -> None:
    usa = tmp_path / "rates" / "usa"
    (usa / "measures").mkdir(parents=True)
    for path in [*(ROOT / "rates/usa").iterdir(), *(ROOT / "rates/usa/measures").iterdir()]:
        here = usa / path.relative_to(ROOT / "rates/usa")
        if path.name not in ("measures", name):
            here.symlink_to(path)
    (usa / "measures" / name).write_text(text, encoding="utf-8")
    law = folder.read_schedule(tmp_path / "rates", "USA", frozenset(country_codes().values()))
    examples = law.measure(name.removesuffix(".toml")).examples
    assert examples
    for one in examples:
        assert additional(law, one) == pytest.approx(one.rate), one.why


def additional(law: tc.Schedule, one: Example) -> float:
    """The additional rate of an example: facts that hold for a part of the value split it."""
    known = law if one.as_known_on is None else law.as_known_on(one.as_known_on)
    total = 0.0
    for bits in product((True, False), repeat=len(one.facts)):
        held = dict(zip(one.facts, bits, strict=True))
        weight = math.prod(one.facts[name] if bit else 1 - one.facts[name] for name, bit in held.items())
        loaded = one.loaded
        shipment = shipment_of(known, one.product, one.origin, one.entry, loaded=loaded, shares=one.shares, facts=held)
        total += weight * (quote(known, shipment).additional_rate or 0.0)
    return total


def text_of(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def all_docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCS)


def quoted(word: str, text: str) -> bool:
    """Whether a text has the word as code, alone or as the key of an assignment."""
    return re.search(rf"`(?:\[+|--)?{re.escape(word)}(?:\]+)?(?:`|[ ,=])|, {re.escape(word)}(?:`|,)", text) is not None


def keys_of(one: Schema) -> Iterator[str]:
    """Every key of a schema and of the tables below it."""
    for name, field in one.fields.items():
        yield field.data_key or name
        inner = getattr(field, "inner", None) or getattr(field, "value_field", None) or field
        if isinstance(inner, fields.Nested):
            yield from keys_of(inner.schema)


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        (schema.MeasureSchema, "docs/law-files.md"),
        (schema.FactSchema, "docs/law-files.md"),
        (schema.ContentSchema, "docs/law-files.md"),
        (scenario_schema.ReadingSchema, "docs/law-files.md"),
        (scenario_schema.WhereSchema, "docs/scenarios.md"),
        (scenario_schema.ScenarioSchema, "docs/scenarios.md"),
        (scenario_schema.ChangeSchema, "docs/scenarios.md"),
        (scenario_schema.AddSchema, "docs/scenarios.md"),
        (scenario_schema.AssumptionsSchema, "docs/scenarios.md"),
    ],
)
def test_every_key_is_documented(kind: type[Schema], page: str) -> None:
    assert [key for key in dict.fromkeys(keys_of(kind())) if not quoted(key, text_of(page))] == []


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("docs/flow-tables.md", [*SOURCES, *(column.name for column in FLOW_COLUMNS), *HINTS]),
        ("docs/results.md", [*FORMATS, *BY, *KEYS, *VALUES, *BASELINE, *trade_facts.sector_names()]),
        (
            "docs/scenarios.md",
            [
                *scenario_schema.KINDS,
                *scenario_schema.PREFERENCES,
                *scenario_schema.CONTENTS,
                *scenario_schema.COLLECTIONS,
            ],
        ),
        ("docs/law-files.md", [*schema.FORMS, *BASES, *CONFIDENCES, *STATUSES, *library._TABLE_COLUMNS]),
        ("docs/cli.md", list(cli.commands)),
        ("docs/python.md", tc.__all__),
    ],
)
def test_every_name_is_documented(page: str, names: list[str]) -> None:
    assert [name for name in names if not quoted(name, text_of(page))] == []


@pytest.mark.parametrize("name", cli.commands)
def test_every_option_is_documented_with_its_command(name: str) -> None:
    section = text_of("docs/cli.md").partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
    options = [option for one in cli.commands[name].params for option in one.opts if option.startswith("--")]
    assert section
    assert [option for option in options if option not in section] == []


def codes_of(path: Path) -> Iterator[str]:
    """The fault and error codes that a module gives."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = [word.value for word in node.keywords if word.arg == "code"]
            given += node.args[:1] if called in ("Fault", "unknown") or (called == "add" and len(node.args) > 2) else []
            start = "unknown-" if called == "unknown" else ""
            yield from (start + word for one in given for word in strings(one))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if {"code", "default_code"} & {getattr(target, "id", "") for target in targets}:
                yield from strings(node.value)


def strings(node: ast.expr) -> list[str]:
    """The codes that an expression is made of."""
    if isinstance(node, ast.IfExp):
        return [*strings(node.body), *strings(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z0-9-]+", str(node.value)) else []


def test_every_code_of_a_fault_is_documented() -> None:
    codes = {code for path in ROOT.glob("tariffcalc/**/*.py") for code in codes_of(path)} | {*HINTS}
    assert len(codes) > 60
    text = all_docs()
    assert sorted(code for code in codes if f"`{code}`" not in text) == []


def test_every_endpoint_is_documented() -> None:
    rules = {rule.rule for rule in create_app().url_map.iter_rules() if "<path:filename>" not in rule.rule}
    told = re.sub(r"\{[^}]*\}", "{}", text_of("docs/api.md"))
    assert sorted(rule for rule in rules if re.sub(r"<[^>]*>", "{}", rule) not in told) == []


@pytest.mark.parametrize("page", ["README.md", "docs/scenarios.md"])
def test_ready_made_scenarios_are_listed(page: str) -> None:
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", text_of(page), flags=re.MULTILINE)
    names = set(folder_names())
    assert names <= set(listed)


def folder_names() -> tuple[str, ...]:
    return scenarios.scenario_names(ROOT / "rates")


def test_the_readme_names_the_bundled_tables_and_the_limit_of_the_law() -> None:
    text = text_of("README.md")
    assert [name for name in bundled.bundled_names() if f"`{name}`" not in text] == []
    assert str(tc.read_schedule().law_known_until) in text


def test_a_result_tells_what_the_documentation_says() -> None:
    rows = [{"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000}]
    result = tc.estimate(tc.read_flows(rows, importer="USA"), baseline="no-tariffs-2025")
    keys = [*result.provenance, *result.provenance["totals"], *result.provenance["flows"]]
    assert [key for key in keys if not quoted(key, text_of("docs/results.md"))] == []


def slugs(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    for found in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        target, _, anchor = "".join(found).partition("#")
        if target.startswith(("http", "mailto")):
            continue
        there = (path.parent / target).resolve() if target else path
        assert there.exists(), target
        assert not anchor or anchor in slugs(there.read_text(encoding="utf-8")), anchor


def rewrite() -> None:
    """Write what commands and programs print now into the documents."""
    for path in RUN_HERE:
        text = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as work:
            shown = with_tables(Session(Path(work)).shown(text))
        if shown != text:
            path.write_text(shown, encoding="utf-8")
            print(f"rewrote {name_of(path)}")


if __name__ == "__main__":
    rewrite()
