"""JSON: ``title``, ``columns``, ``rows`` (one object a row), ``provenance`` and ``notes``.

Numbers are rounded as in the CSV.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from tariffcalc.formats.base import PLACES, Format, Kind, Options, Rendered, chunks, is_missing, kinds_of, print_cell


def stream(result: Rendered, _options: Options) -> Iterator[bytes]:
    """Print the table run by run; a missing number is null."""
    kinds = kinds_of(result.frame)
    head = {"title": result.title, "columns": list(kinds)}
    tail = {"provenance": _finite(result.provenance), "notes": list(result.notes)}
    yield f'{_text(head)[:-1]}, "rows": ['.encode("utf-8", "replace")
    between = ""
    for part in chunks(result.frame):
        yield f"{between}{_text(_rows(part, kinds))[1:-1]}".encode("utf-8", "replace")
        between = ", "
    yield f"], {_text(tail)[1:]}\n".encode("utf-8", "replace")


def _rows(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> list[dict[str, Any]]:
    columns = [[_cell(cell, kind) for cell in frame[name].tolist()] for name, kind in kinds.items()]
    return [dict(zip(kinds, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, default=str)


def _finite(content: Any) -> Any:
    """What JSON can spell: it has no word for a number that is none or is infinite."""
    if isinstance(content, Mapping):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if is_missing(content) else content


def _cell(cell: Any, kind: Kind) -> Any:
    if is_missing(cell):
        return None
    if kind == "text":
        return cell if isinstance(cell, bool) else print_cell(cell, kind)
    return float(print_cell(cell, kind)) if kind in PLACES else cell


JSON = Format("json", "application/json", ".json", binary=False, stream=stream)
