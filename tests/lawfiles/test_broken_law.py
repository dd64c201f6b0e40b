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
        ("tables__general_csv", "product\n", ["general.csv", "header"]),
        ("tables__general_csv", TABLE + "7208,,tariff,,,,,,,act-1\n", ["general.csv", "'tariff'", "form of duty"]),
        ("tables__general_csv", TABLE + "7208,,ad_valorem,25 %,,,,,,act-1\n", ["general.csv", "25 %"]),
        ("tables__general_csv", TABLE + "7208,,ad_valorem,25,,,,,,act-1\n", ["general.csv", "25", "0 to 10"]),
        ("acts_toml", "[act-1]\ntitle = 'x'\n", ["acts.toml", "act-1.announced", "missing"]),
        ("groups_toml", "[usmca]\n[[usmca.member]]\ncode = 'CA'\ncite = 'act-1'\n", ["groups.toml", "'CA'", "alpha-3"]),
        ("facts_toml", "[fact.usmca]\ntitel = 'x'\n", ["facts.toml", "fact.usmca.titel", "not known"]),
        ("schedule_toml", "importer = \n", ["schedule.toml", "not valid TOML"]),
        ("schedule_toml", "title = 'x'\n", ["schedule.toml", "importer", "missing"]),
    ],
)
def test_mistakes_in_lists_tables_and_registers_are_told(file: str, text: str, words: list[str], rates: Make) -> None:
    """Lists and tables are read when first asked for; ``check`` asks for all of them."""
    faults = [str(fault) for fault in check_rates(rates(**{file: text}))[0]]
    assert any(all(word in fault for word in words) for fault in faults), faults


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
