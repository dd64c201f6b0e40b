"""``Client``: the questions of the Python API, asked of a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import monotonic, sleep
from typing import Any, Self

import httpx
import pandas as pd

from tariffcalc.client import questions
from tariffcalc.client.answers import PARQUET, RateAnswer, ResultAnswer, Run, Saved, amount, table
from tariffcalc.client.problems import ServiceError
from tariffcalc.client.questions import Day, Table
from tariffcalc.client.transport import Transport, pause_of

_FIRST_LOOK, _SLOWEST_LOOK = 0.2, 5.0
_RATE_COLUMNS = (
    "product",
    "description",
    "importer",
    "origin",
    "date",
    "rate",
    "base_rate",
    "additional_rate",
    "resolved",
    "prohibited",
    "value",
    "duty",
    "currency",
)


class Client:
    """A service at ``url``, asked with ``key`` where it wants one.

    ``timeout`` are the seconds that one answer may take, ``patience`` those in which a busy service is asked again.
    Every method raises the errors of ``tariffcalc.errors`` with code, hint and faults, as the same question does
    without a service, or ``ServiceError``. ``transport`` is for tests: any that httpx takes.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 120.0,
        patience: float = 120.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._service = Transport(url, key, timeout, patience, transport)

    def rate(self, product: str, origin: str, on: Day, importer: str = "USA", **known: Any) -> RateAnswer:
        """What one shipment pays. ``known`` are the further arguments of ``tariffcalc.rate``."""
        asked = questions.rate([product], [origin], on, importer, known)
        return RateAnswer.of(self._service.get("/v1/rates", asked).json())

    def rates(
        self, products: Sequence[str], origins: Sequence[str], on: Day, importer: str = "USA", **known: Any
    ) -> pd.DataFrame:
        """The rate of every product with every origin, a row each."""
        asked = questions.rate(products, origins, on, importer, known, several=True)
        found = [RateAnswer.of(one) for one in self._service.get("/v1/rates", asked).json()]
        frame = pd.DataFrame([[getattr(one, name) for name in _RATE_COLUMNS] for one in found], columns=_RATE_COLUMNS)
        frame["measures"] = [" + ".join(part.measure for part in one.components) for one in found]
        frame["warnings"] = ["; ".join(one.warnings) for one in found]
        frame.attrs["provenance"] = dict(found[0].provenance) if found else {}
        return frame

    def history(
        self,
        product: str,
        origin: str,
        start: Day | None = None,
        until: Day | None = None,
        importer: str = "USA",
        **known: Any,
    ) -> pd.DataFrame:
        """A product's rate through time: a row a segment and measure."""
        asked = questions.history(product, origin, start, until, importer, known)
        return table(self._service.get("/v1/rates/history", asked).json())

    def measures(self, importer: str = "USA", **filters: Any) -> list[dict[str, Any]]:
        """The measures that the filters let through: origin, product, on, authority, q."""
        asked = questions.plain({"importer": importer, **filters, "page_size": 200})
        return list(self._pages("/v1/measures", "measures", asked))

    def measure(self, name: str, importer: str = "USA") -> dict[str, Any]:
        """One measure by its id."""
        return dict(self._service.get(f"/v1/measures/{questions.step(name)}", {"importer": importer}).json())

    def products(self, q: str, limit: int = 20) -> pd.DataFrame:
        """The lines of the tariff that words, or the beginning of a code, may mean."""
        found = self._service.get("/v1/products", {"q": q, "limit": limit}).json()
        frame = pd.DataFrame(found["products"], columns=["product", "description", "unit"])
        frame.attrs["total"] = found["total"]
        return frame

    def changes(self, since: Day, until: Day | None = None, **options: Any) -> pd.DataFrame:
        """What changed in the law since a day, and what each change costs a year on a table (``flows``)."""
        asked = questions.plain({"since": since, "until": until, **options})
        return table(self._service.get("/v1/changes", asked).json())

    def flows(self) -> pd.DataFrame:
        """The tables of trade that the service holds, bundled and saved."""
        return pd.DataFrame(self._pages("/v1/flows", "flows", {}))

    def upload(self, flows: Table, name: str | None = None, **options: Any) -> Saved:
        """Save a table of trade: a file, a frame or rows. ``options``: importer, origin, on_bad_row."""
        with questions.table_body(flows, {"name": name, **options}) as body:
            return Saved.of(self._service.send("POST", "/v1/flows", **body))

    def delete_flows(self, name: str) -> None:
        """Delete a saved table, by its id."""
        self._service.send("DELETE", f"/v1/flows/{questions.step(name)}")

    def scenarios(self) -> pd.DataFrame:
        """The scenarios that the service holds, ready-made and saved."""
        return pd.DataFrame(self._pages("/v1/scenarios", "scenarios", {}))

    def scenario(self, name: str) -> dict[str, Any]:
        """The keys of a scenario, by its name or id."""
        return dict(self._service.get(f"/v1/scenarios/{questions.step(name)}").json())

    def save_scenario(self, keys: Mapping[str, Any], replaces: Saved | None = None) -> Saved:
        """Save a scenario, or the next version of one; that is refused where somebody has changed it meanwhile."""
        if replaces is None:
            return Saved.of(self._service.send("POST", "/v1/scenarios", json=dict(keys)))
        path = f"/v1/scenarios/{questions.step(replaces.id)}"
        held = {"If-Match": replaces.etag or "*"}
        return Saved.of(self._service.send("PUT", path, json=dict(keys), headers=held))

    def delete_scenario(self, saved: Saved) -> None:
        """Delete a saved scenario, unless somebody has changed it meanwhile."""
        path = f"/v1/scenarios/{questions.step(saved.id)}"
        self._service.send("DELETE", path, headers={"If-Match": saved.etag or "*"})

    def estimate(
        self,
        flows: Table,
        scenario: str | Mapping[str, Any] | Saved | None = None,
        *,
        baseline: str | Mapping[str, Any] | Saved | None = None,
        wait: bool | float = True,
        **options: Any,
    ) -> ResultAnswer | Run:
        """The duty on a table of trade, saved (by id or name), in a file, a frame or as rows.

        ``options`` are those of ``tariffcalc.models.answer``: by, sectors, window, basis, status, as_known_on, model,
        elasticities (a name, rows or a frame), draws, seed, vary ...; and of tables: importer, origin, on_bad_row. A
        long estimate is waited for, at most ``wait`` seconds where that is a number; with ``wait=False`` a ``Run``
        comes back at once.
        """
        headers = {"Accept": PARQUET, **({} if wait else {"Prefer": "respond-async"})}
        with questions.estimate_body(flows, {"scenario": scenario, "baseline": baseline, **options}) as body:
            response = self._service.send("POST", "/v1/estimates", **{**body, "headers": headers | body["headers"]})
        if response.status_code != httpx.codes.ACCEPTED:
            return ResultAnswer.of(response)
        run = Run.of(response.json())
        if wait is False:
            return run
        return self.wait_for(run.id, None if wait is True else float(wait), pause_of(response, _FIRST_LOOK))

    def run(self, name: str) -> Run:
        """How far a run is."""
        return Run.of(self._service.get(_run(name)).json())

    def result(self, name: str) -> ResultAnswer:
        """The result of a run that is done."""
        return ResultAnswer.of(self._service.get(f"{_run(name)}/result.parquet"))

    def cancel(self, name: str) -> None:
        """Stop a run."""
        self._service.send("DELETE", _run(name))

    def wait_for(self, name: str, seconds: float | None = None, first: float = _FIRST_LOOK) -> ResultAnswer:
        """The result of a run, once it is done. Raises why it has none, or ``ServiceError`` when time is up."""
        until = None if seconds is None else monotonic() + seconds
        pause = min(first, _SLOWEST_LOOK)
        while True:
            response = self._service.get(_run(name))
            run = Run.of(response.json())
            if run.status == "done":
                return self.result(name)
            if run.over:
                raise run.error()
            if until is not None and monotonic() + pause > until:
                hint = f"ask again later: client.wait_for({name!r})"
                raise ServiceError(f"the run is {run.status} after {seconds:g} s", code="run-not-done", hint=hint)
            sleep(pause)
            pause = max(pause_of(response, 0.0), min(pause * 1.5, _SLOWEST_LOOK))

    def quotes(self, shipments: pd.DataFrame | Iterable[Mapping[str, Any]]) -> pd.DataFrame:
        """What each of many shipments pays: a row a shipment, with its own ``status``, ``code`` and ``message``.

        A shipment has the arguments of ``tariffcalc.rate`` by the names of ``/v1/rates``; one at fault stops no other.
        """
        found = self._service.send("POST", "/v1/quotes", json={"lines": questions.lines(shipments)}).json()
        frame = pd.DataFrame([_quote(one) for one in found["lines"]])
        frame.attrs = {"summary": found.get("summary"), "provenance": found.get("provenance")}
        return frame

    def close(self) -> None:
        """Let go of the connections; a client is a context manager too."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pages(self, path: str, member: str, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The entries of a list, page after page."""
        page, pages = 1, 1
        while page <= pages:
            found = self._service.get(path, {**asked, "page": page}).json()
            yield from found[member]
            page, pages = page + 1, found.get("pages", 1)


def _run(name: str) -> str:
    return f"/v1/runs/{questions.step(name)}"


def _quote(one: Mapping[str, Any]) -> dict[str, Any]:
    """A line of ``/v1/quotes`` as a row: what it pays, or what is wrong with it."""
    quote, problem = one.get("quote") or {}, one.get("problem") or {}
    row = {name: quote.get(name) for name in _RATE_COLUMNS}
    row |= {name: amount(quote.get(name)) for name in ("value", "duty")}
    row["measures"] = " + ".join(part["measure"] for part in quote.get("components", ()))
    row["warnings"] = "; ".join(quote.get("warnings", ()))
    told = {name: problem.get(name) for name in ("code", "message", "hint", "path")}
    return {"line": one.get("line"), "status": one["status"], **row, **told}
