"""Tables of elasticities in: the bundled ones by importer, and a user's own file with every fault of it at once."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tariffcalc.engine.elasticity_table import DEFAULT, PARAMETERS, ElasticityTable, ParameterRows
from tariffcalc.engine.flow_columns import header_key
from tariffcalc.engine.flow_table import RawTable
from tariffcalc.errors import MAX_LISTED_FAULTS, Fault, FlowTableError, UnknownNameError, nearest
from tariffcalc.paths import trade_data_folder
from tariffcalc.sources import read_table
from tariffcalc.sources.elasticity_rows import ERROR, CheckedRows
from tariffcalc.sources.trade_facts import HOME, read_meta

_BY_SECTOR = "caliendo-parro-2015"
BUNDLED = ("broda-weinstein-2006", _BY_SECTOR)
COLUMNS = ("product", "origin", *PARAMETERS, ERROR, *(f"{name}_{ERROR}" for name in PARAMETERS))
_OTHERS = "broda-weinstein-hs3"

Rows = Sequence[Mapping[str, Any]]
"""A table of elasticities as rows, a mapping of column names to cells each."""


def elasticity_tables(
    source: str | Path | bytes | Rows | None = None,
    importer: str = HOME,
    *,
    suffix: str | None = None,
    skip: bool = False,
) -> tuple[ElasticityTable, ...]:
    """The tables to ask in order: the one named or given, the estimates of the importer, the defaults.

    ``source`` is a bundled table's name, a file, bytes whose ``suffix`` says what they are, or rows. Raises
    ``FlowTableError`` with every fault of a file, ``UnknownNameError`` for a name that is none.
    """
    bundled = (*_estimates(importer), *read_defaults())
    if source is None or source == BUNDLED[0]:
        return bundled
    if isinstance(source, str) and source in BUNDLED:
        return (_by_product(source), *bundled)
    if isinstance(source, str) and not Path(source).suffix:
        raise UnknownNameError.of("table of elasticities", source, BUNDLED)
    if isinstance(source, str | Path | bytes):
        return (read_elasticities(source, importer, suffix=suffix, skip=skip), *bundled)
    rows = json.dumps(list(source)).encode()
    return (read_elasticities(rows, importer, suffix=".json", skip=skip), *bundled)


@cache
def read_defaults() -> tuple[ElasticityTable, ...]:
    """What holds where no estimate is known: a table for each parameter, with its own source."""
    vintage = str(_meta("defaults")["vintage"])
    return tuple(
        ElasticityTable(DEFAULT, row["source"], vintage, {row["parameter"]: _parameter([("", row["value"])])})
        for row in _csv("defaults")
    )


def _estimates(importer: str) -> tuple[ElasticityTable, ...]:
    """The estimates held of an importer; none of a bloc or a country without."""
    if importer == HOME:
        return (_by_product(BUNDLED[0]),)
    table = _of_importer(importer)
    return (table,) if table.rows else ()


@cache
def _by_product(name: str) -> ElasticityTable:
    meta = _meta(name)
    rows = _parameter([(row["product"], row["substitution"]) for row in _csv(name)])
    level = "sector" if name == _BY_SECTOR else ""
    return ElasticityTable(name, str(meta["source"]), str(meta["vintage"]), {"substitution": rows}, level=level)


@cache
def _of_importer(importer: str) -> ElasticityTable:
    meta = _meta(_OTHERS)
    rows = [(row["product"], row["substitution"]) for row in _csv(_OTHERS) if row["importer"] == importer]
    found = {"substitution": _parameter(rows)} if rows else {}
    return ElasticityTable(_OTHERS, str(meta["source"]), str(meta["vintage"]), found)


def _parameter(rows: Sequence[tuple[str, str]]) -> ParameterRows:
    values = np.array([float(value) for _, value in rows])
    return ParameterRows(tuple(code for code, _ in rows), values, np.full(len(rows), np.nan))


def _folder() -> Path:
    return trade_data_folder() / "elasticities"


def _csv(name: str) -> list[dict[str, str]]:
    with (_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _meta(name: str) -> Mapping[str, Any]:
    return read_meta(_folder() / f"{name}.meta.toml")


def read_elasticities(
    source: str | Path | bytes,
    importer: str = HOME,
    *,
    suffix: str | None = None,
    above_one: bool = False,
    skip: bool = False,
) -> ElasticityTable:
    """A user's table: CSV, XLSX, Parquet or Arrow with the columns of ``COLUMNS`` in any order.

    ``product`` (2 to 10 digits, or ``default``) and at least one of demand, substitution, supply. An empty cell means
    that the next table is asked. ``standard_error`` is that of the only elasticity; with several, each has its own
    ``<name>_standard_error``. Only supply may differ by ``origin``. With ``above_one`` a substitution of at most one is
    a fault; with ``skip`` rows with faults are left out and counted in a warning.
    Raises ``FlowTableError`` with every fault by row and column.
    """
    name = "table" if isinstance(source, bytes) else Path(source).name
    raw = read_table(source, suffix)
    columns, faults = _columns(raw)
    faults += raw.faults
    if columns is None:
        raise _refused(name, faults)
    checked = CheckedRows(raw, columns, importer, above_one=above_one)
    if faults or (checked.faults and not skip) or checked.bad.all():
        raise _refused(name, [*faults, *checked.faults])
    left = (f"{name}: {int(checked.bad.sum()):,} rows with faults were left out",) if checked.bad.any() else ()
    return ElasticityTable(name, name, "", checked.rows(), (*raw.warnings, *left))


def _refused(name: str, faults: Sequence[Fault]) -> FlowTableError:
    count = f"{len(faults):,} fault{'' if len(faults) == 1 else 's'}"
    codes = {fault.code for fault in faults}
    return FlowTableError(
        f"table of elasticities {name}: {count}",
        code=codes.pop() if len(codes) == 1 else "elasticity-table",
        faults=faults[:MAX_LISTED_FAULTS],
    )


def _columns(raw: RawTable) -> tuple[dict[str, pd.Series[Any]] | None, list[Fault]]:
    """The columns by name, and what is wrong with the header; None where the rows cannot be read for it."""
    headers = [header_key(str(name)) for name in raw.frame.columns]
    faults = [
        Fault("duplicate-column", f"The column {name} occurs more than once.", "keep one of them", column=name)
        for name in COLUMNS
        if headers.count(name) > 1
    ]
    faults += [_unknown_column(one) for one in headers if one and one not in COLUMNS and nearest(one, COLUMNS, 1)]
    given = [name for name in PARAMETERS if name in headers]
    if "product" not in headers:
        faults.append(Fault("missing-column", "The column product is missing.", "add it", column="product"))
    if not given:
        hint = "add a column demand, substitution or supply"
        faults.append(Fault("missing-column", "There is no elasticity in the table.", hint))
    if ERROR in headers and len(given) > 1:
        hint = f"call it {' or '.join(f'{name}_{ERROR}' for name in given)}"
        faults.append(Fault("ambiguous-column", "It is not said whose standard error it is.", hint, column=ERROR))
    if raw.frame.empty:
        faults.append(Fault("empty-table", "The table has no rows.", "give at least one row below the header"))
    if faults:
        return None, faults
    renamed = [f"{given[0]}_{ERROR}" if name == ERROR else name for name in headers]
    return {name: raw.frame.iloc[:, at] for at, name in enumerate(renamed) if name in COLUMNS}, []


def _unknown_column(name: str) -> Fault:
    hint = f"did you mean {nearest(name, COLUMNS, 1)[0]}?"
    return Fault("unknown-column", f"The column {name} is not known.", hint, column=name)
