"""LibreOffice without a window, with a profile of its own: what a person's spreadsheet makes of our bytes."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("soffice")
CSV_ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Cells" script:language="StarBasic">
Sub Reckon(source, target)
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = &quot;Hidden&quot;
  how(0).Value = True
  doc = StarDesktop.loadComponentFromURL(&quot;private:factory/scalc&quot;, &quot;_blank&quot;, 0, how())
  sheet = doc.Sheets.getByIndex(0)
  row = 0
  Open source For Input As #1
  Do While Not EOF(1)
    Line Input #1, formula
    sheet.getCellByPosition(0, row).setFormula(formula)
    row = row + 1
  Loop
  Close #1
  doc.calculateAll()
  Dim out(1) As New com.sun.star.beans.PropertyValue
  out(0).Name = &quot;FilterName&quot;
  out(0).Value = &quot;Text - txt - csv (StarCalc)&quot;
  out(1).Name = &quot;FilterOptions&quot;
  out(1).Value = &quot;44,34,76,1&quot;
  doc.storeToURL(target, out())
  doc.close(True)
End Sub
</script:module>
"""
"""A macro that types formulas into a new sheet, as a person does, and saves what the cells then show."""

_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false">
 <library:element library:name="Cells"/>
</library:library>
"""

_CHOICES = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Always reckon a workbook anew when it is opened: by default the stored values are shown."""


def office_or_skip() -> None:
    """Skip where LibreOffice is not installed; fail where nothing may be skipped."""
    if PROGRAM is None:
        if os.environ.get("TARIFFCALC_NO_SKIP") == "1":
            pytest.fail("LibreOffice (soffice) is not installed, and TARIFFCALC_NO_SKIP=1 lets nothing be skipped")
        pytest.skip("LibreOffice (soffice) is not installed")


class Office:
    """LibreOffice with a profile in ``folder``."""

    def __init__(self, folder: Path) -> None:
        """Let the program lay out the profile at its first start, then add our choices and our macro."""
        self.folder = folder
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_CHOICES)
        self.run("--terminate_after_init")
        (user / "basic" / "Standard" / "script.xlb").write_text(_LIBRARY)
        (user / "basic" / "Standard" / "Cells.xba").write_text(_MODULE)

    def sheets(self, workbook: Path) -> dict[str, list[list[str]]]:
        """Open a workbook, reckon it, and return the cells of each sheet."""
        out = self.folder / f"{workbook.stem}-sheets"
        self.run("--convert-to", CSV_ALL_SHEETS, "--outdir", str(out), str(workbook))
        return {path.stem.removeprefix(f"{workbook.stem}-"): cells(path) for path in out.glob("*.csv")}

    def opened(self, address: str, sep: str = ",", columns: str = "", language: str = "") -> list[list[str]]:
        """Open an address as a person does with File, Open, save it as a workbook, and return its cells.

        The choices are those of the window that opens: UTF-8, the separator, columns that are text (``1/2`` is the
        first one), the language (by its number) in which numbers are written.
        """
        out = self.folder / "opened"
        chosen = f"--infilter=Text - txt - csv (StarCalc):{ord(sep)},34,76,1,{columns},{language}"
        self.run(chosen, "--convert-to", "xlsx", "--outdir", str(out), address)
        (saved,) = out.iterdir()
        return next(iter(self.sheets(saved).values()))

    def typed(self, *formulas: str) -> list[str]:
        """Type formulas into the cells of a column, and return what the cells show."""
        source, target = self.folder / "formulas.txt", self.folder / "shown.csv"
        source.write_text("\n".join(formulas))
        self.run(f'macro:///Standard.Cells.Reckon("{source}","{target.as_uri()}")')
        return [row[0] for row in cells(target)]

    def run(self, *arguments: str) -> None:
        """Run the program until it ends."""
        assert PROGRAM is not None
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        made = subprocess.run(
            [PROGRAM, profile, "--headless", *arguments], capture_output=True, text=True, timeout=120, check=False
        )
        assert made.returncode == 0, made.stderr


def cells(path: Path) -> list[list[str]]:
    """The cells of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
