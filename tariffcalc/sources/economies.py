"""Economies in: a folder of tables for the general equilibrium model, a bundled one or a user's own.

``economy.toml`` (title, year, currency, and ``rest``, the code that stands for all countries not named) and the tables
``sectors``, ``output``, ``inputs``, ``trade``, ``products`` and any ``tariffs-<name>``: CSV, XLSX, Parquet or Arrow
with the columns of ``COLUMNS``. Pairs that trade nothing or use nothing may be left out of ``trade`` and ``inputs``;
what a country sells to itself is not read from ``trade`` but is what its output leaves after exports.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariffcalc.engine.sectors import UNCLASSIFIED, Sectors
from tariffcalc.errors import MAX_LISTED_FAULTS, BadRequestError, Fault, UnknownNameError, nearest_hint
from tariffcalc.paths import trade_data_folder
from tariffcalc.sources import SOURCES
from tariffcalc.sources.countries import country_codes
from tariffcalc.sources.economy_cells import MOST, Cells, read_cells

Floats = NDArray[np.float64]

REQUIRED = ("title", "year", "currency")
SETTINGS = (*REQUIRED, "rest")
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sectors": (("sector", "sector_name"), ("theta",)),
    "output": (("sector", "country"), ("gross_output", "value_added_share")),
    "inputs": (("country", "used", "using"), ("share",)),
    "trade": (("sector", "importer", "exporter"), ("value", "tariff")),
    "products": (("product", "sector"), ()),
}
"""The tables, with their columns of codes and of numbers."""
TARIFFS = (("sector", "importer", "exporter"), ("tariff",))
"""The columns of a ``tariffs-<name>``: the tariffs that differ from those of ``trade``."""

SUM_TOLERANCE = 1e-3
HIGHEST_TARIFF = 100.0


@dataclass(frozen=True, eq=False)
class EconomyTables:
    """An economy as arrays, J sectors by N countries, in the order of ``sectors`` and ``countries``.

    The arrays are those of ``exact_hat.Economy``; ``tariffs`` holds other tariffs by name, (J, N, N) each; ``products``
    maps products to sectors; ``rest`` is None where every country of the world is named.
    """

    name: str
    title: str
    year: int
    currency: str
    rest: str | None
    countries: tuple[str, ...]
    sectors: Mapping[str, str]
    products: Sectors
    trade: Floats
    gross_output: Floats
    value_added_share: Floats
    input_output: Floats
    theta: Floats
    tariff: Floats
    tariffs: Mapping[str, Floats]

    def place_of(self, country: str) -> int | None:
        """The place of a country, or of the rest of the world for one not named; None where there is no rest."""
        known = country if country in self.countries else self.rest
        return None if known is None else self.countries.index(known)


def economy_names() -> tuple[str, ...]:
    """The bundled economies."""
    return tuple(sorted(path.parent.name for path in _home().glob("*/economy.toml")))


def read_economy(source: str | Path) -> EconomyTables:
    """An economy by name, or from a folder.

    Raises ``UnknownNameError`` where there is none, ``BadRequestError`` with every fault of every table.
    """
    if str(source) in economy_names():
        return _bundled(str(source))
    if not Path(source).is_dir():
        raise UnknownNameError.of("economy", str(source), economy_names())
    return _read(Path(source))


@cache
def _bundled(name: str) -> EconomyTables:
    return _read(_home() / name)


def _read(folder: Path) -> EconomyTables:
    faults: list[Fault] = []
    settings = _settings(folder / "economy.toml", faults)
    tables = {name: _cells(folder, name, faults) for name in COLUMNS}
    paths = {path.stem.removeprefix("tariffs-"): path for path in _files(folder, "tariffs-*")}
    others = {name: read_cells(path, *TARIFFS, faults) for name, path in paths.items()}
    good = {name: table for name, table in tables.items() if table is not None}
    if len(good) == len(COLUMNS):
        rates = {name: table for name, table in others.items() if table is not None}
        economy = _economy(folder.name, settings, good, rates, faults)
        if not faults:
            return economy
    count = f"{len(faults):,} fault{'' if len(faults) == 1 else 's'}"
    hint = "docs/models.md says what each table of an economy holds"
    raise BadRequestError(
        f"economy {folder.name}: {count}", code="economy", hint=hint, faults=faults[:MAX_LISTED_FAULTS]
    )


def _economy(
    name: str,
    settings: Mapping[str, Any],
    tables: Mapping[str, Cells],
    others: Mapping[str, Cells],
    faults: list[Fault],
) -> EconomyTables:
    """The tables as arrays; what is missing, twice or out of range goes to the faults."""
    named = dict(zip(tables["sectors"].texts["sector"], tables["sectors"].texts["sector_name"], strict=True))
    sectors, countries = tuple(named), tuple(dict.fromkeys(tables["output"].texts["country"]))
    rest = settings.get("rest")
    faults += _country_faults(countries, rest)
    tables["sectors"].place({"sector": sectors})
    tables["output"].place({"sector": sectors, "country": countries})
    tables["inputs"].place({"country": countries, "used": sectors, "using": sectors})
    lane = {"sector": sectors, "importer": countries, "exporter": countries}
    for table in (tables["trade"], *others.values()):
        table.place(lane)
    added = tables["output"].fill("value_added_share", 0.0, 1.0, whole=True)
    inputs = tables["inputs"].fill("share", -0.01, 1.01)
    faults += _input_faults(inputs, added, sectors, countries)
    tariff = tables["trade"].fill("tariff", 0.0, HIGHEST_TARIFF)
    given = {one: table.fill("tariff", 0.0, HIGHEST_TARIFF, default=np.nan) for one, table in others.items()}
    return EconomyTables(
        name=name,
        title=str(settings.get("title")),
        year=int(settings.get("year") or 0),
        currency=str(settings.get("currency")),
        rest=rest,
        countries=countries,
        sectors=named,
        products=_products(name, tables["products"], named, faults),
        trade=tables["trade"].fill("value", 0.0),
        gross_output=tables["output"].fill("gross_output", 0.0),
        value_added_share=added,
        input_output=inputs,
        theta=tables["sectors"].fill("theta", 1e-6, whole=True),
        tariff=tariff,
        tariffs={one: np.where(np.isnan(rates), tariff, rates) for one, rates in given.items()},
    )


def _products(name: str, table: Cells, sectors: Mapping[str, str], faults: list[Fault]) -> Sectors:
    """The map of products to sectors."""
    products = table.texts["product"]
    for row, product in enumerate(products):
        if not (product.isascii() and product.isdigit() and 2 <= len(product) <= 10):
            said, line = "a product has 2 to 10 digits", int(table.rows[row])
            faults.append(Fault("product", said, file=table.file, row=line, column="product", value=product))
    table.place({"product": tuple(dict.fromkeys(products))})
    table.look_up("sector", tuple(sectors))
    names = {**sectors, UNCLASSIFIED: "In no traded sector of the economy"}
    return Sectors(name, tuple(products), tuple(table.texts["sector"]), names)


def _country_faults(countries: tuple[str, ...], rest: str | None) -> list[Fault]:
    """Countries that are none, and a rest of the world that has no output."""
    known = set(country_codes().values())
    wrong = [code for code in countries if code not in known and code != rest]
    faults = [
        Fault(
            "unknown-country", "no country has that ISO alpha-3 code", nearest_hint(code, known), "output", value=code
        )
        for code in wrong[:MOST]
    ]
    if rest is not None and rest not in countries:
        said = f"the rest of the world, {rest}, has no output"
        faults.append(Fault("rest", said, "add its rows to output, or leave rest out", "economy.toml", key="rest"))
    return faults


def _input_faults(inputs: Floats, added: Floats, sectors: tuple[str, ...], countries: tuple[str, ...]) -> list[Fault]:
    """Sectors whose inputs do not sum to 1, unless they have value added alone."""
    sums = inputs.sum(axis=1)
    wrong = (np.abs(sums - 1.0) > SUM_TOLERANCE) & ~((sums == 0) & (added.T == 1.0))
    hint = "give the fractions of all inputs that a sector buys; a sector without inputs has a value added share of 1"
    return [
        Fault("shares", f"the inputs of {countries[n]}, {sectors[k]} sum to {sums[n, k]:.6g}, not 1", hint, "inputs")
        for n, k in np.argwhere(wrong)[:MOST]
    ]


def _settings(path: Path, faults: list[Fault]) -> Mapping[str, Any]:
    """What ``economy.toml`` says."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint, why = f"write a file with {', '.join(REQUIRED)}", getattr(error, "strerror", None) or error
        faults.append(Fault("economy-toml", f"it cannot be read: {why}", hint, file=path.name))
        return {}
    missing = [Fault("missing-key", "it is missing", "add it", path.name, key) for key in REQUIRED if key not in found]
    unknown = [Fault("unknown-key", "no such key", nearest_hint(key, SETTINGS), path.name, key) for key in found]
    faults += [*missing, *(fault for fault in unknown if fault.key not in SETTINGS)]
    if "year" in found and not isinstance(found["year"], int):
        faults.append(Fault("wrong-type", "the year is a whole number", "such as 2017", path.name, "year"))
        return {**found, "year": None}
    return found


def _cells(folder: Path, name: str, faults: list[Fault]) -> Cells | None:
    """One of the tables, in whatever format."""
    paths = _files(folder, name)
    if not paths:
        hint = f"a table with the columns {', '.join((*COLUMNS[name][0], *COLUMNS[name][1]))}"
        faults.append(Fault("missing-table", "the table is missing", hint, file=f"{name}.csv"))
        return None
    return read_cells(paths[0], *COLUMNS[name], faults)


def _files(folder: Path, name: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"{name}.*") if path.suffix.lower() in SOURCES)


def _home() -> Path:
    return trade_data_folder() / "economies"
