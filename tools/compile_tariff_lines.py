"""Compile trade_data/tariff_lines/hts.parquet: every number of the HTS, with its words.

The union of four full editions of the Harmonized Tariff Schedule (US International Trade
Commission) and of the statistical numbers that occur in the bundled flow tables only. Compile
the flow tables first.

    python tools/compile_tariff_lines.py SOURCE_FOLDER
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from _common import PUBLIC_DOMAIN, TRADE_DATA, read_text_csv, source_folder, write_meta, write_parquet

MADE_BY = "tools/compile_tariff_lines.py"
ARROW = " > "
NO_EDITION = "Statistical reporting number of the Census Bureau that is in none of the compiled editions of the HTS"
COLUMNS = ["product", "description", "path", "unit", "first_edition", "last_edition", "short", "statistical"]


def editions(source: Path) -> pd.DataFrame:
    """The printed numbers: latest words and unit, first and last edition that has them."""
    schedule = pd.read_parquet(source / "data/hts/us_hts_schedule_4revisions.parquet")
    schedule = schedule.sort_values(["published_date", "code"], kind="stable")
    by_code = schedule.groupby("code", as_index=False)
    return by_code.agg(
        description=("description", "last"),
        path=("full_description", "last"),
        unit=("units", "last"),
        first_edition=("revision", "first"),
        last_edition=("revision", "last"),
        first_published=("published_date", "first"),
        last_published=("published_date", "last"),
    ).rename(columns={"code": "product"})


def history_of_lines(source: Path) -> pd.DataFrame:
    """First and last edition of each rate line and each chapter-99 heading, over all editions."""
    rates = pd.read_parquet(source / "data/hts/us_hts_rate_lines_history_2025basic_2026rev10.parquet")
    headings = read_text_csv(source / "data/hts/us_hts_chapter99_headings_history.csv")
    headings["code"] = headings["hts_no"].str.replace(".", "")
    columns = ["code", "first_revision", "last_revision", "first_published", "last_published"]
    return pd.concat([rates[columns], headings[columns]], ignore_index=True)


def widen_by_history(lines: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Let the history, over more editions, move first and last edition outwards."""
    for side, take in (("first", "first"), ("last", "last")):
        ordered = history.sort_values(f"{side}_published", kind="stable").groupby("code")
        seen = ordered.agg(edition=(f"{side}_revision", take), published=(f"{side}_published", take))
        seen = seen.reindex(lines["product"]).reset_index(drop=True)
        now = lines[f"{side}_published"]
        outside = seen["published"] < now if side == "first" else seen["published"] > now
        lines[f"{side}_edition"] = lines[f"{side}_edition"].mask(outside, seen["edition"])
        lines[f"{side}_published"] = now.mask(outside, seen["published"])
    return lines


