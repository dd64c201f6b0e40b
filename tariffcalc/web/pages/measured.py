"""The units that a duty by quantity is charged in, and whether the one that was typed measures the same."""

from __future__ import annotations

from tariffcalc.law.duty import Amount, Compound, Duty, PriceGap, Specific
from tariffcalc.law.units import alike, converted
from tariffcalc.rates import Rate
from tariffcalc.web.pages.locale import say


def unmeasured(found: Rate) -> list[str]:
    """The units of the duties by quantity that are not known yet."""
    forms = [one.form for one in found.components if one.applied_rate is None]
    return list(dict.fromkeys(one.unit for form in forms for one in _amounts(form)))


def own_unit(found: Rate) -> str:
    """The unit of the duty, where there is but one that it can be in."""
    units = unmeasured(found)
    return units[0] if len(units) == 1 else ""


def misfit(found: Rate, unit: str) -> str:
    """What is wrong with a unit that measures nothing that the duty is charged by, and which do; else nothing."""
    wanted = unmeasured(found)
    if not unit or not wanted or any(converted(1.0, unit, one) is not None for one in wanted):
        return ""
    fitting = dict.fromkeys(other for one in wanted for other in alike(one))
    return say(
        "“%(text)s” does not measure what this duty is charged by: write %(units)s.",
        text=unit,
        units=say(" or ").join(fitting),
    )


def _amounts(form: Duty | None) -> tuple[Amount, ...]:
    """The amounts by quantity of a duty."""
    if isinstance(form, PriceGap):
        return (form.minimum,)
    specific = form.specific if isinstance(form, Compound) else form
    return specific.parts if isinstance(specific, Specific) else ()
