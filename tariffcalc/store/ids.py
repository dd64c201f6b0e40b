"""Ids that nobody can guess, the clock, and names that people give."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

from tariffcalc.errors import BadRequestError
from tariffcalc.store.models import NAME


def new_id() -> str:
    """An id of 128 random bits that may stand in an address; it never begins with a sign that a command would mind."""
    while (made := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return made


def is_id(text: str) -> bool:
    """Whether a text could be an id: what is none is never looked for."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,32}", text) is not None


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def checked_name(text: str, kind: str) -> str:
    """A name that a person gave, without blanks around it. Raises ``BadRequestError`` with code ``bad-name``."""
    name = text.strip()
    if not name or len(name) > NAME or not name.isprintable():
        raise BadRequestError(
            f"the name of the {kind} cannot be used: {name[:60]!r}",
            code="bad-name",
            hint=f"1 to {NAME} signs that can be printed",
        )
    return name
