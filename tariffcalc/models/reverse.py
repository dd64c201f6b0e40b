"""Reverse questions on a table of trade: the rate on a scope that raises a sum, or that raises or gains most.

The law (under a scenario, if one is named) is that under which the table's trade took place. A measure with the rate
sought is added to it by the ordinary change ``add`` of a scenario. Applied rates are linear in one added rate: stacking
decides what it bites on, not how much it is. So the law is worked out with the measure at 100 percent, a model answers
at any rate from that, and the law worked out at the rate found says whether this was right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from tariffcalc.engine.flow_cells import product_digits
from tariffcalc.engine.flow_table import Flows
from tariffcalc.engine.lookup import DIGITS
from tariffcalc.errors import BadRequestError, NotSupportedError, UnknownNameError
from tariffcalc.estimate import Case, read_scenario
from tariffcalc.impact import MODELS
from tariffcalc.impact.market import Bools, Elasticities, Floats, Markets
from tariffcalc.impact.reverse import HIGHEST, highest, rate_for
from tariffcalc.impact.traded import Traded
from tariffcalc.law.schedule import Schedule
from tariffcalc.models.response import Behaviour, known_of, traded_of
from tariffcalc.result import Result, provenance
from tariffcalc.sources.countries import country_code

MEASURE = "rate-sought"
IMPORTER = "importer_gain_value"
MOST = {
    "revenue_change": "most revenue",
    IMPORTER: "most gain of the importer",
    "welfare_change": "most welfare of both sides",
}
"""Columns of the result that are looked at for their highest; the importer's gain is revenue less what buyers lose."""
_NEAR = 1e-9
_HALF_A_CENT = 0.005


@dataclass(frozen=True)
class Sought:
    """What the rate is on, and the revenue that it is to raise, in dollars; None: only where each curve is highest."""

    origins: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    revenue: float | None = None

    @classmethod
    def of(cls, origins: Iterable[str], products: Iterable[str], revenue: float | None = None) -> Sought:
        """From countries and codes as people write them. Raises ``UnknownOriginError``, ``BadRequestError``."""
        codes = tuple(dict.fromkeys(product_digits(text) for text in products))
        for code in codes:
            if not (code.isascii() and code.isdigit() and 2 <= len(code) <= DIGITS):
                hint = "write 2 to 10 digits, such as 4407"
                raise BadRequestError(f"{code!r} is no product code", code="product-not-digits", hint=hint)
        return cls(tuple(dict.fromkeys(country_code(text) for text in origins)), codes, revenue)

    def part_of(self, flows: Flows) -> Flows:
        """The rows of every product of which some trade is in the scope: no other market can answer."""
        frame = flows.frame
        hit = np.ones(len(frame), dtype=bool)
        if self.origins:
            hit &= frame["origin"].isin(self.origins).to_numpy()
        if self.products:
            known = frame["product"].cat.categories
            under = [code for code in known if any(code.startswith(p) or p.startswith(code) for p in self.products)]
            hit &= frame["product"].isin(under).to_numpy()
        return replace(flows, frame=frame[frame["product"].isin(frame.loc[hit, "product"].unique())])


def rate_sought(case: Case, how: Behaviour, sought: Sought) -> Result:
    """The rate that raises the sum, and those at which revenue and welfare are highest, with what each does.

    ``case`` has the law and no baseline of its own. Revenue is the change of all duty, so duty lost elsewhere counts
    against it. Raises ``BadRequestError`` where nothing is in the scope or no rate raises the sum.
    """
    if how.model not in MODELS:
        raise UnknownNameError.of("model", how.model, MODELS)
    if how.pass_through is None:
        how = replace(how, pass_through=case.request.assume.pass_through)
    part = sought.part_of(case.table)
    if part.frame.empty:
        raise _empty()
    fine = replace(case.by("origin"), table=part, other=case.law)
    whole = traded_of(replace(fine, law=with_rate(case, sought, 1.0)))
    curve = Curve.of(whole, how, case.law.importer)
    rows = list(_answers(curve, sought))
    for _, rate, _ in rows:
        _same_law(traded_of(replace(fine, law=with_rate(case, sought, rate))), whole, rate)
    frame = pd.DataFrame(
        [{"question": asked, "rate": rate, **curve.at(rate), "note": note} for asked, rate, note in rows]
    )
    made, _ = case.runs()
    told = provenance(case.table, case.law, case.request, made, how.model)
    told["sought"] = {"origins": list(sought.origins), "products": list(sought.products), "revenue": sought.revenue}
    told["sought"] |= {
        "trade_in_scope": float(curve.markets.value[curve.bites].sum()),
        "highest_rate_looked_at": HIGHEST,
    }
    return Result(frame, told, tuple(told["warnings"]))


