"""The flow table: which columns it has, and the checked table that the engine works on."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from tariffcalc.engine.periods import parse_period
from tariffcalc.errors import Fault

Kind = Literal["country", "product", "period", "value", "quantity", "unit", "share"]
Need = Literal["required", "in the table or given once", "optional"]
SHARE_SUFFIX = "_share"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a flow table, as checks, documentation and the CSV template see it."""

    name: str
    kind: Kind
    need: Need
    meaning: str


FLOW_COLUMNS = (
    Column(
        "importer", "country", "in the table or given once", "ISO alpha-3 or alpha-2 code, English name or Census code"
    ),
    Column("origin", "country", "in the table or given once", "country of origin, written like the importer"),
    Column("product", "product", "required", "HS or HTS code of 2, 4, 6, 8 or 10 digits, as text; dots are accepted"),
    Column("period", "period", "required", "2025, 2025-Q1, 2025-03 or 2025-03-14"),
    Column("customs_value", "value", "required", "customs value of the period, in the table's currency"),
    Column("quantity", "quantity", "optional", "quantity for specific duties, in the unit beside it"),
    Column("unit", "unit", "optional", "unit of the quantity, such as kg, bbl or no"),
    Column("usmca_claimed_value", "value", "optional", "the part of customs_value that claimed USMCA in that period"),
)
"""The columns with fixed names, in order. A column ``<name>_share`` may follow for every known fact or content."""

SHARE_COLUMN = Column(
    f"<name>{SHARE_SUFFIX}", "share", "optional", "share of value, 0 to 1; an empty cell means the default"
)


@dataclass(frozen=True)
class RawTable:
    """A table as it was read: any column, any text.

    ``rows`` numbers the rows of ``frame`` as a person sees them (line of a file, row of a sheet; 1, 2, 3 ... where
    there is no header). ``faults`` are rows that could not be read and are not in ``frame``.
    """

    frame: pd.DataFrame
    rows: np.ndarray[Any, Any]
    warnings: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Flows:
    """A checked flow table.

    ``frame`` has importer, origin (ISO alpha-3), product (digits) and period as categories of text, customs_value as
    float64 in ``currency``, and where given quantity (float64), unit (category), usmca_claimed_value (float64) and
    ``<name>_share`` columns (float64; NaN means the default). ``skipped_rows`` is how many rows were left out,
    ``bad_rows`` what is wrong with them: the first faults, of which a row may have several.
    """

    frame: pd.DataFrame
    name: str
    title: str = ""
    vintage: str = ""
    source: str = ""
    currency: str = "USD"
    bad_rows: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = field(default=(), kw_only=True)
    skipped_rows: int = field(default=0, kw_only=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hex: the same for the same rows, whatever file or type they came from."""
        return content_digest(self.frame)

    @cached_property
    def window(self) -> tuple[date, date]:
        """First day of the earliest period and the day after the last one (half open)."""
        windows = [parse_period(text) for text in self.frame["period"].cat.remove_unused_categories().cat.categories]
        return min(window.from_ for window in windows), max(window.until for window in windows)


def trusted_flows(frame: pd.DataFrame, meta: Mapping[str, Any]) -> Flows:
    """Take a table that was checked when it was compiled: no row is looked at again.

    ``meta`` holds name, title, vintage and source, and the currency in its ``flows`` table.
    """
    texts = [name for name in ("importer", "origin", "product", "period") if frame[name].dtype != "category"]
    return Flows(
        frame=frame.astype(dict.fromkeys(texts, "category")),
        name=str(meta["name"]),
        title=str(meta.get("title", "")),
        vintage=str(meta.get("vintage", "")),
        source=str(meta.get("source", "")),
        currency=str(meta.get("flows", {}).get("currency", "USD")),
    )


def content_digest(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of names and values of all columns in the order of their names, rows in their own order."""
    sha = hashlib.sha256()
    for name in sorted(frame.columns):
        sha.update(f"{name}\n{len(frame)}\n".encode())
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            numbers = column.to_numpy(dtype="<f8", na_value=np.nan) + 0.0
            numbers[np.isnan(numbers)] = np.nan
            sha.update(numbers.tobytes())
        else:
            sha.update(_text_bytes(column))
    return sha.hexdigest()


def country_key(text: str) -> str:
    """Return the spelling by which a country is looked up: capitals without accents, single spaces, none around."""
    apart = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return re.sub(r"\s+", " ", letters.strip()).upper()


def _text_bytes(column: "pd.Series[Any]") -> bytes:
    """The words that occur, sorted, and each row's place among them; -1 for an empty cell."""
    category = column.astype("category").cat
    codes = category.codes.to_numpy()
    texts = [str(word) for word in category.categories]
    seen = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(texts))).tolist()
    ordered = sorted(seen, key=texts.__getitem__)
    place = np.full(len(texts) + 1, -1, dtype="<i4")
    place[ordered] = np.arange(len(ordered))
    words = "\0".join(texts[at] for at in ordered)
    return words.encode() + b"\n" + place[codes].tobytes()
