"""A Markdown table: numbers to the right, thousands separated, a totals row in bold, notes below."""

from collections.abc import Iterator

from tariffcalc.formats.base import Format, Options, Rendered, kinds_of, plain, print_cell, printed_columns
from tariffcalc.formats.totals import total_cells

_MARKS = str.maketrans({sign: f"\\{sign}" for sign in "\\|*_`<>[]"})


def stream(result: Rendered, _options: Options) -> Iterator[bytes]:
    """Print the table; signs that mean something in Markdown are escaped."""
    kinds = kinds_of(result.frame)
    rows = zip(*printed_columns(result.frame, group=","), strict=True)
    last = [
        print_cell(cell, kind, group=",") for cell, kind in zip(total_cells(result.frame), kinds.values(), strict=True)
    ]
    lines = [f"## {escaped(result.title)}", ""] if result.title else []
    lines += [_line([*kinds]), "|" + "|".join(" --- " if kind == "text" else " ---: " for kind in kinds.values()) + "|"]
    lines += [_line([escaped(cell) for cell in row]) for row in rows]
    lines += (
        [_line([f"**{escaped(cell)}**" if cell else "" for cell in last])]
        if len(result.frame) > 1 and any(last)
        else []
    )
    lines += ["", *(f"- {escaped(note)}" for note in result.notes)] if result.notes else []
    return iter([("\n".join(lines) + "\n").encode("utf-8", "replace")])


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return plain(text).translate(_MARKS)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


MARKDOWN = Format("markdown", "text/markdown; charset=utf-8", ".md", binary=False, stream=stream)
