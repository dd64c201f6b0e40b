"""China's additional duties on goods of the United States, line by line, put together from three tables.

``rates``: Bown, Jung and Zhang (2019), every ten-digit line with the change at each step from
January 2018 to June 2019. ``matrix``: the International Trade Administration's matrix of
28 March 2025, the sum of all additional duties by eight-digit line on that day. ``by_date``: duties
by HS6 to the end of 2019. Of the matrix, what the steps of 2018-19 and the list of March 2025 do
not explain is the list of September 2019 as halved in February 2020 (2.5 or 5 percent) and the two
lists of 10 February 2025 (15 and 10 percent), which so come out at the 8 and 72 lines of the law.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from _common import read_text_csv

Steps = list[tuple[str, str, float, str]]
NEW_NOMENCLATURE = "2022-01-01"
COMPILED_FROM = (
    "Bown, Jung and Zhang (2019); International Trade Administration, retaliation matrix of 28 March 2025; "
    "mwaugh0328/consumption_and_tradewar"
)
STEP_COLUMNS = ("mfn", "metals", "pharma", "ita", "list1", "list2", "list3", "mfn2", "mfn3", "autos", "june")
ACTS = {
    "list1": ("2018-07-06", "ctc-2018-06-16"),
    "list2": ("2018-08-23", "ctc-2018-08-08"),
    "list3": ("2018-09-24", "ctc-2018-09-18"),
    "autos": ("2019-01-01", "ctc-2018-12-14"),
    "june": ("2019-06-01", "ctc-2019-05-13"),
}
SEPTEMBER, FEBRUARY = ("2019-09-01", "ctc-2019-08-23"), ("2020-02-14", "ctc-2020-02-06")
BEGINS = {
    "energy-2025": ("2025-02-10", "ctc-2025-02-04"),
    "machinery-2025": ("2025-02-10", "ctc-2025-02-04"),
    "farm-15-2025": ("2025-03-10", "ctc-2025-2"),
    "farm-10-2025": ("2025-03-10", "ctc-2025-2"),
}
FARM_CHAPTERS, FEBRUARY_CHAPTERS = "25", ("27", "84", "87")
NEW_MACHINERY = ("84193310", "84193400", "87044100", "87045100", "87046000")
"""Lines of the 2022 nomenclature in the list of machinery and vehicles: 35 percent in all in the matrix."""
LATER_SPLIT = {"20039011", "20039019"}
TITLES = {
    "section-232-response": "China's answer to the US duties on steel and aluminum, by tariff line",
    "section-301-response": "China's answers to the US section 301 duties, by tariff line",
    "energy-2025": "Coal and liquefied natural gas",
    "machinery-2025": "Crude oil, agricultural machinery, large cars and pickup trucks",
    "farm-15-2025": "Chicken, wheat, corn and cotton",
    "farm-10-2025": "Sorghum, soybeans, pork, beef, seafood, fruit, vegetables and dairy products",
}
NOTES = {
    "section-232-response": "Lines of the nomenclature of 2018.",
    "section-301-response": (
        "Lines of 2018-19 carry every step; those that ended with a later nomenclature keep their last rate. The rates of "
        "September 2019 are twice those of 2025 (halved in February 2020); for lines that ended before 2025 they are the "
        "HS6 rates of 2019. Lines new in 2022 carry from then on the sum that the matrix of March 2025 states, which may "
        "include the answer to the metals duties. Automobiles and parts suspended in 2019 are still so."
    ),
    "energy-2025": "8 lines, as the announcement says; compiled as what the earlier duties leave of the matrix.",
    "machinery-2025": "72 lines, as the announcement says; compiled as what the earlier duties leave of the matrix.",
    "farm-15-2025": "29 lines, as the announcement says.",
    "farm-10-2025": "711 lines, as the announcement says: 11 misread codes are replaced by the lines of the matrix.",
}


def read_lines(source: Path) -> pd.DataFrame:
    """One row an eight-digit line: the steps of 2018-19, the sum of March 2025, the March list, September 2019.

    Rates in percent; NaN in ``mfn`` for lines that the earlier table lacks, in ``total`` for those
    that the matrix lacks.
    """
    folder = source / "data/countermeasures"
    rates = read_text_csv(folder / "china_tariff_rates_hs10_2018_2019_bown_jung_zhang.csv")
    rates.columns = pd.Index(["hs10", "description", *STEP_COLUMNS])
    rates["hs8"] = rates["hs10"].str[:8]
    numbers = rates.set_index("hs8")[list(STEP_COLUMNS)].apply(pd.to_numeric, errors="coerce").fillna(0.0)
    lines = numbers.groupby(level=0).first()
    matrix = read_text_csv(folder / "ita_retaliation_product_matrix_2025_03_28.csv")
    matrix = matrix[matrix["country"] == "China"].set_index("foreign_tariff_line")
    lines = lines.join(matrix["retaliatory_rate_pct"].astype(float).rename("total"), how="outer")
    march = {pct: read_text_csv(folder / f"china_retaliation_{pct}pct_2025_03_10.csv")["code"] for pct in (10, 15)}
    lines = lines.reindex(lines.index.union([*LATER_SPLIT]))
    lines["march"] = lines.index.map({code: float(pct) for pct, codes in march.items() for code in codes}).astype(float)
    lines["march"] = lines["march"].fillna(0.0)
    lines["own"] = lines[["metals", "list1", "list2", "list3", "autos", "june"]].sum(axis=1, min_count=1)
    lines["rest"] = lines["total"] - lines["own"] - lines["march"]
    return lines.assign(september=september(source, lines))


def february_2025(lines: pd.DataFrame) -> "pd.Series[float]":
    """The rate of 10 February 2025 by line, in percent, 0 for none."""
    chapter = lines.index.str[:2].isin(FEBRUARY_CHAPTERS)
    rest = lines["rest"].where(chapter, 0.0)
    energy = lines.index.str.startswith(("2701", "2702", "2711")) & rest.isin([15.0, 17.5])
    machinery = rest.isin([10.0, 12.5, 35.0]) | lines.index.isin(NEW_MACHINERY)
    return energy * 15.0 + (machinery & ~energy) * 10.0


def march_2025_missing(lines: pd.DataFrame) -> "pd.Index[str]":
    """Farm lines that the matrix charges ten percent more than the earlier steps and the compiled list explain."""
    known = (lines.index.str[:2] < FARM_CHAPTERS) & (lines["march"] == 0) & (lines["rest"] >= 10.0)
    return lines.index[known].union(["03091000", "03099000"])


def september(source: Path, lines: pd.DataFrame) -> "pd.Series[float]":
    """The rate of 1 September 2019 by line, in percent: twice what is left of the matrix, else the step by HS6."""
    left = lines["rest"] - february_2025(lines)
    left = left.where(~lines.index.isin(march_2025_missing(lines)), left - 10.0)
    doubled = (2 * left).where(left.isin([2.5, 5.0]))
    by_date = read_text_csv(source / "data/countermeasures/china_retaliatory_tariff_hs6_by_date_2018_2020_waugh.csv")
    by_date["tariff"] = pd.to_numeric(by_date["tariff"], errors="coerce")
    wide = by_date.pivot(index="hs6", columns="time_of_tariff", values="tariff")
    step = (wide["2019-09-01"] - wide["2019-06-01"]).round(4)
    coarse = pd.Series(lines.index.str[:6].map(step[step.isin([5.0, 10.0])]), index=lines.index)
    return doubled.where(lines["total"].notna(), coarse.where(lines["own"] > 0)).fillna(0.0)


def metals_steps(lines: pd.DataFrame) -> Steps:
    """The steps of the answer to the metals duties."""
    listed = lines[lines["metals"] > 0]
    return [(code, "2018-04-02", rate / 100, "ctc-2018-04-01") for code, rate in listed["metals"].items()]


def duties_steps(lines: pd.DataFrame) -> Steps:
    """The steps of the answers to section 301: the sum of the lists by line after each act."""
    rows: Steps = []
    for code, line in lines[lines["mfn"].notna()].iterrows():
        total = 0.0
        for column, (day, cite) in ACTS.items():
            if line[column]:
                total += line[column]
                rows.append((str(code), day, round(total / 100, 6), cite))
        if line["september"]:
            rows.append((str(code), SEPTEMBER[0], round((total + line["september"]) / 100, 6), SEPTEMBER[1]))
            rows.append((str(code), FEBRUARY[0], round((total + line["september"] / 2) / 100, 6), FEBRUARY[1]))
    new = lines[lines["mfn"].isna() & lines["total"].notna()]
    left = new["total"] - new["march"] - february_2025(new)
    left = left.where(~new.index.isin(march_2025_missing(lines)), left - 10.0)
    left = left.where(~new.index.str[:4].isin(suspended_headings(lines)), 0.0)
    rows += [(str(code), NEW_NOMENCLATURE, rate / 100, FEBRUARY[1]) for code, rate in left.items() if rate > 0]
    return rows


def suspended_headings(lines: pd.DataFrame) -> set[str]:
    """Headings of which every line with a duty was suspended with the automobiles in January 2019."""
    before = lines[lines[["list1", "list2"]].sum(axis=1) > 0]
    kept = before["autos"].eq(0).groupby(before.index.str[:4]).any()
    return set(kept.index[~kept])


def lists_2025(lines: pd.DataFrame) -> dict[str, list[str]]:
    """The lines of the four lists of February and March 2025; refused where a count is not that of the law."""
    february = february_2025(lines)
    alive = lines["total"].notna() | lines.index.isin(LATER_SPLIT)
    ten = lines.index[(lines["march"] == 10.0) & alive].union(march_2025_missing(lines))
    found = {
        "energy-2025": list(lines.index[february == 15.0]),
        "machinery-2025": list(lines.index[february == 10.0]),
        "farm-15-2025": list(lines.index[lines["march"] == 15.0]),
        "farm-10-2025": list(ten),
    }
    counts = {name: len(codes) for name, codes in found.items()}
    if counts != {"energy-2025": 8, "machinery-2025": 72, "farm-15-2025": 29, "farm-10-2025": 711}:
        raise SystemExit(f"the lists of 2025 have other counts than the law: {counts}")
    return found
