"""The lists and base-duty tables of rates/usa hold what the acts say, by date."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

USA = Path(__file__).resolve().parent.parent / "rates" / "usa"
LISTS = sorted((USA / "lists").glob("*.csv"))
TABLES = sorted((USA / "tables").glob("*.csv"))
FILES = LISTS + TABLES

Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    """The rows of a CSV as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def latest(path: Path, day: str, key: str) -> dict[str, Row]:
    """The step of each code or product that holds on a day."""
    steps = sorted((row for row in rows(path) if row["from"] <= day), key=lambda row: row["from"])
    return {row[key]: row for row in steps}


def members(name: str, day: str) -> set[str]:
    """The codes that are on a list on a day."""
    held = latest(USA / "lists" / f"{name}.csv", day, "code")
    return {code for code, row in held.items() if row["is"] == "in"}


def rate(name: str, product: str, day: str = "2026-10-01") -> tuple[str, ...]:
    """Form, ad valorem, specific, unit, specific2, unit2 of a tariff line on a day."""
    row = latest(USA / "tables" / f"{name}.csv", day, "product")[product]
    return tuple(row[key] for key in ("form", "ad_valorem", "specific", "unit", "specific2", "unit2"))


def cells(paths: list[Path], column: str) -> Iterator[tuple[str, str]]:
    """(file name, cell) of one column of several files."""
    for path in paths:
        yield from ((path.name, row[column]) for row in rows(path))


@pytest.mark.parametrize(
    ("name", "day", "count"),
    [
        ("canada-energy", "2025-02-03", 0),
        ("canada-energy", "2025-02-04", 294),
        ("canada-potash", "2025-03-06", 0),
        ("canada-potash", "2025-03-07", 7),
        ("mexico-potash", "2025-03-07", 7),
        ("s232-steel-mill", "2018-03-23", 39),
        ("s232-steel-deriv-9980", "2020-02-08", 9),
        ("s232-steel-deriv-ch73", "2025-03-12", 154),
        ("s232-steel-deriv-ch73", "2025-08-18", 157),
        ("s232-steel-deriv-16n", "2025-03-12", 12),
        ("s232-steel-deriv-16n", "2025-06-23", 23),
        ("s232-steel-deriv-16n", "2025-08-17", 23),
        ("s232-steel-deriv-16n", "2025-08-18", 411),
        ("s232-alu-primary", "2018-03-23", 9),
        ("s232-alu-deriv-9980", "2020-02-08", 6),
        ("s232-alu-deriv-19j", "2025-03-12", 19),
        ("s232-alu-deriv-19j", "2025-08-18", 24),
        ("s232-alu-deriv-19k", "2025-04-03", 101),
        ("s232-alu-deriv-19k", "2025-04-04", 102),
        ("s232-alu-deriv-19k", "2025-08-18", 224),
        ("s232-copper-36b", "2025-08-01", 80),
        ("s232-metals26-16c-iv", "2026-04-06", 139),
        ("s232-metals26-16c-vi", "2026-04-06", 105),
        ("s232-metals26-16c-vi", "2026-06-08", 101),
        ("s232-metals26-16c-vii", "2026-06-07", 301),
        ("s232-metals26-16c-vii", "2026-06-08", 242),
        ("s232-metals26-16c-ix", "2026-06-08", 18),
        ("s232-metals26-16c-x", "2026-04-06", 35),
        ("s232-metals26-16c-x", "2026-06-08", 69),
        ("s232-metals26-16c-xi", "2026-06-07", 0),
        ("s232-metals26-16c-xi", "2026-06-08", 28),
        ("s232-auto-vehicles", "2025-04-03", 17),
        ("s232-auto-parts", "2025-05-02", 0),
        ("s232-auto-parts", "2025-05-03", 130),
        ("s232-mhd-vehicles", "2025-11-01", 25),
        ("s232-mhd-buses", "2025-11-01", 10),
        ("s232-mhd-parts", "2025-11-01", 182),
        ("s232-pharma-40c", "2026-07-31", 131),
        ("s232-pharma-40c", "2026-09-29", 149),
        ("s122-exempt", "2026-02-24", 1098),
        ("s122-aircraft", "2026-02-24", 546),
        ("s301-fl-exempt-52b", "2026-07-24", 863),
        ("s338-ca-alcohol", "2026-08-22", 63),
        ("s338-ca-alcohol", "2026-09-15", 101),
        ("s338-ca-dairy", "2026-08-22", 52),
        ("s338-ca-motor-vehicles", "2026-09-14", 439),
        ("s338-ca-motor-vehicles", "2026-09-15", 513),
        ("s338-ban-alcohol-any", "2026-09-29", 25),
        ("s338-ban-alcohol-packaged", "2026-09-29", 28),
        ("s338-ban-dairy", "2026-09-29", 14),
        ("s338-ban-motorcycle", "2026-09-29", 1),
        ("ieepa-recip-annex-ii", "2025-04-05", 1048),
        ("ieepa-recip-annex-ii", "2026-02-23", 1082),
    ],
)
def test_a_list_has_the_count_of_its_act(name: str, day: str, count: int) -> None:
    """A list holds as many codes on a day as the act that made it counts."""
    assert count == len(members(name, day))


