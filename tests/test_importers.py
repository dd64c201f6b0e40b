"""Importers other than the United States: their codes, what is said of what is not held, and their tables."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc import history, lawview
from tariffcalc.check import unknown_products
from tariffcalc.engine.lanes import NATIONAL, lanes_of
from tariffcalc.errors import FlowTableError, UnknownOriginError, UnknownProductError
from tariffcalc.estimate import trade_facts_of
from tariffcalc.law.codes import CodeSet
from tariffcalc.shipments import importer_code
from tariffcalc.sources import trade_facts
from tariffcalc.web import create_app

SOY, SPRING = "1201.90", "2025-04-05"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app().test_client()


def a_table(importer: str, *products: str, origin: str = "USA", day: str = SPRING, **cells: object) -> pd.DataFrame:
    """A row worth 100 dollars of each product."""
    row = {"importer": importer, "origin": origin, "period": day, "customs_value": 100.0} | cells
    return pd.DataFrame([row | {"product": product} for product in products])


@pytest.mark.parametrize(
    ("text", "code"), [("EU27", "EU27"), (" eu27 ", "EU27"), ("Canada", "CAN"), ("CN", "CHN"), ("2010", "MEX")]
)
def test_an_importer_is_a_country_or_a_bloc_whose_law_is_held(text: str, code: str) -> None:
    assert importer_code(text) == code


def test_a_bloc_is_no_origin() -> None:
    """Goods come from a country, alone or in a table."""
    with pytest.raises(UnknownOriginError):
        importer_code("EU28")
    with pytest.raises(UnknownOriginError):
        tc.rate("961380", "EU27", SPRING)
    with pytest.raises(UnknownOriginError):
        tc.read_flows(a_table("EU27", "961380", origin="EU27"))
    with pytest.raises(FlowTableError):
        tc.read_flows(a_table("USA", "961380", origin="EU27"))


def test_a_short_code_is_never_silently_free() -> None:
    """Soybeans of six digits pay in China, and the answer says what it stands for."""
    answer = tc.rate(SOY, "USA", SPRING, "CHN")
    assert (answer.additional_rate or 0) > 0
    assert any(NATIONAL in one for one in answer.warnings)
    assert any("give 8 digits to be sure" in one for one in answer.warnings)
    assert not any(NATIONAL in one for one in tc.rate("12019011", "USA", SPRING, "CHN").warnings)


@pytest.mark.parametrize(
    ("product", "importer"), [("0910.99.11", "CAN"), ("04021099", "CAN"), ("9613.80.10", "EU27"), ("72081000", "MEX")]
)
def test_a_national_code_that_is_not_held_is_taken_with_a_warning(product: str, importer: str) -> None:
    """The files list what measures list: another line of a known six-digit code may well exist."""
    answer = tc.rate(product, "USA", SPRING, importer)
    assert answer.additional_rate is not None
    assert [one for one in answer.warnings if "is not held" in one and product.replace(".", "") in one]


def test_statistical_digits_below_a_listed_line_need_no_warning() -> None:
    """Canada's ten digits begin with the eight of a tariff item."""
    long, item = (tc.rate(code, "USA", "2026-09-08", "CAN") for code in ("0402101012", "04021010"))
    assert long.additional_rate == item.additional_rate == 0.5
    assert long.warnings == item.warnings


@pytest.mark.parametrize(("product", "importer"), [("00000000", "CAN"), ("9903.01.10", "CHN"), ("779900", "EU27")])
def test_six_unknown_digits_are_refused(product: str, importer: str) -> None:
    with pytest.raises(UnknownProductError):
        tc.rate(product, "USA", SPRING, importer)
    with pytest.raises(FlowTableError) as caught:
        tc.read_flows(a_table(importer, product))
    assert [fault.code for fault in caught.value.faults] == ["unknown-product"]


@pytest.mark.parametrize("importer", ["CAN", "CHN", "EU27", "MEX"])
def test_every_answer_says_that_base_duties_are_not_held(importer: str) -> None:
    """Neither a rate nor a table may be taken for the whole duty."""
    answer = tc.rate("961380", "USA", SPRING, importer)
    result = tc.estimate(tc.read_flows(a_table(importer, "961380")))
    law = tc.read_schedule(importer)
    for said in (answer.warnings, result.warnings):
        assert f"base duties of {importer} are not held: additional duties only" in said
        assert law.incomplete_note in said
    assert answer.base_rate is None
    assert answer.rate is None


def test_short_codes_in_tables_are_spread_by_the_importers_trade() -> None:
    """China's six digits by its imports of 2017: between the least and the most taxed line, at the weighted rate."""
    lines = trade_facts.lines_below("120190", "CHN")
    value = {line: trade_facts.national_lines("CHN")[line] for line in lines}
    rates = {line: tc.rate(line, "USA", SPRING, "CHN").additional_rate or 0.0 for line in lines}
    expected = 100 * sum(value[one] * rates[one] for one in lines) / sum(value.values())
    result = tc.estimate(tc.read_flows(a_table("CHN", SOY)))
    assert result.duty == pytest.approx(expected)
    assert len(set(rates.values())) > 1


