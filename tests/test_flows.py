"""The flow table's checks: what they accept, what they refuse, and that they say it all at once."""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffcalc.engine.flow_hints import HINTS
from tariffcalc.engine.flow_table import RawTable, content_digest
from tariffcalc.engine.flows import NUMBER_CHECKS, TEXT_CHECKS, Flows, check_flows, trusted_flows
from tariffcalc.engine.periods import parse_period
from tariffcalc.errors import MAX_LISTED_FAULTS, Fault, FlowTableError, UnknownOriginError, describe
from tariffcalc.sources import read_table
from tariffcalc.sources.countries import country_hint

BROKEN = Path(__file__).parent / "broken" / "flows"
COUNTRIES = {"CAN": "CAN", "CA": "CAN", "CANADA": "CAN", "1220": "CAN", "MEX": "MEX", "2010": "MEX", "USA": "USA"}
SHARES = ("steel", "usmca")


def is_known(code: str) -> bool:
    """Stand in for the tariff schedule: all of chapters 02, 27, 72 and 87, but no code with five nines."""
    return code[:2] in {"02", "27", "72", "87"} and "99999" not in code


def a_row(**cells: object) -> dict[str, object]:
    return {"origin": "CAN", "product": "2709002010", "period": "2025-03", "customs_value": "1000"} | cells


def check(*rows: dict[str, object], **options: object) -> Flows:
    settings_ = {"countries": COUNTRIES, "is_known_product": is_known, "importer": "USA", "shares": SHARES} | options
    return check_flows(pd.DataFrame(list(rows)), **settings_)  # type: ignore[arg-type]


def faults_of(*rows: dict[str, object], **options: object) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(FlowTableError) as caught:
        check(*rows, **options)
    return [(fault.code, fault.row, fault.column) for fault in caught.value.faults]


@pytest.mark.parametrize("file", sorted(BROKEN.glob("*.csv")), ids=lambda file: file.stem)
def test_each_broken_table_is_refused_with_its_code_and_words(file: Path) -> None:
    """Each tiny broken file raises the code it is named after, and the message holds the words beside it."""
    words = (BROKEN / f"{file.stem}.words.txt").read_text().splitlines()
    with pytest.raises(FlowTableError) as caught:
        check_flows(read_table(file), countries=COUNTRIES, is_known_product=is_known, shares=SHARES, near=country_hint)
    assert [fault.code for fault in caught.value.faults] == [file.stem]
    assert caught.value.code == file.stem
    assert [word for word in words if word not in describe(caught.value)] == []


def test_every_check_has_a_hint_and_a_broken_file() -> None:
    """A new check needs a hint on what to do and a broken file that shows it."""
    checks = [check for table in (TEXT_CHECKS, NUMBER_CHECKS) for some in table.values() for check in some]
    codes = {check.__name__.replace("_", "-") for check in checks}
    assert codes <= set(HINTS)
    assert set(HINTS) <= {file.stem for file in BROKEN.glob("*.csv")}


def test_ten_kinds_of_bad_row_are_reported_at_once() -> None:
    """A person mends a table in one go: every bad cell of every row is named, in the order of the rows."""
    bad = [
        a_row(origin="Atlantis"),
        a_row(product="27O9"),
        a_row(product="709002010"),
        a_row(product="2799999999"),
        a_row(period="March"),
        a_row(customs_value="1,234.50"),
        a_row(customs_value="-1"),
        a_row(customs_value=""),
        a_row(quantity="-1", unit="kg"),
        a_row(quantity="few", unit="kg"),
        a_row(quantity="5", unit=""),
        a_row(steel_share="1.5"),
        a_row(steel_share="much"),
        a_row(origin="", product="", period="", customs_value="nan"),
    ]
    assert faults_of(a_row(quantity="", unit="", steel_share=""), *bad) == [
        ("unknown-country", 3, "origin"),
        ("product-not-digits", 4, "product"),
        ("product-length", 5, "product"),
        ("unknown-product", 6, "product"),
        ("bad-period", 7, "period"),
        ("value-not-a-number", 8, "customs_value"),
        ("value-negative", 9, "customs_value"),
        ("value-not-a-number", 10, "customs_value"),
        ("quantity-negative", 11, "quantity"),
        ("quantity-not-a-number", 12, "quantity"),
        ("unit-missing", 13, "unit"),
        ("share-out-of-range", 14, "steel_share"),
        ("share-not-a-number", 15, "steel_share"),
        ("unknown-country", 16, "origin"),
        ("product-not-digits", 16, "product"),
        ("bad-period", 16, "period"),
        ("value-not-a-number", 16, "customs_value"),
    ]


