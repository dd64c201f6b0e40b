"""One way to ask every model: duty on trade as it is, how trade answers, a whole economy, prices, how sure it all is.

A question is a table, the law and options; the model and ``draws`` decide which of four kinds it is, and each kind
knows its own options. ``estimate``, ``economy_impact``, ``price_impact`` and ``ranges`` do the work.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from tariffcalc.engine.aggregate import check_by
from tariffcalc.engine.run import DEFAULT_BY
from tariffcalc.errors import BadRequestError, UnknownNameError
from tariffcalc.estimate import Progress, case_of, estimate, silent
from tariffcalc.impact import BEYOND, MODELS

if TYPE_CHECKING:
    from tariffcalc.engine.flow_table import Flows
    from tariffcalc.law.schedule import Schedule
    from tariffcalc.models.retaliation import Side
    from tariffcalc.result import Result

NAMES = (*MODELS, *BEYOND)
"""Every model by name."""
ECONOMY, ON, MARKETS = "caliendo-parro-1993", "static", "hs2"

GROUPS, DRAWS = "groups", "draws"
"""Kinds of question beside the models of ``BEYOND``, which are kinds of their own."""

BEHAVIOUR = ("elasticities", "demand", "substitution", "supply", "pass_through")
_ECONOMY = ("economy", "keep_deficits")
_PRICES = ("on",)
_DRAWS = ("draws", "seed", "tornado", "markets", "vary")
_UNKNOWN: Mapping[str, tuple[str, ...]] = {
    GROUPS: (*_ECONOMY, *_PRICES, *_DRAWS),
    DRAWS: ("by", "full", *_ECONOMY, *_PRICES),
    "exact-hat": ("full", *BEHAVIOUR, *_PRICES, *_DRAWS),
    "io-prices": ("full", *_ECONOMY, *_DRAWS),
}
_WHY: Mapping[str, str] = {
    GROUPS: "economy and keep_deficits belong to exact-hat, on to io-prices, the rest to draws",
    DRAWS: "draws tell the spread of every headline, and have no groups",
    "exact-hat": "its elasticities (theta) come with the economy, and it is not drawn",
    "io-prices": "they belong to other models, and it is not drawn",
}
FEW_DRAWS = 100
"""So few draws are done sooner than another process starts."""


@cache
def defaults() -> Mapping[str, Any]:
    """Every option of a question with what it is where nobody says; None where that depends on the kind."""
    not_options = {"flows", "schedule", "baseline", "progress"}
    own = {name: one.default for name, one in inspect.signature(estimate).parameters.items() if name not in not_options}
    further = dict.fromkeys((*_ECONOMY, *_PRICES, *_DRAWS))
    return {**own, "by": None, **further, "keep_deficits": False, "tornado": False}


def kind_of(options: Mapping[str, Any]) -> str:
    """The kind of a question. Raises ``UnknownNameError`` for a model that is none, ``BadRequestError`` for others."""
    model = options.get("model") or "static"
    if model not in NAMES:
        raise UnknownNameError.of("model", model, NAMES)
    if options.get("draws") is None:
        return GROUPS if model in MODELS else str(model)
    if model in BEYOND:
        raise BadRequestError(
            f"{model} is not drawn", code="draws-not-meant", hint=f"leave draws out, or choose {', '.join(MODELS)}"
        )
    return DRAWS


def settled(options: Mapping[str, Any]) -> dict[str, Any]:
    """All options of a question, with the defaults of its kind where they are left out.

    Raises ``UnknownNameError`` for an option or a name that is none, and ``BadRequestError`` for one that belongs to
    another kind, or for groups that the kind does not have.
    """
    for name in options:
        if name not in defaults():
            raise UnknownNameError.of("option of an estimate", name, defaults())
    kind, found = kind_of(options), {**defaults(), **{name: one for name, one in options.items() if one is not None}}
    refuse_others(kind, found)
    found["by"] = groups_of(found)
    if kind == "exact-hat":
        found["economy"] = found["economy"] or ECONOMY
    if kind == "io-prices":
        found["on"] = _model_of_one_market(found["on"] or ON)
    if kind == DRAWS:
        found |= {"seed": found["seed"] or 0, "markets": found["markets"] or MARKETS, "vary": found["vary"] or {}}
    return found


def answer(
    flows: Flows | str,
    schedule: Schedule | None = None,
    *,
    baseline: Schedule | str | None = None,
    theirs: Side | None = None,
    progress: Progress = silent,
    workers: int = 1,
    **options: Any,
) -> Result:
    """What a model says of a table under a schedule; ``options`` are those of ``defaults()``, by name.

    ``draws`` asks for the spread of a model's headlines, drawn in ``workers`` processes. With ``theirs`` the other side
    of retaliation answers too, by the same model, in rows of its own importer. ``progress`` is told how far
    it is, and may raise to stop it. Raises what ``settled`` raises, and what the model asked for raises.
    """
    asked = settled(options)
    kind = kind_of(asked)
    where = {name: asked[name] for name in ("window", "basis", "status", "as_known_on")}
    common = {**where, "baseline": baseline, "progress": progress}
    if theirs is not None:
        return _both(flows, schedule, theirs, common, asked)
    if kind == GROUPS:
        known = set(defaults()) - set(_UNKNOWN[GROUPS])
        return estimate(flows, schedule, **common, **{name: asked[name] for name in known - set(where)})
    return _OTHERS[kind](flows, schedule, common, asked, workers)


def _economy(flows: Flows | str, schedule: Schedule | None, common: Any, asked: Any, _: int) -> Result:
    from tariffcalc.models.economy import economy_impact  # noqa: PLC0415 - the others do not need it

    close = not asked["keep_deficits"]
    return economy_impact(flows, schedule, **common, economy=asked["economy"], by=asked["by"], close_deficits=close)


def _prices(flows: Flows | str, schedule: Schedule | None, common: Any, asked: Any, _: int) -> Result:
    from tariffcalc.models.consumer_prices import price_impact  # noqa: PLC0415

    behaviour = {name: asked[name] for name in BEHAVIOUR}
    return price_impact(flows, schedule, **common, on=asked["on"], by=asked["by"], **behaviour)


def _drawn(flows: Flows | str, schedule: Schedule | None, common: Any, asked: Any, workers: int) -> Result:
    from tariffcalc.impact.uncertainty import Work  # noqa: PLC0415
    from tariffcalc.models.ranges import Ask, ranges  # noqa: PLC0415
    from tariffcalc.models.response import Behaviour  # noqa: PLC0415

    how = Behaviour(asked["model"], **{name: asked[name] for name in BEHAVIOUR})
    ask = Ask(*(asked[name] for name in ("draws", "seed", "markets", "tornado", "vary")))
    work = Work(workers if asked["draws"] > FEW_DRAWS else 1)
    return ranges(case_of(flows, schedule, **common, by=("origin",)), how, ask, work)


def check_both(options: Mapping[str, Any]) -> None:
    """Refuse retaliation with what knows one side only. Raises ``BadRequestError``."""
    if kind_of(options) == GROUPS:
        return
    raise BadRequestError(
        "retaliation is answered by the models static, smart, armington and gsim, and is not drawn",
        code="draws-not-meant",
        hint="leave the other side out, or choose one of these models without draws",
    )


def _both(flows: Flows | str, schedule: Schedule | None, theirs: Side, common: Any, asked: Any) -> Result:
    from tariffcalc.models.retaliation import both  # noqa: PLC0415

    check_both(asked)
    own = {name: asked[name] for name in (*BEHAVIOUR, "model", "by", "sectors")}
    return both(flows, schedule, theirs, **common, **own)


_OTHERS: Mapping[str, Callable[..., Result]] = {"exact-hat": _economy, "io-prices": _prices, DRAWS: _drawn}


def refuse_others(kind: str, options: Mapping[str, Any]) -> None:
    """Refuse options that belong to another kind. Raises ``BadRequestError``."""
    wrong = [name for name in _UNKNOWN[kind] if _is_given(options.get(name))]
    if not wrong:
        return
    if kind == GROUPS and set(wrong) <= set(_DRAWS):
        said = f"{', '.join(wrong)} without draws mean nothing"
        raise BadRequestError(said, code="half-a-range", hint="say how many, such as draws=1000")
    whose = "draws" if kind == DRAWS else f"the model {options['model']}"
    said = f"{whose} cannot be asked with {', '.join(wrong)}"
    raise BadRequestError(said, code="option-of-other-model", hint=f"leave it out: {_WHY[kind]}")


def _is_given(value: Any) -> bool:
    return value is not None and value is not False and value not in ((), [])


def needs_baseline(options: Mapping[str, Any]) -> bool:
    """Whether a question is about a step from one law to another."""
    return (options.get("model") or "static") != "static" or bool(options.get("full") or options.get("draws"))


def groups_of(options: Mapping[str, Any]) -> tuple[str, ...]:
    """What an answer is grouped by. Raises ``BadRequestError`` for groups that the model does not answer by."""
    kind, by = kind_of(options), options.get("by")
    if kind == DRAWS:
        return ()
    if kind == "exact-hat":
        from tariffcalc.models.economy import checked_by  # noqa: PLC0415

        return checked_by(("country",) if by is None else by)
    if kind == "io-prices":
        from tariffcalc.models.consumer_prices import checked_by as one_of  # noqa: PLC0415

        return one_of(("category",) if by is None else by)
    checked = check_by(DEFAULT_BY if by is None else by)
    if needs_baseline(options):
        from tariffcalc.models.response import check_groups  # noqa: PLC0415

        check_groups(checked)
    return checked


def _model_of_one_market(name: str) -> str:
    if name not in MODELS:
        raise UnknownNameError.of("model of one market", name, MODELS)
    return name
