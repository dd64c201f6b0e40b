"""What is bundled: flow tables and scenarios, with what one needs to choose."""

from __future__ import annotations

from functools import cache
from typing import Any

from tariffcalc.estimate import read_scenario, scenario_names
from tariffcalc.sources.bundled import bundled_names, read_bundled, read_bundled_meta


def flow_tables() -> list[dict[str, Any]]:
    """The bundled tables: name, rows, window, customs value, vintage, source."""
    return [flow_table(name) for name in bundled_names()]


def flow_table(name: str) -> dict[str, Any]:
    """One bundled table."""
    meta = read_bundled_meta(name)
    flows = meta["flows"]
    return {
        "name": name,
        "title": meta["title"],
        "rows": meta["rows"],
        "from": str(flows["window_from"]),
        "until": str(flows["window_until"]),
        "customs_value": table_value(name),
        "currency": flows["currency"],
        "vintage": str(meta["vintage"]),
        "source": meta["source"],
    }


@cache
def table_value(name: str) -> float:
    """The customs value of a bundled table in all, in its currency."""
    return float(read_bundled(name).frame["customs_value"].sum())


def scenario_list() -> list[dict[str, Any]]:
    """The ready-made scenarios: name, title, importers."""
    found = [read_scenario(name) for name in scenario_names()]
    return [{"name": one.name, "title": one.title, "importers": ", ".join(one.importers)} for one in found]
