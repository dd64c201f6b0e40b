"""Sheets of a workbook: the first one, or one by name; the first row with any text is the header."""

import io
from typing import Any

import numpy as np
import pandas as pd
import python_calamine

from tariffcalc.engine.flow_cells import written
from tariffcalc.engine.flow_columns import header_key
from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import Fault, FlowTableError, UnknownNameError
from tariffcalc.sources.workbook_bounds import check_workbook


def read_xlsx(data: bytes, sheet: str | None = None) -> RawTable:
    """Read one sheet; rows are numbered as the workbook numbers them.

    A product kept as a number is turned to its digits, with a warning, for its leading zero is lost. Raises
    ``FlowTableError`` where the file is no workbook or too large for the bounds that hold, ``UnknownNameError`` where
    it has no such sheet.
    """
    check_workbook(data)
    filled = [(row, cells) for row, cells in enumerate(_cells(data, sheet), 1) if any(map(written, cells))]
    header = [written(cell) for cell in filled[0][1]] if filled else []
    body = filled[1:]
    columns = list(zip(*(cells for _, cells in body), strict=True)) or [()] * len(header)
    frame = pd.concat([pd.Series(cells, dtype=object) for cells in columns], axis=1) if header else pd.DataFrame()
    frame.columns = pd.Index(header, dtype="str")
    return RawTable(frame, np.array([row for row, _ in body], dtype=np.int64), _warnings(frame))


def _cells(data: bytes, sheet: str | None) -> list[list[Any]]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            raise UnknownNameError.of("sheet", sheet, names)
        chosen = workbook.get_sheet_by_name(sheet) if sheet is not None else workbook.get_sheet_by_index(0)
        return chosen.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError, OSError, ValueError) as error:
        fault = Fault("unreadable-file", f"The file is not a workbook: {error}.", "save it as .xlsx, or as CSV UTF-8")
        raise FlowTableError.of("workbook", [fault]) from error


def _warnings(frame: pd.DataFrame) -> tuple[str, ...]:
    found = []
    for at, name in enumerate(frame.columns):
        kinds = frame.iloc[:, at].map(type)
        numbers = int(kinds.isin([int, float]).sum())
        if header_key(name) == "product" and numbers:
            found.append(
                f"{numbers:,} product codes are numbers in the sheet, where a leading zero is lost: a code of 7 or 9 "
                "digits is refused; format the column as text",
            )
    return tuple(found)
