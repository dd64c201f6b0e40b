"""``docs/coverage.csv``: every measure of the timeline once, and no step that goes unnoticed if it is taken out."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.examples import noticed
from tests.removal import Part, parts_of, without

ROOT = Path(__file__).resolve().parent.parent
with (ROOT / "docs/coverage.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))
META = tomllib.loads((ROOT / "docs/coverage.meta.toml").read_text())
STATING = {"duty", "exemption", "prohibition"}
KINDS = STATING | {"procedural", "authority", "pending"}
ENCODED = [pytest.param(row, id=row["id"]) for row in ROWS if row["encoded"] == "yes"]


def test_every_measure_of_the_timeline_is_there_once() -> None:
    ids = [row["id"] for row in ROWS]
    assert ids == sorted(set(ids))
    assert len(ids) == META["rows"] == 384
    assert hashlib.sha256("\n".join(ids).encode()).hexdigest() == META["ids_sha256"]


def test_each_cell_is_one_of_its_column() -> None:
    assert {row["importer"] for row in ROWS} == {"USA", "CAN", "CHN", "EU27", "MEX"}
    assert {row["kind"] for row in ROWS} == KINDS
    assert {row["encoded"] for row in ROWS} == {"yes", "no", "procedural"}
    assert [row["id"] for row in ROWS if row["encoded"] == "procedural" and row["kind"] in STATING] == []


def test_what_states_a_duty_is_encoded() -> None:
    """At least 95 of 100 that state a duty, an exemption or a prohibition, without those encoded in part."""
    stating = [row for row in ROWS if row["kind"] in STATING]
    whole = [row for row in stating if row["encoded"] == "yes" and not row["note"].startswith("in part")]
    assert len(whole) >= 0.95 * len(stating)


def test_in_part_is_said_of_few() -> None:
    """The word stands first in a note, and these are all of which it is said: their lists are not held."""
    assert [row["id"] for row in ROWS if "in part" in row["note"]] == [
        "ca.2018",
        "ca.cnlegacy",
        "ca.cnmelt",
        "ca.steelderiv",
        "ca.steeltrq.v1",
        "ca.wood",
        "cn.ca.canola",
        "eu.2018",
        "eu.2025.1564",
    ]


def test_what_is_not_encoded_says_why() -> None:
    assert [row["id"] for row in ROWS if row["encoded"] != "yes" and not row["note"]] == []
    assert [row["id"] for row in ROWS if row["encoded"] != "yes" and row["step"]] == []


def test_every_file_named_is_there() -> None:
    named = {name for row in ROWS for name in row["where"].split("; ") if name}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("row", ENCODED)
def test_a_step_taken_out_is_noticed(row: dict[str, str]) -> None:
    """Each part that the row names, out of each file that has it: an example of that file no longer holds."""
    files = [Path(name).stem for name in row["where"].split("; ") if Path(name).parent.name == "measures"]
    for part in parts_of(row["step"]):
        removed = {key: seen(row["importer"], key, part) for key in files}
        assert set(removed.values()) != {None}, f"no file says {part}"
        assert False not in removed.values(), f"{part}: {[key for key, seen in removed.items() if seen is False]}"


@cache
def seen(importer: str, key: str, part: Part) -> bool | None:
    """Whether an example of the measure sees that the part is gone; None if the measure says no such thing."""
    return noticed(importer, [key], lambda law: without(law, key, part))