def test_a_bad_header_and_bad_rows_are_reported_together() -> None:
    """A missing column does not hide what is wrong in the others."""
    found = faults_of({"origin": "Atlantis", "product": "2709", "customs_value": "x"})
    assert found == [
        ("missing-column", None, "period"),
        ("unknown-country", 2, "origin"),
        ("value-not-a-number", 2, "customs_value"),
    ]


def test_skipping_leaves_bad_rows_out_and_says_which() -> None:
    """With skip the good rows go on, and the bad ones stay visible."""
    flows = check(a_row(), a_row(origin="Atlantis", customs_value="5"), a_row(customs_value="7"), on_bad_row="skip")
    assert flows.frame["customs_value"].tolist() == [1000.0, 7.0]
    assert [(fault.row, fault.value) for fault in flows.bad_rows] == [(3, "Atlantis")]
    assert any("left out" in warning for warning in flows.warnings)


def test_a_row_with_several_faults_is_one_row_that_was_skipped() -> None:
    """Faults are told one by one, rows are counted; one that could not be read at all is a row too."""
    bad = a_row(origin="Atlantis", period="never", customs_value="much")
    assert check(a_row(), bad, bad, on_bad_row="skip").skipped_rows == 2
    unread = Fault("wrong-cell-count", "The row has 2 cells, the header 4.", row=9)
    frame = pd.DataFrame([a_row(), bad])
    raw = RawTable(frame, np.array([2, 3]), faults=(unread,))
    flows = check_flows(raw, countries=COUNTRIES, is_known_product=is_known, importer="USA", on_bad_row="skip")
    assert (flows.skipped_rows, [fault.row for fault in flows.bad_rows]) == (2, [3, 3, 3, 9])
    assert "rows left out: 2; faults in them: 4" in flows.warnings
    assert (check(a_row()).skipped_rows, check(a_row()).warnings) == (0, ())


def test_more_rows_are_skipped_than_faults_are_listed() -> None:
    """The list ends after so many faults, the count does not."""
    rows = [a_row(origin="Atlantis", customs_value="much")] * (MAX_LISTED_FAULTS + 500)
    flows = check(a_row(), *rows, on_bad_row="skip")
    assert (flows.skipped_rows, len(flows.bad_rows)) == (MAX_LISTED_FAULTS + 500, MAX_LISTED_FAULTS)


def test_skipping_every_row_is_refused() -> None:
    """Nothing left is an error, not an empty result."""
    assert faults_of(a_row(period="x"), on_bad_row="skip")[0][0] == "empty-table"


def test_only_the_first_faults_are_listed_and_the_rest_counted() -> None:
    """A table that is wrong throughout does not drown its reader."""
    rows = [a_row(origin=f"Atlantis {at}") for at in range(MAX_LISTED_FAULTS + 500)]
    with pytest.raises(FlowTableError, match="of which the first 1,000 are listed and 500 more are not") as caught:
        check(*rows)
    assert len(caught.value.faults) == MAX_LISTED_FAULTS


def test_spellings_of_one_thing_become_one() -> None:
    """Countries, codes and periods are turned to one spelling, whatever the source wrote."""
    flows = check(
        a_row(origin="canada", product="2709.00.20.10", period="2025-q1"),
        a_row(origin=1220, product=2709002010, period="2025-Q1"),
        a_row(origin=" CA ", product="2709 0020 10", period=" 2025-Q1"),
        a_row(origin="Canada", product="2709002010.0", period="2025-Q1"),
    )
    texts = flows.frame[["importer", "origin", "product", "period"]].astype(str).drop_duplicates()
    assert texts.to_numpy().tolist() == [["USA", "CAN", "2709002010", "2025-Q1"]]


def test_the_frame_has_the_contract_s_columns_and_types() -> None:
    """The engine can rely on order and type: categories of text, float64 numbers."""
    flows = check(a_row(unit="KG", quantity="5", steel_share="40%", note="x", usmca_claimed_value=10))
    assert flows.frame.dtypes.astype(str).to_dict() == {
        "importer": "category",
        "origin": "category",
        "product": "category",
        "period": "category",
        "customs_value": "float64",
        "quantity": "float64",
        "unit": "category",
        "usmca_claimed_value": "float64",
        "steel_share": "float64",
    }
    assert flows.frame[["unit", "steel_share"]].to_numpy().tolist() == [["kg", 0.4]]
    assert flows.warnings == ("column note is not known and was not read",)


def test_an_empty_optional_cell_is_missing_and_not_zero() -> None:
    """No share given means the default; no quantity means that it is not known."""
    flows = check(a_row(steel_share="", quantity="", unit=""), a_row(steel_share="0", quantity="0", unit="kg"))
    assert flows.frame["steel_share"].isna().tolist() == [True, False]
    assert flows.frame["quantity"].isna().tolist() == [True, False]


def test_an_unknown_share_is_pointed_out_with_the_nearest_name() -> None:
    """A misspelt share column is not read, and says so."""
    assert check(a_row(steal_share="0.4")).warnings == (
        "column steal_share is not known and was not read: did you mean steel_share?",
    )


