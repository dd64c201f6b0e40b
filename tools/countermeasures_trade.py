"""Trade touched by the countermeasures: exports of the United States by HS6 split over national lines.

``canada-from-us-2024`` and ``china-from-us-2024``: exports of 2024 in every HS6 that a list of March
2025 names a part of. ``china-from-us-2017``: all imports of China from the United States by national
line in the year before the duties of 2018.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

import countermeasures_china as china
from _common import PUBLIC_DOMAIN, TRADE_DATA, digest, read_text_csv, write_csv, write_meta, write_parquet

MADE_BY = "tools/compile_countermeasures.py"
ITA = {
    "source": "US Census Bureau, exports of 2024, by the International Trade Administration's lists of retaliation",
    "url": "https://www.trade.gov",
    "vintage": "year 2024",
    "licence": PUBLIC_DOMAIN,
}
COLUMNS = {
    "importer": "ISO 3166 alpha-3 of the importing country",
    "origin": "ISO 3166 alpha-3 of the country of origin",
    "product": "tariff line of the importing country, 8 digits",
    "period": "the year of the statistic",
    "customs_value": "US dollars; exports are valued free alongside ship at the US port",
}
CANADA_NOTE = (
    "An upper bound for the trade that Canada's orders touch. The statistic is by HS6: each value is spread equally "
    "over the Canadian tariff items of the HS6 that are known, which are those that an order or the notice of intent "
    "of March 2025 names; an item that none of them names is not known, so too much falls on the listed ones: 33.5 bn "
    "US dollars on SOR/2025-66, which Canada put at 30 bn Canadian dollars of imports (some 22 bn US dollars), 33.8 bn "
    "on SOR/2025-95 (29.8 bn Canadian). Motor vehicles (SOR/2025-118) and all other trade are not in it. Canada's own "
    "statistics by commodity section (375.0 bn Canadian dollars of imports from the United States in 2024) do not fit "
    "HS codes."
)
CHINA_NOTE = (
    "Only what the farm lists of 10 March 2025 touch. The statistic is by HS6: each value is spread over China's "
    "tariff lines of the HS6 by China's imports from the United States in 2017 where there were any, else equally; "
    "those of lines that have ended since count for the lines that took up their goods."
)
CHINA_LINES_NOTE = (
    "Lines of 2017 and those of 2025 that carry an additional duty; some have ended. The trade of lines that ended "
    "counts for those of the same six digits that carry the same duty, where there are such."
)
CHINA_2017_NOTE = (
    "All imports of China from the United States by the tariff lines of 2017, the year before the duties of 2018. "
    "Published in thousands of dollars: lines below 500 dollars are left out. Of lines that have ended since, those "
    "whose goods are all on the farm list of 10 percent of March 2025 pay it; of 192 lines, of 2.5 bn US dollars, no "
    "source tells which lines took up their goods: the duties of 2025 may come out too low on them."
)


def read_exports(folder: Path, names: tuple[str, ...]) -> pd.Series[float]:
    """US exports of 2024 by HS6 over the files of one importer; an HS6 of two files counts once."""
    files = [read_text_csv(folder / f"us_exports_2024_hs6_on_{name}.csv") for name in names]
    frame = pd.concat(files).drop_duplicates("hs6").set_index("hs6")
    return frame["us_exports_2024_usd"].astype(float)


def spread(values: pd.Series[float], weights: pd.Series[float]) -> pd.Series[float]:
    """Values by HS6 over the lines below, by weight where an HS6 has any, else equally.

    Refused where an HS6 with value has no line.
    """
    lines = weights[weights.index.str[:6].isin(values.index)]
    hs6 = pd.Series(lines.index.str[:6], index=lines.index)
    total = lines.groupby(hs6).transform("sum")
    count = lines.groupby(hs6).transform("size")
    share = (lines / total).where(total > 0, 1 / count)
    lost = values[~values.index.isin(hs6)]
    if lost.any():
        message = f"no line is known below {', '.join(lost.index)}, of value {lost.sum():,.0f}"
        raise SystemExit(message)
    return share * hs6.map(values)


def canada_items(source: Path) -> pd.Series[float]:
    """Every Canadian tariff item that some list names, with equal weight."""
    listed = read_text_csv(source / "law/lists/canada_measures.csv")["code"]
    noticed = read_text_csv(source / "data/countermeasures/canada_surtax_lists_2025.csv")["code"]
    return pd.Series(0.0, index=pd.Index(sorted({*listed, *noticed})))


def china_lines(source: Path) -> pd.Series[float]:
    """China's imports from the United States in 2017 by line, and its later lines at zero; US dollars."""
    folder = source / "data/countermeasures"
    trade = read_text_csv(folder / "china_imports_from_us_2017_hs8_sector_bjz.csv")
    value = 1000 * trade.set_index("hs08")["2017 China's Imports from US (000USD)"].astype(float)
    matrix = read_text_csv(folder / "ita_retaliation_product_matrix_2025_03_28.csv")
    later = matrix.loc[matrix["country"] == "China", "foreign_tariff_line"]
    return value.groupby(level=0).sum().reindex(sorted({*value.index, *later}), fill_value=0.0)


