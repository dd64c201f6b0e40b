"""Compile rates/usa/tables/special-*.csv: what each preference programme but the USMCA pays.

Reads the Special subcolumn of every edition of the Harmonized Tariff Schedule of the United States
(US International Trade Commission): a rate with the symbols of the programmes that it is for.
Where all tariff lines below a shorter number have one history they share one row.

    python tools/compile_preferences.py SOURCE_FOLDER
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from _common import PUBLIC_DOMAIN, source_folder, write_csv, write_meta
from compile_base_duties import COLUMN_TEXTS, COLUMNS, HISTORY, TABLES, Rate, lines, parse, steps, tidy

MADE_BY = "tools/compile_preferences.py"
NAMED = re.compile(r"([^()]*)\(([^()]*)\)")
SYMBOL = re.compile(r"(?<![A-Za-z])[A-Z]{1,2}[+*]?(?![A-Za-z])")
NO_SYMBOL = Rate("suspended")
WIDE = 3000

PROGRAMMES: dict[str, tuple[str, set[str]]] = {
    "agoa": ("the African Growth and Opportunity Act", {"D"}),
    "australia": ("the United States-Australia agreement", {"AU"}),
    "auto-products": ("the Automotive Products Trade Act", {"B"}),
    "bahrain": ("the United States-Bahrain agreement", {"BH"}),
    "cafta-dr": ("the Dominican Republic-Central America agreement", {"P", "P+"}),
    "caribbean-basin": ("the Caribbean Basin Economic Recovery Act", {"E", "E*"}),
    "caribbean-partnership": ("the Caribbean Basin Trade Partnership Act", {"R"}),
    "chile": ("the United States-Chile agreement", {"CL"}),
    "civil-aircraft": ("the Agreement on Trade in Civil Aircraft", {"C"}),
    "colombia": ("the United States-Colombia agreement", {"CO"}),
    "dyes": ("the Uruguay Round concessions on intermediate chemicals for dyes", {"L"}),
    "gsp": ("the Generalized System of Preferences", {"A", "A*"}),
    "gsp-least-developed": ("the Generalized System of Preferences, least-developed countries", {"A", "A*", "A+"}),
    "israel": ("the United States-Israel agreement", {"IL"}),
    "japan": ("the United States-Japan trade agreement", {"JP"}),
    "jordan": ("the United States-Jordan agreement", {"JO"}),
    "korea": ("the United States-Korea agreement", {"KR"}),
    "morocco": ("the United States-Morocco agreement", {"MA"}),
    "nepal": ("the Nepal Trade Preference Program", {"NP"}),
    "oman": ("the United States-Oman agreement", {"OM"}),
    "panama": ("the United States-Panama agreement", {"PA"}),
    "peru": ("the United States-Peru agreement", {"PE"}),
    "pharmaceuticals": ("the Agreement on Trade in Pharmaceutical Products", {"K"}),
    "singapore": ("the United States-Singapore agreement", {"SG"}),
}

Line = tuple[str, str, str, str, str]
Row = dict[str, str]


def claimed(special: str, symbols: set[str]) -> Rate | None:
    """The best rate printed for any of the symbols; None where none of them is."""
    named = [(text, set(SYMBOL.findall(marks))) for text, marks in NAMED.findall(tidy(special))]
    rates = [parse(text.strip(" ,;")) for text, marks in named if marks & symbols]
    return min(rates, key=lambda rate: rate.form != "free", default=None)


def rate_of(general: str, special: str, symbols: set[str], *, wide: bool) -> Rate:
    """A line's rate under a programme; lines without its symbol leave the claim without effect.

    In a programme that names most lines, those free for everyone count as free under it too.
    """
    found = claimed(special, symbols)
    if found is None and wide and parse(general).form == "free":
        return Rate("free")
    return found or NO_SYMBOL


def table_of(printed: Iterable[Line], symbols: set[str]) -> list[Row]:
    """The rows of a programme's table, shortened where a prefix tells them all."""
    printed = list(printed)
    named = sum(claimed(special, symbols) is not None for *_, special in printed)
    dated = [
        (product, day, edition, rate_of(general, special, symbols, wide=named > WIDE))
        for product, day, edition, general, special in printed
    ]
    histories: dict[str, list[Row]] = {}
    for row in steps(dated):
        histories.setdefault(row["product"], []).append(row)
    return [row for prefix, rows in shortened(histories) for row in ({**one, "product": prefix} for one in rows)]


def shortened(histories: dict[str, list[Row]]) -> Iterator[tuple[str, list[Row]]]:
    """(prefix, rows): the shortest numbers below which every line has the same rows."""
    done: set[str] = set()
    for digits in (2, 4, 6, 8):
        below: dict[str, list[str]] = {}
        for product in histories:
            if product not in done:
                below.setdefault(product[:digits], []).append(product)
        for prefix, products in below.items():
            rows = histories[products[0]]
            same = all(untold(histories[product]) == untold(rows) for product in products)
            if same and not any(product.startswith(prefix) for product in done):
                done.update(products)
                yield prefix, rows


def untold(rows: list[Row]) -> list[Row]:
    """A line's history without its number."""
    return [{**row, "product": ""} for row in rows]


def table_meta(title: str, symbols: set[str]) -> dict[str, Any]:
    """What the table's meta file says."""
    return {
        "title": f"Rates of duty under {title} (symbols {', '.join(sorted(symbols))})",
        "source": "Harmonized Tariff Schedule of the United States, US International Trade Commission",
        "url": "https://hts.usitc.gov",
        "vintage": "44 editions, 2025 Basic (2025-01-01) to 2026 Revision 10 (2026-06-08)",
        "licence": PUBLIC_DOMAIN,
        "notes": "The first rate of a line stands in for earlier time. Dates of later steps are dates of publication, "
        "not of law. Lines of form suspended do not carry the symbol: there a claim changes nothing. Rates "
        "that only refer to a line of chapter 98 or 99 are of form other.",
        "columns": COLUMN_TEXTS
        | {
            "product": "tariff number of 2 to 8 digits: every line that begins with it, unless a longer number is here",
            "form": "free, ad_valorem, specific, compound, other, or suspended (no rate under the programme)",
        },
    }


def main() -> None:
    """Write the table of each programme with its meta file, and print how many rows it has."""
    source = source_folder(__doc__)
    printed = [line[:5] for line in lines(pd.read_parquet(source / HISTORY))]
    for name, (title, symbols) in PROGRAMMES.items():
        rows = sorted(table_of(printed, symbols), key=lambda row: (row["product"], row["from"]))
        path = TABLES / f"special-{name}.csv"
        write_csv(pd.DataFrame(rows, columns=COLUMNS), path)
        write_meta(path, len(rows), MADE_BY, table_meta(title, symbols))
        print(name, len(rows))


if __name__ == "__main__":
    main()
