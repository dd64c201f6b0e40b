"""Compile rates/usa/lists/: which tariff numbers an act names, by date.

What each list is, where its codes come from and which act made each step is said in
``compile_lists.toml`` beside this script; the codes come from SOURCE_FOLDER/law and
SOURCE_FOLDER/data. Every list is a CSV of steps (code, from, is, cite) with a meta file.

    python tools/compile_lists.py SOURCE_FOLDER
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from _common import PUBLIC_DOMAIN, TRADE_DATA, read_text_csv, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_lists.py"
LISTS = TRADE_DATA.parent / "rates" / "usa" / "lists"
SPEC = Path(__file__).with_suffix(".toml")
PART_VALUE = {"98020040", "98020050", "98020060", "98020080"}
CODE = r"\d{4}(?:\.\d\d(?:\.\d\d(?:\d\d)?)?)?"
CODE_LINE = re.compile(rf"\s*{CODE}(?:\s+{CODE})*\s*")
COLUMN_TEXTS = {
    "code": "tariff number, 2 to 10 digits: every product that begins with it",
    "from": "first day of the step, or empty: from always",
    "is": "in or out, until the code's next step",
    "cite": "act id",
}


class Member(NamedTuple):
    """A code with its days on a list; an empty day is an open end; ``note`` is the source's."""

    code: str
    start: str
    end: str
    note: str


class Source:
    """The source folder: what the lists are read from, each file once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def lists(self) -> pd.DataFrame:
        """All compiled lists of products: list_id, code, from, until, note."""
        frames = [read_text_csv(path) for path in sorted((self.folder / "law/lists").glob("*.csv"))]
        return pd.concat([frame for frame in frames if "list_id" in frame], ignore_index=True)

    @cached_property
    def scopes(self) -> pd.DataFrame:
        """Products of the measures: hts_prefix, measure, sublist."""
        return read_text_csv(self.folder / "data/measures/us_measure_product_scopes.csv")

    @cached_property
    def chapter_99(self) -> str:
        """The text of chapter 99, edition 2026 Revision 6."""
        return (self.folder / "law/hts_chapter99_2026_rev6.txt").read_text("utf-8", errors="replace")

    @cached_property
    def chapter_98(self) -> set[str]:
        """Every number of chapter 98 in any edition, at most 8 digits."""
        editions = pd.read_parquet(self.folder / "data/hts/us_hts_schedule_4revisions.parquet", columns=["code"])
        return {code[:8] for code in editions["code"] if code.startswith("98")}

    def members(self, read: Mapping[str, Any]) -> Iterator[Member]:
        """The codes that one ``read`` entry of the specification asks for."""
        if "list" in read:
            rows = self.lists[self.lists["list_id"] == read["list"]]
            rows = rows[rows["note"].str.contains(read.get("note", ""), regex=False)]
            if "within" in read:
                rows = rows[rows["code"].isin(passage_codes(self.chapter_99, *read["within"]))]
            yield from (Member(*row) for row in rows[["code", "from", "until", "note"]].itertuples(index=False))
        elif "scope" in read:
            wanted = (self.scopes["sublist"] == read["scope"]) | (self.scopes["measure"] == read["scope"])
            yield from (Member(code, "", "", "") for code in self.scopes.loc[wanted, "hts_prefix"])
        elif "text" in read:
            yield from (Member(code, "", "", "") for code in passage_codes(self.chapter_99, *read["text"]))
        else:
            yield from (Member(code, "", "", "") for code in chapter_98_codes(self.chapter_98, read["hts"]))


def passage_codes(text: str, begin: str, end: str) -> list[str]:
    """The numbers that stand in columns between two passages of the chapter 99 text."""
    start = text.index(begin)
    passage = text[start : text.index(end, start)]
    lines = [line.removeprefix("U.S. Notes (con.)") for line in passage.splitlines()]
    columns = [line for line in lines if CODE_LINE.fullmatch(line)]
    return [code.replace(".", "") for line in columns for code in line.split()]


def chapter_98_codes(chapter_98: set[str], which: str) -> set[str]:
    """Chapter 98 split: lines that pay on part of their value, and the rest with chapter 99."""
    if which == "part-value":
        return PART_VALUE & chapter_98
    headings = {code[:4] for code in chapter_98} - {"9802"}
    lines = {code for code in chapter_98 if code.startswith("9802") and len(code) == 8}
    return headings | (lines - PART_VALUE) | {"99"}


def narrowed(members: Iterator[Member], narrow: Mapping[str, list[str]]) -> list[Member]:
    """The members with each code that is wider than the act replaced by the numbers that the act means."""
    return [one._replace(code=code) for one in members for code in narrow.get(one.code, [one.code])]


def steps(members: list[Member], spec: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """(code, from, is, cite) of a list, sorted.

    A day that the source does not give is the only day of the specification. Where all members
    leave on one last day it is the measure that ended, and nobody leaves the list.
    """
    days, cites, noted = spec.get("days", {}), spec["cites"], spec.get("cites_noted", {})
    ends = {member.end for member in members}
    last = "" if "" in ends else max(ends)
    rows: set[tuple[str, str, str, str]] = set()
    for member in members:
        start = days.get(member.start, member.start) or min(cites)
        cite = next((act for words, act in noted.items() if words in member.note), cites[start])
        rows.add((member.code, start, "in", cite))
        if member.end != last:
            rows.add((member.code, member.end, "out", cites[member.end]))
    return sorted(rows)


def check(name: str, rows: list[tuple[str, str, str, str]]) -> None:
    """Refuse an empty list, a code that is not digits, and two steps of a code on one day."""
    faults = [code for code, *_ in rows if not re.fullmatch(r"\d{2,10}", code)]
    keys = [row[:2] for row in rows]
    faults += [" ".join(key) for key in set(keys) if keys.count(key) > 1]
    if faults or not rows:
        raise SystemExit(f"{name}: {len(rows)} rows, faults: {sorted(faults)}")


def list_meta(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the list's meta file says."""
    told = {"title": spec["title"], "source": spec["source"], "url": "https://hts.usitc.gov"}
    if "via" in spec:
        told["compiled_from"] = spec["via"]
    licence = PUBLIC_DOMAIN + ("; compiled lists: MIT" if "via" in spec else "")
    told |= {"vintage": "law known to 2026-10-10", "licence": licence}
    return told | {"notes": spec.get("note", ""), "columns": COLUMN_TEXTS}


def main() -> None:
    """Write every list with its meta file, and print its number of steps."""
    source = Source(source_folder(__doc__))
    for name, spec in tomllib.loads(SPEC.read_text("utf-8")).items():
        rows = steps(narrowed(source.members(spec["read"]), spec.get("narrow", {})), spec)
        check(name, rows)
        path = LISTS / f"{name}.csv"
        write_csv(pd.DataFrame(rows, columns=["code", "from", "is", "cite"]), path)
        write_meta(path, len(rows), MADE_BY, list_meta(spec))
        print(name, len(rows))


if __name__ == "__main__":
    main()
