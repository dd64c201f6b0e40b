"""The exporter's page as tests ask for it and read it."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient

LOADER = {"product": "8429.51.10.50", "origin": "Mexico", "date": "2025-06-10", "value": "10,000"}
CHINESE = {"product": "8429511050", "origin": "CHN", "date": "2025-04-20", "value": "10000"}
METAL = {"product": "8429511050", "origin": "MEX", "date": "2025-09-15", "value": "10000"}
OIL = {"product": "2709002010", "origin": "Canada", "date": "2025-03-05"}


def page(client: FlaskClient, status: int = 200, /, **typed: str) -> str:
    answer = client.get("/", query_string=typed)
    assert answer.status_code == status
    assert answer.content_type == "text/html; charset=utf-8"
    return unescape(re.sub(r"[ \n]+", " ", answer.text))


def beside(text: str, field: str) -> str:
    """What is said beside an entry."""
    found = re.search(rf'id="{field}-said">([^<]*)<', text)
    return found[1] if found else ""


def section(text: str, name: str) -> str:
    """The part of the page below a heading."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}-title">(.*?)</section>', text)
    assert found, name
    return found[1]


def big(text: str) -> str:
    """The duty in large."""
    found = re.search(r'<p class="big[^"]*">(.*?)</p>', text)
    return re.sub(r"<[^>]*>", " ", found[1]).strip() if found else ""
