"""Findings in words, made from the numbers of a run: what a careful reader of its tables would say first.

Every function takes small tables and gives one or two sentences, or nothing where there is nothing to say. Amounts are
told with three figures and shares in whole percent: no more is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

SIZES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))
LITTLE = 0.0005
"""A share that is called less than a tenth of a percent."""
WHOLE = 10
"""Percent from which on no decimals are told."""
MINUS, NO_BREAK = "\u2212", "\u00a0"
FEW = 3
"""Months from which on their course is told."""
TIMES = 1.95
"""A ratio from which on it is told as so many times."""


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called: countries and measures by code, and the baseline."""

    origins: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    baseline: str = "the baseline"


def findings(
    told: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], names: Names, of_model: Sequence[str] = ()
) -> list[str]:
    """All findings, a paragraph each: the whole and its course; who bears it and why; what trade does; how sure it is.

    ``told`` is the provenance of the result; ``tables`` are those of the page by name; ``of_model`` is what the model
    of a whole economy, of prices or of draws says, and comes after the whole.
    """
    said = (
        [*whole(told, names), *course(tables["month"])],
        list(of_model),
        [*sectors(tables["sectors"]), *measures(tables["measures"], names), *origins(tables["origins"], names)],
        answered(told),
        [*unlawful(told), *sureness(told)],
    )
    return [" ".join(one) for one in said if one]


def whole(told: Mapping[str, Any], names: Names) -> list[str]:
    """The duty, what it is of, and how it differs from the baseline's."""
    totals = told["totals"]
    duty, value, known = totals["duty"], totals["customs_value"], totals["resolved_value"]
    if not value:
        return ["The table has no trade in the window, so there is no duty."]
    rate = f", {percent(duty / known)} of their value" if known else ""
    said = [f"The duty comes to {money(duty)} on imports of {money(value)}{rate}."]
    if "baseline" in told:
        said.append(difference(duty, told["baseline"]["totals"]["duty"], names.baseline))
    return said


def difference(duty: float, before: float, baseline: str) -> str:
    """The duty beside that of the baseline."""
    change = duty - before
    if abs(change) < max(abs(duty), abs(before), 1.0) * LITTLE:
        return f"That is practically the same as under {baseline} ({money(before)})."
    word = "more" if change > 0 else "less"
    text = f"That is {money(abs(change))} {word} than under {baseline} ({money(before)})"
    if before > 0 and duty / before >= TIMES:
        return f"{text}: {times(duty / before)} as much."
    if before > 0:
        return f"{text}: {'a rise' if change > 0 else 'a fall'} of {percent(abs(change) / before)}."
    return f"{text}."


def course(frame: pd.DataFrame) -> list[str]:
    """How duty went over the months; nothing where there are only one or two."""
    if len(frame) < FEW or not frame["duty"].gt(0).any():
        return []
    top = frame.iloc[int(frame["duty"].argmax())]
    said = [f"The month with the most duty is {month(top['period'])}, with {money(top['duty'])}."]
    rates = frame.dropna(subset=["effective_rate"])
    if len(rates) >= FEW:
        first, last = rates.iloc[0], rates.iloc[-1]
        before, after = percent(first["effective_rate"]), percent(last["effective_rate"])
        start, end = month(first["period"]), month(last["period"])
        if before == after:
            said.append(f"Duty as a share of value was {before} in {start}, and {after} again in {end}.")
        else:
            way = "rose" if last["effective_rate"] > first["effective_rate"] else "fell"
            said.append(f"Duty as a share of value {way} from {before} in {start} to {after} in {end}.")
    return said


def sectors(frame: pd.DataFrame) -> list[str]:
    """The sectors that bear most."""
    rows, total = _largest(frame)
    if total <= 0 or len(rows) < 2:
        return []
    top = rows.iloc[0]
    name = str(top.get("sector_name") or top["sector"]).split(";")[0].rstrip(".")
    said = (
        f"“{name}” is the sector that bears the most: {money(top['duty'])}, {percent(top['duty'] / total)} of all duty."
    )
    if len(rows) > FEW:
        three = float(rows["duty"].head(FEW).sum()) / total
        said += f" The three largest of {len(rows)} sectors bear {percent(three)} together."
    return [said]


def measures(frame: pd.DataFrame, names: Names) -> list[str]:
    """The measures that bring most."""
    sums = frame.groupby("measure", observed=True)["duty"].sum().reset_index()
    rows, total = _largest(sums)
    if total <= 0:
        return []
    top = rows.iloc[0]
    name = names.measures.get(top["measure"], top["measure"])
    if len(rows) == 1:
        return [f"All of it comes from one measure: {name}."]
    share = percent(top["duty"] / total)
    return [f"{len(rows)} measures bring duty; the most comes from “{name}”: {money(top['duty'])}, {share} of it."]


