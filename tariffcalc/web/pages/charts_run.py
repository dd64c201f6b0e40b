"""The pictures of a run at addresses of their own: SVG, PNG, Vega-Lite JSON, and their numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd
from flask import Blueprint, Response, url_for
from werkzeug.exceptions import NotFound

from tariffcalc.errors import NotSupportedError
from tariffcalc.formats import FORMATS, Options, Rendered, render
from tariffcalc.sources import trade_facts
from tariffcalc.sources.countries import country_names
from tariffcalc.store import Run
from tariffcalc.web.api.runs import IMMUTABLE
from tariffcalc.web.pages import charts, run_events, run_models, run_parts, run_words
from tariffcalc.web.pages.words import headings
from tariffcalc.web.respond import send
from tariffcalc.web.state import store

if TYPE_CHECKING:
    from tariffcalc.formats.charts.run_pictures import Words

TABLES = {"csv": "csv", "xlsx": "xlsx"}
"""Ending -> format of the numbers of a picture."""
BARE = frozenset(("Other", "New", "Used"))
"""Words of a description that need those before them."""
LONGEST = 90
"""Signs of a line below the title of a picture."""

blueprint = Blueprint("run_charts", __name__)


@blueprint.get(f"/runs/<run_id>/charts/<name>.{charts.ENDING}")
def picture(run_id: str, name: str, suffix: str) -> Response:
    """A picture. While its numbers are being worked out the answer is 409, and says when to ask again."""
    from tariffcalc.formats.charts.run_pictures import specification  # noqa: PLC0415 - Altair is slow to load

    looks, run = charts.look_asked(), store().runs.get(run_id)
    found = table_of(run, name)
    if found.frame.empty:
        raise NotSupportedError("there is nothing to draw", hint="ask for csv")
    frame = named(found)
    events = run_events.by_period(events_of(run, found), short=looks.small) if name == "month" else ()
    spec = specification(name, frame, words_of(run, found, small=looks.small), looks, events)
    return _lasting(charts.drawn(spec, suffix, f"tariffcalc-{name}"))


@blueprint.get(f"/runs/<run_id>/charts/<name>.<any({','.join(TABLES)}):suffix>")
def numbers(run_id: str, name: str, suffix: str) -> Response:
    """The numbers of a picture: all rows, also those that are not drawn."""
    found = table_of(store().runs.get(run_id), name)
    form = FORMATS[TABLES[suffix]]
    result = Rendered(found.frame, found.result.provenance, found.result.title, found.result.warnings)
    return _lasting(send(render(result, form.name, Options()), form.content_type, f"tariffcalc-{name}{form.suffix}"))


def places(run_id: str, name: str) -> Callable[[str], str]:
    """Where a picture is, by the ending of its address."""

    def place(suffix: str) -> str:
        endpoint = "run_charts.numbers" if suffix in TABLES else "run_charts.picture"
        return url_for(endpoint, run_id=run_id, name=name, suffix=suffix)

    return place


def table_of(run: Run, name: str) -> run_parts.Table:
    """The table of a picture of a run that is done. Raises ``NotFound``, ``RunNotDoneError``."""
    known = (*run_parts.TABLES, *run_models.NAMES)
    if name not in known:
        raise NotFound(f"there is no picture {name!r}: {', '.join(known)}")
    if run.status != "done":
        store().runs.result(run.id)  # says why there is none
    if name in run_models.NAMES:
        return _of_model(run, name)
    found = run_parts.table(run, name)
    if name == "movers" and "duty_change" not in found.frame:
        raise NotFound("without a baseline no duty changes")
    return found


def _of_model(run: Run, name: str) -> run_parts.Table:
    """The table of a picture of the run's model."""
    result = run_parts.kept(run.digest) or store().runs.result(run.id)
    if name not in run_models.names_of(result):
        raise NotFound(f"the model of this run has no picture {name!r}")
    return run_models.table(run, result, name)


def named(found: run_parts.Table) -> pd.DataFrame:
    """The table with countries by name, and what its products are."""
    frame = found.frame
    names = {**country_names(), **run_models.REST}
    for column in ("origin", "country"):
        if column in frame:
            return frame.assign(**{column: [names.get(str(one), str(one)) for one in frame[column]]})
    if "commodity" in frame:
        return frame.assign(what=run_models.commodities(frame))
    if "product" in frame:
        codes = [str(one) for one in frame["product"]]
        return frame.assign(what=[heading(one) for one in codes], telling=[telling(one) for one in codes])
    return frame


def heading(code: str) -> str:
    """What goods of a code are in general: the text of its heading."""
    return _path(code)[0]


def telling(code: str) -> str:
    """What sets goods of a code apart: the last words of their description that say more than ``Other`` or ``New``."""
    path = _path(code)
    last = next((number for number in range(len(path) - 1, 0, -1) if path[number] not in BARE), 0)
    age = [text.lower() for text in path[last + 1 :] if text != "Other"]
    return ", ".join((path[last], *age))


@lru_cache(maxsize=32_768)
def _path(code: str) -> tuple[str, ...]:
    known = trade_facts.descriptions()
    _, path, _ = known.get(code) or known.get(code[:8]) or ("", "", "")
    return headings(path)


def events_of(run: Run, found: run_parts.Table) -> list[run_events.Event]:
    """The days on which rates changed that this table's trade pays; none where the law has changed since."""
    law = run_words.known_of(run.question).law
    if law is None:
        return []
    lines = run_parts.part(run, "lines").frame
    paying = lines.groupby("measure", observed=True)["duty"].sum()
    start, until = (date.fromisoformat(text) for text in found.result.provenance["window"])
    return run_events.events_of(law, (start, until), set(paying[paying > 0].index))


def words_of(run: Run, found: run_parts.Table, *, small: bool) -> Words:
    """The lines below the title of a picture, and what measures are called."""
    from tariffcalc.formats.charts.run_pictures import Words  # noqa: PLC0415 - Altair is slow to load

    told, importer = found.result.provenance, run.question["importer"]
    law = run_words.title_of(run.question["scenario"], importer)
    trade = f"{run_words.table_title(told['flows'])}; {run_words.window_text(told['window'])}"
    longest = 52 if small else LONGEST + 30
    lines = tuple(cut(line, longest) for line in (law, trade))
    return Words(lines, run_words.known_of(run.question).titles)


def cut(text: str, longest: int) -> str:
    """A text of so many signs at most."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _lasting(answer: Response) -> Response:
    """A result never changes, so neither does a picture of it."""
    answer.headers["Cache-Control"] = IMMUTABLE
    return answer
