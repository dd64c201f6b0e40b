"""Answers as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from tariffcalc.law.duty import percent
from tariffcalc.rates import Rate

if TYPE_CHECKING:
    from pandas import DataFrame

CENT = 0.01
STATUS_WORDS = {
    "in_force": "in force",
    "void": "void: collected, later held unlawful",
    "contested": "contested in court",
    "scheduled": "scheduled",
    "suspended": "suspended",
    "paused": "paused",
}


def rate_text(answer: Rate) -> str:
    """A rate with its parts, what does not apply, and what to mind."""
    lines = [
        f"{answer.product}  {answer.description}",
        f"{answer.origin} -> {answer.importer}, entered {answer.date}",
        "",
        f"rate        {_rate(answer.rate)}",
        f"  base      {_rate(answer.base_rate)}",
        f"  additional {_rate(answer.additional_rate)}",
    ]
    if answer.value is not None:
        duty = "not known" if answer.duty is None else f"{answer.duty:,.2f} {answer.currency}"
        lines.append(f"duty        {duty} on {answer.value:,.2f}")
        if answer.quote.refund:
            lines.append(f"refund      {answer.quote.refund:,.2f} {answer.currency} in all, of what was assessed")
    lines += ["", "applies:"] + [_component(one) for one in answer.components]
    if answer.quote.fees:
        lines += ["", "fees, apart from the duty:"] + [_component(one) for one in answer.quote.fees]
    if answer.quote.not_applied:
        lines += ["", "does not apply:"] + [f"  {one.measure}: {one.why}" for one in answer.quote.not_applied]
    if answer.warnings:
        lines += ["", "mind:"] + [f"  {text}" for text in answer.warnings]
    return "\n".join(lines)


def _rate(rate: float | None) -> str:
    return "not known" if rate is None else percent(rate)


def _component(one: Any) -> str:
    duty = "" if one.duty is None else f"  {one.duty:,.2f}"
    duty += "" if one.refund is None else f"  refund {one.refund:,.2f}"
    status = "" if one.status == "in_force" else f"  [{STATUS_WORDS[one.status]}]"
    where = "" if one.citation is None else f"\n      {one.citation.url}"
    return f"  {one.measure}  {_rate(one.applied_rate)}{duty}{status}\n      {one.why}{where}"


def measure_text(one: Mapping[str, Any]) -> str:
    """A measure, readably."""
    lines = [
        f"{one['id']}: {one['title']}",
        f"  {one['authority']}, heading {one['heading'] or 'none'}, {one['basis']}; confidence {one['confidence']}",
        f"  origins  {_codes(one['scope']['origins'])}{_less(one['scope']['except_origins'])}",
        f"  products {_codes(one['scope']['products'])}{_less(one['scope']['except_products'])}",
    ]
    if one["scope"]["on"] and any(counted["codes"] != counted["ever"] for counted in _lists(one)):
        lines.append(f"  codes of lists are those on {one['scope']['on']}")
    if one["scope"]["fact"]:
        lines.append(f"  only where the answer is yes ({one['scope']['fact']}): {one['scope']['question']}")
    lines += [_rate_line(step) for step in one["rates"]]
    lines += _by_origin(one["by_origin"])
    lines += [f"  status from {step['from']}: {step['is']}  [{step['cite']}]" for step in one["status"]]
    lines += [f"  relief from {r['from']}, {r['relief']}: {_relief(r)}  [{r['cite']}]" for r in one["reliefs"]]
    lines += [
        f"  on the water, loaded before {rule['loaded_before']} and entered before {rule['entered_before']}: "
        f"{rule['rate'] if rule['rate'] != 'suspended' else 'nothing'}  [{rule['cite']}]"
        for rule in one["in_transit"]
    ]
    for step in one["stacking"]:
        said = [
            f"{key.replace('_', ' ')} {', '.join(step[key])}"
            for key in ("yields_to", "yields_whole_to", "displaces", "displaces_whole")
            if step[key]
        ]
        lines.append(
            f"  stacking from {step['from'] or 'the beginning'}: {'; '.join(said) or 'adds to all'}  [{step['cite']}]"
        )
    order = one["gives_way_to"] or {}
    for key, words in (("wholly", "gives way wholly to"), ("for_the_rest", "leaves the value that these cover to")):
        if order.get(key):
            lines.append(f"  on {order['on']} {words}: {', '.join(order[key])}")
    lines += [f"  doubt: {text}" for text in one["doubts"]]
    lines += [
        f"  [{cite['id']}] {cite['title']}, {cite['announced']}\n      {cite['url']}" for cite in one["citations"]
    ]
    return "\n".join(lines)


def _rate_line(step: Mapping[str, Any]) -> str:
    """A dated rate; of an origin asked for with the heading of its goods."""
    content = f" of the {step['content']} content" if step["content"] else ""
    heading = f", heading {step['heading']}" if step["heading"] else ""
    return f"  from {step['from'] or 'the beginning'}: {step['rate']}{content}{heading}  [{step['cite']}]"


def _by_origin(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The origins that a measure names, those with the same rates by date together."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        last = {step["from"]: step["rate"] for step in row["rates"]}
        grouped.setdefault(tuple(f"{day} {said}" for day, said in last.items()), []).append(row["origin"])
    for history, origins in grouped.items() if len(grouped) > 1 else ():
        yield f"  {', '.join(origins)}: {'; '.join(history)}"


def _relief(one: Mapping[str, Any]) -> str:
    """What a relief frees, within which bounds, and for which goods."""
    if one["relieves"] is None:
        return "ends"
    said = "the whole article" if one["relieves"] == "all" else f"the {one['relieves']}"
    if (one["min"], one["max"]) != (0.0, 1.0):
        said += f", at least {percent(one['min'])} and at most {percent(one['max'])} of value"
    goods = [
        f"{words} {_codes(one[key])}{_less(one['except_products']) if key == 'products' else ''}"
        for key, words in (("products", "products"), ("origins", "origins"))
        if not one[key]["all"] or (key == "products" and _less(one["except_products"]))
    ]
    if one["fact"] is not None:
        goods.append(f"where {one['fact']}")
    return f"{said}; {', '.join(goods)}" if goods else said


def _codes(codes: Mapping[str, Any]) -> str:
    if codes["all"]:
        return "all"
    named = [f"{one['name']} ({_count(one)})" for one in codes["lists"]]
    return ", ".join([*codes["codes"], *named]) or "none"


def _lists(one: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every list that the measure's scope and reliefs name."""
    sets = [one["scope"][key] for key in ("origins", "except_origins", "products", "except_products")]
    sets += [each[key] for each in one["reliefs"] for key in ("products", "except_products", "origins") if each[key]]
    for codes in sets:
        yield from codes["lists"]


