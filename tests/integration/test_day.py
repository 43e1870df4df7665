"""A day of a garden: whatever happens in it, nothing of the integration is more at its end than it was before."""

import asyncio
import gc
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.integration.conftest import added, set_up
from tests.integration.flows import ANOTHER
from tests.integration.pretender import hello, pretender
from tests.integration.waiting import until

STEPS = 96
"""Of a quarter of an hour."""
WARM = 30
"""Steps until everything has happened a few times."""
NOW = datetime.now(UTC).isoformat()
BEFORE = (datetime.now(UTC) - timedelta(days=2)).isoformat()
"""When tasks were done: what was done lately stays in the list, ticked, and the calendar stands still here."""
MOISTURE = "sensor.lily_soil_moisture"


def _plant(number: int, name: str) -> dict[str, Any]:
    plant_id = str(UUID(int=number))
    served = {
        "id": str(UUID(int=number + 1000)),
        "plant_id": plant_id,
        "channel_id": number,
        "device_id": "plant-000001",
    }
    assignments = [{**served, "metric": "soil_moisture", "from": NOW}]
    return {"id": plant_id, "name": name, "created_at": NOW, "updated_at": NOW, "assignments": assignments, "site": {}}


LILY = _plant(1, "Lily")
DEVICE = {"id": "plant-000001", "name": "Probe", "kind": "plantops", "status": "online", "created_at": NOW}


class Day:
    """Says what happens in a garden, step by step, over whatever connection there is."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self.socket: web.WebSocketResponse | None = None
        self._seq = 0

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Greet somebody who connects, and keep him."""
        await socket.send_json(hello())
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": {"devices": [DEVICE], "plants": [LILY]}})
        self._seq, self.socket = 0, socket
        await socket.receive()
        self.socket = None

    async def say(self, kind: str, **what: object) -> None:
        """Tell one thing that happened."""
        assert self.socket is not None
        self._seq += 1
        await self.socket.send_json({"type": kind, "seq": self._seq, **what})

    async def guest(self, number: int) -> None:
        """Let a plant come and go."""
        guest = _plant(number, f"Guest {number}")
        await self.say("plant", plant=guest)
        await self.say("plant_removed", plant_id=guest["id"])

    async def quarter(self, step: int) -> None:
        """Tell what happens in a quarter of an hour: a problem and a task that come and go, a care event, a reading."""
        about = {"plant_id": LILY["id"]}
        alert = {**about, "id": str(uuid4()), "kind": "soil_moisture_low", "severity": "warning", "words": "Dry."}
        task = {**about, "id": str(uuid4()), "kind": "watered", "title": "Water", "due_at": NOW, "basis": "model"}
        care = {**about, "id": str(uuid4()), "kind": "watered", "source": "logged", "at": NOW}
        await self.say("alert", alert={**alert, "opened_at": NOW})
        await self.say("task", task=task)
        await self.say("care", event=care)
        await self.say("alert", alert={**alert, "opened_at": NOW, "resolved_at": NOW})
        await self.say("task", task={**task, "completed_at": BEFORE})
        value = {"metric": "soil_moisture", "unit": "%", "value": float(step % 100), "time": NOW, "channel_id": 1}
        felt = {"plant_id": LILY["id"], "value": value}
        await self.say("readings", device_id="plant-000001", last_seen=NOW, channels=[], plants=[felt])


def _counted(hass: HomeAssistant) -> Counter[str]:
    """Count everything that is ours, and what Home Assistant keeps for us."""
    gc.collect()
    kinds = (type(one) for one in gc.get_objects())
    ours = Counter(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds if "plantops" in str(kind.__module__))
    ours["listeners"] = sum(hass.bus.async_listeners().values())
    ours["states"] = len(hass.states.async_all())
    ours["tasks"] = len([task for task in asyncio.all_tasks() if "plantops" in task.get_name()])
    return ours


def _asking() -> list[str]:
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "plantops health"]


def _feels(hass: HomeAssistant, moisture: float) -> bool:
    state = hass.states.get(MOISTURE)
    return state is not None and state.state == str(moisture)


async def test_a_day_leaves_nothing_behind(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    day = Day()
    async with pretender(day.serve) as url:
        entry = added(hass, ANOTHER, url=url, token="plantops_x")  # noqa: S106 - nobody's token
        await set_up(hass, entry)
        hass.loop.set_debug(False)
        before: Counter[str] = Counter()
        for step in range(STEPS):
            if step % 20 == 10:
                assert day.socket is not None
                await day.socket.close()
                await until(hass, lambda: day.socket is not None and entry.runtime_data.last_update_success)
            if step % 4 == 0:
                await day.guest(step + 10)
            await day.quarter(step)
            await until(hass, partial(_feels, hass, float(step % 100)))
            async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=15 * (step + 1)))
            if step in {WARM, STEPS - 1}:
                await until(hass, lambda: not _asking(), "nobody asks the backend any more")
                caplog.clear()
                after, before = _counted(hass), before or _counted(hass)
        assert after - before == Counter()
        assert await hass.config_entries.async_unload(entry.entry_id)
