"""Results out: one file a format, and the table of them by name."""

from collections.abc import Iterator

from tariffcalc.errors import UnknownNameError
from tariffcalc.formats.arrow_bytes import ARROW, PARQUET
from tariffcalc.formats.base import COLUMN_KINDS, Format, Options, Rendered
from tariffcalc.formats.charts import PNG, SVG
from tariffcalc.formats.csv_text import CSV
from tariffcalc.formats.json_text import JSON
from tariffcalc.formats.markdown_text import MARKDOWN
from tariffcalc.formats.table_text import TABLE
from tariffcalc.formats.xlsx_bytes import XLSX

__all__ = ["COLUMN_KINDS", "FORMATS", "Format", "Options", "Rendered", "render", "stream"]

FORMATS: dict[str, Format] = {
    "table": TABLE,
    "csv": CSV,
    "json": JSON,
    "xlsx": XLSX,
    "parquet": PARQUET,
    "arrow": ARROW,
    "markdown": MARKDOWN,
    "svg": SVG,
    "png": PNG,
}
"""Name -> format."""


def render(result: Rendered, name: str, options: Options | None = None) -> bytes:
    """Print a result in the format of that name. Raises ``UnknownNameError``, and what the format itself raises."""
    return b"".join(stream(result, name, options))


def stream(result: Rendered, name: str, options: Options | None = None) -> Iterator[bytes]:
    """Print the same bytes piece by piece, for a result that is large. Raises the same, before the first piece."""
    if name not in FORMATS:
        raise UnknownNameError.of("format", name, FORMATS)
    return FORMATS[name].stream(result, options or Options())
