"""Compile trade_data/economies/caliendo-parro-1993/: 31 countries and 40 sectors of 1993, in long tables.

The published matrices hold no names: the order of countries and sectors is that of the paper's appendix. The map of
products goes HS 2022 -> HS 2017 -> ISIC revision 4 (both correlation tables of the United Nations) -> the divisions of
ISIC revision 3 by which the paper groups goods; where a class of revision 4 lies in another division of revision 3
than its neighbours, it is named below.

    python tools/compile_economy.py SOURCE_FOLDER
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from _common import TRADE_DATA, read_text_csv, source_folder, write_csv, write_meta, write_parquet

MADE_BY = "tools/compile_economy.py"
FOLDER = TRADE_DATA / "economies" / "caliendo-parro-1993"
COUNTRIES = """
ARG AUS AUT BRA CAN CHL CHN DNK FIN FRA DEU GRC HUN IND IDN IRL ITA JPN KOR MEX NLD NZL NOR PRT ZAF ESP SWE TUR GBR USA
ROW
""".split()  # noqa: SIM905 - one line beats thirty-one
GOODS: dict[str, tuple[str, str]] = {
    "agriculture": ("Agriculture, forestry and fishing", "01-05"),
    "mining": ("Mining and quarrying", "10-14"),
    "food": ("Food products, beverages and tobacco", "15-16"),
    "textile": ("Textiles, apparel, leather and footwear", "17-19"),
    "wood": ("Wood and products of wood and cork", "20"),
    "paper": ("Pulp, paper, printing and publishing", "21-22"),
    "petroleum": ("Coke, refined petroleum and nuclear fuel", "23"),
    "chemicals": ("Chemicals", "24"),
    "plastic": ("Rubber and plastics products", "25"),
    "minerals": ("Other nonmetallic mineral products", "26"),
    "basic-metals": ("Basic metals", "27"),
    "metal-products": ("Fabricated metal products", "28"),
    "machinery": ("Machinery and equipment n.e.c.", "29"),
    "office": ("Office, accounting and computing machinery", "30"),
    "electrical": ("Electrical machinery and apparatus n.e.c.", "31"),
    "communication": ("Radio, television and communication equipment", "32"),
    "medical": ("Medical, precision and optical instruments", "33"),
    "auto": ("Motor vehicles, trailers and semitrailers", "34"),
    "other-transport": ("Other transport equipment", "35"),
    "other": ("Manufacturing n.e.c. and recycling", "36-37"),
}
SERVICES: dict[str, tuple[str, str]] = {
    "electricity": ("Electricity, gas and water supply", "40-41"),
    "construction": ("Construction", "45"),
    "retail": ("Wholesale and retail trade, repairs", "50-52"),
    "hotels": ("Hotels and restaurants", "55"),
    "land-transport": ("Land transport, transport by pipelines", "60"),
    "water-transport": ("Water transport", "61"),
    "air-transport": ("Air transport", "62"),
    "aux-transport": ("Supporting and auxiliary transport activities", "63"),
    "post": ("Post and telecommunications", "64"),
    "finance": ("Finance and insurance", "65-67"),
    "real-estate": ("Real estate activities", "70"),
    "renting": ("Renting of machinery and equipment", "71"),
    "computer": ("Computer and related activities", "72"),
    "research": ("Research and development", "73"),
    "other-business": ("Other business activities", "74"),
    "public": ("Public administration and defence", "75"),
    "education": ("Education", "80"),
    "health": ("Health and social work", "85"),
    "other-services": ("Other community, social and personal services", "90-93"),
    "private": ("Private households with employed persons", "95"),
}
SECTORS = {**GOODS, **SERVICES}
THETA_OF_SERVICES = 8.22
NAFTA = ("CAN", "MEX", "USA")

DIVISIONS = {
    **dict.fromkeys(("01", "02", "03"), "agriculture"),
    **dict.fromkeys(("05", "06", "07", "08", "09"), "mining"),
    **dict.fromkeys(("10", "11", "12"), "food"),
    **dict.fromkeys(("13", "14", "15"), "textile"),
    "16": "wood",
    **dict.fromkeys(("17", "18", "58", "59"), "paper"),
    "19": "petroleum",
    **dict.fromkeys(("20", "21"), "chemicals"),
    "22": "plastic",
    "23": "minerals",
    "24": "basic-metals",
    "25": "metal-products",
    "27": "electrical",
    "28": "machinery",
    "29": "auto",
    "30": "other-transport",
    **dict.fromkeys(("31", "32", "38"), "other"),
}
"""Division of ISIC revision 4 -> sector, where nothing below says otherwise."""

CLASSES = {
    "26": "communication",  # parts of radio and television apparatus, given by division only: 32
    "2520": "machinery",  # weapons: 2927 in revision 3
    "2610": "communication",  # electronic components: 3210
    "2620": "office",  # computers: 3000
    "2630": "communication",  # 3220
    "2640": "communication",  # consumer electronics: 3230
    **dict.fromkeys(("2651", "2652", "2660", "2670"), "medical"),  # 33
    "2680": "chemicals",  # unrecorded media: 2429
    "2750": "machinery",  # domestic appliances: 2930
    "2817": "office",  # office machinery: 3000
    "3040": "machinery",  # military fighting vehicles: 2927
    "3250": "medical",  # medical and dental instruments: 3311
    "3520": "",  # gas: 40, a service here
    "5911": "",  # films: 92, a service here
}
"""Class of ISIC revision 4 -> sector, where it differs from its division; none for what is a service here."""

PAPER = (
    "Caliendo, L. and Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review of Economic "
    "Studies 82(1), 1-44: the public inputs of its replication"
)
SOURCES = {
    "output": f"{PAPER} (OECD STAN, UNIDO Indstat2 and national accounts)",
    "inputs": f"{PAPER} (OECD input-output tables and national ones)",
    "trade": f"{PAPER} (United Nations Comtrade for trade; UNCTAD TRAINS for tariffs)",
}
LICENCE = "Facts from public statistics, published with the paper for replication"


def matrix(source: Path, name: str) -> NDArray[np.float64]:
    """One published matrix."""
    return np.loadtxt(source / "data/models/caliendo_parro_1993" / f"{name}.txt")


def save(frame: pd.DataFrame, name: str, title: str, source: str, notes: str, columns: dict[str, str]) -> None:
    """Write a table, CSV if small, and its meta file."""
    path = FOLDER / name
    (write_parquet if path.suffix == ".parquet" else write_csv)(frame, path)
    meta = {"title": title, "source": source, "vintage": "year 1993", "licence": LICENCE, "notes": notes}
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": columns})
    print(f"{name}: {len(frame):,} rows, {path.stat().st_size / 1e3:,.0f} kB")


def sectors(source: Path) -> None:
    """Names and elasticities; services carry the paper's 8.22, which moves nothing since they are not traded."""
    theta = [*matrix(source, "T"), *[THETA_OF_SERVICES] * len(SERVICES)]
    frame = pd.DataFrame(
        {
            "sector": list(SECTORS),
            "sector_name": [name for name, _ in SECTORS.values()],
            "isic3": [isic for _, isic in SECTORS.values()],
            "theta": theta,
        }
    )
    columns = {
        "sector": "sector code",
        "sector_name": "name of the sector",
        "isic3": "divisions of ISIC revision 3",
        "theta": "elasticity of trade, above zero: the dispersion of productivity (99 per cent sample of the paper)",
    }
    notes = "The first 20 sectors are traded. Services have 8.22; as they are not traded it moves nothing."
    save(frame, "sectors.csv", "Sectors of the economy of 1993 and their elasticities of trade", PAPER, notes, columns)


