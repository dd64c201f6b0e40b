"""The body as it comes in: all of it, and as it is said to be, or none of it.

A connection can break off in the middle of an upload, and what came until then would look like a whole table. The
server that hands over the body tells of that only by its end.
"""

from __future__ import annotations

from typing import IO

from flask import Flask, Response, current_app, request

from tariffcalc.web.problems import ProblemError

_PLAIN = {"", "identity"}


class Whole:
    """A body that has to be as long as it is said to be."""

    def __init__(self, stream: IO[bytes], length: int | None) -> None:
        """Keep the server's stream, and the bytes that are still to come where that is known."""
        self._stream, self._left = stream, length or 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises a problem of status 400 where they break off or cannot be told apart, 408 where they do not come in time.
        """
        try:
            data = self._stream.read(size)
        except TimeoutError as error:
            raise ProblemError(408, "the body did not go on in time", hint="send it without a pause") from error
        except Exception as error:  # whatever the server raises: it cannot make a body of what was sent
            raise _broken("its parts are not as HTTP has them") from error
        self._left -= len(data)
        if self._left > 0 and (size < 0 or (size > 0 and not data)):
            raise _broken(f"{self._left:,} bytes of it are missing")
        return data


def register_incoming(app: Flask) -> None:
    """Look after the bodies of all requests."""
    app.before_request(_look_after)
    app.register_error_handler(RecursionError, _too_deep)


def _look_after() -> None:
    """Refuse a body that is packed, and let one that is cut be noticed when it is read."""
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in _PLAIN:
        said = f"a body with Content-Encoding {coding[:60]!r} cannot be read"
        raise ProblemError(415, said, hint="send it without Content-Encoding", headers={"Accept-Encoding": "identity"})
    request.environ["wsgi.input"] = Whole(request.environ["wsgi.input"], request.content_length)


def _too_deep(error: RecursionError) -> Response:
    """The refusal of a body that is nested more deeply than whoever reads it can follow; nothing else goes so deep."""
    current_app.logger.info("nested too deeply: %s", error)
    return ProblemError(400, "the body is nested too deeply", hint="nothing here has more than ten levels").response()


def _broken(said: str) -> ProblemError:
    return ProblemError(400, f"the body is cut or broken: {said}", hint="send it again")
