"""Compile trade_data/concordances/: tariff numbers to sectors of six classifications.

Each ``<name>.csv`` maps a prefix of 2, 6, 8 or 10 digits to a sector, the longest prefix wins;
``<name>.names.csv`` names the sectors. A number without sector has no row. Compile the flow
tables first: where numbers below one HS6 differ, the sector with most value in 2024 is its default.

    python tools/compile_concordances.py SOURCE_FOLDER
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from _common import (
    PUBLIC_DOMAIN,
    TRADE_DATA,
    bundled_value,
    by_prefix,
    longest_match,
    read_text_csv,
    source_folder,
    write_csv,
    write_meta,
)

MADE_BY = "tools/compile_concordances.py"
LEVELS = (2, 6, 8, 10)
FLOWS = ("us-world-2024", "us-north-america-2025")
SPECIAL = "XXII"
Concordance = tuple["pd.Series[str]", "pd.Series[str]"]  # prefix -> sector, sector -> name


def folder(source: Path) -> Path:
    """Where the source concordances are."""
    return source / "data/concordance"


def hs_section(source: Path) -> Concordance:
    """Chapters to the sections of the Harmonized System; 98 and 99 to the national XXII."""
    words = read_text_csv(folder(source) / "hs2022_descriptions.csv")
    chapters = words[(words["level"] == "2") & (words["section"] != "TOTAL")].set_index("hscode")["section"]
    names = pd.read_csv(folder(source) / "hs_sections.csv", dtype=str, encoding="utf-8-sig").set_index("section")[
        "name"
    ]
    names = names.str.strip().map(lambda name: name[0].upper() + name[1:])
    chapters = pd.concat([chapters, pd.Series({"98": SPECIAL, "99": SPECIAL})])
    return chapters, pd.concat([names, pd.Series({SPECIAL: "Special classification provisions"})])


def hs2(source: Path) -> Concordance:
    """Chapters, each its own sector."""
    names = read_text_csv(folder(source) / "hs2_chapter_names.csv").set_index("hs2")["hs2_name"]
    return pd.Series(names.index, index=names.index), names


def naics3(source: Path) -> Concordance:
    """NAICS-based commodity groups of 3 digits, as in the Census Bureau's trade statistics."""
    values = read_text_csv(folder(source) / "hs10_naics_crosswalk.csv").set_index("hs10")["naics"].str[:3]
    path = source / "data/flows/us_imports_monthly_naics3_33partners_2013_01_2025_11.parquet"
    names = (
        pd.read_parquet(path, columns=["naics", "naics_desc"]).drop_duplicates("naics").set_index("naics")["naics_desc"]
    )
    return by_prefix(values, bundled_value(FLOWS[0]), LEVELS), names.sort_index().map(naics_name)


def naics_name(printed: str) -> str:
    """The printed commodity heading in sentence case.

    >>> naics_name("NAICS CODE 333, MACHINERY, EXCEPT ELECTRICAL")
    'Machinery, except electrical'
    """
    words = re.sub(r"^NAICS CODE \d+, ", "", printed).capitalize()
    for short, full in (
        (r", nesoi\b", ", not elsewhere specified"),
        (r"\bmfg\b", "manufacturing"),
        (r"\bcanada\b", "Canada"),
    ):
        words = re.sub(short, full, words)
    return words


def bea(source: Path) -> Concordance:
    """Summary industries of the national accounts; scrap, used and returned goods have none."""
    values = read_text_csv(folder(source) / "hs10_bea_crosswalk.csv").set_index("hs10")["bea_code"].replace("NA", "")
    names = read_text_csv(folder(source) / "bea_summary_codes.csv").set_index("Commodity Code")["Description"]
    return by_prefix(values, bundled_value(FLOWS[0]), LEVELS), names


def gtap(source: Path) -> Concordance:
    """Sectors of the GTAP data base, upper case."""
    values = (
        read_text_csv(folder(source) / "hs10_gtap_crosswalk.csv")
        .set_index("hs10")["gtap_code"]
        .str.upper()
        .replace("NA", "")
    )
    sixes = (
        read_text_csv(folder(source) / "hs6_gtap_crosswalk.csv")
        .set_index("hs6_code")["gtap_code"]
        .str.upper()
        .replace("NA", "")
    )
    more = sixes[~sixes.index.isin(values.index.str[:6])]
    table = by_prefix(
        pd.concat([values, more.rename(lambda hs6: hs6 + "0000")]).sort_index(),
        bundled_value(FLOWS[0]),
        LEVELS,
    )
    names = read_text_csv(folder(source) / "gtap_sectors.csv")
    return table, names.set_index(names["gtap_code"].str.upper())["description"]


