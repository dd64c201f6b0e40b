"""Settings come from the environment, each with a default and its meaning; what cannot be used is refused by name."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from tariffcalc.errors import BadRequestError
from tariffcalc.settings import PREFIX, Settings, settings_table

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_stated_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert Settings.read({}) == Settings(home=Path("/somewhere/tariffcalc"))


def test_variables_are_read_in_their_types() -> None:
    read = Settings.read(
        {
            "TARIFFCALC_HOME": "/data",
            "TARIFFCALC_DATABASE_URL": "postgres://u@h/d",
            "TARIFFCALC_RUN_WORKERS": "3",
            "TARIFFCALC_LEASE_SECONDS": " 2.5 ",
            "TARIFFCALC_BODY_BYTES": "1_000",
            "TARIFFCALC_DATA": "not a setting",
        }
    )
    assert (read.home, read.run_workers, read.lease_seconds, read.body_bytes) == (Path("/data"), 3, 2.5, 1000)
    assert read.database == "postgresql+psycopg://u@h/d"
    assert (read.tables, read.queue_file) == ("/data/tables", Path("/data/queue.db"))
    assert Settings(home=Path("/data")).database == "sqlite:////data/tariffcalc.db"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RUN_WORKERS", "many"),
        ("RUN_WORKERS", "-1"),
        ("LEASE_SECONDS", "0"),
        ("LEASE_SECONDS", "nan"),
        ("BODY_BYTES", ""),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadRequestError, match=f"TARIFFCALC_{name}") as caught:
        Settings.read({f"TARIFFCALC_{name}": text})
    assert caught.value.code == "bad-setting"


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().run_workers = 2


def test_every_setting_says_what_it_means() -> None:
    table = list(settings_table())
    assert len(table) == len(fields(Settings))
    assert all(meaning for _, _, meaning in table)


def test_the_handbook_lists_every_setting() -> None:
    lines = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8").splitlines()
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |" for name, default, meaning in settings_table()
    ]
    assert [row for row in rows if row not in lines] == []
    listed = [line for line in lines if line.startswith(f"| `{PREFIX}")]
    assert [line for line in listed if line not in rows] == []


def test_passwords_are_not_shown() -> None:
    shown = repr(Settings(database_url="postgresql://user:hidden@host/name", queue_url="redis://:hidden@host"))
    assert "hidden" not in shown
