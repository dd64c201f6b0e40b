"""The documentation does what it says: commands print what is shown, files load, no name is left out.

How blocks are run is told in ``tests/documents.py``. ``toml scenario`` and ``toml measure`` blocks load;
``toml measure add`` goes below the measure before it.
"""

from __future__ import annotations

import ast
import importlib
import math
import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

import tariffcalc as tc
from tariffcalc.cli import cli
from tariffcalc.engine.aggregate import BASELINE, BY, KEYS, VALUES
from tariffcalc.engine.flow_hints import HINTS
from tariffcalc.engine.flow_table import FLOW_COLUMNS
from tariffcalc.engine.quote import quote
from tariffcalc.formats import FORMATS
from tariffcalc.law.measure import BASES, CONFIDENCES, STATUSES, Example
from tariffcalc.lawfiles import folder, library, scenario_schema, scenarios, schema
from tariffcalc.shipments import shipment_of
from tariffcalc.sources import SOURCES, trade_facts
from tariffcalc.sources.countries import country_codes
from tariffcalc.web import create_app
from tests.document_tables import with_tables
from tests.documents import DOCS, FENCE, ROOT, RUN_HERE, Block, Session, blocks, departures

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)|src=\"([^\"]+)\"|!\[[^\]]*\]\(([^)\s]+)\)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", RUN_HERE, ids=name_of)
def test_blocks_print_what_is_shown(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert departures(Session(tmp_path).shown(text), text) == []
    assert with_tables(text) == text


def test_a_long_number_may_differ_by_one_in_its_last_digit() -> None:
    """And in nothing else: no short number, no digit before the last, no word, no line more."""
    text = "duty  7208390015,2025-05,27,106,343,795.28\nrate 0.25, 1,234.56 over"
    assert departures(text.replace("95.28", "95.29"), text) == []
    for old, new in (("95.28", "95.30"), ("1,234.56", "1,234.57"), ("0.25", "0.26"), ("2025-", "2026-"), ("over", "")):
        assert departures(text.replace(old, new), text)
    assert departures(text + "\nmore", text)
    assert departures(text.replace("27,1", "2,71"), text)


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
    """Whether a text has the word within code, outside its blocks."""
    spans = re.findall(r"`([^`]+)`", FENCE.sub("", text))
    return any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", span) for span in spans)


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
    assert set(scenarios.scenario_names(ROOT / "rates")) <= set(listed)


def test_the_readme_tells_how_far_the_law_is_known() -> None:
    assert str(tc.read_schedule().law_known_until) in text_of("README.md")


def test_a_result_tells_what_the_documentation_says() -> None:
    rows = [{"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000}]
    result = tc.estimate(tc.read_flows(rows, importer="USA"), baseline="no-tariffs-2025")
    keys = [*result.provenance, *result.provenance["totals"], *result.provenance["flows"]]
    assert [key for key in keys if not quoted(key, text_of("docs/results.md"))] == []


def test_the_picture_shows_what_the_estimate_says() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        drawn = importlib.import_module("draw_readme_chart")
    finally:
        sys.path.pop(0)
    assert drawn.TARGET.read_text(encoding="utf-8") == drawn.drawing(drawn.duties())


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