def common_path(paths: pd.Series[str]) -> str:
    """The words that all these heading paths share from the top; empty if none.

    >>> common_path(pd.Series(["Horses: > Live > Males", "Horses: > Live > Females"]))
    'Horses: > Live'
    """
    shared: list[str] = []
    for words in zip(*(path.split(ARROW) for path in paths), strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return ARROW.join(shared)


def missing_parents(lines: pd.DataFrame, digits: int) -> pd.DataFrame:
    """Numbers of this length that the schedule does not print, worded by what their lines share."""
    longer = lines[lines["product"].str.len() == (10 if digits == 8 else 8)]
    parent = longer["product"].str[:digits]
    orphans = longer[~parent.isin(lines["product"])]
    first = (
        orphans.sort_values("first_published")
        .groupby(parent)
        .agg(
            path=("path", common_path),
            first_edition=("first_edition", "first"),
            first_published=("first_published", "first"),
        )
    )
    last = (
        orphans.sort_values("last_published")
        .groupby(parent)
        .agg(last_edition=("last_edition", "last"), last_published=("last_published", "last"))
    )
    parents = first.join(last).rename_axis("product").reset_index()
    parents = parents[(digits == 8) | (parents["path"] != "")]
    return parents.assign(description=parents["path"].str.split(ARROW).str[-1], unit="")


def with_parents(lines: pd.DataFrame) -> pd.DataFrame:
    """Add the 8-, 6- and 4-digit numbers above the printed ones."""
    for digits in (8, 6, 4):
        lines = pd.concat([lines, missing_parents(lines, digits)], ignore_index=True)
    return lines


def short_descriptions(source: Path) -> pd.Series[str]:
    """Statistical number -> short description of the Census Bureau, 2024."""
    table = read_text_csv(source / "data/flows/census_hts10_short_descriptions_2024.csv")
    return table.set_index("hts10")["short_desc"].str.replace(r"\s+", " ", regex=True)


def statistical_only(lines: pd.DataFrame, short: pd.Series[str]) -> pd.DataFrame:
    """Numbers that occur in the bundled flows and in no edition."""
    flows = sorted((TRADE_DATA / "flows").glob("*.parquet"))
    traded = {code for flow in flows for code in pd.read_parquet(flow, columns=["product"])["product"].cat.categories}
    codes = sorted(traded - set(lines["product"]))
    parents = lines.set_index("product")["path"].reindex([code[:8] for code in codes]).fillna("")
    labels = short.reindex(codes).fillna("")
    return pd.DataFrame(
        {
            "product": codes,
            "description": [f"{label} ({NO_EDITION})" if label else NO_EDITION for label in labels],
            "path": [ARROW.join(filter(None, pair)) for pair in zip(parents, labels, strict=True)],
            "unit": "",
            "statistical": True,
        }
    )


META: dict[str, Any] = {
    "title": "Numbers of the Harmonized Tariff Schedule of the United States, with their words",
    "source": (
        "US International Trade Commission, Harmonized Tariff Schedule; short descriptions and "
        "statistical-only numbers: US Census Bureau, 2024"
    ),
    "url": "https://hts.usitc.gov",
    "vintage": (
        "editions 2025 basic, 2025 revision 32, 2026 basic, 2026 revision 10; rate lines and chapter-99 "
        "headings of the editions between"
    ),
    "licence": PUBLIC_DOMAIN,
    "notes": (
        "Words and unit are those of the latest edition that prints the number. A 4-, 6- or 8-digit "
        "number that the schedule does not print (it prints 0101.30.00.00, not 0101.30) carries the "
        "words that its lines share. first_edition and last_edition say what the compiled editions show: "
        "of numbers that are neither rate lines nor in chapter 99 only four editions are known. In a "
        "chapter-99 number presence is not force. statistical = true: the number occurs in trade "
        "statistics and in no compiled edition; its 8-digit line may still be known."
    ),
    "columns": {
        "product": "HTS number, 4, 6, 8 or 10 digits",
        "description": "own words of the line",
        "path": "words of every heading above and of the line, joined by ' > '",
        "unit": "unit of quantity as printed; empty where none is printed",
        "first_edition": "first compiled edition with the number; empty if statistical",
        "last_edition": "last compiled edition with the number; empty if statistical",
        "short": "short description of the Census Bureau, 10-digit numbers of 2024; empty elsewhere",
        "statistical": "true if the number is in no compiled edition",
    },
}


def main() -> None:
    """Compile the table and print what is in it."""
    source = source_folder(__doc__)
    short = short_descriptions(source)
    lines = with_parents(widen_by_history(editions(source), history_of_lines(source))).assign(statistical=False)
    lines = pd.concat([lines, statistical_only(lines, short)], ignore_index=True)
    lines["short"] = lines["product"].map(short)
    lines = lines[COLUMNS].fillna({"first_edition": "", "last_edition": "", "short": ""})
    lines = lines.sort_values("product", ignore_index=True)
    path = TRADE_DATA / "tariff_lines" / "hts.parquet"
    write_parquet(lines, path)
    write_meta(path, len(lines), MADE_BY, META)
    print(
        f"hts: {len(lines):,} numbers, {int(lines['statistical'].sum())} of them statistical, "
        f"{path.stat().st_size:,} bytes"
    )
    print(lines["product"].str.len().value_counts().to_string())


if __name__ == "__main__":
    main()