OFF_THE_FARM_LISTS = {
    "03063610": "shrimps for breeding: 25 % of 2018 is all that the US matrix of March 2025 states",
    "05119111": "fertilised fish eggs: the matrix lacks them",
    "12019020": "black soybeans: 25 % of 2018 is all that the matrix states",
}


def test_the_farm_lists_of_2025_are_the_whole_bundled_table_but_for_three_lines() -> None:
    """The table is the trade of 2024 in every HS6 that a list names a part of, on lines of that day."""
    result = tc.estimate("china-from-us-2024", by=("measure", "product"), window=DAYS, basis="base_year")
    frame = result.frame[result.frame["measure"].isin(["farm-10-2025", "farm-15-2025"])]
    table = tc.read_flows("china-from-us-2024").frame.astype({"product": str})
    left_out = table[table["product"].isin(OFF_THE_FARM_LISTS)]["customs_value"].sum()
    assert len(table) == 725
    assert set(table[table["customs_value"] > 0]["product"]) - set(frame["product"]) == set(OFF_THE_FARM_LISTS)
    assert 365 * frame["customs_value"].sum() == pytest.approx(table["customs_value"].sum() - left_out)
    assert left_out < 0.0004 * table["customs_value"].sum()


@pytest.mark.parametrize(("product", "rate"), [("120190", 0.375), ("12019010", 0.375), ("200390", 0.35)])
def test_codes_of_china_that_ended_pay_as_the_lines_that_took_up_their_goods(product: str, rate: float) -> None:
    """Six digits are answered for a line of that day; a line of 2017 pays what all its heirs pay."""
    answer = tc.rate(product, "USA", "2025-03-10", "CHN")
    assert answer.additional_rate == rate
    assert not any("12019010" in one for one in answer.warnings)


def test_lines_of_china_that_took_up_goods_have_their_history() -> None:
    """Soybeans of a line of 2022 paid the answer of 2018 under the line before it."""
    answers = [tc.rate(one, "USA", "2019-01-15", "CHN") for one in ("12019010", "12019011", "120190")]
    assert [one.additional_rate for one in answers] == [0.25] * 3


def test_short_codes_of_canada_are_spread_equally() -> None:
    """No trade by tariff item is held."""
    lines = trade_facts.lines_below("0402", "CAN")
    rates = [tc.rate(line, "USA", "2026-09-08", "CAN").additional_rate or 0.0 for line in lines]
    result = tc.estimate(tc.read_flows(a_table("CAN", "0402", day="2026-09-08")))
    assert result.duty == pytest.approx(100 * sum(rates) / len(rates))
    assert 0 < result.duty < 50


def test_a_table_tells_short_and_unlisted_codes_apart() -> None:
    """Lines that are held are neither; the values of the others are told."""
    flows = tc.read_flows(a_table("CAN", "04021010", "0402101012", "040210", "04021099"))
    lanes = lanes_of(flows, trade_facts_of("CAN"), ())
    assert (lanes.spread_value, lanes.new_suffix_value) == (100.0, 100.0)
    short, unlisted = lanes.notes
    assert NATIONAL in short
    assert "fewer than 8 digits (value 100)" in short
    assert "not held (value 100)" in unlisted


def test_codes_are_checked_by_the_importer_of_the_table() -> None:
    """The importer may be a column or be given once."""
    without = a_table("CAN", "09109911").drop(columns="importer")
    assert len(tc.read_flows(without, importer="Canada").frame) == 1
    assert len(tc.read_flows(a_table("ca", "09109911")).frame) == 1
    with pytest.raises(FlowTableError):
        tc.read_flows(without, importer="USA")


@pytest.mark.parametrize("name", ["canada-from-us-2024", "china-from-us-2017", "china-from-us-2024"])
def test_bundled_tables_are_of_lines_that_are_held(name: str) -> None:
    """Nothing in them is spread or unlisted, and countermeasures cost what their value times rates say."""
    flows = tc.read_flows(name)
    result = tc.estimate(name, by=("measure",), window=DAYS, basis="base_year")
    lanes = lanes_of(flows, trade_facts_of(str(flows.frame["importer"].iloc[0])), ())
    assert lanes.notes == []
    assert lanes.value.sum() == pytest.approx(flows.frame["customs_value"].sum())
    assert result.duty > 0
    assert not [one for one in result.warnings if "were spread" in one or "suffix" in one]


DAYS = (pd.Timestamp("2025-04-05").date(), pd.Timestamp("2025-04-06").date())


def test_history_and_measures_know_a_bloc() -> None:
    """The European duties of 2020 to 2021 on lighters; what followed the suspension of 2026 is not known."""
    rows = history.history("961380", "USA", importer="eu27")
    assert rows["applied_rate"].tolist() == pytest.approx([0.2, float("nan")], nan_ok=True)
    shown = lawview.measures("EU27", product="9613.80.10", origin="USA")
    assert [one["id"] for one in shown] == ["countermeasures-2025", "rebalancing-2020"]
    assert lawview.measures("EU27", product="72081000", origin="JPN") == []


