"""What a request carries: JSON, a table, or a form with a table as its file.

A table is kept on disk while it comes in, so that slow or many uploads do not fill the memory; its size is limited by
the setting ``body_bytes``, its rows by ``table_rows``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NoReturn

from flask import Response, after_this_request, g, request
from marshmallow import ValidationError

from tariffcalc.engine.flow_table import Flows
from tariffcalc.errors import FlowTableError
from tariffcalc.estimate import read_flows
from tariffcalc.sources import SOURCES, read_table
from tariffcalc.sources.elasticities import read_elasticities
from tariffcalc.web.api.parser import PARSER, Strict, invalid
from tariffcalc.web.api.queries import NoQuery
from tariffcalc.web.problems import ProblemError, of_domain
from tariffcalc.web.state import settings

JSON = "application/json"
FORM = "multipart/form-data"
TABLES: Mapping[str, str] = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.apache.parquet": ".parquet",
    "application/x-parquet": ".parquet",
    "application/vnd.apache.arrow.file": ".arrow",
    "application/vnd.apache.arrow.stream": ".arrow",
}
"""Content type of a body that is a table -> the source that reads it."""

ELASTICITIES = "elasticities"
"""The file of a form that is a table of elasticities."""

BINARY = {"type": "string", "format": "binary"}
_IN_MEMORY, _CHUNK = 1_000_000, 65_536


@dataclass(frozen=True)
class Upload:
    """A table that was sent: its bytes, the suffix that says how to read them, the name of its file."""

    file: IO[bytes]
    suffix: str
    name: str

    def read(self) -> bytes:
        """Its bytes."""
        self.file.seek(0)
        return self.file.read()


def contents(schema: type[Strict] | dict[str, Any], form: type[Strict], file: str = "flows") -> dict[str, Any]:
    """The body of an operation that takes all three kinds, for the contract."""
    own = {name: {"type": "string"} for name in form().known}
    return {
        "required": True,
        "content": {
            JSON: {"schema": schema},
            FORM: {"schema": {"type": "object", "properties": {file: BINARY, **own}, "required": [file]}},
            **{kind: {"schema": BINARY} for kind in TABLES},
        },
    }


def load(schema: Strict, content: Any) -> dict[str, Any]:
    """A body as its schema wants it; every fault is told."""
    try:
        return dict(schema.load(content))
    except ValidationError as error:
        raise invalid(error.messages, schema) from error


def table_body() -> Upload:
    """The body, where it is itself a table."""
    return Upload(spooled(), TABLES[request.mimetype], "body")


def form_table(file: str = "flows") -> Upload:
    """The table that a form sends as its file."""
    given = request.files.get(file)
    if given is None:
        raise ProblemError(
            422, f"the form has no file called {file!r}", code="missing-parameter", hint=f"send the table as {file}"
        )
    name = PurePath(given.filename or "").name
    suffix = PurePath(name).suffix.lower()
    if suffix not in SOURCES:
        refuse(f"a file called {name!r}")
    return Upload(given.stream, suffix, name)


def form_elasticities(importer: str) -> list[dict[str, Any]] | None:
    """The table of elasticities that a form sends as a file, as rows without empty cells; None where it sends none.

    Faults are told by the file's own rows.
    """
    if request.mimetype != FORM or ELASTICITIES not in request.files:
        return None
    upload = form_table(ELASTICITIES)
    try:
        return elasticity_rows(upload.read(), upload.suffix, importer)
    except FlowTableError as error:
        raise of_domain(error, path=ELASTICITIES) from error


def elasticity_rows(data: bytes, suffix: str, importer: str) -> list[dict[str, Any]]:
    """The rows of a table of elasticities without empty cells. Raises ``FlowTableError`` with every fault."""
    read_elasticities(data, importer, suffix=suffix)
    frame = read_table(data, suffix).frame
    cells = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): _plain(cell) for name, cell in row.items() if cell not in (None, "")} for row in cells]


def _plain(cell: Any) -> Any:
    """A cell as JSON has it."""
    return cell.item() if hasattr(cell, "item") else cell if isinstance(cell, int | float) else str(cell)


def asked_with(schema: Strict, file: str = "flows") -> tuple[dict[str, Any], Upload]:
    """A table and the options beside it: in the query string beside a body, in the other fields of a form."""
    if request.mimetype == FORM:
        PARSER.parse(NoQuery(), request, location="query")
        return PARSER.parse(schema, request, location="form"), form_table(file)
    if request.mimetype in TABLES:
        return PARSER.parse(schema, request, location="query"), table_body()
    return refuse(request.mimetype or "nothing")


def own_table(source: bytes | list[Any], suffix: str | None, name: str, asked: Mapping[str, Any]) -> Flows:
    """A table of the caller's own; rows without importer are imports of the United States unless said otherwise."""
    flows = read_flows(
        source,
        suffix=suffix,
        importer=asked.get("importer", "USA"),
        origin=asked.get("origin"),
        on_bad_row=asked["on_bad_row"],
        name=name,
    )
    within_rows(len(flows.frame), settings().table_rows)
    return flows


def within_rows(rows: int, most: int, what: str = "rows") -> None:
    """Refuse more rows than the service takes at a time."""
    if rows > most:
        said = f"{rows:,} {what} are more than the {most:,} that are taken"
        raise ProblemError(413, said, code="table-too-large", hint="send it in parts")


def within_bytes(size: int, most: int) -> None:
    """Refuse a body that is larger than its kind may be."""
    if size > most:
        raise ProblemError(413, f"{size:,} bytes are more than the {most:,} that are taken", hint="send less")


def refuse(kind: str, known: Sequence[str] = (JSON, FORM, *TABLES)) -> NoReturn:
    """Refuse a kind of body that is not read here."""
    raise ProblemError(415, f"a body of {kind} cannot be read", hint=f"send {', '.join(known)}")


def spooled() -> IO[bytes]:
    """The body in a file, in memory while it is small; read from the network once."""
    if "spooled" not in g:
        file: Any = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is closed with the request

        @after_this_request
        def close(answer: Response) -> Response:
            file.close()
            return answer

        while chunk := request.stream.read(_CHUNK):
            file.write(chunk)
        g.spooled = file
    g.spooled.seek(0)
    found: IO[bytes] = g.spooled
    return found


def digest() -> str:
    """The SHA-256 of what the request carries, whatever boundary a form was sent with, in hex."""
    sha = hashlib.sha256(request.mimetype.encode())
    if request.mimetype == FORM:
        sha.update(json.dumps(sorted(request.form.items(multi=True))).encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
            sha.update(json.dumps([name, file.filename]).encode() + _digest(file.stream))
    elif request.mimetype in TABLES:
        sha.update(_digest(spooled()))
    else:
        sha.update(request.get_data())
    return sha.hexdigest()


def _digest(file: IO[bytes]) -> bytes:
    file.seek(0)
    sha = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        sha.update(chunk)
    file.seek(0)
    return sha.digest()