def origins(frame: pd.DataFrame, names: Names) -> list[str]:
    """The countries whose goods bear most, and how heavily."""
    rows, total = _largest(frame)
    if total <= 0 or len(rows) < 2:
        return []
    told = []
    for row in rows.head(FEW).to_dict("records"):
        name = names.origins.get(row["origin"], row["origin"])
        rate = row.get("effective_rate")
        heavy = "" if rate is None or math.isnan(rate) else f", {percent(rate)} of their value"
        told.append(f"{name} {money(row['duty'])} ({percent(row['duty'] / total)} of all duty{heavy})")
    return [f"The countries whose goods pay the most duty: {listed(told)}."]


def answered(told: Mapping[str, Any]) -> list[str]:
    """What the model says of how trade answers."""
    response = told.get("response")
    if response is None or response["model"] == "static":
        return []
    totals, value = response["totals"], response["modelled_value"]
    change = totals["trade_change"]
    share = f" ({percent(abs(change) / value)})" if value else ""
    word = "fall" if change < 0 else "rise"
    said = (
        f"If trade answers as the model {response['model']} has it, imports {word} by {money(abs(change))}{share} "
        f"and the duty that is left is {money(totals['duty_after'])}."
    )
    lost = totals.get("deadweight_loss", 0.0)
    return [said, f"{money(lost)} of value is lost to everybody, the deadweight loss."] if lost > 0 else [said]


def unlawful(told: Mapping[str, Any]) -> list[str]:
    """The duty whose measures were held void or are contested."""
    by = told.get("duty_by_status", {})
    words = {"void": "were later held unlawful", "contested": "are contested in court"}
    verb = "more was charged at entry" if told.get("status") == "owed" else "was charged"
    return [
        f"{money(by[name])} {verb} under measures that {said}." for name, said in words.items() if by.get(name, 0.0) > 0
    ]


def sureness(told: Mapping[str, Any]) -> list[str]:
    """How much of the value has a rate, and what the days of entry within a month may change."""
    said, share = [], told.get("resolved_share")
    if share is not None and share < 1 - LITTLE / 50:
        said.append(f"For {percent(1 - share)} of the value the rate is not known; its duty is not in the figures.")
    low, high = told.get("duty_bounds", (0.0, 0.0))
    duty = told["totals"]["duty"]
    observed = told.get("basis", "observed") == "observed"  # of a row of a whole year the days say nothing
    if observed and told.get("status") != "owed" and duty > 0 and high - low > duty * 0.01:
        said.append(
            f"Rates changed within periods: depending on the days on which goods came in, the duty lies between "
            f"{money(low)} and {money(high)}."
        )
    return said


def money(amount: float) -> str:
    """Dollars with three figures: ``$60.5 bn``, ``$840 m``, ``$12,300``, ``−$4``."""
    if not math.isfinite(amount):
        return "an unknown amount"
    sign = MINUS if round(amount) < 0 else ""
    size = rounded(abs(amount))
    for unit, name in SIZES:
        if size >= unit:
            return f"{sign}${figures(size / unit)}{NO_BREAK}{name}"
    return f"{sign}${size:,.0f}"


def rounded(amount: float) -> float:
    """A number with three figures."""
    return 0.0 if not amount else float(f"{amount:.3g}")


def figures(amount: float) -> str:
    """A number from 1 to 999 with three figures, or more before the point."""
    return f"{amount:,.{max(0, 2 - int(math.log10(amount)))}f}"


def percent(share: float) -> str:
    """A share in words that claim no more than they know: ``34%``, ``5.8%``, ``0.2%``, ``less than 0.1%``."""
    size = abs(share) * 100
    if size == 0:
        return "0%"
    if size < LITTLE * 100:
        return "less than 0.1%"
    if 100 - 0.1 < size < 100:
        return "over 99.9%"
    places = 1 if size < WHOLE or 100 - 1 < size < 100 else 0
    return f"{MINUS if share < 0 else ''}{size:,.{places}f}%"


def times(ratio: float) -> str:
    """``twice``, ``3.5 times``, ``35 times``."""
    text = f"{ratio:.1f}".removesuffix(".0") if ratio < 10 else f"{ratio:,.0f}"
    return "twice" if text == "2" else f"{text} times"


def month(period: str) -> str:
    """``2025-03`` -> ``March 2025``; other periods stay as they are."""
    parts = str(period).split("-")
    return f"{date(int(parts[0]), int(parts[1]), 1):%B %Y}" if len(parts) == 2 and parts[1].isdigit() else str(period)


def long_day(day: date) -> str:
    """``5 March 2025``."""
    return f"{day.day} {day:%B %Y}"


def listed(told: list[str]) -> str:
    """Several things as a list in a sentence."""
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _largest(frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """The rows with duty, the largest first, and what all of it is."""
    rows = frame[frame["duty"] > 0].sort_values("duty", ascending=False, kind="stable")
    return rows, float(frame["duty"].sum())
