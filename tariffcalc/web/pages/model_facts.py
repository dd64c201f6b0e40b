"""What the model of a run rests on, line by line: economy, input-output tables, elasticities, draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tariffcalc.formats.charts.model_words import ASSUMPTIONS, OPTIONS
from tariffcalc.impact.drawing import BORNE, BY_ELASTICITIES
from tariffcalc.models.ranges import ELASTICITIES
from tariffcalc.sources.countries import country_names
from tariffcalc.store import Run
from tariffcalc.web.pages.run_words import Fact, table_title, title_of

MODELS: Mapping[str, str] = {
    "static": "Not at all: duty on the trade as it is",
    "smart": "Market by market (SMART)",
    "armington": "Buyers shift between origins (Armington)",
    "gsim": "World market of each product (GSIM)",
    "exact-hat": "The whole economy: wages, incomes, all sectors (exact hat)",
    "io-prices": "Prices in the shops: costs handed on to households (input-output)",
}
"""What each model is called."""
Told = Mapping[str, Any]


def facts(run: Run, told: Told) -> list[Fact]:
    """The lines of a run's model; nothing where nothing answers."""
    options = run.question["options"]
    first = Fact("How trade answers", MODELS[told["model"]], told["model"])
    if "economy" in told:
        return [first, *_economy(told, options)]
    if "ranges" in told:
        return [first, *_draws(told), *_given(options)]
    if "prices" in told:
        return [first, *_prices(told), *_given(options), *_looked_up(told)]
    others = _other_side(told)
    return [] if told["model"] == "static" and not others else [first, *others, *_given(options), *_looked_up(told)]


def _economy(told: Told, options: Mapping[str, Any]) -> list[Fact]:
    economy = told["economy"]
    kept = "stay as they are" if options["keep_deficits"] else "are closed"
    return [
        Fact("Economy", economy["title"], economy["name"]),
        Fact("Year of the economy", str(economy["year"])),
        Fact("Trade deficits", kept),
    ]


def _prices(told: Told) -> list[Fact]:
    one = told["prices"]
    return [
        Fact("What importers pay", MODELS[one["on"]], one["on"]),
        Fact("Input-output tables", f"{one['source']}; {one['vintage']}"),
        Fact("Imports of goods covered", f"{one['covered_share']:.1%} of those of 2024; prices of the others stay"),
    ]


def _draws(told: Told) -> list[Fact]:
    one = told["ranges"]
    markets = "each product is one" if one["markets"] == "product" else f"each sector of {one['markets']} is one"
    choices = {name: those for name, those in one["assumptions"].items() if isinstance(those, list)}
    if told["model"] == "static" and choices.get(BORNE) == [BY_ELASTICITIES]:
        del choices[BORNE]  # nothing answers, so there is nothing by which it could be decided
    drawn = [ASSUMPTIONS[name].lower() for name, how in one["assumptions"].items() if how == "drawn"]
    found = [
        Fact("Draws", f"{one['draws']:,}"),
        Fact("Seed", str(one["seed"])),
        Fact("Markets", markets),
        *(
            Fact(f"{'Varied' if len(those) > 1 else 'Held'}: {ASSUMPTIONS[name].lower()}", _said(those))
            for name, those in choices.items()
        ),
    ]
    if drawn:
        spread = f"where no error is published, {one['spread_where_none_is_published']} of the log is assumed"
        found.append(Fact("Drawn", f"{', '.join(drawn)}; {spread}"))
    if one["tornado"]:
        found.append(Fact("Shares of the spread", f"from {one['tornado_draws']:,} draws"))
    return found


def _said(options: list[str]) -> str:
    return ", ".join(OPTIONS.get(one, one) for one in options)


def _other_side(told: Told) -> list[Fact]:
    """Whose retaliation answers too, by which law and on which trade."""
    other = told.get("retaliation")
    if other is None:
        return []
    whose = country_names().get(other["importer"], other["importer"])
    law = title_of(other["scenario"], other["importer"])
    return [Fact("The other side", f"{whose}: {law}, on “{table_title(other['flows'])}”, in rows of its own")]


def _given(options: Mapping[str, Any]) -> list[Fact]:
    """What was asked of elasticities and pass-through; nothing is told of what was left as usual."""
    table, share = options["elasticities"], options["pass_through"]
    found = []
    if table is not None:
        found.append(Fact("Elasticities", table if isinstance(table, str) else f"{len(table):,} rows of one's own"))
    found += [
        Fact(f"{ASSUMPTIONS[name]}, given", f"{options[name]:g}") for name in ELASTICITIES if options[name] is not None
    ]
    return found if share is None else [*found, Fact("Borne by buyers", f"{share:.0%} of a change of duty")]


def _looked_up(told: Told) -> list[Fact]:
    """Where the elasticities are from, by the share of value."""
    found = []
    for name, sources in told["response"]["elasticities"].items():
        parts = [f"{one['level']} {one['value_share']:.0%}" for one in sources]
        found.append(Fact(ASSUMPTIONS[name], f"{', '.join(parts)} of value"))
    return found
