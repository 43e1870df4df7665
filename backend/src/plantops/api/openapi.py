"""The API's description for machines: an OpenAPI 3.1 document, made from the route table and nothing else."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from aioplantops.errors import (
    Invalid,
    LoginBlocked,
    Malformed,
    OriginForbidden,
    PlantOpsError,
    RateLimited,
    ScopeMissing,
    TooLarge,
    TooSlow,
    Unauthorized,
    Unavailable,
    UnsupportedMedia,
)
from aioplantops.problem import Problem
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from .examples import EXAMPLES
from .problems import TYPE, details
from .route import Route
from .session import COOKIE

type Json = dict[str, Any]
type Names = Mapping[tuple[Any, JsonSchemaMode], Json]
"""Where each model is described."""

TEMPLATE = "#/components/schemas/{model}"
ABOUT = """The PlantOps API. Errors are RFC 9457 problem details with a stable `code`; every answer carries
`X-Correlation-ID`, which also stands in the backend's log. Times are ISO 8601 with a time zone, or Unix seconds
where a reading has them; units are those of each metric."""

CORRELATION = {"X-Correlation-ID": {"$ref": "#/components/headers/CorrelationId"}}
WAIT = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
WAITING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Description:
    """The document, written when it is first asked for: with its making it takes 5 MB, and most houses never ask."""

    def __init__(self, routes: tuple[Route, ...], version: str) -> None:
        """Take what is described."""
        self._routes = routes
        self._version = version
        self._writing = asyncio.Lock()

    async def give(self) -> bytes:
        """Give the document; others are answered while it is written."""
        async with self._writing:
            return await asyncio.to_thread(document, self._routes, self._version)


@cache
def document(routes: tuple[Route, ...], version: str) -> bytes:
    """Write the OpenAPI document of a route table as JSON. The first time costs some 0.2 s of a PC's."""
    names, schemas = _schemas(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, names, schemas)
    for route in routes:
        if route.query is not None:
            schemas.pop(_name(names, route.query, "validation"), None)
    body = {
        "openapi": "3.1.0",
        "info": {"title": "PlantOps", "version": version, "description": ABOUT, "license": {"name": "MIT"}},
        "paths": paths,
        "components": {"schemas": schemas, "headers": _headers(), "securitySchemes": _security()},
        "tags": [{"name": tag} for tag in dict.fromkeys(_tag(route) for route in routes)],
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _schemas(routes: Sequence[Route]) -> tuple[Names, dict[str, Json]]:
    """Describe every model once; the first of the two tells where each is."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes:
        for model in (route.body, route.query):
            if model is not None:
                wanted[model, "validation"] = None
        if route.answer is not None:
            wanted[route.answer, "serialization"] = None
    names, found = models_json_schema(tuple(wanted), ref_template=TEMPLATE)
    return names, found["$defs"]


def _name(names: Names, model: type[BaseModel], mode: JsonSchemaMode) -> str:
    reference: str = names[model, mode]["$ref"]
    return reference.rpartition("/")[2]


def _operation(route: Route, names: Names, schemas: Mapping[str, Json]) -> Json:
    needs = "Open to everyone." if route.scope is None else f"Needs a token with the scope `{route.scope}`."
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"{(route.handler.__doc__ or '').strip()}\n\n{needs}",
        "tags": [_tag(route)],
        "responses": {str(route.status): _success(route, names), **_failures(route)},
        "security": [] if route.scope is None else [{"bearer": [str(route.scope)]}, {"cookie": [str(route.scope)]}],
    }
    parameters = [
        {"name": place.name, "in": "path", "required": True, "schema": place.form.json_schema()}
        for place in route.places
    ]
    if route.query is not None:
        parameters += _parameters(schemas[_name(names, route.query, "validation")])
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        content: Json = {"schema": names[route.body, "validation"]}
        if (example := EXAMPLES.get(route.body)) is not None:
            content["example"] = example
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if route.takes:
        bytes_: Json = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(route.takes, bytes_)}
    return operation


def _parameters(schema: Json) -> list[Json]:
    """Turn a query model's fields into parameters; one that may be absent is never null in an address."""
    found = []
    for name, field in schema.get("properties", {}).items():
        kept = {key: value for key, value in field.items() if key not in {"title", "description"}}
        if kept.get("default", ...) is None:
            del kept["default"]
        choices = [choice for choice in kept.pop("anyOf", []) if choice.get("type") != "null"]
        kept |= choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}
        parameter: Json = {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": kept}
        if "description" in field:
            parameter["description"] = field["description"]
        found.append(parameter)
    return found


def _success(route: Route, names: Names) -> Json:
    answer: Json = {"description": HTTPStatus(route.status).phrase, "headers": CORRELATION}
    if route.answer is not None:
        answer["content"] = {"application/json": {"schema": names[route.answer, "serialization"]}}
    elif route.media is not None:
        answer["content"] = {route.media: {"schema": {} if route.media == "application/json" else {"type": "string"}}}
    return answer


def failures(route: Route) -> tuple[type[PlantOpsError], ...]:
    """List everything that can go wrong on a route, its own errors and those of the door."""
    found: list[type[PlantOpsError]] = [*route.errors, RateLimited, *(place.missing for place in route.places)]
    found.append(Malformed)  # also of what is no HTTP, such as an address of 9 KiB
    if route.scope is not None:
        found += [Unauthorized, LoginBlocked, ScopeMissing, Unavailable]
        if route.stream or route.method != "GET":
            found.append(OriginForbidden)
    if route.stream or route.query is not None:
        found.append(Invalid)
    if route.body is not None:
        found += [TooSlow, TooLarge, UnsupportedMedia, Invalid]
    return tuple(dict.fromkeys(found))


def _failures(route: Route) -> dict[str, Json]:
    by_status: dict[HTTPStatus, list[type[PlantOpsError]]] = {}
    for error in failures(route):
        by_status.setdefault(error.status, []).append(error)
    return {
        str(int(status)): {
            "description": "\n".join(f"- `{error.code}`: {(error.__doc__ or '').strip()}" for error in errors),
            "headers": CORRELATION | (WAIT if status in WAITING else {}),
            "content": {TYPE: {"schema": {"$ref": TEMPLATE.format(model="Problem")}, "example": _example(errors[0])}},
        }
        for status, errors in sorted(by_status.items())
    }


def _example(error: type[PlantOpsError]) -> Json:
    wait = 7 if error.status in WAITING else None
    wrong = ({"where": "name", "why": "is missing"},) if error is Invalid else ()
    return details(error(errors=wrong, retry_after=wait), "0d5a6e1c-7f3b", error.status)


def _tag(route: Route) -> str:
    """Sort routes by their resource: ``plants`` for everything below ``/api/v1/plants``."""
    _, _, below = route.path.partition("/api/v1/")
    return below.partition("/")[0] if below else "backend"


def _headers() -> Json:
    return {
        "CorrelationId": {
            "description": "The id of this request, taken over from the request where it is sane.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,64}$"},
        },
        "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    }


def _security() -> Json:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token: `plantops_…`. Make one with `plantops token create NAME --scope read`.",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": "A browser's session, begun by `POST /api/v1/session`.",
        },
    }
