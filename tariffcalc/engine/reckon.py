"""A duty as a fraction of one shipment's value; where that cannot be known, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from tariffcalc.engine.resolve import IN_QUOTA, by_quantity
from tariffcalc.engine.shipment import Shipment
from tariffcalc.engine.stated import named
from tariffcalc.law.duty import (
    AdValorem,
    Compound,
    Duty,
    Fee,
    PriceGap,
    Prohibited,
    Quota,
    Specific,
    TopUpTo,
    Transform,
    Unreckoned,
)
from tariffcalc.law.measure import Measure


@dataclass(frozen=True)
class Reckoner:
    """Reckons the duties of one shipment. ``holds`` says whether a fact does, ``warn`` takes what is not known."""

    shipment: Shipment
    holds: Callable[[str], bool]
    warn: Callable[[str], None]

    def statutory(self, duty: Duty, transforms: Iterable[Transform], measure: Measure, base: float) -> float | None:
        """The rate as a fraction of value; None, with a warning, where it cannot be known.

        What sums and cuts make of the rates of the law is rounded to what they can mean, what a quantity gives is not.
        """
        rate = self.reckoned(duty, measure, base)
        if rate is None:
            return None
        for transform in transforms:
            rate = transform.of(rate)
        return rate if isinstance(duty, Specific | Compound | PriceGap) else round(rate, 12)

    def reckoned(self, duty: Duty, measure: Measure, base: float) -> float | None:
        """The same before sums and cuts."""
        if isinstance(duty, AdValorem):
            return duty.rate
        if isinstance(duty, Fee):
            return duty.ad_valorem
        if isinstance(duty, Quota):
            return self.in_quota(duty)
        if isinstance(duty, TopUpTo):
            if np.isnan(base):
                self.warn(f"{measure.title}: the top-up depends on the base duty, which is not known")
                return None
            return max(0.0, duty.total - base)
        if isinstance(duty, Specific | Compound | PriceGap):
            return self.from_quantity(duty, measure)
        if isinstance(duty, Prohibited):
            self.warn(f"{measure.title}: entry is prohibited")
            return None
        if isinstance(duty, Unreckoned) and duty.text and measure.basis != "base":
            self.warn(f"{measure.title}: {duty}")
            return None
        return self.from_equivalent(duty, measure)

    def in_quota(self, duty: Quota) -> float:
        """The rate in quota or over it; where nobody says which, by the share of the law file."""
        if duty.in_quota_share is not None and self.shipment.facts.get(IN_QUOTA) is None:
            self.warn(
                f"{duty.in_quota_share:.0%} of such goods are taken to be in quota: say --fact {IN_QUOTA} if yours are"
            )
            return duty.in_quota_share * duty.within + (1 - duty.in_quota_share) * duty.over
        return duty.within if self.holds(IN_QUOTA) else duty.over

    def from_quantity(self, duty: Specific | Compound | PriceGap, measure: Measure) -> float | None:
        """A duty on quantity as a fraction of value: the value, the quantity and a unit that fits."""
        shipment = self.shipment
        if shipment.quantity is not None and shipment.value and shipment.unit:
            rate = by_quantity(duty, shipment.quantity / float(shipment.value), shipment.unit)
            if not np.isnan(rate):
                return rate
            self.warn(f"{named(duty, measure)} needs another unit than {shipment.unit}")
            return None
        return self.from_equivalent(duty, measure)

    def from_equivalent(self, duty: Duty, measure: Measure) -> float | None:
        """The equivalent of a base duty that value alone does not settle; else None, and what to give instead."""
        said, base = named(duty, measure), measure.basis == "base"
        if self.shipment.equivalent is not None and base:
            self.warn(f"{said} is taken at its ad valorem equivalent of 2024 trade")
            return self.shipment.equivalent
        average = "--ave for the ad valorem equivalent of the bundled trade"
        if isinstance(duty, Unreckoned):
            need = f"no quantity settles it{f'; give {average}, where there is one' if base else ''}"
        else:
            need = f"give --value, --quantity and --unit{f', or {average}' if base else ''}"
        self.warn(f"{said} is not a share of value: {need}")
        return None
