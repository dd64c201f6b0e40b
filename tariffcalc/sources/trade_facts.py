"""The facts of trade under ``trade_data/``: shares, equivalents, tariff lines, concordances."""

from __future__ import annotations

import csv
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tariffcalc.engine.lookup import DIGITS, PrefixTable, as_ints
from tariffcalc.engine.sectors import UNCLASSIFIED, Sectors
from tariffcalc.engine.tradefacts import Trade, TradeFacts
from tariffcalc.errors import UnknownNameError
from tariffcalc.law.schedule import Content, Fact
from tariffcalc.paths import trade_data_folder

HOME = "USA"
"""The importer whose tariff is held whole; of others the lines that their measures list, or the HS alone."""

HS_DIGITS = 6
_NATIONAL_CHAPTERS = ("98", "99")
_VINTAGES = ("settled", "2024")
_NO_EQUIVALENT = PrefixTable(("",), np.array([np.nan]))


def read_trade_facts(facts: Mapping[str, Fact], contents: Mapping[str, Content], importer: str = HOME) -> TradeFacts:
    """The tables that an importer's facts and contents name, its tariff lines with their trade, and equivalents."""
    folder = trade_data_folder()
    wanted = {one.shares for one in facts.values() if one.shares}
    names = sorted({name for one in wanted for name in (one, *(f"{one}_{v}" for v in _VINTAGES))})
    files = {name: path for name in names if (path := _share_file(folder, name)) is not None}
    return TradeFacts(
        equivalents=read_shares(folder / "tariff_lines" / "ave.csv", "ave") if importer == HOME else _NO_EQUIVALENT,
        contents={name: table for name, one in contents.items() if (table := _content(folder, one)) is not None},
        shares=OnDemand(files),
        lines=tuple(code.ljust(DIGITS, "0") for code in lines_of(importer)),
        digits=line_digits(importer),
        trade=partial(read_trade, importer),
    )


class OnDemand(Mapping[str, PrefixTable]):
    """Tables of shares by name, each read when it is first asked for."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        """The files by name."""
        self._files = files

    def __getitem__(self, name: str) -> PrefixTable:
        """The table of that name."""
        return read_shares(self._files[name])

    def __contains__(self, name: object) -> bool:
        """Whether there is one, without reading it."""
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._files)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._files)


def _share_file(folder: Path, name: str) -> Path | None:
    found = [folder / "shares" / f"{name}{suffix}" for suffix in (".csv", ".parquet")]
    return next((path for path in found if path.exists()), None)


def _content(folder: Path, content: Content) -> PrefixTable | None:
    if content.shares is None:
        return None
    path = _share_file(folder, content.shares)
    if path is None:
        raise UnknownNameError.of(
            "table of shares", content.shares, [p.stem for p in (folder / "shares").glob("*.csv")]
        )
    return read_shares(path, content.name)


@cache
def read_shares(path: Path, column: str = "share") -> PrefixTable:
    """A table of shares by product prefix and, where it has that column, by origin."""
    columns: dict[str, Any] = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    values = columns[column] if column in columns else columns["share"]
    return PrefixTable(tuple(columns["product"]), np.asarray(values, dtype=float), tuple(columns.get("origin", ())))


def _csv(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def _parquet(path: Path) -> dict[str, Any]:
    table = pq.read_table(path)
    return {name: _cells(table.column(name)) for name in table.column_names if name != "level"}


def _cells(column: Any) -> Any:
    """A column's cells; repeated words are turned once."""
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy() if pa.types.is_floating(column.type) else column.to_pylist()
    whole = column.combine_chunks()
    return np.array(whole.dictionary.to_pylist(), dtype=object)[whole.indices.to_numpy()].tolist()


@cache
def known_codes() -> frozenset[str]:
    """Every code of 4 to 10 digits in any edition of the tariff held."""
    table = pq.read_table(trade_data_folder() / "tariff_lines" / "hts.parquet", columns=["product"])
    return frozenset(_words(table.column("product")))


def _words(column: Any) -> list[str]:
    """The distinct words of a column."""
    if not pa.types.is_dictionary(column.type):
        return list(column.unique().to_pylist())
    return list(column.combine_chunks().dictionary.to_pylist())


@cache
def _known_prefixes() -> frozenset[str]:
    return frozenset(code[:length] for code in known_codes() for length in (2, 4, 6, 8))


def is_known_product(code: str, importer: str = HOME) -> bool:
    """Whether an importer's tariff may have a code.

    The United States': its eight-digit parent (or, if shorter, the code itself) is in any edition. Another's: its
    first six digits are in the HS or begin a line held; what follows is national and known only where it is listed.
    """
    if importer == HOME:
        return code[:8] in _known_prefixes() or code in known_codes()
    return code[:HS_DIGITS] in known_heads(importer)


