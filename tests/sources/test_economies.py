"""Economies from folders: the bundled one, one's own in any format, and every fault of it at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tariffcalc.engine.lookup import as_ints
from tariffcalc.errors import BadRequestError, UnknownNameError
from tariffcalc.impact import exact_hat
from tariffcalc.sources.economies import economy_names, read_economy

SETTINGS = 'title = "Two countries and the rest"\nyear = 2024\ncurrency = "USD"\nrest = "ROW"\n'
COUNTRIES, SECTORS = ("USA", "CAN", "ROW"), ("goods", "services")


def tables() -> dict[str, pd.DataFrame]:
    """A good economy: goods are traded, services are not."""
    pairs = [(n, i) for n in COUNTRIES for i in COUNTRIES if n != i]
    return {
        "sectors": pd.DataFrame({"sector": SECTORS, "sector_name": ["Goods", "Services"], "theta": [5.0, 5.0]}),
        "output": pd.DataFrame(
            [(s, c, 100.0, 0.5) for s in SECTORS for c in COUNTRIES],
            columns=["sector", "country", "gross_output", "value_added_share"],
        ),
        "inputs": pd.DataFrame(
            [(c, used, using, 0.5) for c in COUNTRIES for used in SECTORS for using in SECTORS],
            columns=["country", "used", "using", "share"],
        ),
        "trade": pd.DataFrame(
            [("goods", n, i, 10.0, 0.05) for n, i in pairs],
            columns=["sector", "importer", "exporter", "value", "tariff"],
        ),
        "products": pd.DataFrame({"product": ["01", "7208"], "sector": ["goods", "goods"]}),
    }


def write(folder: Path, made: dict[str, pd.DataFrame], settings: str | None = SETTINGS, suffix: str = ".csv") -> Path:
    """A folder with these tables."""
    if settings is not None:
        (folder / "economy.toml").write_text(settings, encoding="utf-8")
    for name, frame in made.items():
        if suffix == ".parquet":
            frame.to_parquet(folder / f"{name}.parquet", index=False)
        else:
            frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


# the bundled one -----------------------------------------------------------------------------


def test_the_bundled_economy_has_the_published_sizes() -> None:
    """31 countries, 40 sectors; totals of the published matrices, in thousands of dollars."""
    assert economy_names() == ("caliendo-parro-1993",)
    world = read_economy("caliendo-parro-1993")
    assert (len(world.countries), len(world.sectors), world.rest, world.year) == (31, 40, "ROW", 1993)
    assert world.trade.shape == (40, 31, 31)
    assert world.trade.sum() == pytest.approx(3.1457053e9, rel=1e-7)
    assert world.gross_output.sum() == pytest.approx(4.8128053e10, rel=1e-7)
    assert world.theta[list(world.sectors).index("petroleum")] == 64.85
    usa, mex = world.countries.index("USA"), world.countries.index("MEX")
    assert world.trade[:, usa, mex].sum() == pytest.approx(38_225_854.5, rel=1e-6)
    assert not world.trade[20:].any()


def test_other_tariffs_differ_where_they_are_given() -> None:
    """The tariffs of 2005 are those of 1993 but inside North America."""
    world = read_economy("caliendo-parro-1993")
    changed = np.argwhere(world.tariffs["nafta-2005"] != world.tariff)
    assert {world.countries[n] for _, n, _ in changed} == {"CAN", "MEX", "USA"}
    assert {world.countries[i] for _, _, i in changed} == {"CAN", "MEX", "USA"}


@pytest.mark.parametrize(
    ("product", "sector"),
    [
        ("8703230000", "auto"),
        ("7208390000", "basic-metals"),
        ("8471300000", "office"),
        ("8517130000", "communication"),
        ("8418100000", "machinery"),
        ("9018900000", "medical"),
        ("8802400000", "other-transport"),
        ("2709000000", "mining"),
        ("2710190000", "petroleum"),
        ("6109100000", "textile"),
        ("3004900000", "chemicals"),
        ("9403500000", "other"),
        ("2716000000", "unclassified"),
        ("9801000000", "unclassified"),
    ],
)
def test_products_are_in_the_sectors_of_the_paper(product: str, sector: str) -> None:
    """By the divisions of ISIC revision 3: computers are office machinery, telephones communication."""
    products = read_economy("caliendo-parro-1993").products
    assert products.codes[products.of(as_ints([product]))[0]] == sector


# one's own -----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_ones_own_economy_is_read_and_solved(tmp_path: Path, suffix: str) -> None:
    made = read_economy(write(tmp_path, tables(), suffix=suffix))
    assert made.countries == COUNTRIES
    assert dict(made.sectors) == {"goods": "Goods", "services": "Services"}
    assert made.tariff[0, 0].tolist() == [0.0, 0.05, 0.05]
    economy = exact_hat.Economy(
        made.trade, made.gross_output, made.value_added_share, made.input_output, made.theta, made.tariff
    )
    outcome = exact_hat.solve(economy, made.tariff * 3)
    assert (outcome.real_income_change < 0).all()
    assert made.place_of("MEX") == 2
    assert made.place_of("CAN") == 1


def test_tables_with_other_tariffs_are_read_by_name(tmp_path: Path) -> None:
    other = pd.DataFrame([("goods", "USA", "CAN", 0.25)], columns=["sector", "importer", "exporter", "tariff"])
    made = read_economy(write(tmp_path, {**tables(), "tariffs-war": other}))
    assert made.tariffs["war"][0, 0].tolist() == [0.0, 0.25, 0.05]


def test_without_a_rest_unknown_countries_have_no_place(tmp_path: Path) -> None:
    made = {
        name: frame.replace("ROW", "MEX") if name in ("output", "inputs", "trade") else frame
        for name, frame in tables().items()
    }
    assert read_economy(write(tmp_path, made, SETTINGS.replace('rest = "ROW"\n', ""))).place_of("FRA") is None


def test_rows_of_a_country_with_itself_are_not_read(tmp_path: Path) -> None:
    made = tables()
    own = pd.DataFrame([("goods", "USA", "USA", 70.0, 0.0)], columns=made["trade"].columns)
    made["trade"] = pd.concat([made["trade"], own])
    found = read_economy(write(tmp_path, made))
    economy = exact_hat.Economy(
        found.trade, found.gross_output, found.value_added_share, found.input_output, found.theta, found.tariff
    )
    assert exact_hat.solve(economy, found.tariff).trade_before[0, 0, 0] == pytest.approx(80.0, rel=1e-7)


# faults --------------------------------------------------------------------------------------


def spoil(table: str, row: int, column: str, value: object) -> Callable[[dict[str, pd.DataFrame]], None]:
    def change(made: dict[str, pd.DataFrame]) -> None:
        made[table] = made[table].astype(object)
        made[table].loc[row, column] = value

    return change


def drop(table: str, row: int) -> Callable[[dict[str, pd.DataFrame]], None]:
    def change(made: dict[str, pd.DataFrame]) -> None:
        made[table] = made[table].drop(index=row)

    return change


def twice(table: str) -> Callable[[dict[str, pd.DataFrame]], None]:
    def change(made: dict[str, pd.DataFrame]) -> None:
        made[table] = pd.concat([made[table], made[table].iloc[:1]], ignore_index=True)

    return change


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (spoil("trade", 1, "value", -5), "out-of-range", "trade.csv, row 3, column value"),
        (spoil("trade", 0, "tariff", "5 %"), "out-of-range", "trade.csv, row 2, column tariff"),
        (spoil("trade", 0, "importer", "CAM"), "unknown-code", "trade.csv, row 2, column importer"),
        (spoil("trade", 0, "sector", "good"), "unknown-code", "trade.csv, row 2, column sector"),
        (spoil("sectors", 0, "theta", 0), "out-of-range", "sectors.csv, row 2, column theta"),
        (spoil("output", 0, "value_added_share", 1.2), "out-of-range", "output.csv, row 2, column value_added_share"),
        (spoil("inputs", 0, "share", 0.9), "shares", "inputs"),
        (spoil("products", 0, "product", "1.5"), "product", "products.csv, row 2, column product"),
        (spoil("products", 0, "sector", "shoes"), "unknown-code", "products.csv, row 2, column sector"),
        (drop("output", 0), "missing-row", "output.csv"),
        (twice("trade"), "duplicate-row", "trade.csv, row 8, column sector"),
        (twice("products"), "duplicate-row", "products.csv, row 4, column product"),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, change: Callable[[dict[str, pd.DataFrame]], None], code: str, place: str
) -> None:
    made = tables()
    change(made)
    with pytest.raises(BadRequestError) as caught:
        read_economy(write(tmp_path, made))
    found = [fault for fault in caught.value.faults if fault.code == code]
    assert found, caught.value.faults
    assert found[0].place.startswith(place)


def test_all_faults_of_all_tables_at_once(tmp_path: Path) -> None:
    made = tables()
    for change in (
        spoil("trade", 0, "value", "many"),
        spoil("inputs", 0, "share", 0.9),
        spoil("output", 0, "country", "USX"),
        spoil("products", 1, "sector", "shoes"),
    ):
        change(made)
    with pytest.raises(BadRequestError) as caught:
        read_economy(write(tmp_path, made, SETTINGS + 'colour = "red"\n'))
    codes = {fault.code for fault in caught.value.faults}
    assert {"out-of-range", "shares", "unknown-country", "unknown-code", "unknown-key"} <= codes


def test_missing_tables_columns_and_settings(tmp_path: Path) -> None:
    made = tables()
    del made["inputs"]
    made["trade"] = made["trade"].rename(columns={"tariff": "duty"})
    with pytest.raises(BadRequestError) as caught:
        read_economy(write(tmp_path, made, None))
    assert [fault.code for fault in caught.value.faults] == ["economy-toml", "missing-table", "missing-column"]


@pytest.mark.parametrize(
    ("settings", "code"),
    [("year = 2024\n", "missing-key"), (SETTINGS.replace("2024", '"now"'), "wrong-type"), ("year =", "economy-toml")],
)
def test_settings_at_fault(tmp_path: Path, settings: str, code: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        read_economy(write(tmp_path, tables(), settings))
    assert code in {fault.code for fault in caught.value.faults}


def test_a_rest_without_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError) as caught:
        read_economy(write(tmp_path, tables(), SETTINGS.replace("ROW", "REST")))
    assert {"rest", "unknown-country"} <= {fault.code for fault in caught.value.faults}


def test_a_name_that_is_none() -> None:
    with pytest.raises(UnknownNameError) as caught:
        read_economy("caliendo-parro-1994")
    assert "caliendo-parro-1993" in str(caught.value.hint)
