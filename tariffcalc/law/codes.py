"""Products and origins: code lists with dated membership, and the sets that scopes are made of.

A product belongs to a set when any prefix of its code does. Codes are digit strings of 2 to 10
digits; origins are ISO 3166 alpha-3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tariffcalc.law.dates import Timeline


@dataclass(frozen=True)
class Block:
    """Codes of one list whose membership has the same history."""

    codes: frozenset[str]
    membership: Timeline[bool]
    lengths: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the lengths of the codes, so that a look-up tries only those."""
        object.__setattr__(self, "lengths", tuple(sorted({len(code) for code in self.codes})))

    def holds(self, code: str) -> bool:
        """Whether the code, or a prefix of it, is one of the block's."""
        for length in self.lengths:  # a loop: this is asked for every measure of every quote
            if code[:length] in self.codes:
                return True
        return False

    def known_on(self, day: date) -> Block:
        """The block as known on a day."""
        return Block(self.codes, self.membership.known_on(day))


def blocks_of(members: Mapping[str, Timeline[bool]]) -> list[Block]:
    """Codes with the same history, together."""
    grouped: dict[Timeline[bool], list[str]] = {}
    for code, timeline in members.items():
        grouped.setdefault(timeline, []).append(code)
    return [Block(frozenset(codes), line) for line, codes in grouped.items()]


@dataclass(frozen=True, eq=False)
class CodeList:
    """A named list of product codes or origins with dated, cited membership.

    ``make`` gives its blocks when they are first asked for: most questions concern few lists. ``tell`` gives its
    title, which is its name where nothing tells another.
    """

    name: str
    make: Callable[[], Iterable[Block]]
    tell: Callable[[], str] | None = None

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that the list is made of."""
        return tuple(self.make())

    @cached_property
    def title(self) -> str:
        """What the list is of, in words."""
        return self.name if self.tell is None else self.tell()

    @classmethod
    def of(cls, name: str, members: Mapping[str, Timeline[bool]]) -> CodeList:
        """A list from each code's own timeline."""
        return cls(name, lambda: blocks_of(members))

    def contains(self, code: str, day: date) -> bool:
        """Whether the code is on the list on a day."""
        for block in self.blocks:
            if block.holds(code) and block.membership.value_at(day, default=False):
                return True
        return False

    def codes_on(self, day: date) -> frozenset[str]:
        """The codes on the list on a day, as printed."""
        found: set[str] = set()
        for block in self.blocks:
            if block.membership.value_at(day, default=False):
                found |= block.codes
        return frozenset(found)

    def known_on(self, day: date) -> CodeList:
        """The list as known on a day."""
        return CodeList(self.name, lambda: [block.known_on(day) for block in self.blocks], self.tell)

    def breakpoints(self) -> set[date]:
        """The days on which membership changes."""
        return {start for block in self.blocks for start in block.membership.starts}


@dataclass(frozen=True)
class CodeSet:
    """Codes named one by one, whole lists, or everything."""

    everything: bool = False
    codes: frozenset[str] = frozenset()
    lists: tuple[CodeList, ...] = ()
    named: Block = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hold the codes named one by one as a block, for fast look-up."""
        object.__setattr__(self, "named", Block(self.codes, Timeline()))

    def covers(self, code: str, day: date) -> bool:
        """Whether the set holds the code on a day."""
        if self.everything or self.named.holds(code):
            return True
        for item in self.lists:
            if item.contains(code, day):
                return True
        return False

    def may_hold(self, codes: Iterable[str]) -> bool:
        """Whether the set ever holds any of the codes, on whatever day."""
        if self.everything:
            return True
        blocks = [self.named, *(block for item in self.lists for block in item.blocks)]
        return any(block.holds(code) for code in codes for block in blocks)

    def known_on(self, day: date) -> CodeSet:
        """The set as known on a day."""
        return CodeSet(self.everything, self.codes, tuple(one.known_on(day) for one in self.lists))

    def breakpoints(self) -> set[date]:
        """The days on which the set changes."""
        return set().union(*(item.breakpoints() for item in self.lists))

    @property
    def empty(self) -> bool:
        """Whether the set names nothing at all."""
        return not (self.everything or self.codes or self.lists)


EVERYTHING = CodeSet(everything=True)
NOTHING = CodeSet()


@dataclass(frozen=True)
class Scope:
    """Products times origins, less exceptions, and the fact that goods must meet, if any.

    ``within`` and ``outside`` narrow the scope further: a scenario uses them to change a measure
    on a part of its scope only.
    """

    origins: CodeSet = EVERYTHING
    except_origins: CodeSet = NOTHING
    products: CodeSet = EVERYTHING
    except_products: CodeSet = NOTHING
    fact: str | None = None
    within: tuple[Scope, ...] = ()
    outside: tuple[Scope, ...] = ()

    def may_cover_any(self, origins: Iterable[str]) -> bool:
        """Whether any of the origins is in the scope on any day: named exceptions never are."""
        left = [origin for origin in origins if not self.except_origins.named.holds(origin)]
        return bool(left) and self.origins.may_hold(left)

    def covers_origin(self, origin: str, day: date) -> bool:
        """Whether the origin is in the scope itself on a day: excluded first, then included."""
        if self.except_origins.covers(origin, day):
            return False
        return self.origins.covers(origin, day)

    def covers_product(self, product: str, day: date) -> bool:
        """Whether the product is in the scope itself on a day: excluded first, then included."""
        if self.except_products.covers(product, day):
            return False
        return self.products.covers(product, day)

    def covers(self, product: str, origin: str, day: date) -> bool:
        """Whether the scope holds the product of the origin on a day (the fact apart)."""
        return (
            self.covers_origin(origin, day)
            and self.covers_product(product, day)
            and all(scope.covers(product, origin, day) for scope in self.within)
            and not any(scope.covers(product, origin, day) for scope in self.outside)
        )

    def sets(self) -> Iterable[CodeSet]:
        """Every code set the scope is made of."""
        yield from (self.origins, self.except_origins, self.products, self.except_products)
        for scope in (*self.within, *self.outside):
            yield from scope.sets()

    def known_on(self, day: date) -> Scope:
        """The scope as known on a day."""
        return Scope(
            self.origins.known_on(day),
            self.except_origins.known_on(day),
            self.products.known_on(day),
            self.except_products.known_on(day),
            self.fact,
            tuple(scope.known_on(day) for scope in self.within),
            tuple(scope.known_on(day) for scope in self.outside),
        )

    def breakpoints(self) -> set[date]:
        """The days on which the scope changes."""
        return set().union(*(item.breakpoints() for item in self.sets()))
