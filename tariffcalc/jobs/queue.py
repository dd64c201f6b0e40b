"""The queue that wakes workers: a SQLite file, or Redis.

A message says only that there may be something to do. What there is to do stands in the table of runs; so a message
that is lost, or comes twice, does no harm. Messages are JSON: whoever can write to the queue can wake workers, and
nothing else.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from huey import Huey, RedisHuey, SqliteHuey  # type: ignore[import-untyped]
from huey.registry import Message  # type: ignore[import-untyped]
from huey.serializer import Serializer  # type: ignore[import-untyped]

from tariffcalc.settings import Settings
from tariffcalc.store import Run, Store

LOG = logging.getLogger("tariffcalc.jobs")
NAME = "tariffcalc"


class Json(Serializer):  # type: ignore[misc]
    """Messages as JSON."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(data))


def make_huey(
    settings: Settings, handle: Callable[[], object], seconds: int | None = None
) -> tuple[Huey, Callable[[], object]]:
    """A queue, and what puts a message into it; a worker that takes one calls ``handle``, for ``seconds`` at most."""
    options: dict[str, Any] = {"results": False, "serializer": Json()}
    if settings.queue_url:
        huey = RedisHuey(NAME, url=settings.queue_url, **options)
    else:
        settings.queue_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        huey = SqliteHuey(NAME, filename=str(settings.queue_file), **options)

    @huey.task(name="wake", timeout=seconds)  # type: ignore[untyped-decorator]
    def wake() -> None:
        handle()

    return huey, wake


class WakeQueue:
    """The queue as those see it who ask; nothing is opened before the first message, and each process opens its own."""

    def __init__(self, settings: Settings) -> None:
        """Keep where it is."""
        self._settings = settings
        self._wakes: dict[int, Callable[[], object]] = {}

    def wake(self) -> bool:
        """Wake a worker; False where the queue does not answer: workers look by themselves every few seconds."""
        own = os.getpid()
        try:
            if own not in self._wakes:
                self._wakes[own] = make_huey(self._settings, lambda: None)[1]
            self._wakes[own]()
        except Exception:  # whatever the queue's driver raises, the run is filed already
            LOG.warning("the queue does not answer", exc_info=True)
            return False
        return True


def submit(question: Mapping[str, Any], store: Store, queue: WakeQueue) -> Run:
    """The run of a question: found where it was asked before, else filed and a worker woken."""
    run = store.runs.request(question)
    if not run.found:
        queue.wake()
    return run