def _count(one: Mapping[str, Any]) -> str:
    """How many codes a list has on the day told of, and where it had others, ever."""
    return f"{one['codes']}" if one["codes"] == one["ever"] else f"{one['codes']} of {one['ever']} ever"


def _less(codes: Mapping[str, Any]) -> str:
    said = _codes(codes)
    return "" if said == "none" else f", less {said}"


def changes_text(frame: DataFrame) -> str:
    """The law's changes day by day: each measure with what its change costs a year, what it is, and the act."""
    lines: list[str] = []
    for day, rows in frame.groupby("takes_effect", sort=False):
        lines += ["", f"{day}  {_yearly(rows['cost_of_day'].iloc[0])} in all"]
        for row in rows.to_dict("records"):
            lines.append(f"  {row['measure']}  {_yearly(row['cost'])}")
            lines.append(f"      {row['change']}")
            lines.append(f"      {row['act']}, announced {row['announced']}")
    return "\n".join(lines or ["", "nothing"])


def _yearly(cost: float) -> str:
    """A change of duty a year; one that is not known is said to be so."""
    return "cost not known" if isnan(cost) else f"{cost:+,.0f} a year" if abs(cost) >= CENT else "no change of duty"


def table_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of plain values, a column each, aligned."""
    if not rows:
        return "none"
    heads = list(rows[0])
    cells = [[_cell(row[head]) for head in heads] for row in rows]
    widths = [max(len(head), *(len(row[i]) for row in cells)) for i, head in enumerate(heads)]
    lines = ["  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)).rstrip()]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value if value is not None else "")
