"""Under which heading of the tariff the goods are declared that owe a duty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tariffcalc.law.codes import Scope
from tariffcalc.law.dates import ALWAYS


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, and where a duty tops the base duty up to a total, that of goods whose base duty alone reaches it."""

    text: str
    reached: str = ""

    def told(self, *, reached: bool | None) -> str:
        """The heading of goods whose base duty reaches the total or not; both where that is not known."""
        if not self.reached or reached is False:
            return self.text
        return self.reached if reached else f"{self.reached}, {self.text}"


@dataclass(frozen=True, slots=True)
class Declared:
    """The heading of those goods of a measure that are in a scope and meet its fact, from a day on."""

    heading: Heading
    scope: Scope
    start: date
    announced: date
    cite: str

    def covers(self, product: str, origin: str, day: date) -> bool:
        """Whether it holds for the product of the origin on a day (the scope's fact apart)."""
        return self.start <= day and self.scope.covers(product, origin, day)

    def known_on(self, day: date) -> Declared | None:
        """The same as known on a day; None where it was not."""
        known = self.announced <= day or self.start == ALWAYS
        return replace(self, scope=self.scope.known_on(day)) if known else None