def output(source: Path) -> None:
    """Gross output and the part of it that is value added."""
    codes, countries = np.meshgrid(list(SECTORS), COUNTRIES, indexing="ij")
    frame = pd.DataFrame(
        {
            "country": countries.ravel(),
            "sector": codes.ravel(),
            "gross_output": matrix(source, "GO").ravel() / 1e3,
            "value_added_share": matrix(source, "B").ravel(),
        }
    )
    columns = {
        "country": "ISO 3166 alpha-3 code; ROW is the rest of the world",
        "sector": "sector code",
        "gross_output": "gross output, thousands of US dollars of 1993",
        "value_added_share": "value added as a fraction of gross output",
    }
    notes = (
        "One thousandth (a dollar) stands where the source has a place-holder. In a few sectors exports exceed output "
        "as published; the model then takes output to be the exports, as the paper does."
    )
    title = "Gross output and value added shares, 31 countries, 40 sectors, 1993"
    save(frame, "output.parquet", title, SOURCES["output"], notes, columns)


def inputs(source: Path) -> None:
    """What a sector buys of each sector, as parts of all its inputs."""
    cube = matrix(source, "IO").reshape(len(COUNTRIES), len(SECTORS), len(SECTORS))
    countries, used, using = np.meshgrid(COUNTRIES, list(SECTORS), list(SECTORS), indexing="ij")
    frame = pd.DataFrame(
        {"country": countries.ravel(), "used": used.ravel(), "using": using.ravel(), "share": cube.ravel()}
    )
    frame = frame[frame["share"] != 0].reset_index(drop=True)
    columns = {
        "country": "ISO 3166 alpha-3 code; ROW is the rest of the world",
        "used": "the sector whose product is bought",
        "using": "the sector that buys it",
        "share": "fraction of the inputs that the using sector buys",
    }
    notes = "Pairs without purchases are left out. One share (CAN, other, basic-metals) is below zero as published."
    save(frame, "inputs.parquet", "Input shares, 31 countries, 40 sectors, 1993", SOURCES["inputs"], notes, columns)


