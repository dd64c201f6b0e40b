"""Check and sort trade_data/search/everyday_words.csv, which is kept by hand, and write its meta file.

A row says what the tariff calls something: everyday words, the beginning of the numbers of its lines, and words that
stand in those lines. A row whose words do not stand there is refused. Compile the tariff lines first.

    python tools/compile_everyday_words.py
"""

from __future__ import annotations

import csv
import re

import pandas as pd

from _common import TRADE_DATA, write_meta

MADE_BY = "tools/compile_everyday_words.py"
PATH = TRADE_DATA / "search" / "everyday_words.csv"
COLUMNS = {
    "words": "everyday words in small letters, one of a thing",
    "heading": "the first 4 to 8 digits of the lines that are meant",
    "tariff_words": "words of the tariff that each of those lines has, itself or in a heading above it",
}


def words(text: str) -> list[str]:
    """Words in small letters."""
    return re.findall(r"[0-9a-z]+", text.lower())


def lines_meant(row: dict[str, str], lines: dict[str, set[str]]) -> list[str]:
    """The lines below the heading that have the words of the row."""
    wanted = set(words(row["tariff_words"]))
    return [code for code, known in lines.items() if code.startswith(row["heading"]) and wanted <= known]


def main() -> None:
    """Refuse a row that means nothing; write the rest in order."""
    table = pd.read_parquet(TRADE_DATA / "tariff_lines" / "hts.parquet", columns=["product", "description", "path"])
    ten = table[table["product"].str.len() == 10]
    lines = {row.product: set(words(row.path or row.description)) for row in ten.itertuples()}
    with PATH.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "words": " ".join(words(row["words"]))} for row in csv.DictReader(file)]
    for row in rows:
        if not lines_meant(row, lines):
            raise SystemExit(f"{row['words']}: no line of {row['heading']} has the words {row['tariff_words']!r}")
    with PATH.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["words"], row["heading"])))
    meta = {
        "title": "Everyday words for goods that the tariff calls otherwise",
        "source": "kept by hand; the words beside them are of the Harmonized Tariff Schedule of the United States",
        "vintage": "2026",
        "licence": "MIT, like the program",
        "notes": "For the search only: a word leads to lines, it classifies nothing. Words with several meanings stand "
        "with each of them, or are left out.",
    }
    write_meta(PATH, len(rows), MADE_BY, {**meta, "columns": COLUMNS})


if __name__ == "__main__":
    main()
