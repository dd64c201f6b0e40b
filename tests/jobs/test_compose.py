"""``compose.yaml`` names only what there is: parts, volumes, settings, commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tariffcalc.settings import PREFIX, settings_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_every_part_is_watched(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"web", "worker", "database", "queue"}
    for service in compose["services"].values():
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["restart"] == "unless-stopped"


def test_parts_and_volumes_that_are_named_are_there(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        assert {one.partition(":")[0] for one in service.get("volumes", [])} <= set(compose["volumes"])


def test_settings_that_are_stated_are_known(compose: dict[str, Any]) -> None:
    known = {name for name, _, _ in settings_table()}
    for name in ("web", "worker"):
        stated = set(compose["services"][name]["environment"])
        assert {one for one in stated if one.startswith(PREFIX)} <= known
        assert {"TARIFFCALC_DATABASE_URL", "TARIFFCALC_QUEUE_URL"} <= stated


def test_commands_can_be_given(compose: dict[str, Any]) -> None:
    command = compose["services"]["worker"]["command"]
    line = [sys.executable, "-m", "tariffcalc.cli", *command[1:], "--help"]
    assert subprocess.run(line, capture_output=True, check=False).returncode == 0
    for name in ("web", "worker"):
        code = compose["services"][name]["healthcheck"]["test"][-1]
        compile(code, name, "exec")
