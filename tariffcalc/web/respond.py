"""Answers that are data: bytes with their type, a name, a digest by which a client can ask whether they changed."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, current_app, request

CACHE = "public, max-age=300"
"""The law and the bundled trade change only with a new version of the program."""

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
}


def send(data: bytes, media_type: str, filename: str | None = None) -> Response:
    """Answer with bytes; ``ETag`` is their SHA-256, and a client that holds them already gets 304."""
    response = Response(data, content_type=media_type)
    response.set_etag(hashlib.sha256(data).hexdigest())
    response.headers["Cache-Control"] = CACHE if request.method in {"GET", "HEAD"} else "no-store"
    if filename is not None:
        response.headers.set("Content-Disposition", "inline", filename=filename)
    if request.method in {"GET", "HEAD"}:
        response.make_conditional(request)
    return response


def send_json(content: Any) -> Response:
    """Answer with plain values as JSON, members in the order they have."""
    return send(current_app.json.dumps(content).encode() + b"\n", "application/json")


def secured(response: Response) -> Response:
    """Add the security headers that the answer does not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
