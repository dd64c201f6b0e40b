"""Compile trade_data/elasticities/: how strongly buyers change origin when one of them becomes dearer.

The tables of Broda and Weinstein are of the numbers of the 1990s, for which there is no concordance at ten digits. So
an estimate of today's HS6 is the middle one, in logs, of the lines below the HS6 that it was in the 1990s: today's
number is turned back to HS 2012 by the tables of the United Nations and then matched as it stands. In logs, since the
estimates run from 1.03 to 4,303 and a mean of two would be the larger one.

Compile the economy of 1993 first: its table of products says which sector a product belongs to.

    python tools/compile_elasticities.py SOURCE_FOLDER
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from _common import TRADE_DATA, read_text_csv, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_elasticities.py"
FOLDER = TRADE_DATA / "elasticities"
LINES = "broda_weinstein_2006_us_sigma_hts10_1990_2001.csv"
COUNTRIES = "broda_weinstein_sigma_hs3_73countries.csv"
SECTORS = "caliendo_parro_2015_sector_theta.csv"
HOME = "USA"
LICENCE = "Published estimates, free to use with citation"
BRODA_WEINSTEIN = (
    "Broda and Weinstein (2006), Globalization and the Gains from Variety, Quarterly Journal of Economics 121(2)"
)
GROUNDNUTS = (
    "Broda, Greenfield and Weinstein (2006), From Groundnuts to Globalization, NBER Working Paper 12512: "
    "elasticities of 73 importers by three digits of the HS"
)
CALIENDO_PARRO = (
    "Caliendo and Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review of Economic Studies 82(1), "
    "benchmark estimates of the 99 % sample"
)
FRANCOIS_HALL = "Francois and Hall (2002), Global Simulation Analysis of Industry-Level Trade Policy, worked example"


def middle(sigmas: pd.Series[float]) -> float:
    """The median in logs: of an even number, the geometric mean of the middle two."""
    return float(np.exp(np.median(np.log(sigmas))))


def us_lines(source: Path) -> pd.Series[float]:
    """Estimates by HTS10 of 1990 to 2001, a row that is there twice only once."""
    rows = read_text_csv(source / "data/elasticities" / LINES).drop_duplicates()
    return rows.set_index("hts10")["sigma_1990_2001"].astype(float)


def old_numbers(source: Path) -> pd.Series[str]:
    """Every HS6 of 2022, 2017 and 2012 with its number in HS 2012."""
    folder = source / "data/concordance"
    to_2017 = read_text_csv(folder / "unsd_hs2022_to_hs2017_conversion.csv").set_index("hs2022")["hs2017"]
    to_2012 = read_text_csv(folder / "unsd_hs2017_to_hs2012_conversion.csv").set_index("hs2017")["hs2012"]
    oldest = pd.Series(sorted(set(to_2012)), index=sorted(set(to_2012)))
    back = pd.concat([to_2017.map(to_2012).dropna(), to_2012, oldest])
    return back[~back.index.duplicated()].sort_index()


def by_six(lines: pd.Series[float], source: Path) -> pd.DataFrame:
    """HS6 of today -> the middle of the lines that stood below it."""
    groups = lines.groupby(lines.index.str[:6])
    sigma, count = groups.apply(middle), groups.size()
    back = old_numbers(source)
    back = back[back.isin(sigma.index)]
    same = back.index == back.to_numpy()
    columns = {"product": back.index, "substitution": back.map(sigma).to_numpy(), "lines": back.map(count).to_numpy()}
    return pd.DataFrame({**columns, "level": "HS6", "via": np.where(same, "same number", "HS 2012")})


def by_chapter(sigmas: pd.Series[float], index: pd.Index) -> pd.DataFrame:
    """The middle by chapter, and of all as the default (product '')."""
    chapters = sigmas.groupby(index.str[:2])
    table = pd.DataFrame({"substitution": chapters.apply(middle), "lines": chapters.size(), "level": "chapter"})
    whole = pd.DataFrame({"substitution": middle(sigmas), "lines": len(sigmas), "level": "default"}, index=[""])
    return pd.concat([whole, table]).rename_axis("product").reset_index()


def home_table(source: Path, three: pd.DataFrame) -> pd.DataFrame:
    """The table of the United States: HS6, HS3, chapter, default."""
    lines = us_lines(source)
    own = three.loc[three["importer"] == HOME, ["product", "substitution"]].assign(level="HS3", lines=1)
    table = pd.concat([by_six(lines, source), own, by_chapter(lines, lines.index)])
    return table[["product", "substitution", "level", "lines", "via"]].fillna({"via": ""}).sort_values("product")


def three_digits(source: Path) -> pd.DataFrame:
    """HS3 of 73 importers."""
    rows = read_text_csv(source / "data/elasticities" / COUNTRIES)
    names = {"iso3c": "importer", "HS0_3d": "product", "sigma": "substitution"}
    table = rows.rename(columns=names)[list(names.values())].astype({"substitution": float})
    return table.sort_values(["importer", "product"])


def others_table(three: pd.DataFrame) -> pd.DataFrame:
    """The tables of the other importers: HS3, chapter, default."""
    parts = [three.assign(level="HS3", lines=1)]
    for importer, rows in three.groupby("importer"):
        more = by_chapter(rows["substitution"], pd.Index(rows["product"]))
        parts.append(more.assign(importer=importer))
    table = pd.concat(parts)[["importer", "product", "substitution", "level", "lines"]]
    return table[table["importer"] != HOME].sort_values(["importer", "product"])


def sectors_table(source: Path) -> pd.DataFrame:
    """Trade elasticities by product, through its sector; substitution between origins is one more."""
    folder = TRADE_DATA / "economies/caliendo-parro-1993"
    products, sectors = read_text_csv(folder / "products.csv"), read_text_csv(folder / "sectors.csv")
    published = read_text_csv(source / "data/elasticities" / SECTORS)["theta_benchmark_99pct_sample"].astype(float)
    theta = pd.Series(published.to_numpy(), index=sectors["sector"].iloc[: len(published)])
    if not np.allclose(theta, sectors["theta"].iloc[: len(published)].astype(float)):
        raise ValueError("the sectors of the economy are not in the order of the published estimates")
    of_product = products["sector"].map(theta)
    columns = {"product": products["product"], "substitution": of_product + 1, "theta": of_product}
    return pd.DataFrame({**columns, "sector": products["sector"]}).dropna().sort_values("product")


def defaults_table(sigma: float) -> pd.DataFrame:
    """What holds where no estimate is known."""
    rows = [
        ("demand", -1.25, FRANCOIS_HALL),
        ("substitution", sigma, f"{BRODA_WEINSTEIN}: median of the US lines"),
        ("supply", 1.5, FRANCOIS_HALL),
    ]
    return pd.DataFrame(rows, columns=["parameter", "value", "source"])


WHAT = "elasticity of substitution between origins of one product, above 1"
PREFIX = "prefix of an HS number of 2, 3 or 6 digits, the longest wins; empty means any product"
LEVEL = "HS6, HS3, chapter or default: how near the estimate is to the product"


def write(name: str, frame: pd.DataFrame, meta: dict[str, Any]) -> None:
    """Write one table with its meta file and say how long it is."""
    path = FOLDER / f"{name}.csv"
    write_csv(frame, path)
    write_meta(path, len(frame), MADE_BY, {"licence": LICENCE, **meta})
    print(f"{name}: {len(frame):,} rows")


def main() -> None:
    """Compile every table."""
    source = source_folder(__doc__)
    three = three_digits(source)
    home = home_table(source, three)
    write("broda-weinstein-2006", home, home_meta(home, us_lines(source)))
    write("broda-weinstein-hs3", others_table(three), others_meta())
    write("caliendo-parro-2015", sectors_table(source), sectors_meta())
    write("defaults", defaults_table(float(home["substitution"].iloc[0])), defaults_meta())


def home_meta(home: pd.DataFrame, lines: pd.Series[float]) -> dict[str, Any]:
    """What the table of the United States is."""
    through = home["via"].value_counts()
    olds = lines.index.str[:6].unique()
    notes = (
        f"{len(lines):,} lines of HTS10 below {len(olds):,} HS6 of the 1990s. An HS6 row is the median in logs of its "
        f"lines: a few estimates are in the hundreds and a mean would be theirs. {through['same number']:,} numbers of "
        f"HS 2012, 2017 or 2022 are matched as they stand, {through['HS 2012']:,} through their number in HS 2012; "
        f"the concordance reaches no further back, so {len(olds) - olds.isin(home['product']).sum():,} old HS6 have "
        "no successor here. HS3 rows are those of the US in the table of 73 importers; chapter and default rows are "
        "medians in logs of the lines. No standard errors are published with the estimates."
    )
    columns = {
        "product": PREFIX,
        "substitution": WHAT,
        "level": LEVEL,
        "lines": "number of estimates behind the row",
        "via": "how an HS6 was matched: same number, or HS 2012 where it changed since",
    }
    return {
        "title": "Substitution between origins, United States",
        "source": f"{BRODA_WEINSTEIN}; HS3: {GROUNDNUTS}",
        "vintage": "US imports 1990 to 2001 (HS3: 1994 to 2003)",
        "notes": notes,
        "columns": columns,
    }


def others_meta() -> dict[str, Any]:
    """What the table of the other importers is."""
    columns = {
        "importer": "ISO 3166 alpha-3",
        "product": PREFIX,
        "substitution": WHAT,
        "level": LEVEL,
        "lines": "number of estimates behind the row",
    }
    return {
        "title": "Substitution between origins, 72 importers other than the United States",
        "source": GROUNDNUTS,
        "vintage": "imports 1994 to 2003, HS 1988/92",
        "notes": "Chapter and default rows are medians in logs of the importer's HS3. No standard errors.",
        "columns": columns,
    }


def sectors_meta() -> dict[str, Any]:
    """What the table of sectors is."""
    columns = {
        "product": "number of the Harmonized System 2022, six digits",
        "substitution": "theta + 1: the elasticity of substitution that moves trade as theta does",
        "theta": "trade elasticity of the sector: dispersion of productivity, above 0",
        "sector": "tradable sector, divisions of ISIC revision 3",
    }
    return {
        "title": "Trade elasticities by sector, on products",
        "source": CALIENDO_PARRO,
        "vintage": "trade and tariffs of 1993",
        "notes": (
            "Twenty sectors. Each product has the estimate of its sector by the table of products of the bundled "
            "economy of 1993. Auto and other transport carry one value, 8.22. No standard errors."
        ),
        "columns": columns,
    }


def defaults_meta() -> dict[str, Any]:
    """What the defaults are."""
    columns = {"parameter": "demand, substitution or supply", "value": "elasticity", "source": "where it comes from"}
    return {
        "title": "Elasticities where no estimate is known",
        "source": f"{FRANCOIS_HALL}; {BRODA_WEINSTEIN}",
        "vintage": "2002 to 2006",
        "notes": "Values of an example, not estimates of a market: every result that rests on one says so.",
        "columns": columns,
    }


if __name__ == "__main__":
    main()
