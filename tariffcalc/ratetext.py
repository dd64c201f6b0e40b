"""Answers as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tariffcalc.law.duty import percent
from tariffcalc.rates import Rate

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
    if one["scope"]["fact"]:
        lines.append(f"  only where the answer is yes ({one['scope']['fact']}): {one['scope']['question']}")
    for step in one["rates"]:
        content = f" of the {step['content']} content" if step["content"] else ""
        lines.append(f"  from {step['from'] or 'the beginning'}: {step['rate']}{content}  [{step['cite']}]")
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
    named = [f"{one['name']} ({one['codes']})" for one in codes["lists"]]
    return ", ".join([*codes["codes"], *named]) or "none"


def _less(codes: Mapping[str, Any]) -> str:
    said = _codes(codes)
    return "" if said == "none" else f", less {said}"


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
