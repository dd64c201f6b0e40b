"""An error as a page, for a person whose browser asked for one; programs get the problem as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, render_template, request

from tariffcalc.web.pages.locale import say
from tariffcalc.web.pages.words import sentence
from tariffcalc.web.problems import MEDIA_TYPE

API = "/v1/"
HTML = "text/html"


def as_page(response: Response) -> Response:
    """The same answer as a page, where it is a problem outside of the API and HTML is what is asked for first.

    Where the page itself fails, the problem is answered as it was.
    """
    if response.mimetype != MEDIA_TYPE or request.path.startswith(API):
        return response
    response.vary.add("Accept")
    if request.accept_mimetypes.best_match(["application/json", MEDIA_TYPE, HTML], MEDIA_TYPE) == HTML:
        try:
            page = page_of(response.get_json(), response.headers.get("Retry-After"))
        except Exception:  # whatever failed in the page may fail in the page about it too
            current_app.logger.exception("an error could not be shown as a page")
            return response
        response.set_data(page)
        response.content_type = f"{HTML}; charset=utf-8"
    return response


def page_of(problem: Mapping[str, Any], wait: str | None) -> str:
    """A problem in HTML; ``wait``: seconds after which it is worth asking again."""
    return render_template("problem.html", problem=problem, heading=heading(problem), wait=wait, sentence=sentence)


def heading(problem: Mapping[str, Any]) -> str:
    """What happened, for a person."""
    words = {
        404: say("There is no such page"),
        413: say("What was sent is too large"),
        429: say("Too many questions in a short time"),
        500: say("Something went wrong here"),
        503: say("The service is busy"),
    }
    return words.get(problem["status"], say("This cannot be answered"))
