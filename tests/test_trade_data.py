"""The bundled tables hold what their meta files and the published totals say."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

TRADE_DATA = Path(__file__).resolve().parent.parent / "trade_data"
TABLES = sorted(path for path in TRADE_DATA.rglob("*") if path.suffix in {".csv", ".parquet"})
SHARES = sorted(path for path in TABLES if path.parent.name == "shares")
CONCORDANCES = ("hs-section", "hs2", "naics3", "bea", "gtap", "bec")
FLOWS = ("us-north-america-2025", "us-world-2024")
PREFIXES = {"product": str, "sector": str, "origin": str}


def read(path: Path) -> pd.DataFrame:
    """A table with its codes as text."""
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        return frame.astype(dict.fromkeys(frame.select_dtypes("category"), str))
    return pd.read_csv(path, dtype=PREFIXES, keep_default_na=False)


def meta(path: Path) -> dict[str, Any]:
    """The meta file beside a table."""
    return tomllib.loads(path.with_suffix(".meta.toml").read_text(encoding="utf-8"))


def longest_match(codes: pd.Index, table: pd.Series[Any]) -> pd.Series[Any]:
    """The value of the longest prefix of each code; missing where there is none."""
    found = table.reindex(codes.str[:2])
    found.index = codes
    for digits in (4, 6, 8, 10):
        longer = table.reindex(codes.str[:digits])
        longer.index = codes
        found = longer.fillna(found)
    return found


@pytest.fixture(scope="module")
def flows() -> dict[str, pd.DataFrame]:
    """Both bundled flow tables."""
    return {name: read(TRADE_DATA / "flows" / f"{name}.parquet") for name in FLOWS}


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """The tariff lines by number."""
    return read(TRADE_DATA / "tariff_lines" / "hts.parquet").set_index("product")


# every table -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_meta_counts_rows_and_describes_every_column(path: Path) -> None:
    """A table is described as it is: source, vintage, licence, rows, columns."""
    described, frame = meta(path), read(path)
    assert {"title", "source", "vintage", "licence", "made_by", "notes"} <= described.keys()
    assert described["rows"] == len(frame)
    assert list(described["columns"]) == list(frame.columns)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_made_by_names_a_script(path: Path) -> None:
    """Whoever doubts a table finds the script that made it."""
    assert (TRADE_DATA.parent / meta(path)["made_by"]).is_file()


def test_tables_stay_small() -> None:
    """No table above 10 MB, all together below 15 MB."""
    sizes = [path.stat().st_size for path in TABLES]
    assert max(sizes) < 10e6
    assert sum(sizes) < 15e6


# flows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FLOWS)
def test_digest_and_keys_of_flow_table(name: str, flows: dict[str, pd.DataFrame]) -> None:
    """The digest is that of the bytes; no lane and period occurs twice; codes are well formed."""
    path, frame = TRADE_DATA / "flows" / f"{name}.parquet", flows[name]
    assert meta(path)["flows"]["digest"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    assert not frame.duplicated(["importer", "origin", "product", "period"]).any()
    assert frame["product"].str.fullmatch(r"\d{10}").all()
    assert frame["origin"].str.fullmatch(r"[A-Z]{3}").all()
    assert (frame["customs_value"] >= 0).all()


@pytest.mark.parametrize(
    ("origin", "value"), [("", 3213.36), ("CAN", 411.69), ("MEX", 503.44), ("CHN", 429.43), ("JPN", 151.34)]
)
def test_world_2024_has_the_known_values(origin: str, value: float, flows: dict[str, pd.DataFrame]) -> None:
    """Value of 2024 in billions, by origin."""
    frame = flows["us-world-2024"]
    part = frame[frame["origin"] == origin] if origin else frame
    assert part["customs_value"].sum() / 1e9 == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(("origin", "duty"), [("CHN", 46.66), ("MEX", 1.25), ("CAN", 0.41)])
def test_world_2024_has_the_known_duty(origin: str, duty: float, flows: dict[str, pd.DataFrame]) -> None:
    """Calculated duty of 2024 in billions, by origin."""
    frame = flows["us-world-2024"]
    assert frame.loc[frame["origin"] == origin, "calculated_duty"].sum() / 1e9 == pytest.approx(duty, abs=0.005)


def test_unknown_duty_stays_missing(flows: dict[str, pd.DataFrame]) -> None:
    """Duty is known for 50 origins, wholly; elsewhere it is missing, never zero."""
    known = flows["us-world-2024"].groupby("origin")["calculated_duty"].agg(["count", "size"])
    assert (known["count"] == known["size"]).sum() == 50
    assert (known["count"] == 0).sum() == len(known) - 50


def test_canada_and_mexico_by_month(flows: dict[str, pd.DataFrame]) -> None:
    """Rows, months and values of the monthly table, in billions."""
    frame = flows["us-north-america-2025"]
    assert len(frame) == 202_012
    assert sorted(frame["period"].unique()) == [f"2025-{m:02d}" for m in range(1, 13)] + [
        "2026-01",
        "2026-02",
    ]
    value = frame.groupby(["origin", "period"])["customs_value"].sum() / 1e9
    assert value["CAN", "2025-01"] == pytest.approx(38.148, abs=0.001)
    assert value["MEX", "2025-10"] == pytest.approx(48.250, abs=0.001)
    assert value.sum() == pytest.approx(1053.34, abs=0.01)


@pytest.mark.parametrize(("origin", "june", "july"), [("CAN", 0.573, 0.860), ("MEX", 0.475, 0.869)])
def test_usmca_claims_rise_in_july_2025(origin: str, june: float, july: float, flows: dict[str, pd.DataFrame]) -> None:
    """Importers began to claim between June and July; a claim never exceeds the value."""
    frame = flows["us-north-america-2025"]
    assert (frame["usmca_claimed_value"] <= frame["customs_value"]).all()
    sums = frame[frame["origin"] == origin].groupby("period")[["usmca_claimed_value", "customs_value"]].sum()
    share = sums["usmca_claimed_value"] / sums["customs_value"]
    assert share["2025-06"] == pytest.approx(june, abs=0.001)
    assert share["2025-07"] == pytest.approx(july, abs=0.001)


# tariff lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FLOWS)
def test_every_traded_number_is_in_the_tariff_lines(
    name: str, flows: dict[str, pd.DataFrame], lines: pd.DataFrame
) -> None:
    """Every number has words; only two belong to no 8-digit line: low-value estimates, and one other."""
    traded = pd.Index(flows[name]["product"].unique())
    assert traded.isin(lines.index).all()
    assert set(traded[~traded.str[:8].isin(lines.index)]) <= {"9999950000", "2918000000"}


def test_every_tariff_line_has_its_parents_words_and_editions(lines: pd.DataFrame) -> None:
    """An 8-digit parent for each printed number; words always; editions unless statistical."""
    printed = lines[~lines["statistical"]]
    ten = printed.index[printed.index.str.len() == 10]
    assert ten.str[:8].isin(lines.index).all()
    assert lines.index.is_unique
    assert (lines["description"].str.len() > 0).all()
    assert (printed["first_edition"] != "").all()
    assert (lines.loc[lines["statistical"], "first_edition"] == "").all()


def test_known_words_of_a_line(lines: pd.DataFrame) -> None:
    """Crude oil: own words, path and unit."""
    crude = lines.loc["2709002010"]
    assert crude["description"] == "Condensate derived wholly from natural gas"
    assert crude["path"].startswith("Petroleum oils and oils obtained from bituminous minerals, crude:")
    assert crude["unit"] == "bbl"


def test_equivalents_are_plausible(lines: pd.DataFrame) -> None:
    """Never zero; duty over value; crude oil near its 5.25 and 10.5 cents a barrel."""
    ave = read(TRADE_DATA / "tariff_lines" / "ave.csv").set_index("product")
    assert ave.index.isin(lines.index).all()
    assert ave["ave"].between(1e-5, 3).all()
    assert ave["ave"].between(0, 0.6).mean() > 0.98
    assert (ave["duty"] / ave["customs_value"] - ave["ave"]).abs().max() < 1e-6
    assert ave.loc["27090010", "ave"] == pytest.approx(0.0525 / 70, rel=0.1)
    assert ave.loc["27090020", "ave"] == pytest.approx(0.105 / 83, rel=0.1)


# concordances ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONCORDANCES)
def test_concordance_covers_the_trade(name: str, flows: dict[str, pd.DataFrame]) -> None:
    """All value has a sector, but for special provisions and scrap where the classification has none."""
    table = read(TRADE_DATA / "concordances" / f"{name}.csv").set_index("product")["sector"]
    least = {"bea": 0.955, "bec": 0.965, "gtap": 0.965}.get(name, 0.9999)
    for frame in flows.values():
        value = frame.groupby("product")["customs_value"].sum()
        known = longest_match(value.index, table).notna().to_numpy()
        assert value[known].sum() / value.sum() > least


@pytest.mark.parametrize("name", CONCORDANCES)
def test_every_sector_has_one_name(name: str) -> None:
    """Names and sectors match one to one; prefixes are of 2, 6, 8 or 10 digits, each once."""
    table = read(TRADE_DATA / "concordances" / f"{name}.csv")
    names = read(TRADE_DATA / "concordances" / f"{name}.names.csv")
    assert set(table["sector"]) == set(names["sector"])
    assert names["sector"].is_unique
    assert (names["sector_name"].str.len() > 0).all()
    assert table["product"].is_unique
    assert set(table["product"].str.len()) <= {2, 6, 8, 10}


@pytest.mark.parametrize(
    ("name", "product", "sector"),
    [
        ("hs-section", "8703230170", "XVII"),
        ("hs-section", "9999950000", "XXII"),
        ("naics3", "8703230170", "336"),
        ("bea", "8703230170", "3361MV"),
        ("gtap", "2709002010", "OIL"),
        ("bec", "7208100000", "INT"),
    ],
)
def test_known_sectors(name: str, product: str, sector: str) -> None:
    """Cars, crude oil and steel are where everyone looks for them."""
    table = read(TRADE_DATA / "concordances" / f"{name}.csv").set_index("product")["sector"]
    assert longest_match(pd.Index([product]), table).iloc[0] == sector


# shares ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHARES, ids=lambda path: path.name)
def test_shares_are_fractions(path: Path) -> None:
    """Every share lies between 0 and 1, and a product and origin has one."""
    frame = read(path)
    shares = frame.select_dtypes("number")
    assert not shares.empty
    assert shares.ge(0).all(axis=None)
    assert shares.le(1).all(axis=None)
    assert not frame.duplicated([name for name in ("product", "origin") if name in frame]).any()


def test_metal_contents_add_up_to_one_at_most() -> None:
    """Steel, aluminum and copper of an article; mill steel and aluminum count in full."""
    metals = read(TRADE_DATA / "shares" / "metal_content.csv").set_index("product")
    assert metals.sum(axis=1).le(1 + 1e-9).all()
    codes = pd.Index(["7208100000", "7306191010", "7606123091", "7318150000"])
    steel = longest_match(codes, metals["steel"])
    assert steel["7208100000"] == steel["7306191010"] == 1
    assert 0 < steel["7318150000"] < 1
    assert longest_match(codes, metals["aluminum"])["7606123091"] == 1


@pytest.mark.parametrize(("name", "canada", "mexico"), [("usmca_settled", 0.882, 0.883), ("usmca_2024", 0.384, 0.499)])
def test_usmca_shares_by_origin_and_their_fallbacks(name: str, canada: float, mexico: float) -> None:
    """The origin rows are the known totals; every product has its HS6 and HS2 fallback."""
    table = read(TRADE_DATA / "shares" / f"{name}.parquet")
    total = table[table["level"] == "origin"].set_index("origin")["share"]
    assert total["CAN"] == pytest.approx(canada, abs=0.001)
    assert total["MEX"] == pytest.approx(mexico, abs=0.001)
    have = set(zip(table["product"], table["origin"], strict=True))
    products = table[table["level"] == "hts10"]
    for digits in (2, 6):
        assert set(zip(products["product"].str[:digits], products["origin"], strict=True)) <= have


def test_settled_shares_give_back_the_claimed_value(flows: dict[str, pd.DataFrame]) -> None:
    """Share times value over July to December 2025 is the value claimed."""
    frame = flows["us-north-america-2025"]
    frame = frame[frame["period"].between("2025-07", "2025-12")]
    table = read(TRADE_DATA / "shares" / "usmca_settled.parquet")
    joined = frame.merge(table, on=["product", "origin"], validate="many_to_one")
    claimed = (joined["share"] * joined["customs_value"]).sum()
    assert len(joined) == len(frame)
    assert claimed == pytest.approx(frame["usmca_claimed_value"].sum(), rel=1e-6)


def test_other_preferences_leave_out_those_without_one() -> None:
    """Canada and Mexico have their own tables; China, Russia and column 2 have no programme."""
    origins = set(read(TRADE_DATA / "shares" / "preference_2024.csv")["origin"])
    assert not origins & {"CAN", "MEX", "CHN", "RUS", "BLR", "CUB", "PRK"}
    assert {"KOR", "AUS", "ISR", "SGP"} <= origins
