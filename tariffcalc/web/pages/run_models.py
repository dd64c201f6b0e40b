"""What the model of a run adds to its page: which pictures, their tables, and its codes in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tariffcalc.formats.charts.model_words import ASSUMPTIONS, HEADLINES, OPTIONS
from tariffcalc.result import Result
from tariffcalc.sources.countries import country_names
from tariffcalc.sources.input_output import SECTORS
from tariffcalc.sources.trade_facts import read_sectors
from tariffcalc.store import Run
from tariffcalc.web.pages import run_parts

NAMES = ("incomes", "imports", "prices", "commodities", "ranges", "drivers")
"""The pictures of models."""
REST = {"ROW": "Rest of the world"}
"""What the bundled economies call the countries that they do not name."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "headline": HEADLINES,
    "assumption": ASSUMPTIONS,
    "low_at": OPTIONS,
    "high_at": OPTIONS,
}


def names_of(result: Result) -> list[str]:
    """The pictures that a model's result has beside those of the duty; none where there is no trade to answer."""
    told, frame = result.provenance, result.frame
    if not told["totals"]["customs_value"]:
        return []
    if "economy" in told:
        return ["incomes", *(["imports"] if "import_share" in frame else [])]
    if "prices" in told:
        return ["prices", *(["commodities"] if "commodity" in frame else [])]
    if "ranges" in told:
        return ["ranges", *(["drivers"] if "variance_share" in frame else [])]
    return []


def at_hand(run: Run, result: Result, name: str) -> run_parts.Table | None:
    """The table of a picture where it is the result itself, or a part that is kept."""
    if name == "ranges":
        return run_parts.Table(bands_of(result.provenance), result)
    if name not in run_parts.parts_of(run.question):
        return run_parts.Table(result.frame, result)
    found = run_parts.kept_part(run, name)
    return None if found is None else run_parts.Table(found.frame, found)


def first(run: Run, result: Result) -> pd.DataFrame | None:
    """The table that the headline of a model is told from, where it is at hand."""
    names = names_of(result)
    found = at_hand(run, result, names[0]) if names else None
    if found is None:
        return result.frame if "cost" in result.frame else None
    return found.frame


def table(run: Run, result: Result, name: str) -> run_parts.Table:
    """The table of a picture. Raises ``RunNotDoneError`` while it is under way."""
    found = at_hand(run, result, name)
    if found is None:
        part = run_parts.part(run, name)
        found = run_parts.Table(part.frame, part)
    return found


def bands_of(told: Mapping[str, Any]) -> pd.DataFrame:
    """The bands of every headline, as the result of draws has them."""
    rows = pd.DataFrame(told["ranges"]["bands"])
    money = {name: f"{name}_value" for name in ("central", "mean", "median", "low", "high")}
    return rows.rename(columns=money).astype(dict.fromkeys(money.values(), float))


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """A result's table with its countries, commodities, headlines and assumptions in words."""
    found = {
        name: [words.get(str(one), str(one)) for one in frame[name]] for name, words in WORDS.items() if name in frame
    }
    if "country" in frame:
        names = {**country_names(), **REST}
        found["country"] = [f"{names[code]} ({code})" if code in names else str(code) for code in frame["country"]]
    if "commodity" in frame:
        found["commodity"] = commodities(frame)
    return frame.assign(**found)


def commodities(frame: pd.DataFrame) -> list[str]:
    """The commodities of a table by code and name."""
    names = read_sectors(SECTORS).names
    return [f"{code} {names.get(code, '')}".strip() for code in frame["commodity"]]
