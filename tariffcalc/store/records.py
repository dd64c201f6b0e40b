"""What the store hands out: plain records, detached from the database. Times are in UTC."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from tariffcalc.errors import BadRequestError

Status = Literal["queued", "running", "done", "failed", "cancelled"]
LIVE: tuple[Status, ...] = ("queued", "running", "done")
"""The states in which a run answers its question, now or soon: at most one run of a question is in them."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list; pages count from 1."""

    items: tuple[T, ...]
    total: int
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class SavedTable:
    """One version of a saved flow table, without its rows. ``window`` is half open, ``digest`` that of its rows."""

    id: str
    version: int
    name: str
    rows: int
    window: tuple[date, date]
    customs_value: float
    currency: str
    digest: str
    created: datetime
    importers: tuple[str, ...] = ()
    title: str = ""
    owner: str | None = None
    warnings: tuple[str, ...] = ()
    bad_rows: int = 0

    @property
    def etag(self) -> str:
        """What names this version: to be sent back with a change of it."""
        return etag_of(self.version, self.digest)


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """One version of a saved scenario. ``created`` is the day of its first version, ``updated`` of this one."""

    id: str
    version: int
    name: str
    title: str
    document: Mapping[str, Any]
    digest: str
    created: datetime
    updated: datetime
    owner: str | None = None

    @property
    def etag(self) -> str:
        """What names this version: to be sent back with a change of it."""
        return etag_of(self.version, self.digest)


@dataclass(frozen=True, slots=True)
class Run:
    """A question and how far its answer is.

    ``digest`` names the question; ``progress`` goes from 0 to 1; ``error`` (code, detail, hint, errors) says why it
    failed; ``result`` (rows, bytes, digest) tells of the stored answer. ``found``: the question had been asked before.
    """

    id: str
    digest: str
    question: Mapping[str, Any]
    status: Status
    progress: float
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    attempts: int = 0
    worker: str | None = None
    error: Mapping[str, Any] | None = None
    result: Mapping[str, Any] | None = None
    found: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A key that lets someone in; its secret is not kept. ``scopes``: ``read``, ``write``."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that a request had when it first came."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def canonical(document: Mapping[str, Any]) -> str:
    """A document as JSON in its one spelling: members sorted, no blanks. Raises ``BadRequestError``."""
    try:
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequestError(f"not a document of JSON: {error}", code="not-json", hint="dates are texts") from None


def digest_of(document: Mapping[str, Any]) -> str:
    """The SHA-256 of a document, in hex: the same for the same members in any order."""
    return hashlib.sha256(canonical(document).encode("utf-8", "surrogatepass")).hexdigest()


def etag_of(version: int, digest: str) -> str:
    """The name of a version."""
    return f"{version}-{digest[:16]}"


def offset_of(page: int, page_size: int, total: int) -> int:
    """How many entries stand before a page; a page behind the last one begins at the end."""
    return min(max(page - 1, 0) * page_size, total)
