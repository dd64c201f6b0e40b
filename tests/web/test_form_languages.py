"""The exporter's page in the languages of its readers."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tariffcalc.web.pages import locale, words
from tests.web.form_page import CHINESE, LOADER, METAL, beside, big, page

PAGES = Path(locale.__file__).parent
SAYING = sorted(path.stem for path in PAGES.glob("*.py") if "say(" in path.read_text(encoding="utf-8"))
TOLD = ("_answer", "_field", "_header", "_headline", "_matches", "base", "form", "problem")
"""The programs and templates that speak every language."""


def test_a_fault_is_told_in_the_language_of_the_reader(client: FlaskClient) -> None:
    text = page(client, 422, **{**LOADER, "origin": "Canda", "lang": "fr"})
    assert "Vouliez-vous dire Canada ?" in beside(text, "origin")


def test_reasons_in_french(client: FlaskClient) -> None:
    text = page(client, **{**METAL, "lang": "fr"})
    assert "50 % depuis le 4 juin 2025." in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert 'Cède la place à : <span lang="en">' in text
    assert "Droit de base" in text
    assert "1er janvier 1989" in text


@pytest.mark.parametrize(("accepted", "language"), [("fr-CA,fr;q=0.9", "fr"), ("es", "es"), ("de", "en"), ("", "en")])
def test_the_language_of_the_reader(client: FlaskClient, accepted: str, language: str) -> None:
    answer = client.get("/", query_string=CHINESE, headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_french(client: FlaskClient) -> None:
    """Numbers as the French write them, in and out; what law says is marked as English."""
    typed = {**CHINESE, "origin": "Chine", "value": "10 000,50", "lang": "fr"}
    text = page(client, **typed)
    assert "17\u202f000,86\u00a0$US" in big(text)
    assert 'value="10 000,50"' in text
    assert "value=10000.5&" in text
    assert '<h4 lang="en">Additional duty on goods of China' in text
    assert "20 avril 2025" in text
    assert "est pas un jour" in beside(page(client, 422, **{**typed, "date": "hier"}), "date")


def test_the_other_pages_speak_english(client: FlaskClient) -> None:
    text = client.get("/spreadsheets", headers={"Accept-Language": "fr"}).text
    assert '<html lang="en">' in text
    assert "What will I pay?" in text


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "10,000", "10000"),
        ("en", "$1,234.50", "1234.5"),
        ("en", "1.125", "1.1250"),
        ("en", "10,5", "10,5"),
        ("es", "10.000,5", "10000.5"),
        ("es", "1.1250", "1.1250"),
        ("fr", "10 000", "10000"),
        ("fr", "12,5", "12.5"),
        ("fr", "12.5", "12.5"),
        ("en", "-3", "-3"),
        ("en", "much", "much"),
        ("en", "1e999", "1e999"),
        ("en", "NaN", "NaN"),
    ],
)
def test_numbers_as_people_write_them(client: FlaskClient, language: str, text: str, number: str) -> None:
    with client.application.test_request_context(f"/?lang={language}"):
        assert locale.number_of(text) == number


def said_inside(path: Path) -> list[int]:
    """The lines of a program where a text is said inside of an f-string, which the extraction does not see."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = [node for joined in ast.walk(tree) if isinstance(joined, ast.JoinedStr) for node in ast.walk(joined)]
    calls = [node for node in inner if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [one.lineno for one in calls if isinstance(one.func, ast.Name) and one.func.id == "say"]


@pytest.mark.parametrize("name", SAYING)
def test_no_text_is_said_where_it_is_not_found(name: str) -> None:
    assert said_inside(PAGES / f"{name}.py") == []


def texts() -> set[object]:
    """What the page says, as it stands in its programs and templates."""
    keywords = {**DEFAULT_KEYWORDS, "say": None}
    found = set()
    for path in [*(PAGES / f"{name}.py" for name in SAYING), *(PAGES / "templates" / f"{name}.html" for name in TOLD)]:
        kind = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as file:
            found |= {text for _, text, _, _ in extract(kind, file, keywords=keywords)}
    return found


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_text_is_translated(language: str) -> None:
    """The catalogue holds what the page says now, and its compiled form is that of its source."""
    folder = PAGES / "translations" / language / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert [message.id for message in catalogue if message.id and not message.string] == []
    assert sorted(str(message.id) for message in catalogue if message.id) == sorted(map(str, texts()))
    made = io.BytesIO()
    write_mo(made, catalogue)
    assert made.getvalue() == (folder / "messages.mo").read_bytes()


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.25, "25%"), (0.0, "0%"), (0.125, "12.5%"), (0.0043, "0.43%"), (None, "not known"), (float("nan"), "not known")],
)
def test_rates_in_words(rate: float | None, text: str) -> None:
    assert words.percent(rate) == text
