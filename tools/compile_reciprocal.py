"""Compile rates/usa/tables/reciprocal*.csv: the reciprocal duties of 2025 by origin.

The text of HTS chapter 99 states them: note 2(v)(xviii) the rates of 9 April 2025, headings
9903.02.02 to 9903.02.91 those of 7 August 2025 with the floors of 15 percent. A floor reaches back
to its legal day; the act that announced it is the row's citation. The history of the headings of
chapter 99 says under which each origin's goods are declared.

    python tools/compile_reciprocal.py SOURCE_FOLDER
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from _common import PUBLIC_DOMAIN, TRADE_DATA, read_text_csv, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_reciprocal.py"
USA = TRADE_DATA.parent / "rates" / "usa"
TEXT = "law/hts_chapter99_2026_rev6.txt"
HEADINGS = "data/hts/us_hts_chapter99_headings_history.csv"
BASELINE_HEADING = "9903.01.25"
OUTSIDE = {"USA", "CAN", "MEX", "BLR", "CUB", "PRK", "RUS"}
"""Origins to which no reciprocal duty applies: Canada, Mexico, those of column 2, the United States."""
CHINA = "China, including Hong Kong and Macau"
SPELLED = {"Myanmar (Burma)": "Myanmar"}
FLOORS = {
    "European Union": ("2025-08-07", "eo-14326"),
    "Japan": ("2025-08-07", "eo-14345"),
    "South Korea": ("2025-11-14", "fr-2025-21940"),
    "Switzerland": ("2025-11-14", "fr-90-59281"),
    "Liechtenstein": ("2025-11-14", "fr-90-59281"),
}
"""From which day each floor is law, and by which act."""
AUGUST, BASELINE = "2025-08-07", 0.10
BASELINE_SINCE = ("2025-04-05", "eo-14257")
CHINA_SINCE = dict.fromkeys(("CHN", "HKG", "MAC"), ("2025-05-14", "eo-14298"))
"""From which day, and by which act, origins without a heading of their own pay the baseline."""
PARTNERS = 68
"""Partners with one heading of their own among 9903.02.02 to .71; the European Union has two."""
PARTNER = re.compile(r"\(\d+\) ([A-Z](?:(?!\(\d).)*?), subject to an additional duty of (\d+)%")
HEADING = re.compile(r"^9903\.02\.\d\d", re.MULTILINE)
LEFT = 100
"""The description of a heading stands in so many characters of a line; the rates are right of it."""
PRODUCT_OF = re.compile(r"articles the product of (?:the )?([A-Z].+?)(?:,? as provided|, (with an ad valorem))")
ADDED = re.compile(r"\b(\d+)%")
COLUMNS = {
    "origin": "ISO 3166 alpha-3 code",
    "product": "empty: any product",
    "from": "first day of the step",
    "form": "ad_valorem, or top_up_to: the total including the base duty",
    "ad_valorem": "fraction of customs value",
    "cite": "act id",
    "heading": "where the tariff prints the duty",
    "heading_reached": "the same for goods whose base duty alone reaches the total",
}
Row: TypeAlias = tuple[str, str, str, str, float, str, str, str]


@cache
def codes() -> dict[str, str]:
    """ISO alpha-3 code by English name or alias, written as ``plain`` does."""
    with (TRADE_DATA / "concordances" / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {plain(name): row["iso3"] for row in rows for name in (row["name"], *row["aliases"].split("|")) if name}


def plain(name: str) -> str:
    """A name without accents that the text may have lost, apostrophes straight, lower case."""
    return re.sub(r"[^a-z ()']", "", name.replace("`", "'").replace("’", "'").lower())


def origins(name: str) -> list[str]:
    """The origins that a partner's name stands for."""
    if name == "European Union":
        groups = tomllib.loads((USA / "groups.toml").read_text("utf-8"))
        return [member["code"] for member in groups["eu27"]["member"]]
    return [codes()[plain(SPELLED.get(name, name))]]


def printed(source: Path) -> dict[str, tuple[str, str]]:
    """The reciprocal headings: the rate and the description of each, as last printed."""
    rows = read_text_csv(source / HEADINGS)
    chosen = rows[rows["hts_no"].str.match(r"9903\.(01\.(4[3-9]|[56]\d|7[0-6])|02\.\d\d)$")]
    return {row.hts_no: (row.general, row.description) for row in chosen.itertuples()}


