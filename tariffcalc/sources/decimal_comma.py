"""Numbers with a decimal comma, as European spreadsheets write them beside semicolons or tabs, or in quotes.

They are turned only where nothing is ambiguous: ``1,234`` alone may be a thousand or a fraction.
"""

import pandas as pd

from tariffcalc.engine.flow_columns import header_key
from tariffcalc.engine.flow_table import FLOW_COLUMNS, SHARE_SUFFIX

_NUMBER_NAMES = {"value", *(column.name for column in FLOW_COLUMNS if column.kind in ("value", "quantity"))}
"""``value`` is what a table of shipments calls the customs value."""
_NUMBER = r"\s*[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]+)?\s*(?:%\s*)?|\s*"
_THOUSAND_OR_FRACTION = r"\s*[+-]?[1-9][0-9]{0,2},[0-9]{3}\s*"


def to_decimal_point(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Turn the decimal commas of the number columns into points, if the numbers of the table can only be read so.

    Returns the table, and a warning where some numbers have a decimal comma and others contradict it.
    """
    places = [at for at, name in enumerate(frame.columns) if _holds_numbers(str(name))]
    cells = pd.concat([frame.iloc[:, at] for at in places]) if places else pd.Series(dtype="str")
    with_comma = cells[cells.str.contains(",", regex=False)]
    if with_comma.str.fullmatch(_THOUSAND_OR_FRACTION).all():
        return frame, ()
    if not cells.str.fullmatch(_NUMBER).all():
        return frame, ("numbers are written in more than one way: decimal commas were not read as such",)
    turned = frame.copy()
    for at in places:
        column = turned.iloc[:, at].str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        turned.isetitem(at, column.array)
    return turned, ()


def _holds_numbers(header: str) -> bool:
    name = header_key(header)
    return name in _NUMBER_NAMES or name.endswith(SHARE_SUFFIX)
