"""Shipments from words: what cannot be is refused by the command and the library alike, and never pays zero."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

import tariffcalc as tc
from tariffcalc.cli import cli
from tariffcalc.errors import BadRequestError, UnknownProductError

CRUDE = {"product": "2709002010", "origin": "CAN", "on": "2025-03-05"}


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"quantity": 0, "unit": "bbl", "value": 1000}, "bad-quantity"),
        ({"quantity": -1, "unit": "bbl"}, "bad-quantity"),
        ({"loaded": "2025-03-06"}, "loaded-after-entry"),
        ({"shares": {"steel": 0.8, "aluminum": 0.8}}, "bad-share"),
    ],
)
def test_a_shipment_that_cannot_be_is_refused(known: dict[str, Any], code: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        tc.rate(**CRUDE, **known)
    assert caught.value.code == code


def test_what_is_just_possible_is_quoted() -> None:
    for known in (
        {"quantity": 0.001, "unit": "bbl"},
        {"loaded": "2025-03-05"},
        {"shares": {"steel": 0.5, "copper": 0.5}},
    ):
        assert tc.rate(**CRUDE, **known).additional_rate == 0.1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (["steel=0.5", "steel=0.4"], "steel is given more than once"),
        (["steel=0.8", "aluminum=0.8"], "steel and aluminum are more than 1 together"),
    ],
)
def test_the_command_takes_each_content_once(shares: list[str], said: str) -> None:
    asked = [word for share in shares for word in ("--share", share)]
    done = CliRunner().invoke(cli, ["rate", "8708292120", "--origin", "CAN", "--date", "2025-09-10", *asked])
    assert done.exit_code != 0
    assert said in f"{done.output} {done.exception}"


def test_of_an_unknown_code_the_command_says_that_nothing_is_known() -> None:
    """For programs in an answer that is not resolved, and for all by the status that it ends with."""
    asked = ["rate", "9999.99.99", "--origin", "CAN", "--date", "2025-09-10", "--value", "100"]
    done = CliRunner().invoke(cli, [*asked, "--format", "json"])
    found = json.loads(done.stdout)
    assert (found["resolved"], found["rate"], found["duty"]) == (False, None, None)
    assert "nearby" in found["warnings"][0]
    plain = CliRunner().invoke(cli, asked)
    assert plain.stdout == ""
    for one in (done, plain):
        assert isinstance(one.exception, UnknownProductError)
