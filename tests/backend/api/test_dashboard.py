"""The dashboard's files as the backend gives them: the page under every address of its own, nothing of the API's."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from plantops.api.dashboard import FOR_EVER, POLICY, Dashboard

PAGE = "<!doctype html><title>PlantOps</title>"


async def nothing(_: web.Request) -> web.Response:
    """Answer as the API would."""
    return web.json_response({})


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Give a client of an app that serves a built page, beside an address of the API."""
    (tmp_path / "page/assets").mkdir(parents=True)
    (tmp_path / "page/index.html").write_text(PAGE)
    (tmp_path / "page/assets/start-1a2b.js").write_text("export {};")
    (tmp_path / "secret.txt").write_text("never told")
    app = web.Application()
    app.router.add_get("/api/v1/garden", nothing)
    app.router.add_post("/api/v1/plants", nothing)
    Dashboard(tmp_path / "page").settle(app)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize("path", ["/devices", "/plants/01a2137d-fb74-75ef-aba0-08d1d5291dbf", "/a/page/of/tomorrow"])
async def test_every_address_of_the_page_gives_the_page(
    visitor: TestClient[web.Request, web.Application], path: str
) -> None:
    answer = await visitor.get(path)
    assert (answer.status, answer.content_type, await answer.text()) == (HTTPStatus.OK, "text/html", PAGE)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "unsafe" not in POLICY


async def test_files_with_a_digest_in_their_name_are_kept(visitor: TestClient[web.Request, web.Application]) -> None:
    answer = await visitor.get("/assets/start-1a2b.js")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("text/javascript", FOR_EVER)


@pytest.mark.parametrize("path", ["/assets/gone-3c4d.js", "/../secret.txt", "/%2e%2e/secret.txt", "/favicon.ico"])
async def test_what_is_no_file_of_the_page_is_not_there(
    visitor: TestClient[web.Request, web.Application], path: str
) -> None:
    answer = await visitor.get(path)
    assert answer.status >= HTTPStatus.BAD_REQUEST
    assert "never told" not in await answer.text()


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/metrics"])
async def test_the_api_keeps_its_addresses(visitor: TestClient[web.Request, web.Application], path: str) -> None:
    assert (await visitor.get("/api/v1/garden")).status == HTTPStatus.OK
    assert (await visitor.get(path)).status == HTTPStatus.NOT_FOUND
    assert (await visitor.get("/api/v1/plants")).status == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_folder_without_a_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Dashboard(tmp_path)
