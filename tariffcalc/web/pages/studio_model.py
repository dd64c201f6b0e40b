"""How trade answers, as the form of the studio has it: the entries of every model, and which of them count for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tariffcalc import models
from tariffcalc.formats.charts.model_words import OPTIONS
from tariffcalc.impact import BEYOND, MODELS
from tariffcalc.impact.drawing import BORNE
from tariffcalc.models.ranges import PRODUCT
from tariffcalc.sources.economies import economy_names, read_economy
from tariffcalc.sources.elasticities import BUNDLED
from tariffcalc.web.api.bodies import elasticity_rows
from tariffcalc.web.pages.model_facts import MODELS as WORDS

OF_ECONOMY = ("economy", "keep_deficits")
OF_PRICES = ("on",)
OF_DRAWS = ("seed", "tornado", "markets")
BORNE_OPTIONS = "vary_pass_through"
OWN = "own_elasticities"
"""A table of elasticities of one's own, as text."""
FIELDS = (*OF_ECONOMY, *OF_PRICES, *models.BEHAVIOUR, "draws", *OF_DRAWS, BORNE_OPTIONS, OWN)
"""The entries beside the model itself; what is varied has boxes too, by the name ``vary``."""
DEFAULTS: Mapping[str, str] = {"economy": models.ECONOMY, "on": models.ON, "markets": models.MARKETS}
ELASTICITY_TABLES = {
    "": "As usual: by product where estimates are known",
    "broda-weinstein-2006": "By product (Broda & Weinstein 2006)",
    "caliendo-parro-2015": "By 20 sectors (Caliendo & Parro 2015)",
}
CHOSEN: Mapping[str, tuple[str, ...]] = {
    "preference": ("settled", "observed", "2024", "none", "all"),
    "content": ("table", "full"),
    "status": ("assessed", "owed"),
}
VARIED = {"preference": "Preferences such as USMCA", "content": "Share of metal", "status": "Duty held void later"}
"""What is varied by boxes, in words of its own: the scenario's assumptions stand on the same page."""


def choices(sectors: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """The entries of each list of the form by name; ``sectors`` are the lists of sectors with their words."""
    of_one_market = {name: WORDS[name] for name in MODELS}
    return {
        "model": {name: WORDS[name] for name in models.NAMES},
        "economy": {name: f"The world of {read_economy(name).year} ({name})" for name in economy_names()},
        "on": of_one_market,
        "elasticities": {"": ELASTICITY_TABLES[""], **{name: ELASTICITY_TABLES.get(name, name) for name in BUNDLED}},
        "markets": {PRODUCT: "Each product", **sectors},
    }


def boxes() -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be varied by boxes: the assumption, and its options with their words."""
    return [(VARIED[name], [(f"{name}={one}", OPTIONS[one]) for one in options]) for name, options in CHOSEN.items()]


def boxed(given: Iterable[str]) -> tuple[list[str], str]:
    """The boxes that are ticked, ``preference=settled`` each, and the options of pass-through, of what was sent.

    An address may have many options in one, as the API takes them: ``preference=settled,none``.
    """
    ticked, borne = [], ""
    for one in given:
        name, _, options = one.partition("=")
        if name == BORNE:
            borne = options
        else:
            ticked += [f"{name}={option}" for option in options.split(",")]
    return ticked, borne


def varied(given: Mapping[str, str], vary: Iterable[str]) -> dict[str, list[str]]:
    """What is to be varied, each assumption with its options."""
    found: dict[str, list[str]] = {}
    for one in vary:
        name, _, option = one.partition("=")
        found.setdefault(name, []).append(option)
    if given[BORNE_OPTIONS]:
        found[BORNE] = [one.strip() for one in given[BORNE_OPTIONS].split(",")]
    return found


def own_elasticities(given: Mapping[str, str], importer: str) -> dict[str, Any]:
    """The table that was typed, as the API takes it, where it counts. Raises ``FlowTableError`` with every fault."""
    if not given[OWN] or given["model"] in ("static", "exact-hat"):
        return {}
    return {"elasticities": elasticity_rows(given[OWN].encode(), ".csv", importer)}


def is_grouped(given: Mapping[str, str]) -> bool:
    """Whether the answer is by sector, month and the like; a whole economy, prices and draws have rows of their own."""
    return given["model"] not in BEYOND and not given["draws"]


def counted(given: Mapping[str, str], vary: Iterable[str]) -> dict[str, Any]:
    """The entries that count for the model, as the API takes them; those of other models wait in the form."""
    if given["model"] == "exact-hat":
        names: tuple[str, ...] = (*OF_ECONOMY, "draws")
    elif given["model"] == "io-prices":
        names = (*OF_PRICES, *models.BEHAVIOUR, "draws")
    else:
        names = (*models.BEHAVIOUR, "draws", *(OF_DRAWS if given["draws"] else ()))
    found: dict[str, Any] = {name: given[name] for name in names if given[name]}
    if given[OWN]:
        found.pop("elasticities", None)  # the text beats the table that is chosen
    own = varied(given, vary) if given["draws"] and given["model"] not in BEYOND else {}
    return found | ({"vary": own} if own else {})
