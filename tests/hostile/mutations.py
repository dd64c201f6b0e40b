"""How a good input goes wrong: bytes flipped, cut and doubled, values replaced by hostile ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

WORDS = (
    *(
        "",
        " ",
        "\0",
        "\ufeff",
        "\u202e",
        "\ud800",
        "\n",
        '"',
        "'",
        ",",
        ";",
        "=1+1",
        "@x",
        "%s",
        "%00",
        "../../etc/passwd",
    ),
    *("NaN", "Infinity", "-inf", "1e400", "-1e400", "1e-400", "-0", "0x10", "1_000", "٣", "９", "9" * 400, "1.", ".5"),
    *("0000-00-00", "9999-12-31", "2025-02-30", "0001-01-01", "-1", "2025-13", "10000-01-01", "true", "null", "*"),
    *("CAN", "USA", "27", "7208", "2025", "no-pause", "us-north-america-2025", "s232-steel", "__class__", "x" * 5_000),
)
"""Texts at which readers stumble, and some that mean something elsewhere."""

NUMBERS = ("0", "-1", "0.5", "-0.0", "1e308", "1e-308", str(2**31), str(2**63), "9" * 400, "1e400", "-1e400", "NaN")

VALUES = st.one_of(
    st.sampled_from(WORDS).map(json.dumps),
    st.sampled_from(NUMBERS),
    st.text(max_size=20).map(json.dumps),
    st.sampled_from(
        ["null", "true", "[]", "{}", "[[]]", "[null]", "[{}, {}]", '{"": {}}', '["CAN", 1]', '{"a": {"b": []}}']
    ),
    st.integers(1, 1_000).map(lambda depth: "[" * depth + "]" * depth),
)
"""What may stand where something else was meant, as JSON."""

PLACES = st.floats(0, 1, exclude_max=True)


@st.composite
def spoilt(draw: st.DrawFn, good: bytes) -> bytes:
    """Bytes in which something went wrong, once or a few times."""
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        at, size = int(draw(PLACES) * (len(data) + 1)), draw(st.integers(1, 40))
        match draw(st.sampled_from(["flip", "cut", "end", "double", "insert"])):
            case "flip":
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del data[at : at + size]
            case "end":
                del data[at:]
            case "double":
                data[at:at] = data[at : at + size] * draw(st.integers(1, 50))
            case "insert":
                data[at:at] = draw(st.sampled_from(WORDS)).encode("utf-8", "surrogatepass")
    return bytes(data)


def paths(found: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a body of JSON."""
    yield way
    steps = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for step, inner in steps:
        yield from paths(inner, (*way, step))


@st.composite
def misspelt(draw: st.DrawFn, good: Any) -> bytes:
    """A body of JSON in which a few values are others, are gone, or have company."""
    body = json.loads(json.dumps({"body": good}))
    values = draw(st.lists(VALUES, min_size=1, max_size=3))
    for number, _ in enumerate(values):
        *way, last = draw(st.sampled_from([way for way in paths(body) if way]))
        at = body
        for step in way:
            at = at[step]
        match draw(st.sampled_from(["replace", "replace", "drop", "add"])):
            case "drop" if way:
                del at[last]
            case "add" if isinstance(at, dict) and way:
                at[draw(st.sampled_from(WORDS))] = f"@{number}@"
            case _:
                at[last] = f"@{number}@"
    text = json.dumps(body["body"])
    for number, value in enumerate(values):
        text = text.replace(f'"@{number}@"', value)
    return text.encode()


@st.composite
def misasked(draw: st.DrawFn, good: dict[str, str]) -> list[tuple[str, str]]:
    """A query in which a few parameters are others, are gone, are there twice, or have company."""
    asked = list(good.items())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(asked)))
        name = asked[at][0] if at < len(asked) and draw(st.integers(0, 4)) else draw(st.sampled_from(WORDS))
        said = draw(st.sampled_from(WORDS) | st.text(max_size=10))
        asked[at : at + draw(st.integers(0, 1))] = [(name, said)]
    return [
        (name.encode("utf-8", "replace").decode(), said.encode("utf-8", "replace").decode()) for name, said in asked
    ]
