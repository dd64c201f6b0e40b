"""Compile the lists, rate tables, tariff lines and flow tables of Canada's and China's countermeasures.

Canada: rates/can/lists and rates/can/tables from the schedules of its surtax orders. China:
rates/chn/lists and rates/chn/tables, in ``countermeasures_china.py``. What was traded: trade_data/
flows, in ``countermeasures_trade.py``.

    python tools/compile_countermeasures.py SOURCE_FOLDER
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

import countermeasures_china as china
import countermeasures_trade as trade
from _common import TRADE_DATA, read_text_csv, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_countermeasures.py"
RATES = TRADE_DATA.parent / "rates"
LIST_COLUMNS = ["code", "from", "is", "cite"]
TABLE_COLUMNS = ["product", "from", "form", "ad_valorem", "specific", "unit", "specific2", "unit2", "text", "cite"]
LIST_TEXTS = {
    "code": "tariff item or HS code, 2 to 10 digits: every product that begins with it",
    "from": "first day of the step",
    "is": "in or out, until the code's next step",
    "cite": "act id",
}
TABLE_TEXTS = {
    "product": "tariff item, 8 digits",
    "from": "first day of the step",
    "form": "ad_valorem, or suspended: nothing is charged",
    "ad_valorem": "additional duty as a fraction of value",
    "cite": "act id",
}
CANADA = {
    "source": "Schedules of the orders under section 53 of the Customs Tariff, Canada Gazette; Department of Finance Canada",
    "url": "https://gazette.gc.ca/rp-pr/p2/2025/index-eng.html",
    "vintage": "law known to 2026-10-10",
    "licence": "Open Government Licence - Canada; compiled lists: MIT",
}
CHINA = {
    "source": "Announcements of the Customs Tariff Commission of the State Council of China",
    "url": "https://gss.mof.gov.cn",
    "vintage": "law known to 2026-10-10",
    "licence": "facts of law",
}
SUSPENDED = 0.0


def write_list(importer: str, name: str, rows: Iterable[tuple[str, str, str, str]], meta: Mapping[str, object]) -> None:
    """Write one list of steps (code, from, is, cite), sorted, and its meta file."""
    frame = pd.DataFrame(sorted(set(rows)), columns=LIST_COLUMNS)
    if frame.duplicated(["code", "from"]).any() or not frame["code"].str.fullmatch(r"\d{2,10}").all():
        raise SystemExit(f"{name}: a code twice on one day, or no code")
    path = RATES / importer / "lists" / f"{name}.csv"
    write_csv(frame, path)
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": LIST_TEXTS})
    print(importer, "list", name, frame["code"].nunique())


def write_table(importer: str, name: str, rows: Iterable[tuple[str, str, float, str]], meta: Mapping[str, object]) -> None:
    """Write one table of steps (product, from, rate, cite), sorted; a rate of 0 means that nothing is charged."""
    steps = [
        (product, day, *(("suspended", "") if rate == SUSPENDED else ("ad_valorem", f"{rate:g}")), *[""] * 5, cite)
        for product, day, rate, cite in sorted(rows)
    ]
    frame = pd.DataFrame(steps, columns=TABLE_COLUMNS)
    path = RATES / importer / "tables" / f"{name}.csv"
    write_csv(frame, path)
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": TABLE_TEXTS})
    print(importer, "table", name, len(frame), "steps of", frame["product"].nunique(), "lines")


def canada(source: Path) -> None:
    """Every list of Canada's orders, and the rates of the two orders of 2026."""
    listed = read_text_csv(source / "law/lists/canada_measures.csv")
    rows = {name: part for name, part in listed.groupby("list_id")}
    recut = rows["ca.steel_alu_recut.2026"]
    aluminum = set(recut.loc[recut["note"].str.startswith("aluminum"), "code"])
    metals = rows["ca.sor2025-95.metals"]
    order = listed[listed["list_id"].str.startswith("ca.us_surtax_order_2026.")]

    def plain(part: pd.DataFrame, cite: str) -> list[tuple[str, str, str, str]]:
        return [(code, day, "in", cite) for code, day in zip(part["code"], part["from"], strict=True)]

    out = [
        (code, day, "out", "ca-amending-2025-08-29")
        for code, day in zip(metals["code"], metals["until"], strict=True)
        if day == "2025-09-01"
    ]
    steel = metals[~metals["code"].isin(aluminum)]
    titles = canada_titles()
    write_list("can", "us-surtax-2025-1", plain(rows["ca.sor2025-66"], "sor-2025-66"), titles["us-surtax-2025-1"])
    write_list("can", "us-surtax-steel", plain(steel, "sor-2025-95") + out, titles["us-surtax-steel"])
    aluminum_rows = metals[metals["code"].isin(aluminum)]
    write_list("can", "us-surtax-aluminum", plain(aluminum_rows, "sor-2025-95"), titles["us-surtax-aluminum"])
    write_list("can", "us-surtax-other", plain(rows["ca.sor2025-95.other"], "sor-2025-95"), titles["us-surtax-other"])
    vehicles = rows["ca.sor2025-118.vehicles"]
    write_list("can", "us-surtax-vehicles", plain(vehicles, "sor-2025-118"), titles["us-surtax-vehicles"])
    write_list("can", "us-surtax-2026", plain(order, "pc-2026-0785"), titles["us-surtax-2026"])
    second = read_text_csv(source / "data/countermeasures/canada_surtax_lists_2025.csv")
    second = second[second["instrument"].str.startswith("Notice of intent")]
    announced = [(code, "2025-03-25", "in", "ca-notice-second-tranche") for code in second["code"]]
    write_list("can", "us-surtax-second-tranche", announced, titles["us-surtax-second-tranche"])
    write_table("can", "us-surtax-2026", rated(order, "pc-2026-0785"), titles["us-surtax-2026"])
    write_table("can", "us-surtax-metals-2026", rated(recut, "pc-2026-0786"), titles["us-surtax-metals-2026"])


