"""The flow table's checks: every bad row is found, named by row, column and value, and reported at once.

A check is a small function: its name is the code of the fault, its docstring the sentence that people read, and it
answers True where something is wrong. Texts are checked once per distinct spelling, numbers as whole columns.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from tariffcalc.engine.flow_cells import (
    MOST_AMOUNT,
    Mask,
    Numbers,
    Texts,
    product_digits,
    read_numbers,
    read_texts,
)
from tariffcalc.engine.flow_columns import Given, arrange
from tariffcalc.engine.flow_hints import HINTS, Near
from tariffcalc.engine.flow_table import FLOW_COLUMNS, Column, Flows, Kind, RawTable, country_key, trusted_flows
from tariffcalc.engine.periods import parse_period
from tariffcalc.errors import MAX_LISTED_FAULTS, Fault, FlowTableError, UnknownOriginError

__all__ = ["FLOW_COLUMNS", "Column", "Flows", "RawTable", "check_flows", "country_key", "trusted_flows"]

_ROUNDING = 1e-9
_CODE_LENGTHS = (2, 4, 6, 8, 10)


@dataclass(frozen=True)
class Rules:
    """What texts are checked against: countries by key, and which product codes exist."""

    countries: Mapping[str, str]
    is_known_product: Callable[[str], bool]


TextCheck = Callable[[str, Rules], bool]
NumberCheck = Callable[[Numbers], Mask]


@dataclass(frozen=True)
class Finding:
    """The rows (positions in the frame) in which one check found one column wrong."""

    check: Callable[..., Any]
    column: str
    positions: np.ndarray[Any, Any]
    at: Callable[[int], str]


def check_flows(
    raw: RawTable | pd.DataFrame,
    *,
    countries: Mapping[str, str],
    is_known_product: Callable[[str], bool],
    near: Near | None = None,
    importer: str | None = None,
    origin: str | None = None,
    shares: Collection[str] = (),
    on_bad_row: Literal["fail", "skip"] = "fail",
    name: str = "table",
    title: str = "",
    vintage: str = "",
    source: str = "",
    currency: str = "USD",
) -> Flows:
    """Turn a raw table into checked flows, or report every fault of it at once.

    ``countries`` maps the keys of ``country_key`` to ISO alpha-3, ``near`` points from a text to the country that it
    may mean; ``importer`` and ``origin`` stand in for a column
    that is not there; ``shares`` are the names that a ``<name>_share`` column may have. With ``on_bad_row="skip"`` bad
    rows are left out, their number told as ``skipped_rows`` and their faults as ``bad_rows``; a missing or doubled
    column is refused all the same.
    Raises ``FlowTableError``, and ``UnknownOriginError`` for an ``importer`` or ``origin`` that is no country.
    """
    table = raw if isinstance(raw, RawTable) else RawTable(raw, np.arange(2, len(raw) + 2))
    _refuse_unknown_countries((importer, origin), countries, near)
    layout = arrange(table.frame, Given(importer, origin), shares)
    rules = Rules(countries, is_known_product)
    clean, findings = _check_columns(layout.columns, rules)
    faults, total = _faults(findings, table, near)
    if layout.faults or (total and on_bad_row == "fail"):
        raise FlowTableError.of(name, [*layout.faults, *faults], total + len(layout.faults))
    bad = _bad_rows(len(table.frame), findings)
    frame = _without(pd.DataFrame(clean), bad)
    if frame.empty:
        raise FlowTableError.of(name, [Fault("empty-table", "No row is left."), *faults], total + 1)
    skipped = int(bad.sum()) + len({fault.row for fault in table.faults})
    left = (f"rows left out: {skipped:,}; faults in them: {total:,}",) if skipped else ()
    warnings = (*table.warnings, *layout.warnings, *left, *_suspicious_days(frame))
    return Flows(frame, name, title or name, vintage, source, currency, faults, warnings=warnings, skipped_rows=skipped)


def unknown_country(text: str, rules: Rules) -> bool:
    """No country has this ISO code, Census code or English name."""
    return country_key(text) not in rules.countries


def product_not_digits(text: str, _rules: Rules) -> bool:
    """A product code is made of digits; dots and spaces are the only other signs."""
    digits = product_digits(text)
    return not (digits.isascii() and digits.isdigit())


def product_length(text: str, _rules: Rules) -> bool:
    """A product code has 2, 4, 6, 8 or 10 digits."""
    return len(product_digits(text)) not in _CODE_LENGTHS


def unknown_product(text: str, rules: Rules) -> bool:
    """This code is in no edition of the tariff schedule."""
    return not rules.is_known_product(product_digits(text))


def bad_period(text: str, _rules: Rules) -> bool:
    """A period is a year, a quarter, a month or a day that exists."""
    try:
        parse_period(text)
    except ValueError:
        return True
    return False


def value_not_a_number(numbers: Numbers) -> Mask:
    """A value is a finite number."""
    return ~np.isfinite(numbers.amounts)


def value_negative(numbers: Numbers) -> Mask:
    """A value is not below zero."""
    return numbers.amounts < 0


def value_too_large(numbers: Numbers) -> Mask:
    """A value is not above 1,000,000,000,000,000: ten times what the world makes in a year."""
    return np.isfinite(numbers.amounts) & (numbers.amounts > MOST_AMOUNT)


def quantity_not_a_number(numbers: Numbers) -> Mask:
    """A quantity is a finite number, or the cell is empty."""
    return ~np.isfinite(numbers.amounts) & ~numbers.empty


def quantity_negative(numbers: Numbers) -> Mask:
    """A quantity is not below zero."""
    return numbers.amounts < 0


def quantity_too_large(numbers: Numbers) -> Mask:
    """A quantity is not above 1,000,000,000,000,000."""
    return np.isfinite(numbers.amounts) & (numbers.amounts > MOST_AMOUNT)


def share_not_a_number(numbers: Numbers) -> Mask:
    """A share is a number, or the cell is empty."""
    return ~np.isfinite(numbers.amounts) & ~numbers.empty


def share_out_of_range(numbers: Numbers) -> Mask:
    """A share lies between 0 and 1."""
    return (numbers.amounts < 0) | (numbers.amounts > 1)


def unit_missing(quantity: Numbers, unit: Texts) -> Mask:
    """A quantity needs its unit."""
    blank = np.array([not text for text in unit.distinct], dtype=bool)
    missing: Mask = ~quantity.empty & blank[unit.codes]
    return missing


def claimed_above_value(claimed: Numbers, value: Numbers) -> Mask:
    """The value that claimed USMCA is a part of the customs value."""
    return claimed.amounts > value.amounts * (1 + _ROUNDING)


TEXT_CHECKS: dict[Kind, tuple[TextCheck, ...]] = {
    "country": (unknown_country,),
    "product": (product_not_digits, product_length, unknown_product),
    "period": (bad_period,),
    "unit": (),
}
NUMBER_CHECKS: dict[Kind, tuple[NumberCheck, ...]] = {
    "value": (value_not_a_number, value_negative, value_too_large),
    "quantity": (quantity_not_a_number, quantity_negative, quantity_too_large),
    "share": (share_not_a_number, share_out_of_range),
}


def _refuse_unknown_countries(given: Iterable[str | None], countries: Mapping[str, str], near: Near | None) -> None:
    for text in given:
        if text is not None and country_key(text) not in countries:
            raise UnknownOriginError(f"no country is called {text!r}", hint=near(text) if near else None)


def _check_columns(
    columns: Iterable[tuple[Column, "pd.Series[Any]"]], rules: Rules
) -> tuple[dict[str, Any], list[Finding]]:
    clean: dict[str, Any] = {}
    texts: dict[str, Texts] = {}
    numbers: dict[str, Numbers] = {}
    findings: list[Finding] = []
    for column, cells in columns:
        if column.kind in TEXT_CHECKS:
            texts[column.name] = read_texts(cells)
            clean[column.name], found = _check_texts(column, texts[column.name], rules)
        else:
            numbers[column.name] = read_numbers(cells, percent=column.kind == "share")
            clean[column.name], found = _check_numbers(column, numbers[column.name])
        findings += found
    return clean, findings + _check_together(texts, numbers)


def _check_texts(column: Column, texts: Texts, rules: Rules) -> tuple[pd.Categorical, list[Finding]]:
    checks = TEXT_CHECKS[column.kind]
    used = np.unique(texts.codes)
    failed = np.full(len(texts.distinct), -1)
    for code in used:
        failed[code] = next((at for at, check in enumerate(checks) if check(texts.distinct[code], rules)), -1)
    turned = [_turn(column.kind, texts.distinct[code], rules) if failed[code] < 0 else None for code in used]
    names = sorted({name for name in turned if name})
    place = {name: at for at, name in enumerate(names)}
    target = np.full(len(texts.distinct), -1)
    target[used] = [place.get(name or "", -1) for name in turned]
    clean = pd.Categorical.from_codes(target[texts.codes], categories=pd.Index(names, dtype="str"))
    by_row = failed[texts.codes]
    found = [Finding(check, column.name, np.flatnonzero(by_row == at), texts.at) for at, check in enumerate(checks)]
    return clean, found


def _check_numbers(column: Column, numbers: Numbers) -> tuple[np.ndarray[Any, Any], list[Finding]]:
    found = [
        Finding(check, column.name, np.flatnonzero(check(numbers)), numbers.at) for check in NUMBER_CHECKS[column.kind]
    ]
    return numbers.amounts, found


def _check_together(texts: Mapping[str, Texts], numbers: Mapping[str, Numbers]) -> list[Finding]:
    found = []
    if "quantity" in numbers and "unit" in texts:
        rows = np.flatnonzero(unit_missing(numbers["quantity"], texts["unit"]))
        found.append(Finding(unit_missing, "unit", rows, texts["unit"].at))
    if "usmca_claimed_value" in numbers and "customs_value" in numbers:
        claimed = numbers["usmca_claimed_value"]
        rows = np.flatnonzero(claimed_above_value(claimed, numbers["customs_value"]))
        found.append(Finding(claimed_above_value, "usmca_claimed_value", rows, claimed.at))
    return found


def _turn(kind: Kind, text: str, rules: Rules) -> str:
    if kind == "country":
        return rules.countries[country_key(text)]
    if kind == "product":
        return product_digits(text)
    return text.upper() if kind == "period" else text.lower()


def _faults(findings: Sequence[Finding], table: RawTable, near: Near | None) -> tuple[tuple[Fault, ...], int]:
    """Return the first faults by row, and how many there are altogether."""
    earliest = [finding.positions[:MAX_LISTED_FAULTS] for finding in findings]
    which = np.repeat(np.arange(len(findings)), list(map(len, earliest)))
    positions = np.concatenate(earliest) if findings else which
    first = np.lexsort((which, positions))[:MAX_LISTED_FAULTS]
    faults = [_fault(findings[which[at]], int(positions[at]), table.rows, near) for at in first]
    listed = sorted([*table.faults, *faults], key=lambda fault: fault.row or 0)[:MAX_LISTED_FAULTS]
    return tuple(listed), sum(len(finding.positions) for finding in findings) + len(table.faults)


def _fault(finding: Finding, position: int, rows: np.ndarray[Any, Any], near: Near | None) -> Fault:
    code = finding.check.__name__.replace("_", "-")
    text = finding.at(position)
    return Fault(
        code,
        str(finding.check.__doc__),
        HINTS[code](text, near),
        row=int(rows[position]),
        column=finding.column,
        value=text,
    )


def _bad_rows(rows: int, findings: Iterable[Finding]) -> Mask:
    """Which rows have a fault, however many each has."""
    bad = np.zeros(rows, dtype=bool)
    for finding in findings:
        bad[finding.positions] = True
    return bad


def _without(frame: pd.DataFrame, bad: Mask) -> pd.DataFrame:
    if not bad.any():
        return frame
    kept = frame[~bad].reset_index(drop=True)
    for name in kept.select_dtypes("category").columns:
        kept[name] = kept[name].cat.remove_unused_categories()
    return kept


def _suspicious_days(frame: pd.DataFrame) -> tuple[str, ...]:
    """Warn where a spreadsheet may have turned months into their first days."""
    periods = frame["period"].cat.categories
    if not all(len(text) == len("2025-03-01") and text.endswith("-01") for text in periods):
        return ()
    return ("every period is the first day of a month: for whole months write 2025-03, as text",)
