"""A measure file's table -> a measure: every name it uses is looked up, every fault is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError

from tariffcalc.law.codes import EVERYTHING, NOTHING, CodeSet, Scope
from tariffcalc.law.dates import ALWAYS, Step, Timeline
from tariffcalc.law.duty import (
    ENDED,
    SUSPENDED,
    AdValorem,
    Amount,
    Compound,
    Duty,
    Fee,
    FromTable,
    PriceGap,
    Prohibited,
    Quota,
    Specific,
    TopUpTo,
    Unreckoned,
)
from tariffcalc.law.measure import Example, InTransit, Measure, Rate, Relief, Stacking
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.fields import product_code
from tariffcalc.lawfiles.library import Library, load, read_acts
from tariffcalc.lawfiles.schema import MeasureSchema

_MEASURE = MeasureSchema()
Raw = Mapping[str, Any]


def build_measure(data: Raw, library: Library, faults: Faults) -> Measure | None:
    """The measure that a file's table describes, or None and the faults."""
    got = load(_MEASURE, data, faults)
    if got is None:
        return None
    own = read_acts(data.get("cite", {}), faults, "cite.")
    for name in own:
        if name in library.acts and library.acts[name] != own[name]:
            faults.add(
                "cite-twice", f"cite.{name}", f"{name!r} is defined in acts.toml too, and differs", "define it once"
            )
    builder = Builder(library, {**library.acts, **own}, faults, set())
    measure = builder.measure(got)
    for name in sorted(set(own) - builder.used):
        faults.add("unused-cite", f"cite.{name}", f"{name!r} is defined but no step cites it", "cite it or drop it")
    library.used_acts |= builder.used
    return measure


