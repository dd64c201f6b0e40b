"""Parameters: texts that the domain checks, each fault told with its code, its words and what to do.

A field raises marshmallow's ``ValidationError`` whose messages are entries of a problem's ``errors`` without a path:
the parser knows where the field stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from tariffcalc.errors import TariffcalcError
from tariffcalc.store import StoreUnavailableError
from tariffcalc.web.api.checks import Choice, flows_known, scenario_known
from tariffcalc.web.problems import entry

REQUIRED = [entry("missing-parameter", "this is required")]
WRONG_TYPE = [entry("wrong-type", "this is not a text")]
NO_SCENARIO = [entry("wrong-type", "this is no scenario", "give a name, the id of a saved one, or an object of keys")]
NO_TABLE = [entry("wrong-type", "this is no table", "give a name, the id of a saved one, or a list of rows")]


def told(error: TariffcalcError) -> ValidationError:
    """A domain error as the fault of a field."""
    return ValidationError([entry(error.code, error.message, error.hint)])


class Checked(fields.String):
    """A text that ``check`` turns into a value, or refuses with a domain error."""

    default_error_messages = {"required": REQUIRED, "null": REQUIRED, "invalid": WRONG_TYPE}  # noqa: RUF012

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

    default_error_messages = {"required": REQUIRED}  # noqa: RUF012

    def __init__(self, inner: fields.String, **given: Any) -> None:
        """Tell in the contract what the single value means."""
        super().__init__(inner, **{"metadata": {"description": inner.metadata.get("description")}, **given})


class Names(Several):
    """Names in one text, separated by commas, or a list of them."""

    def __init__(self, check: Callable[[list[str]], Any], about: str, example: str, **given: Any) -> None:
        """Take the check of all names together."""
        super().__init__(fields.String(), metadata={"description": about, "example": example.split(",")}, **given)
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

    default_error_messages = {"invalid": [entry("not-yes-or-no", "this is neither yes nor no", "write 1 or 0")]}  # noqa: RUF012


class Number(fields.Float):
    """A finite number that is not negative."""

    _NOT = [entry("not-a-number", "this is not a number", "write it as 500 or 12.5")]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "special": _NOT, "too_large": _NOT}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        number = super()._deserialize(value, attr, data, **rest)
        if number is not None and number < 0:
            raise ValidationError([entry("negative", "this is negative", "write a number from 0 on")])
        return number


class Whole(fields.Integer):
    """A whole number."""

    _NOT = [entry("not-a-number", "this is not a whole number")]  # noqa: RUF012
    default_error_messages = {"invalid": _NOT, "null": _NOT}  # noqa: RUF012


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
        return value if isinstance(value, Mapping) else super()._deserialize(value, attr, data, **rest)


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
