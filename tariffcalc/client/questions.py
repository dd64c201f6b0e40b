"""Arguments of the Python API as query strings and bodies of the service."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from tariffcalc.client.answers import PARQUET, Saved
from tariffcalc.errors import BadRequestError, Fault, FlowTableError, UnknownNameError

Day = str | date
Table = str | Path | Saved | pd.DataFrame | Iterable[Mapping[str, Any]]

MEDIA: Mapping[str, str] = {
    ".csv": "text/csv",
    ".txt": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": PARQUET,
    ".arrow": "application/vnd.apache.arrow.file",
    ".feather": "application/vnd.apache.arrow.file",
}
"""Suffix of a file's name -> what the service is told that it is."""


def rate(
    products: Sequence[str],
    origins: Sequence[str],
    on: Day,
    importer: str,
    known: Mapping[str, Any],
    *,
    several: bool = False,
) -> dict[str, Any]:
    """The query of ``/v1/rates``; ``several`` asks for a list even of one."""
    goods = {"products": products, "origins": origins} if several else {"product": products[0], "origin": origins[0]}
    return plain({**goods, "date": on, "importer": importer, **_known(known)})


def history(
    product: str, origin: str, start: Day | None, until: Day | None, importer: str, known: Mapping[str, Any]
) -> dict[str, Any]:
    """The query of ``/v1/rates/history``."""
    asked = {"product": product, "origin": origin, "from": start, "until": until, "importer": importer}
    return plain({**asked, **_known(known)})


def plain(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A query without what is None; days, amounts, flags and lists as the service reads them."""
    return {name: _text(value) for name, value in asked.items() if value is not None}


def step(name: str) -> str:
    """A name or id as one step of an address."""
    return quote(name, safe="")


@contextmanager
def table_body(flows: Table, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A table as what httpx sends: a file or a frame as itself with the options in the query, rows as JSON."""
    if isinstance(flows, Saved):
        raise BadRequestError(f"the table {flows.id} is saved already", hint="name it by its id")
    if isinstance(flows, str | Path):
        with _opened(Path(flows)) as (file, kind):
            asked = plain({"name": Path(flows).name, **_given(options)})
            yield {"content": file, "params": asked, "headers": {"Content-Type": kind}}
    elif isinstance(flows, pd.DataFrame):
        content = io.BytesIO()
        flows.to_parquet(content, index=False)
        yield {"content": content, "params": plain(options), "headers": {"Content-Type": PARQUET}}
    else:
        yield {"json": {"rows": [_row(one) for one in flows], **_given(options)}, "headers": {}}


@contextmanager
def estimate_body(flows: Table, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The body of ``/v1/estimates``: JSON with a table's name or rows, or the table itself."""
    asked = _given(_estimate(options))
    written = [
        name
        for name in ("scenario", "baseline", "elasticities", "vary", "retaliation_flows")
        if not _is_plain(asked.get(name))
    ]
    if isinstance(flows, pd.DataFrame) and written:
        flows = _records(flows)
    if isinstance(flows, Saved) or (isinstance(flows, str) and not Path(flows).suffix):
        name = flows.id if isinstance(flows, Saved) else flows
        yield {"json": {"flows": name, **asked}, "headers": {}}
    elif isinstance(flows, str | Path | pd.DataFrame):
        if written:
            raise BadRequestError(
                f"a file cannot be sent together with a {written[0]} that is written out",
                hint="upload the table first (client.upload), or save the scenario (client.save_scenario)",
            )
        with table_body(flows, asked) as body:
            body["params"].pop("name", None)
            yield body
    else:
        yield {"json": {"flows": [_row(one) for one in flows], **asked}, "headers": {}}


def lines(shipments: pd.DataFrame | Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Shipments as rows without their empty cells."""
    return [_row(one) for one in (_records(shipments) if isinstance(shipments, pd.DataFrame) else shipments)]


def _known(known: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the goods, by the names of the service."""
    asked = dict(known)
    shares, facts = asked.pop("shares", None) or {}, asked.pop("facts", None) or {}
    if denied := [name for name, holds in facts.items() if not holds]:
        raise BadRequestError(f"the service cannot be told that {denied[0]} does not hold", hint="leave it out")
    if isinstance(asked.get("scenario"), Mapping):
        raise BadRequestError("a rate takes a scenario by name", hint="save it first: client.save_scenario(...)")
    asked["scenario"] = _named(asked.get("scenario"))
    return {**asked, "share": [f"{name}={share!r}" for name, share in shares.items()], "fact": list(facts)}


def _estimate(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an estimate by the names of the service."""
    asked = {name: _named(value) for name, value in options.items() if name != "window"}
    start, until = options.get("window") or (None, None)
    by = asked.get("by")
    for name in ("elasticities", "retaliation_flows"):
        if isinstance(asked.get(name), pd.DataFrame):
            asked[name] = lines(asked[name])
    return {**asked, "by": by if by is None or isinstance(by, str) else ",".join(by), "from": start, "until": until}


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """What is not None, days as text: for JSON."""
    return {name: _cell(value) for name, value in options.items() if value is not None}


def _is_plain(value: Any) -> bool:
    """Whether a value can stand in an address."""
    return not isinstance(value, Mapping | list | tuple)


def _named(value: Any) -> Any:
    return value.id if isinstance(value, Saved) else value


def _records(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    """The rows of a frame, None where a cell is empty."""
    names = [str(name) for name in frame.columns]
    columns = [frame.iloc[:, at].astype(object).where(frame.iloc[:, at].notna(), None) for at in range(len(names))]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): _cell(value) for name, value in row.items() if value is not None}


def _cell(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, date | Decimal):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return str(value)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, str]]:
    """A file to be sent, and what it is; read while it is sent."""
    kind = MEDIA.get(path.suffix.lower())
    if kind is None:
        raise UnknownNameError.of("kind of file", path.suffix, MEDIA)
    try:
        with path.open("rb") as file:
            yield file, kind
    except OSError as error:
        fault = Fault("unreadable-file", f"The file cannot be read: {error.strerror}.", file=str(path))
        raise FlowTableError.of(path.name, [fault]) from error
