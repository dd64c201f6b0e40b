"""How a request is read: strictly. Every fault of every parameter is told at once; an unknown one is a fault too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import flask_smorest
from flask import current_app, request
from marshmallow import RAISE, Schema, ValidationError, fields, pre_load
from webargs.flaskparser import FlaskParser

from tariffcalc.errors import MAX_LISTED_FAULTS, nearest_hint
from tariffcalc.web.problems import ProblemError, entry

OF_CSV = ("bom", "decimal", "sep")
"""Parameters that say how CSV is written."""
_UNKNOWN = "unknown-parameter"
View = TypeVar("View", bound=Callable[..., Any])


class Strict(Schema):
    """A schema that knows all its keys and takes a key twice only where it may repeat."""

    class Meta(Schema.Meta):
        """Unknown keys are faults."""

        unknown = RAISE

    error_messages = {"unknown": _UNKNOWN}  # noqa: RUF012

    @pre_load
    def refuse_repeated(self, data: Any, **_: Any) -> Any:
        """Refuse several values where one is meant: taking the first would be a silent choice."""
        if isinstance(data, Mapping):
            known = self.known
            twice = [
                name for name, value in data.items() if isinstance(value, list) and not takes_list(known.get(name))
            ]
            if twice:
                fault = [entry("repeated-parameter", "this is given more than once", "give one value")]
                raise ValidationError(dict.fromkeys(twice, fault))
        return data

    @cached_property
    def known(self) -> dict[str, Any]:
        """The fields by the names that a request uses."""
        return {field.data_key or name: field for name, field in self.load_fields.items()}


def takes_list(field: Any) -> bool:
    """Whether a field may be given several values; of an unknown one something else will be said."""
    return field is None or getattr(field, "takes_list", isinstance(field, fields.List))


def plain(given: Any, schema: Any) -> dict[str, Any]:
    """A query or form as a dict: a list where a parameter may repeat or was repeated, else its text.

    A known parameter without a value counts as absent: a formula over an empty cell makes one.
    """
    known = schema.known
    said = ((name, [one for one in texts if one.strip() or name not in known]) for name, texts in given.lists())
    return {
        name: texts if len(texts) > 1 or isinstance(known.get(name), fields.List) else texts[0]
        for name, texts in said
        if texts
    }


class Parser(FlaskParser):
    """webargs with our faults."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": None, "json": None, "form": None, "files": None}  # noqa: RUF012

    def load_querystring(self, req: Any, schema: Any) -> dict[str, Any]:
        """The query."""
        return plain(req.args, schema)

    def load_form(self, req: Any, schema: Any) -> dict[str, Any]:
        """The fields of a form that are no files."""
        return plain(req.form, schema)

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_: Any) -> NoReturn:  # noqa: ARG002
        """Tell every fault of the request; webargs puts them below the part of the request they are in."""
        raise invalid(next(iter(error.messages_dict.values())), schema)


def invalid(messages: Any, schema: Schema) -> ProblemError:
    """The library's messages as a problem; of very many the first are listed."""
    found = list(islice(entries_of(messages, schema), MAX_LISTED_FAULTS + 1))
    entries = found[:MAX_LISTED_FAULTS]
    codes = {one["code"] for one in entries}
    count = f"{len(entries)}" if entries == found else f"more than {len(entries):,}"
    detail = _sentence(entries[0]) if len(found) == 1 else f"{count} parameters are at fault"
    return ProblemError(
        422, detail, code=codes.pop() if len(codes) == 1 else "invalid", title="Invalid request", errors=entries
    )


def entries_of(messages: Any, schema: Schema | None, path: str = "") -> Iterator[dict[str, Any]]:
    """The library's nested messages as entries, each with its path (``product[1]``, ``scenario.change[0].set``)."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
            yield from entries_of(inner, schema, path if key == "_schema" else path + step)
        return
    for message in messages:
        if message == _UNKNOWN:
            known = schema.known if isinstance(schema, Strict) else {}
            hint = _elsewhere(path) or nearest_hint(path, known)
            yield entry(_UNKNOWN, f"no parameter is called {path!r}", hint, path=path)
        elif isinstance(message, Mapping):
            inner = ".".join(part for part in (path, message.get("path")) if part)
            yield {
                **({"path": inner} if inner else {}),
                **{key: said for key, said in message.items() if key != "path"},
            }
        else:
            yield entry("invalid", str(message), path=path or None)


def _elsewhere(name: str) -> str | None:
    """Where a parameter of CSV belongs, if the address has a sister that gives CSV."""
    csv = f"{request.path}.csv"
    if name not in OF_CSV or all(rule.rule != csv for rule in current_app.url_map.iter_rules()):
        return None
    return f"it says how CSV is written: ask {csv}"


def _sentence(one: Mapping[str, Any]) -> str:
    return f"{one['path']}: {one['message']}" if "path" in one else str(one["message"])


PARSER = Parser()


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """flask-smorest's blueprint with the strict parser; its decorators leave the type of a view as it is."""

    ARGUMENTS_PARSER = PARSER

    @staticmethod
    def doc(**told: Any) -> Callable[[View], View]:
        """More for the contract; statuses are numbers, as ``response`` has them, so that the two are one answer."""
        if "responses" in told:
            told["responses"] = {int(status): answer for status, answer in told["responses"].items()}
        made: Callable[[View], View] = flask_smorest.Blueprint.doc(**told)
        return made

    if TYPE_CHECKING:

        def route(self, rule: str, **options: Any) -> Callable[[View], View]: ...  # noqa: D102
        def arguments(self, schema: Schema, *, location: str) -> Callable[[View], View]: ...  # noqa: D102
        def response(self, status: int, schema: Any = None, **told: Any) -> Callable[[View], View]: ...  # noqa: D102
