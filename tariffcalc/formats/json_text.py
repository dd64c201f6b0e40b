"""JSON: ``title``, ``columns``, ``rows`` (one object a row), ``provenance`` and ``notes``.

Numbers are rounded as in the CSV.
"""

import json
from typing import Any

from tariffcalc.formats.base import PLACES, Format, Kind, Options, Rendered, is_missing, kinds_of, print_cell


def render(result: Rendered, _options: Options) -> bytes:
    """Print the table; a missing number is null."""
    kinds = kinds_of(result.frame)
    columns = [[_cell(cell, kind) for cell in result.frame[name].tolist()] for name, kind in kinds.items()]
    rows = [dict(zip(kinds, cells, strict=True)) for cells in zip(*columns, strict=True)]
    content = {
        "title": result.title,
        "columns": list(kinds),
        "rows": rows,
        "provenance": result.provenance,
        "notes": list(result.notes),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, default=str).encode() + b"\n"


def _cell(cell: Any, kind: Kind) -> Any:
    if is_missing(cell):
        return None
    if kind == "text":
        return cell if isinstance(cell, bool) else print_cell(cell, kind)
    return float(print_cell(cell, kind)) if kind in PLACES else cell


JSON = Format("json", "application/json", ".json", binary=False, render=render)
