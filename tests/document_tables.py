"""Tables of the documentation that are made from the data, between ``<!-- table NAME -->`` and ``<!-- end -->``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import tariffcalc as tc
from tariffcalc.lawfiles import folder

ROOT = Path(__file__).resolve().parent.parent


def laws() -> list[tc.Schedule]:
    """The law of every importer."""
    return [tc.read_schedule(importer) for importer in folder.importers(ROOT / "rates")]


def facts_table() -> str:
    """The yes/no facts that any law asks about."""
    found = {one.name: one for law in laws() for one in law.facts.values()}.values()
    rows = [f"| `{one.name}` | {one.question} | {in_tables(one)} |" for one in found]
    return table("fact", "asks", "share of value where nothing is said", rows=rows)


def contents_table() -> str:
    """The contents that any law speaks of."""
    found = {one.name: one for law in laws() for one in law.contents.values()}.values()
    rows = [f"| `{one.name}` | {one.title} | {in_tables(one)} |" for one in found]
    return table("content", "is", "part of value where nothing is said", rows=rows)


def in_tables(one: Any) -> str:
    """Where a share comes from that nobody states."""
    said = [f"table `{one.shares}`"] if one.shares else []
    return ", else ".join([*said, *([] if one.default is None else [f"{one.default:g}"])])


def trade_table() -> str:
    """The tables under ``trade_data/``."""
    rows = []
    for path in sorted((ROOT / "trade_data").rglob("*.meta.toml")):
        meta = tomllib.loads(path.read_text(encoding="utf-8"))
        name = str(path.relative_to(ROOT / "trade_data")).removesuffix(".meta.toml")
        rows.append(f"| `{name}` | {meta['rows']:,} | {meta['title']} | {meta['source']} | {meta['vintage']} |")
    return table("table", "rows", "holds", "source", "vintage", rows=rows)


def law_table() -> str:
    """The measures, by importer and authority."""
    rows = []
    for law in laws():
        for name in sorted({one.authority for one in law.measures.values()}):
            ids = sorted(key for key, one in law.measures.items() if one.authority == name)
            rows.append(f"| {law.importer} | {name} | {', '.join(f'`{key}`' for key in ids)} |")
    return table("importer", "authority", "measures", rows=rows)


def table(*heads: str, rows: list[str]) -> str:
    """A Markdown table."""
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *rows])


TABLES = {"facts": facts_table, "contents": contents_table, "trade": trade_table, "law": law_table}
TABLE = re.compile(r"<!-- table (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def with_tables(text: str) -> str:
    """The document with its tables as the data has them."""
    return TABLE.sub(lambda match: f"<!-- table {match[1]} -->\n{TABLES[match[1]]()}\n<!-- end -->", text)
