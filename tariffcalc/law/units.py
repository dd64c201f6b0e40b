"""Units of quantity as the tariff prints them, and the conversions between them that are exact."""

from __future__ import annotations

_ALIASES = {
    "kgs": "kg",
    "kilogram": "kg",
    "kilograms": "kg",
    "g": "g",
    "gram": "g",
    "grams": "g",
    "tonne": "t",
    "tonnes": "t",
    "metric ton": "t",
    "barrel": "bbl",
    "barrels": "bbl",
    "l": "liter",
    "liters": "liter",
    "litre": "liter",
    "litres": "liter",
    "pf. liters": "pf. liter",
    "pf.liter": "pf. liter",
    "pf.liters": "pf. liter",
    "proof liter": "pf. liter",
    "no": "each",
    "no.": "each",
    "number": "each",
    "item": "each",
    "items": "each",
    "pcs": "each",
    "piece": "each",
    "pieces": "each",
    "doz.": "doz",
    "dozen": "doz",
    "m²": "m2",
    "sq m": "m2",
    "square meter": "m2",
    "m³": "m3",
    "cubic meter": "m3",
    "thousand": "1000",
    "thousands": "1000",
    "pair": "pr",
    "prs": "pr",
    "prs.": "pr",
    "pr.": "pr",
}

_SCALES = (
    {"kg": 1.0, "t": 1000.0, "g": 0.001},
    {"liter": 1.0, "hl": 100.0, "bbl": 158.987294928},
    {"each": 1.0, "doz": 12.0, "1000": 1000.0, "100": 100.0},
)


def canonical(unit: str) -> str:
    """The tariff's own word for a unit."""
    word = unit.strip().lower()
    return _ALIASES.get(word, word)


def alike(unit: str) -> tuple[str, ...]:
    """The units that measure the same thing, the unit itself first."""
    target = canonical(unit)
    scale = next((one for one in _SCALES if target in one), {})
    return (target, *(one for one in scale if one != target))


def converted(quantity: float, unit: str, wanted: str) -> float | None:
    """A quantity in another unit; None where the two do not measure the same thing.

    A barrel is 42 US gallons, 158.987294928 litres (NIST Handbook 44, appendix C).
    """
    given, target = canonical(unit), canonical(wanted)
    if given == target:
        return quantity
    for scale in _SCALES:
        if given in scale and target in scale:
            return quantity * scale[given] / scale[target]
    return None
