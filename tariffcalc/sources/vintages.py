"""What the tables are and where they come from: the ``.meta.toml`` beside each, read without the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tariffcalc.paths import rates_folder, trade_data_folder
from tariffcalc.sources.trade_facts import read_meta

FOLDERS: Mapping[str, str] = {
    "flows": "Trade",
    "tariff_lines": "Tariff lines and base duty",
    "shares": "Shares of trade",
    "elasticities": "Elasticities",
    "input_output": "Input-output tables",
    "economies": "Economies",
    "concordances": "Sectors and countries",
    "search": "Words of the search",
}
"""The folders of ``trade_data/`` and what a reader calls them."""


@dataclass(frozen=True, slots=True)
class Vintage:
    """One table: its file below the data folder, what it is, whose figures, of when, under which licence."""

    folder: str
    file: str
    title: str
    source: str
    url: str
    vintage: str
    licence: str
    rows: int
    notes: str


@cache
def trade_tables() -> tuple[Vintage, ...]:
    """Every table of ``trade_data/`` in the order of its folders."""
    folder = trade_data_folder()
    found = [_vintage(path, folder) for path in sorted(folder.rglob("*.meta.toml"))]
    order = list(FOLDERS)
    return tuple(sorted(found, key=lambda one: (order.index(one.folder), one.file)))


@cache
def law_lists() -> tuple[tuple[str, int], ...]:
    """The sources of the lists and tables of ``rates/``, each with the number of those that rest on it."""
    counts: dict[str, int] = {}
    for path in rates_folder().rglob("*.meta.toml"):
        source = str(read_meta(path)["source"])
        counts[source] = counts.get(source, 0) + 1
    return tuple(sorted(counts.items()))


def _vintage(path: Path, folder: Path) -> Vintage:
    meta = read_meta(path)
    inside = path.relative_to(folder)
    rows = meta.get("rows", 0)
    return Vintage(
        folder=inside.parts[0],
        file=str(inside).removesuffix(".meta.toml"),
        title=str(meta["title"]),
        source=str(meta["source"]),
        url=str(meta.get("url", "")),
        vintage=str(meta.get("vintage", "")),
        licence=str(meta.get("licence", "")),
        rows=rows if isinstance(rows, int) else 0,
        notes=str(meta.get("notes", "")),
    )