def handed_on(values: pd.Series[float], heirs: Mapping[str, list[str]]) -> pd.Series[float]:
    """Values with those of lines that ended on the lines that took up their goods: by their own, else equally."""
    made = values.copy()
    for code, later in heirs.items():
        own = values.reindex(later, fill_value=0.0)
        share = own / own.sum() if own.any() else 1 / len(later)
        made = made.add(share * values.get(code, 0.0) + 0.0 * own, fill_value=0.0)
        made[code] = 0.0
    return made.sort_index()


def write_flows(name: str, importer: str, year: str, value: pd.Series[float], meta: Mapping[str, object]) -> None:
    """Write one flow table with its meta file, and print its total."""
    frame = pd.DataFrame(
        {
            "importer": importer,
            "origin": "USA",
            "product": value.index.astype(str),
            "period": year,
            "customs_value": value.to_numpy(),
        }
    )
    path = TRADE_DATA / "flows" / f"{name}.parquet"
    write_parquet(frame, path)
    flows = {
        "window_from": f"{year}-01-01",
        "window_until": f"{int(year) + 1}-01-01",
        "basis": "see notes",
        "currency": "USD",
        "digest": digest(path),
    }
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": COLUMNS, "flows": flows})
    print(f"{name}: {len(frame):,} rows, {value.sum() / 1e9:,.2f} bn USD")


def write_lines(importer: str, lines: pd.Series[float], notes: str) -> None:
    """Write the tariff lines of an importer that are known, with the trade by which an HS6 may be spread."""
    path = TRADE_DATA / "tariff_lines" / f"{importer}.csv"
    write_csv(pd.DataFrame({"product": lines.index.astype(str), "value": lines.to_numpy()}), path)
    meta = {
        "title": f"Tariff lines of {importer.upper()} that are known",
        "source": "the lists of its countermeasures and the tables from which they are compiled",
        "vintage": "2017 to 2026",
        "licence": "facts of law",
        "notes": notes,
        "columns": {
            "product": "tariff line, 8 digits",
            "value": "US dollars, imports from the United States in 2017; 0 where there were none or none is known",
        },
    }
    write_meta(path, len(lines), MADE_BY, meta)
    print(importer, len(lines), "lines known")


def write_all(source: Path) -> None:
    """Write the two tables of lines and the three flow tables."""
    items, lines = canada_items(source), china_lines(source)
    ended = china.heirs(china.read_lines(source))
    today = handed_on(lines, ended)
    write_lines("can", items, "Only items that a surtax order or the notice of intent of March 2025 names.")
    write_lines("chn", today, CHINA_LINES_NOTE)
    folder = source / "data/countermeasures"
    exports = read_exports(folder, ("canada_US_exports_030425", "canada_steel_US_exports_031225"))
    title = "US exports to Canada of 2024 that Canada's surtax lists of March 2025 touch"
    meta: dict[str, object] = {"title": title, **ITA, "notes": CANADA_NOTE}
    write_flows("canada-from-us-2024", "CAN", "2024", spread(exports, items), meta)
    exports = read_exports(folder, ("china_10_percent_US_exports_030425", "china_15_percent_US_exports_030425"))
    title = "US exports to China of 2024 that China's farm lists of March 2025 touch"
    meta = {"title": title, **ITA, "notes": CHINA_NOTE}
    write_flows("china-from-us-2024", "CHN", "2024", spread(exports, today.drop(list(ended))), meta)
    meta = {
        "title": "Imports of China from the United States, 2017",
        "source": "China's customs statistics of 2017, as published with Bown, Jung and Zhang (2019)",
        "url": "https://www.piie.com",
        "vintage": "year 2017",
        "licence": "facts of trade",
        "notes": CHINA_2017_NOTE,
    }
    write_flows("china-from-us-2017", "CHN", "2017", lines[lines > 0], meta)
