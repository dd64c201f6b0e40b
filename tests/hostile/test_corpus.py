"""Whatever is hostile is refused for the right reason, soon and cheaply, and the service is as ready as before.

The corpus says what is sent and how it is to be refused; see ``hostile_inputs`` for where its parts are.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hostile_books import BOOKS
from hostile_columns import COLUMNS
from hostile_inputs import Input, cells, files, lines, members, parameters, read, requests
from hostile_service import PROCESSES, SEES_PROCESSES, Answer, Service, service
from hostile_texts import TEXTS

HOSTILE = [*cells(), *parameters(), *members(), *requests("requests"), *files(), *TEXTS, *BOOKS, *COLUMNS]
HARMLESS = [*requests("harmless.toml")]

SECONDS = 2.0
"""What the service may work on one input; by its clock it may take longer where the machine has more to do."""
TRIES = 3
"""So often it may try where it took longer."""
MEMORY = 400_000_000
"""Bytes by which no process of the service may grow, whatever is sent."""
_FORMULA = re.compile(r"[=+@\t\r]|-(?![0-9.])")


@dataclass(frozen=True)
class Before:
    """How the service was before it was attacked."""

    peaks: dict[int, int]
    files: set[str]
    flows: object
    scenarios: object


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("hostile") / "home") as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def before(attacked: Service) -> Before:
    """Taken when all that is read only once has been read."""
    for one in HARMLESS * 2:
        attacked.send(one)
    return Before(attacked.peaks(), attacked.files(), attacked.get("/v1/flows"), attacked.get("/v1/scenarios"))


def test_there_are_enough_of_them_and_no_two_are_the_same() -> None:
    assert len(HOSTILE) >= 200
    assert len({one.name for one in [*HOSTILE, *HARMLESS]}) == len(HOSTILE) + len(HARMLESS)
    small = {(one.send, one.type, one.key, *one.headers.items(), one.raw, one.body) for one in HOSTILE}
    assert len(small) == len(HOSTILE)


@pytest.mark.parametrize("one", HOSTILE, ids=str)
def test_a_hostile_input_is_refused(attacked: Service, one: Input) -> None:
    answer = attacked.send(one)
    problem = answer.problem
    assert (answer.status, problem["code"]) == (one.status, one.code), problem
    assert 400 <= answer.status < 500
    if one.faults:
        assert tuple(fault["code"] for fault in problem["errors"]) in {one.faults, ()}
    tries = [answer]
    while not any(map(soon, tries)) and len(tries) < TRIES:
        tries.append(attacked.send(one))
    assert any(map(soon, tries)), [(one.ms, one.work) for one in tries]


def soon(answer: Answer) -> bool:
    """Whether an answer came in time."""
    return answer.work < SECONDS and (answer.ms or 0) < SECONDS * 1000 * crowding()


def crowding() -> float:
    """How much longer work may take, since there is more of it than processors."""
    return max(1.0, os.getloadavg()[0] / len(os.sched_getaffinity(0)))


def test_every_hostile_line_is_refused_by_itself(attacked: Service) -> None:
    """Quotes have a status of their own in each line; none fails the others."""
    bad = list(lines())
    good = read("lines.toml")["good"]
    body = f'{{"lines": [{", ".join([*(line for line, _ in bad), good])}]}}'
    answer = attacked.send(Input("lines", "POST /v1/quotes", "200 ok", "application/json", body=body.encode()))
    *refused, last = json.loads(answer.body)["lines"]
    assert [one.get("problem", {}).get("code") for one in refused] == [code for _, code in bad]
    assert last["status"] == "ok"


@pytest.mark.parametrize("one", HARMLESS, ids=str)
def test_what_only_looks_hostile_is_answered_and_does_no_harm(attacked: Service, one: Input) -> None:
    answer = attacked.send(one)
    assert 200 <= answer.status < 300, answer.body[:500]
    told = f"{answer.headers} {answer.body.decode()}"
    assert [word for word in one.never if word in told] == []
    if answer.headers["Content-Type"].startswith("text/csv"):
        rows = csv.reader(io.StringIO(answer.body.decode(), newline=""))
        assert [cell for row in rows for cell in row if _FORMULA.match(cell)] == []
    elif answer.body:
        json.loads(answer.body)


def test_afterwards_the_service_is_ready(attacked: Service) -> None:
    assert attacked.get("/readyz")["status"] == "ready"


def test_afterwards_nothing_has_been_saved(attacked: Service, before: Before) -> None:
    assert attacked.get("/v1/flows") == before.flows
    assert attacked.get("/v1/scenarios") == before.scenarios
    assert attacked.files() == before.files


def test_afterwards_the_log_has_no_error(attacked: Service) -> None:
    assert [line[:2000] for line in attacked.log() if '"level": "error"' in line or "Traceback" in line] == []


@pytest.mark.skipif(not SEES_PROCESSES, reason="needs Linux's /proc to see the memory of processes")
def test_afterwards_no_process_has_grown_much_or_been_lost(attacked: Service, before: Before) -> None:
    grown = {pid: peak - before.peaks[pid] for pid, peak in attacked.peaks().items()}
    assert len(grown) == PROCESSES
    print(f"grown most: {max(grown.values()) / 1e6:.0f} MB")
    assert max(grown.values()) < MEMORY
