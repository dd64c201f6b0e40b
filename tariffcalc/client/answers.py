"""What the client gives back: objects with the names that the Python API uses."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

import httpx
import pandas as pd

from tariffcalc.client.problems import ServiceError, told_by
from tariffcalc.errors import TariffcalcError

PARQUET = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Part:
    """One measure's part of a rate: rates are fractions, duties dollars and cents, None where not known."""

    measure: str
    title: str
    authority: str
    heading: str
    basis: str
    statutory_rate: float | None
    share: float | None
    applied_rate: float | None
    duty: Decimal | None
    refund: Decimal | None
    status: str
    citation: Mapping[str, Any] | None
    why: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Part:
        """The part that a member of ``components`` or ``fees`` tells."""
        known = {one.name: content.get(one.name) for one in fields(cls)}
        known |= {name: amount(known[name]) for name in ("duty", "refund")}
        return cls(**known)  # type: ignore[arg-type]


@dataclass(frozen=True)
class RateAnswer:
    """What one shipment pays, and why; rates are fractions, None where not known."""

    product: str
    origin: str
    importer: str
    date: str
    rate: float | None
    base_rate: float | None
    additional_rate: float | None
    resolved: bool
    prohibited: bool
    value: Decimal | None
    duty: Decimal | None
    currency: str
    description: str
    components: tuple[Part, ...]
    fees: tuple[Part, ...]
    not_applied: tuple[Mapping[str, str], ...]
    warnings: tuple[str, ...]
    provenance: Mapping[str, Any]
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> RateAnswer:
        """The answer that an object of ``/v1/rates`` tells."""
        known = {one.name: content.get(one.name) for one in fields(cls)}
        known |= {name: amount(content.get(name)) for name in ("value", "duty")}
        known |= {name: tuple(map(Part.of, content.get(name) or ())) for name in ("components", "fees")}
        known |= {name: tuple(content.get(name) or ()) for name in ("not_applied", "warnings")}
        return cls(**{**known, "raw": content})  # type: ignore[arg-type]

    def as_dict(self) -> dict[str, Any]:
        """The object as the service told it."""
        return dict(self.raw)


@dataclass(frozen=True)
class ResultAnswer:
    """The result of an estimate: ``frame`` is unrounded, ``provenance`` says what it rests on."""

    frame: pd.DataFrame
    provenance: dict[str, Any]
    warnings: tuple[str, ...] = ()
    title: str = ""

    @property
    def lines(self) -> pd.DataFrame:
        """The rows of the frame: one a reported group."""
        return self.frame

    @property
    def duty(self) -> float:
        """The duty in total, in dollars."""
        return float(self.provenance["totals"]["duty"])

    @classmethod
    def of(cls, response: httpx.Response) -> ResultAnswer:
        """The result that a Parquet file holds, provenance and all."""
        kind = response.headers.get("Content-Type", "nothing")
        if not kind.startswith(PARQUET):
            raise ServiceError(
                f"the service sent {kind} where a Parquet file was asked for", status=response.status_code
            )
        frame = pd.read_parquet(io.BytesIO(response.content))
        told, frame.attrs = frame.attrs, {}
        return cls(frame, told.get("provenance", {}), tuple(told.get("notes", ())), told.get("title", ""))


@dataclass(frozen=True)
class Saved:
    """Something that the service keeps: questions name it by its ``id``, changes by its ``etag``."""

    id: str
    name: str
    etag: str | None
    about: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, response: httpx.Response) -> Saved:
        """What a saved table or scenario is called from then on."""
        content = response.json()
        return cls(content["id"], content["name"], response.headers.get("ETag"), content)


@dataclass(frozen=True)
class Run:
    """An estimate that a worker reckons: ``status`` is queued, running, done, failed or cancelled."""

    id: str
    status: str
    progress: float | None
    about: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Run:
        """What the service tells of a run."""
        return cls(content["id"], content["status"], content.get("progress"), content)

    @property
    def over(self) -> bool:
        """Whether it has come to its end, good or bad."""
        return self.status in {"done", "failed", "cancelled"}

    def error(self) -> TariffcalcError:
        """Why it has no result."""
        said = self.about.get("error") or {"code": f"run-{self.status}", "detail": f"the run was {self.status}"}
        return ServiceError(str(said.get("detail")), **told_by(said))


def amount(number: float | str | None) -> Decimal | None:
    """Dollars and cents as they are written, exactly."""
    return None if number is None else Decimal(str(number)).quantize(Decimal("0.01"))


def table(content: Mapping[str, Any]) -> pd.DataFrame:
    """A table told as JSON; what it rests on is in ``attrs``."""
    frame = pd.DataFrame(content["rows"], columns=content["columns"])
    frame.attrs = {name: content.get(name) for name in ("title", "provenance", "notes")}
    return frame