def test_the_inclusions_of_august_2025_count_as_printed() -> None:
    """The inclusions of 18 August 2025 are 431 codes as printed, 392 at eight digits."""
    names = ("s232-steel-deriv-16n", "s232-steel-deriv-ch73", "s232-alu-deriv-19j", "s232-alu-deriv-19k")
    added = set().union(*(members(name, "2025-08-18") - members(name, "2025-08-17") for name in names))
    assert (len(added), len({code[:8] for code in added})) == (431, 392)


def test_a_good_that_left_and_its_narrower_number_change_on_one_day() -> None:
    """Whisky 2208.30.60 gives way to five of its statistical numbers on 15 September 2026."""
    before, after = members("s338-ca-alcohol", "2026-09-14"), members("s338-ca-alcohol", "2026-09-15")
    assert "22083060" in before - after
    assert len({code for code in after - before if code.startswith("22083060")}) == 5


def test_the_metal_lists_of_2026_do_not_overlap_after_june() -> None:
    """Aluminum, steel and copper goods that moved in June 2026 are on one list of their metal."""
    steel = [members(f"s232-metals26-16c-{part}", "2026-06-08") for part in ("iii", "iv", "vii", "x")]
    assert sum(map(len, steel)) == len(set().union(*steel))


def test_chapter_98_is_split_in_two() -> None:
    """Goods that pay on part of their value are not on the list of those left out."""
    exempt, part = members("chapter-98-exempt", "2018-01-01"), members("chapter-98-part-value", "2018-01-01")
    assert {"98020040", "98020050", "98020060", "98020080"} == part
    assert not [code for code in part if any(code.startswith(prefix) for prefix in exempt)]
    assert {"9801", "98020020", "9813", "99"} <= exempt


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_is_well_formed(path: Path) -> None:
    """Codes are 2 to 10 digits, steps are in or out, dates are dates, no step is there twice."""
    table = rows(path)
    assert {"code", "from", "is", "cite"} == set(table[0])
    assert [row for row in table if not re.fullmatch(r"\d{2,10}", row["code"])] == []
    assert {"in", "out"} >= {row["is"] for row in table}
    assert all(not row["from"] or date.fromisoformat(row["from"]) for row in table)
    assert [key for key, times in Counter((row["code"], row["from"]) for row in table).items() if times > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_has_a_meta_file_that_counts_its_rows(path: Path) -> None:
    """Each list and table says where it is from and how many rows and which columns it has."""
    meta = tomllib.loads(path.with_suffix(".meta.toml").read_text("utf-8"))
    table = rows(path)
    assert (len(table), list(table[0])) == (meta["rows"], list(meta["columns"]))
    assert all(meta[key] for key in ("title", "source", "vintage", "licence", "made_by"))


def test_a_code_leaves_only_a_list_that_it_was_on() -> None:
    """Every `out` follows an `in` of the same code."""
    for path in LISTS:
        state: dict[str, str] = {}
        for row in sorted(rows(path), key=lambda row: row["from"]):
            assert row["is"] != state.get(row["code"], "out"), (path.name, row)
            state[row["code"]] = row["is"]


def test_every_step_cites_an_act() -> None:
    """No row is without its act."""
    assert [name for name, cite in cells(FILES, "cite") if not re.fullmatch(r"[a-z][a-z0-9-]+", cite)] == []


def test_the_tables_count_as_the_schedule_of_2026() -> None:
    """Chapters 1 to 97 of 2026 Revision 10 have 11,414 lines, 4,315 of them free."""
    held = latest(USA / "tables" / "column-1-general.csv", "2026-06-08", "product")
    forms = Counter(row["form"] for product, row in held.items() if product < "98")
    assert dict(forms) == {"ad_valorem": 5864, "free": 4315, "specific": 762, "compound": 324, "other": 149}


@pytest.mark.parametrize(
    ("table", "product", "expected"),
    [
        ("column-1-general", "01013000", ("ad_valorem", "0.068", "", "", "", "")),
        ("column-1-general", "27090020", ("specific", "", "0.105", "bbl", "", "")),
        ("column-1-general", "04022950", ("compound", "0.149", "1.104", "kg", "", "")),
        ("column-1-general", "08061020", ("specific", "", "1.13", "m3", "", "")),
        ("column-1-general", "87032201", ("ad_valorem", "0.025", "", "", "", "")),
        ("column-1-general", "87042101", ("ad_valorem", "0.25", "", "", "", "")),
        ("column-1-general", "84713001", ("free", "", "", "", "", "")),
        ("column-1-general", "98020050", ("other", "", "", "", "", "")),
        ("column-2", "01013000", ("ad_valorem", "0.15", "", "", "", "")),
        ("column-2", "27090020", ("specific", "", "0.21", "bbl", "", "")),
        ("special-usmca", "01013000", ("free", "", "", "", "", "")),
        ("special-usmca", "87042101", ("free", "", "", "", "", "")),
        ("special-usmca", "04021050", ("other", "", "", "", "", "")),
        ("special-usmca", "98230103", ("specific", "", "0.772", "liter", "", "")),
    ],
)
def test_a_line_has_the_printed_rate(table: str, product: str, expected: tuple[str, ...]) -> None:
    """A handful of lines, read by hand in the schedule."""
    assert expected == rate(table, product)


def test_a_later_edition_makes_a_step() -> None:
    """The USMCA rate of 9823.06.08 stepped down with the edition of 2026."""
    dated = [rate("special-usmca", "98230608", day)[:4] for day in ("2025-12-31", "2026-01-01")]
    assert dated == [("specific", "", "0.398", "kg"), ("specific", "", "0.319", "kg")]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_row_has_the_numbers_of_its_form(path: Path) -> None:
    """Fractions and amounts stand where the form needs them and nowhere else."""
    filled = {
        "free": (0, 0, 0),
        "suspended": (0, 0, 0),
        "ended": (0, 0, 0),
        "ad_valorem": (1, 0, 0),
        "top_up_to": (1, 0, 0),
        "specific": (0, 1, 1),
        "compound": (1, 1, 1),
        "other": (0, 0, 0),
    }
    for row in rows(path):
        numbers = tuple(int(row.get(key, "") != "") for key in ("ad_valorem", "specific", "unit"))
        assert filled[row["form"]] == numbers, row
        assert float(row["ad_valorem"] or 0) <= 10
        assert (row.get("specific2", "") == "") == (row.get("unit2", "") == "")
        assert re.fullmatch(r"[A-Z]{3}", row.get("origin", "CAN"))
        assert re.fullmatch(r"\d{2,8}", row["product"]) or (row["product"] == "" and "origin" in row)


def test_every_line_of_the_general_column_has_a_usmca_rate() -> None:
    """The USMCA covers every tariff line of chapters 1 to 97."""
    names = ("column-1-general.csv", "special-usmca.csv")
    general, special = (set(latest(USA / "tables" / name, "9999", "product")) for name in names)
    assert set() == {product for product in general - special if product < "98"}


def test_the_law_lists_stay_small() -> None:
    """Lists and tables are read at every start: together they stay under 6 MB."""
    assert sum(path.stat().st_size for path in FILES) < 6_000_000
