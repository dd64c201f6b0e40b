"""A form of a page as a browser without JavaScript would send it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PLACE = "/scenarios/new"


class _Entries(HTMLParser):
    """The successful controls of the page's forms, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select: list[Any] | None = None
        self._area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") != "file" and "name" in given:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._add(given["name"], given.get("value", "on"))
        elif tag == "select":
            self._select = [given["name"], None]
        elif tag == "option" and self._select and ("selected" in given or self._select[1] is None):
            self._select[1] = given.get("value", "")
        elif tag == "textarea":
            self._area = [str(given["name"]), ""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self._add(*self._select)
            self._select = None
        elif tag == "textarea" and self._area:
            self._add(self._area[0], self._area[1].removeprefix("\n"))
            self._area = None

    def _add(self, name: Any, text: Any) -> None:
        self.found.setdefault(name, []).append(text)


def entries(page: TestResponse) -> dict[str, list[str]]:
    """What the form of a page would send, without its buttons."""
    reader = _Entries()
    reader.feed(page.text)
    return reader.found


def text_of(page: TestResponse) -> str:
    """The scenario as the page shows it."""
    return entries(page)["text"][0]


def said(page: TestResponse, kind: str) -> list[str]:
    """The texts of the page's elements of a class."""
    return re.findall(rf'class="{kind}"[^>]*>(?:<p>)?([^<]*)', page.text)


def press(client: FlaskClient, page: TestResponse, button: str, **typed: Any) -> TestResponse:
    """What comes when entries are typed (``c_rate`` for ``c-rate``) and a button is pressed."""
    named = {re.sub("^([cu])_", r"\1-", name.rstrip("_")): text for name, text in typed.items()}
    return client.post(PLACE, data={**entries(page), **named, "do": button}, content_type="multipart/form-data")
