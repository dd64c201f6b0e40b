"""The kinds of duty that a step of law can state. Plain data: what a rate is, not how it meets others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias, TypeVar

from tariffcalc.law.dates import Timeline
from tariffcalc.law.heading import Heading

T = TypeVar("T")


def percent(rate: float) -> str:
    """A fraction as people read it: 0.25 -> ``25 %``, 0.034 -> ``3.4 %``."""
    return f"{round(rate * 100, 6):g} %"


@dataclass(frozen=True, slots=True)
class AdValorem:
    """A fraction of customs value."""

    rate: float

    def __str__(self) -> str:
        """``25 %``."""
        return percent(self.rate)


@dataclass(frozen=True, slots=True)
class Amount:
    """Dollars per unit of quantity."""

    amount: float
    unit: str

    def __str__(self) -> str:
        """``$10.50/bbl`` or ``10.5¢/bbl``."""
        if self.amount < 1:
            return f"{round(self.amount * 100, 6):g}¢/{self.unit}"
        return f"${self.amount:g}/{self.unit}"


@dataclass(frozen=True, slots=True)
class Specific:
    """One amount per unit, or two on different units (spirits: per litre and per proof litre)."""

    parts: tuple[Amount, ...]
    text: str = ""

    def __str__(self) -> str:
        """As printed where the text is known."""
        return self.text or " + ".join(str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Compound:
    """A specific and an ad valorem duty together."""

    ad_valorem: float
    specific: Specific

    def __str__(self) -> str:
        """``17.6¢/kg + 6 %``."""
        return self.specific.text or f"{self.specific} + {percent(self.ad_valorem)}"


@dataclass(frozen=True, slots=True)
class TopUpTo:
    """A total including the base duty: the measure adds ``max(0, total - base)``."""

    total: float

    def __str__(self) -> str:
        """``up to 15 % in total``."""
        return f"up to {percent(self.total)} in total, base duty included"


@dataclass(frozen=True, slots=True)
class Quota:
    """A tariff-rate quota: one rate within the quota, another over it."""

    within: float
    over: float
    in_quota_share: float | None = None

    def __str__(self) -> str:
        """``0 % in quota, 50 % over``."""
        return f"{percent(self.within)} in quota, {percent(self.over)} over"


@dataclass(frozen=True, slots=True)
class PriceGap:
    """A minimum price: the duty is what the unit value falls short of it, times the quantity."""

    minimum: Amount

    def __str__(self) -> str:
        """``the gap to $21/kg``."""
        return f"the gap to {self.minimum}"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fraction of value, but at least and at most so much for one entry, in dollars."""

    ad_valorem: float
    minimum: float = 0.0
    maximum: float | None = None

    def __str__(self) -> str:
        """``0.3464 %, at least $33.58, at most $651.50``."""
        said = [percent(self.ad_valorem)]
        if self.minimum:
            said.append(f"at least ${self.minimum:,.2f}")
        if self.maximum is not None:
            said.append(f"at most ${self.maximum:,.2f}")
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Unreckoned:
    """A duty that value and one or two quantities cannot settle: stated in words, or by a list that is not held."""

    text: str

    def __str__(self) -> str:
        """As printed."""
        return self.text or "rate not printed"


@dataclass(frozen=True, slots=True)
class Prohibited:
    """No entry at any rate."""

    def __str__(self) -> str:
        """``prohibited``."""
        return "prohibited"


@dataclass(frozen=True, slots=True)
class NotApplied:
    """The measure does not apply: not begun, suspended or ended."""

    why: str

    def __str__(self) -> str:
        """``suspended`` or ``ended``."""
        return self.why


SUSPENDED = NotApplied("suspended")
ENDED = NotApplied("ended")


@dataclass(frozen=True, eq=False)
class RateTable:
    """Duties by tariff line, by origin, or by both: each row's own timeline.

    A row's key is a product prefix (none: any product), after ``ORIGIN:`` where it is for one
    origin. The longest prefix wins; of two rows for it, the one that names the origin. Rows with
    the same history share one timeline. Two tables are equal only if they are one.
    """

    name: str
    make: Callable[[], Mapping[str, Timeline[Duty]]]
    """Gives the rows when they are first asked for: most questions concern few tables."""
    make_headings: Callable[[], Mapping[str, Timeline[Heading]]] = dict
    """Gives the headings by the same keys, where the table states them."""

    @cached_property
    def rows(self) -> Mapping[str, Timeline[Duty]]:
        """The rows by key."""
        return self.make()

    @cached_property
    def headings(self) -> Mapping[str, Timeline[Heading]]:
        """Under which heading the goods of a row are declared, by the row's key."""
        return self.make_headings()

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the product prefixes, longest first."""
        return tuple(sorted({len(key.rpartition(":")[2]) for key in self.rows}, reverse=True))

    @cached_property
    def origins(self) -> frozenset[str]:
        """The origins that rows name."""
        return frozenset(origin for key in self.rows if (origin := key.rpartition(":")[0]))

    def line(self, product: str, origin: str = "") -> str | None:
        """The key of the row that states the product's duty from an origin."""
        for length in self.lengths:
            if len(product) >= length:
                for key in (f"{origin}:{product[:length]}", product[:length]):
                    if key in self.rows:
                        return key
        return None

    def known_on(self, day: date) -> RateTable:
        """The table as known on a day."""
        return RateTable(self.name, lambda: _known_on(self.rows, day), lambda: _known_on(self.headings, day))

    def heading(self, product: str, origin: str, day: date) -> Heading | None:
        """The heading that the table states on a day for the product of an origin, if it does."""
        line = self.headings.get(self.line(product, origin) or "") if self.origins else None
        step = None if line is None else line.at(day)
        return None if step is None else step.value

    def breakpoints(self) -> set[date]:
        """The days on which any line changes."""
        return {start for row in self.rows.values() for start in row.starts}


def _known_on(rows: Mapping[str, Timeline[T]], day: date) -> dict[str, Timeline[T]]:
    """Rows as known on a day; rows with the same history go on sharing one timeline."""
    known = {id(row): row.known_on(day) for row in rows.values()}
    return {code: known[id(row)] for code, row in rows.items()}


@dataclass(frozen=True, slots=True)
class FromTable:
    """The duty that a table states for the product's tariff line."""

    table: RateTable

    def __str__(self) -> str:
        """``by tariff line``, or ``by origin`` where the table's rows are for origins."""
        return f"by {'origin' if self.table.origins else 'tariff line'} ({self.table.name})"


Duty: TypeAlias = (
    AdValorem
    | Specific
    | Compound
    | TopUpTo
    | Quota
    | PriceGap
    | Fee
    | Unreckoned
    | Prohibited
    | NotApplied
    | FromTable
)


@dataclass(frozen=True, slots=True)
class Cap:
    """A scenario's ceiling on a measure's rate."""

    rate: float

    def of(self, rate: float) -> float:
        """``min(rate, cap)``."""
        return min(rate, self.rate)


@dataclass(frozen=True, slots=True)
class Cut:
    """A scenario's proportional cut of a measure's rate."""

    share: float

    def of(self, rate: float) -> float:
        """``rate * (1 - share)``."""
        return rate * (1 - self.share)


@dataclass(frozen=True, slots=True)
class Swiss:
    """The Swiss formula of tariff negotiations (GATT Tokyo Round, 1979): ``a t / (a + t)``."""

    coefficient: float

    def of(self, rate: float) -> float:
        """The rate after the formula; the coefficient is a fraction (16 % is 0.16)."""
        return self.coefficient * rate / (self.coefficient + rate)


Transform: TypeAlias = Cap | Cut | Swiss