def rated(part: pd.DataFrame, cite: str) -> list[tuple[str, str, float, str]]:
    """Table steps of a list that states its rates in percent."""
    columns = zip(part["code"], part["from"], part["rate_pct"], strict=True)
    return [(code, day, float(rate) / 100, cite) for code, day, rate in columns]


def canada_titles() -> dict[str, dict[str, object]]:
    """What the meta file of each Canadian list says."""
    said = {
        "us-surtax-2025-1": ("Goods of the United States Surtax Order (2025-1), SOR/2025-66", "14 of the 1,270 items are special classification provisions of chapters 98 and 99."),
        "us-surtax-steel": ("Steel goods of the surtax on goods of the United States, SOR/2025-95", "Which items are steel and which aluminum is read from the order of 2026; the five cast-iron items that left on 1 September 2025 are taken as steel."),
        "us-surtax-aluminum": ("Aluminum goods of the surtax on goods of the United States, SOR/2025-95", "29 items, told apart from steel by the order of 2026."),
        "us-surtax-other": ("Other goods of SOR/2025-95: tools, computers, displays, sport and the like", ""),
        "us-surtax-vehicles": ("Motor vehicles of the United States Surtax Order (Motor Vehicles 2025), SOR/2025-118", ""),
        "us-surtax-2026": ("Goods of the United States Surtax Order (2026)", "21 items at 15 %, 172 at 25 %, 142 at 50 %; item 7325.10.00 is taken to be at 50 %, the only place where both counts fit. The items of chapters 98 and 99 are not held."),
        "us-surtax-metals-2026": ("Steel and aluminum rates from 8 September 2026", "Steel: 21 items at 25 %, 244 at 50 %; aluminum: 2 at 25 %, 27 at 50 %."),
        "us-surtax-second-tranche": ("Goods of the notice of intent of 4 March 2025 (125 billion Canadian dollars)", "Never in force. It contains every item of SOR/2025-95."),
    }
    return {name: {"title": title, **CANADA, "notes": note} for name, (title, note) in said.items()}


def china_law(source: Path) -> None:
    """China's lists and tables."""
    lines = china.read_lines(source)
    notes = china.NOTES
    tables = {"section-232-response": china.metals_steps(lines), "section-301-response": china.duties_steps(lines)}
    for name, rows in tables.items():
        meta = {"title": china.TITLES[name], **CHINA, "compiled_from": china.COMPILED_FROM, "notes": notes[name]}
        write_table("chn", name, rows, meta)
        first = {product: (day, cite) for product, day, _, cite in sorted(rows, reverse=True)}
        write_list("chn", name, [(code, day, "in", cite) for code, (day, cite) in first.items()], meta)
    for name, codes in china.lists_2025(lines).items():
        day, cite = china.BEGINS[name]
        meta = {"title": china.TITLES[name], **CHINA, "compiled_from": china.COMPILED_FROM, "notes": notes[name]}
        write_list("chn", name, [(code, day, "in", cite) for code in codes], meta)


def main() -> None:
    """Write everything and print the counts."""
    source = source_folder(__doc__)
    canada(source)
    china_law(source)
    trade.write_all(source)


if __name__ == "__main__":
    main()
