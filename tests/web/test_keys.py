"""Keys: reading is open, asking with a body and saving are not, where the service asks for keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from problem_words import problem_of

from tariffcalc.cli import cli
from tariffcalc.errors import BadRequestError
from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tariffcalc.web import create_app
from tariffcalc.web.keys import needed

RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"
TABLE = b"origin,product,period,customs_value\nCAN,7208390015,2025-05,1000\n"
SCENARIO = {"name": "mine", "change": [{"set": "s232-steel", "rate": "25%", "from": "2025-06-04"}]}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TARIFFCALC_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def made(home: Path) -> Callable[[str], FlaskClient]:
    return lambda mode: create_app(settings=Settings(home=home, api_keys=mode, logs="off")).test_client()


def key(*words: str) -> str:
    """The key that the command line makes."""
    done = CliRunner().invoke(cli, ["keys", "create", *words])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_without_the_setting_nothing_needs_a_key(made: Callable[[str], FlaskClient]) -> None:
    client = made("off")
    assert client.post("/v1/scenarios", json=SCENARIO).status_code == 201
    assert client.get(RATE, headers=bearer("of another service")).status_code == 200


def test_reading_is_open_and_saving_is_not(made: Callable[[str], FlaskClient]) -> None:
    client = made("on")
    assert client.get(RATE).status_code == 200
    assert client.get("/v1/scenarios").status_code == 200
    for answer in (
        client.post("/v1/scenarios", json=SCENARIO),
        client.post("/v1/flows", data=TABLE, content_type="text/csv"),
        client.post("/v1/estimates", data=TABLE, content_type="text/csv"),
        client.delete("/v1/runs/abcdefghijklmnop"),
    ):
        assert problem_of(answer, 401)["code"] == "key-missing"
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tariffcalc"'


def test_a_key_opens_what_its_scope_says(made: Callable[[str], FlaskClient]) -> None:
    client, reads, writes = made("on"), key("reader"), key("writer", "--scope", "write")
    question = {"data": TABLE, "content_type": "text/csv"}
    for text in (reads, writes):
        assert client.post("/v1/estimates", headers=bearer(text), **question).status_code == 200  # type: ignore[arg-type]
    answer = client.post("/v1/scenarios", json=SCENARIO, headers=bearer(reads))
    assert problem_of(answer, 403)["code"] == "key-scope"
    assert 'error="insufficient_scope", scope="write"' in answer.headers["WWW-Authenticate"]
    assert client.post("/v1/scenarios", json=SCENARIO, headers=bearer(writes)).status_code == 201


def test_a_key_that_is_none_is_told_even_where_none_is_needed(made: Callable[[str], FlaskClient]) -> None:
    """Whoever sends a key believes to be known; silence would leave them so."""
    client, good = made("on"), key("someone")
    for text in ("x", "tc_", good[:-1] + ("0" if good[-1] != "0" else "1"), f"{good} ", "tc_é_ü"):
        answer = client.get(RATE, headers=bearer(text))
        if text.strip() == good:
            assert answer.status_code == 200
        else:
            assert problem_of(answer, 401)["code"] == "key-unknown"
            assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_key_that_is_taken_back_opens_nothing(made: Callable[[str], FlaskClient]) -> None:
    client, text = made("on"), key("gone", "--scope", "write")
    listed = CliRunner().invoke(cli, ["keys", "list"]).stdout
    key_id = re.match(r"(\S+)  holds", listed)
    assert key_id
    assert client.post("/v1/scenarios", json=SCENARIO, headers=bearer(text)).status_code == 201
    assert CliRunner().invoke(cli, ["keys", "revoke", key_id[1]]).exit_code == 0
    assert problem_of(client.post("/v1/scenarios", json=SCENARIO, headers=bearer(text)), 401)
    assert "revoked" in CliRunner().invoke(cli, ["keys", "list"]).stdout


def test_reading_too_can_need_a_key(made: Callable[[str], FlaskClient]) -> None:
    client, text = made("all"), key("reader")
    assert problem_of(client.get(RATE), 401)["code"] == "key-missing"
    answer = client.get(RATE, headers=bearer(text))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("private")
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/"):
        assert client.get(path).status_code == 200
    text = key("writer", "--scope", "write")
    saved = {"name": "secret-plan", "change": [{"disable": "s232-steel", "from": "2025-06-01"}]}
    assert client.post("/v1/scenarios", json=saved, headers=bearer(text)).status_code == 201
    for path in ("/scenarios", "/scenarios/new"):
        assert "secret-plan" not in client.get(path).text
    assert "secret-plan" in made("off").get("/scenarios").text
    assert problem_of(client.get("/v1/runs/abcdefghijklmnop"), 404)


@pytest.mark.parametrize(
    ("mode", "method", "path", "scope"),
    [
        ("on", "GET", "/v1/flows", None),
        ("on", "POST", "/v1/quotes", "read"),
        ("on", "POST", "/v1/quotes/", "read"),
        ("on", "POST", "/v1/flows", "write"),
        ("on", "PUT", "/v1/scenarios/x", "write"),
        ("on", "DELETE", "/v1/runs/x", "write"),
        ("all", "GET", "/v1/runs/x/result.csv", None),
        ("all", "GET", "/v1/flows", "read"),
        ("all", "GET", "/healthz", None),
    ],
)
def test_the_scope_that_is_needed(mode: str, method: str, path: str, scope: str | None) -> None:
    assert needed(mode, method, path) == scope


def test_the_secret_is_kept_nowhere(home: Path) -> None:
    text = key("secret one", "--scope", "read", "--scope", "write")
    secret = text.rpartition("_")[2]
    assert len(secret) == 64
    assert all(secret.encode() not in path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert secret not in CliRunner().invoke(cli, ["keys", "list"]).output
    found = Store.open(Settings(home=home)).keys.verify(text)
    assert found is not None
    assert found.scopes == ("read", "write")


def test_a_setting_that_is_none_is_refused(made: Callable[[str], FlaskClient]) -> None:
    with pytest.raises(BadRequestError, match="TARIFFCALC_API_KEYS"):
        made("maybe")
