"""A result as it is sent: in the format that the address or ``Accept`` names, whole or in slices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from flask import Response, request

from tariffcalc.formats import FORMATS, Rendered, render
from tariffcalc.formats.slices import MOST_ROWS, next_offset, sliced
from tariffcalc.result import Result
from tariffcalc.store import Run
from tariffcalc.web.api.answers import TableAnswer
from tariffcalc.web.api.bodies import BINARY
from tariffcalc.web.api.rates import text_options
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.respond import STREAMED_ROWS, send, send_stream
from tariffcalc.web.state import settings

SUFFIXES = {form.suffix.removeprefix("."): name for name, form in FORMATS.items()}
"""Ending of the address -> format."""

MEDIA = {form.content_type.partition(";")[0]: name for name, form in (("json", FORMATS["json"]), *FORMATS.items())}
"""Media type -> format; JSON first, which is the answer to a client that takes anything."""

ENDING = f"<any({','.join(SUFFIXES)}):suffix>"
"""The ending of an address that names the format."""

KINDS: dict[str, Any] = {kind: {"schema": BINARY} for kind in MEDIA if kind != "application/json"}
"""The other formats of an answer, for the contract."""

FILES: dict[str, Any] = {**KINDS, "application/json": {"schema": TableAnswer}}

_LINK = {"schema": {"type": "string"}, "description": "Where the next slice is, if one was asked for and more follow."}
TOLD = {"headers": {"Link": _LINK}}
"""What an answer with a result has beside it, for the contract."""


def accepted() -> str:
    """The format that the client prefers."""
    kind = request.accept_mimetypes.best_match(MEDIA) if request.accept_mimetypes else "application/json"
    if kind is None:
        raise ProblemError(406, "no format that is accepted can be given", hint=f"offered: {', '.join(MEDIA)}")
    return MEDIA[kind]


def written(result: Result, name: str, asked: Mapping[str, Any]) -> Response:
    """The result in a format, under a name that says what it is; ``limit`` and ``offset`` choose its rows."""
    form, options = FORMATS[name], text_options(asked)
    filename = f"tariffcalc-{PurePath(result.provenance['flows']['name']).stem}{form.suffix}"
    if "limit" in asked or "offset" in asked:
        data, following = part_of(result, name, asked)
        response = send(data, form.content_type, filename)
        if following is not None and request.method != "POST":
            response.headers["Link"] = f'<{_at(following)}>; rel="next"'
    elif len(result.frame) > STREAMED_ROWS:
        rests_on = [result.provenance, asdict(options)]
        response = send_stream(result.stream(name, options), form.content_type, rests_on, filename)
    else:
        response = send(result.to(name, options), form.content_type, filename)
    response.vary.add("Accept")
    return response


def part_of(result: Result, name: str, asked: Mapping[str, Any]) -> tuple[bytes, int | None]:
    """A slice of the result, and where the next one begins, if more rows follow.

    It has fewer rows than ``limit`` where they would take more bytes than the setting ``slice_bytes``.
    """
    limit, offset, most = asked.get("limit", MOST_ROWS), asked.get("offset", 0), settings().slice_bytes
    while True:
        part = replace(result, frame=sliced(result.frame, limit, offset))
        data = part.to(name, text_options(asked))
        if len(data) <= most or limit == 1:
            return data, next_offset(result.frame, limit, offset)
        limit = max(1, min(limit - 1, int(0.9 * len(part.frame) * most / len(data))))


def told_as(run: Run, address: str, name: str, asked: Mapping[str, Any]) -> bytes:
    """How far a run is as a table of one row: what a spreadsheet shows that asked for its result."""
    row = {"status": run.status, "progress": run.progress, "result": address}
    return render(Rendered(pd.DataFrame([row]), {}, "not reckoned yet"), name, text_options(asked))


def _at(offset: int) -> str:
    """The address of the slice that begins at a row."""
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != "offset"]
    return f"{request.path}?{urlencode([*asked, ('offset', str(offset))], safe=',')}"
