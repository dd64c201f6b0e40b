"""A body of JSON (RFC 8259): UTF-8, every key once, without numbers and signs that no file or database could hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import request

from tariffcalc.web.problems import ProblemError

_HALF_PAIR_SPELT = re.compile(r"\\u[dD][89a-fA-F]")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def json_body() -> Any:
    """The body as JSON. Raises a problem of status 400 where it is none, or has a key twice."""
    try:
        return _loaded(request.get_data().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, f"the body is not JSON: {_why(error)}", hint="send one JSON object") from error


def json_object() -> dict[str, Any]:
    """The same where it is a JSON object. Raises a problem of status 422 where it is none."""
    return as_object(json_body())


def as_object(found: Any) -> dict[str, Any]:
    """A JSON value that has to be an object. Raises a problem of status 422 where it is none."""
    if not isinstance(found, dict):
        raise ProblemError(422, "the body is no JSON object", code="wrong-type", hint="send one JSON object")
    return found


def _loaded(text: str) -> Any:
    """The text as JSON; NaN and the like are none, nor is half a surrogate pair, which only an escape can spell."""

    def no_number(word: str) -> NoReturn:
        raise ValueError(f"{word} is no number in JSON")

    found = json.loads(text, parse_constant=no_number, object_pairs_hook=_object)
    texts = texts_of(found) if _HALF_PAIR_SPELT.search(text) else ()
    if half := next((at for at, said in texts if _HALF_PAIR.search(said)), None):
        raise ValueError(f"{half} has half a surrogate pair")
    return found


def texts_of(found: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON value with its place (``change[0].set``), and every key."""
    if isinstance(found, str):
        yield at or "the text", found
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield f"a key of {at or 'the body'}", key
            yield from texts_of(value, f"{at}.{key}" if at else key)
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from texts_of(value, f"{at}[{number}]")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. Taking the last of two values under one key would be a silent choice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        said = f"the key {twice[:60]!a} is given more than once in one object"
        raise ProblemError(400, said, code="repeated-key", hint="give it once")
    return found


def _why(error: Exception) -> str:
    """Why it is no JSON, in words for people who do not know Python."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "a number in it has too many digits" if "integer string" in str(error) else str(error)
