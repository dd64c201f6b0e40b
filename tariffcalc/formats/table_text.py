"""A table for terminals: aligned columns, thousands separated, a totals row, notes below."""

from collections.abc import Iterator

from tariffcalc.formats.base import Format, Options, Rendered, kinds_of, plain, print_cell, printed_columns
from tariffcalc.formats.totals import total_cells

_WIDEST = 40


def stream(result: Rendered, _options: Options) -> Iterator[bytes]:
    """Print the table; texts longer than 40 signs are cut."""
    kinds = kinds_of(result.frame)
    columns = printed_columns(result.frame, group=",")
    rows = [[_cut(cell) for cell in cells] for cells in zip(*columns, strict=True)]
    last = [
        _cut(print_cell(cell, kind, group=","))
        for cell, kind in zip(total_cells(result.frame), kinds.values(), strict=True)
    ]
    widths = [max(map(len, cells)) for cells in zip(kinds, last, *rows, strict=True)]
    is_text = [kind == "text" for kind in kinds.values()]
    rule = "  ".join("-" * width for width in widths)
    lines = [plain(result.title), ""] if result.title else []
    lines += [_line([*kinds], widths, is_text), rule, *(_line(row, widths, is_text) for row in rows)]
    lines += [rule, _line(last, widths, is_text)] if len(rows) > 1 and any(last) else []
    lines += ["", *(f"note: {plain(note)}" for note in result.notes)] if result.notes else []
    return iter([("\n".join(lines) + "\n").encode("utf-8", "replace")])


def _line(cells: list[str], widths: list[int], is_text: list[bool]) -> str:
    parts = [
        cell.ljust(width) if text else cell.rjust(width)
        for cell, width, text in zip(cells, widths, is_text, strict=True)
    ]
    return "  ".join(parts).rstrip()


def _cut(text: str) -> str:
    line = plain(text)
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..."


TABLE = Format("table", "text/plain; charset=utf-8", ".txt", binary=False, stream=stream)
