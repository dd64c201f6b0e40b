"""The rows of a user's table of elasticities, checked: every fault by row and column, at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.elasticity_table import DEFAULT, PARAMETERS, RANGES, ParameterRows, wrong_value
from tariffcalc.engine.flow_cells import Texts, product_digits, read_numbers, read_texts
from tariffcalc.engine.flow_table import RawTable, country_key
from tariffcalc.engine.lookup import Bools, Floats
from tariffcalc.errors import Fault
from tariffcalc.sources.countries import country_codes, country_hint
from tariffcalc.sources.trade_facts import is_known_product, lines_below

ERROR = "standard_error"


class CheckedRows:
    """The rows of a table as codes and numbers, with what is wrong of each."""

    def __init__(self, raw: RawTable, columns: Mapping[str, pd.Series[Any]], importer: str, *, above_one: bool) -> None:
        """Read and check every column."""
        self._raw, self._importer, self._above_one = raw, importer, above_one
        self._texts = {name: _texts(cells) for name, cells in columns.items()}
        self._products = [_code(text) for text in self._texts["product"]]
        self._origins = self._read_origins()
        self.bad: Bools = np.zeros(len(raw.frame), dtype=bool)
        self._numbers = {
            name: _numbers(columns[name]) for one in PARAMETERS for name in (one, f"{one}_{ERROR}") if name in columns
        }
        self.faults = sorted(self._faults(), key=lambda fault: (fault.row or 0, fault.column or ""))

    def rows(self) -> dict[str, ParameterRows]:
        """The good rows by parameter."""
        found = {}
        for name in PARAMETERS:
            if name not in self._numbers:
                continue
            values = self._numbers[name]
            at = np.flatnonzero(~self.bad & ~np.isnan(values))
            errors = self._numbers.get(f"{name}_{ERROR}", np.full(len(values), np.nan))
            origins = tuple(self._origins[i] for i in at) if name == "supply" and any(self._origins) else ()
            if at.size:
                found[name] = ParameterRows(tuple(self._products[i] for i in at), values[at], errors[at], origins)
        return found

    def _read_origins(self) -> list[str]:
        known = country_codes()
        texts = self._texts.get("origin", [""] * len(self._raw.frame))
        return [known.get(country_key(text), text) if text else "" for text in texts]

    def _faults(self) -> Iterator[Fault]:
        yield from self._product_faults()
        yield from self._origin_faults()
        for name, values in self._numbers.items():
            yield from self._number_faults(name, values)
        written = [self._texts[name] for name in PARAMETERS if name in self._texts]
        for at in range(len(self._raw.frame)):
            if not any(texts[at] for texts in written):
                yield self._fault(at, "no-elasticity", "The row has no elasticity.", "fill one, or leave the row out")

    def _product_faults(self) -> Iterator[Fault]:
        first: dict[tuple[str, str], int] = {}
        for at, (code, origin) in enumerate(zip(self._products, self._origins, strict=True)):
            wrong = _wrong_code(code, self._importer)
            if wrong is not None:
                yield self._fault(at, *wrong, column="product")
            elif (code, origin) in first:
                line = self._raw.rows[first[code, origin]]
                hint = f"keep one of them: the first is in row {line}"
                yield self._fault(at, "duplicate-code", "The product occurs more than once.", hint, column="product")
            else:
                first[code, origin] = at

    def _origin_faults(self) -> Iterator[Fault]:
        known = set(country_codes().values())
        for at, origin in enumerate(self._origins):
            if origin and origin not in known:
                hint = country_hint(origin)
                yield self._fault(at, "unknown-country", "No country is called so.", hint, column="origin")
                continue
            for name in ("demand", "substitution"):
                if origin and name in self._numbers and not np.isnan(self._numbers[name][at]):
                    text = f"The elasticity of {name} belongs to a product, whatever the origin."
                    yield self._fault(at, "origin-not-meant", text, "leave the origin empty", column=name)

    def _number_faults(self, name: str, values: Floats) -> Iterator[Fault]:
        for at, text in enumerate(self._texts[name]):
            if not text:
                continue
            if np.isnan(values[at]):
                hint = "write a plain number with a decimal point"
                yield self._fault(at, "not-a-number", "The cell is not a number.", hint, column=name)
            elif name.endswith(ERROR):
                if not 0 <= values[at] < np.inf:
                    yield self._fault(at, "out-of-range", "A standard error is not below zero.", None, column=name)
            elif wrong := wrong_value(name, float(values[at]), above_one=self._above_one):
                said = f"The elasticity of {name} is out of its range: {wrong}."
                yield self._fault(at, "out-of-range", said, RANGES[name], column=name)

    def _fault(self, at: int, code: str, message: str, hint: str | None, column: str | None = None) -> Fault:
        self.bad[at] = True
        value = None if column is None else self._texts[column][at]
        return Fault(code, message, hint, row=int(self._raw.rows[at]), column=column, value=value)


def _texts(cells: pd.Series[Any]) -> list[str]:
    texts: Texts = read_texts(cells)
    return [texts.at(row) for row in range(len(cells))]


def _numbers(cells: pd.Series[Any]) -> Floats:
    """A column as numbers; ``inf`` is one, an empty cell or a text is none."""
    infinite = np.array([text.lower() in ("inf", "infinity") for text in _texts(cells)], dtype=bool)
    return np.where(infinite, np.inf, read_numbers(cells).amounts)


def _code(text: str) -> str:
    return "" if text.lower() == DEFAULT else product_digits(text) or "?"


def _wrong_code(code: str, importer: str) -> tuple[str, str, str] | None:
    """Code, message and hint of what is wrong with a product; '' is the default."""
    if code == "":
        return None
    hint = "write 2 to 10 digits as text, such as 2709.00, or `default` for every other product"
    if not (code.isascii() and code.isdigit()):
        return "product-not-digits", "A product is made of digits.", hint
    if not 2 <= len(code) <= 10:
        return "product-length", "A product has 2 to 10 digits.", hint
    if is_known_product(code, importer) or lines_below(code, importer):
        return None
    return "unknown-product", "No line of the tariff begins so.", "leave the row out, or give today's number"
