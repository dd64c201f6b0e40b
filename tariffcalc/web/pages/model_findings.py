"""Findings in words, made from what a model says of a whole economy, of prices, or of how sure it all is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from tariffcalc.formats.charts.model_words import ASSUMPTIONS, HEADLINES
from tariffcalc.web.pages.findings import FEW, MINUS, Names, listed, money, percent

BAND = "5% to 95%"
"""The part of the draws that a band holds."""
LEAST = 1e-4
"""A change that is told as less than this."""
FIRST = ("duty", "trade_change", "buyers_loss", "welfare_change")
"""The headlines whose bands are told in words."""
SMALL = 0.05
"""A share of a spread from which on an assumption is named."""
Told = Mapping[str, Any]


def told_by_model(told: Told, tables: Mapping[str, pd.DataFrame], names: Names) -> list[str]:
    """The sentences of the run's own model; ``tables`` are those of the page by name, with those of its pictures."""
    if "incomes" in tables:
        return economy(told, tables["incomes"], names)
    if "prices" in tables:
        return prices(told, tables["prices"])
    return [*sure(told), *driven(tables.get("drivers"))] if "ranges" in tables else []


def economy(told: Told, frame: pd.DataFrame, names: Names) -> list[str]:
    """Real income of the importer and of those who lose and gain most; how old the economy is."""
    importer, year = told["importer"], told["economy"]["year"]
    name, row = names.origins.get(importer, importer), frame[frame["country"] == importer].iloc[0]
    others = frame[frame["country"] != importer]
    largest = others["real_income_change"].abs().sort_values(ascending=False, kind="stable").index[:FEW]
    each = [
        f"{names.origins.get(one['country'], one['country'])} {changed(one['real_income_change'])}"
        for one in [row.to_dict(), *others.loc[largest].to_dict("records")]
    ]
    imports, terms = changed(row["imports_change"]), changed(row["terms_of_trade"])
    return [
        f"In an economy of {year}, real income changes so: {listed(each)}.",
        f"{name}: imports {imports}, terms of trade {terms}.",
        f"That is the economy of {year}, not of today: it tells directions and rough sizes.",
    ]


def prices(told: Told, frame: pd.DataFrame) -> list[str]:
    """How much dearer consumption becomes, which way and what it costs; what becomes dearest."""
    totals = told["prices"]["totals"]
    change, cost = totals["price_change"], float(frame["cost"].sum())
    low, high, direct, inputs = (
        fine(totals[name]) for name in ("price_change_low", "price_change_high", "direct_change", "input_change")
    )
    rise = f"Consumer prices {'rise' if change >= 0 else 'fall'} by {fine(abs(change))}"
    said = [
        f"{rise} ({low} to {high}, by how much of what is bought is taken to be imported).",
        f"Of that {direct} comes with imported goods themselves, and {inputs} through the inputs of home producers.",
        f"At what households spent in 2024, and if it held all year, that is {money(cost)} a year.",
    ]
    top = frame[frame["price_change"] > 0].nlargest(FEW, "price_change")
    if len(top) > 1:
        each = [f"“{row['category']}” {fine(row['price_change'])}" for row in top.to_dict("records")]
        said.append(f"The largest rises: {listed(each)}.")
    return said


def sure(told: Told) -> list[str]:
    """Where nine tenths of the draws lie."""
    ranges = told["ranges"]
    each = [
        f"{HEADLINES[one['headline']].lower()} from {money(one['low'])} to {money(one['high'])}"
        for one in headlines(told)
        if one["headline"] in FIRST
    ]
    if not each:
        return []
    return [f"In nine tenths of {ranges['draws']:,} draws of what is assumed, these lie between: {'; '.join(each)}."]


def driven(frame: pd.DataFrame | None) -> list[str]:
    """What drives the spread of the first headline that has one."""
    shares = None if frame is None else frame[frame["variance_share"].notna()]
    if shares is None or shares.empty:
        return []
    headline = shares["headline"].iloc[0]
    rows = shares[(shares["headline"] == headline) & (shares["variance_share"] >= SMALL)]
    rows = rows.sort_values("variance_share", ascending=False, kind="stable").head(FEW)
    each = [
        f"{ASSUMPTIONS[row['assumption']].lower()} ({percent(row['variance_share'])})"
        for row in rows.to_dict("records")
    ]
    return [f"The spread of “{HEADLINES[headline].lower()}” comes from {listed(each)}."] if each else []


def headlines(told: Told) -> list[dict[str, Any]]:
    """The bands of the headlines that are not nothing, such as the change of imports where nothing answers."""
    bands = [{**one, **{name: _number(one[name]) for name in _ENDS}} for one in told["ranges"]["bands"]]
    return [one for one in bands if any(math.isfinite(one[name]) and abs(one[name]) >= 1 for name in _ENDS)]


_ENDS = ("central", "low", "high")


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def imports_change(frame: pd.DataFrame) -> float | None:
    """The change of all imports of a result that is by sector or origin."""
    if "import_share" not in frame:
        return None
    return float((frame["import_share"] * frame["imports_change"]).sum() / frame["import_share"].sum())


def changed(share: float) -> str:
    """A change with its sign: ``+0.026%``, ``−8.7%``."""
    sign = "+" if share > LEAST else MINUS if share < -LEAST else ""
    return f"{sign}{fine(abs(share))}"


def fine(share: float) -> str:
    """A share with two figures, however small: ``0.43%``, ``0.026%``, ``12%``."""
    size = abs(share) * 100
    if not math.isfinite(size):
        return "not known"
    if size < LEAST * 100:
        return "0%" if size == 0 else f"less than {LEAST * 100:.2f}%"
    return f"{MINUS if share < 0 else ''}{size:,.{max(0, 1 - math.floor(math.log10(size)))}f}%"
