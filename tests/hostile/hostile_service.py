"""The service that hostile inputs are sent to: over a socket, with its log, its memory and its files in view."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hostile_inputs import Input

from tariffcalc.settings import Settings
from tariffcalc.store import Store
from tests.jobs.processes import descendants
from tests.web.live import OPEN, ROOT
from tests.web.live import service as running

PATIENCE = 60.0
"""Seconds that an answer may take on a machine that does much else."""
PROCESSES = 5
SEES_PROCESSES = Path("/proc/self/task").exists()
"""Whether the system is Linux, which shows the work and the memory of processes."""
SCENARIO = b'{"name": "kept", "change": [{"set": "s232-steel", "rate": "25%", "from": "2025-06-04"}]}'


@dataclass(frozen=True)
class Answer:
    """What came back, and what it cost.

    ``ms``: the milliseconds from question to answer, as the service's log has them; None where the application was not
    asked. ``work``: the seconds of the processor that all of the service had meanwhile.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    ms: float | None
    work: float

    @cached_property
    def problem(self) -> dict[str, Any]:
        """The body of a refusal, after checking that it is one and tells nothing of the inside."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body[:300]
        body: dict[str, Any] = json.loads(self.body)
        assert {"type", "title", "status", "detail", "code", "errors"} <= body.keys()
        assert body["type"] == f"urn:tariffcalc:problem:{body['code']}"
        assert body["status"] == self.status
        told = self.body.decode()
        inside = ("Traceback", ".py", "site-packages", str(ROOT), "/tmp/")  # noqa: S108 - looked for, not used
        assert [word for word in inside if word in told] == []
        return body


@dataclass
class Service:
    """A service that runs, what it has saved, and who may ask it."""

    address: str
    home: Path
    keys: dict[str, str]
    saved: str = ""
    _read: int = 0
    _ms: dict[str, float] = field(default_factory=dict)

    def send(self, one: Input) -> Answer:
        """Send an input and take the answer."""
        method, data, before = one.send.partition(" ")[0], self._bytes(one), self.work()
        with socket.create_connection(self._place, PATIENCE) as link:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                link.sendall(data)
                if one.shut:
                    link.shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(link, method=method)
            answer.begin()
            body, headers = answer.read(), dict(answer.getheaders())
        ms = self._milliseconds(headers.get("X-Request-Id", ""))
        return Answer(answer.status, headers, body, ms, self.work() - before)

    def get(self, path: str) -> Any:
        """What stands at an address, as JSON."""
        return json.loads(self.send(Input(path, f"GET {path}", "200 ok")).body)

    @property
    def _place(self) -> tuple[str, int]:
        host, port = self.address.removeprefix("http://").split(":")
        return host, int(port)

    def _bytes(self, one: Input) -> bytes:
        """The request as it goes over the wire; what is neither said nor unsaid by the input is as it should be."""
        if one.raw:
            return one.raw.encode("latin-1")
        method, _, target = one.send.replace("{saved}", self.saved).partition(" ")
        body = one.body() if callable(one.body) else one.body
        headers = {"Host": "localhost", "Connection": "close"}
        headers |= {"Content-Type": one.type} if one.type else {}
        if (body or method in {"POST", "PUT"}) and not {"Content-Length", "Transfer-Encoding"} & one.headers.keys():
            headers["Content-Length"] = str(len(body))
        key = self.keys.get(one.key, one.key)
        headers |= {"Authorization": key} if key else {}
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {text}" for name, text in {**headers, **one.headers}.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def _milliseconds(self, request_id: str) -> float | None:
        """How long the service worked on a request, as its log says."""
        if not request_id:
            return None
        until = time.monotonic() + PATIENCE
        while request_id not in self._ms and time.monotonic() < until:
            with (self.home / "serve.log").open("rb") as log:
                log.seek(self._read)
                new = log.read()
            whole = new.rpartition(b"\n")[0]
            self._read += len(whole)
            lines = (json.loads(line) for line in whole.splitlines() if line.startswith(b"{"))
            self._ms |= {line["request_id"]: line["ms"] for line in lines if "ms" in line}
        return self._ms.get(request_id)

    def log(self) -> list[str]:
        """The lines of the log."""
        return (self.home / "serve.log").read_text(encoding="utf-8", errors="replace").splitlines()

    def files(self) -> set[str]:
        """The files in its home, by their names."""
        return {str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file()}

    @cached_property
    def processes(self) -> list[int]:
        """The first process, two workers, and the second process of each, when all have begun."""
        until, found = time.monotonic() + PATIENCE, list[int]()
        while SEES_PROCESSES and len(found) < PROCESSES and time.monotonic() < until:
            found = [pid for pid in descendants(os.getpid()) if str(self._place[1]) in _file(pid, "cmdline")]
        return found

    def work(self) -> float:
        """The seconds of the processor that its processes have had until now."""
        stats = (_file(pid, "stat").rpartition(")")[2].split() for pid in self.processes)
        return sum(int(one[11]) + int(one[12]) for one in stats if one) / os.sysconf("SC_CLK_TCK")

    def peaks(self) -> dict[int, int]:
        """The most memory that each of its processes has had, in bytes, by process id; none of one that has ended."""
        found = {pid: re.search(r"VmHWM:\s+([0-9]+) kB", _file(pid, "status")) for pid in self.processes}
        return {pid: int(match[1]) * 1024 for pid, match in found.items() if match}


def _file(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8")
    except OSError:
        return ""


@contextmanager
def service(home: Path) -> Iterator[Service]:
    """A service of two workers that asks for keys, with one scenario that is saved."""
    temporary = home / "temporary"
    temporary.mkdir(parents=True)
    store = Store.open(Settings(home=home))
    keys = {scope: f"Bearer {store.keys.create(scope, (scope,))}" for scope in ("read", "write")}
    store.close()
    with running(home, **OPEN, TARIFFCALC_API_KEYS="on", TMPDIR=str(temporary)) as address:
        made = Service(address, home, {"{reader}": keys["read"], "{writer}": keys["write"]})
        kept = made.send(Input("kept", "POST /v1/scenarios", "201 saved", "application/json", body=SCENARIO))
        yield replace(made, saved=json.loads(kept.body)["id"])
