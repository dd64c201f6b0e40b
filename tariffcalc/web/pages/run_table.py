"""Tables of results as a page shows them: cells printed, sorted and filtered by what the address asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tariffcalc.formats.base import is_missing, kinds_of

PAGE_ROWS = 50
UNKNOWN = "not known"

LABELS: Mapping[str, str] = {
    "importer": "Importer",
    "origin": "Origin",
    "sector": "Sector",
    "sector_name": "Name of the sector",
    "product": "Product",
    "period": "Period",
    "segment_from": "From",
    "segment_until": "Until, exclusive",
    "measure": "Measure",
    "authority": "Authority",
    "status": "Status in law",
    "customs_value": "Customs value, US$",
    "duty": "Duty, US$",
    "refund": "Refund, US$",
    "effective_rate": "Duty of value",
    "resolved_share": "Value with a known rate",
    "baseline_duty": "Duty under the baseline, US$",
    "duty_change": "Change of duty, US$",
    "trade_change": "Change of imports, US$",
    "trade_creation": "Trade creation, US$",
    "trade_diversion": "Trade diversion, US$",
    "price_paid_change": "Change of price paid",
    "price_received_change": "Change of price received",
    "preference_margin": "Preference margin",
    "duty_after": "Duty after trade answers, US$",
    "revenue_change": "Change of revenue, US$",
    "buyers_loss": "Loss of buyers, US$",
    "exporters_loss": "Loss of exporters, US$",
    "deadweight_loss": "Deadweight loss, US$",
    "welfare_change": "Change of welfare, US$",
    "country": "Country",
    "real_income_change": "Change of real income",
    "first_order_change": "Of it to first order",
    "terms_of_trade": "Terms of trade",
    "volume_of_trade": "Volume of trade",
    "real_wage_change": "Change of real wages",
    "imports_change": "Change of imports",
    "exports_change": "Change of exports",
    "import_share": "Share of imports",
    "tariff_before": "Tariff before",
    "tariff_after": "Tariff after",
    "category": "Category of consumption",
    "commodity": "Commodity",
    "spending_value": "Spending of 2024, US$",
    "import_value": "Imports of 2024, US$",
    "price_change": "Change of price",
    "direct_change": "Of it at once",
    "input_change": "Of it through inputs",
    "price_change_low": "Low",
    "price_change_high": "High",
    "dollar_markup_change": "Without markup on the duty",
    "import_price_change": "Change of price of imports",
    "home_price_change": "Change of price of what is made at home",
    "cost": "Cost a year, US$",
    "headline": "Headline",
    "central_value": "Central, US$",
    "mean_value": "Mean, US$",
    "median_value": "Median, US$",
    "low_value": "Low, US$",
    "high_value": "High, US$",
    "draws": "Draws",
    "assumption": "Assumption",
    "low_at": "Low with",
    "high_at": "High with",
    "variance_share": "Share of the spread",
}
"""What a column is called, with its unit."""

LONG = frozenset(("sector_name", "measure", "authority", "status", "country", "category", "commodity", "assumption"))
"""Columns of words, which take more than one line where there is little room."""

FINE = frozenset(
    (
        *("real_income_change", "first_order_change", "terms_of_trade", "volume_of_trade", "real_wage_change"),
        *("price_change", "direct_change", "input_change", "price_change_low", "price_change_high"),
        *("dollar_markup_change", "import_price_change", "home_price_change"),
    )
)
"""Shares that may be so small that two decimals of a percent tell nothing of them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it is called, whether it holds numbers, how it is sorted now and what would sort it."""

    name: str
    label: str
    is_number: bool
    sorted: str
    sort: str

    @property
    def is_long(self) -> bool:
        """Whether its cells hold words and not a code."""
        return self.name in LONG


@dataclass(frozen=True, slots=True)
class View:
    """One page of a table. ``problem`` says what of the address could not be used."""

    columns: list[Column]
    rows: list[list[str]]
    found: int
    total: int
    page: int
    pages: int
    words: str
    sort: str
    problem: str = ""


def view_of(frame: pd.DataFrame, asked: Mapping[str, str]) -> View:
    """The page of a table that is asked for.

    ``q``: words that a row must have; ``sort``: a column, ``-`` before it for the largest first; ``page``.
    """
    words, sort = asked.get("q", "").strip(), asked.get("sort", "")
    name, problem = sort.removeprefix("-"), ""
    if sort and name not in frame:
        sort, problem = "", f"There is no column “{name}” to sort by."
    found = filtered(frame, words)
    if sort:
        found = found.sort_values(name, ascending=not sort.startswith("-"), kind="stable", na_position="last")
    pages = max(1, -(-len(found) // PAGE_ROWS))
    given = asked.get("page", "1")
    page = min(max(int(given), 1), pages) if given.isascii() and given.isdigit() and len(given) < 9 else 1
    part = found.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return View(_columns(frame, sort), cells(part), len(found), len(frame), page, pages, words, sort, problem)


def filtered(frame: pd.DataFrame, words: str) -> pd.DataFrame:
    """The rows whose texts have every word, in whatever case; the dots of a code do not count."""
    texts = [name for name, kind in kinds_of(frame).items() if kind == "text"]
    if not words or not texts:
        return frame
    joined = frame[texts].fillna("").astype(str).agg(" ".join, axis=1).str.casefold()
    kept = pd.Series(data=True, index=frame.index)
    for word in words.casefold().split():
        plain = word.replace(".", "")
        kept &= joined.str.contains(plain if plain.isdigit() else word, regex=False)
    return frame[kept]


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """Every cell as it is read: money in whole dollars, shares in percent, codes with their dots."""
    printed = [
        [cell_text(str(name), kind, cell) for cell in frame[name].tolist()] for name, kind in kinds_of(frame).items()
    ]
    return [list(row) for row in zip(*printed, strict=True)]


def cell_text(name: str, kind: str, cell: Any) -> str:
    """One cell."""
    if is_missing(cell):
        return UNKNOWN if kind != "text" else ""
    if name == "product":
        return dotted(str(cell))
    if kind == "money":
        return _signed(f"{cell:,.0f}")
    if kind == "rate":
        return _signed(f"{cell:.{4 if name in FINE else 2}%}")
    if kind == "number":
        return _signed(f"{cell:,}")
    return str(cell)


def _signed(text: str) -> str:
    """A number with the sign for less than nothing, which nothing itself does not have."""
    return text.replace("-", "\u2212") if text.strip("-0.,%") else text.removeprefix("-")


def dotted(code: str) -> str:
    """A code as the tariff prints it: ``2709.00.20.10``."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:10]) if part)


def crossed(frame: pd.DataFrame, rows: str, columns: str = "period") -> tuple[list[str], list[list[str]]]:
    """Duty by two columns as a table of millions of dollars: its heads, and a row a category, the largest first."""
    wide = frame.pivot_table(index=rows, columns=columns, values="duty", aggfunc="sum", observed=True)
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    lines = [
        [str(name), *("" if is_missing(cell) else f"{cell / 1e6:,.1f}".replace("-", "\u2212") for cell in row)]
        for name, row in zip(wide.index, wide.to_numpy().tolist(), strict=True)
    ]
    return [str(name) for name in wide.columns], lines


def _columns(frame: pd.DataFrame, sort: str) -> list[Column]:
    found = []
    for name, kind in kinds_of(frame).items():
        down = kind != "text"
        now = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        following = {"ascending": f"-{name}", "descending": name}.get(now, f"-{name}" if down else name)
        found.append(Column(name, LABELS.get(name, name.replace("_", " ")), down, now, following))
    return found
