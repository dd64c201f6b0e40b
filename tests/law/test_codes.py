"""Code lists, sets and scopes."""

from __future__ import annotations

from datetime import date

from tariffcalc.law.codes import EVERYTHING, NOTHING, Block, CodeList, CodeSet, Scope
from tariffcalc.law.dates import Step, Timeline

DAY, LATER = date(2025, 3, 12), date(2025, 8, 18)


def joined(day: date, announced: date | None = None) -> Timeline[bool]:
    return Timeline((Step(day, announced or day, value=True),))


def test_a_product_is_on_a_list_if_any_beginning_of_it_is() -> None:
    """Heading 7208 holds every line below it, and nothing that merely contains it."""
    listed = CodeSet(codes=frozenset({"7208", "73012010"}))
    assert listed.covers("7208390015", DAY)
    assert listed.covers("7301201000", DAY)
    assert not listed.covers("7301205000", DAY)
    assert not listed.covers("1720800000", DAY)


def test_a_heading_is_not_on_a_list_of_its_lines() -> None:
    """A code shorter than the list's own is not below it."""
    assert not CodeSet(codes=frozenset({"72083900"})).covers("7208", DAY)


def test_membership_is_dated() -> None:
    """A code that joins later is not yet there; one that left is gone."""
    gone = Timeline((Step(DAY, DAY, value=True), Step(LATER, LATER, value=False)))
    both = CodeList.of("steel", {"7318": joined(LATER), "7317": gone})
    assert both.codes_on(DAY) == {"7317"}
    assert both.codes_on(LATER) == {"7318"}
    assert not both.contains("7317000000", date(2025, 1, 1))
    assert both.breakpoints() == {DAY, LATER}


def test_codes_with_the_same_history_share_a_block() -> None:
    """So that a list is looked up once for all of them."""
    made = CodeList.of("steel", {"7317": joined(DAY), "7318": joined(DAY), "7326": joined(LATER)})
    assert sorted(len(block.codes) for block in made.blocks) == [1, 2]


def test_a_list_as_known_drops_what_was_announced_later() -> None:
    made = CodeList.of("steel", {"7318": joined(LATER, announced=LATER)})
    assert made.contains("7318152010", LATER)
    assert not made.known_on(DAY).contains("7318152010", LATER)


def test_an_exception_wins_over_what_is_named() -> None:
    """Excluded first, then included."""
    scope = Scope(
        origins=CodeSet(codes=frozenset({"CAN", "MEX"})),
        except_origins=CodeSet(codes=frozenset({"MEX"})),
        products=EVERYTHING,
        except_products=CodeSet(codes=frozenset({"27"})),
    )
    assert scope.covers("7208390015", "CAN", DAY)
    assert not scope.covers("7208390015", "MEX", DAY)
    assert not scope.covers("2709002010", "CAN", DAY)
    assert not scope.covers("7208390015", "CHN", DAY)


def test_a_scope_is_narrowed_from_within_and_from_outside() -> None:
    """A scenario's part of a measure and the rest of it share nothing and leave nothing out."""
    part = Scope(products=CodeSet(codes=frozenset({"72"})))
    inside, outside = Scope(within=(part,)), Scope(outside=(part,))
    for product in ("7208390015", "8703230190"):
        assert inside.covers(product, "CAN", DAY) != outside.covers(product, "CAN", DAY)


def test_nothing_is_empty_and_everything_is_not() -> None:
    assert NOTHING.empty
    assert not EVERYTHING.empty
    assert EVERYTHING.covers("0101210010", DAY)


def test_an_empty_block_holds_nothing() -> None:
    assert not Block(frozenset(), Timeline()).holds("7208390015")
