"""Tables of elasticities: the bundled ones hold what was published, a user's own is refused with every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tariffcalc.errors import FlowTableError, UnknownNameError
from tariffcalc.impact.elasticities import elasticities_of
from tariffcalc.sources.elasticities import elasticity_tables, read_elasticities


def looked_up(products: list[str], importer: str = "USA") -> np.ndarray:
    market = np.arange(len(products))
    return elasticities_of(
        products, market, ["CAN"] * len(products), elasticity_tables(None, importer)
    ).elasticities.substitution


def faults(text: str, **options: object) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(FlowTableError) as caught:
        read_elasticities(text.encode(), suffix=".csv", **options)
    return [(one.code, one.row, one.column) for one in caught.value.faults]


# bundled ----------------------------------------------------------------------------------------


def test_a_six_digit_number_has_the_published_estimate() -> None:
    """One line below it in the 1990s: 0103.92.0000, 1.4073431."""
    assert looked_up(["0103920091"])[0] == pytest.approx(1.407343, abs=1e-6)


def test_the_default_is_the_median_of_the_published_lines() -> None:
    """Chapter 77 is empty: nothing nearer is known."""
    assert looked_up(["77"])[0] == pytest.approx(3.141911, abs=1e-6)


def test_three_digits_stand_in_where_six_are_new() -> None:
    """8517.13, smartphones, is of 2022; headings 8510 to 8519 have one estimate."""
    assert looked_up(["8517130000"])[0] == looked_up(["8517"])[0] != looked_up(["85"])[0]


def test_other_importers_have_their_own_estimates() -> None:
    """Australia, headings 0100 to 0109: 25.03; a bloc has none, so the default."""
    assert looked_up(["0101"], "AUS")[0] == pytest.approx(25.031897, abs=1e-6)
    assert looked_up(["0101"], "EU27")[0] == pytest.approx(3.141911, abs=1e-6)


def test_every_bundled_estimate_is_above_one() -> None:
    for importer in ("USA", "CAN", "CHN"):
        rows = elasticity_tables(None, importer)[0].rows["substitution"]
        assert min(rows.values) > 1


def test_a_name_that_is_no_table_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        elasticity_tables("broda-weinstien-2006")
    assert "broda-weinstein-2006" in (caught.value.hint or "")


# a user's own -----------------------------------------------------------------------------------


def test_a_table_is_read_and_asked_first() -> None:
    tables = elasticity_tables(b"Product,Demand,substitution\n8703.23,-2,\ndefault,,2.5\n", suffix=".csv")
    known = elasticities_of(["8703230190", "0101"], np.array([0, 1]), ["CAN", "CAN"], tables).elasticities
    assert known.demand.tolist() == [-2.0, -1.25]
    assert known.substitution.tolist() == [2.5, 2.5]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"product": ["870323", "default"], "supply": [2.0, 3.0], "origin": ["Canada", ""]})
    path = tmp_path / f"mine{suffix}"
    {"csv": frame.to_csv, "xlsx": frame.to_excel, "parquet": frame.to_parquet}[suffix[1:]](path, index=False)
    rows = read_elasticities(path).rows["supply"]
    assert list(rows.origins) == ["CAN", ""]
    assert list(rows.values) == [2.0, 3.0]


def test_every_fault_of_every_row_is_told_at_once() -> None:
    text = (
        "product,origin,demand,supply\n"
        "8703,,-1,2\n"
        "8703,,1,x\n"  # doubled, sign, text
        "99999999,CAN,,2\n"  # no such code
        "87,ZZ,,inf\n"  # no such country
        "abc,,,\n"  # no digits, nothing said
        "1,,-1,\n"  # too short
        "0101,CAN,-1,\n"  # demand has no origin
        "0102,,nan,-inf\n"
    )
    assert faults(text) == [
        ("out-of-range", 3, "demand"),
        ("duplicate-code", 3, "product"),
        ("not-a-number", 3, "supply"),
        ("unknown-product", 4, "product"),
        ("unknown-country", 5, "origin"),
        ("no-elasticity", 6, None),
        ("product-not-digits", 6, "product"),
        ("product-length", 7, "product"),
        ("origin-not-meant", 8, "demand"),
        ("not-a-number", 9, "demand"),
        ("not-a-number", 9, "supply"),
    ]


def test_one_code_written_twice_in_two_ways_is_doubled() -> None:
    assert faults("product,demand\n8703.23,-1\n870323,-2\n") == [("duplicate-code", 3, "product")]


def test_a_substitution_of_at_most_one_where_it_must_be_above() -> None:
    text = "product,substitution\n87,1.0\n88,0.9\n89,1.1\n"
    assert faults(text, above_one=True) == [("out-of-range", 2, "substitution"), ("out-of-range", 3, "substitution")]
    assert len(read_elasticities(text.encode(), suffix=".csv").rows["substitution"].values) == 3


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("product,demand,demand", "duplicate-column"),
        ("code,demand", "missing-column"),
        ("product,value", "missing-column"),
        ("product,demand,substitution,standard_error", "ambiguous-column"),
        ("product,demand,substituion", "unknown-column"),
    ],
)
def test_a_header_at_fault_is_told_before_any_row(header: str, code: str) -> None:
    assert code in {found for found, *_ in faults(f"{header}\n{',' * header.count(',')}\n")}


def test_an_empty_table_is_refused() -> None:
    assert [code for code, *_ in faults("product,demand\n")] == ["empty-table"]


def test_rows_at_fault_can_be_left_out_and_are_counted() -> None:
    table = read_elasticities(b"product,demand\n87,-1\n88,1\n", suffix=".csv", skip=True)
    assert list(table.rows["demand"].prefixes) == ["87"]
    assert table.warnings == ("table: 1 rows with faults were left out",)


def test_standard_errors_belong_to_the_only_elasticity_or_are_named() -> None:
    alone = read_elasticities(b"product,demand,standard_error\n87,-1,0.25\n", suffix=".csv")
    assert alone.rows["demand"].errors.tolist() == [0.25]
    named = read_elasticities(b"product,demand,supply,supply_standard_error\n87,-1,2,0.5\n", suffix=".csv")
    assert np.isnan(named.rows["demand"].errors).all()
    assert named.rows["supply"].errors.tolist() == [0.5]
    assert faults("product,demand,standard_error\n87,-1,-0.25\n") == [("out-of-range", 2, "demand_standard_error")]


def test_the_table_by_sector_is_asked_before_the_estimates_by_product() -> None:
    """Motor vehicles: theta 8.22, substitution 9.22; works of art are in no sector."""
    tables = elasticity_tables("caliendo-parro-2015")
    known = elasticities_of(["8703230190", "970121"], np.array([0, 1]), ["CAN", "CAN"], tables)
    assert known.elasticities.substitution[0] == pytest.approx(9.22)
    levels = {one["level"] for one in known.told(np.ones(2), np.array([0, 1]))["substitution"]}
    assert "sector" in levels
    assert len(levels) == 2
