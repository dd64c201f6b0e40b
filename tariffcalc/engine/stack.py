"""Statutory -> applied: the only place where rates meet (``docs/stacking.md``).

In one stratum, where every yes/no fact is settled, on one day, in order of precedence::

    subject_j = applies_j . not_relieved_j . [no k in yields_whole_to(j) has subject_k = 1]
    covered_j = subject_j . min(content_j, max(0, 1 - sum of covered_k over k in yields_to(j)))
    applied_j = statutory_j . covered_j

Each measure bites on the part of customs value that those it yields to leave uncovered. Arrays
run over articles (pairs of product class and origin class, or one shipment); shapes are equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tariffcalc.engine.lookup import Bools, Floats
from tariffcalc.law.schedule import Precedence


@dataclass(frozen=True)
class Claim:
    """What one measure claims of each article before it meets the others.

    ``subject``: it applies there and is not relieved. ``content``: the part of value, 0 to 1, that
    it bites on; not a number where that part is unknown.
    """

    subject: Bools
    content: Floats


def cover(precedence: Precedence, claims: Mapping[str, Claim]) -> dict[str, tuple[Bools, Floats]]:
    """For each measure which articles are subject to it, and the part of their value it covers."""
    met: dict[str, tuple[Bools, Floats]] = {}
    for key in precedence.order:
        if key not in claims:
            continue
        claim = claims[key]
        subject = claim.subject
        for other in precedence.yields_whole_to[key]:
            if other in met:
                subject = subject & ~met[other][0]
        covered = np.where(subject, claim.content, 0.0)
        rest = [met[other][1] for other in precedence.yields_to[key] if other in met]
        if rest:
            covered = np.minimum(covered, np.maximum(0.0, 1.0 - np.sum(rest, axis=0)))
        met[key] = (subject, covered)
    return met
