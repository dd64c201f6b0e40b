"""Compile trade_data/shares/: parts of value that a duty bites on or escapes.

Preference use, metal content, US content of vehicles, value of repairs, civil aircraft,
qualifying semiconductors: each a table of fractions by product prefix and origin; the longest
prefix wins. Compile the flow tables and tariff lines first.

    python tools/compile_shares.py SOURCE_FOLDER
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from _common import (
    TRADE_DATA,
    bundled_value,
    by_prefix,
    read_text_csv,
    source_folder,
    write_csv,
    write_meta,
    write_parquet,
)
from _shares_meta import META

MADE_BY = "tools/compile_shares.py"
METALS = ["steel", "aluminum", "copper"]
SETTLED_MONTHS = [f"2025-{month:02d}" for month in range(7, 13)]
LEVELS = {"hts10": 10, "hs6": 6, "hs2": 2, "origin": 0}
USMCA_ORIGINS = ["CAN", "MEX"]
NO_PROGRAMME = ["CHN", "RUS", "BLR", "CUB", "PRK"]  # chapter-99 duties or column 2, no preference
US_CONTENT = 0.40
NOT_REPAIR = 0.90


def pooled_share(flows: pd.DataFrame) -> pd.DataFrame:
    """Claimed over customs value by origin: per HTS10, then per HS6, HS2 and origin as fallbacks.

    Columns ``product`` (shorter or empty at a fallback), ``origin``, ``share``, ``level``.
    """
    parts = []
    for level, digits in LEVELS.items():
        keys = [flows["product"].str[:digits], flows["origin"]]
        sums = flows.groupby(keys)[["claimed", "customs_value"]].sum().reset_index()
        sums = sums[sums["customs_value"] > 0]
        parts.append(sums.assign(share=(sums["claimed"] / sums["customs_value"]).round(6), level=level))
    table = pd.concat(parts)[["product", "origin", "share", "level"]]
    return table.sort_values(["origin", "product"], ignore_index=True)


def usmca_settled(source: Path) -> pd.DataFrame:
    """USMCA claims of July to December 2025, when importers had learned to claim."""
    del source
    flows = pd.read_parquet(TRADE_DATA / "flows" / "us-north-america-2025.parquet")
    flows = flows[flows["period"].isin(SETTLED_MONTHS)].astype({"product": str, "origin": str})
    return pooled_share(flows.rename(columns={"usmca_claimed_value": "claimed"}))


def usmca_2024(source: Path) -> pd.DataFrame:
    """USMCA claims of 2024, for the products imported in that year."""
    raw = pd.read_parquet(source / "data/shares/usmca_claim_share_2024_hts10_canada_mexico.parquet")
    shares = pd.DataFrame(
        {
            "product": raw["hts10"],
            "origin": raw["cty_code"].map(census_to_iso3(source)),
            "share": raw["usmca_share"],
        }
    )
    world = pd.read_parquet(
        TRADE_DATA / "flows" / "us-world-2024.parquet", columns=["product", "origin", "customs_value"]
    )
    world = world[world["origin"].isin(USMCA_ORIGINS)].astype({"product": str, "origin": str})
    traded = world.merge(shares, on=["product", "origin"])
    return pooled_share(traded.assign(claimed=traded["share"] * traded["customs_value"]))


def census_to_iso3(source: Path) -> pd.Series[str]:
    """Census country code -> ISO 3166 alpha-3."""
    return read_text_csv(source / "law/lists/countries.csv").set_index("census_code")["iso3"]


def preference_2024(source: Path) -> pd.DataFrame:
    """Part of the base duty that other programmes waived in 2024, by chapter and origin."""
    raw = read_text_csv(source / "data/shares/mfn_exemption_shares.csv")
    table = pd.DataFrame(
        {
            "product": raw["hs2"],
            "origin": raw["cty_code"].map(census_to_iso3(source)),
            "share": raw["exemption_share"].astype(float).round(6),
        }
    )
    table = table[~table["origin"].isin(USMCA_ORIGINS + NO_PROGRAMME)]
    return table.sort_values(["origin", "product"], ignore_index=True)


def metal_content(source: Path) -> pd.DataFrame:
    """Steel, aluminum and copper as parts of value, adding up to one at most."""
    raw = read_text_csv(source / "data/shares/metal_content_shares_bea_hs10.csv").set_index("hs10")
    shares = raw[[f"{metal}_share" for metal in METALS]].astype(float).set_axis(METALS, axis=1)
    shares = shares.div(shares.sum(axis=1).clip(lower=1), axis=0)
    for metal, prefixes in wholly_metal(source).items():
        shares.loc[shares.index.str.startswith(prefixes)] = [float(metal == name) for name in METALS]
    # 1e-6 is cut, not rounded, so that a sum of one stays one
    written = (shares * 1e6 + 1e-6).astype("int64")
    joined = written.astype(str).agg(" ".join, axis=1)
    table = by_prefix(joined, bundled_value("us-world-2024"), (2, 4, 6, 8, 10))
    parts = table.str.split(" ", expand=True).astype("int64").set_axis(METALS, axis=1) / 1e6
    return parts.rename_axis("product").reset_index()


def wholly_metal(source: Path) -> dict[str, tuple[str, ...]]:
    """Prefixes that count as metal to their full value: chapters 72, 76, basic articles of 73."""
    lists = read_text_csv(source / "law/lists/s232_metals_2025.csv")
    mill = lists.loc[lists["list_id"] == "s232.steel.mill", "code"]
    return {"steel": ("72", *mill[mill.str.startswith("73")]), "aluminum": ("76",)}


def semi_qualifying(source: Path) -> pd.DataFrame:
    """Part of each statistical number that meets the technical test for semiconductors."""
    text = (source / "data/shares/semi_qualifying_shares.csv").read_text(encoding="utf-8").splitlines()
    cells = [line.split(",", 2)[:2] for line in text[1:] if line]
    table = pd.DataFrame(cells, columns=["product", "share"]).astype({"share": float})
    lines = pd.read_parquet(TRADE_DATA / "tariff_lines" / "hts.parquet", columns=["product", "description"])
    words = lines.astype(str).set_index("product")["description"]
    return table.assign(note=table["product"].map(words))


def civil_aircraft(source: Path) -> pd.DataFrame:
    """Headings of chapter 88 whose goods count as civil aircraft and parts: all but drones."""
    del source
    lines = pd.read_parquet(TRADE_DATA / "tariff_lines" / "hts.parquet", columns=["product"])["product"].astype(str)
    headings = lines[(lines.str.len() == 4) & lines.between("8801", "8807") & (lines != "8806")]
    return pd.DataFrame({"product": headings, "share": 1.0})


def us_content(source: Path) -> pd.DataFrame:
    """US content of vehicles that qualify for USMCA, any product."""
    del source
    return pd.DataFrame({"product": "", "origin": USMCA_ORIGINS, "share": US_CONTENT})


def repair_value(source: Path) -> pd.DataFrame:
    """Part of the value of goods returned after repair or processing that lies outside the repair."""
    del source
    return pd.DataFrame({"product": ["98020040", "98020050", "98020060"], "share": NOT_REPAIR})


MAKERS = {
    "usmca_settled.parquet": usmca_settled,
    "usmca_2024.parquet": usmca_2024,
    "preference_2024.csv": preference_2024,
    "metal_content.csv": metal_content,
    "semi_qualifying.csv": semi_qualifying,
    "civil_aircraft.csv": civil_aircraft,
    "us_content.csv": us_content,
    "repair_value.csv": repair_value,
}


def main() -> None:
    """Compile every table of shares and print its size."""
    source = source_folder(__doc__)
    for name, make in MAKERS.items():
        table, path = make(source), TRADE_DATA / "shares" / name
        (write_parquet if path.suffix == ".parquet" else write_csv)(table, path)
        write_meta(path, len(table), MADE_BY, META[name])
        print(f"{name}: {len(table):,} rows")


if __name__ == "__main__":
    main()
