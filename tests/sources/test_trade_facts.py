"""Lines of the tariff by importer: what is known, what is held, and the trade that weighs it."""

from __future__ import annotations

import numpy as np
import pytest

from tariffcalc.engine.lookup import as_ints
from tariffcalc.estimate import trade_facts_of
from tariffcalc.sources import trade_facts


@pytest.mark.parametrize(
    ("importer", "digits", "line"),
    [("USA", 10, "2709002010"), ("CAN", 8, "04021010"), ("CHN", 8, "12019011"), ("EU27", 6, "961380")],
)
def test_lines_have_the_digits_that_are_held(importer: str, digits: int, line: str) -> None:
    """Ten of the United States, national ones where measures list them, else those of the HS."""
    lines = trade_facts.lines_of(importer)
    assert trade_facts.line_digits(importer) == digits
    assert {len(one) for one in lines} == {digits}
    assert line in lines
    assert list(lines) == sorted(set(lines))


@pytest.mark.parametrize(
    ("code", "importer", "known"),
    [
        ("09109911", "CAN", True),
        ("09109911", "USA", False),
        ("98043000", "CAN", True),
        ("98253000", "CHN", False),
        ("99030110", "CHN", False),
        ("990301", "EU27", False),
        ("9613801000", "EU27", True),
        ("9613", "EU27", True),
        ("7799", "CAN", False),
    ],
)
def test_a_national_code_is_known_by_its_first_six_digits(code: str, importer: str, known: bool) -> None:  # noqa: FBT001
    """The HS is shared; chapters 98 and 99 are each country's own."""
    assert trade_facts.is_known_product(code, importer) is known


def test_lines_below_are_the_importers_own() -> None:
    """The same six digits have other lines in every tariff."""
    assert {len(one) for one in trade_facts.lines_below("120190")} == {10}
    assert "12019011" in trade_facts.lines_below("120190", "CHN")
    assert trade_facts.lines_below("9613", "EU27") == ["961310", "961320", "961380", "961390"]
    assert trade_facts.nearest_codes("12019099", "CHN") == trade_facts.lines_below("120190", "CHN")[:5]


def test_weights_are_the_importers_own_trade() -> None:
    """China's imports of 2017; of Canada and the European Union no trade by line is held."""
    trade = trade_facts.read_trade("CHN")
    assert trade is not None
    held = trade_facts.national_lines("CHN")
    traded = [code for code, value in held.items() if value > 0]
    found = trade.of_world(as_ints([code.ljust(10, "0") for code in traded]))
    assert np.array_equal(found, [held[code] for code in traded])
    assert trade_facts.read_trade("CAN") is None
    assert trade_facts.read_trade("EU27") is None


@pytest.mark.parametrize("importer", ["CAN", "CHN", "EU27", "MEX"])
def test_no_equivalent_of_the_united_states_is_lent_to_another(importer: str) -> None:
    """What a specific duty of another importer is worth is not known."""
    facts = trade_facts_of(importer)
    assert np.isnan(facts.equivalents.value(facts.line_codes)).all()
    assert not np.isnan(trade_facts_of("USA").equivalents.value(as_ints(["0201305000"]))).any()
