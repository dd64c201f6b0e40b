"""Forms that change something: sent from a page of ours, and with a key where the service asks for one.

A page that has such a form sets a cookie of random bits, and the form carries the same bits (the double-submit
pattern of OWASP's cross-site request forgery sheet): another site can send a form here, but it can neither read the
cookie nor the page. Browsers that say where a request comes from (``Sec-Fetch-Site``) are believed too. Nothing is
kept on the server, so that any of its processes can read the answer.
"""

from __future__ import annotations

import hmac
import re
import secrets

from flask import Response, after_this_request, g, request
from markupsafe import Markup

from tariffcalc.web.problems import ProblemError
from tariffcalc.web.state import settings, store

COOKIE = FIELD = "form_token"
KEY_FIELD = "key"
OURS = frozenset({"same-origin", "none"})

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def csrf_field() -> Markup:
    """The hidden field that a form which is posted needs; the answer brings the cookie that belongs to it."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, _token())


def check_csrf() -> None:
    """Refuse a form that no page of ours has sent. Raises a problem of status 403."""
    sent, held = request.form.get(FIELD, ""), request.cookies.get(COOKIE, "")
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") in OURS
    is_same = _TOKEN.fullmatch(held) is not None and hmac.compare_digest(sent.encode(), held.encode())
    if not (is_ours and is_same):
        raise ProblemError(
            403,
            "this form did not come from a page of this service, or its page is too old",
            code="cross-site-form",
            hint="nothing was done: press the button again",
        )


def needs_key() -> bool:
    """Whether what changes something needs a key: then the form asks for it."""
    return settings().api_keys != "off"


def check_key(scope: str) -> None:
    """Refuse a form without a key of that scope, where the service asks for keys. Raises a problem of status 403."""
    if not needs_key():
        return
    given = request.form.get(KEY_FIELD, "").strip()
    key = store().keys.verify(given) if given else None
    if key is None or not {scope, "write"} & set(key.scopes):
        raise ProblemError(
            403,
            f"this needs a key of scope {scope}",
            code="key-scope",
            hint="enter it under Key; whoever runs the service has it",
        )
    g.key = key


def _token() -> str:
    """The bits of this browser: those that it holds, or new ones."""
    if "form_token" not in g:
        held = request.cookies.get(COOKIE, "")
        g.form_token = held if _TOKEN.fullmatch(held) else secrets.token_urlsafe(24)
        after_this_request(_remembered)
    return str(g.form_token)


def _remembered(answer: Response) -> Response:
    answer.set_cookie(COOKIE, g.form_token, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer
