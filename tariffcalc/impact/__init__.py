"""How trade answers: one file a model, one protocol. Pure functions on arrays."""

from collections.abc import Mapping

from tariffcalc.impact import armington, gsim, smart, static
from tariffcalc.impact.market import Model

__all__ = ["MODELS", "armington", "gsim", "smart", "static"]

MODELS: Mapping[str, Model] = {
    "static": static.MODEL,
    "smart": smart.MODEL,
    "armington": armington.MODEL,
    "gsim": gsim.MODEL,
}
"""The models of one market, from the simplest."""
