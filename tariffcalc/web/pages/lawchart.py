"""The picture of a measure: its rate by date, as SVG, PNG, Vega-Lite and CSV."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
from flask import Blueprint, Response

from tariffcalc.formats import Rendered, render
from tariffcalc.law.dates import ALWAYS
from tariffcalc.law.duty import AdValorem, NotApplied, TopUpTo
from tariffcalc.law.measure import Measure, Rate
from tariffcalc.law.schedule import Schedule
from tariffcalc.web.pages.charts import ENDING, drawn, look_asked
from tariffcalc.web.pages.lawfind import law_with
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import send

HEIGHT, SMALL_HEIGHT = 240, 260
SIZES = ((760, HEIGHT), (340, SMALL_HEIGHT))
"""Width and height of the picture on a wide page and on a phone, in pixels."""

MARGIN = timedelta(days=120)
COLUMNS = ("from", "until", "part", "rate", "low", "high")

blueprint = Blueprint("law_charts", __name__)


def table_of(law: Schedule, one: Measure) -> pd.DataFrame:
    """A row a step: ``from``, ``until`` (exclusive), ``part`` (what it falls on), ``rate`` (fraction).

    A measure with a step that is no share of value, such as a duty by tariff line, has no rows: it cannot be drawn.
    """
    steps = one.rates.standing
    rates = [_share(step.value) for step in steps]
    if not any(step.value.applies for step in steps) or any(rate is None for rate in rates):
        return pd.DataFrame(columns=list(COLUMNS))
    end = max([law.law_known_until, *one.rates.starts]) + MARGIN
    rows = []
    for step, rate, until in zip(steps, rates, [*one.rates.starts[1:], end], strict=True):
        start = law.base_known_from if step.start == ALWAYS else step.start
        if start < until:
            rows.append((start.isoformat(), until.isoformat(), _part(step.value), rate, 0.0, rate))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _share(rate: Rate) -> float | None:
    """A step as a fraction of value, where it is one."""
    if isinstance(rate.duty, AdValorem):
        return rate.duty.rate
    if isinstance(rate.duty, TopUpTo):
        return rate.duty.total
    return 0.0 if isinstance(rate.duty, NotApplied) else None


def _part(rate: Rate) -> str:
    if isinstance(rate.duty, TopUpTo):
        return "total with the base duty"
    return f"rate on the {rate.content} content" if rate.content else "rate"


@blueprint.get(f"/charts/law/<importer>/<name>.{ENDING}")
def chart(importer: str, name: str, suffix: str) -> Response:
    """A measure's rate by date, drawn."""
    law, one = _found(importer, name)
    from tariffcalc.formats.charts.marks import rate_steps  # noqa: PLC0415 - Altair is slow to load

    look = look_asked()
    picture = rate_steps(table_of(law, one))
    height = SMALL_HEIGHT if look.small else HEIGHT
    return drawn(look.specification(picture, _title(one, small=look.small), [], height), suffix, f"tariffcalc-{name}")


@blueprint.get("/charts/law/<importer>/<name>.csv")
def chart_csv(importer: str, name: str) -> Response:
    """The table of the same picture."""
    law, one = _found(importer, name)
    frame = table_of(law, one)[["from", "until", "part", "rate"]]
    return send(render(Rendered(frame, {}, one.title), "csv"), "text/csv; charset=utf-8", f"tariffcalc-{name}.csv")


def _title(one: Measure, *, small: bool) -> str:
    return one.id if small else one.title


def _found(importer: str, name: str) -> tuple[Schedule, Measure]:
    """The measure, if it can be drawn. Raises a problem of status 404."""
    law = law_with(name, importer)
    if table_of(law, law.measures[name]).empty:
        raise ProblemError(404, f"the rate of {name!r} is no share of value: it has no picture", code="no-picture")
    return law, law.measures[name]
