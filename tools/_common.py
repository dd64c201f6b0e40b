"""What every compile script of trade_data/ needs: arguments, writers, the meta file.

A table is written as Parquet or CSV with a ``.meta.toml`` beside it. The same input gives the
same bytes: rows come sorted, text columns are dictionary-encoded with sorted dictionaries, and no
clock is read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

TRADE_DATA = Path(__file__).resolve().parent.parent / "trade_data"
PUBLIC_DOMAIN = "Public domain (work of the United States Government)"


def source_folder(description: str | None) -> Path:
    """The one argument of a compile script: the folder that holds data/ and law/."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("source", type=Path, help="folder that holds data/ and law/")
    folder: Path = parser.parse_args().source
    if not (folder / "data").is_dir():
        parser.error(f"{folder} has no folder data/")
    return folder


def read_text_csv(path: Path) -> pd.DataFrame:
    """A CSV with every column as text: codes keep their zeros, 'NA' stays a country."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, comment=None)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write zstd Parquet, text columns dictionary-encoded (read back as categoricals)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = frame.copy()
    for name in frame.select_dtypes(include=["object", "str"]):
        categories = sorted(frame[name].dropna().unique())
        frame[name] = pd.Categorical(frame[name], categories=categories)
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", compression_level=19)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write CSV with one header line and plain decimals of at most six places."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, lineterminator="\n", float_format=_plain)


def _plain(number: object) -> str:
    """A decimal without exponent and without trailing zeros."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def digest(path: Path) -> str:
    """The SHA-256 of a file, as ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def write_meta(table: Path, rows: int, made_by: str, meta: Mapping[str, Any]) -> None:
    """Write ``<table name>.meta.toml``: title, source, vintage, licence, rows, columns, notes.

    ``meta`` maps a key to text or a number, or to a table of such; ``columns`` says the meaning
    and unit of each column.
    """
    plain = {key: value for key, value in meta.items() if not isinstance(value, Mapping)}
    lines = [_pair(key, value) for key, value in (plain | {"rows": rows, "made_by": made_by}).items()]
    for name, section in meta.items():
        if isinstance(section, Mapping):
            lines += ["", f"[{name}]", *(_pair(key, value) for key, value in section.items())]
    table.with_suffix(".meta.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _pair(key: str, value: object) -> str:
    """One TOML line; JSON quoting of text and numbers is valid TOML."""
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def by_prefix(values: pd.Series[str], weight: pd.Series[float], levels: tuple[int, ...]) -> pd.Series[str]:
    """The shortest table of prefixes whose longest match gives every code back its value.

    ``values`` maps 10-digit codes to a value, '' for none. A prefix is written where all codes
    below it agree; at 6 digits, where they differ, the value with most ``weight`` is written too
    (the default for a new code) and only the others get longer rows. No prefix covers a code
    without value.
    """
    inherited = pd.Series("", index=values.index)
    rows: dict[str, str] = {}
    for digits in levels:
        prefix = values.index.str[:digits]
        agreed = values.groupby(prefix).transform("nunique") == 1
        pick = values.where(agreed, inherited)
        if digits == 6:
            default = heaviest(values, weight).reindex(prefix).set_axis(values.index)
            pick = pick.where(agreed, default)
        new = (pick != inherited) & (pick != "")
        rows |= dict(zip(prefix[new], pick[new], strict=True))
        inherited = pick.where(pick != "", inherited)
    return pd.Series(rows, dtype="str").sort_index()


def heaviest(values: pd.Series[str], weight: pd.Series[float]) -> pd.Series[str]:
    """HS6 -> the value with most weight among its codes; '' if any of them has none."""
    table = pd.DataFrame(
        {"hs6": values.index.str[:6], "value": values, "weight": weight.reindex(values.index).fillna(0)}
    )
    totals = table.groupby(["hs6", "value"], as_index=False)[["weight"]].sum()
    first = totals.sort_values(["hs6", "weight", "value"], ascending=[True, False, True]).drop_duplicates("hs6")
    best: pd.Series[str] = first.set_index("hs6")["value"]
    return best.where(~best.index.isin(table.loc[table["value"] == "", "hs6"]), "")


def longest_match(codes: pd.Index, table: pd.Series[str]) -> pd.Series[str]:
    """The value of the longest prefix of each code that the table has; missing where none."""
    found = pd.Series(pd.NA, index=codes, dtype="str")
    for digits in (2, 4, 6, 8, 10):
        found = pd.Series(table.reindex(codes.str[:digits]).to_numpy(), index=codes, dtype="str").fillna(found)
    return found


def bundled_value(name: str) -> pd.Series[float]:
    """Customs value by 10-digit code of a bundled flow table."""
    flows = pd.read_parquet(TRADE_DATA / "flows" / f"{name}.parquet", columns=["product", "customs_value"])
    return flows.astype({"product": str}).groupby("product")["customs_value"].sum()
