"""Canada's surtax orders of 2025 and 2026: which tariff items each names, by date, and at what rate."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from _common import read_text_csv

Members = list[tuple[str, str, str, str]]
Steps = list[tuple[str, str, float, str]]
ORDER_2026 = "ca.us_surtax_order_2026."
RECUT = "ca.steel_alu_recut.2026"
METALS = "ca.sor2025-95.metals"
LEFT = "2025-09-01"
SAID: dict[str, tuple[str, str]] = {
    "us-surtax-2025-1": (
        "Goods of the United States Surtax Order (2025-1), SOR/2025-66",
        "14 of the 1,270 items are special classification provisions of chapters 98 and 99.",
    ),
    "us-surtax-steel": (
        "Steel goods of the surtax on goods of the United States, SOR/2025-95",
        (
            "Which items are steel and which aluminum is read from the order of 2026; the five cast-iron items that "
            "left on 1 September 2025 are taken as steel."
        ),
    ),
    "us-surtax-aluminum": (
        "Aluminum goods of the surtax on goods of the United States, SOR/2025-95",
        "29 items, told apart from steel by the order of 2026.",
    ),
    "us-surtax-other": ("Other goods of SOR/2025-95: tools, computers, displays, sport and the like", ""),
    "us-surtax-vehicles": ("Vehicles of the United States Surtax Order (Motor Vehicles 2025), SOR/2025-118", ""),
    "us-surtax-2026": (
        "Goods of the United States Surtax Order (2026)",
        (
            "21 items at 15 %, 172 at 25 %, 142 at 50 %; item 7325.10.00 is taken to be at 50 %, the only place where "
            "both counts fit. The items of chapters 98 and 99 are not held."
        ),
    ),
    "us-surtax-metals-2026": (
        "Steel and aluminum rates from 8 September 2026",
        "Steel: 21 items at 25 %, 244 at 50 %; aluminum: 2 at 25 %, 27 at 50 %.",
    ),
    "us-surtax-second-tranche": (
        "Goods of the notice of intent of 4 March 2025 (125 billion Canadian dollars)",
        "Never in force. It contains every item of SOR/2025-95.",
    ),
}


def read_orders(source: Path) -> pd.DataFrame:
    """Every item of every order: list_id, code, rate_pct, from, until, note."""
    return read_text_csv(source / "law/lists/canada_measures.csv")


def lists(source: Path) -> dict[str, Members]:
    """The steps (code, from, is, cite) of every list by its name."""
    orders = read_orders(source)
    metals = orders[orders["list_id"] == METALS]
    recut = orders[orders["list_id"] == RECUT]
    aluminum = metals["code"].isin(recut.loc[recut["note"].str.startswith("aluminum"), "code"])
    left = [(code, LEFT, "out", "ca-amending-2025-08-29") for code in metals.loc[metals["until"] == LEFT, "code"]]
    second = read_text_csv(source / "data/countermeasures/canada_surtax_lists_2025.csv")
    second = second[second["instrument"].str.startswith("Notice of intent")].assign(**{"from": "2025-03-25"})
    return {
        "us-surtax-2025-1": members(orders[orders["list_id"] == "ca.sor2025-66"], "sor-2025-66"),
        "us-surtax-steel": members(metals[~aluminum], "sor-2025-95") + left,
        "us-surtax-aluminum": members(metals[aluminum], "sor-2025-95"),
        "us-surtax-other": members(orders[orders["list_id"] == "ca.sor2025-95.other"], "sor-2025-95"),
        "us-surtax-vehicles": members(orders[orders["list_id"] == "ca.sor2025-118.vehicles"], "sor-2025-118"),
        "us-surtax-2026": members(orders[orders["list_id"].str.startswith(ORDER_2026)], "pc-2026-0785"),
        "us-surtax-second-tranche": members(second, "ca-notice-second-tranche"),
    }


def tables(source: Path) -> dict[str, Steps]:
    """The steps (item, from, rate, cite) of the two orders that state a rate for each item."""
    orders = read_orders(source)
    return {
        "us-surtax-2026": steps(orders[orders["list_id"].str.startswith(ORDER_2026)], "pc-2026-0785"),
        "us-surtax-metals-2026": steps(orders[orders["list_id"] == RECUT], "pc-2026-0786"),
    }


def members(part: pd.DataFrame, cite: str) -> Members:
    """The items of a list from their first day; where a whole list ends it is the measure that ends."""
    return [(code, day, "in", cite) for code, day in zip(part["code"], part["from"], strict=True)]


def steps(part: pd.DataFrame, cite: str) -> Steps:
    """The rates of a list that states them in percent."""
    columns = zip(part["code"], part["from"], part["rate_pct"], strict=True)
    return [(code, day, float(rate) / 100, cite) for code, day, rate in columns]
