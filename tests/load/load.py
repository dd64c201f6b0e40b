"""``make load``: sixteen clients at once ask a service of their own for rates, quotes and estimates.

Each client asks, waits for the answer and asks again at once, without a pause between. One that is told to come back
later (429, 503) does so when ``Retry-After`` says. Estimates differ from each other, so that none is answered from a
cache. Printed are the median and the 95th percentile of each kind in milliseconds, and how much longer the 95th
percentile of a rate is than the median that a client alone has. Fails where an answer was 5xx without ``Retry-After``,
where a kind was never answered, or where that ratio is above five.

Limits on how often one address may ask are off, for all sixteen come from one; those on estimates at a time hold.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "web")]

from live import OPEN, service  # noqa: E402

CLIENTS, SECONDS, MOST_RATIO = 16, 30.0, 5.0
MIX = {"rate": 70, "quote": 20, "estimate": 10}
"""How often each kind is asked, in percent."""

PRODUCTS = ("2709002010", "8429511050", "7208390015", "8703230190", "0201100510", "4407110001", "8542310000")
ORIGINS = ("CAN", "MEX", "CHN", "DEU", "JPN", "KOR")
TABLE = "us-north-america-2025"


@dataclass
class Tally:
    """What the clients saw: times in seconds by kind, answers by kind and status, what was wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def question(kind: str, chance: random.Random) -> tuple[str, str, bytes | None]:
    """A question of that kind: method, address, body."""
    day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    if kind == "rate":
        return "GET", f"/v1/rates?product={chance.choice(PRODUCTS)}&origin={chance.choice(ORIGINS)}&date={day}", None
    if kind == "quote":
        lines = [
            {"product": chance.choice(PRODUCTS), "origin": chance.choice(ORIGINS), "date": day, "value": 1000 + number}
            for number in range(5)
        ]
        return "POST", "/v1/quotes", json.dumps({"lines": lines}).encode()
    edge = f"from=2025-{chance.randint(1, 6):02}-{chance.randint(1, 28):02}&until=2025-{chance.randint(7, 12):02}"
    return "GET", f"/v1/estimates.csv?flows={TABLE}&by={chance.choice(('origin', 'sector,month'))}&{edge}", None


def ask(link: http.client.HTTPConnection, kind: str, chance: random.Random, tally: Tally) -> None:
    """Ask once; where one is told to come back later, wait so long."""
    method, address, body = question(kind, chance)
    begun = time.perf_counter()
    link.request(method, address, body, {"Content-Type": "application/json"} if body else {})
    answer = link.getresponse()
    answer.read()
    taken = time.perf_counter() - begun
    later = answer.headers.get("Retry-After")
    tally.answers[kind, answer.status] += 1
    if answer.status == 200:
        tally.times[kind].append(taken)
    elif answer.status in {429, 503} and later is not None:
        time.sleep(float(later))
    else:
        tally.wrong.append(f"{answer.status} {address}")


def client(address: str, number: int, until: float, tally: Tally) -> None:
    """Ask the mix until the time is over."""
    chance = random.Random(number)  # noqa: S311 - the same questions every time
    link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    while time.monotonic() < until:
        kind = chance.choices(list(MIX), list(MIX.values()))[0]
        try:
            ask(link, kind, chance, tally)
        except (OSError, http.client.HTTPException) as error:
            tally.wrong.append(f"{type(error).__name__} {kind}")
            link.close()
    link.close()


def alone(address: str, count: int = 300) -> float:
    """The median time of a rate in seconds, for a client that has the service to itself."""
    tally, chance = Tally(), random.Random(0)  # noqa: S311
    link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    for kind in ("estimate", "quote", *["rate"] * count):
        ask(link, kind, chance, tally)
    link.close()
    return statistics.median(tally.times["rate"][count // 3 :])


def crowd(address: str, clients: int, seconds: float) -> Tally:
    """All clients at once."""
    tallies = [Tally() for _ in range(clients)]
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=client, args=(address, number, until, tally)) for number, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Tally()
    for tally in tallies:
        whole.answers += tally.answers
        whole.wrong += tally.wrong
        for kind, times in tally.times.items():
            whole.times[kind] += times
    return whole


def percentile(times: list[float], part: float) -> float:
    """The time within which that part of the answers came."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def told(tally: Tally, seconds: float, single: float) -> float:
    """Print what was seen; return the ratio of a rate among many to a rate alone."""
    print(f"{'kind':10}{'answers':>9}{'per s':>8}{'p50 ms':>9}{'p95 ms':>9}  other statuses")
    for kind in MIX:
        times = tally.times[kind] or [float("nan")]
        others = {status: number for (of, status), number in tally.answers.items() if of == kind and status != 200}
        p50, p95 = percentile(times, 0.5) * 1000, percentile(times, 0.95) * 1000
        print(f"{kind:10}{len(times):9}{len(times) / seconds:8.1f}{p50:9.1f}{p95:9.1f}  {others or ''}")
    ratio = percentile(tally.times["rate"], 0.95) / single if tally.times["rate"] else float("inf")
    print(
        f"a rate alone: p50 {single * 1000:.1f} ms; p95 among many / p50 alone = {ratio:.2f} (at most {MOST_RATIO:g})"
    )
    return ratio


def main() -> int:
    """Run it all; 0 where everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        service(Path(home) / "home", asked.workers, **OPEN, TARIFFCALC_LOGS="json") as address,
    ):
        single = alone(address)
        tally = crowd(address, asked.clients, asked.seconds)
    ratio = told(tally, asked.seconds, single)
    for wrong in tally.wrong[:10]:
        print("wrong:", wrong)
    whole = all(tally.times[kind] for kind in MIX)
    return 0 if whole and not tally.wrong and ratio <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
