"""The headlines of a change of tariffs under many draws at once: what ``uncertainty`` and ``shapley`` are given to run.

Draws are put beside each other as further markets, so that a model answers a batch in one call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tariffcalc.impact import MODELS
from tariffcalc.impact.market import Elasticities, Floats, Ints, Markets, Response
from tariffcalc.impact.shocks import Shocks
from tariffcalc.impact.uncertainty import Draw

HEADLINES = (
    "duty",
    "duty_after",
    "revenue_change",
    "trade_change",
    "buyers_loss",
    "exporters_loss",
    "deadweight_loss",
    "welfare_change",
)
"""What is told of every draw, in dollars: duty with trade as it is, and what a result table calls by these names."""

BORNE = "pass_through"
BY_ELASTICITIES = "elasticities"
"""The option of pass-through under which the elasticities of supply and demand decide who bears a duty."""
_ROWS_AT_ONCE = 400_000


@dataclass(frozen=True)
class Setting:
    """Trade and tariffs (n,) under one combination of choices; ``barred`` dollars may no longer be entered."""

    value: Floats
    before: Floats
    after: Floats
    barred: float = 0.0


@dataclass(frozen=True)
class MarketRun:
    """A change of tariffs, to be answered by a model under any draw.

    ``market`` (n,) numbers the rows' markets, ascending; ``settings`` are keyed by the options of ``keyed_by``;
    ``shocks`` by parameter: demand and substitution by market, supply by row.
    """

    model: str
    market: Ints
    settings: Mapping[tuple[str, ...], Setting]
    keyed_by: tuple[str, ...]
    shocks: Mapping[str, Shocks]

    def __call__(self, draws: Sequence[Draw]) -> dict[str, Floats]:
        """The headlines of the draws, in order; not a number where a market has no solution."""
        found = {name: np.full(len(draws), np.nan) for name in HEADLINES}
        most = max(1, _ROWS_AT_ONCE // max(len(self.market), 1))
        for share, places in self._by_pass_through(draws).items():
            for start in range(0, len(places), most):
                at = places[start : start + most]
                for name, values in self._headlines([draws[i] for i in at], share).items():
                    found[name][at] = values
        return found

    def _by_pass_through(self, draws: Sequence[Draw]) -> dict[float | None, list[int]]:
        """The places of the draws by the fraction that buyers bear: a model takes one for all its markets."""
        places: dict[float | None, list[int]] = defaultdict(list)
        for at, draw in enumerate(draws):
            option = draw.choices.get(BORNE, BY_ELASTICITIES)
            places[None if option == BY_ELASTICITIES else float(option)].append(at)
        return places

    def _headlines(self, draws: Sequence[Draw], share: float | None) -> dict[str, Floats]:
        settings = [self.settings[tuple(draw.choices[name] for name in self.keyed_by)] for draw in draws]
        markets = self._side_by_side(settings)
        demand, substitution, supply = (
            self.shocks[name].values([draw.shocks.get(name, 0.0) for draw in draws]).ravel()
            for name in ("demand", "substitution", "supply")
        )
        response = MODELS[self.model].respond(markets, Elasticities(demand, substitution, supply, share))
        rows = _rows(markets, response)
        found = {name: values.reshape(len(draws), -1).sum(axis=1) for name, values in rows.items()}
        found["trade_change"] -= np.array([one.barred for one in settings])
        return found

    def _side_by_side(self, settings: Sequence[Setting]) -> Markets:
        count = int(self.market[-1]) + 1
        market = (self.market + count * np.arange(len(settings))[:, None]).ravel()
        value, before, after = (
            np.concatenate([getattr(one, name) for one in settings]) for name in ("value", "before", "after")
        )
        return Markets(market, value, before, after)


def _rows(markets: Markets, response: Response) -> dict[str, Floats]:
    """The headlines by row."""
    return {
        "duty": markets.after * markets.value,
        "duty_after": response.duty_after,
        "revenue_change": response.revenue_change,
        "trade_change": response.value_after - markets.value,
        "buyers_loss": response.buyers_loss,
        "exporters_loss": response.exporters_loss,
        "deadweight_loss": response.deadweight_loss,
        "welfare_change": response.welfare_change,
    }
