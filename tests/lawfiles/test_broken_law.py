"""One small broken file for each mistake: the fault names the file, the key, what is wrong and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tariffcalc.check import check_rates
from tariffcalc.errors import LawFileError, UnknownNameError
from tariffcalc.lawfiles.folder import importers, read_schedule

GOOD = Path(__file__).parent / "good"
BROKEN = sorted((Path(__file__).parents[1] / "broken" / "law").glob("*.toml"))
ORIGINS = ("CAN", "MEX", "CHN")
SAYS = "# says: "

Make = Callable[..., Path]


@pytest.fixture
def rates(tmp_path: Path) -> Make:
    """A law folder without a fault, and some files that have one."""

    def make(*files: Path, **texts: str) -> Path:
        root = tmp_path / "rates"
        shutil.copytree(GOOD, root)
        for path in files:
            shutil.copy(path, root / "usa" / "measures" / path.name)
        for name, text in texts.items():
            (root / "usa" / name.replace("__", "/").replace("_csv", ".csv").replace("_toml", ".toml")).write_text(text)
        return root

    return make


def faults_of(root: Path) -> list[str]:
    with pytest.raises(LawFileError) as caught:
        read_schedule(root, "USA", ORIGINS)
    return [str(fault) for fault in caught.value.faults]


def wanted(path: Path) -> list[str]:
    """The words that the message must hold: the comments at the head of the file."""
    return [line.removeprefix(SAYS) for line in path.read_text().splitlines() if line.startswith(SAYS)]


def test_the_good_law_has_no_fault(rates: Make) -> None:
    """So that each broken file is the only thing wrong."""
    law = read_schedule(rates(), "USA", ORIGINS)
    assert set(law.measures) == {"base", "good"}
    assert set(law.lists) == {"steel"}
    assert law.facts["usmca"].origins == ("CAN", "MEX")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_each_mistake_is_told_in_words(path: Path, rates: Make) -> None:
    faults = faults_of(rates(path))
    words = wanted(path)
    assert words
    assert any(all(word in fault for word in words) for fault in faults), faults


@pytest.mark.parametrize("path", [path for path in BROKEN if path.stem != "circle"], ids=lambda path: path.stem)
def test_each_mistake_is_told_at_its_file(path: Path, rates: Make) -> None:
    """And nothing else in the folder is blamed."""
    places = {path.name, "good.toml"} if path.stem == "duplicate-id" else {path.name}
    blamed = {
        fault.split(",")[0].split(": ")[0].removeprefix("rates/usa/measures/") for fault in faults_of(rates(path))
    }
    assert blamed == places


def test_all_faults_of_all_files_come_at_once(rates: Make) -> None:
    some = [path for path in BROKEN if path.stem in {"unknown-key", "bad-toml", "undefined-cite", "no-example"}]
    faults = faults_of(rates(*some))
    assert {fault.split(",")[0].split(": ")[0] for fault in faults} == {f"rates/usa/measures/{p.name}" for p in some}


def test_every_broken_file_together(rates: Make) -> None:
    """One fault hides no other: with all mistakes in one folder each is told (a circle is looked for last)."""
    found = "\n".join(faults_of(rates(*BROKEN)))
    assert [path.stem for path in BROKEN if path.stem != "circle" and path.name not in found] == []


LIST = "code,from,is,cite\n"
ORIGIN = "origin,product,from,form,ad_valorem,cite\n"
HEAD = "importer = 'USA'\n"
MEMBER = "[usmca]\n[[usmca.member]]\ncode = 'CAN'\ncite = 'act-1'\n"
FACT = "[fact.usmca]\ntitle = 'USMCA claimed'\n"
TABLE = "product,from,form,ad_valorem,specific,unit,specific2,unit2,text,cite\n"


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("lists__steel_csv", "code,start,is,cite\n", ["steel.csv", "header", "code,from,is,cite"]),
        ("lists__steel_csv", LIST + "72O8,,in,act-1\n", ["steel.csv", "row 2", "72O8", "2 to 10 digits"]),
        ("lists__steel_csv", LIST + "7208,,yes,act-1\n", ["row 2", "'yes'", "'in' nor 'out'"]),
        ("lists__steel_csv", LIST + "7208,,in,act-9\n", ["steel.csv", "act-9", "not defined"]),
        ("lists__steel_csv", LIST + "7208,4.3.2025,in,act-1\n", ["4.3.2025", "not a day"]),
        ("lists__steel_csv", LIST + "7208,,in,act-1\n7208,,out,act-1\n", ["7208", "two steps", "same day"]),
        ("lists__steel_csv", LIST + "7208,in,act-1\n", ["steel.csv", "row 2"]),
        ("lists__steel_csv", LIST + "7208,,in,act-1\n\n7318,in,act-1\n", ["row 4", "3 cells", "has 4"]),
        ("lists__steel_csv", LIST + '7208,,in,"act-1\n7318,,in,act-1\n', ["steel.csv", "row 2", "not defined"]),
        ("lists__steel_csv", "", ["steel.csv", "row 1", "no header"]),
        ("tables__general_csv", "product\n", ["general.csv", "header"]),
        ("tables__general_csv", TABLE + "7208,,tariff,,,,,,,act-1\n", ["general.csv", "'tariff'", "form of duty"]),
        ("tables__general_csv", TABLE + "7208,,ad_valorem,25 %,,,,,,act-1\n", ["general.csv", "25 %"]),
        ("tables__general_csv", TABLE + "7208,,ad_valorem,25,,,,,,act-1\n", ["general.csv", "25", "0 to 10"]),
        (
            "tables__general_csv",
            TABLE + "7208,,ad_valorem,,,,,,,act-1\n",
            ["row 2", "column ad_valorem", "not a number"],
        ),
        ("tables__general_csv", TABLE + "7208,,top_up_to,-0.1,,,,,,act-1\n", ["row 2", "-0.1", "0 to 10"]),
        ("tables__general_csv", TABLE + "7208,,top_up_to,nan,,,,,,act-1\n", ["row 2", "nan", "not a number"]),
        ("tables__general_csv", TABLE + "7208,,compound,25,1,kg,,,,act-1\n", ["row 2", "column ad_valorem", "0 to 10"]),
        ("tables__general_csv", TABLE + "7208,,specific,,1$,kg,,,,act-1\n", ["row 2", "column specific", "1$"]),
        ("tables__general_csv", TABLE + "7208,,specific,,1,kg,-2,l,,act-1\n", ["row 2", "column specific2", "-2"]),
        ("tables__general_csv", TABLE + "7208,,specific,,1,,,,,act-1\n", ["row 2", "column unit", "no unit"]),
        ("tables__general_csv", TABLE + "72O8,,free,,,,,,,act-1\n", ["row 2", "column product", "72O8"]),
        ("tables__general_csv", TABLE + "7208,,free,act-1\n", ["row 2", "4 cells", "has 10"]),
        ("tables__general_csv", ORIGIN + "CNA,,,ad_valorem,0.1,act-1\n", ["row 2", "column origin", "CNA"]),
        ("tables__general_csv", ORIGIN + "CAN,72O8,,ad_valorem,0.1,act-1\n", ["row 2", "column product", "72O8"]),
        ("tables__general_csv", ORIGIN + "CAN,,,ad_valorem,15%,act-1\n", ["row 2", "column ad_valorem", "15%"]),
        ("acts_toml", "[act-1]\ntitle = 'x'\n", ["acts.toml", "act-1.announced", "missing"]),
        ("groups_toml", "[usmca]\n[[usmca.member]]\ncode = 'CA'\ncite = 'act-1'\n", ["groups.toml", "'CA'", "alpha-3"]),
        ("groups_toml", "[usmca]\ntitle = 'x'\n", ["groups.toml", "usmca.member", "missing"]),
        ("groups_toml", "usmca = ['CAN']\n", ["groups.toml", "usmca", "a table is wanted"]),
        ("groups_toml", MEMBER + "since = 2020-07-01\n", ["groups.toml", "usmca.member[0].since", "not known"]),
        ("groups_toml", MEMBER + "from = 'July 2020'\n", ["usmca.member[0].from", "July 2020", "not a day"]),
        ("groups_toml", MEMBER + "out = 'maybe'\n", ["usmca.member[0].out", "boolean"]),
        ("facts_toml", "[facts.usmca]\ntitle = 'x'\n", ["facts.toml", "facts", "not known"]),
        ("facts_toml", "fact = 3\n", ["facts.toml", "fact", "mapping"]),
        ("facts_toml", FACT + "origins = { group = 'usmac' }\n", ["fact.usmca.origins", "usmac", "did you mean usmca"]),
        ("facts_toml", FACT + "origins = ['CNA']\n", ["fact.usmca.origins", "CNA", "alpha-3"]),
        ("facts_toml", "[fact.usmca]\ntitel = 'x'\n", ["facts.toml", "fact.usmca.titel", "not known"]),
        ("schedule_toml", "importer = \n", ["schedule.toml", "not valid TOML"]),
        ("schedule_toml", "title = 'x'\n", ["schedule.toml", "importer", "missing"]),
        ("schedule_toml", "", ["schedule.toml", "importer", "missing"]),
        ("schedule_toml", "importer = 'USB'\n", ["schedule.toml", "importer", "USB", "folder of USA"]),
        ("schedule_toml", HEAD + "law_known_untill = 2026-01-01\n", ["law_known_untill", "not known"]),
        ("schedule_toml", HEAD + "law_known_until = 'soon'\n", ["law_known_until", "soon", "not a day"]),
        ("schedule_toml", HEAD + "complete_for = 'CAN'\n", ["complete_for", "list of names"]),
        ("schedule_toml", HEAD + "complete_for = ['CNA']\n", ["complete_for", "CNA", "alpha-3"]),
        ("schedule_toml", HEAD + "currency = 'dollars'\n", ["currency", "dollars"]),
        ("measures__empty_toml", "", ["measures/empty.toml", "id", "missing"]),
    ],
)
def test_mistakes_in_lists_tables_and_registers_are_told(file: str, text: str, words: list[str], rates: Make) -> None:
    """Lists and tables are read when first asked for; ``check`` asks for all of them."""
    faults = [str(fault) for fault in check_rates(rates(**{file: text}))[0]]
    assert any(all(word in fault for word in words) for fault in faults), faults


def test_every_row_of_a_table_is_told(rates: Make) -> None:
    """Rows that say the same wrong thing are told one by one, and a good one between them does not count."""
    bad = "{},,ad_valorem,25 %,,,,,,act-1\n"
    text = TABLE + bad.format("7208") + "7318,,free,,,,,,,act-1\n" + bad.format("6109") + "2204,,free,act-1\n"
    found = check_rates(rates(tables__general_csv=text))[0]
    assert [(fault.row, fault.column, fault.code) for fault in found] == [
        (2, "ad_valorem", "bad-rate"),
        (4, "ad_valorem", "bad-rate"),
        (5, None, "wrong-cell-count"),
    ]


@pytest.mark.parametrize("name", ["lists/steel.csv", "tables/general.csv", "schedule.toml", "measures/good.toml"])
def test_a_file_that_is_not_utf8_is_told(name: str, rates: Make) -> None:
    root = rates()
    path = root / "usa" / name
    path.write_bytes("# Zölle\n".encode("latin-1") + path.read_bytes())
    found = [str(fault) for fault in check_rates(root)[0]]
    assert [name in fault and "byte 3" in fault for fault in found] == [True]


def test_an_act_that_nothing_cites_is_told(rates: Make) -> None:
    """One cited by a measure, a group, a list or a table is none; and unreadable lists are told first."""
    root = rates()
    assert check_rates(root)[0] == []
    acts = root / "usa" / "acts.toml"
    text = acts.read_text()
    for name in ("act-8", "act-9"):
        text += f"\n[{name}]\ntitle = 'x'\nurl = 'https://example.org'\nannounced = 2025-02-01\n"
    acts.write_text(text)
    table = root / "usa" / "tables" / "general.csv"
    table.write_text(table.read_text() + "8703,,free,,,,,,,act-8\n")
    found = check_rates(root)[0]
    assert [(fault.code, fault.file, fault.key) for fault in found] == [("unused-cite", "rates/usa/acts.toml", "act-9")]


def test_a_broken_list_is_not_passed_over_in_use(rates: Make) -> None:
    """Whoever did not check meets the fault when the list is first asked for."""
    law = read_schedule(rates(lists__steel_csv=LIST + "7208,,yes,act-1\n"), "USA", ORIGINS)
    with pytest.raises(LawFileError):
        law.measures["good"].scope.covers("7208390015", "CAN", date(2025, 3, 5))


def test_an_importer_without_law_is_refused_with_those_that_have_one(rates: Make) -> None:
    root = rates()
    assert importers(root) == ("USA",)
    with pytest.raises(UnknownNameError) as caught:
        read_schedule(root, "UZA")
    assert "USA" in str(caught.value.hint)


def test_the_digest_names_the_law_and_only_the_law(rates: Make) -> None:
    """A changed rate has another digest; a file that nothing refers to has none."""
    root = rates()
    before = read_schedule(root, "USA", ORIGINS).digest
    (root / "usa" / "lists" / "unused.csv").write_text(LIST + "01,,in,act-1\n")
    assert read_schedule(root, "USA", ORIGINS).digest == before
    path = root / "usa" / "measures" / "good.toml"
    path.write_text(path.read_text().replace("25%", "26%"))
    assert read_schedule(root, "USA", ORIGINS).digest != before