def bec(source: Path) -> Concordance:
    """End use by the Classification by Broad Economic Categories, revision 5, through HS 2017."""
    to_2017 = read_text_csv(folder(source) / "unsd_hs2022_to_hs2017_conversion.csv").set_index("hs2022")["hs2017"]
    use = read_text_csv(folder(source) / "hs6_bec5_enduse.csv").set_index("HS6")["BEC5EndUse"]
    values = to_2017.map(use).fillna("").rename(lambda hs6: hs6 + "0000")
    names = {
        "CAP": "Capital goods (gross fixed capital formation)",
        "CONS": "Consumption goods (final consumption)",
        "INT": "Intermediate goods (intermediate consumption)",
        "OTHER": "No end use assigned",
    }
    return by_prefix(values, bundled_value(FLOWS[0]), LEVELS), pd.Series(names)


CENSUS = "US Census Bureau, concordance of Schedule B / HTS numbers to NAICS-based commodity codes, 2024"
SOURCES: dict[str, dict[str, str]] = {
    "hs-section": {
        "title": "Tariff numbers to sections of the Harmonized System",
        "source": (
            "World Customs Organization, Harmonized System 2022; section XXII: Harmonized Tariff "
            "Schedule of the United States"
        ),
        "licence": "Facts of the nomenclature",
    },
    "hs2": {
        "title": "Tariff numbers to chapters of the Harmonized System",
        "source": "World Customs Organization, Harmonized System 2022; short chapter names",
        "licence": "Facts of the nomenclature",
    },
    "naics3": {
        "title": "Tariff numbers to 3-digit NAICS-based commodity groups",
        "source": CENSUS,
        "licence": PUBLIC_DOMAIN,
    },
    "bea": {
        "title": "Tariff numbers to summary industries of the national accounts",
        "source": f"US Bureau of Economic Analysis, input-output accounts (NAICS concordance); {CENSUS}",
        "licence": PUBLIC_DOMAIN,
    },
    "gtap": {
        "title": "Tariff numbers to GTAP sectors",
        "source": (
            "GTAP sector list; concordance compiled by The Budget Lab at Yale (Budget-Lab-Yale/tariff-rate-tracker)"
        ),
        "licence": "MIT (compiled concordance)",
    },
    "bec": {
        "title": "Tariff numbers to end use, Broad Economic Categories revision 5",
        "source": "United Nations Statistics Division, correspondence tables HS 2022 - HS 2017 - BEC 5",
        "licence": "UNSD correspondence tables, free to use with acknowledgement",
    },
}
NOTES: dict[str, str] = {
    "naics3": "910 to 990 are groups of the trade statistics, not industries (scrap, used, returned goods).",
    "bea": (
        "Waste and scrap, used goods and special provisions (NAICS-based 910 to 990) belong to no "
        "industry and have no row."
    ),
    "gtap": (
        "Every HS6 belongs to one sector. Chapters 98 and 99 have none and no row; sectors without goods are not named."
    ),
    "bec": (
        "Goods with several end uses carry the first that the classification names. Chapters 98 and 99 "
        "have no end use and no row."
    ),
}
MAKERS = {"hs-section": hs_section, "hs2": hs2, "naics3": naics3, "bea": bea, "gtap": gtap, "bec": bec}


def write(name: str, concordance: Concordance) -> None:
    """Write the table, the names and both meta files; print the value share that has a sector."""
    table, names = concordance
    names = names[names.index.isin(set(table))]
    path, names_path = (TRADE_DATA / "concordances" / f"{name}{end}.csv" for end in ("", ".names"))
    write_csv(pd.DataFrame({"product": table.index, "sector": table.to_numpy()}).sort_values("product"), path)
    write_csv(pd.DataFrame({"sector": names.index, "sector_name": names.to_numpy()}), names_path)
    meta: dict[str, Any] = {**SOURCES[name], "vintage": "Harmonized System 2022; US numbers of 2024"}
    meta["notes"] = " ".join(filter(None, ["The longest prefix wins.", NOTES.get(name)]))
    columns = {"product": "prefix of a tariff number, 2, 6, 8 or 10 digits", "sector": "sector code"}
    write_meta(path, len(table), MADE_BY, {**meta, "columns": columns})
    named = {"sector": "sector code", "sector_name": "name of the sector"}
    write_meta(names_path, len(names), MADE_BY, {**meta, "title": f"Sector names: {meta['title']}", "columns": named})
    shares = []
    for flows in FLOWS:
        value = bundled_value(flows)
        shares.append(f"{flows} {value[longest_match(value.index, table).notna().to_numpy()].sum() / value.sum():.2%}")
    print(f"{name}: {len(table):,} prefixes, {len(names)} sectors, value with a sector: {', '.join(shares)}")


def main() -> None:
    """Compile every concordance."""
    source = source_folder(__doc__)
    for name, make in MAKERS.items():
        write(name, make(source))


if __name__ == "__main__":
    main()
