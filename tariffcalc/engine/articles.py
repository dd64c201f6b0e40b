"""Classes of products and origins: all that the law treats alike is resolved once.

Two products are in one class when they belong to the same lists, have the same base duty, the
same ad valorem equivalent and the same contents wherever a measure asks for these. Two origins
are in one class when they belong to the same groups. An *article* is a pair of such classes that
occurs in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tariffcalc.engine.lookup import Bools, Floats, Ints, prefix_mask
from tariffcalc.law.codes import Block, CodeSet, Scope
from tariffcalc.law.measure import Measure
from tariffcalc.law.schedule import Schedule

Mask = Callable[[frozenset[str]], Bools]


class Members:
    """Which of a fixed row of codes belong to code sets; each block is looked up once."""

    def __init__(self, size: int, look_up: Mask) -> None:
        """``look_up`` tells for a block's codes which of the fixed codes they hold."""
        self.size = size
        self._look_up = look_up
        self._found: dict[frozenset[str], Bools] = {}

    def block(self, codes: frozenset[str]) -> Bools:
        """Which codes the block holds."""
        if codes not in self._found:
            self._found[codes] = self._look_up(codes)
        return self._found[codes]

    def of(self, codes: CodeSet, day: date) -> Bools:
        """Which codes the set holds on a day."""
        if codes.everything:
            return np.ones(self.size, dtype=bool)
        held = np.zeros(self.size, dtype=bool)
        for block in blocks(codes):
            if block is codes.named or block.membership.value_at(day, default=False):
                held |= self.block(block.codes)
        return held

    def ever(self, codes: CodeSet) -> Bools:
        """Which codes the set holds on any day."""
        if codes.everything:
            return np.ones(self.size, dtype=bool)
        held = np.zeros(self.size, dtype=bool)
        for block in blocks(codes):
            held |= self.block(block.codes)
        return held


def blocks(codes: CodeSet) -> Iterable[Block]:
    """The blocks that a set is made of."""
    if codes.codes:
        yield codes.named
    for one in codes.lists:
        yield from one.blocks


def scopes(measure: Measure) -> Iterable[Scope]:
    """Every scope of a measure: its own and its reliefs', with what narrows them."""
    own = [measure.scope]
    own += [step.value.scope for line in measure.reliefs.values() for step in line.standing if step.value]
    while own:
        scope = own.pop()
        yield scope
        own += [*scope.within, *scope.outside]


@dataclass(frozen=True)
class Articles:
    """Pairs of a product class and an origin class, each with a representative.

    ``code``, ``origin`` and ``item`` of an article are those of its representatives.
    ``article_of`` (items x origins) is the article, or -1 where the pair does not occur.
    """

    article_of: Ints
    product_class: Ints
    origin_class: Ints
    item: Ints
    code: Ints
    origin: tuple[str, ...]
    products: Members
    origins: Members

    def __len__(self) -> int:
        """How many articles there are."""
        return len(self.item)

    def held(self, scope: Scope, day: date) -> Bools:
        """Which articles a scope covers on a day (its fact apart)."""
        origins = self.origins.of(scope.origins, day) & ~self.origins.of(scope.except_origins, day)
        if not origins.any():
            return np.zeros(len(self), dtype=bool)
        products = self.products.of(scope.products, day) & ~self.products.of(scope.except_products, day)
        held: Bools = products[self.product_class] & origins[self.origin_class]
        for inner in scope.within:
            held = held & self.held(inner, day)
        for outer in scope.outside:
            held = held & ~self.held(outer, day)
        return held


def articles_of(
    schedule: Schedule,
    items: Ints,
    origins: tuple[str, ...],
    occurs: Bools,
    features: Mapping[str, tuple[Floats, set[str]]],
    named_origins: set[str],
    origins_apart: Sequence[Floats] = (),
) -> Articles:
    """The articles of a table.

    ``occurs`` (items x origins) tells which pairs the table has. ``features``: what else tells
    products apart, each with the ids of the measures to which it matters (empty: to all).
    ``named_origins`` are origins that some table of shares names, so that each stands alone;
    ``origins_apart``: what else tells origins apart, a number an origin.
    """
    measures = schedule.measures
    members = Members(len(items), lambda codes: prefix_mask(items, codes))
    columns = list(_distinct_blocks(measures.values(), members))
    for values, concerned in features.values():
        relevant = _relevant(members, measures, concerned)
        columns.append(np.where(relevant, np.nan_to_num(values, nan=-1.0), -2.0))
    product_class, item = _classes(columns, len(items))
    holders = Members(len(origins), lambda codes: np.array([o in codes for o in origins]))
    apart = [np.array([origins.index(o) if o in named_origins else -1 for o in origins])]
    origin_class, origin = _classes([*_origin_blocks(measures.values(), holders), *apart, *origins_apart], len(origins))
    width = int(origin_class.max()) + 1
    pair = product_class[:, None] * width + origin_class[None, :]
    pairs = np.unique(pair[occurs])
    place = np.full(int(product_class.max() + 1) * width, -1, dtype=np.int64)
    place[pairs] = np.arange(len(pairs))
    of_product, of_origin = pairs // width, pairs % width
    codes = items[item]
    return Articles(
        article_of=place[pair],
        product_class=of_product,
        origin_class=of_origin,
        item=item[of_product],
        code=codes[of_product],
        origin=tuple(origins[i] for i in origin[of_origin]),
        products=Members(len(item), lambda block: members.block(block)[item]),
        origins=Members(len(origin), lambda block: holders.block(block)[origin]),
    )


def _distinct_blocks(measures: Iterable[Measure], members: Members) -> Iterable[Floats]:
    seen: dict[frozenset[str], None] = {}
    for measure in measures:
        for scope in scopes(measure):
            for codes in (scope.products, scope.except_products):
                seen |= dict.fromkeys(block.codes for block in blocks(codes))
    bits = [members.block(codes) for codes in seen]
    for start in range(0, len(bits), 48):
        weights = [bit.astype(float) * 2.0**i for i, bit in enumerate(bits[start : start + 48])]
        yield np.sum(weights, axis=0)


def _origin_blocks(measures: Iterable[Measure], holders: Members) -> Iterable[Floats]:
    seen: dict[frozenset[str], None] = {}
    for measure in measures:
        for scope in scopes(measure):
            for codes in (scope.origins, scope.except_origins):
                seen |= dict.fromkeys(block.codes for block in blocks(codes))
    for block in seen:
        yield holders.block(block).astype(float)


def _relevant(members: Members, measures: Mapping[str, Measure], concerned: set[str]) -> Bools:
    if not concerned:
        return np.ones(members.size, dtype=bool)
    held = np.zeros(members.size, dtype=bool)
    for key in concerned & set(measures):
        for scope in scopes(measures[key]):
            held |= members.ever(scope.products)
    return held


def _classes(columns: list[Floats], size: int) -> tuple[Ints, Ints]:
    """The class of each row of the columns, and the first row of each class."""
    key = np.zeros(size, dtype=np.int64)
    for column in columns:
        _, code = np.unique(column, return_inverse=True)
        _, key = np.unique(key * (int(code.max()) + 1) + code, return_inverse=True)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return inverse.reshape(-1), first
