"""What answers but is not our backend, or not one that we understand, is told apart and said in words."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import added
from tests.integration.flows import begin, fill
from tests.integration.pretender import hello, pretender


async def _hang_up(socket: web.WebSocketResponse) -> None:
    await socket.close()


@pytest.mark.parametrize(
    ("greeting", "key"),
    [
        (hello(schema_version=99, min_schema_version=98), {"base": "server_too_new"}),
        (hello(schema_version=0, min_schema_version=0), {"base": "server_too_old"}),
        ({"type": "hello", "schema_version": "many"}, {"url": "wrong_url"}),
        (["not", "a", "message"], {"url": "wrong_url"}),
    ],
)
async def test_a_backend_that_is_not_understood(hass: HomeAssistant, greeting: object, key: dict[str, str]) -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_json(greeting)
        await socket.receive()

    async with pretender(say) as url:
        shown = await fill(hass, await begin(hass), url=url, token="plantops_x")  # noqa: S106 - nobody's token
    assert shown["errors"] == key


async def test_a_page_that_is_no_backend(hass: HomeAssistant) -> None:
    async with pretender(_hang_up, health="<html>router</html>") as url:
        shown = await fill(hass, await begin(hass), url=url, token="plantops_x")  # noqa: S106 - nobody's token
    assert shown["errors"] == {"url": "wrong_url"}


@pytest.mark.parametrize(
    ("status", "code", "key"), [(429, "login_blocked", {"base": "blocked"}), (500, "internal", {"base": "refused"})]
)
async def test_a_backend_that_refuses(hass: HomeAssistant, status: int, code: str, key: dict[str, str]) -> None:
    async def refuse(_: web.Request) -> web.Response:
        words = {"type": "x", "title": "x", "detail": "Not now.", "correlation_id": "c", "status": status, "code": code}
        return web.json_response(words, status=status, content_type="application/problem+json")

    app = web.Application()
    app.router.add_get("/api/health", refuse)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        shown = await fill(hass, await begin(hass), url=url, token="plantops_x")  # noqa: S106 - nobody's token
    assert shown["errors"] == key


@pytest.mark.parametrize(
    ("greeting", "issue"),
    [
        (hello(schema_version=99, min_schema_version=98), "server_too_new"),
        (hello(schema_version=0, min_schema_version=0), "server_too_old"),
        (hello(), "foreign_instance"),
    ],
)
@pytest.mark.usefixtures("expected_lingering_timers")
@pytest.mark.parametrize("expected_lingering_timers", [True])  # aiohttp's own, of a connection that it closes
async def test_an_update_that_does_not_fit_is_put_up_for_repair(
    hass: HomeAssistant, greeting: dict[str, object], issue: str
) -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_json(greeting)
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": {"devices": [], "plants": []}})
        await socket.receive()

    async with pretender(say) as url:
        entry = added(hass, "d2a0d3a2-91c8-4d5a-8f3c-6e9a4a3f0000", url=url, token="plantops_x")  # noqa: S106
        assert not await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}")
    await hass.config_entries.async_remove(entry.entry_id)
    assert not ir.async_get(hass).async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}")
