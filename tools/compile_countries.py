"""Compile trade_data/concordances/countries.csv: Census code, ISO codes, English name and aliases of every country.

Census codes come from the source folder, names from ISO 3166 (package pycountry), further usual names from the table
below. A name that means two countries ("Korea", "Congo") is no alias. The run stops where one spelling
would stand for two countries.

    python tools/compile_countries.py SOURCE_FOLDER
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pycountry

from _common import TRADE_DATA, read_text_csv, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_countries.py"
USUAL_NAMES = {
    "ARE": ["UAE"],
    "BOL": ["Bolivia"],
    "BRN": ["Brunei"],
    "CHN": ["PRC", "Mainland China"],
    "CIV": ["Ivory Coast"],
    "COD": ["Democratic Republic of the Congo", "DR Congo", "DRC", "Congo (Kinshasa)", "Zaire"],
    "COG": ["Republic of the Congo", "Congo (Brazzaville)"],
    "CPV": ["Cape Verde"],
    "CUW": ["Curacao"],
    "CZE": ["Czech Republic"],
    "FLK": ["Falkland Islands"],
    "FSM": ["Micronesia"],
    "GBR": ["UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"],
    "GMB": ["The Gambia"],
    "BHS": ["The Bahamas"],
    "HKG": ["Hong Kong SAR", "Hong Kong, China"],
    "IRN": ["Iran"],
    "KOR": ["South Korea", "Korea, South", "Republic of Korea", "Korea, Rep."],
    "LAO": ["Laos", "Lao PDR"],
    "MAC": ["Macau"],
    "MKD": ["Macedonia", "Macedonia (Skopje)"],
    "MMR": ["Burma", "Myanmar"],
    "NLD": ["The Netherlands", "Holland"],
    "PRK": ["North Korea", "Korea, North", "Democratic People's Republic of Korea"],
    "PSE": ["Palestine", "West Bank", "Gaza Strip"],
    "RUS": ["Russia"],
    "STP": ["Sao Tome and Principe"],
    "SVK": ["Slovak Republic"],
    "SWZ": ["Swaziland"],
    "SYR": ["Syria"],
    "TUR": ["Turkey", "Turkiye"],
    "TWN": ["Taiwan", "Chinese Taipei"],
    "TLS": ["East Timor"],
    "TZA": ["Tanzania"],
    "USA": ["U.S.", "U.S.A.", "United States", "United States of America"],
    "VAT": ["Vatican", "Vatican City", "Holy See"],
    "VEN": ["Venezuela"],
    "VGB": ["British Virgin Islands"],
    "VIR": ["US Virgin Islands", "U.S. Virgin Islands"],
    "VNM": ["Vietnam"],
    "XKX": ["Kosovo"],
}
PLAIN_NAMES = {
    "Denmark, except Greenland": "Denmark",
    "Germany (Federal Republic of Germany)": "Germany",
    "Congo, Republic of the Congo": "Republic of the Congo",
    "Congo, Democratic Republic of the Congo (formerly Za": "Democratic Republic of the Congo",
    "Micronesia, Federated States of": "Micronesia",
}
META = {
    "title": "Countries: Census code, ISO 3166 codes, English name and aliases",
    "source": "US Census Bureau, Schedule C country codes; ISO 3166-1 codes and names as in the package pycountry",
    "url": "https://www.census.gov/foreign-trade/schedules/c/index.html",
    "vintage": f"Schedule C codes as in the import statistics of 2024; pycountry {pycountry.__version__}",
    "licence": "Public domain (work of the US Government); ISO names by way of Debian iso-codes, LGPL-2.1",
    "notes": "One row a Census code; countries without one stand at the end. The West Bank and Gaza, two Census "
    "codes, are one ISO country (PSE). XK and XKX (Kosovo) are user-assigned codes, not of ISO. Aliases are matched "
    "without regard to capitals; accents may be left out.",
    "columns": {
        "census_code": "Schedule C code, 4 digits; empty where there is none",
        "iso3": "ISO 3166-1 alpha-3",
        "iso2": "ISO 3166-1 alpha-2",
        "name": "English name",
        "aliases": "further English names, separated by |",
    },
}


def without_accents(text: str) -> str:
    """Write the text in plain Latin letters."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def spellings(iso3: str, census_name: str) -> Iterator[str]:
    """Every name of a country, the one to show first."""
    country = pycountry.countries.get(alpha_3=iso3)
    shown = PLAIN_NAMES.get(census_name, census_name)
    ambiguous = country is None or "," in country.name or country.name == "Congo"
    yield getattr(country, "common_name", None) or (shown if ambiguous else country.name)
    if census_name.count("(") == census_name.count(")"):
        yield from (census_name, census_name.partition(" (")[0])
    yield from (str(getattr(country, key)) for key in ("name", "common_name", "official_name") if hasattr(country, key))
    yield from USUAL_NAMES.get(iso3, [])


def country_row(census_code: str, iso3: str, iso2: str, census_name: str) -> dict[str, str]:
    """One row of the table."""
    names = [name for name in spellings(iso3, census_name) if name.upper() != "CONGO"]
    names += [without_accents(name) for name in names]
    shown, *aliases = {name.upper(): name for name in names}.values()
    return {"census_code": census_code, "iso3": iso3, "iso2": iso2, "name": shown, "aliases": "|".join(aliases)}


def refuse_two_meanings(rows: Iterable[dict[str, str]]) -> None:
    """Stop where one spelling stands for two countries."""
    meaning: dict[str, str] = {}
    for row in rows:
        for text in (row["census_code"], row["iso3"], row["iso2"], row["name"], *row["aliases"].split("|")):
            if text and meaning.setdefault(text.upper(), row["iso3"]) != row["iso3"]:
                message = f"{text!r} means both {meaning[text.upper()]} and {row['iso3']}"
                raise SystemExit(message)


def main(source: Path) -> None:
    """Compile the table and print its size."""
    census = read_text_csv(source / "law/lists/countries.csv")
    rows = [country_row(row.census_code, row.iso3, row.iso2, row.census_name) for row in census.itertuples()]
    with_code = set(census["iso3"])
    rows += [
        country_row("", country.alpha_3, country.alpha_2, country.name)
        for country in sorted(pycountry.countries, key=lambda country: str(country.alpha_3))
        if country.alpha_3 not in with_code
    ]
    refuse_two_meanings(rows)
    path = TRADE_DATA / "concordances" / "countries.csv"
    write_csv(pd.DataFrame(rows), path)
    write_meta(path, len(rows), MADE_BY, META)
    print(f"{len(rows)} rows, {len({row['iso3'] for row in rows})} countries")


if __name__ == "__main__":
    main(source_folder(__doc__))
