"""Trade does not respond: duty = value x rate. What a tariff costs before anybody changes what he buys.

With a pass-through r below 1 the price that buyers pay rises by r of the change of duty, and the exporter's price falls
by the rest; the customs value, and with it the duty, falls with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.impact.market import Elasticities, Floats, Markets, Response, answer


@dataclass(frozen=True)
class Static:
    """Quantities stay; elasticities are not used."""

    name: str = "static"

    def respond(self, markets: Markets, elasticities: Elasticities) -> Response:
        """The answer of all markets: no quantity changes."""
        none = np.zeros_like(markets.value)
        return answer(markets, none, received(markets, elasticities.pass_through), (none, none.copy()))


def received(markets: Markets, pass_through: float | None) -> Floats:
    """The change of the world price when buyers bear a given fraction of the change of duty."""
    share = 1.0 if pass_through is None else pass_through
    return (1 + share * markets.wedge) / (1 + markets.wedge) - 1


MODEL = Static()