def heading_of(name: str, percent: int, headings: Mapping[str, tuple[str, str]]) -> str:
    """The one heading that names a partner and adds so many percent."""
    named = re.compile(rf"articles the product of .*\b{re.escape(plain(name))}(?![a-z])")
    found = [
        number
        for number, (rate, described) in headings.items()
        if rate.endswith(f"+ {percent}%") and named.search(plain(described))
    ]
    if len(found) != 1:
        raise SystemExit(f"{name}, {percent} percent: found under {found or 'no heading'}")
    return found[0]


def floor_of(name: str, headings: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """The headings of a partner's floor: where the base duty is below the total, and where it reaches it."""
    found = {
        match.group(1): number
        for number, (_, described) in headings.items()
        if (match := re.search(rf"{re.escape(name)}, with an ad valorem.*?(less|greater) than", described))
    }
    return found["less"], found["greater"]


def april(text: str, headings: Mapping[str, tuple[str, str]]) -> Iterator[Row]:
    """The rates of note 2(v)(xviii), China apart: it has its own measure."""
    earlier = {number: row for number, row in headings.items() if number.startswith("9903.01")}
    passage = text[text.index("(xviii) [Compiler's note") : text.index("(xix) As provided in headings 9903.02.19")]
    for name, percent in PARTNER.findall(" ".join(passage.split())):
        if name != CHINA:
            heading = heading_of(SPELLED.get(name, name), int(percent), earlier)
            for origin in origins(name):
                yield origin, "", "2025-04-09", "ad_valorem", int(percent) / 100, "eo-14257", heading, ""


def partners(text: str) -> dict[str, int]:
    """Partner -> the percent that its heading of August 2025 adds; floors have none."""
    starts = [match.start() for match in HEADING.finditer(text)]
    found: dict[str, int] = {}
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        block = text[start:end]
        described = " ".join(" ".join(line[:LEFT] for line in block.splitlines()).split())
        named, added = PRODUCT_OF.search(described), ADDED.search(" ".join(block.split()))
        if named and added and not named.group(2):
            found[named.group(1)] = int(added.group(1))
    return found


def august(text: str, headings: Mapping[str, tuple[str, str]]) -> Iterator[Row]:
    """The rates of 7 August 2025: 10 percent, the country's own, and the floors."""
    named = partners(text)
    if len(named) != PARTNERS:
        raise SystemExit(f"{len(named)} partners with a rate of their own found, not {PARTNERS}")
    later = {number: row for number, row in headings.items() if number.startswith("9903.02")}
    own = {
        origin: (AUGUST, percent / 100, "eo-14326", heading_of(name, percent, later))
        for name, percent in named.items()
        for origin in origins(name)
    }
    union = set(origins("European Union"))
    for origin in sorted(set(codes().values()) - OUTSIDE - union):
        day, act = CHINA_SINCE.get(origin, BASELINE_SINCE)
        day, rate, act, heading = own.get(origin, (day, BASELINE, act, BASELINE_HEADING))
        yield origin, "", day, "ad_valorem", rate, act, heading, ""
    for name, (day, cite) in FLOORS.items():
        for origin in origins(name):
            yield origin, "", day, "top_up_to", 0.15, cite, *floor_of(name, headings)


def write(name: str, title: str, note: str, rows: list[Row]) -> None:
    """Write one table with its meta file."""
    path: Path = USA / "tables" / f"{name}.csv"
    write_csv(pd.DataFrame(sorted(rows), columns=list(COLUMNS)), path)
    meta = {
        "title": title,
        "source": "Harmonized Tariff Schedule of the United States, chapter 99, 2026 Revision 6",
        "url": "https://hts.usitc.gov",
        "vintage": "law known to 2026-10-10",
        "licence": PUBLIC_DOMAIN,
        "notes": note,
        "columns": COLUMNS,
    }
    write_meta(path, len(rows), MADE_BY, meta)
    print(name, len(rows))


def main() -> None:
    """Write both tables and print their numbers of rows."""
    source = source_folder(__doc__)
    text = (source / TEXT).read_text("utf-8", errors="replace")
    headings = printed(source)
    write(
        "reciprocal-april",
        "Reciprocal duties by origin of 9 April 2025",
        "Note 2(v)(xviii) to subchapter III, headings 9903.01.43 to .62 and .64 to .76; China has its own measure.",
        list(april(text, headings)),
    )
    write(
        "reciprocal",
        "Reciprocal duties by origin from 7 August 2025",
        "Headings 9903.02.02 to 9903.02.91; every origin without a heading goes on at the 10 percent of April "
        "(9903.01.25), China at those of May. "
        "Regions of the European Union overseas that trade statistics count apart are taken at 10 percent.",
        list(august(text, headings)),
    )


if __name__ == "__main__":
    main()
