"""The headline of a run: numbers, each with what it is and what to know beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tariffcalc.formats.charts.model_words import HEADLINES
from tariffcalc.result import Result
from tariffcalc.sources.countries import country_names
from tariffcalc.web.pages.findings import money, percent
from tariffcalc.web.pages.model_findings import BAND, changed, fine, headlines, imports_change
from tariffcalc.web.pages.run_words import window_text


@dataclass(frozen=True, slots=True)
class Tile:
    """A number of the headline, and what it is."""

    name: str
    number: str
    beside: str


def tiles(result: Result, own: pd.DataFrame | None = None) -> list[Tile]:
    """The numbers of the headline; ``own`` is the table of the model's first picture, where it is at hand."""
    told = result.provenance
    if not told["totals"]["customs_value"]:
        return _duty(told)  # without trade no model has anything to say
    if "ranges" in told:
        return [*_bands(told), *_duty(told)[1:]]
    shown = _duty(told)
    if "economy" in told:
        return [*_economy(result, own), *shown]
    return [*_prices(told, own), *shown] if "prices" in told else [*shown, *_answer(result)]


def _duty(told: Mapping[str, Any]) -> list[Tile]:
    """What is charged on the trade as it is; the duty comes first."""
    totals, window = told["totals"], window_text(told["window"])
    duty, known, value = totals["duty"], totals["resolved_value"], totals["customs_value"]
    shown = [Tile("Duty", money(duty), window)]
    if "baseline" in told:
        before = told["baseline"]["totals"]["duty"]
        shown.append(Tile("Change against the baseline", _signed(duty - before), f"baseline: {money(before)}"))
    rate = percent(duty / known) if known else "not known"
    shown.append(Tile("Duty as a share of value", rate, f"of {money(known)} with a known rate"))
    share = percent(known / value) if value else "not known"
    shown.append(Tile("Value with a known rate", share, f"of {money(value)} of imports"))
    return shown


def _answer(result: Result) -> list[Tile]:
    """What a model of one market says, if there is one."""
    response = result.provenance.get("response")
    if response is None or response["model"] == "static":
        return []
    totals, value = response["totals"], response["modelled_value"]
    model = f"model {response['model']}"
    change = totals["trade_change"]
    share = f"{'+' if change > 0 else ''}{percent(change / value)} of {money(value)}; {model}" if value else model
    shown = [Tile("Change of imports", _signed(change), share)]
    frame = result.frame
    if "price_paid_change" in frame:
        own = frame[frame["importer"] == result.provenance["importer"]] if "importer" in frame else frame
        priced = own.dropna(subset=["price_paid_change"])
        weight = float(priced["customs_value"].sum())
        if weight > 0:
            mean = float((priced["price_paid_change"] * priced["customs_value"]).sum()) / weight
            shown.append(
                Tile("Price that buyers pay", f"{'+' if mean > 0 else ''}{percent(mean)}", "mean by customs value")
            )
    for name, label, beside in (
        ("deadweight_loss", "Deadweight loss", "value that is lost to everybody"),
        ("welfare_change", "Change of welfare", "revenue less what buyers and exporters lose"),
    ):
        if name in totals:
            shown.append(Tile(label, money(totals[name]), beside))
    return shown


def _economy(result: Result, own: pd.DataFrame | None) -> list[Tile]:
    """What the whole economy says of the importer."""
    told = result.provenance
    of = f"{country_names().get(told['importer'], told['importer'])}, an economy of {told['economy']['year']}"
    if own is not None:
        row = own.set_index("country").loc[told["importer"]]
        named = (
            ("real_income_change", "Real income"),
            ("terms_of_trade", "Terms of trade"),
            ("imports_change", "Change of imports"),
        )
        return [Tile(label, changed(row[name]), of) for name, label in named]
    change = imports_change(result.frame)
    return [] if change is None else [Tile("Change of imports of goods", changed(change), of)]


def _prices(told: Mapping[str, Any], own: pd.DataFrame | None) -> list[Tile]:
    """What households come to pay."""
    totals = told["prices"]["totals"]
    band = f"low to high: {fine(totals['price_change_low'])} to {fine(totals['price_change_high'])}"
    shown = [Tile("Consumer prices", changed(totals["price_change"]), band)]
    if own is not None:
        spent = float(own["spending_value"].sum())
        beside = f"at the {money(spent)} that households spent in 2024, as if it held all year"
        shown.append(Tile("Cost to households a year", money(float(own["cost"].sum())), beside))
    shown.append(Tile("At once", changed(totals["direct_change"]), "imported goods themselves"))
    shown.append(Tile("Through inputs", changed(totals["input_change"]), "what home producers pay and hand on"))
    return shown


def _bands(told: Mapping[str, Any]) -> list[Tile]:
    """Every headline at the central assumptions, and where the draws lie."""
    return [
        Tile(HEADLINES[one["headline"]], money(one["central"]), f"{money(one['low'])} to {money(one['high'])} ({BAND})")
        for one in headlines(told)
    ]


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount)}"
