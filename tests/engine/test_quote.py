"""One shipment: its components, its warnings, and what is not known."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import tariffcalc as tc
from tariffcalc.errors import BadRequestError, UnknownNameError, UnknownOriginError, UnknownProductError
from tariffcalc.ratetext import rate_text
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


PLASTICS, POLYSILICON = "3926909985", "2804610000"


@pytest.mark.parametrize(("origin", "claim", "name"), [("CAN", "KR", "Korea agreement"), ("KOR", "usmca", "USMCA")])
def test_a_programme_that_is_not_open_to_the_origin_frees_of_nothing_and_is_told(
    origin: str, claim: str, name: str
) -> None:
    answer, plain = (
        tc.rate(PLASTICS, origin, "2025-09-01", claim=claim, value=10000),
        tc.rate(PLASTICS, origin, "2025-09-01", value=10000),
    )
    assert answer.quote.fees == plain.quote.fees
    assert [one.duty for one in answer.quote.fees] == [Decimal("34.64")]
    assert answer.duty == plain.duty
    assert set(answer.warnings) - set(plain.warnings) == {f"the programme {name} is not open to goods of {origin}"}


def test_a_programme_that_is_open_is_not_warned_of() -> None:
    answer = tc.rate(PLASTICS, "KOR", "2025-09-01", claim="KR", value=10000)
    assert answer.quote.fees == ()
    assert not any("not open" in text for text in answer.warnings)


@pytest.mark.parametrize(
    ("given", "measure", "since"),
    [
        ({"product": PLASTICS, "origin": "CHE", "on": "2025-11-20"}, "ieepa-reciprocal", "2025-11-14"),
        ({"product": PLASTICS, "origin": "CHE", "on": "2025-11-10"}, "ieepa-reciprocal", "2025-08-07"),
        ({"product": PLASTICS, "origin": "CHN", "on": "2026-01-15"}, "ieepa-reciprocal", "2025-05-14"),
        ({"product": PLASTICS, "origin": "AUS", "on": "2026-01-15"}, "ieepa-reciprocal", "2025-04-05"),
        ({"product": "02011050", "origin": "KOR", "on": "2026-03-01", "claim": "KR"}, "preference-korea", "2026-01-01"),
        (
            {"product": "12019010", "origin": "USA", "on": "2025-06-01", "importer": "CHN"},
            "section-301-response",
            "2020-02-14",
        ),
    ],
)
def test_a_rate_of_a_table_holds_since_the_day_of_its_row(given: dict[str, str], measure: str, since: str) -> None:
    (part,) = [one for one in tc.rate(**given).components if one.measure == measure]  # type: ignore[arg-type]
    assert f" since {since} " in part.why


@pytest.mark.parametrize(("value", "rate", "duty"), [(10000, 1.1, "11000.00"), (30000, 0.0, "0.00")])
def test_a_price_below_the_minimum_pays_the_gap(value: int, rate: float, duty: str) -> None:
    """Ten dollars a kilogram fall 11 short of 21; thirty do not."""
    answer = tc.rate(POLYSILICON, "DEU", "2026-12-10", value=value, quantity=1000, unit="kg")
    assert answer.rate == pytest.approx(rate)
    assert answer.duty == Decimal(duty)


@pytest.mark.parametrize("known", [{}, {"value": 10000}, {"value": 10000, "quantity": 1000, "unit": "each"}])
def test_a_minimum_price_without_a_price_is_not_known(known: dict[str, object]) -> None:
    answer = tc.rate(POLYSILICON, "DEU", "2026-12-10", **known)  # type: ignore[arg-type]
    assert answer.additional_rate is None
    assert not answer.resolved
    assert any(text.startswith("Minimum import price of 21 dollars") for text in answer.warnings)


def test_what_would_raise_the_rate_is_asked_once_with_the_fact_to_give() -> None:
    answer = tc.rate("3004909210", "IND", "2026-10-01")
    asked = [text for text in answer.warnings if "patented_pharma" in text]
    assert answer.rate == 0
    assert len(asked) == 1
    assert asked[0].startswith("100 % more if Patented pharmaceutical holds: Is the good a patented")
    (why,) = [one.why for one in answer.quote.not_applied if one.measure == "s232-pharmaceuticals"]
    assert "give the fact patented_pharma" in why


@pytest.mark.parametrize("said", [True, False])
def test_what_has_been_said_is_not_asked(*, said: bool) -> None:
    answer = tc.rate("3004909210", "IND", "2026-10-01", facts={"patented_pharma": said})
    assert answer.rate == (1.0 if said else 0.0)
    assert not any("give the fact patented_pharma)" in text for text in answer.warnings)


def test_a_usual_answer_of_the_tables_is_asked_too() -> None:
    warnings = tc.rate("8471500150", "DEU", "2026-08-01").warnings
    assert any(text.startswith("25 % more if Advanced semiconductor holds") for text in warnings)


def test_what_merely_relieves_or_may_strike_any_goods_is_not_asked() -> None:
    """The finding of transshipment, on all goods of Canada; the parts of aircraft, free if they are such."""
    warnings = [
        *tc.rate(PLASTICS, "CAN", "2025-09-01").warnings,
        *tc.rate("8471500150", "DEU", "2026-08-01").warnings,
    ]
    assert not any("transshipped" in text or "civil_aircraft" in text for text in warnings)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("72", "Iron & steel"),
        ("7208", "hot-rolled, not clad, plated or coated:"),
        ("010121", "Purebred breeding animals"),
        ("0101210010", "Males"),
    ],
)
def test_the_product_as_asked_is_described(given: str, words: str) -> None:
    assert tc.rate(given, "DEU", "2025-03-01").description.endswith(words)


def test_a_short_code_whose_lines_differ_in_base_duty_names_the_line() -> None:
    (said,) = [text for text in tc.rate("6109", "DEU", "2025-03-01").warnings if "lines below" in text]
    assert "base rates of" in said
    assert "additional" not in said
    assert "this answer is for the most traded, 61091000" in said


def test_a_difference_of_rates_is_rounded_before_money() -> None:
    """15 less 6.7 percent: 8.3, of 5 dollars 41.5 cents."""
    answer = tc.rate("8501102000", "DEU", "2025-09-01", value=5)
    (part,) = [one for one in answer.components if one.measure == "ieepa-reciprocal"]
    assert part.statutory_rate == 0.083
    assert part.duty == Decimal("0.42")


def test_a_duty_in_words_asks_for_no_quantity() -> None:
    (said,) = [text for text in tc.rate("9802008015", "MEX", "2025-09-01").warnings if "A duty upon" in text]
    assert "--quantity" not in said


def test_goods_of_puerto_rico_are_no_imports() -> None:
    answer = tc.rate(PLASTICS, "PRI", "2025-09-01", value=1000)
    assert (answer.duty, answer.quote.fees) == (Decimal(0), ())
    assert rates(answer) == {"customs-territory": 0.0}


def test_the_refund_is_told_in_all() -> None:
    answer = tc.rate(PLASTICS, "CHN", "2026-01-15", value=10000, status="owed")
    assert answer.quote.refund == Decimal(2000)
    assert "refund      2,000.00 USD in all" in rate_text(answer)
    assert "refund" not in rate_text(tc.rate(PLASTICS, "CHN", "2026-01-15", value=10000))


def test_a_minimum_price_in_tables_is_never_a_silent_zero(tmp_path: Path) -> None:
    """Known until 3 December 2026; from then with a quantity in a unit that fits."""
    rows = [
        f"{POLYSILICON},2026-12-03,10000,,",
        f"{POLYSILICON},2026-12-10,10000,,",
        f"{POLYSILICON},2026-12-11,10000,1000,kg",
        f"{POLYSILICON},2026-12-12,10000,1000,each",
    ]
    head = "importer,origin,product,period,customs_value,quantity,unit"
    table = tmp_path / "silicon.csv"
    table.write_text("\n".join([head, *(f"USA,DEU,{row}" for row in rows)]))
    found = tc.estimate(tc.read_flows(table), by=("day",)).frame
    assert list(found["duty"]) == pytest.approx([0, 0, 11000, 0])
    assert list(found["resolved_share"]) == [1, 0, 1, 0]
