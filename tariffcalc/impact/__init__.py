"""How trade answers: one file a model, one protocol. Pure functions on arrays."""

from collections.abc import Mapping

from tariffcalc.impact import armington, gsim, smart, static
from tariffcalc.impact.market import Model

__all__ = ["BEYOND", "MODELS", "armington", "gsim", "smart", "static"]

MODELS: Mapping[str, Model] = {
    "static": static.MODEL,
    "smart": smart.MODEL,
    "armington": armington.MODEL,
    "gsim": gsim.MODEL,
}
"""The models of one market, from the simplest."""

BEYOND = ("exact-hat", "io-prices")
"""What has more than one market: a whole economy, and prices in the shops. They answer with rows of their own."""
