"""A table of trade that a person sends from a page: kept where it is in order, else every bad row told."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request

from tariffcalc.errors import Fault, FlowTableError, TariffcalcError
from tariffcalc.store import SavedTable, StoreUnavailableError
from tariffcalc.web.api import bodies
from tariffcalc.web.api.checks import country, importer
from tariffcalc.web.api.stored import owner
from tariffcalc.web.pages.words import sentence
from tariffcalc.web.problems import ProblemError
from tariffcalc.web.state import store

FILE = "table"
MOST_SHOWN = 200
"""So many faults are shown; the rest is counted."""


@dataclass(slots=True)
class Upload:
    """What was sent beside the file, and what became of it."""

    importer: str = "USA"
    origin: str = ""
    skip: bool = False
    saved: SavedTable | None = None
    faults: dict[str, str] = field(default_factory=dict)
    rows: tuple[Fault, ...] = ()
    """What is wrong with the rows that were refused, or left out where ``skip`` says so."""

    @property
    def shown(self) -> tuple[Fault, ...]:
        """The first of the faults."""
        return self.rows[:MOST_SHOWN]


def upload_of() -> Upload:
    """The entries of the form; nothing is read yet."""
    sent = request.form
    return Upload(sent.get("u-importer", "USA").strip(), sent.get("u-origin", "").strip(), "u-skip" in sent)


def take(upload: Upload) -> None:
    """Read, check and keep the table that the form carries; what is wrong is noted."""
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        upload.faults["table"] = "Choose a file first: CSV, TSV, Excel, Parquet or Arrow."
        return
    asked = {"on_bad_row": "skip" if upload.skip else "fail", **_named(upload)}
    if upload.faults:
        return
    try:
        given = bodies.form_table(FILE)
        flows = bodies.own_table(given.read(), given.suffix, given.name, asked)
        upload.rows = flows.bad_rows
        upload.saved = store().flows.save(flows, given.name, owner())
    except ProblemError as error:
        upload.faults["table"] = " ".join(sentence(one) for one in (error.detail, error.hint) if one)
    except StoreUnavailableError:
        raise
    except FlowTableError as error:
        upload.rows = error.faults
        upload.faults["table"] = _refused(error)
    except TariffcalcError as error:
        upload.faults["table"] = " ".join(sentence(one) for one in (error.message, error.hint) if one)


def _named(upload: Upload) -> dict[str, str]:
    """Whose trade it is where its rows do not say: the codes of the names that were entered."""
    found: dict[str, str] = {}
    for name, text, check in (("importer", upload.importer, importer), ("origin", upload.origin, country)):
        try:
            found |= {name: check(text)} if text else {}
        except TariffcalcError as error:
            upload.faults[name] = " ".join(sentence(one) for one in (error.message, error.hint) if one)
    return found


def _refused(error: FlowTableError) -> str:
    told = " ".join(sentence(one) for one in (error.message, error.hint) if one)
    return f"{told} Nothing was kept."
