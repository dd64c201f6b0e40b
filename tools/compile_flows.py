"""Compile trade_data/flows/ from the published US import statistics.

``us-north-america-2025``: monthly imports from Canada and Mexico with the value claimed under
USMCA (US International Trade Commission, DataWeb). ``us-world-2024``: annual imports from every
origin with the duty that the Census Bureau calculated (US Census Bureau).

    python tools/compile_flows.py SOURCE_FOLDER
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from _common import PUBLIC_DOMAIN, TRADE_DATA, digest, read_text_csv, source_folder, write_meta, write_parquet

MADE_BY = "tools/compile_flows.py"
KEYS = ["importer", "origin", "product", "period"]
KEY_COLUMNS = {
    "importer": "ISO 3166 alpha-3 of the importing country",
    "origin": "ISO 3166 alpha-3 of the country of origin",
    "product": "HTS statistical reporting number, 10 digits, as of the period",
    "period": "the month or year of the statistic",
    "customs_value": "US dollars, customs value of imports for consumption",
}


def origins(source: Path) -> pd.Series[str]:
    """Census country code -> ISO 3166 alpha-3."""
    countries = read_text_csv(source / "law/lists/countries.csv")
    return countries.set_index("census_code")["iso3"]


def north_america(source: Path, iso3: pd.Series[str]) -> pd.DataFrame:
    """Imports from Canada and Mexico by month, 2025-01 to 2026-02."""
    raw = pd.read_parquet(source / "data/flows/us_imports_monthly_hts10_canada_mexico_2025_01_2026_02.parquet")
    return pd.DataFrame(
        {
            "importer": "USA",
            "origin": raw["cty_code"].map(iso3),
            "product": raw["hts10"],
            "period": raw["month"],
            "customs_value": raw["con_val_usd"].astype("float64"),
            "usmca_claimed_value": raw["usmca_claimed_val_usd"].astype("float64"),
        }
    )


def world(source: Path, iso3: pd.Series[str]) -> pd.DataFrame:
    """Imports of 2024 from every origin; codes of one ISO country are added up."""
    raw = pd.read_parquet(source / "data/flows/us_imports_2024_hts10_country.parquet")
    flows = pd.DataFrame(
        {
            "importer": "USA",
            "origin": raw["cty_code"].map(iso3),
            "product": raw["hts10"],
            "period": "2024",
            "customs_value": raw["con_val_usd"].astype("float64"),
            "calculated_duty": raw["cal_dut_usd"].astype("Float64").astype("float64"),
        }
    )
    if unresolved := sorted(raw.loc[flows["origin"].isna(), "country_name"].unique()):
        message = f"no ISO code for: {', '.join(unresolved)}"
        raise ValueError(message)
    return merge_same_origin(flows)


def merge_same_origin(flows: pd.DataFrame) -> pd.DataFrame:
    """Add up rows that share every key; a duty missing in one part is missing in the sum."""
    repeated = flows.duplicated(KEYS, keep=False)
    merged = (
        flows[repeated]
        .groupby(KEYS, as_index=False)
        .agg(
            customs_value=("customs_value", "sum"),
            calculated_duty=("calculated_duty", lambda part: part.sum(skipna=False)),
        )
    )
    return pd.concat([flows[~repeated], merged], ignore_index=True)


def write(frame: pd.DataFrame, name: str, meta: dict[str, Any], flows: dict[str, str]) -> None:
    """Sort, write and describe one flow table, and print its totals."""
    path = TRADE_DATA / "flows" / f"{name}.parquet"
    frame = frame.sort_values(KEYS, ignore_index=True)
    write_parquet(frame, path)
    flows = flows | {
        "basis": "customs value, imports for consumption",
        "currency": "USD",
        "digest": digest(path),
    }
    write_meta(path, len(frame), MADE_BY, {**meta, "flows": flows})
    print(f"{name}: {len(frame):,} rows, {frame['customs_value'].sum() / 1e9:,.2f} bn USD")


NORTH_AMERICA: dict[str, Any] = {
    "title": "US imports for consumption from Canada and Mexico, monthly, 2025-01 to 2026-02",
    "source": (
        "US International Trade Commission, DataWeb (statistics of the US Census Bureau), with and "
        "without import programme S/S+ (USMCA)"
    ),
    "url": "https://dataweb.usitc.gov",
    "vintage": "months 2025-01 to 2026-02 as first retrieved; later revisions are not in it",
    "licence": PUBLIC_DOMAIN,
    "notes": (
        "Within 0.6 % of the published monthly totals. The claimed share rises from June to July 2025 "
        "(Canada 0.57 to 0.86, Mexico 0.48 to 0.87): importers began to claim, the data did not change. "
        "No quantities: a specific duty needs the ad valorem equivalent of its line."
    ),
    "columns": KEY_COLUMNS
    | {"usmca_claimed_value": "US dollars, the part of customs_value entered with a USMCA claim (S or S+)"},
}
WORLD: dict[str, Any] = {
    "title": "US imports for consumption from the world, 2024",
    "source": "US Census Bureau, US Imports of Merchandise, 2024",
    "url": "https://www.census.gov/foreign-trade/data/index.html",
    "vintage": "year 2024",
    "licence": PUBLIC_DOMAIN,
    "notes": (
        "Chapters 98 and 99 are there only for part of the origins: the published total is 3,251.2 bn. "
        "calculated_duty is known for 50 origins and empty, not zero, for the rest; it contains "
        "chapter-99 duties and is after preferences. The West Bank and Gaza, two Census codes, are one "
        "ISO country (PSE). Kosovo is XKX, a user-assigned code. Rows of value 0 are as published."
    ),
    "columns": KEY_COLUMNS
    | {"calculated_duty": "US dollars, duty calculated by the Census Bureau; empty where not known"},
}


def main() -> None:
    """Compile both tables."""
    source = source_folder(__doc__)
    iso3 = origins(source)
    months = {"window_from": "2025-01-01", "window_until": "2026-03-01"}
    write(north_america(source, iso3), "us-north-america-2025", NORTH_AMERICA, months)
    year = {"window_from": "2024-01-01", "window_until": "2025-01-01"}
    write(world(source, iso3), "us-world-2024", WORLD, year)


if __name__ == "__main__":
    main()
