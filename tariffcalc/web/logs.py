"""The log: one line of JSON a request, and one for every error, with the name of its request."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, has_request_context

from tariffcalc.web.requests import method, request_id, route, seconds

LOGGER = "tariffcalc"
_access = logging.getLogger(f"{LOGGER}.access")


class JsonLines(logging.Formatter):
    """A record as one line: time, level, logger, message, the request's name, what ``extra`` holds, the trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.fromtimestamp(record.created, tz=UTC)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "request_id": request_id(),
            **getattr(record, "told", {"logger": record.name, "message": record.getMessage()}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in line.items() if value is not None}, ensure_ascii=False)


class ToStandardOutput(logging.Handler):
    """Writes to what standard output is at that moment, a line at a time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        try:
            line = self.format(record).encode("utf-8", "backslashreplace").decode()
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - a log that cannot be written must not stop the service
            self.handleError(record)


def register_logs(app: Flask, *, requests: bool) -> None:
    """Write the log of the application as JSON; ``requests``: also a line for every request.

    The request's line has no address and no query: those may hold what is nobody's business, and ids that open a run.
    """
    logger = logging.getLogger(LOGGER)
    if not any(isinstance(one, ToStandardOutput) for one in logger.handlers):
        handler = ToStandardOutput()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    if requests:
        app.after_request(_tell)


def write(name: str | None, verb: str, rule: str, status: int, taken: float, size: int | None) -> None:
    """The line of a request: its name, method, route, status, seconds and the bytes of its answer."""
    told = {"request_id": name, "method": verb, "route": rule, "status": status, "ms": round(taken * 1000, 2)}
    level = logging.ERROR if status >= 500 else logging.INFO
    _access.log(level, "%s %s", verb, status, extra={"told": {**told, "bytes": size}})


def _tell(response: Response) -> Response:
    if has_request_context():
        write(request_id(), method(), route(), response.status_code, seconds(), response.content_length)
    return response
