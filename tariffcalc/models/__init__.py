"""Models put on a scenario and a table of trade: one question each, and one way to ask any of them."""

from tariffcalc.models.ask import (
    BEHAVIOUR,
    DRAWS,
    ECONOMY,
    GROUPS,
    MARKETS,
    NAMES,
    ON,
    answer,
    check_both,
    defaults,
    groups_of,
    kind_of,
    needs_baseline,
    refuse_others,
    settled,
)

__all__ = [
    "BEHAVIOUR",
    "DRAWS",
    "ECONOMY",
    "GROUPS",
    "MARKETS",
    "NAMES",
    "ON",
    "answer",
    "check_both",
    "defaults",
    "groups_of",
    "kind_of",
    "needs_baseline",
    "refuse_others",
    "settled",
]
