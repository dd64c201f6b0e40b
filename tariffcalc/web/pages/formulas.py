"""The formulas by which spreadsheets and scripts ask a question, ready to be copied.

Addresses are percent-encoded, so that nothing in a question can end a text of a formula and begin another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from tariffcalc.engine.aggregate import KEYS

Pairs = Sequence[tuple[str, str]]

_WRITTEN = ("decimal", "sep", "bom", "limit", "offset")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula for one program: where it goes, what it is, what to mind."""

    program: str
    place: str
    text: str
    note: str = ""


def address(root: str, path: str, asked: Pairs) -> str:
    """An address with a question; commas and colons stay as they are, to be read."""
    return f"{root}{path}?{urlencode(asked, safe=',:')}"


def for_table(root: str, asked: Pairs) -> list[Formula]:
    """How to bring an estimate into a sheet."""
    written = dict(asked)
    comma = written.get("decimal") == ","
    sep = written.get("sep") or (";" if comma else ",")
    csv = address(root, "/v1/estimates.csv", asked)
    whole = [pair for pair in asked if pair[0] not in _WRITTEN]
    return [
        Formula(
            "Google Sheets",
            "In the cell where the table shall begin",
            f'=IMPORTDATA("{csv}"; "{sep}"; "de_DE")' if comma else f'=IMPORTDATA("{csv}")',
            "The address must be one that Google can reach. Long tables: add limit and offset.",
        ),
        Formula(
            "Excel, Power Query",
            "Data, Get Data, From Other Sources, Blank Query, Advanced Editor",
            power_query(root, asked, sep, "de-DE" if comma else "en-US"),
            "Codes stay text. Refresh asks again.",
        ),
        Formula(
            "Excel 365, one formula",
            "In the cell where the table shall begin; Windows only",
            f'=TEXTSPLIT(WEBSERVICE("{address(root, "/v1/estimates.csv", [*whole, ("sep", "|")])}"), "|", '
            "CHAR(13)&CHAR(10))",
            "For results of up to 32,767 signs: a cell takes no more. Every cell is text.",
        ),
        Formula(
            "LibreOffice Calc",
            "File, Open, as the name of the file; or Sheet, External Links, for a table that can be refreshed",
            csv,
            "In the window that opens, set the columns of codes to Text, or leading zeros are lost.",
        ),
        Formula("Workbook", "Any browser", address(root, "/v1/estimates.xlsx", whole), "With a summary that adds up."),
        Formula("Command line", "A shell", f"curl -o result.csv '{csv}'"),
        Formula(
            "Python",
            "pandas",
            f'pd.read_parquet("{address(root, "/v1/estimates.parquet", whole)}")',
            "Unrounded; what it rests on is in frame.attrs.",
        ),
    ]


def for_cell(root: str, asked: Pairs) -> list[Formula]:
    """How to bring one value into a cell; ``asked`` may say which ``field``."""
    comma = dict(asked).get("decimal") == ","
    plain = [pair for pair in asked if pair[0] != "decimal"]
    text = address(root, "/v1/rates.txt", plain)
    between = "; " if comma else ", "
    number = f'=NUMBERVALUE(WEBSERVICE("{text}"){between}".")'
    return [
        Formula(
            "Excel",
            "In a cell; Windows only",
            number,
            "#VALUE! where the value is not known: without NUMBERVALUE the cell says why.",
        ),
        Formula("LibreOffice Calc", "In a cell; allow the link to be updated when it asks", number),
        Formula(
            "Google Sheets",
            "In a cell",
            f'=VALUE(IMPORTDATA("{text}"{between}","{between}"en_US"))',
            "Without VALUE the cell says why a value is not known.",
        ),
        Formula("Command line", "A shell", f"curl '{text}'"),
    ]


def power_query(root: str, asked: Pairs, sep: str, culture: str) -> str:
    """A query in M: text columns stay text, all others become numbers, written as in ``culture``."""
    texts = ", ".join(f'"{name}"' for name in KEYS)
    delimiter = "#(tab)" if sep in {"\t", "tab"} else _m_text(sep)
    return f"""let
    Source = Csv.Document(
        Web.Contents("{root}", [RelativePath = "v1/estimates.csv", Query = [{_m_record(asked)}]]),
        [Delimiter = "{delimiter}", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]
    ),
    Named = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    Numbers = List.Difference(Table.ColumnNames(Named), {{{texts}}}),
    Typed = Table.TransformColumnTypes(Named, List.Transform(Numbers, each {{_, type number}}), "{culture}")
in
    Typed"""


def _m_record(asked: Iterable[tuple[str, str]]) -> str:
    """A question as a record of M; a parameter given several times has a list."""
    found: dict[str, list[str]] = {}
    for name, value in asked:
        found.setdefault(name, []).append(f'"{_m_text(value)}"')
    return ", ".join(
        f'#"{_m_text(name)}" = {texts[0] if len(texts) == 1 else "{" + ", ".join(texts) + "}"}'
        for name, texts in found.items()
    )


def _m_text(text: str) -> str:
    """What stands between the quotes of a text in M: quotes are doubled, and ``#(`` begins no escape."""
    return text.replace("#(", "#(#)(").replace('"', '""')
