"""The one configuration of the service: every limit, address and folder, read from ``TARIFFCALC_*`` variables.

A setting is a field: its name in capitals after ``TARIFFCALC_`` is the variable, its default what holds where the
variable is not set, its ``doc`` what it means. ``settings_table`` lists them; ``docs/operation.md`` shows that list.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from tariffcalc.errors import BadRequestError

PREFIX = "TARIFFCALC_"
_UNSET = "unset it to have the default"


def _doc(meaning: str) -> dict[str, str]:
    """The metadata of a field: what it means."""
    return {"doc": meaning}


def _home() -> Path:
    """Where programs keep a user's data: ``XDG_DATA_HOME``, or ``~/.local/share``."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "tariffcalc"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a running service goes by. Sizes are in bytes, times in seconds, unless the name says otherwise."""

    home: Path = field(
        default_factory=_home,
        metadata=_doc("folder of the database, the queue and the saved tables, unless they have an address"),
    )
    database_url: str = field(
        repr=False,
        default="",
        metadata=_doc("database of what is saved: postgresql://...; empty: the SQLite file tariffcalc.db in the home"),
    )
    tables_url: str = field(
        repr=False,
        default="",
        metadata=_doc(
            "folder of tables and results, any address that fsspec knows; empty: the folder tables in the home"
        ),
    )
    queue_url: str = field(
        repr=False,
        default="",
        metadata=_doc("queue that wakes workers: redis://...; empty: the SQLite file queue.db in the home"),
    )

    run_workers: int = field(default=1, metadata=_doc("processes that one `tariffcalc worker` runs"))
    lease_seconds: float = field(
        default=30.0, metadata=_doc("a run whose worker has been silent for so long is given to another one")
    )
    run_attempts: int = field(default=3, metadata=_doc("times that a run is begun before it counts as failed"))
    run_seconds: int = field(default=900, metadata=_doc("longest time that a run may take"))
    sweep_seconds: float = field(default=5.0, metadata=_doc("time between two searches for runs whose worker is lost"))
    grace_seconds: float = field(
        default=20.0, metadata=_doc("time that a stopping worker has to finish its run before it gives it back")
    )

    sync_rows: int = field(
        default=1_000_000,
        metadata=_doc(
            "rows of a table that are answered at once; "
            "times 2 each with a baseline, by product, by day, and times 4 with a model"
        ),
    )
    quote_lines: int = field(default=10_000, metadata=_doc("shipments in one request for quotes"))
    body_bytes: int = field(default=50_000_000, metadata=_doc("largest body of a request"))
    scenario_bytes: int = field(default=1_000_000, metadata=_doc("largest scenario that is sent, in JSON"))
    table_rows: int = field(default=5_000_000, metadata=_doc("rows of a table that is sent"))
    page_size: int = field(default=100, metadata=_doc("entries on a page of a list, where the request does not say"))
    page_size_most: int = field(default=1_000, metadata=_doc("entries on a page of a list at most"))
    slice_bytes: int = field(
        default=2_000_000, metadata=_doc("largest slice of a result that is asked for with limit and offset")
    )
    idempotency_hours: float = field(
        default=24.0, metadata=_doc("hours that the answer to a request with an Idempotency-Key is kept")
    )

    table_cells: int = field(default=50_000_000, metadata=_doc("rows times columns of a table that is sent"))
    unpacked_bytes: int = field(
        default=500_000_000, metadata=_doc("size to which a workbook, Parquet or Arrow file may unfold")
    )

    api_keys: str = field(
        default="off",
        metadata=_doc(
            "off: no keys; on: reading is open, asking with a body and saving need a key; all: reading needs one too"
        ),
    )
    rate_limit: str = field(
        default="6000 per minute", metadata=_doc("requests of one client to one web process; off: no limit")
    )
    write_limit: str = field(
        default="600 per minute", metadata=_doc("of these, requests that send a body, change or delete; off: no limit")
    )
    limits_url: str = field(
        repr=False,
        default="memory://",
        metadata=_doc("where requests are counted; redis://...: for all web processes together"),
    )
    heavy_slots: int = field(
        default=0, metadata=_doc("estimates reckoned at a time by all web processes; 0: one less than the processors")
    )
    heavy_wait_seconds: float = field(
        default=20.0, metadata=_doc("time that an estimate waits for its turn before it is refused with 503")
    )
    heavy_waiting: int = field(default=8, metadata=_doc("estimates of one web process that may wait for their turn"))
    body_seconds: float = field(default=15.0, metadata=_doc("longest time to wait for the next piece of a body"))
    answer_seconds: float = field(
        default=60.0, metadata=_doc("longest time that an estimate answered at once may take")
    )
    trusted_proxies: int = field(
        default=0, metadata=_doc("proxies before the service whose X-Forwarded headers are believed")
    )
    logs: str = field(default="json", metadata=_doc("json: a line a request on standard output; off: errors only"))

    @property
    def database(self) -> str:
        """The address of the database as SQLAlchemy takes it."""
        url = self.database_url
        if not url:
            return f"sqlite:///{self.home.expanduser().resolve() / 'tariffcalc.db'}"
        scheme, _, rest = url.partition("://")
        if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
            return f"postgresql+psycopg://{rest}"
        if scheme == "sqlite":
            return url
        raise BadRequestError(
            f"{PREFIX}DATABASE_URL begins with {scheme!r}",
            code="bad-setting",
            hint="write postgresql://user:password@host/name, or leave it out for a file in the home",
        )

    @property
    def tables(self) -> str:
        """The address of the folder of tables and results, as fsspec takes it."""
        return self.tables_url or str(self.home.expanduser().resolve() / "tables")

    @property
    def queue_file(self) -> Path:
        """The file of the queue, where it has no address."""
        return self.home.expanduser().resolve() / "queue.db"

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """The settings that the environment states. Raises ``BadRequestError`` with code ``bad-setting``."""
        given = os.environ if environ is None else environ
        kinds = get_type_hints(cls)
        stated = {one.name: variable(one.name) for one in fields(cls) if variable(one.name) in given}
        return cls(**{name: _value(key, given[key], kinds[name]) for name, key in stated.items()})


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def settings_table() -> Iterator[tuple[str, str, str]]:
    """Every setting: its variable, its default as one would write it, what it means."""
    for one in fields(Settings):
        default = "~/.local/share/tariffcalc" if one.name == "home" else one.default
        yield variable(one.name), _written(default), one.metadata["doc"]


def _written(default: Any) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


def _value(key: str, text: str, kind: type) -> Any:
    """The value of a variable in the type of its setting."""
    readers: Mapping[type, Callable[[str], Any]] = {
        Path: lambda word: Path(word).expanduser(),
        str: str,
        int: _whole,
        float: _positive,
    }
    try:
        return readers[kind](text.strip())
    except ValueError as error:
        raise BadRequestError(f"{key}={text!r} cannot be used: {error}", code="bad-setting", hint=_UNSET) from None


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("it is below zero")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError("it is not above zero")
    return number
