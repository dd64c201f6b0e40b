"""The walk-throughs of the documentation, as a reader runs them: bash, curl, and a service with its worker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live import UNHURRIED, service

from tests.documents import Block, blocks
from tests.servers import found

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = "http://127.0.0.1:8000"
POLL = "until curl"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that also works on runs."""
    with service(tmp_path_factory.mktemp("home"), workers=1, worker="--worker", **UNHURRIED) as where:
        yield where


def walk(name: str) -> tuple[list[Block], Block]:
    """The files before the block that waits for a run, and that block."""
    every = blocks((ROOT / name).read_text("utf-8"))
    at = next(number for number, one in enumerate(every) if POLL in one.body)
    return [one for one in every[:at] if one.file], every[at]


@pytest.mark.parametrize("name", ["README.md", "docs/api.md"])
def test_a_real_shell_prints_what_is_shown(address: str, name: str, tmp_path: Path) -> None:
    files, block = walk(name)
    for one in files:
        (tmp_path / str(one.file)).write_text(one.body + "\n", encoding="utf-8")
    lines = block.body.replace("\\\n", " ").splitlines()
    typed = [line.removeprefix("$ ").replace(WRITTEN, address) for line in lines if line.startswith("$ ")]
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [found("bash"), "-eu", "-o", "pipefail", "-c", "\n".join(typed)],
        cwd=tmp_path,
        env=here,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [line for line in lines if not line.startswith("$ ")]