@cache
def national_lines(importer: str) -> Mapping[str, float]:
    """The national lines held of an importer other than the United States, with their trade in US dollars.

    They are those that its measures list; none where there is no such file.
    """
    path = trade_data_folder() / "tariff_lines" / f"{importer.lower()}.csv"
    if importer == HOME or not path.exists():
        return {}
    rows = _csv(path)
    return dict(zip(rows["product"], map(float, rows["value"]), strict=True))


@cache
def lines_of(importer: str = HOME) -> tuple[str, ...]:
    """The lines held of an importer's tariff, in order: ten digits, national lines, or the six digits of the HS."""
    if importer == HOME:
        return tuple(sorted(code for code in known_codes() if len(code) == DIGITS))
    return tuple(sorted(national_lines(importer) or _hs_codes()))


@cache
def line_digits(importer: str = HOME) -> int:
    """How many digits the lines held of an importer's tariff have."""
    return max(map(len, lines_of(importer)))


@cache
def _hs_codes() -> frozenset[str]:
    """The six-digit codes of the HS: those of the tariff of the United States without its national chapters."""
    codes = known_codes()
    return frozenset(c[:HS_DIGITS] for c in codes if len(c) >= HS_DIGITS and c[:2] not in _NATIONAL_CHAPTERS)


@cache
def known_heads(importer: str) -> frozenset[str]:
    """The first 2, 4 and 6 digits that a code of an importer other than the United States may have."""
    known = {*_hs_codes(), *national_lines(importer)}
    return frozenset(code[:length] for code in known for length in (2, 4, HS_DIGITS))


def lines_below(code: str, importer: str = HOME) -> list[str]:
    """The lines held of an importer's tariff that begin with a code, in order."""
    lines = lines_of(importer)
    return list(lines[bisect_left(lines, code) : bisect_left(lines, code + ":")])


def nearest_codes(code: str, importer: str = HOME, most: int = 5) -> list[str]:
    """Lines that share the longest beginning with an unknown code."""
    for length in (6, 4, 2):
        if found := lines_below(code[:length], importer):
            return found[:most]
    return []


@cache
def descriptions() -> Mapping[str, tuple[str, str, str]]:
    """For each code its own words, the path of headings above it, and its unit."""
    table = pq.read_table(trade_data_folder() / "tariff_lines" / "hts.parquet")
    columns = [table.column(name).to_pylist() for name in ("product", "description", "path", "unit")]
    return {code: (text, path, unit) for code, text, path, unit in zip(*columns, strict=True)}


def read_trade(importer: str = HOME) -> Trade | None:
    """The trade by which an importer's short codes are spread over their lines; None where none is held.

    The United States': imports of 2024 by line and origin. Another's: what the file of its national lines says.
    """
    return home_trade() if importer == HOME else _national_trade(importer)


@cache
def _national_trade(importer: str) -> Trade | None:
    """Imports from the United States by national line, in US dollars."""
    traded = {code: value for code, value in sorted(national_lines(importer).items()) if value > 0}
    if not traded:
        return None
    codes = as_ints([code.ljust(DIGITS, "0") for code in traded])
    return Trade(codes, (HOME,), np.zeros(len(codes), dtype=np.int64), np.array(list(traded.values())))


@cache
def home_trade() -> Trade:
    """Imports of the United States of 2024 by line and origin, in dollars."""
    table = pq.read_table(trade_data_folder() / "flows" / "us-world-2024.parquet")
    codes = as_ints(table.column("product").to_pylist())
    names = table.column("origin").combine_chunks().dictionary_encode()
    words = names.dictionary.to_pylist()
    numbers = names.indices.to_numpy()
    value = table.column("customs_value").to_numpy()
    order = np.lexsort((codes, numbers))
    return Trade(codes[order], tuple(words), numbers[order].astype(np.int64), value[order])


def sector_names() -> tuple[str, ...]:
    """The concordances there are."""
    folder = trade_data_folder() / "concordances"
    return tuple(sorted(path.name.removesuffix(".names.csv") for path in folder.glob("*.names.csv")))


@cache
def read_sectors(name: str) -> Sectors:
    """A concordance by name."""
    if name not in sector_names():
        raise UnknownNameError.of("sector list", name, sector_names())
    folder = trade_data_folder() / "concordances"
    rows, names = _csv(folder / f"{name}.csv"), _csv(folder / f"{name}.names.csv")
    labels = dict(zip(names["sector"], names["sector_name"], strict=True))
    labels[UNCLASSIFIED] = "In no sector of this list"
    return Sectors(name, tuple(rows["product"]), tuple(rows["sector"]), labels)


def read_meta(path: Path) -> dict[str, object]:
    """What the ``.meta.toml`` beside a table says."""
    return tomllib.loads(path.read_text(encoding="utf-8"))
