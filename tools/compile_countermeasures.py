"""Compile the lists, the rate tables and the flow tables of Canada's and China's countermeasures.

What is read and how it is put together is said in ``countermeasures_canada.py`` and
``countermeasures_china.py`` (rates/can and rates/chn, lists and tables) and in
``countermeasures_trade.py`` (trade_data/flows).

    python tools/compile_countermeasures.py SOURCE_FOLDER
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

import countermeasures_canada as canada
import countermeasures_china as china
import countermeasures_trade as trade
from _common import TRADE_DATA, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_countermeasures.py"
RATES = TRADE_DATA.parent / "rates"
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
TABLE_COLUMNS = ["product", "from", "form", "ad_valorem", "specific", "unit", "specific2", "unit2", "text", "cite"]
CANADA = {
    "source": "Schedules of the orders under section 53 of the Customs Tariff; Department of Finance Canada",
    "url": "https://gazette.gc.ca/rp-pr/p2/2025/index-eng.html",
    "compiled_from": "kushankb/canada-us-tariff-checker; trade war lists of M. Waugh (tradewartracker)",
    "vintage": "law known to 2026-10-10",
    "licence": "Open Government Licence - Canada; compiled lists: MIT",
}
CHINA = {
    "source": "Announcements of the Customs Tariff Commission of the State Council of China",
    "url": "https://gss.mof.gov.cn",
    "compiled_from": china.COMPILED_FROM,
    "vintage": "law known to 2026-10-10",
    "licence": "facts of law",
}


def write_list(importer: str, name: str, rows: Iterable[tuple[str, ...]], meta: Mapping[str, object]) -> None:
    """Write one list of steps (code, from, is, cite), sorted; a code twice on one day is refused."""
    frame = pd.DataFrame(sorted(set(rows)), columns=list(LIST_TEXTS))
    if frame.duplicated(["code", "from"]).any() or not frame["code"].str.fullmatch(r"\d{2,10}").all():
        message = f"{name}: a code twice on one day, or no code"
        raise SystemExit(message)
    path = RATES / importer / "lists" / f"{name}.csv"
    write_csv(frame, path)
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": LIST_TEXTS})
    print(importer, "list", name, frame["code"].nunique())


def write_table(
    importer: str, name: str, rows: Iterable[tuple[str, str, float, str]], meta: Mapping[str, object]
) -> None:
    """Write one table of steps (item, from, rate, cite), sorted; a rate of 0 is written as suspended."""
    steps = [
        (item, day, "ad_valorem" if rate else "suspended", f"{rate:g}" if rate else "", *[""] * 5, cite)
        for item, day, rate, cite in sorted(rows)
    ]
    frame = pd.DataFrame(steps, columns=TABLE_COLUMNS)
    path = RATES / importer / "tables" / f"{name}.csv"
    write_csv(frame, path)
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": TABLE_TEXTS})
    print(importer, "table", name, frame["product"].nunique(), "lines,", len(frame), "steps")


def write_canada(source: Path) -> None:
    """Canada's lists and tables."""
    meta = {name: {"title": title, **CANADA, "notes": note} for name, (title, note) in canada.SAID.items()}
    for name, members in canada.lists(source).items():
        write_list("can", name, members, meta[name])
    for name, steps in canada.tables(source).items():
        write_table("can", name, steps, meta[name])


def write_china(source: Path) -> None:
    """China's tables, the lists of their lines, and the lists of 2025."""
    lines = china.read_lines(source)
    meta = {name: {"title": title, **CHINA, "notes": note} for name, (title, note) in china.SAID.items()}
    for name, steps in china.tables(lines).items():
        write_table("chn", name, steps, meta[name])
        first = {item: (day, cite) for item, day, _, cite in sorted(steps, reverse=True)}
        write_list("chn", name, [(item, day, "in", cite) for item, (day, cite) in first.items()], meta[name])
    for name, codes in china.lists_2025(lines).items():
        day, cite = china.BEGINS[name]
        write_list("chn", name, [(code, day, "in", cite) for code in codes], meta[name])


def main() -> None:
    """Write everything and print the counts."""
    source = source_folder(__doc__)
    write_canada(source)
    write_china(source)
    trade.write_all(source)


if __name__ == "__main__":
    main()