def test_first_days_of_months_are_pointed_out() -> None:
    """A spreadsheet turns 2025-03 into 2025-03-01, which would put a month's trade on one day."""
    assert any("2025-03" in warning for warning in check(a_row(period="2025-03-01")).warnings)
    assert check(a_row(period="2025-03-01"), a_row(period="2025-03-02")).warnings == ()


def test_a_country_given_once_must_exist() -> None:
    """A wrong importer for the whole table is one error, not one a row."""
    with pytest.raises(UnknownOriginError, match="Atlantis"):
        check(a_row(), importer="Atlantis")


def test_the_rows_of_the_source_are_named() -> None:
    """Rows are numbered as the source numbers them, not as they lie in memory."""
    raw = RawTable(pd.DataFrame([a_row(), a_row(period="x")]), np.array([7, 12]))
    with pytest.raises(FlowTableError, match="1 fault") as caught:
        check_flows(raw, countries=COUNTRIES, is_known_product=is_known, importer="USA")
    assert caught.value.faults[0].row == 12


def test_the_digest_depends_on_content_alone() -> None:
    """Type, order of categories and order of columns do not matter; a cent does."""
    frame = check(a_row(), a_row(origin="MEX", customs_value="0.1")).frame
    other = frame.astype({"origin": pd.CategoricalDtype(["USA", "MEX", "CAN"]), "product": "str"})[frame.columns[::-1]]
    assert content_digest(other) == content_digest(frame)
    assert trusted_flows(other, {"name": "x"}).digest == content_digest(frame)
    changed = frame.assign(customs_value=[1000.01, 0.1])
    assert content_digest(changed) != content_digest(frame)
    assert re.fullmatch("[0-9a-f]{64}", content_digest(frame))


def test_the_window_spans_all_periods() -> None:
    """The window of a table is half open and covers its longest periods."""
    first, until = check(a_row(period="2025-02-03"), a_row(period="2025-Q3"), a_row(period="2025-04")).window
    assert (first.isoformat(), until.isoformat()) == ("2025-02-03", "2025-10-01")


PERIODS = st.one_of(
    st.integers(1990, 2030).map(str),
    st.builds("{}-Q{}".format, st.integers(1990, 2030), st.integers(1, 4)),
    st.dates().filter(lambda day: 1 < day.year < 9000).map(lambda day: day.isoformat()[:7]),
    st.dates().filter(lambda day: 1 < day.year < 9000).map(lambda day: day.isoformat()),
)
CODES = st.builds(
    lambda chapter, rest, dots: ".".join([chapter + rest[:2], rest[2:]]) if dots and len(rest) > 2 else chapter + rest,
    st.sampled_from(["02", "27", "72", "87"]),
    st.sampled_from([0, 2, 4, 6, 8]).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size)),
    st.booleans(),
).filter(lambda code: "99999" not in code.replace(".", ""))
ROWS = st.fixed_dictionaries(
    {
        "origin": st.sampled_from(sorted(COUNTRIES)),
        "product": CODES,
        "period": PERIODS,
        "customs_value": st.floats(0, 1e15, allow_nan=False),
        "steel_share": st.one_of(st.none(), st.floats(0, 1)),
    }
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=20), as_text=st.booleans())
def test_what_is_right_is_accepted_unchanged(*, rows: list[dict[str, object]], as_text: bool) -> None:
    """Any table of right cells is accepted, as numbers or as texts, and no value is changed."""
    as_texts = [{key: "" if cell is None else str(cell) for key, cell in row.items()} for row in rows]
    flows = check(*(as_texts if as_text else rows))
    assert flows.frame["customs_value"].tolist() == [row["customs_value"] for row in rows]
    assert flows.frame["product"].tolist() == [str(row["product"]).replace(".", "") for row in rows]
    shares = [math.nan if row["steel_share"] is None else row["steel_share"] for row in rows]
    np.testing.assert_array_equal(flows.frame["steel_share"], shares)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12))
def test_any_text_at_all_is_accepted_or_reported_as_a_fault(text: str) -> None:
    """No cell, however odd, makes the checks fall over."""
    text = text.encode("utf-8", "replace").decode()
    for column in ("origin", "product", "period", "customs_value", "steel_share"):
        try:
            check(a_row(**{column: text}))
        except FlowTableError as error:
            assert {fault.column for fault in error.faults} == {column}  # noqa: PT017 - either outcome is right


@given(PERIODS)
def test_a_period_holds_its_days(text: str) -> None:
    """Every period has at least one day, and begins before it ends."""
    window = parse_period(text)
    assert window.from_ < window.until
    assert window.days in {1, 28, 29, 30, 31, 90, 91, 92, 365, 366}
