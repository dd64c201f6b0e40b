"""Compile rates/usa/tables/: the base duties of the US tariff by tariff line.

Reads the rate texts of every edition of the Harmonized Tariff Schedule of the United States
(US International Trade Commission) and writes three tables: ``column-1-general``, ``column-2``
and ``special-usmca`` (the rate of goods that claim the USMCA). Rates are set by law at eight
digits, so statistical suffixes are folded into their eight-digit line.

    python tools/compile_base_duties.py SOURCE_FOLDER
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from _common import PUBLIC_DOMAIN, TRADE_DATA, source_folder, write_csv, write_meta

MADE_BY = "tools/compile_base_duties.py"
TABLES = TRADE_DATA.parent / "rates" / "usa" / "tables"
HISTORY = "data/hts/us_hts_rate_lines_history_2025basic_2026rev10.parquet"
COLUMNS = ["product", "from", "form", "ad_valorem", "specific", "unit", "specific2", "unit2", "text", "cite"]

METALS = ("copper", "lead", "magnesium", "manganese", "molybdenum", "silicon", "tungsten", "zinc")
UNITS = frozenset(
    {
        "1000",
        "1000 pins",
        "article",
        "bbl",
        "clean kg",
        "doz.",
        "each",
        "g",
        "gross",
        "gross of immediate containers",
        "head",
        "jewel",
        "kg",
        "kg including weight of container",
        "kg of anhydrous morphine content",
        "kg of total sugars",
        "kg on contents and container",
        "kg on drained weight",
        "kg on entire contents of container",
        "line/gross",
        "lin. m",
        "liter",
        "m",
        "m2",
        "m2 of recording surface",
        "m3",
        "pack",
        "pf. liter",
        "pf. liter on ethyl alcohol content",
        "pr.",
        "t",
        "t including weight of container",
    }
) | {f"kg on {metal} content" for metal in METALS}
UNIT_SPELLINGS = {
    "thousand": "1000",
    "thou- sand": "1000",
    "pf.liter": "pf. liter",
    "kg on drained weght": "kg on drained weight",
    "line/ gross": "line/gross",
}

PERCENT = re.compile(r"(\d+(?:\.\d+)?)(?:[ -]+(\d+/\d+))?\s*%(?: on the entire set)?")
AMOUNT = re.compile(r"(\$?)(\d+(?:\.\d+)?)\s*(¢?)\s*(?:/\s*|\s+)(\S.*)")


class Rate(NamedTuple):
    """One rate, as the columns of a table have it: fractions, US dollars per unit, text."""

    form: str
    ad_valorem: str = ""
    specific: str = ""
    unit: str = ""
    specific2: str = ""
    unit2: str = ""
    text: str = ""


def tidy(text: str) -> str:
    """The printed text without markup, footnote strokes and doubled spaces."""
    plain = re.sub(r"<[^>]*>", "", text)
    return re.sub(r"\s+", " ", plain).strip(" /")


def plain(number: Fraction) -> str:
    """A number as a plain decimal of at most eight places, without idle zeros."""
    digits = f"{Decimal(number.numerator) / Decimal(number.denominator):.8f}"
    return digits.rstrip("0").rstrip(".")


def ad_valorem_part(part: str) -> Fraction | None:
    """``33 1/3%`` -> one third; None when the part is not a share of the whole value."""
    found = PERCENT.fullmatch(part)
    if not found:
        return None
    return (Fraction(found[1]) + Fraction(found[2] or 0)) / 100


def specific_part(part: str) -> tuple[str, str] | None:
    """``17.6¢/kg`` -> ("0.176", "kg"); None when the unit is not in the vocabulary."""
    found = AMOUNT.fullmatch(part.replace("1,000", "1000"))
    if not found or bool(found[1]) == bool(found[3]):
        return None
    unit = re.sub(r"^m([23])\s*(?=of)", r"m\1 ", found[4].replace(",", "").strip())
    unit = UNIT_SPELLINGS.get(unit, unit)
    if unit not in UNITS:
        return None
    return plain(Fraction(found[2]) / (1 if found[1] else 100)), unit


def parse(printed: str) -> Rate:
    """A printed rate of duty as a Rate; what value and two quantities cannot give is ``other``."""
    text = tidy(printed)
    if re.match(r"Free\b", text):
        return Rate("free")
    shares: list[Fraction] = []
    amounts: list[tuple[str, str]] = []
    for part in text.split("+"):
        share, amount = ad_valorem_part(part.strip()), specific_part(part.strip())
        if share is None and amount is None:
            return Rate("other", text=text)
        shares += [share] if share is not None else []
        amounts += [amount] if amount is not None else []
    if len(shares) > 1 or len(amounts) > 2:
        return Rate("other", text=text)
    if not amounts:
        return Rate("ad_valorem", plain(shares[0]))
    first, second = (*amounts, ("", ""))[:2]
    return Rate("compound" if shares else "specific", plain(shares[0]) if shares else "", *first, *second, text)


def usmca(special: str, general: str) -> Rate | None:
    """The rate under the symbols S and S+; None when the line has none and is not free anyway."""
    named = re.findall(r"([^()]*)\(([^()]*)\)", tidy(special))
    claims = [text.strip() for text, symbols in named if {"S", "S+"} & {s.strip() for s in symbols.split(",")}]
    rates = [Rate("free") if text.startswith("Free") else parse(text) for text in claims]
    if parse(general).form == "free":
        return Rate("free")
    return min(rates, key=lambda rate: rate.form != "free", default=None)


def lines(history: pd.DataFrame) -> Iterator[tuple[str, str, str, str, str, str]]:
    """(product, published, edition, general, special, column 2) of every line, oldest first.

    Statistical rows of chapters 1 to 97 without a rate of their own are left out: their
    eight-digit line has it. Chapter 99 is left out: its headings are measures.
    """
    columns = ["code", "first_published", "first_revision", "general", "special", "column2"]
    printed: list[list[str]] = history[columns].to_numpy().tolist()
    for code, published, revision, *texts in sorted(printed):
        general, special, column2 = map(tidy, texts)
        inherits = code < "98" and not general and not special
        if code < "99" and not inherits:
            yield code[:8], published, f"hts-{revision.replace('_', '-')}", general, special, column2


def steps(dated: Iterable[tuple[str, str, str, Rate | None]]) -> list[dict[str, str]]:
    """Rows of a table: a line's first rate holds from always, a later one from its edition.

    A rate that is only printed in another way makes no step.
    """
    rows: list[dict[str, str]] = []
    last: dict[str, Rate] = {}
    for product, published, edition, rate in sorted(dated, key=lambda step: step[:2]):
        if rate is None or substance(last.get(product)) == substance(rate):
            continue
        start = published if product in last else ""
        rows.append({"product": product, "from": start, **rate._asdict(), "cite": edition})
        last[product] = rate
    return rows


def substance(rate: Rate | None) -> Rate | None:
    """The rate without its print, but for rates that are nothing but print."""
    return rate._replace(text="") if rate and rate.form != "other" else rate


TABLE_RATES: dict[str, Callable[[str, str, str], Rate | None]] = {
    "column-1-general": lambda general, special, column2: parse(general),
    "column-2": lambda general, special, column2: parse(column2),
    "special-usmca": lambda general, special, column2: usmca(special, general),
}
TITLES = {
    "column-1-general": "Column 1 general rates of duty by tariff line",
    "column-2": "Column 2 rates of duty by tariff line",
    "special-usmca": "Rates of duty by tariff line for goods entered under the USMCA (symbols S and S+)",
}
NOTES = {
    "column-1-general": "Goods in and over a quota are separate lines. ",
    "column-2": "For origins of general note 3(b). ",
    "special-usmca": "Lines that are free for everyone are free here too; a line without a row has no USMCA rate. "
    "Dairy and sugar lines that only refer to heading 9823 are of form other: the rate is that of the line of 9823. ",
}
COLUMN_TEXTS = {
    "product": "tariff line, 8 digits",
    "from": "first day, or empty: holds from always; a later step has the publication date of its edition",
    "form": "free, ad_valorem, specific, compound or other (not to be had from value and one or two quantities)",
    "ad_valorem": "fraction of customs value",
    "specific": "US dollars per unit",
    "unit": "unit of specific, see units",
    "specific2": "US dollars per unit2, a second specific part",
    "unit2": "unit of specific2",
    "text": "the printed rate of forms specific, compound and other",
    "cite": "act id of the edition of the schedule",
}


def table_meta(name: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    """What the table's meta file says: source, vintage, unit vocabulary, lines by form."""
    units = sorted({row[key] for row in rows for key in ("unit", "unit2")} - {""})
    forms = Counter({row["product"]: row["form"] for row in rows}.values())
    return {
        "title": TITLES[name],
        "source": "Harmonized Tariff Schedule of the United States, US International Trade Commission",
        "url": "https://hts.usitc.gov",
        "vintage": "44 editions, 2025 Basic (2025-01-01) to 2026 Revision 10 (2026-06-08)",
        "licence": PUBLIC_DOMAIN,
        "notes": NOTES[name] + "The first rate of a line stands in for earlier time. Dates of later steps are dates of "
        "publication, not of law. A line that left the schedule keeps its last rate. Statistical suffixes are "
        "folded into eight digits, at which the law sets rates.",
        "units": units,
        "last_forms": dict(sorted(forms.items())),
        "columns": COLUMN_TEXTS,
    }


def compile_tables(source: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Each table's name and rows, sorted by product and day."""
    printed = list(lines(pd.read_parquet(source / HISTORY)))
    for name, rate_of in TABLE_RATES.items():
        rates = [(product, day, edition, rate_of(*texts)) for product, day, edition, *texts in printed]
        yield name, steps(rates)


def main() -> None:
    """Write the three tables and their meta files, and print how many lines have which form."""
    for name, rows in compile_tables(source_folder(__doc__)):
        path = TABLES / f"{name}.csv"
        meta = table_meta(name, rows)
        write_csv(pd.DataFrame(rows, columns=COLUMNS), path)
        write_meta(path, len(rows), MADE_BY, meta)
        print(name, len(rows), "rows", meta["last_forms"])


if __name__ == "__main__":
    main()
