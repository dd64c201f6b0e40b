"""The kinds of duty as people read them, and what a scenario does to a rate."""

from __future__ import annotations

import pytest

from tariffcalc.law import duty as kinds
from tariffcalc.law.dates import Timeline
from tariffcalc.law.units import converted


@pytest.mark.parametrize(
    ("duty", "text"),
    [
        (kinds.AdValorem(0.25), "25 %"),
        (kinds.AdValorem(0.034), "3.4 %"),
        (kinds.Specific((kinds.Amount(0.105, "bbl"),)), "10.5¢/bbl"),
        (kinds.Specific((kinds.Amount(2.269, "kg"),)), "$2.269/kg"),
        (kinds.Compound(0.06, kinds.Specific((kinds.Amount(0.176, "kg"),))), "17.6¢/kg + 6 %"),
        (kinds.TopUpTo(0.15), "up to 15 % in total, base duty included"),
        (kinds.Quota(0.0, 0.5), "0 % in quota, 50 % over"),
        (kinds.PriceGap(kinds.Amount(21, "kg")), "the gap to $21/kg"),
        (kinds.Prohibited(), "prohibited"),
        (kinds.SUSPENDED, "suspended"),
        (kinds.Unreckoned("See 9823.01.01"), "See 9823.01.01"),
    ],
)
def test_a_duty_reads_as_the_tariff_prints_it(duty: kinds.Duty, text: str) -> None:
    assert str(duty) == text


def test_the_longest_beginning_of_a_product_states_its_rate() -> None:
    table = kinds.RateTable("t", lambda: {"2204": Timeline(), "22042150": Timeline(), "2204215005": Timeline()})
    assert table.line("2204215005") == "2204215005"
    assert table.line("2204215060") == "22042150"
    assert table.line("2204100000") == "2204"
    assert table.line("2203000000") is None


def test_of_two_rows_for_a_product_the_one_that_names_the_origin_counts() -> None:
    """But a longer product wins over a named origin."""
    rows: dict[str, Timeline[kinds.Duty]] = {"CAN:2204": Timeline(), "2204": Timeline(), "220421": Timeline()}
    table = kinds.RateTable("t", lambda: rows)
    assert table.line("2204100000", "CAN") == "CAN:2204"
    assert table.line("2204100000", "MEX") == "2204"
    assert table.line("2204215005", "CAN") == "220421"


@pytest.mark.parametrize(
    ("change", "rate", "expected"),
    [
        (kinds.Cap(0.1), 0.25, 0.1),
        (kinds.Cap(0.1), 0.05, 0.05),
        (kinds.Cut(0.4), 0.25, 0.15),
        (kinds.Swiss(0.16), 0.16, 0.08),
        (kinds.Swiss(0.16), 0.0, 0.0),
    ],
)
def test_a_scenario_transforms_a_rate(change: kinds.Transform, rate: float, expected: float) -> None:
    assert change.of(rate) == pytest.approx(expected)


def test_units_that_measure_the_same_thing_convert_exactly() -> None:
    assert converted(2, "t", "kg") == 2000
    assert converted(2, "dozen", "No.") == 24
    assert converted(1, "barrels", "liters") == pytest.approx(158.987294928)
    assert converted(7, "Kilograms", "kgs") == 7


def test_units_of_another_thing_do_not_convert() -> None:
    """A pound of duty on litres is not a duty on kilograms: unknown, not zero."""
    assert converted(1, "kg", "liter") is None
    assert converted(1, "liter", "pf. liter") is None
