"""One shipment: its components, its warnings, and what is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tariffcalc as tc
from tariffcalc.errors import BadRequestError, UnknownNameError, UnknownOriginError, UnknownProductError
from tests.factories import CAR, CAR_PART, CRUDE_OIL, STEEL_COIL, T_SHIRT


def rates(answer: object) -> dict[str, float | None]:
    return {one.measure: one.applied_rate for one in answer.components}  # type: ignore[attr-defined]


def test_energy_of_canada_pays_ten_percent_and_its_specific_duty_is_not_guessed() -> None:
    answer = tc.rate("2709.00.20.10", origin="CAN", on="2025-03-05")
    assert answer.additional_rate == pytest.approx(0.10)
    assert answer.base_rate is None
    assert answer.rate is None
    assert not answer.resolved
    assert any("bbl" in text for text in answer.warnings)


def test_a_quantity_settles_a_specific_duty() -> None:
    """10.5 cents a barrel on 100 barrels worth 7,000 dollars."""
    answer = tc.rate(CRUDE_OIL, origin="CAN", on="2025-03-05", value="7000", quantity=100, unit="barrels")
    assert answer.base_rate == pytest.approx(10.5 / 7000)
    assert answer.duty == Decimal("710.50")
    assert [one.duty for one in answer.components] == [Decimal("10.50"), Decimal("700.00")]


def test_a_quantity_in_a_unit_of_another_thing_is_no_quantity() -> None:
    answer = tc.rate(CRUDE_OIL, origin="CAN", on="2025-03-05", value="7000", quantity=100, unit="each")
    assert answer.rate is None
    assert any("each" in text for text in answer.warnings)


def test_an_equivalent_is_flagged() -> None:
    answer = tc.rate(CRUDE_OIL, origin="CAN", on="2025-03-05", ave=True)
    assert answer.resolved
    assert any("ad valorem equivalent" in text for text in answer.warnings)


def test_a_claim_frees_and_no_claim_does_not() -> None:
    assert tc.rate(T_SHIRT, origin="MEX", on="2025-05-01", claim="S+").rate == 0
    assert tc.rate(T_SHIRT, origin="MEX", on="2025-05-01").additional_rate == pytest.approx(0.25)


def test_a_claim_of_a_programme_that_the_origin_is_not_in_gives_nothing() -> None:
    assert (
        tc.rate(T_SHIRT, origin="JPN", on="2025-05-01", claim="usmca").rate
        == tc.rate(T_SHIRT, "JPN", "2025-05-01").rate
    )


def test_the_pause_of_february_was_known_on_the_third() -> None:
    assert tc.rate(T_SHIRT, "MEX", "2025-02-10").additional_rate == 0
    assert tc.rate(T_SHIRT, "MEX", "2025-02-10", as_known_on="2025-02-02").additional_rate == pytest.approx(0.25)


def test_a_car_part_pays_one_duty_only() -> None:
    """Section 232 in place of IEEPA, not on top of it; why is told."""
    answer = tc.rate(CAR_PART, origin="CAN", on="2025-06-10")
    assert rates(answer) == {"mfn": 0.025, "s232-auto-parts": 0.25}
    assert {one.measure for one in answer.quote.not_applied} >= {"ieepa-canada"}


def test_a_car_under_the_usmca_pays_on_what_is_not_us_content() -> None:
    answer = tc.rate(CAR, origin="MEX", on="2025-06-10", claim="usmca", shares={"us_content": 0.3})
    assert rates(answer)["s232-autos"] == pytest.approx(0.25 * 0.7)


def test_steel_doubles_in_june() -> None:
    before, after = (
        tc.rate(STEEL_COIL, "CAN", day, claim="usmca").additional_rate for day in ("2025-06-03", "2025-06-04")
    )
    assert (before, after) == (pytest.approx(0.25), pytest.approx(0.50))


def test_cents_are_rounded_half_up_by_component() -> None:
    answer = tc.rate(CAR_PART, origin="CAN", on="2025-06-10", value="0.98")
    assert [one.duty for one in answer.components] == [Decimal("0.02"), Decimal("0.25")]
    assert answer.duty == Decimal("0.27")


def test_prohibited_goods_have_no_rate() -> None:
    answer = tc.rate("0404100500", origin="CAN", on="2026-09-30")
    assert answer.quote.prohibited
    assert answer.rate is None
    assert not answer.resolved
    assert any("prohibited" in text for text in answer.warnings)


def test_a_new_suffix_is_taken_at_its_line_and_flagged() -> None:
    answer = tc.rate("8708401199", origin="CAN", on="2025-06-10")
    assert answer.additional_rate == pytest.approx(0.25)
    assert any("suffix" in text for text in answer.warnings)


def test_a_day_after_the_law_known_is_flagged() -> None:
    assert any("known until" in text for text in tc.rate(T_SHIRT, "CAN", "2027-06-01").warnings)


def test_a_scenario_is_taken_into_account() -> None:
    assert tc.rate(T_SHIRT, "MEX", "2025-02-10", scenario="no-pause").additional_rate == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("changed", "error", "word"),
    [
        ({"product": "8708401"}, BadRequestError, "8708401"),
        ({"product": "87o8"}, BadRequestError, "product code"),
        ({"product": "99999999"}, UnknownProductError, "99999999"),
        ({"origin": "Atlantis"}, UnknownOriginError, "Atlantis"),
        ({"on": "tomorrow"}, BadRequestError, "tomorrow"),
        ({"claim": "nafta"}, UnknownNameError, "nafta"),
        ({"facts": {"in_quotas": True}}, UnknownNameError, "in_quotas"),
        ({"shares": {"tin": 0.5}}, UnknownNameError, "tin"),
        ({"value": "-1"}, BadRequestError, "-1"),
        ({"scenario": "no-paws"}, UnknownNameError, "no-paws"),
    ],
)
def test_what_cannot_be_understood_is_refused(changed: dict[str, object], error: type[Exception], word: str) -> None:
    given = {"product": CAR_PART, "origin": "CAN", "on": "2025-06-10"} | changed
    with pytest.raises(error, match=word):
        tc.rate(**given)  # type: ignore[arg-type]
