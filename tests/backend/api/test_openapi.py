"""The OpenAPI document is valid, whole, and says what the API does."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from aioplantops.problem import Problem
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from plantops.api.examples import EXAMPLES
from plantops.api.openapi import document
from plantops.api.route import Route
from plantops.api.routes import ROUTES

from tests.backend.api.conftest import House

DOCUMENT: dict[str, Any] = json.loads(document(ROUTES, "1.2.3"))


def test_the_document_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    validate(DOCUMENT)


async def test_it_is_what_the_api_gives(house: House) -> None:
    answer = await house.client.get("/api/openapi.json")
    given = await answer.json()
    assert set(given["paths"]) == {route.path for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_is_described(route: Route) -> None:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    assert operation["operationId"] == route.name
    assert bool(operation["security"]) is (route.scope is not None)
    answers = operation["responses"]
    assert str(route.status) in answers
    assert {"401", "403", "429", "503"} <= set(answers) if route.scope else "429" in answers
    assert "400" in answers, "to what HTTP does not allow"
    for status, answer in answers.items():
        assert "X-Correlation-ID" in answer["headers"]
        if int(status) >= 400:
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert Problem.model_validate(content["example"]).status == int(status)
    names = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
    assert names == {place.name for place in route.places}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body], ids=lambda route: route.name)
def test_every_body_has_an_example_that_fits(route: Route) -> None:
    assert route.body is not None
    example = EXAMPLES[route.body]
    route.body.model_validate_json(json.dumps(example), strict=True)
    content = DOCUMENT["paths"][route.path][route.method.lower()]["requestBody"]["content"]["application/json"]
    assert content["example"] == example
    schema = content["schema"] | {"components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(example)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body is None], ids=lambda route: route.name)
def test_what_is_no_json_is_described_too(route: Route) -> None:
    body = DOCUMENT["paths"][route.path][route.method.lower()].get("requestBody")
    refuses_others = any(error.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE for error in route.errors)
    assert bool(body) is refuses_others, "who refuses a kind of body says which it takes"
    assert not body or set(body["content"]) == set(route.takes)


def test_no_model_is_described_in_vain() -> None:
    text = json.dumps(DOCUMENT)
    unused = [name for name in DOCUMENT["components"]["schemas"] if f'"#/components/schemas/{name}"' not in text]
    assert unused == []


async def test_the_page_brings_everything_itself(house: House) -> None:
    answer = await house.client.get("/api/docs")
    page = await answer.text()
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "http://" not in page
    assert "https://" not in page
    for name, kind in (
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("start.js", "text/javascript"),
        ("favicon-32x32.png", "image/png"),
    ):
        assert f"/api/docs/{name}" in page
        file = await house.client.get(f"/api/docs/{name}")
        assert (file.status, file.content_type) == (200, kind)


@pytest.mark.parametrize("name", ["index.html", "swagger-ui.js.map", "..", "%2e%2e%2f__init__.py", "VERSION"])
async def test_the_page_gives_no_other_files(house: House, name: str) -> None:
    assert (await house.client.get(f"/api/docs/{name}")).status == 404


async def test_a_browser_at_the_front_door_is_led_to_the_documentation(house: House) -> None:
    answer = await house.client.get("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/api/docs")
    assert (await house.client.get("/")).content_type == "text/html"
