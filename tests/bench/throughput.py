"""Requests per second of ``GET /v1/rates`` against a bare Flask route that returns the same bytes.

Both are served by gunicorn with the settings of ``tariffcalc serve``, one worker each, and are asked in turn by the
same clients over connections that stay open. The service does all that it does for anybody: it counts, limits and logs
every request.
"""

from __future__ import annotations

import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "web")]

from live import PATIENCE, answering, service  # noqa: E402

from servers import free_port  # noqa: E402

CLIENTS, SECONDS, ROUNDS = 4, 2.0, 7
UNLIMITED = {"TARIFFCALC_RATE_LIMIT": "100000000 per minute"}
"""Counted as ever, but never refused."""

SAME = "/v1/rates?product=7208390030&origin=CAN&date=2025-06-05"
PRODUCTS = ("2709002010", "8429511015", "7208390030", "8708295160", "8703230190", "0702002099", "4407110002")

Ask = Callable[[], str]


def bare(port: int, body: Path) -> None:
    """Serve the bytes of a file at ``/bare`` by the bare route, under the gunicorn of the service."""
    from flask import Flask  # noqa: PLC0415 - only in the process that serves it

    from tariffcalc.web.server import Server, settings_for  # noqa: PLC0415

    app, data = Flask("bare"), body.read_bytes()

    @app.get("/bare")
    def answer() -> tuple[bytes, dict[str, str]]:
        return data, {"Content-Type": "application/json"}

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    class Bare(Server):
        def load(self) -> Flask:
            return app

    hooks = ("on_starting", "post_fork", "child_exit", "on_exit")
    Bare({name: value for name, value in settings_for("127.0.0.1", port, 1).items() if name not in hooks}).run()


@contextlib.contextmanager
def bare_service(body: Path) -> Iterator[str]:
    """The address of the bare route's service."""
    port = free_port()
    log = body.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, __file__, str(port), str(body)], stdout=out, stderr=out)
        try:
            yield answering(f"http://127.0.0.1:{port}", PATIENCE, process, log)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def fetch(link: socket.socket, path: str) -> bytes:
    """The body of one answer over a connection that stays open."""
    link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode())
    got = link.recv(65536)
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += link.recv(65536)
    head = got[:end].lower()
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(got[:300].decode())
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    while len(got) < end + 4 + length:
        got += link.recv(65536)
    return got[end + 4 :]


def per_second(address: str, ask: Ask, seconds: float = SECONDS) -> float:
    """How many answers all clients together got in a second."""
    place = urlsplit(address)
    until = time.perf_counter() + seconds
    answers: list[int] = []

    def client() -> None:
        with socket.create_connection((place.hostname or "", place.port or 0)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number = 0
            while time.perf_counter() < until:
                fetch(link, ask())
                number += 1
        answers.append(number)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if len(answers) < CLIENTS:
        raise RuntimeError("a client ended before its time")
    return sum(answers) / seconds


def others() -> Ask:
    """Questions of which none was asked before."""
    number = count()

    def ask() -> str:
        turn = next(number)
        day = date(2025, 1, 1) + timedelta(days=turn % 600)
        return f"/v1/rates?product={PRODUCTS[turn % 7]}&origin=CAN&date={day}&value={1000 + turn}"

    return ask


def measured(ours: str, theirs: str, ask: Ask) -> tuple[float, float, float]:
    """Requests per second of the service and of the bare route, and the median share of pairs."""
    pairs = [(per_second(ours, ask), per_second(theirs, lambda: "/bare")) for _ in range(ROUNDS)]
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    return mine, other, statistics.median(one / two for one, two in pairs)


def throughput() -> dict[str, tuple[float, float, float]]:
    """The same question again and again, and questions not asked before."""
    with tempfile.TemporaryDirectory(prefix="tariffcalc-bench-") as folder:
        home, body = Path(folder) / "home", Path(folder) / "body"
        with service(home, workers=1, **UNLIMITED) as ours:
            place = urlsplit(ours)
            with socket.create_connection((place.hostname or "", place.port or 0)) as link:
                body.write_bytes(fetch(link, SAME))
            with bare_service(body) as theirs:
                return {
                    "asked again": measured(ours, theirs, lambda: SAME),
                    "not asked before": measured(ours, theirs, others()),
                }


if __name__ == "__main__":
    bare(int(sys.argv[1]), Path(sys.argv[2]))