def lanes(source: Path, name: str) -> NDArray[np.float64]:
    """A stack of 20 matrices, importers down and exporters across."""
    return matrix(source, name).reshape(len(GOODS), len(COUNTRIES), len(COUNTRIES))


def trade(source: Path) -> None:
    """Trade and tariffs of 1993, and the tariffs of 2005 inside North America."""
    codes, importers, exporters = np.meshgrid(list(GOODS), COUNTRIES, COUNTRIES, indexing="ij")
    frame = pd.DataFrame(
        {
            "importer": importers.ravel(),
            "exporter": exporters.ravel(),
            "sector": codes.ravel(),
            "value": lanes(source, "xbilat1993").ravel(),
            "tariff": lanes(source, "tariffs1993").ravel() / 100,
        }
    )
    frame["later"] = lanes(source, "tariffs2005").ravel() / 100
    frame = frame[frame["importer"] != frame["exporter"]].reset_index(drop=True)
    keys = {
        "importer": "ISO 3166 alpha-3 code; ROW is the rest of the world",
        "exporter": "ISO 3166 alpha-3 code; ROW is the rest of the world",
        "sector": "sector code",
    }
    columns = {
        **keys,
        "value": "imports at exporter prices, thousands of US dollars of 1993",
        "tariff": "effectively applied tariff, fraction of value",
    }
    notes = "Services are not traded. A country's sales to itself are what its output leaves after exports."
    title = "Trade and tariffs between 31 countries, 20 sectors, 1993"
    save(frame.drop(columns="later"), "trade.parquet", title, SOURCES["trade"], notes, columns)
    inside = frame["importer"].isin(NAFTA) & frame["exporter"].isin(NAFTA)
    nafta = frame.loc[inside, [*keys, "later"]].rename(columns={"later": "tariff"}).reset_index(drop=True)
    columns = {**keys, "tariff": "effectively applied tariff of 2005, fraction of value"}
    title = "Tariffs of 2005 between Canada, Mexico and the United States"
    notes = "The only tariffs that change in the paper's NAFTA experiment; all others stay at those of 1993."
    save(nafta, "tariffs-nafta-2005.csv", title, SOURCES["trade"], notes, columns)


def sector_of(isic4: str) -> str:
    """The sector of a class, group or division of ISIC revision 4; '' for services and what has none."""
    return CLASSES.get(isic4, DIVISIONS.get(isic4[:2], ""))


def products(source: Path) -> None:
    """HS 2022 headings of six digits to the traded sectors."""
    folder = source / "data/concordance"
    older = read_text_csv(folder / "unsd_hs2022_to_hs2017_conversion.csv").set_index("hs2022")["hs2017"]
    isic = read_text_csv(folder / "unsd_hs2017_bec5_isic4_gtap_cpc.csv").drop_duplicates("HS6").set_index("HS6")["i4"]
    found = older.map(isic).fillna("").map(sector_of)
    frame = found[found != ""].rename("sector").rename_axis("product").reset_index().sort_values("product")
    path = FOLDER / "products.csv"
    write_csv(frame, path)
    meta: dict[str, Any] = {
        "title": "Products to the traded sectors of the economy of 1993",
        "source": (
            "United Nations Statistics Division, correlation tables HS 2022 - HS 2017 and HS 2017 - ISIC revision 4; "
            "ISIC revision 4 to revision 3 by class"
        ),
        "vintage": "Harmonized System 2022",
        "licence": "UNSD correspondence tables, free to use with acknowledgement",
        "notes": (
            "Six digits, the longest prefix wins. Weapons and military vehicles are machinery, computers and office "
            "machines office, domestic appliances machinery, unrecorded media chemicals, medical instruments medical: "
            "as in revision 3. Electricity, gas, films, works of art and chapters 98 and 99 belong to no traded sector."
        ),
    }
    columns = {"product": "heading of the Harmonized System 2022, six digits", "sector": "sector code"}
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": columns})
    missing = sorted(set(older.index) - set(frame["product"]))
    print(f"products.csv: {len(frame):,} headings, {frame['sector'].nunique()} sectors; without sector: {missing}")


SETTINGS = """\
title = "The world of 1993, as in Caliendo and Parro (2015): 30 countries and the rest, 40 sectors"
year = 1993
currency = "thousands of US dollars of 1993"
rest = "ROW"
"""


def main() -> None:
    """Compile every table of the economy."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "economy.toml").write_text(SETTINGS, encoding="utf-8")
    source = source_folder(__doc__)
    for make in (sectors, output, inputs, trade, products):
        make(source)


if __name__ == "__main__":
    main()
