"""Compile trade_data/tariff_lines/ave.csv: specific and compound duties as a fraction of value.

The ad valorem equivalent of a line is the duty that the Census Bureau calculated for 2024 over
customs value, pooled by HTS8 over the origins that paid the general rate and nothing else. The
same pooling over ad valorem lines gives their printed rate back: the run prints how closely.
Compile the flow tables first.

    python tools/compile_ave.py SOURCE_FOLDER
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from _common import PUBLIC_DOMAIN, TRADE_DATA, read_text_csv, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_ave.py"
NOT_AD_VALOREM = ["specific", "compound", "other_text", "ad_valorem_other_text"]
OTHER_DUTIES = ["CHN", "HKG", "RUS"]  # section 301, and column 2 with its own increases
SYMBOL = r"(?<![A-Za-z])[A-Z]{1,2}[+*]?(?![A-Za-z])"
BY_PRODUCT = {"C", "K", "L"}  # civil aircraft, pharmaceuticals, dye intermediates: any origin may claim
GSP = {"A", "A+", "A*"}
EU27 = "EU27"


def lines_2024(source: Path) -> pd.DataFrame:
    """Kind, general rate and programme symbols by HTS8 in chapters 1-97, edition 2025 basic."""
    schedule = pd.read_parquet(source / "data/hts/us_hts_schedule_4revisions.parquet")
    lines = schedule[(schedule["revision"] == "2025_basic") & (schedule["digits"] >= 8) & (schedule["code"] < "98")]
    lines = lines.assign(hts8=lines["code"].str[:8]).drop_duplicates("hts8").set_index("hts8")
    symbols = lines["special"].fillna("").str.findall(SYMBOL).map(set)
    return pd.DataFrame({"kind": lines["general_rate_type"], "general": lines["general"], "symbols": symbols})


def programmes(source: Path) -> dict[str, set[str]]:
    """Origin -> programme symbols that its goods could carry in 2024.

    GSP symbols stay, though the programme lapsed in 2020: the calculated duty of goods entered
    with them is zero. Egypt has no agreement; goods of its qualifying industrial zones enter
    under the one with Israel.
    """
    iso3 = read_text_csv(source / "law/lists/countries.csv").set_index("iso2")["iso3"]
    rows = read_text_csv(source / "law/lists/spi_countries.csv")
    rows = rows[(rows["until"] == "") | (rows["until"] > "2024-12-31") | rows["spi"].isin(GSP)]
    found: dict[str, set[str]] = {"EGY": {"IL"}}
    for iso2, symbol in zip(rows["iso2"], rows["spi"], strict=True):
        if symbol not in BY_PRODUCT:
            found.setdefault(iso3[iso2], set()).update(GSP if symbol in GSP else {symbol})
    return found


def known_duty(source: Path) -> pd.DataFrame:
    """Value and calculated duty by origin and HTS8; the EU as one origin, without Slovakia apart."""
    flows = pd.read_parquet(TRADE_DATA / "flows" / "us-world-2024.parquet")
    flows = flows[flows["calculated_duty"].notna() & (flows["origin"] != "SVK")]
    bloc = pd.read_parquet(source / "data/flows/us_imports_2024_hts10_eu27.parquet").rename(
        columns={"hts10": "product", "con_val_usd": "customs_value", "cal_dut_usd": "calculated_duty"}
    )
    flows = pd.concat([flows.astype({"origin": str, "product": str}), bloc.assign(origin=EU27)])
    flows["hts8"] = flows["product"].str[:8]
    return flows.groupby(["origin", "hts8"], as_index=False)[["customs_value", "calculated_duty"]].sum()


def paid_general_rate(trade: pd.DataFrame, symbols: pd.Series[Any], source: Path) -> pd.DataFrame:
    """Keep origins and lines with neither a programme nor a chapter-99 duty."""
    metals = read_text_csv(source / "law/lists/s232_metals_2025.csv")
    metal_codes = tuple(metals.loc[metals["from"] < "2025-01-01", "code"])
    of_origin = programmes(source)
    of_line = trade["hts8"].map(symbols)
    free = [
        bool(mine & (of_origin.get(origin, set()) | BY_PRODUCT))
        for origin, mine in zip(trade["origin"], of_line, strict=True)
    ]
    charged = trade["origin"].isin(OTHER_DUTIES) | trade["hts8"].str.startswith(metal_codes)
    return trade[~charged & ~pd.Series(free, index=trade.index)]


def equivalents(source: Path, lines: pd.DataFrame) -> pd.DataFrame:
    """Pooled duty over value by HTS8; a line whose pool shows no duty has no row."""
    trade = known_duty(source)
    trade = paid_general_rate(trade[trade["hts8"].isin(lines.index)], lines["symbols"], source)
    pooled = (
        trade[trade["customs_value"] > 0]
        .groupby("hts8", as_index=False)
        .agg(
            duty=("calculated_duty", "sum"),
            customs_value=("customs_value", "sum"),
            origins=("origin", "nunique"),
        )
    )
    pooled = pooled[pooled["duty"] > 0].astype({"duty": "int64", "customs_value": "int64"})
    pooled.insert(1, "ave", (pooled["duty"] / pooled["customs_value"]).round(6))
    return pooled.rename(columns={"hts8": "product"})


def report(pooled: pd.DataFrame, lines: pd.DataFrame, ave: pd.DataFrame) -> None:
    """Print the check on ad valorem lines and what the table covers."""
    printed = lines.loc[lines["kind"] == "ad_valorem", "general"].str.extract(r"([0-9.]+)")[0].astype(float) / 100
    check = pooled.assign(printed=pooled["product"].map(printed)).dropna()
    near = ((check["ave"] - check["printed"]).abs() < 0.001).mean()
    print(f"ad valorem lines: {near:.1%} of {len(check):,} pooled rates within 0.1 point of the printed one")
    wanted = lines[lines["kind"].isin(NOT_AD_VALOREM)]
    have = wanted.index.isin(ave["product"])
    print(
        pd.DataFrame(
            {"lines": wanted["kind"].value_counts(), "with ave": wanted[have]["kind"].value_counts()}
        ).to_string()
    )
    for name in ("us-world-2024", "us-north-america-2025"):
        flows = pd.read_parquet(TRADE_DATA / "flows" / f"{name}.parquet")
        hts8 = flows["product"].astype(str).str[:8]
        for label, part in (("all origins", slice(None)), ("CAN, MEX", flows["origin"].isin(["CAN", "MEX"]))):
            value, codes = flows.loc[part, "customs_value"], hts8.loc[part]
            total = value[codes.isin(wanted.index)].sum()
            share = value[codes.isin(ave["product"])].sum() / total
            print(f"{name}, {label}: {total / 1e9:.1f} bn on such lines, {share:.2%} with an equivalent")


META: dict[str, Any] = {
    "title": "Ad valorem equivalents of specific, compound and other general rates, 2024",
    "source": (
        "US Census Bureau, US Imports of Merchandise, 2024 (calculated duty, customs value); US "
        "International Trade Commission, Harmonized Tariff Schedule, 2025 basic edition"
    ),
    "url": "https://www.census.gov/foreign-trade/data/index.html",
    "vintage": "year 2024",
    "licence": PUBLIC_DOMAIN,
    "notes": (
        "Lines of chapters 1-97 whose general rate is not a plain percentage. Pooled over the origins "
        "with known calculated duty (49 countries, the EU as one) that had no programme in the line's "
        "special column (GSP counts as one), without China, Hong Kong, Russia, lines under section 232 "
        "in 2024, and lines open to civil-aircraft, pharmaceutical or dye-intermediate claims. A line "
        "without such trade, or with no duty in its pool, has no row: not known, not zero. Small pools "
        "(see customs_value) are noisy."
    ),
    "columns": {
        "product": "HTS line, 8 digits",
        "ave": "fraction of customs value: duty / customs_value",
        "duty": "US dollars, calculated duty in the pool",
        "customs_value": "US dollars, customs value in the pool",
        "origins": "number of origins in the pool",
    },
}


def main() -> None:
    """Compile the table, print the check and the coverage."""
    source = source_folder(__doc__)
    lines = lines_2024(source)
    pooled = equivalents(source, lines)
    kind = pooled["product"].map(lines["kind"])
    ave = pooled[kind.isin(NOT_AD_VALOREM)].sort_values("product")
    path = TRADE_DATA / "tariff_lines" / "ave.csv"
    write_csv(ave, path)
    write_meta(path, len(ave), MADE_BY, META)
    report(pooled, lines, ave)


if __name__ == "__main__":
    main()
