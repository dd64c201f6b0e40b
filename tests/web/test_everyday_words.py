"""Everyday words lead to what the tariff calls the same thing, and do not lead away from what it calls so itself."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tariffcalc.sources import trade_facts
from tariffcalc.sources.everyday import everyday_words
from tariffcalc.web.search import search

HEADINGS: dict[str, set[str]] = defaultdict(set)
for row in everyday_words():
    HEADINGS[" ".join(row.words)].add(row.heading)


@pytest.mark.parametrize("words", sorted(HEADINGS))
def test_they_lead_to_their_lines(words: str) -> None:
    is_many = words.endswith("s") and not words.endswith(("ss", "us"))
    many = words if is_many else f"{words}es" if words.endswith("s") else f"{words}s"
    for asked in (words, words.upper(), many):
        total, lines = search(asked, 5)
        assert total
        assert any(lines[0].product.startswith(heading) for heading in HEADINGS[words]), (asked, lines[0])


def test_every_row_stands_on_words_of_the_tariff() -> None:
    known = trade_facts.descriptions()
    assert len(HEADINGS) > 100
    for row in everyday_words():
        below = [" ".join(known[code][:2]).lower() for code in known if code.startswith(row.heading)]
        assert any(all(word.split("-")[0] in text for word in row.tariff_words) for text in below), row


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        ("cotton jeans", "6203"),
        ("women's jeans", "620462"),
        ("truck tires", "401120"),
        ("peanut butter", "200811"),
        ("caustic soda", "2815"),
        ("corn flour", "110220"),
        ("bicycle tires", "401150"),
        ("water heater", "8419"),
        ("olive oil", "1509"),
    ],
)
def test_other_words_beside_them_count_too(asked: str, begins: str) -> None:
    """The rest of the words must stand in the lines; where it does not, the everyday word means something else."""
    assert search(asked, 1)[1][0].product.startswith(begins)


def test_a_case_for_a_phone_is_no_phone() -> None:
    assert search("phone case") == (0, [])
