"""``/openapi.json`` tells what the service does: every route, every parameter, every member of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema

from tariffcalc.cli import cli
from tariffcalc.web.api import answers, queries, service

PAGES = {"/", "/docs", "/docs/ui/{name}", "/static/{filename}", "/openapi.json"}
RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"


@pytest.fixture(scope="module")
def contract(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return found


def test_every_route_is_in_the_contract(app: Flask, contract: dict[str, Any]) -> None:
    told = {path: {name.upper() for name in one} - {"PARAMETERS"} for path, one in contract["paths"].items()}
    offered: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)
        offered[path] = offered.get(path, set()) | (rule.methods or set()) & {"GET", "POST"}
    assert told == {path: methods for path, methods in offered.items() if path not in PAGES}


def test_references_lead_somewhere(contract: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
            node = list(node.values())
        for inner in node if isinstance(node, list) else []:
            yield from references(inner)

    for reference in set(references(contract)):
        found: Any = contract
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_every_parameter_says_what_it_means(contract: dict[str, Any]) -> None:
    silent = [
        (path, parameter["name"])
        for path, one in contract["paths"].items()
        for method in one.values()
        if isinstance(method, dict)
        for parameter in method.get("parameters", ())
        if parameter["in"] == "query" and not (parameter.get("description") or parameter["schema"].get("description"))
    ]
    assert silent == []


def test_errors_are_told_as_problems(contract: dict[str, Any]) -> None:
    for one in contract["components"]["responses"].values():
        assert list(one["content"]) == ["application/problem+json"]


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (RATE + "&value=1000", answers.RateAnswer),
        ("/v1/rates/history?product=2709002010&origin=CAN", answers.TableAnswer),
        ("/v1/estimates?flows=us-north-america-2025&by=origin", answers.TableAnswer),
        ("/v1/measures?page_size=200", answers.MeasuresAnswer),
        ("/v1/measures/ieepa-canada", answers.MeasureAnswer),
        ("/v1/products?q=steel", answers.ProductsAnswer),
        ("/v1/flows", answers.FlowTablesAnswer),
        ("/v1/flows/us-world-2024", answers.FlowTableAnswer),
        ("/v1/scenarios", answers.ScenariosAnswer),
        ("/healthz", answers.HealthAnswer),
        ("/readyz", answers.ReadyAnswer),
        ("/v1/rates", answers.Problem),
    ],
)
def test_answers_have_the_members_that_the_contract_tells(client: FlaskClient, path: str, schema: type[Schema]) -> None:
    """Neither more nor fewer: a member that is told and missing would mislead as much as one that is not told."""
    found = client.get(path).get_json(force=True)
    assert schema().validate(found, many=False) == {}
    told = {field.data_key or name for name, field in schema().fields.items()}
    assert set(found) | {"hint"} == told | {"hint"}


def test_names_are_those_of_the_command_line() -> None:
    """Whoever knows the one knows the other."""
    apart = {"format", "output", "facts", "shares"}
    pairs = {"rate": queries.RateQuery, "estimate": queries.EstimateQuery, "history": queries.HistoryQuery}
    for command, schema in pairs.items():
        options = {one.opts[0].lstrip("-").replace("-", "_") for one in cli.commands[command].params}
        assert options - apart <= set(schema().known), command


def test_the_page_of_the_contract_needs_no_other_place(client: FlaskClient) -> None:
    page = client.get("/docs").text
    assert "http" not in page
    for source in re.findall(r'(?:src|href)="([^"]+)"', page):
        with client.get(source) as answer:
            assert answer.status_code == 200, source


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json()["measures"] > 40


def test_not_ready_is_told_with_when_to_ask_again(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise OSError("no such folder")

    monkeypatch.setattr(service, "read_schedule", missing)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.content_type == "application/problem+json"
