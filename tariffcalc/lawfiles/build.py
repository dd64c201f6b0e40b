"""A measure file's table -> a measure: every name it uses is looked up, every fault is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marshmallow import ValidationError

from tariffcalc.law.codes import EVERYTHING, NOTHING, CodeSet, Scope
from tariffcalc.law.dates import ALWAYS, Step, Timeline
from tariffcalc.law.duty import ENDED, Duty, FromTable, Unreckoned
from tariffcalc.law.heading import Declared, Heading
from tariffcalc.law.measure import Citation, Example, InTransit, Measure, Rate, Relief, Stacking
from tariffcalc.lawfiles.duties import plain_duty
from tariffcalc.lawfiles.faults import Faults
from tariffcalc.lawfiles.fields import product_code
from tariffcalc.lawfiles.library import Library
from tariffcalc.lawfiles.registers import load, read_acts
from tariffcalc.lawfiles.schema import ANSWERS, MeasureSchema

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
            message = f"{name!r} is defined in acts.toml too, and differs"
            faults.add("cite-twice", f"cite.{name}", message, "define it once")
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
    acts: Mapping[str, Citation]
    faults: Faults
    used: set[str]

    def measure(self, got: Raw) -> Measure:
        """The measure from its keys."""
        return Measure(
            id=got["id"],
            title=got["title"],
            authority=got["authority"],
            heading=got["heading"],
            basis=got["basis"],
            scope=self.measure_scope(got["scope"], "scope"),
            rates=self.rates(got["rate"]),
            status=self.statuses(got["status"]),
            reliefs=self.reliefs(got["relief"]),
            stacking=self.stackings(got["stacking"]),
            in_transit=self.in_transit(got["in_transit"]),
            declared=tuple(self.declared(got["declared"])),
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
            return self.acts[cite].announced
        hint = f"define [{cite}] in acts.toml or [cite.{cite}] in this file"
        self.faults.add("unknown-cite", f"{key}.cite", f"the act {cite!r} is cited but not defined", hint)
        return ALWAYS

    def rates(self, steps: Sequence[Raw]) -> Timeline[Rate]:
        """The steps of the rate."""
        made = []
        for i, step in enumerate(steps):
            key = f"rate[{i}]"
            duty = self.duty(step, key)
            rate = Rate(duty, self.content(step.get("content"), f"{key}.content"), step.get("note", ""))
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

    def content(self, name: str | None, key: str) -> str | None:
        """The name of a content; an unknown one is a fault."""
        if name is not None and name not in self.library.contents:
            self.faults.unknown("content", key, name, self.library.contents)
        return name

    def fact(self, name: str | None, key: str) -> str | None:
        """The name of a fact; an unknown one is a fault."""
        if name is not None and name not in self.library.facts:
            self.faults.unknown("fact", key, name, self.library.facts)
        return name

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
        fact = self.fact(step.get("fact") or step.get("programme"), f"{key}.fact")
        content = step["relieves"]
        if content != "all":
            self.content(content, f"{key}.relieves")
        return Relief(content, fact, self.scope(step, key), step.get("minimum", 0.0), step.get("maximum", 1.0))

    def measure_scope(self, got: Raw, key: str) -> Scope:
        """A measure's scope, with the fact that goods must meet, if any."""
        return replace(self.scope(got, key), fact=self.fact(got.get("fact"), f"{key}.fact"))

    def scope(self, got: Raw, key: str) -> Scope:
        """Products times origins, less exceptions."""
        return Scope(
            self.origins(got.get("origins"), f"{key}.origins", EVERYTHING),
            self.origins(got.get("except_origins"), f"{key}.except_origins", NOTHING),
            self.products(got.get("products"), f"{key}.products", EVERYTHING),
            self.products(got.get("except_products"), f"{key}.except_products", NOTHING),
        )

    def origins(self, codes: Mapping[str, list[str]] | None, key: str, default: CodeSet) -> CodeSet:
        """A set of origins; groups are looked up, unknown codes are faults."""
        if codes is None:
            return default
        if codes["codes"] == ["*"]:
            return EVERYTHING
        for code in codes["codes"]:
            self.library.check_origin(code, key, self.faults)
        groups = self.named(codes["lists"], self.library.groups, key, "group")
        return CodeSet(codes=frozenset(codes["codes"]), lists=groups)

    def products(self, codes: Mapping[str, list[str]] | None, key: str, default: CodeSet) -> CodeSet:
        """A set of products; lists are looked up, codes turned to digits."""
        if codes is None:
            return default
        if codes["codes"] == ["*"]:
            return EVERYTHING
        digits = frozenset(self.product(code, key) for code in codes["codes"])
        return CodeSet(codes=digits, lists=self.named(codes["lists"], self.library.lists, key, "list"))

    def product(self, code: str, key: str) -> str:
        """A product code as digits; the fault is noted where it is none."""
        try:
            return product_code(code)
        except ValidationError as error:
            self.faults.validation(error.messages, key)
            return code

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
                rule["heading"],
            )
            for i, rule in enumerate(rules)
        )

    def declared(self, rules: Sequence[Raw]) -> Iterator[Declared]:
        """The headings that the file states for some of its goods, one for each origin of ``by_origin``."""
        for i, rule in enumerate(rules):
            key = f"declared[{i}]"
            scope = self.measure_scope(rule, key)
            said = (rule.get("start", ALWAYS), self.announced(rule["cite"], key), rule["cite"])
            if "heading" in rule:
                yield Declared(Heading(rule["heading"], rule["heading_reached"]), scope, *said)
            for origin, heading in rule.get("by_origin", {}).items():
                self.library.check_origin(origin, f"{key}.by_origin", self.faults)
                yield Declared(Heading(heading), replace(scope, origins=CodeSet(codes=frozenset((origin,)))), *said)

    def example(self, got: Raw, key: str) -> Example:
        """A case with its answer."""
        facts = dict(got["facts"])
        if "usmca" in got:
            facts["usmca"] = got["usmca"]
        for name in facts:
            self.fact(name, f"{key}.facts")
        product = self.product(got["product"], f"{key}.product")
        said = (*ANSWERS, "value", "quantity", "unit", "loaded", "as_known_on")
        rest = {name: got.get(name) for name in said}
        return Example(got["why"], got["entry"], product, got["origin"], facts=facts, shares=got["shares"], **rest)

    def distinct(self, steps: Sequence[Step[Any]], what: str) -> None:
        """Refuse two steps for the same day that were announced on the same day."""
        seen = set()
        for step in steps:
            if step.rank in seen:
                message = f"two {what} steps start on {step.start} and were announced on {step.announced}"
                self.faults.add("equal-steps", what, message, "keep one, or cite the later act")
            seen.add(step.rank)


def _relief_name(step: Raw) -> str:
    """What makes two relief steps the same relief: the id, else the fact, else the products."""
    if "id" in step:
        return str(step["id"])
    fact = step.get("fact") or step.get("programme")
    if fact:
        return str(fact)
    codes = step.get("products") or step.get("origins") or {"lists": [], "codes": []}
    return ",".join([*codes["lists"], *codes["codes"]])
