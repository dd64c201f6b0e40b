"""The error tree: what it says, and that its drawing is true."""

import json
import re
from pathlib import Path

import pytest

from tariffcalc import errors
from tariffcalc.cli import main
from tariffcalc.errors import Fault, FlowTableError, LawFileError, TariffcalcError, UnknownNameError, describe, nearest

CLASSES = [thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, TariffcalcError)]


def test_the_drawing_shows_every_error_at_its_depth() -> None:
    """The tree in the module's docstring is the tree of the classes."""
    lines = re.findall(r"^    ([│├└─ ]*)(\w+Error)\b", str(errors.__doc__), re.MULTILINE)
    drawn = {name: len(lead) // 4 for lead, name in lines}
    assert drawn == {kind.__name__: kind.__mro__.index(TariffcalcError) for kind in CLASSES}


def test_codes_are_distinct() -> None:
    """A machine can tell every kind of error from every other."""
    codes = [kind.default_code for kind in CLASSES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault("c", "Wrong."), "Wrong."),
        (
            Fault("c", "Wrong.", "mend it", file="usa/x.toml", key="rate[2].cite"),
            "usa/x.toml, rate[2].cite: Wrong. (mend it)",
        ),
        (Fault("c", "Wrong.", row=1234, column="origin", value="x"), "row 1,234, column origin, value 'x': Wrong."),
    ],
)
def test_a_fault_is_one_line_with_its_place(fault: Fault, line: str) -> None:
    """Place first, then what is wrong, then what to do."""
    assert str(fault) == line


def test_a_description_has_every_fault_and_the_hint() -> None:
    """A terminal shows the whole error."""
    error = LawFileError("two faults", hint="mend them", faults=[Fault("a", "One."), Fault("b", "Two.")])
    assert describe(error).splitlines() == ["two faults", "  One.", "  Two.", "hint: mend them"]
    counted = LawFileError.of([Fault("a", "One.", file="x"), Fault("b", "Two.", file="x")])
    assert counted.message == "2 faults in 1 law file"


def test_a_table_with_one_kind_of_fault_has_its_code() -> None:
    """Callers can branch on the error's code where it is clear, and on the faults' codes always."""
    assert FlowTableError.of("t", [Fault("bad-period", "x"), Fault("bad-period", "y")]).code == "bad-period"
    assert FlowTableError.of("t", [Fault("bad-period", "x"), Fault("empty-table", "y")]).code == "flow-table"


def test_an_unknown_name_is_answered_with_the_nearest_or_with_all() -> None:
    """A slip gets the right name; a short list is told in full."""
    assert UnknownNameError.of("scenario", "No-Paus", ["no-pause", "statutory"]).hint == "did you mean no-pause?"
    assert UnknownNameError.of("scenario", "xyz", ["no-pause", "statutory"]).hint == "known: no-pause, statutory"
    assert UnknownNameError.of("scenario", "xyz", []).hint is None
    assert nearest("IEEPA-CANADA", ["ieepa-canada", "s232-steel"]) == ["ieepa-canada"]


@pytest.mark.parametrize("asked", [["--format", "json"], ["--format=json"], []])
def test_a_command_that_is_asked_for_json_tells_its_error_so(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, with the status that an error has in words."""
    table = tmp_path / "faulty.csv"
    table.write_text("importer,origin,product,period,customs_value\nUSA,Canadia,7208390030,2025-05,1\n")
    with pytest.raises(SystemExit) as ended:
        main(["estimate", str(table), *asked])
    out, told = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    if not asked:
        assert told.startswith("tariffcalc: ")
        return
    found = json.loads(told)
    assert list(found) == ["code", "message", "hint", "errors"]
    (fault,) = found["errors"]
    assert (found["code"], fault["row"], fault["column"]) == ("unknown-country", 2, "origin")
