"""China's additional duties on goods of the United States, line by line, put together from three tables.

The *steps*: Bown, Jung and Zhang (2019), every line with its change at each act from January 2018
to June 2019. The *matrix* of the International Trade Administration of 28 March 2025: the sum of
all additional duties by eight-digit line on that day. *By date*: duties by HS6 to the end of 2019.

What the steps and the compiled list of March 2025 leave of the matrix is the list of September 2019
as halved in February 2020 (2.5 or 5 percent), the two lists of 10 February 2025 (15 and 10 percent),
and lines that the compiled list of March 2025 misread. Each list so comes out at the law's own count.

A line that still carries a duty and that the matrix lacks has ended. Its *heirs* are the lines of the same
six digits that carry the same rate: they have its history, and what is said of all of them is said of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from _common import read_text_csv

Steps = list[tuple[str, str, float, str]]
NEW_NOMENCLATURE = "2022-01-01"
COMPILED_FROM = (
    "Bown, Jung and Zhang (2019); International Trade Administration, matrix of retaliation of 28 March 2025; "
    "Waugh (2019), duties by HS6 and date"
)
STEP_COLUMNS = ("mfn", "metals", "pharma", "ita", "list1", "list2", "list3", "mfn2", "mfn3", "autos", "june")
OWN = ["metals", "list1", "list2", "list3", "autos", "june"]
ACTS = {
    "list1": ("2018-07-06", "ctc-2018-06-16"),
    "list2": ("2018-08-23", "ctc-2018-08-08"),
    "list3": ("2018-09-24", "ctc-2018-09-18"),
    "autos": ("2019-01-01", "ctc-2018-12-14"),
    "june": ("2019-06-01", "ctc-2019-05-13"),
}
SEPTEMBER, HALVED = ("2019-09-01", "ctc-2019-08-23"), ("2020-02-14", "ctc-2020-02-06")
BEGINS = {
    "energy-2025": ("2025-02-10", "ctc-2025-02-04"),
    "machinery-2025": ("2025-02-10", "ctc-2025-02-04"),
    "farm-15-2025": ("2025-03-10", "ctc-2025-2"),
    "farm-10-2025": ("2025-03-10", "ctc-2025-2"),
    "farm-10-2025-former": ("2025-03-10", "ctc-2025-2"),
}
COUNTS = {"energy-2025": 8, "machinery-2025": 72, "farm-15-2025": 29, "farm-10-2025": 711}
NEW_MACHINERY = ("84193310", "84193400", "87044100", "87045100", "87046000")
"""Machines and vehicles of the list of February 2025 that are new in the nomenclature of 2022."""
NEW_FARM = ("03091000", "03099000")
"""Farm lines of the list of March 2025 new in the nomenclature of 2022 that the compiled list lacks."""
LATER_SPLIT = ("20039011", "20039019")
"""Lines of the list of March 2025 that the matrix still has as one."""
SPLIT = "20039010"
FORMER = "farm-10-2025-former"
SAID = {
    "section-232-response": (
        "China's answer to the US duties on steel and aluminum, by tariff line",
        "Lines of the nomenclature of 2018.",
    ),
    "section-301-response": (
        "China's answers to the US section 301 duties, by tariff line",
        (
            "Lines of 2018-19 carry every step; those that ended with a later nomenclature keep their last rate. The "
            "rates of September 2019 are twice what they are in 2025 (halved in February 2020); for lines that ended "
            "before 2025 they are read from the HS6 duties of 2019. Lines new in 2022 carry from then on the sum that "
            "the matrix of March 2025 states, which may include the answer to the metals duties; those that took up "
            "the goods of lines that ended, at the same rate within the same six digits, have the history of these. "
            "Automobiles and parts "
            "suspended in January 2019 are taken to be so still; the matrix counts them."
        ),
    ),
    "energy-2025": ("Coal and liquefied natural gas", "8 lines, the count of the announcement."),
    "machinery-2025": (
        "Crude oil, agricultural machinery, large cars and pickup trucks",
        "72 lines, the count of the announcement.",
    ),
    "farm-15-2025": ("Chicken, wheat, corn and cotton", "29 lines, the count of the announcement."),
    "farm-10-2025": (
        "Sorghum, soybeans, pork, beef, seafood, fruit, vegetables and dairy products",
        (
            "711 lines, the count of the announcement: 11 misread codes of the compiled list are replaced by the lines "
            "that the matrix charges."
        ),
    ),
    FORMER: (
        "Former lines of the goods on the list of 10 percent of March 2025",
        (
            "Lines that ended before the list was made and whose goods are all on it, so that trade by older codes "
            "pays too: the lines of the same six digits and the same earlier duty are all on the list."
        ),
    ),
}


def read_lines(source: Path) -> pd.DataFrame:
    """One row an eight-digit line, rates in percent.

    The steps of 2018-19 (``own``: their sum), ``total`` of the matrix, ``march`` 2025, ``rest`` = total
    - own - march, and ``september`` 2019. Not a number: the line is not in that table.
    """
    folder = source / "data/countermeasures"
    rates = read_text_csv(folder / "china_tariff_rates_hs10_2018_2019_bown_jung_zhang.csv")
    rates.columns = pd.Index(["hs10", "description", *STEP_COLUMNS])
    numbers = rates[list(STEP_COLUMNS)].apply(pd.to_numeric, errors="coerce").fillna(0.0)
    lines: pd.DataFrame = numbers.groupby(rates["hs10"].str[:8]).first()
    lines = lines.join(read_matrix(folder).rename("total"), how="outer")
    lines = lines.reindex(lines.index.union(list(LATER_SPLIT)))
    lines["march"] = read_march(folder).reindex(lines.index, fill_value=0.0)
    lines["own"] = lines[OWN].sum(axis=1, min_count=1)
    lines["rest"] = lines["total"] - lines["own"] - lines["march"]
    lines["september"] = september_2019(lines, read_by_date(folder))
    return lines


def read_matrix(folder: Path) -> pd.Series[float]:
    """The sum of all additional duties by line on 28 March 2025."""
    matrix = read_text_csv(folder / "ita_retaliation_product_matrix_2025_03_28.csv")
    matrix = matrix[matrix["country"] == "China"].set_index("foreign_tariff_line")
    return matrix["retaliatory_rate_pct"].astype(float)


def read_march(folder: Path) -> pd.Series[float]:
    """The compiled lists of 10 March 2025, as they were read."""
    codes = {pct: read_text_csv(folder / f"china_retaliation_{pct}pct_2025_03_10.csv")["code"] for pct in (10, 15)}
    return pd.Series({code: float(pct) for pct, part in codes.items() for code in part})


def read_by_date(folder: Path) -> pd.Series[float]:
    """The step of September 2019 by HS6, where it is 5 or 10 percent."""
    table = read_text_csv(folder / "china_retaliatory_tariff_hs6_by_date_2018_2020_waugh.csv")
    table["tariff"] = pd.to_numeric(table["tariff"], errors="coerce")
    duty = {day: part.set_index("hs6")["tariff"] for day, part in table.groupby("time_of_tariff")}
    step = (duty["2019-09-01"] - duty["2019-06-01"]).round(4)
    return step[step.isin([5.0, 10.0])]


def february_2025(lines: pd.DataFrame) -> pd.Series[float]:
    """The rate of 10 February 2025 by line, 0 for none.

    Fuel, machines and vehicles of which ten percent or more is left; 25 that are left are
    automobiles, whose older duty the matrix counts though it is suspended.
    """
    codes = lines.index.astype(str)
    energy = codes.str.startswith(("2701", "2702", "2711")) & lines["rest"].isin([15.0, 17.5])
    machinery = codes.str.startswith(("27", "84", "87")) & lines["rest"].isin([10.0, 12.5, 35.0])
    machinery |= codes.isin(NEW_MACHINERY)
    return pd.Series(np.select([energy, machinery], [15.0, 10.0], 0.0), index=lines.index)


def unread_march(lines: pd.DataFrame) -> pd.Series[bool]:
    """Farm lines that the matrix charges ten percent more than the steps and the compiled list explain."""
    codes = lines.index.astype(str)
    left = (codes.str[:2] < "25") & (lines["march"] == 0) & (lines["rest"] >= 10.0)
    return pd.Series(left | codes.isin(NEW_FARM), index=lines.index)


def september_2019(lines: pd.DataFrame, by_date: pd.Series[float]) -> pd.Series[float]:
    """The rate of 1 September 2019 by line, 0 for none."""
    left = lines["rest"] - february_2025(lines) - 10.0 * unread_march(lines)
    doubled = (2 * left).where(left.isin([2.5, 5.0]))
    hs6 = lines.index.astype(str).str[:6]
    coarse = pd.Series(by_date.reindex(hs6).to_numpy(), index=lines.index).where(lines["own"] > 0)
    return doubled.where(lines["total"].notna(), coarse).fillna(0.0)


def tables(lines: pd.DataFrame) -> dict[str, Steps]:
    """The steps (line, from, rate, cite) of the answers to the metals duties and to section 301."""
    metals = lines.loc[lines["metals"] > 0, "metals"]
    answers = [(str(code), "2018-04-02", rate / 100, "ctc-2018-04-01") for code, rate in metals.items()]
    known = {str(line.Index): line_steps(line) for line in lines[lines["mfn"].notna()].itertuples()}
    inherited = inherited_steps(lines, known)
    lists = [step for steps in (known | inherited).values() for step in steps]
    new = [step for step in new_lines(lines) if step[0] not in inherited]
    return {"section-232-response": answers, "section-301-response": lists + new}


def line_steps(line: Any) -> Steps:
    """The sum of the lists after each act that changes it, for one line."""
    rows, total = [], 0.0
    for column, (day, cite) in ACTS.items():
        change = getattr(line, column)
        if change:
            total += change
            rows.append((str(line.Index), day, round(total / 100, 6), cite))
    if line.september:
        raised, halved = total + line.september, total + line.september / 2
        rows.append((str(line.Index), SEPTEMBER[0], round(raised / 100, 6), SEPTEMBER[1]))
        rows.append((str(line.Index), HALVED[0], round(halved / 100, 6), HALVED[1]))
    return rows


def carried(lines: pd.DataFrame) -> pd.Series[float]:
    """What each line carries without the duties of 2025, in percent; one that ended what it carried last."""
    now = lines["total"] - lines["march"] - february_2025(lines) - 10.0 * unread_march(lines)
    return now.fillna(lines["own"] + lines["september"] / 2).round(4)


def heirs(lines: pd.DataFrame) -> dict[str, list[str]]:
    """The lines that ended -> those that took up their goods: the new ones at their rate, else the older ones.

    A line of which no source tells where its goods went is left out: no line of its six digits has its rate.
    """
    rate, there = carried(lines), lines["total"].notna()
    found = {SPLIT: list(LATER_SPLIT)}
    for code in lines.index[~there & (rate > 0)]:
        same = there & (rate == rate[code]) & lines.index.str.startswith(code[:6])
        new = same & lines["mfn"].isna()
        if same.any():
            found[str(code)] = list(lines.index[new if new.any() else same])
    return found


def inherited_steps(lines: pd.DataFrame, known: dict[str, Steps]) -> dict[str, Steps]:
    """The steps of new lines that took up goods of lines with one and the same history."""
    before: dict[str, set[tuple[tuple[str, float, str], ...]]] = {}
    for code, later in heirs(lines).items():
        for heir in set(later) - set(known):
            before.setdefault(heir, set()).add(tuple(step[1:] for step in known[code]))
    return {
        heir: [(heir, *step) for step in next(iter(told))] for heir, told in sorted(before.items()) if len(told) == 1
    }


def new_lines(lines: pd.DataFrame) -> Steps:
    """Lines of the nomenclature of 2022: what the matrix states without the duties of 2025."""
    new = lines["mfn"].isna() & lines["total"].notna()
    left = carried(lines)[new]
    left = left[(left > 0) & ~left.index.str[:4].isin(suspended_headings(lines))]
    return [(str(code), NEW_NOMENCLATURE, rate / 100, HALVED[1]) for code, rate in left.items()]


def suspended_headings(lines: pd.DataFrame) -> set[str]:
    """Headings of which every line on the first two lists was suspended with the automobiles."""
    listed = lines[lines[["list1", "list2"]].sum(axis=1) > 0]
    stayed = set(listed.index[listed["autos"] == 0].str[:4])
    return set(listed.index.str[:4]) - stayed


def lists_2025(lines: pd.DataFrame) -> dict[str, list[str]]:
    """The lines of the four lists of 2025; refused where a count is not that of the announcement."""
    february = february_2025(lines)
    alive = lines["total"].notna() | lines.index.isin(LATER_SPLIT)
    ten = (alive & (lines["march"] == 10.0)) | unread_march(lines)
    found = {
        "energy-2025": list(lines.index[february == 15.0]),
        "machinery-2025": list(lines.index[february == 10.0]),
        "farm-15-2025": list(lines.index[lines["march"] == 15.0]),
        "farm-10-2025": list(lines.index[ten]),
    }
    if (counts := {name: len(codes) for name, codes in found.items()}) != COUNTS:
        message = f"the lists of 2025 have other counts than the law: {counts}"
        raise SystemExit(message)
    farm = set(found["farm-10-2025"])
    return found | {FORMER: [code for code, later in heirs(lines).items() if farm.issuperset(later)]}
