"""One table of an economy's folder: rows of codes with numbers, placed in an array, with every fault of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tariffcalc.engine.flow_columns import header_key
from tariffcalc.errors import Fault, TariffcalcError, nearest_hint
from tariffcalc.sources import read_table

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST = 50
"""At most this many faults of one kind are listed of a column."""


class Cells:
    """The rows of a table: ``texts`` by column of codes, ``numbers`` by column of figures; faults go to ``faults``."""

    def __init__(
        self, file: str, frame: pd.DataFrame, rows: NDArray[Any], codes: Sequence[str], faults: list[Fault]
    ) -> None:
        """Keep the columns of codes as text."""
        self.file, self.rows, self.faults = file, rows, faults
        self.texts = {name: frame[name].astype("str").str.strip().tolist() for name in codes}
        self._frame = frame
        self._at: tuple[NDArray[np.int64], ...] = ()
        self._shape: tuple[int, ...] = ()
        self._places: tuple[Sequence[str], ...] = ()
        self._good: Bools = np.ones(len(frame), dtype=bool)

    def place(self, places: Mapping[str, Sequence[str]]) -> None:
        """Find every row's place by its codes; codes that are not known and rows that come twice are faults."""
        keys = tuple(places)
        self._places = tuple(places.values())
        self._shape = tuple(len(known) for known in self._places)
        self._at = tuple(self.look_up(name, places[name]) for name in keys)
        cell = pd.Series(np.ravel_multi_index(tuple(np.maximum(one, 0) for one in self._at), self._shape))
        twice = (cell.duplicated() & pd.Series(self._good)).to_numpy()
        for row in np.flatnonzero(twice)[:MOST]:
            said = ", ".join(self.texts[name][row] for name in keys)
            self._fault(row, "duplicate-row", f"{said} comes more than once", keys[0], None, "keep one of the rows")
        self._good &= ~twice

    def look_up(self, name: str, codes: Sequence[str]) -> NDArray[np.int64]:
        """The place of each row's code among ``codes``, -1 and a fault where it is not among them."""
        known = {code: i for i, code in enumerate(codes)}
        found = np.array([known.get(text, -1) for text in self.texts[name]], dtype=np.int64)
        for row in np.flatnonzero(found < 0)[:MOST]:
            text = self.texts[name][row]
            self._fault(row, "unknown-code", f"no {name} is called so", name, text, nearest_hint(text, known))
        self._good &= found >= 0
        return found

    def fill(
        self, column: str, low: float, high: float = np.inf, *, default: float = 0.0, whole: bool = False
    ) -> Floats:
        """A column as an array over the places; cells without row are ``default``, or a fault where all are wanted."""
        numbers = pd.to_numeric(self._frame[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        wrong = ~((numbers >= low) & (numbers <= high) & np.isfinite(numbers))
        for row in np.flatnonzero(wrong)[:MOST]:
            text = str(self._frame[column].iloc[row])
            isnt = "not a number" if np.isnan(numbers[row]) else f"not {_range(low, high)}"
            self._fault(row, "out-of-range", f"the {column} is {isnt}", column, text, None)
        array = np.full(self._shape, default)
        array[tuple(one[self._good] for one in self._at)] = numbers[self._good]
        if whole:
            self.faults += self._missing(column)
        return array

    def _missing(self, column: str) -> Iterator[Fault]:
        """The cells that no row fills."""
        filled = np.zeros(self._shape, dtype=bool)
        filled[tuple(one[self._good] for one in self._at)] = True
        for place in np.argwhere(~filled)[:MOST]:
            said = ", ".join(known[i] for known, i in zip(self._places, place, strict=True))
            yield Fault("missing-row", f"there is no {column} of {said}", "add the row", file=self.file)

    def _fault(self, row: int, code: str, message: str, column: str, value: str | None, hint: str | None) -> None:
        place = int(self.rows[row])
        self.faults.append(Fault(code, message, hint, file=self.file, row=place, column=column, value=value))


def read_cells(path: Path, codes: Sequence[str], numbers: Sequence[str], faults: list[Fault]) -> Cells | None:
    """A table from a file; None, with the faults told, where it cannot be read or columns are missing."""
    try:
        raw = read_table(path)
    except TariffcalcError as error:
        faults += error.faults or [Fault(error.code, error.message, error.hint, file=path.name)]
        return None
    faults += raw.faults
    frame = raw.frame.rename(columns=lambda name: header_key(str(name)))
    wanted = [*codes, *numbers]
    missing = [name for name in wanted if name not in frame]
    twice = [name for name in wanted if list(frame.columns).count(name) > 1]
    for name in missing:
        hint = nearest_hint(name, [str(one) for one in frame.columns])
        faults.append(Fault("missing-column", f"the column {name} is missing", hint, file=path.name, column=name))
    faults += [Fault("duplicate-column", f"{name} occurs twice", file=path.name, column=name) for name in twice]
    return None if missing or twice else Cells(path.name, frame, raw.rows, codes, faults)


def _range(low: float, high: float) -> str:
    return f"{low:g} or more" if high == np.inf else f"between {low:g} and {high:g}"