@dataclass
class Builder:
    """Looks up the names of one file."""

    library: Library
    acts: Mapping[str, Any]
    faults: Faults
    used: set[str]

    def measure(self, got: Raw) -> Measure:
        """The measure from its keys."""
        rates = self.rates(got["rate"])
        return Measure(
            id=got["id"],
            title=got["title"],
            authority=got["authority"],
            heading=got["heading"],
            basis=got["basis"],
            scope=self.scope(got["scope"], "scope"),
            rates=rates,
            status=self.statuses(got["status"]),
            reliefs=self.reliefs(got["relief"]),
            stacking=self.stackings(got["stacking"]),
            in_transit=self.in_transit(got["in_transit"]),
            citations={name: self.acts[name] for name in sorted(self.used) if name in self.acts},
            sets=tuple(got["sets"]),
            confidence=got["confidence"],
            doubts=tuple(got["doubts"]),
            examples=tuple(self.example(one, f"example[{i}]") for i, one in enumerate(got["example"])),
            source=self.faults.file,
        )

    def announced(self, cite: str, key: str) -> date:
        """When an act was announced; one that nobody defined is a fault."""
        self.used.add(cite)
        if cite in self.acts:
            announced: date = self.acts[cite].announced
            return announced
        hint = f"define [{cite}] in acts.toml or [cite.{cite}] in this file"
        self.faults.add("unknown-cite", f"{key}.cite", f"the act {cite!r} is cited but not defined", hint)
        return ALWAYS

    def rates(self, steps: Sequence[Raw]) -> Timeline[Rate]:
        """The steps of the rate."""
        made = []
        for i, step in enumerate(steps):
            key = f"rate[{i}]"
            content = step.get("content")
            if content is not None and content not in self.library.contents:
                self.faults.unknown("content", f"{key}.content", content, self.library.contents)
            duty = self.duty(step, key)
            rate = Rate(duty, content, step.get("note", ""))
            ends = duty is ENDED
            made.append(Step(step["start"], self.announced(step["cite"], key), rate, step["cite"], ends))
        self.distinct(made, "rate")
        return Timeline(tuple(made))

    def duty(self, step: Raw, key: str) -> Duty:
        """The duty of a step; a table is looked up."""
        if "table" in step:
            if step["table"] in self.library.tables:
                return FromTable(self.library.tables[step["table"]])
            self.faults.unknown("table", f"{key}.table", step["table"], self.library.tables)
            return Unreckoned(step["table"])
        return plain_duty(step)

    def statuses(self, steps: Sequence[Raw]) -> Timeline[str]:
        """The steps of the legal status."""
        made = [
            Step(step["start"], self.announced(step["cite"], f"status[{i}]"), step["status"], step["cite"])
            for i, step in enumerate(steps)
        ]
        self.distinct(made, "status")
        return Timeline(tuple(made))

    def reliefs(self, steps: Sequence[Raw]) -> dict[str, Timeline[Relief | None]]:
        """The reliefs, each with its own steps."""
        lines: dict[str, list[Step[Relief | None]]] = {}
        for i, step in enumerate(steps):
            key = f"relief[{i}]"
            relief = None if step.get("ended") else self.relief(step, key)
            name = _relief_name(step)
            announced = self.announced(step["cite"], key)
            lines.setdefault(name, []).append(Step(step["start"], announced, relief, step["cite"]))
        for name, line in lines.items():
            self.distinct(line, f"relief ({name})")
        return {name: Timeline(tuple(line)) for name, line in lines.items()}

    def relief(self, step: Raw, key: str) -> Relief:
        """One step of a relief."""
        fact = step.get("fact") or step.get("programme")
        if fact is not None and fact not in self.library.facts:
            self.faults.unknown("fact", f"{key}.fact", fact, self.library.facts)
        content = step["relieves"]
        if content != "all" and content not in self.library.contents:
            self.faults.unknown("content", f"{key}.relieves", content, self.library.contents)
        return Relief(content, fact, self.scope(step, key), step.get("minimum", 0.0), step.get("maximum", 1.0))

    def scope(self, got: Raw, key: str) -> Scope:
        """Products times origins, less exceptions."""
        fact = got.get("fact") if key == "scope" else None
        if fact is not None and fact not in self.library.facts:
            self.faults.unknown("fact", f"{key}.fact", fact, self.library.facts)
        return Scope(
            self.origins(got.get("origins"), f"{key}.origins", EVERYTHING),
            self.origins(got.get("except_origins"), f"{key}.except_origins", NOTHING),
            self.products(got.get("products"), f"{key}.products", EVERYTHING),
            self.products(got.get("except_products"), f"{key}.except_products", NOTHING),
            fact,
        )

    def origins(self, codes: Mapping[str, list[str]] | None, key: str, default: CodeSet) -> CodeSet:
        """A set of origins; groups are looked up, unknown codes are faults."""
        if codes is None:
            return default
        if codes["codes"] == ["*"]:
            return EVERYTHING
        for code in codes["codes"]:
            if self.library.known_origins and code not in self.library.known_origins:
                hint = "origins are ISO 3166 alpha-3 codes such as CAN"
                self.faults.add("unknown-origin", key, f"{code!r} is not a known origin", hint)
        return CodeSet(
            codes=frozenset(codes["codes"]), lists=self.named(codes["lists"], self.library.groups, key, "group")
        )

    def products(self, codes: Mapping[str, list[str]] | None, key: str, default: CodeSet) -> CodeSet:
        """A set of products; lists are looked up, codes turned to digits."""
        if codes is None:
            return default
        if codes["codes"] == ["*"]:
            return EVERYTHING
        digits = set()
        for code in codes["codes"]:
            try:
                digits.add(product_code(code))
            except ValidationError as error:
                self.faults.validation(error.messages, key)
        return CodeSet(codes=frozenset(digits), lists=self.named(codes["lists"], self.library.lists, key, "list"))

    def named(self, names: list[str], known: Mapping[str, Any], key: str, kind: str) -> tuple[Any, ...]:
        """The lists or groups of these names."""
        for name in names:
            if name not in known:
                self.faults.unknown(kind, key, name, known)
        return tuple(known[name] for name in names if name in known)

    def stackings(self, steps: Sequence[Raw]) -> Timeline[Stacking]:
        """The steps of the order of precedence."""
        made = []
        for i, step in enumerate(steps):
            edges = ("yields_to", "yields_whole_to", "displaces", "displaces_whole")
            stacking = Stacking(*(tuple(step[edge]) for edge in edges))
            start = step.get("start", ALWAYS)
            made.append(Step(start, self.announced(step["cite"], f"stacking[{i}]"), stacking, step["cite"]))
        self.distinct(made, "stacking")
        return Timeline(tuple(made))

    def in_transit(self, rules: Sequence[Raw]) -> tuple[InTransit, ...]:
        """The rules for goods on the water."""
        return tuple(
            InTransit(
                rule["loaded_before"],
                rule["entered_before"],
                self.duty(rule, f"in_transit[{i}]"),
                rule["cite"],
                self.announced(rule["cite"], f"in_transit[{i}]"),
            )
            for i, rule in enumerate(rules)
        )

    def example(self, got: Raw, key: str) -> Example:
        """A case with its answer."""
        facts = dict(got["facts"])
        if "usmca" in got:
            facts["usmca"] = got["usmca"]
        for name in facts:
            if name not in self.library.facts:
                self.faults.unknown("fact", f"{key}.facts", name, self.library.facts)
        try:
            product = product_code(got["product"])
        except ValidationError as error:
            self.faults.validation(error.messages, f"{key}.product")
            product = ""
        rest = {name: got.get(name) for name in ("rate", "this", "loaded", "as_known_on")}
        return Example(got["why"], got["entry"], product, got["origin"], facts=facts, shares=got["shares"], **rest)

    def distinct(self, steps: Sequence[Step[Any]], what: str) -> None:
        """Refuse two steps for the same day that were announced on the same day."""
        seen = set()
        for step in steps:
            if step.rank in seen:
                message = f"two {what} steps start on {step.start} and were announced on {step.announced}"
                self.faults.add("equal-steps", what, message, "keep one, or cite the later act")
            seen.add(step.rank)


def plain_duty(step: Raw) -> Duty:
    """The duty of a step in any form but a table."""
    if "ad_valorem" in step:
        return AdValorem(step["ad_valorem"])
    if "specific" in step:
        return Specific((Amount(**step["specific"]),))
    if "compound" in step:
        part = step["compound"]
        return Compound(part["ad_valorem"], Specific((Amount(part["specific"], part["unit"]),)))
    if "top_up_to" in step:
        return TopUpTo(step["top_up_to"])
    if "trq" in step:
        part = step["trq"]
        return Quota(part["within"], part["over"], part.get("in_quota_share"))
    if "price_gap" in step:
        return PriceGap(Amount(**step["price_gap"]))
    if "fee" in step:
        return Fee(**step["fee"])
    if "prohibited" in step:
        return Prohibited()
    return ENDED if "ended" in step else SUSPENDED


def _relief_name(step: Raw) -> str:
    """What makes two relief steps the same relief: the id, else the fact, else the products."""
    if "id" in step:
        return str(step["id"])
    fact = step.get("fact") or step.get("programme")
    if fact:
        return str(fact)
    codes = step.get("products") or step.get("origins") or {"lists": [], "codes": []}
    return ",".join([*codes["lists"], *codes["codes"]])
