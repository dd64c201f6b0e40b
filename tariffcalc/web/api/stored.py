"""What all routes to saved things share: versions by ``ETag`` and ``If-Match``, pages, moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask import Response, g, request, url_for

from tariffcalc.errors import UnknownNameError
from tariffcalc.store import Page
from tariffcalc.web.problems import ProblemError, of_domain
from tariffcalc.web.respond import send_json
from tariffcalc.web.state import settings

Found = TypeVar("Found")
Saved = TypeVar("Saved")

REVALIDATED = "no-cache"
"""What is saved may change at any moment: ask each time whether it has."""

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version that is meant, or * for any.",
    "schema": {"type": "string"},
    "example": "*",
}
"""The header, for the contract. Whether it is required the route says itself: 428 tells what is missing better."""


def if_match(kind: str, current: str, *, required: bool) -> str | None:
    """The version that a change is meant for: ``current`` if the header names it; None where any is meant.

    Raises a problem of status 428 where the header is required and missing.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if required:
            raise ProblemError(
                428,
                f"a change of a {kind} needs the header If-Match",
                code="precondition-required",
                hint="send the ETag of the version that you have read, so that nobody's change is lost",
            )
        return None
    if given.strip() == "*":
        return None
    tags = request.if_match
    return current if tags.contains(current) else next(iter(sorted(tags.as_set())), given.strip())


def found_by(check: Callable[[str], Found], name: str) -> Found:
    """What the address names. Raises a problem of status 404 with the nearest name."""
    try:
        return check(name)
    except UnknownNameError as error:
        raise of_domain(error, 404) from error


def told(content: Any, etag: str | None = None, *, status: int = 200, location: str | None = None) -> Response:
    """Something saved as JSON, under the ``ETag`` of its version."""
    response = send_json(content)
    reads = request.method in {"GET", "HEAD"}
    if etag is not None:
        response.set_etag(etag)
        if reads:
            response.make_conditional(request)
    if reads:
        response.headers["Cache-Control"] = REVALIDATED
    else:
        response.status_code = status
    if location is not None:
        response.headers["Location"] = location
    return response


def page_size(asked: Mapping[str, Any]) -> int:
    """How many entries a page has: as asked, or as the settings say, and no more than they allow."""
    return min(int(asked.get("page_size", settings().page_size)), settings().page_size_most)


def pages_of(total: int, size: int) -> int:
    """How many pages there are; at least one."""
    return max(1, -(-total // size))


def owner() -> str | None:
    """The name of the key that the request was sent with, where it was."""
    key = g.get("key")
    return None if key is None else str(key.name)


def fixed(what: str) -> ProblemError:
    """The refusal to change what comes with the program."""
    said = f"{what} comes with the program: it cannot be changed or deleted"
    return ProblemError(405, said, hint="save one of your own", headers={"Allow": "GET, HEAD, OPTIONS"})


def listed(name: str, bundled: list[Any], saved: Page[Saved], shown: Callable[[Saved], Any]) -> Response:
    """A page of a list: what comes with the program stands on the first page, before what is saved, newest first."""
    pages, total = pages_of(saved.total, saved.page_size), len(bundled) + saved.total
    entries = [*(bundled if saved.page == 1 else ()), *map(shown, saved.items)]
    counted = {"total": total, "page": saved.page, "page_size": saved.page_size, "pages": pages}
    return linked(told({name: entries, **counted}), str(request.endpoint), saved.page, pages)


def linked(response: Response, endpoint: str, page: int, pages: int) -> Response:
    """The answer with the addresses of the pages beside it in ``Link``."""
    near = (("prev", page - 1), ("next", page + 1))
    asked: dict[str, Any] = request.args.to_dict()
    links = [
        f'<{url_for(endpoint, **{**asked, "page": number})}>; rel="{name}"'
        for name, number in near
        if 1 <= number <= pages
    ]
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


def moment(when: datetime | None) -> str | None:
    """A moment as ISO 8601 in UTC, to the second."""
    return None if when is None else when.strftime("%Y-%m-%dT%H:%M:%SZ")