def with_rate(case: Case, sought: Sought, rate: float) -> Schedule:
    """The law with the measure added, from the first day that is looked at."""
    window = case.request.window
    start: date = case.table.window[0] if window is None else window.start
    scope = {"origins": list(sought.origins), "products": list(sought.products)}
    added = {
        "id": MEASURE,
        "title": "The rate that is sought",
        "authority": "scenario",
        "scope": {key: codes for key, codes in scope.items() if codes},
        "rate": rate,
        "from": start.isoformat(),
    }
    scenario = read_scenario({"name": MEASURE, "change": [{"add": added}]}, case.law.importer)
    return replace(case.law.apply(scenario), scenario=case.law.scenario)


@dataclass(frozen=True)
class Curve:
    """The markets that the rate touches, and how much of a rate of one bites on each row."""

    model: str
    markets: Markets
    elasticities: Elasticities
    bites: Bools

    @classmethod
    def of(cls, whole: Traded, how: Behaviour, importer: str) -> Curve:
        """From the law with the measure at 100 percent: only markets in which it bites can answer."""
        markets = whole.markets
        bites = np.abs(markets.after - markets.before) > _NEAR
        if not bites.any():
            raise _empty()
        touched = np.bincount(markets.market, weights=bites, minlength=markets.count) > 0
        row = touched[markets.market]
        number = np.cumsum(touched) - 1
        part = Markets(number[markets.market[row]], markets.value[row], markets.before[row], markets.after[row])
        known = known_of(whole, how, importer).elasticities
        some = Elasticities(known.demand[touched], known.substitution[touched], known.supply[row], known.pass_through)
        return cls(how.model, part, some, bites[row])

    def at(self, rate: float) -> dict[str, float]:
        """What the rate does, in dollars; not a number where some market has no solution."""
        slope = self.markets.after - self.markets.before
        markets = Markets(
            self.markets.market, self.markets.value, self.markets.before, self.markets.before + rate * slope
        )
        made = MODELS[self.model].respond(markets, self.elasticities)
        rows: dict[str, Floats] = {
            "trade_change": made.value_after - markets.value,
            "revenue_change": made.revenue_change,
            "buyers_loss": made.buyers_loss,
            "exporters_loss": made.exporters_loss,
            "deadweight_loss": made.deadweight_loss,
            "welfare_change": made.welfare_change,
            IMPORTER: made.revenue_change - made.buyers_loss,
        }
        return {name: float(values.sum()) for name, values in rows.items()}


def _empty() -> BadRequestError:
    return BadRequestError(
        "the measure touches no trade of the table that has a known rate",
        code="empty-scope",
        hint="check origins and products, and the window",
    )


def _answers(curve: Curve, sought: Sought) -> Sequence[tuple[str, float, str]]:
    """Question, rate and what to mind."""
    found = []
    if sought.revenue is not None:
        rate = rate_for(partial(_one, curve, "revenue_change"), sought.revenue)
        found.append((f"raises {sought.revenue:,.0f}", rate, ""))
    for name, words in MOST.items():
        top = highest(partial(_one, curve, name), near=_HALF_A_CENT)
        found.append((words, top.rate, f"still rising at {HIGHEST:.0%}" if top.at_edge else ""))
    return found


def _one(curve: Curve, name: str, rate: float) -> float:
    return curve.at(rate)[name]


def _same_law(found: Traded, whole: Traded, rate: float) -> None:
    """Whether the law at a rate is where the law at 100 percent said that it would be."""
    expected = whole.markets.before + rate * (whole.markets.after - whole.markets.before)
    same = np.array_equal(found.at, whole.at) and np.allclose(found.markets.after, expected, rtol=0, atol=_NEAR)
    if not same:
        raise NotSupportedError(
            "another measure of this law answers to the added rate, so the rate cannot be found from its ends",
            hint="try rates with a scenario's `add` and `tariffcalc impact`",
        )
