"""Parameters: texts that the domain checks, each fault told with its code, its words and what to do.

A field raises marshmallow's ``ValidationError`` whose messages are entries of a problem's ``errors`` without a path:
the parser knows where the field stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from tariffcalc.errors import BadRequestError, TariffcalcError
from tariffcalc.store import StoreUnavailableError
from tariffcalc.web.api.checks import Choice, flows_known, scenario_known
from tariffcalc.web.api.json_body import texts_of
from tariffcalc.web.problems import entry

REQUIRED = [entry("missing-parameter", "this is required")]
NULL = [entry("missing-parameter", "this is null", "give it a value, or leave it out where it is not required")]
WRONG_TYPE = [entry("wrong-type", "this is not a text")]
NO_OBJECTS = [entry("wrong-type", "this is not a list", "give a list of objects")]
NO_OBJECT = [entry("wrong-type", "this is not an object", 'write it as {"name": "value"}')]
NO_LIST = [entry("wrong-type", "this is neither a text nor a list of texts")]
NO_SCENARIO = [entry("wrong-type", "this is no scenario", "give a name, the id of a saved one, or an object of keys")]
NO_TABLE = [entry("wrong-type", "this is no table", "give a name, the id of a saved one, or a list of rows")]


def told(error: TariffcalcError) -> ValidationError:
    """A domain error as the fault of a field."""
    return ValidationError([entry(error.code, error.message, error.hint)])


class Checked(fields.String):
    """A text that ``check`` turns into a value, or refuses with a domain error."""

    default_error_messages = {"required": REQUIRED, "null": NULL, "invalid": WRONG_TYPE}  # noqa: RUF012

    def __init__(self, check: Callable[[str], Any], about: str, example: Any = None, **given: Any) -> None:
        """Take what the contract says about the parameter, with an example."""
        shown: dict[str, Any] = (
            {"description": about} if example is None else {"description": about, "example": example}
        )
        if isinstance(check, Choice):
            shown["enum"] = list(check.known)
        super().__init__(metadata=shown, **given)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        text = super()._deserialize(value, attr, data, **rest)
        try:
            return self.check(str(text).strip())
        except StoreUnavailableError:
            raise
        except TariffcalcError as error:
            raise told(error) from error


class Several(fields.List[Any]):
    """A parameter that may be given more than once."""

    default_error_messages = {"required": REQUIRED, "null": NULL, "invalid": NO_LIST}  # noqa: RUF012

    def __init__(self, inner: fields.String, **given: Any) -> None:
        """Tell in the contract what the single value means."""
        super().__init__(inner, **{"metadata": {"description": inner.metadata.get("description")}, **given})


class Names(Several):
    """Names in one text, separated by commas, or a list of them."""

    def __init__(self, check: Callable[[list[str]], Any], about: str, example: str, **given: Any) -> None:
        """Take the check of all names together."""
        inner = fields.String(error_messages={"null": NULL, "invalid": WRONG_TYPE})
        super().__init__(inner, metadata={"description": about, "example": example.split(",")}, **given)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        texts = super()._deserialize([value] if isinstance(value, str) else value, attr, data, **rest)
        names = [name.strip() for text in texts or () for name in str(text).split(",")]
        try:
            return self.check([name for name in names if name])
        except TariffcalcError as error:
            raise told(error) from error


class Flag(fields.Boolean):
    """A yes or no."""

    _NOT = [entry("not-yes-or-no", "this is neither yes nor no", "write 1 or 0")]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "null": NULL}  # noqa: RUF012


class Number(fields.Float):
    """A finite number that is not negative."""

    _NOT = [entry("not-a-number", "this is not a number", "write it as 500 or 12.5")]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "special": _NOT, "too_large": _NOT, "null": NULL}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        number = super()._deserialize(value, attr, data, **rest)
        if number is not None and number < 0:
            raise ValidationError([entry("negative", "this is negative", "write a number from 0 on")])
        return number


class Whole(fields.Integer):
    """A whole number."""

    _NOT = [entry("not-a-number", "this is not a whole number")]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "null": NULL, "too_large": _NOT}  # noqa: RUF012

    def _validated(self, value: Any) -> Any:
        """Refuse a fraction: its whole part would be a silent choice."""
        if isinstance(value, float) and value % 1:
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


MOST_CHANGES = 500
"""Changes in a scenario that is sent: each is laid over the whole law."""


def few_changes(document: Mapping[str, Any]) -> None:
    """Refuse a scenario of very many changes. Raises ``BadRequestError``."""
    changes = document.get("change")
    if isinstance(changes, list) and len(changes) > MOST_CHANGES:
        said = f"{len(changes):,} changes are more than the {MOST_CHANGES} that are taken"
        raise BadRequestError(said, code="too-many", hint="name several measures in one change, by their ids or a set")


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"[\t\n\r]")
_SEVERAL_LINES = ("description", "note")


def plain_texts(document: Mapping[str, Any]) -> None:
    """Refuse a scenario with signs that control a terminal or that no database holds. Raises ``BadRequestError``."""
    for at, text in texts_of(document):
        said = _LINE_ENDS.sub(" ", text) if at.endswith(_SEVERAL_LINES) else text
        if found := _CONTROL.search(said):
            told = f"{at} has a control character (U+{ord(found[0]):04X})"
            raise BadRequestError(told, code="bad-name" if at == "name" else "control-character", hint="leave it out")


class ScenarioGiven(Checked):
    """A ready-made scenario by name, a saved one by its id, or the keys of one.

    What the keys mean depends on the table's importer.
    """

    takes_list = True  # so that a list is told to be no scenario, and not to be one given twice
    default_error_messages = {"invalid": NO_SCENARIO}  # noqa: RUF012

    def __init__(self, about: str, example: Any) -> None:
        """Take what the contract says about the parameter, with an example."""
        super().__init__(scenario_known, about, example)
        self.metadata = {**self.metadata, "type": ["string", "object"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        if not isinstance(value, Mapping):
            return super()._deserialize(value, attr, data, **rest)
        try:
            few_changes(value)
            plain_texts(value)
        except BadRequestError as error:
            raise told(error) from error
        return value


class FlowsGiven(Checked):
    """A bundled table by name, a saved one by its id, or the rows of a table."""

    takes_list = True
    default_error_messages = {"invalid": NO_TABLE}  # noqa: RUF012

    def __init__(self, about: str, example: Any, *, required: bool = True) -> None:
        """Take what the contract says about the parameter, with an example."""
        super().__init__(flows_known, about, example, required=required)
        self.metadata = {**self.metadata, "type": ["string", "array"], "items": {"type": "object"}}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        return value if isinstance(value, list) else super()._deserialize(value, attr, data, **rest)
