"""Answers that are data: bytes with their type, a name, a digest by which a client can ask whether they changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, request

CACHE = "public, max-age=300"
"""The law and the bundled trade change only with a new version of the program."""

OWN_CACHE = CACHE.replace("public", "private")
"""An answer to a key is for who holds the key."""

STREAMED_ROWS = 20_000
"""A result of more rows is sent piece by piece."""

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def send(data: bytes, media_type: str, filename: str | None = None) -> Response:
    """Answer with bytes; ``ETag`` is their SHA-256, and a client that holds them already gets 304."""
    return _finished(Response(data, content_type=media_type), hashlib.sha256(data).hexdigest(), filename)


def send_stream(pieces: Iterator[bytes], media_type: str, question: Any, filename: str | None = None) -> Response:
    """Answer piece by piece, so that memory does not grow with the answer.

    ``ETag`` is the SHA-256 of the ``question``: all that the bytes depend on, as plain values. The same question has
    the same bytes.
    """
    told = json.dumps([question, media_type], sort_keys=True, default=str)
    response = Response(pieces, content_type=media_type)
    response.automatically_set_content_length = False  # its length would be found by taking all pieces at once
    return _finished(response, hashlib.sha256(told.encode()).hexdigest(), filename)


def _finished(response: Response, etag: str, filename: str | None) -> Response:
    """Name the answer, say how long it holds, and spare a client what it has already."""
    response.set_etag(etag)
    kept = OWN_CACHE if "Authorization" in request.headers else CACHE
    response.headers["Cache-Control"] = kept if request.method in {"GET", "HEAD"} else "no-store"
    if filename is not None:
        response.headers.set("Content-Disposition", "inline", filename=filename)
    if request.method in {"GET", "HEAD"}:
        response.make_conditional(request)
    return response


def send_json(content: Any) -> Response:
    """Answer with plain values as JSON, members in the order they have."""
    return send(current_app.json.dumps(content).encode() + b"\n", "application/json")


def secured(response: Response) -> Response:
    """Add the security headers that the answer does not set itself; over HTTPS, that it shall stay so for a year."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
