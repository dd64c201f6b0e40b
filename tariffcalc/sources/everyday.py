"""Everyday words for goods that the tariff calls otherwise: a laptop is a portable data processing machine there."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from tariffcalc.paths import trade_data_folder


@dataclass(frozen=True, slots=True)
class Everyday:
    """Words in small letters, one of a thing; the beginning of the lines that are meant; words that those have."""

    words: tuple[str, ...]
    heading: str
    tariff_words: tuple[str, ...]


@cache
def everyday_words() -> tuple[Everyday, ...]:
    """All of them, those of more words first: a phone case is no phone."""
    path = trade_data_folder() / "search" / "everyday_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Everyday(tuple(row["words"].split()), row["heading"], tuple(row["tariff_words"].split()))
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda one: (-len(one.words), one.words, one.heading)))
