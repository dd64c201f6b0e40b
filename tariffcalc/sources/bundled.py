"""The flow tables that come with the program: ``trade_data/flows/<name>.parquet`` with its ``.meta.toml``."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyarrow import parquet as pq

from tariffcalc.engine.flow_table import Flows, trusted_flows
from tariffcalc.errors import UnknownNameError
from tariffcalc.paths import trade_data_folder

_TEXT_COLUMNS = ("importer", "origin", "product", "period")


def bundled_names() -> list[str]:
    """Return the names of the bundled tables, sorted."""
    return sorted(path.stem for path in _folder().glob("*.parquet"))


def read_bundled(name: str) -> Flows:
    """Read one bundled table; they were checked when they were compiled, so no row is checked again.

    Raises ``UnknownNameError``.
    """
    meta = read_bundled_meta(name)
    table = pq.read_table(_folder() / f"{name}.parquet", read_dictionary=list(_TEXT_COLUMNS))
    return trusted_flows(table.to_pandas(), {"name": name, **meta})


def read_bundled_meta(name: str) -> Mapping[str, Any]:
    """Read what is known of a bundled table without reading the table: title, source, vintage, rows, window.

    Raises ``UnknownNameError``.
    """
    if name not in bundled_names():
        raise UnknownNameError.of("bundled flow table", name, bundled_names())
    return tomllib.loads((_folder() / f"{name}.meta.toml").read_text(encoding="utf-8"))


def _folder() -> Path:
    return trade_data_folder() / "flows"
