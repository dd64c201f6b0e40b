"""LibreOffice reads what the service and the formats make: addresses as a person opens them, formulas as typed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import tariffcalc as tc
from tests.e2e.office import Office, office_or_skip
from tests.web.live import UNHURRIED
from tests.web.live import service as running

US = "us-north-america-2025"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    office_or_skip()
    with running(tmp_path_factory.mktemp("home"), workers=1, patience=120, **UNHURRIED) as address:
        yield address


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office_or_skip()
    return Office(tmp_path)


def test_totals_of_a_workbook_are_reckoned_anew(office: Office, tmp_path: Path) -> None:
    """LibreOffice's own sums, over everything and by sector, are those of the result."""
    result = tc.estimate(US, by=("sector", "month"), baseline="no-tariffs-2025")
    path = tmp_path / "result.xlsx"
    path.write_bytes(result.to("xlsx"))
    rows = office.sheets(path)["Summary"]
    names = rows[2][2:]
    total = dict(zip(names, map(float, rows[3][2:]), strict=True))
    told = result.provenance["totals"]
    assert total["duty"] == pytest.approx(told["duty"], rel=1e-12)
    assert total["customs_value"] == pytest.approx(told["customs_value"], rel=1e-12)
    assert total["effective_rate"] == pytest.approx(told["duty"] / told["resolved_value"], rel=1e-9)
    sums = result.frame.groupby("sector", observed=True)["duty"].sum()
    found = {row[0]: float(row[3]) for row in rows[4 : 4 + len(sums)]}
    assert found == pytest.approx(sums.to_dict(), rel=1e-9)


def test_totals_follow_the_data(office: Office, tmp_path: Path) -> None:
    """They are formulas and not numbers: whoever changes an amount sees another total."""
    frame = pd.DataFrame({"sector": ["01", "1", "01"], "customs_value": [100.0, 10.0, 1.0], "duty": [7.0, 20.0, 400.0]})
    path, changed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    path.write_bytes(tc.Result(frame, {"flows": {"name": "a"}, "scenario": "x", "window": ["", ""]}).to("xlsx"))
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"<v>7</v>", b"<v>7000</v>") if name.endswith("sheet1.xml") else data)
    duty = {row[0]: row[2] for row in office.sheets(changed)["Summary"] if len(row) > 2}
    assert (duty["Total"], duty["01"], duty["1"]) == ("7420", "7400", "20")


def test_an_address_is_opened_as_a_table(office: Office, service: str) -> None:
    """The CSV of an estimate, opened by its address: a header and the numbers of the result."""
    rows = office.opened(f"{service}/v1/estimates.csv?flows={US}&by=origin,month&from=2025-03&until=2025-05")
    expected = tc.estimate(US, by=("origin", "month"), window=(date(2025, 3, 1), date(2025, 5, 1))).frame
    assert rows[0] == ["origin", "period", "customs_value", "duty", "effective_rate", "resolved_share"]
    assert [row[0] for row in rows[1:]] == expected["origin"].tolist()
    assert [float(row[3]) for row in rows[1:]] == pytest.approx(expected["duty"].tolist(), abs=0.006)


def test_a_mark_decimal_commas_and_codes(office: Office, service: str) -> None:
    """For a German spreadsheet: the mark is no part of a name, amounts are numbers, codes keep their zeros."""
    asked = f"flows={US}&by=product&from=2025-03&until=2025-04&limit=5&bom=1&decimal=,"
    rows = office.opened(f"{service}/v1/estimates.csv?{asked}", ";", "1/2", "1031")
    frame = tc.estimate(US, by=("product",), window=(date(2025, 3, 1), date(2025, 4, 1))).frame.head(5)
    assert rows[0][0] == "product"
    assert [row[0] for row in rows[1:]] == frame["product"].tolist()
    assert rows[1][0].startswith("0")
    assert [float(row[1]) for row in rows[1:]] == pytest.approx(frame["customs_value"].tolist(), abs=0.006)


def test_a_cell_asks_for_a_rate(office: Office, service: str) -> None:
    """WEBSERVICE, as the page of formulas writes it: a number that can be reckoned with, or words."""
    loader = "product=8429.51.10.50&origin=MEX&date=2025-06-10"
    asked = f'=WEBSERVICE("{service}/v1/rates.txt?{loader}'
    shown = office.typed(
        f'{asked}")',
        f'=NUMBERVALUE(WEBSERVICE("{service}/v1/rates.txt?{loader}");".")*2',
        f'{asked}&value=10000&field=duty")',
        f'=WEBSERVICE("{service}/v1/rates.txt?product=2709002010&origin=CAN&date=2025-03-05")',
        "=NUMBERVALUE(A4)",
        f'=WEBSERVICE("{service}/v1/rates.txt?product=2709002010&origin=Atlantis&date=2025-03-05")',
    )
    rate = tc.rate("8429511050", "MEX", "2025-06-10").rate
    assert rate is not None
    assert [float(text) for text in shown[:3]] == pytest.approx([rate, rate * 2, 10_000 * rate])
    assert shown[3].startswith("unresolved: base duty")
    assert shown[4:] == ["#VALUE!", "#VALUE!"]


def test_a_formula_cell_takes_a_whole_table(office: Office, service: str) -> None:
    """A small result fits into one cell, lines and all."""
    (shown,) = office.typed(f'=WEBSERVICE("{service}/v1/estimates.csv?flows={US}&by=origin")')
    assert shown.splitlines()[0].startswith("origin,customs_value,duty")