def test_the_service_knows_a_bloc_and_national_codes(client: FlaskClient) -> None:
    """By query and in rows; of what is unknown to an importer nothing is known."""
    query = {"product": ["09109911", "0402.10.10"], "origin": "USA", "date": "2026-09-08", "importer": "CAN"}
    assert [one["additional_rate"] for one in client.get("/v1/rates", query_string=query).get_json()] == [0, 0.5]
    other = client.get("/v1/rates", query_string=query | {"importer": "USA"}).get_json()
    assert (other[0]["base_rate"], other[0]["warnings"][0][:19]) == (None, "no product has the ")
    assert other[1]["additional_rate"] is not None
    lighter = {"product": "9613.80.00", "origin": "USA", "importer": "EU27"}
    assert client.get("/v1/rates", query_string=lighter | {"date": "2021-05-01"}).get_json()["additional_rate"] == 0.2
    assert client.get("/v1/rates/history", query_string=lighter).status_code == 200
    assert client.get("/v1/measures", query_string={"importer": "EU27"}).get_json()["total"] == 3
    row = {"origin": "USA", "product": "96138000", "period": "2021-05", "customs_value": 100}
    posted = client.post("/v1/estimates", json={"flows": [row], "importer": "EU27", "by": ["importer"]})
    assert posted.get_json()["rows"][0]["duty"] == pytest.approx(20.0)


def test_codes_of_scopes_are_checked_by_importer() -> None:
    """National chapters of the United States are unknown to others; bundled law has no such code."""
    for importer in ("CAN", "CHN", "EU27", "MEX", "USA"):
        assert unknown_products(tc.read_schedule(importer)) == []
    law = tc.read_schedule("EU27")
    one = law.measure("rebalancing-2020")
    scope = replace(one.scope, products=CodeSet(codes=frozenset({"961380", "39263000", "99030110"})))
    faults = unknown_products(replace(law, measures={one.id: replace(one, scope=scope)}))
    assert [fault.message for fault in faults] == ["no edition of the tariff has the code 99030110"]


UNKNOWN = [
    ("72083900", "USA", "CAN", "2018-08-01", "SOR/2018-152"),
    ("22083030", "USA", "EU27", "2019-01-01", "2018/886"),
    ("72083900", "CHN", "CAN", "2024-11-01", "SOR/2024-187"),
    ("72083900", "DEU", "CAN", "2025-09-01", "SOR/2025-148"),
    ("73089000", "DEU", "CAN", "2026-01-05", "SOR/2025-267"),
    ("94034000", "VNM", "CAN", "2026-02-01", "26-17"),
    ("02032900", "CAN", "CHN", "2025-06-01", "8 March 2025"),
]


@pytest.mark.parametrize(("product", "origin", "importer", "day", "act"), UNKNOWN)
def test_a_duty_whose_list_is_not_held_is_not_known(
    product: str, origin: str, importer: str, day: str, act: str
) -> None:
    """Never 0: alone, with a warning that names the act, and in a table, where no duty is charged."""
    answer = tc.rate(product, origin, day, importer)
    assert (answer.additional_rate, answer.resolved) == (None, False)
    assert [one for one in answer.warnings if "not known: " in one and act in one]
    result = tc.estimate(tc.read_flows(a_table(importer, product, origin=origin, day=day)))
    assert (result.provenance["resolved_share"], result.duty) == (0, 0)


@pytest.mark.parametrize(
    ("start", "until", "share"),
    [("2018-06-01", "2018-07-01", 1), ("2018-07-01", "2019-05-20", 0), ("2019-05-20", "2020-01-01", 1)],
)
def test_a_table_is_not_resolved_in_the_window_of_an_unknown_duty_alone(start: str, until: str, share: float) -> None:
    window = (pd.Timestamp(start).date(), pd.Timestamp(until).date())
    result = tc.estimate("canada-from-us-2024", by=("year",), window=window, basis="base_year")
    assert result.provenance["resolved_share"] == share


def test_a_suspended_duty_is_known_to_be_none_and_its_status_is_shown() -> None:
    """The countermeasures of the European Union of 2025."""
    answer = tc.rate("22083030", "USA", "2025-09-01", "EU27")
    assert answer.additional_rate == 0
    assert ("countermeasures-2025", True) in [
        (one.measure, one.why.startswith("suspended since 2025-08-07")) for one in answer.quote.not_applied
    ]
    shown = {one["id"]: [(step["from"], step["is"]) for step in one["status"]] for one in lawview.measures("EU27")}
    assert shown["countermeasures-2025"][0] == ("2025-04-15", "suspended")


def test_one_entry_as_filed() -> None:
    """An entry of steel articles of China in September 2026, to the cent (CBP Form 7501: base, 232, 301)."""
    answer = tc.rate("7326.90.86.88", origin="CHN", on="2026-09-15", value="14172.00")
    paid = {one.measure: one.duty for one in answer.components if one.duty}
    assert sorted(paid.values()) == [Decimal("410.99"), Decimal("3543.00"), Decimal("7086.00")]
    assert answer.duty == Decimal("11039.99")
