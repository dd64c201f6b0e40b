"""``/openapi.json`` tells what the service does: every route, parameter, body, answer and error, with examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema

from tariffcalc.cli import cli
from tariffcalc.web.api import answers, queries, service

OWN = {"/healthz", "/readyz", "/metrics"}
"""Routes of the API outside ``/v1``; all others there are pages for people, and the contract itself."""

RATE = "/v1/rates?product=2709002010&origin=CAN&date=2025-03-05"
METHODS = {"GET", "POST", "PUT", "DELETE"}
READABLE = {"application/json", "text/csv", "text/tab-separated-values"}


@pytest.fixture(scope="module")
def contract(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return found


def operations(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every operation with its name and what its path has for all of them."""
    for path, item in contract["paths"].items():
        for method in sorted(METHODS & {name.upper() for name in item}):
            yield f"{method} {path}", item[method.lower()], item


def parameters(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation, item in operations(contract):
        for one in [*item.get("parameters", ()), *operation.get("parameters", ())]:
            yield f"{name} {one['in']} {one['name']}", one


def resolved(contract: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for step in node.get("$ref", "").removeprefix("#/").split("/") if "$ref" in node else ():
        node = contract[step] if node.get("$ref") else node[step]
    return node


def media(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every body and answer: where it is, its media type, what is told of it."""
    for name, operation, _ in operations(contract):
        for kind, told in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} body", kind, told
        for status, answer in operation["responses"].items():
            for kind, told in resolved(contract, answer).get("content", {}).items():
                yield f"{name} {status}", kind, told


def validator(contract: dict[str, Any], schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator({**schema, "components": contract["components"]})


def test_it_is_the_newest_form(contract: dict[str, Any]) -> None:
    assert contract["openapi"].startswith("3.1.")


def test_every_route_is_in_the_contract(app: Flask, contract: dict[str, Any]) -> None:
    told = {path: {name.upper() for name in one} & METHODS for path, one in contract["paths"].items()}
    offered: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)
        offered[path] = offered.get(path, set()) | (rule.methods or set()) & METHODS
    assert len(offered) > 25
    assert told == {path: methods for path, methods in offered.items() if path.startswith("/v1") or path in OWN}


def test_references_lead_somewhere(contract: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
            node = list(node.values())
        for inner in node if isinstance(node, list) else []:
            yield from references(inner)

    found = set(references(contract))
    assert len(found) > 20
    for reference in found:
        assert resolved(contract, {"$ref": reference}), reference


def test_every_parameter_says_what_it_means_with_an_example(contract: dict[str, Any]) -> None:
    silent = [name for name, one in parameters(contract) if not one.get("description") or "example" not in one]
    assert silent == []


def test_examples_of_parameters_fit_their_schemas(contract: dict[str, Any]) -> None:
    wrong = [
        name for name, one in parameters(contract) if not validator(contract, one["schema"]).is_valid(one["example"])
    ]
    assert wrong == []


def test_every_operation_is_named_and_told(contract: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation, _ in operations(contract)]
    assert len(set(names)) == len(names)
    assert [name for name, operation, _ in operations(contract) if not operation.get("summary")] == []


def test_every_body_and_answer_has_a_schema(contract: dict[str, Any]) -> None:
    assert [(place, kind) for place, kind, told in media(contract) if not told.get("schema")] == []
    empty = [
        f"{name} {status}"
        for name, operation, _ in operations(contract)
        for status, answer in operation["responses"].items()
        if status not in {"204", "304"} and not resolved(contract, answer).get("content")
    ]
    assert empty == []


def test_every_body_and_answer_has_an_example_that_fits(contract: dict[str, Any]) -> None:
    for place, kind, told in media(contract):
        if kind in READABLE or kind.endswith("+json"):
            assert "example" in told, (place, kind)
            assert validator(contract, told["schema"]).is_valid(told["example"]), (place, kind)


def test_every_error_is_told_as_a_problem(contract: dict[str, Any]) -> None:
    for name, operation, item in operations(contract):
        errors = {status for status in operation["responses"] if status >= "400"}
        for status in errors:
            told = resolved(contract, operation["responses"][status])
            assert list(told["content"]) == ["application/problem+json"], (name, status)
            assert told["content"]["application/problem+json"]["example"]["status"] == int(status)
        needed = {"500"}
        needed |= {"422", "401", "403", "429", "503"} if "/v1/" in name else set()
        needed |= {"404"} if item.get("parameters") else set()
        needed |= {"400", "413", "415"} if "requestBody" in operation else set()
        assert needed <= errors, name


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (RATE + "&value=1000", answers.RateAnswer),
        ("/v1/rates/history?product=2709002010&origin=CAN", answers.TableAnswer),
        ("/v1/estimates?flows=us-north-america-2025&by=origin", answers.TableAnswer),
        ("/v1/measures?page_size=200", answers.MeasuresAnswer),
        ("/v1/measures/ieepa-canada", answers.MeasureAnswer),
        ("/v1/products?q=steel", answers.ProductsAnswer),
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


QUESTIONS = {
    "/v1/rates": f"{RATE}&origin=MEX",
    "/v1/rates/history": "/v1/rates/history?product=2709002010&origin=CAN",
    "/v1/estimates": "/v1/estimates?flows=us-north-america-2025&by=origin",
    "/v1/measures": "/v1/measures?q=steel",
    "/v1/measures/{measure_id}": "/v1/measures/ieepa-canada",
    "/v1/changes": "/v1/changes?since=2026-06&until=2026-07",
    "/v1/products": "/v1/products?q=steel",
    "/v1/flows": "/v1/flows",
    "/v1/flows/{table_id}": "/v1/flows/us-world-2024",
    "/v1/scenarios": "/v1/scenarios",
    "/v1/scenarios/{scenario_id}": "/v1/scenarios/no-pause",
    "/healthz": "/healthz",
    "/readyz": "/readyz",
}
"""For every path that is answered in JSON without anything saved before, an address."""


@pytest.mark.parametrize("path", QUESTIONS)
def test_answers_fit_their_schema(client: FlaskClient, contract: dict[str, Any], path: str) -> None:
    told = contract["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = client.get(QUESTIONS[path])
    assert answer.status_code == 200
    found = [error.message for error in validator(contract, told).iter_errors(answer.get_json())]
    assert found == []


def test_errors_fit_their_schema(client: FlaskClient, contract: dict[str, Any]) -> None:
    for path in ("/v1/rates?product=1&dat=x", "/v1/nothing", "/v1/measures/none"):
        problem = client.get(path).get_json(force=True)
        assert validator(contract, contract["components"]["schemas"]["Problem"]).is_valid(problem)


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
