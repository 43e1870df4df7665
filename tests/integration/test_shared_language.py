"""The shared language works inside Home Assistant: with its pinned libraries, in its loop, without importing it."""

import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tomllib import loads
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LANGUAGE = "custom_components.plantops.lib.aioplantops"
# Before Home Assistant's test harness puts its own `custom_components` first.
client, errors, events, garden, models = (
    import_module(f"{LANGUAGE}.{name}") for name in ("client", "errors", "events", "garden", "models")
)
LIBRARY = ROOT / "custom_components" / "plantops" / "lib"
MODULES = sorted(
    path.relative_to(LIBRARY).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    for path in LIBRARY.rglob("*.py")
)


def test_every_module_imports_without_home_assistant() -> None:
    program = f"import {', '.join(MODULES)}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    said = subprocess.run([sys.executable, "-c", program], cwd=LIBRARY, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "aioplantops" in said.stdout.split()
    assert "homeassistant" not in said.stdout.split()


def test_home_assistants_pins_satisfy_its_dependencies() -> None:
    project = loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [Requirement(line) for line in project["dependencies"]]
    assert needs
    assert [str(need) for need in needs if not need.specifier.contains(version(need.name))] == []


async def test_the_garden_folds_in_home_assistants_loop(hass: Any) -> None:
    """A snapshot and an event as they come over the wire become the garden that entities will show."""
    now = datetime.now(UTC).isoformat()
    device = {"id": "plant-3fa2c1", "name": "Monstera", "kind": "plantops", "status": "online", "created_at": now}
    before = garden.Garden.of(models.GardenSnapshot.model_validate({"devices": [device], "plants": []}))
    said = {"type": "status", "seq": 1, "device_id": "plant-3fa2c1", "status": "offline", "status_at": now}
    after = before.after(await hass.async_add_executor_job(events.EVENT.validate_python, said))
    assert before.devices["plant-3fa2c1"].status is models.DeviceStatus.ONLINE
    assert after.devices["plant-3fa2c1"].status is models.DeviceStatus.OFFLINE


@pytest.mark.usefixtures("socket_enabled")
async def test_the_client_asks_through_home_assistants_session(hass: Any) -> None:
    """The client takes the session that Home Assistant shares, and a refusal comes out as its own error class."""

    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") == "Bearer right":
            return web.json_response({"devices": [], "plants": []})
        words = {"type": "about:blank", "title": "Unauthorized", "detail": "No.", "correlation_id": "c0ffee"}
        problem = {**words, "status": 401, "code": errors.Unauthorized.code}
        return web.json_response(problem, status=401, content_type="application/problem+json")

    house = web.Application()
    house.router.add_get("/api/v1/garden", answer)
    session = import_module("homeassistant.helpers.aiohttp_client").async_get_clientsession(hass)
    async with TestServer(house) as server:
        snapshot = await client.PlantOpsClient(server.make_url("/"), "right", session).garden()
        assert snapshot == models.GardenSnapshot(devices=(), plants=())
        with pytest.raises(errors.Unauthorized):
            await client.PlantOpsClient(server.make_url("/"), "wrong", session).garden()
    assert not session.closed
