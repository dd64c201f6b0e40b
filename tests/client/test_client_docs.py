"""``docs/python-client.md`` does what it says: its programs run against the application and print what is shown.

``python -m tests.client.test_client_docs`` writes what they print now into the document.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from flask import Flask

from tariffcalc import client
from tariffcalc.client import transport
from tariffcalc.settings import Settings
from tariffcalc.web import create_app
from tests.documents import ROOT, Session, blocks, departures

PAGE = ROOT / "docs" / "python-client.md"


def shown(app: Flask, work: Path) -> str:
    """The document as it should read: every connection leads into the application."""
    make = httpx.Client

    def connected(**given: Any) -> httpx.Client:
        return make(**{**given, "transport": httpx.WSGITransport(app=app)})

    with mock.patch.object(transport.httpx, "Client", connected):
        return Session(work).shown(PAGE.read_text(encoding="utf-8"))


def test_programs_print_what_is_shown(service: Flask, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len([block for block in blocks(text) if block.language == "python"]) > 5
    assert departures(shown(service, tmp_path), text) == []


def test_every_public_name_is_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [name for name in vars(client.Client) if not name.startswith("_")] + ["ServiceError", "Saved", "Run"]
    assert [name for name in names if f"{name}(" not in text and f"`{name}`" not in text] == []


def rewrite() -> None:
    """Write what the programs print now into the document."""
    with tempfile.TemporaryDirectory() as home:
        app = create_app(settings=Settings(home=Path(home), logs="off"))
        PAGE.write_text(shown(app, Path(home)), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
