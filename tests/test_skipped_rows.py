"""What a command says of rows that it leaves out."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

import tariffcalc as tc
from tariffcalc.cli import cli

TABLE = """origin,product,period,customs_value,colour
CAN,8429511050,2025-06,100,red
Atlantis,84zz,2025-13,much,blue
MEX,8429511050
"""


def test_rows_that_are_skipped_are_told_beside_the_result(tmp_path: Path) -> None:
    """Each fault, and how many rows; standard output has the result alone."""
    file = tmp_path / "own.csv"
    file.write_text(TABLE)
    asked = ["estimate", str(file), "--importer", "USA", "--on-bad-row", "skip", "--by", "origin", "--format", "csv"]
    answer = CliRunner().invoke(cli, asked)
    skipped = [line for line in answer.stderr.splitlines() if line.startswith("skipped: ")]
    assert [line.split(",")[0] for line in skipped] == ["skipped: row 3"] * 4 + ["skipped: row 4"]
    assert "note: rows left out: 2; faults in them: 5" in answer.stderr.splitlines()
    assert "column colour is not known" in answer.stderr
    assert [line.split(",")[0] for line in answer.stdout.splitlines()] == ["origin", "CAN"]


def test_nothing_is_said_of_a_table_that_is_in_order(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("origin,product,period,customs_value\nCAN,8429511050,2025-06,100\n")
    answer = CliRunner().invoke(cli, ["estimate", str(file), "--importer", "USA", "--by", "origin"])
    assert (answer.exit_code, answer.stderr) == (0, "")


def test_the_result_itself_says_it_too(tmp_path: Path) -> None:
    """So that whoever asks over HTTP, or opens a workbook later, knows of it."""
    file = tmp_path / "own.csv"
    file.write_text(TABLE)
    flows = tc.read_flows(file, importer="USA", on_bad_row="skip")
    for result in (tc.estimate(flows), tc.estimate(flows, baseline="no-pause", model="smart")):
        assert "rows left out: 2; faults in them: 5" in result.warnings
        assert any("column colour is not known" in said for said in result.provenance["warnings"])
