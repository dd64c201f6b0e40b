"""PostgreSQL and Redis for tests: started on free ports of this machine when first asked for, stopped at the end.

Where one is not installed its tests are skipped, and the reason is printed; with ``TARIFFCALC_NO_SKIP=1`` they fail.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import psycopg
import pytest
import redis

START_SECONDS = 60.0
PORTS = range(20_000, 32_000)
"""Below those that the system gives to connections: one of these is not taken between asking for it and listening."""
DATABASES = ("sqlite", "postgresql")
DEBIAN = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
"""Where Debian's package puts the programs of PostgreSQL: in no folder of the usual path."""


def free_port() -> int:
    """A port of this machine that nobody listens on, by chance: another process of tests is to choose another."""
    for _ in range(100):
        port = secrets.choice(PORTS)
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no port is free from {PORTS.start} to {PORTS.stop}")


def database_url(kind: str) -> str:
    """The address of a new, empty database; "" for SQLite, which makes a file in the home."""
    if kind == "sqlite":
        return ""
    server = postgres_server()
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def queue_url(kind: str) -> str:
    """The address of an empty queue; "" for SQLite, which makes a file in the home."""
    if kind == "sqlite":
        return ""
    server = redis_server()
    with redis.Redis.from_url(server) as link:
        link.flushall()
    return server


@cache
def postgres_server() -> str:
    """Start PostgreSQL; return its address without a database."""
    postgres, initdb = found("postgres"), found("initdb")
    home = Path(tempfile.mkdtemp(prefix="tariffcalc-postgres-"))
    other = _other_user(home)
    data, port = home / "data", free_port()
    subprocess.run(
        [*other, initdb, "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=home,
    )
    line = [*other, postgres, "-D", data, "-p", str(port), "-k", home, "-c", "listen_addresses=127.0.0.1"]
    server = f"postgresql://tests@127.0.0.1:{port}"

    def answers() -> None:
        psycopg.connect(f"{server}/postgres", connect_timeout=1).close()

    _started([*line, "-c", "fsync=off", "-c", "max_connections=200"], home, answers, psycopg.OperationalError)
    return server


@cache
def redis_server() -> str:
    """Start Redis; return its address."""
    home, port = Path(tempfile.mkdtemp(prefix="tariffcalc-redis-")), free_port()
    line = [found("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", home]

    def answers() -> None:
        with redis.Redis(port=port) as link:
            link.ping()

    _started(line, home, answers, redis.ConnectionError)
    return f"redis://127.0.0.1:{port}/0"


def found(program: str) -> str:
    """Where a program is; without it the test is skipped, or fails where nothing may be skipped."""
    where = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *DEBIAN]))
    if where is None:
        reason = f"{program} is not installed"
        print(f"skipped: {reason}", file=sys.stderr)
        if os.environ.get("TARIFFCALC_NO_SKIP") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return where


def _other_user(home: Path) -> list[str]:
    """What runs a command as someone else than root, whom PostgreSQL refuses; nothing where we are not root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(home, user.pw_uid, user.pw_gid)
    return [found("setpriv"), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _started(line: list[str | Path], home: Path, answers: Callable[[], None], not_yet: type[Exception]) -> None:
    """Start a server and wait until it answers; it is stopped, and its folder removed, when the tests end."""
    log = (home / "log").open("wb")
    process = subprocess.Popen(line, stdout=log, stderr=log, cwd=home)
    log.close()
    atexit.register(_stop, process, home)
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return answers()
        except not_yet:
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"{line[0]} does not start:\n{(home / 'log').read_text()}")
            time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes], home: Path) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(home, ignore_errors=True)
