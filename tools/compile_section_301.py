"""Compile the product lists of section 301 on China and of the Russian duties in lieu of column 2.

The lists stand in the notes of chapter 99 as columns of numbers. What each list is, between which
words of the note it stands and which act made it is said in ``compile_section_301.toml`` beside
this script. Lines that the four-year review took out of a printed list are named there too, since
they were on it before.

    python tools/compile_section_301.py SOURCE_FOLDER
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from _common import source_folder, write_csv, write_meta
from compile_lists import LISTS, Member, Source, check, list_meta, passage_codes, steps

MADE_BY = "tools/compile_section_301.py"
SPEC = Path(__file__).with_suffix(".toml")


def members(source: Source, read: Mapping[str, Any]) -> list[Member]:
    """The codes of one list: from a passage, from the exclusions' table, or named one by one.

    ``chapters`` keeps the passage's codes of those chapters only, ``but`` leaves codes out.
    """
    codes = dict.fromkeys(read.get("codes", []), read.get("from", ""))
    if "text" in read:
        found = passage_codes(source.chapter_99, *read["text"])
        chapters = tuple(read.get("chapters", [""]))
        codes |= dict.fromkeys((code for code in found if code.startswith(chapters)), "")
    if "heading" in read:
        rows = source.scopes[source.scopes["ch99_or_tag"] == read["heading"]]
        codes |= dict.fromkeys(rows["hts_prefix"], "")
    codes |= read.get("dated", {})
    return [Member(code, start, "", "") for code, start in codes.items() if code not in read.get("but", [])]


def main() -> None:
    """Write every list with its meta file, and print its number of steps."""
    source = Source(source_folder(__doc__))
    for name, spec in tomllib.loads(SPEC.read_text("utf-8")).items():
        rows = steps(members(source, spec["read"]), spec)
        check(name, rows)
        path = LISTS / f"{name}.csv"
        write_csv(pd.DataFrame(rows, columns=["code", "from", "is", "cite"]), path)
        write_meta(path, len(rows), MADE_BY, list_meta(spec))
        print(name, len(rows))


if __name__ == "__main__":
    main()
