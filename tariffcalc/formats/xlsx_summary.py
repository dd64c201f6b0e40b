"""The summary sheet: totals of the data sheet as live formulas, over everything and by the first key.

Each formula is written with its value as of now, for programs that show a workbook without reckoning. Groups are
summed by SUMPRODUCT over an exact comparison: SUMIF reads the text ``01`` as the number 1 and ``2025-03`` as a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from tariffcalc.formats.base import Kind, Rendered, kinds_of, print_cell, whole_letters
from tariffcalc.formats.totals import totals

_LONGEST_TEXT = 32_767
_MOST_GROUPS = 300
_MOST_COMPARISONS = 20_000_000
"""Groups times rows: what a spreadsheet reckons within seconds."""

_HEADER_ROW = 2


@dataclass(frozen=True, slots=True)
class Styles:
    """Cell formats by kind of column, and that of headers."""

    cells: Mapping[Kind, Any]
    head: Any


def cell_text(text: str) -> str:
    """Return a text as a cell can hold it: no half surrogates, not more signs than a cell takes."""
    return whole_letters(text)[:_LONGEST_TEXT]


def write_summary(sheet: Any, result: Rendered, styles: Styles) -> None:
    """Write title, totals, totals by the first key, and notes."""
    frame, kinds = result.frame, kinds_of(result.frame)
    amounts = totals(frame)
    names = [name for name in kinds if name in amounts]
    key = next(iter(kinds), None) if "text" in list(kinds.values())[:1] else None
    groups = _groups(frame, key) if names and key else {}
    labels = [name for name in (key, f"{key}_name") if name in kinds] if groups else []
    sheet.write_string(0, 0, cell_text(result.title or "Summary"), styles.head)
    for at in range(max(len(labels), 1)):
        sheet.set_column(at, at, 24)
    sheet.set_column(max(len(labels), 1), 30, 20)
    row = _HEADER_ROW
    if names:
        sheet.write_row(row, 0, [*(labels or [""]), *names], styles.head)
        row = _write_totals(sheet, row + 1, _Row(frame, styles, len(labels) or 1), names, amounts)
    for cells in groups.values():
        texts = [print_cell(cells[name].iloc[0], "text") for name in labels]
        row = _write_totals(sheet, row, _Row(frame, styles, len(labels), key), names, totals(cells), texts)
    notes = [*([_not_by(key)] if names and key and not groups else []), *result.notes]
    for at, note in enumerate(notes, row + 1):
        sheet.write_string(at, 0, cell_text(note))


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row of totals is over: the whole data, or the rows whose ``key`` is the text in its first cell."""

    frame: pd.DataFrame
    styles: Styles
    first: int
    key: str | None = None


def _write_totals(
    sheet: Any, row: int, over: _Row, names: list[str], amounts: Mapping[str, float], texts: list[str] | None = None
) -> int:
    """Write one row of formulas, none where nothing is known; return the number of the next row."""
    kinds = kinds_of(over.frame)
    for at, text in enumerate(texts or ["Total"]):
        sheet.write_string(row, at, cell_text(text), over.styles.cells["text"])
    for at, name in enumerate(names, over.first):
        if name in amounts:
            formula = _formula(name, over, row)
            sheet.write_formula(row, at, formula, over.styles.cells[kinds[name]], amounts[name])
    return row + 1


def _formula(name: str, over: _Row, row: int) -> str:
    """Return the formula of one total: a sum, a share of value, or duty over resolved value."""
    if kinds_of(over.frame)[name] == "money":
        return f"={_sum(over, row, name)}"
    if name == "effective_rate":
        resolved = ["customs_value", *(["resolved_share"] if "resolved_share" in over.frame else [])]
        return _ratio(_sum(over, row, "duty"), _sum(over, row, *resolved))
    return _ratio(_sum(over, row, "customs_value", name), _sum(over, row, "customs_value"))


def _sum(over: _Row, row: int, *names: str) -> str:
    """Return the sum of the products of some columns over the rows that count."""
    cells = [_range(over.frame, name) for name in names]
    if over.key is not None:
        cells.insert(0, f"--({_range(over.frame, over.key)}=$A{row + 1})")
    return f"SUM({cells[0]})" if len(cells) == 1 else f"SUMPRODUCT({','.join(cells)})"


def _ratio(part: str, whole: str) -> str:
    return f'=IF({whole}>0,{part}/{whole},"")'


def _range(frame: pd.DataFrame, name: str) -> str:
    letter = xl_col_to_name([*map(str, frame.columns)].index(name))
    return f"Data!${letter}$2:${letter}${len(frame) + 1}"


def _groups(frame: pd.DataFrame, key: str) -> dict[str, pd.DataFrame]:
    """Cut the table by its first key, in the order of the data; nothing where that would be too much to reckon."""
    count = frame[key].nunique()
    if not 0 < count <= _MOST_GROUPS or count * len(frame) > _MOST_COMPARISONS:
        return {}
    texts = pd.Series([cell_text(print_cell(cell, "text")) for cell in frame[key].tolist()], index=frame.index)
    return {str(text): part for text, part in frame.groupby(texts, sort=False)}


def _not_by(key: str) -> str:
    return f"Totals by {key} are not written out: they would be too many to reckon. The data sheet has every row."
