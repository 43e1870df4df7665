"""The API's documentation in the browser: Swagger UI, from our own server, so that it works offline."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path

from aiohttp import web
from aioplantops.errors import NotFound

from .call import FILE, Call, DocsFile
from .keys import DASHBOARD, DESCRIPTION

KINDS: Mapping[DocsFile, str] = {
    "start.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
"""What the page needs: our own start, and files of Swagger UI."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets styles at elements and brings its icons as data; scripts come from our files only."""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PlantOps API</title>
<link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript; the same is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""

START = """SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});
"""


async def welcome(call: Call) -> web.StreamResponse:
    """Show whoever comes to the front door the dashboard, or where there is none, lead them to the documentation."""
    if (dashboard := call.app.get(DASHBOARD)) is not None:
        return dashboard.start()
    return web.Response(status=HTTPStatus.FOUND, headers={"Location": "/api/docs"})


@cache
def folder() -> Path:
    """Find Swagger UI's files inside the package that brings them, without running it (it would want Flask)."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise NotFound("Swagger UI is not installed; the document itself is at /api/openapi.json.")
    return Path(spec.origin).with_name("dist")


def _answer(text: str, kind: str) -> web.Response:
    return web.Response(text=text, content_type=kind, headers={"Content-Security-Policy": POLICY})


async def page(_call: Call) -> web.Response:
    """Show the documentation as a page to read and try."""
    folder()
    return _answer(PAGE, "text/html")


async def file(call: Call) -> web.StreamResponse:
    """Give one of the page's files."""
    name = call.at(FILE)
    if name == "start.js":
        return _answer(START, "text/javascript")
    headers = {"Content-Type": KINDS[name], "Cache-Control": "public, max-age=86400"}
    return web.FileResponse(folder() / name, headers=headers)


async def document(call: Call) -> web.Response:
    """Give the OpenAPI 3.1 document."""
    return web.Response(body=await call.app[DESCRIPTION](), content_type="application/json")
