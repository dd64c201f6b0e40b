"""Compile trade_data/input_output/: what US industries buy, at home and abroad, and what households buy, 2024.

The requirement tables and the import matrix are copied; what they do not print is worked out from them: an industry's
output (so that its imported inputs can be told per dollar of output), and bounds of the imported part of what
households buy. Compile the flow tables and concordances first.

    python tools/compile_input_output.py SOURCE_FOLDER
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from _common import PUBLIC_DOMAIN, TRADE_DATA, longest_match, source_folder, write_csv, write_meta, write_parquet

MADE_BY = "tools/compile_input_output.py"
FOLDER = TRADE_DATA / "input_output"
BEA = "US Bureau of Economic Analysis, Input-Output Accounts, summary level"
CENSUS = "US Census Bureau, US Imports of Merchandise, 2024"
VINTAGE = "year 2024"
Floats = NDArray[np.float64]


def matrix(source: Path, name: str) -> pd.DataFrame:
    """A table of BEA, rows and columns by code."""
    return pd.read_csv(source / "data/io" / f"{name}.csv", dtype={"bea_code": str}).set_index("bea_code")


def long(frames: dict[str, pd.DataFrame], row: str, column: str) -> pd.DataFrame:
    """Matrices of one shape as rows; rows of zeros alone are left out."""
    columns = {name: frame.to_numpy(dtype=float).ravel() for name, frame in frames.items()}
    first = next(iter(frames.values()))
    rows, cols = np.meshgrid(first.index.astype(str), first.columns.astype(str), indexing="ij")
    table = pd.DataFrame({row: rows.ravel(), column: cols.ravel(), **columns})
    return table[(table[list(frames)] != 0).any(axis=1)].reset_index(drop=True)


def outputs(source: Path) -> pd.Series[float]:
    """Output of every industry, millions of dollars.

    L = (I - A)^-1 is the commodity-by-commodity requirement, R = D L the industry-by-commodity one, D the market shares
    and A = B D: so D = R L^-1 and B = A D^+. An industry's inputs sum to the same in the use table, at purchasers'
    prices, as in B times its output, at producers' prices.
    """
    commodity, industry = matrix(source, "bea_cxc_total_requirements"), matrix(source, "bea_requirements_total")
    inverse = np.linalg.inv(commodity.to_numpy())
    market = industry.to_numpy() @ inverse
    inputs = (np.eye(len(commodity)) - inverse) @ np.linalg.pinv(market)
    bought = matrix(source, "bea_use_domestic").sum(axis=0) + matrix(source, "bea_use_import").sum(axis=0)
    print(f"market shares sum to 1 within {np.abs(market.sum(axis=0) - 1).max():.1e}")
    return bought / inputs.sum(axis=0)


def domestic_final(source: Path, output: pd.Series[float]) -> pd.Series[float]:
    """Output that does not become an input at home, by industry: A_d = I - (R_d D^+)^-1."""
    commodity, industry = matrix(source, "bea_cxc_total_requirements"), matrix(source, "bea_requirements_total")
    market = industry.to_numpy() @ np.linalg.inv(commodity.to_numpy())
    home = np.linalg.inv(matrix(source, "bea_requirements_domestic").to_numpy() @ np.linalg.pinv(market))
    abroad = home - np.linalg.inv(industry.to_numpy() @ np.linalg.pinv(market))
    print(f"imported inputs: {(abroad * output.to_numpy()).sum() / 1e6:.3f} tn from the requirement tables")
    return pd.Series(home @ output.to_numpy(), output.index)


def save(frame: pd.DataFrame, name: str, title: str, source: str, notes: str, columns: dict[str, str]) -> None:
    """Write a table and its meta file."""
    path = FOLDER / name
    (write_parquet if path.suffix == ".parquet" else write_csv)(frame, path)
    meta = {"title": title, "source": source, "vintage": VINTAGE, "licence": PUBLIC_DOMAIN, "notes": notes}
    write_meta(path, len(frame), MADE_BY, {**meta, "columns": columns})
    print(f"{name}: {len(frame):,} rows, {path.stat().st_size / 1e3:,.0f} kB")


def requirements(source: Path) -> None:
    """Output that a dollar of a commodity for final use takes of every industry and of every commodity."""
    home, total = matrix(source, "bea_requirements_domestic"), matrix(source, "bea_requirements_total")
    columns = {
        "industry": "BEA summary code of the industry",
        "commodity": "BEA summary code of the commodity",
        "domestic": "dollars of the industry's output at home, per dollar of the commodity made at home",
        "total": "the same as if all inputs were made at home",
    }
    notes = "Industry by commodity, after redefinitions, at producers' prices. Zeros are left out."
    title = "Direct and indirect requirements of industries, domestic and total"
    frame = long({"domestic": home, "total": total}, "industry", "commodity")
    save(frame, "requirements.parquet", title, f"{BEA}, domestic and total requirements", notes, columns)
    commodity = matrix(source, "bea_cxc_total_requirements")
    columns = {
        "used": "BEA summary code of the commodity needed",
        "commodity": "BEA summary code of the commodity delivered",
        "total": "dollars of the one per dollar of the other for final use",
    }
    notes = "Commodity by commodity, after redefinitions, at producers' prices. Zeros are left out."
    title = "Direct and indirect requirements of commodities, total"
    frame = long({"total": commodity}, "used", "commodity")
    save(frame, "commodity-requirements.parquet", title, f"{BEA}, total requirements", notes, columns)


def imports(source: Path, output: pd.Series[float]) -> None:
    """Imported inputs of every industry, in dollars and per dollar of output."""
    bought = matrix(source, "bea_use_import")
    frame = long({"value": bought, "per_output": bought / output}, "commodity", "industry")
    columns = {
        "commodity": "BEA summary code of the imported commodity",
        "industry": "BEA summary code of the industry that uses it",
        "value": "imported inputs, millions of US dollars",
        "per_output": "the same as a fraction of the industry's output",
    }
    notes = (
        "Output is not printed with these tables: it is worked out from the use and requirement tables. Zeros are left "
        "out; 'Other' are imports that have no like at home."
    )
    title = "Imported inputs of industries"
    save(frame, "imports.parquet", title, f"{BEA}, import matrix and requirement tables", notes, columns)


def consumption(source: Path) -> None:
    """What households buy, by category and commodity."""
    bridge = pd.read_csv(source / "data/io/pce_bridge.csv", dtype={"bea_code": str})
    frame = bridge.rename(columns={"nipa_line": "line", "pce_category": "category", "bea_code": "commodity"})
    columns = {
        "line": "line of the category in the national accounts, table 2.4.5",
        "category": "category of personal consumption expenditures",
        "commodity": "BEA summary code of the commodity",
        "producers_value": "millions of US dollars at producers' prices",
        "purchasers_value": "millions of US dollars at purchasers' prices: with transport and trade margins",
    }
    notes = "What nonresidents spend is taken off as 'Other', below zero. Margins are in the purchasers' value alone."
    title = "Personal consumption by category and commodity"
    save(frame[list(columns)], "consumption.csv", title, f"{BEA}, PCE bridge", notes, columns)


def commodities(source: Path, output: pd.Series[float]) -> None:
    """Imports of 2024, and the imported part of what households buy."""
    bought, bridge = matrix(source, "bea_use_import"), pd.read_csv(source / "data/io/pce_bridge.csv")
    flows = pd.read_parquet(TRADE_DATA / "flows" / "us-world-2024.parquet", columns=["product", "customs_value"])
    value = flows.astype({"product": str}).groupby("product")["customs_value"].sum()
    table = pd.read_csv(TRADE_DATA / "concordances" / "bea.csv", dtype=str).set_index("product")["sector"]
    total = value.groupby(longest_match(value.index, table)).sum() / 1e6
    final = (total - bought.sum(axis=1).reindex(total.index)).clip(lower=0)
    home = domestic_final(source, output).reindex(total.index).clip(lower=0)
    spent = bridge.groupby("bea_code")["producers_value"].sum().reindex(total.index)
    bounds = pd.DataFrame({"supply": final / (final + home), "spending": (final / spent).clip(upper=1)})
    frame = pd.DataFrame({"commodity": bought.index.astype(str)}).set_index("commodity")
    frame["import_value"] = total
    frame["import_share"], frame["import_share_high"] = bounds.min(axis=1), bounds.max(axis=1)
    columns = {
        "commodity": "BEA summary code of the commodity",
        "import_value": "imports of goods of 2024, customs value, millions of US dollars; empty for services",
        "import_share": "imported part of what households buy, fraction of producers' value",
        "import_share_high": "upper bound of it",
    }
    notes = (
        "No table of imports by final use is held, so the part is worked out: imports for final use (imports of 2024 "
        "less imported inputs) as a part of all supply for final use (they and the domestic output that is no input), "
        "and never more than households spend. As exports count as supply, it is too low where much is exported. The "
        "upper bound divides by what households spend alone; it is too high where firms buy the good too."
    )
    title = "Imports of commodities and their part in consumption"
    save(frame.reset_index(), "commodities.csv", title, f"{BEA}; {CENSUS}", notes, columns)


def main() -> None:
    """Compile every table."""
    source = source_folder(__doc__)
    output = outputs(source)
    print(f"output of all industries: {output.sum() / 1e6:.2f} tn")
    requirements(source)
    imports(source, output)
    consumption(source)
    commodities(source, output)


if __name__ == "__main__":
    main()
