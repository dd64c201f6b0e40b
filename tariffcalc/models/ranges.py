"""How sure an answer is: the law under every assumption of a grid, elasticities drawn, bands and what drives them.

Composition: the table is charged once under each combination of choices (preference, content, status), which gives the
markets their tariffs; the draws then only answer. ``ranges`` is the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.lookup import DIGITS, as_ints
from tariffcalc.errors import BadRequestError, UnknownNameError
from tariffcalc.estimate import STATUSES, Case, silent
from tariffcalc.impact import MODELS
from tariffcalc.impact.drawing import BORNE, BY_ELASTICITIES, MarketRun
from tariffcalc.impact.elasticities import DEFAULT_SPREAD, Known, default_warnings
from tariffcalc.impact.market import Ints
from tariffcalc.impact.merging import Merging
from tariffcalc.impact.shapley import Swing, tornado
from tariffcalc.impact.shocks import COMMON
from tariffcalc.impact.traded import Traded
from tariffcalc.impact.uncertainty import Assumption, Band, Simulation, Work, simulate
from tariffcalc.law.scenario import Assumptions
from tariffcalc.models.response import Behaviour, known_of, traded_of
from tariffcalc.result import Result, provenance
from tariffcalc.sources.trade_facts import read_sectors, sector_names

GRID = ("preference", "content", "status", BORNE)
"""The assumptions that may be varied by choice, beside the elasticities."""
ELASTICITIES = ("demand", "substitution", "supply")
PRODUCT = "product"
MOST_TORNADO_DRAWS = 100
MOST_DRAWS = 100_000
CHARGED, DRAWN = 0.5, 0.7
"""How far it is when the table is charged under every assumption, and when the bands are drawn."""


@dataclass(frozen=True)
class Ask:
    """What is asked of the draws: how many, from which seed, markets by a sector list or ``product``, a tornado or not.

    ``vary`` names the options of an assumption in place of the ready-made ones; one option means that it is held there.
    """

    draws: int = 1000
    seed: int = 0
    markets: str = "hs2"
    tornado: bool = False
    vary: Mapping[str, Sequence[str]] = field(default_factory=dict)


def ranges(case: Case, how: Behaviour, ask: Ask, work: Work | None = None) -> Result:
    """The bands of every headline, or with ``ask.tornado`` what drives them; both are in the provenance.

    ``work.progress`` is told the draws done, ``case.progress`` how far the whole is. Raises ``BadRequestError`` for an
    assumption or option that is none.
    """
    if how.model not in MODELS:
        raise UnknownNameError.of("model", how.model, MODELS)
    checked = _checked(ask)
    assumptions = assumptions_of(case, how, checked)
    run, notes = run_of(case, how, checked, assumptions)
    found = simulate(run, assumptions, checked.draws, checked.seed, _telling(case, work, CHARGED, DRAWN))
    swings: list[Swing] = []
    if checked.tornado:
        swings = tornado(
            run, assumptions, min(checked.draws, MOST_TORNADO_DRAWS), checked.seed, _telling(case, work, DRAWN, 1.0)
        )
    bands = found.bands()
    frame = _swing_frame(swings) if checked.tornado else band_frame(bands)
    made, before = replace(case, progress=silent).runs()
    both = None if case.other is None or before is None else (case.other, before)
    told = provenance(case.table, case.law, case.request, made, how.model, both)
    warnings = [*told["warnings"], *notes, *_missing(found)]
    told |= {"ranges": _told(checked, assumptions, bands, swings), "warnings": warnings}
    return Result(frame, told, tuple(warnings))


def _telling(case: Case, work: Work | None, start: float, end: float) -> Work:
    """The work, which tells the case too how far it is, between two parts of the whole."""
    own = work or Work()

    def tell(done: int, whole: int) -> None:
        if own.progress is not None:
            own.progress(done, whole)
        case.progress(start + (end - start) * done / whole)

    return replace(own, progress=tell)


def _checked(ask: Ask) -> Ask:
    if not 1 <= ask.draws <= MOST_DRAWS:
        hint = f"between 1 and {MOST_DRAWS:,}"
        raise BadRequestError(f"{ask.draws:,} draws cannot be drawn", code="bad-draws", hint=hint)
    if ask.seed < 0:
        raise BadRequestError(f"a seed of {ask.seed} cannot be used", code="bad-seed", hint="give 0 or more")
    if ask.markets not in (PRODUCT, *sector_names()):
        raise UnknownNameError.of("kind of market", ask.markets, (PRODUCT, *sector_names()))
    return replace(ask, vary=dict(check_varied(name, options) for name, options in ask.vary.items()))


def check_varied(name: str, options: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """An assumption and the options between which draws choose. Raises ``BadRequestError`` for one it does not have."""
    if name not in GRID:
        raise UnknownNameError.of("assumption", name, GRID)
    _check_options(name, options)
    return name, tuple(options)


_OPTIONS = {
    "preference": ("settled", "observed", "2024", "none", "all"),
    "content": ("table", "full"),
    "status": STATUSES,
}


def _check_options(name: str, options: Sequence[str]) -> None:
    for option in options:
        if name in _OPTIONS and option not in _OPTIONS[name]:
            raise UnknownNameError.of(f"option of {name}", option, _OPTIONS[name])
        if name == BORNE and option != BY_ELASTICITIES and not _is_share(option):
            raise BadRequestError(
                f"pass-through {option} is not between 0 and 1",
                code="bad-pass-through",
                hint=f"give fractions, or {BY_ELASTICITIES}, under which supply and demand decide",
            )
    if not options or len(set(options)) != len(options):
        raise BadRequestError(f"{name} has no options, or one twice", code="bad-options", hint="name each option once")


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def assumptions_of(case: Case, how: Behaviour, ask: Ask) -> tuple[Assumption, ...]:
    """What is varied: the choices, the case's own option first, then the elasticities that the model has.

    Ready-made: preference settled, as observed (where the table says it) and of 2024; content by the tables and full.
    What the scenario states itself as shares, and status and pass-through, stay as they are unless they are asked for.
    """
    assume = case.request.assume
    stated = assume.pass_through if how.pass_through is None else how.pass_through
    ready = {
        "preference": ("settled", *(("observed",) if "usmca_claimed_value" in case.table.frame else ()), "2024"),
        "content": ("table", "full"),
        "status": (case.request.status,),
        BORNE: (BY_ELASTICITIES if stated is None else str(stated),),
    }
    own = {"preference": assume.preference or "settled", "content": assume.content or "table"}
    found = []
    for name, options in ready.items():
        first = own.get(name, options[0])
        if not isinstance(first, str):
            continue
        taken = tuple(dict.fromkeys(ask.vary.get(name, (first, *options))))
        _check_options(name, taken)
        found.append(Assumption(name, taken))
    return (*found, *(Assumption(name) for name in drawn_of(how)))


def run_of(case: Case, how: Behaviour, ask: Ask, assumptions: Sequence[Assumption]) -> tuple[MarketRun, list[str]]:
    """The markets under every combination of choices, ready to be drawn; and what to mind of them."""
    keyed = [one for one in assumptions if one.options and one.name != BORNE]
    names = tuple(one.name for one in keyed)
    traded: dict[tuple[str, ...], Traded] = {}
    grid = [*product(*(one.options for one in keyed))]
    for options in grid:
        case.progress(CHARGED * len(traded) / len(grid))
        traded[options] = traded_of(_under(case, dict(zip(names, options, strict=True))))
    merging = Merging.of(list(traded.values()), _sectors(ask.markets))
    if not merging.at.size:
        raise BadRequestError(
            "no row of the table has tariffs known under every assumption",
            code="no-markets",
            hint="vary fewer assumptions, or look at what `tariffcalc estimate` leaves unresolved",
        )
    middle = next(iter(traded.values()))
    rows = merging.restricted(middle)
    known = known_of(rows, replace(how, pass_through=None), case.law.importer)
    settings = {options: merging.setting(one) for options, one in traded.items()}
    shocks = merging.shocks(known, rows.markets.value)
    said = [*known.warnings, *_notes(known, rows, middle, how)]
    if ask.markets != PRODUCT:
        said.append(
            f"markets are the sectors of {ask.markets}: duties are averaged within each, which understates losses and "
            f"what moves between origins; with markets = {PRODUCT} the draws are on products"
        )
    return MarketRun(how.model, merging.market, settings, names, shocks), said


def _notes(known: Known, rows: Traded, middle: Traded, how: Behaviour) -> list[str]:
    """What to mind: defaults, spreads that are assumed, value left out."""
    markets = rows.markets
    said = []
    if how.model != "static":
        said += default_warnings(known.told(markets.value, markets.market))
        if assumed := [name for name, one in known.found.items() if one.assumed.any() and name in drawn_of(how)]:
            said.append(
                f"no standard errors are published for {', '.join(assumed)}: a spread of {DEFAULT_SPREAD} of the log "
                f"is assumed, of which all products share the part {COMMON} of the variance"
            )
    left = float(middle.markets.value.sum() - markets.value.sum())
    return [*said, f"value of {left:,.0f} has no tariff under some assumption: left out"] if left > 1 else said


def drawn_of(how: Behaviour) -> tuple[str, ...]:
    """The elasticities that are drawn: those that the model has and that are not given as figures."""
    own = ELASTICITIES if how.model != "static" else ()
    return tuple(name for name in own if getattr(how, name) is None and (how.model != "smart" or name != "supply"))


def _sectors(markets: str) -> Callable[[Sequence[str]], Ints]:
    """Numbers the market of products: each its own, or by the sectors of a list."""
    if markets == PRODUCT:
        return lambda products: np.arange(len(products))
    sectors = read_sectors(markets)
    return lambda products: sectors.of(as_ints([code.ljust(DIGITS, "0") for code in products]))


def _under(case: Case, options: Mapping[str, str]) -> Case:
    """The case under some options."""
    stated = {name: option for name, option in options.items() if name in ("preference", "content")}
    assume = Assumptions(**stated).over(case.request.assume)  # type: ignore[arg-type]
    status = options.get("status", case.request.status)
    return replace(case, request=replace(case.request, by=("origin",), assume=assume, status=status), progress=silent)


def band_frame(bands: Sequence[Band]) -> pd.DataFrame:
    """The bands as a table, in dollars."""
    rows = [(one.headline, one.central, one.mean, one.median, one.low, one.high, one.draws) for one in bands]
    columns = ["headline", "central_value", "mean_value", "median_value", "low_value", "high_value", "draws"]
    return pd.DataFrame(rows, columns=columns)


def _swing_frame(swings: Sequence[Swing]) -> pd.DataFrame:
    rows = [(one.headline, one.assumption, one.low, one.high, one.low_at, one.high_at, one.share) for one in swings]
    columns = ["headline", "assumption", "low_value", "high_value", "low_at", "high_at", "variance_share"]
    return pd.DataFrame(rows, columns=columns).astype({"variance_share": float})


def _missing(found: Simulation) -> list[str]:
    """Draws of which some market had no solution."""
    lost = max((int((~np.isfinite(sample)).sum()) for sample in found.samples.values()), default=0)
    return [f"{lost:,} draws have markets without a solution: left out of the bands"] if lost else []


def _told(
    ask: Ask, assumptions: Sequence[Assumption], bands: Sequence[Band], swings: Sequence[Swing]
) -> dict[str, Any]:
    """For the record: seed, draws, what was varied over what, bands and swings."""
    return {
        "draws": ask.draws,
        "seed": ask.seed,
        "markets": ask.markets,
        "assumptions": {one.name: list(one.options) or "drawn" for one in assumptions},
        "spread_where_none_is_published": DEFAULT_SPREAD,
        "part_shared_by_all_products": COMMON,
        "bands": [asdict(one) for one in bands],
        "tornado": [asdict(one) for one in swings],
        "tornado_draws": min(ask.draws, MOST_TORNADO_DRAWS) if swings else None,
    }
