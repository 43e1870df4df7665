"""PlantOps in a real Home Assistant: readings, automations, the to-do list, restarts, statistics, pages."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aioplantops.care import CareKind, CareLog
from aioplantops.history import ReadingsPost
from aioplantops.models import AssignmentCreate, Plant, PlantCreate
from aioplantops.tasks import TaskKind, TaskRuleCreate, Unit
from plantops.demo.hass.door import Door, HassRefused

from tests.live.conftest import Home
from tests.live.house import PATIENCE_SECONDS, House, until
from tests.live.pictures import MANY, visit

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1800)]
HURRY = '''"""Lets PlantOps look at the statistics at once."""

from datetime import timedelta

from custom_components.plantops import missed

missed.SETTLE = timedelta(seconds=1)


async def async_setup(hass, config):
    """Do nothing else."""
    return True
'''
NOT_OURS = ("has not been tested by Home Assistant", "is taking over", "Waiting ")
"""It says the first of every custom integration, and the others on a busy machine."""
PICTURES = Path(__file__).parents[2] / "build" / "home-assistant"


@pytest_asyncio.fixture(loop_scope="session")
async def house(home: Home) -> AsyncIterator[House]:
    """Let somebody in."""
    async with home.house() as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def fern(house: House) -> AsyncIterator[Plant]:
    """Plant something for a test; the garden is afterwards as it was."""
    plant = await house.client.create_plant(PlantCreate(name=f"Fern {secrets.token_hex(3)}", area="Study"))
    yield plant
    await house.client.delete_plant(plant.id)


async def _notes(house: House, plant: Plant, kind: CareKind) -> list[str | None]:
    """Give the notes in a plant's care log, of one kind."""
    return [event.note async for event in house.client.care(plant.id) if event.kind is kind]


async def test_a_reading_becomes_a_state(house: House, fern: Plant) -> None:
    """A plant that nobody knew gets a probe that nobody knew: both come by themselves, and with them the number."""
    probe = f"probe-{secrets.token_hex(4)}"
    sent = {"device_id": probe, "readings": [{"c": "soil_moisture", "t": time.time(), "v": 41.5}]}
    await house.client.post_readings(ReadingsPost.model_validate(sent))
    (channel,) = (await house.client.device(probe)).channels
    await house.client.assign(fern.id, AssignmentCreate(channel_id=channel.id))
    moisture = await house.entity(f"{fern.id}_soil_moisture")
    await until(lambda: house.is_at(moisture, "41.5"), "the reading as a state")
    sent["readings"] = [{"c": "soil_moisture", "t": time.time(), "v": 40.25}]
    await house.client.post_readings(ReadingsPost.model_validate(sent))
    await until(lambda: house.is_at(moisture, "40.25"), "the next reading as a state")
    state = await house.state(moisture)
    assert state is not None
    assert state["attributes"]["unit_of_measurement"] == "%"
    assert state["attributes"]["device_class"] == "moisture"


async def test_a_sensor_that_is_there_already_measures_for_a_plant(house: House, fern: Plant) -> None:
    """What Home Assistant remembers of its entities lies elsewhere in each version: a new number must get through."""
    helper = {"name": f"Probe {secrets.token_hex(3)}", "min": 0, "max": 100, "initial": 37, "unit_of_measurement": "%"}
    made = await house.command("input_number/create", **helper)
    probe = f"input_number.{made['id']}"
    await until(lambda: _known(house, probe), "the sensor")
    (entry,) = await house.door.ask("GET", "/api/config/config_entries/entry?domain=plantops")
    flow, entry_id = "/api/config/config_entries/subentries/flow", entry["entry_id"]
    shown = await house.door.ask("POST", flow, {"handler": [entry_id, "sensor"]})
    await house.door.ask("POST", f"{flow}/{shown['flow_id']}", {"entity": probe})
    measures = {"metric": "soil_moisture", "plants": [str(fern.id)]}
    assert (await house.door.ask("POST", f"{flow}/{shown['flow_id']}", measures))["type"] == "create_entry"
    moisture = await house.entity(f"{fern.id}_soil_moisture")
    await until(lambda: house.is_at(moisture, "37.0"), "the number as the plant's soil moisture")
    bound = await house.command("config_entries/subentries/list", entry_id=entry_id)
    (ours,) = [one["subentry_id"] for one in bound if one["title"] == helper["name"]]
    await house.command("config_entries/subentries/delete", entry_id=entry_id, subentry_id=ours)
    await house.command("input_number/delete", input_number_id=made["id"])


async def test_thirst_begins_an_automation(house: House, fern: Plant) -> None:
    """A plant that is watered every five days was watered three days ago, it is said; then that is taken back."""
    for days in (18, 13, 8, 3):
        at = datetime.now(UTC) - timedelta(days=days)
        newest = await house.client.log_care(fern.id, CareLog(kind=CareKind.WATERED, at=at))
    thirst = await house.entity(f"{fern.id}_needs_water")
    await until(lambda: house.is_at(thirst, "off"), "a plant that is content")
    device = await house.device(thirst)
    automation = {
        "alias": "Thirsty",
        "triggers": [{"trigger": "plantops.needs_water", "target": {"device_id": device}}],
        "actions": [
            {
                "action": "plantops.log_care",
                "target": {"device_id": device},
                "data": {"kind": "note", "note": "{{ trigger.entity_id }} has called"},
            }
        ],
    }
    number = str(time.time_ns())
    await house.door.ask("POST", f"/api/config/automation/config/{number}", automation)
    await until(lambda: _automation_is_on(house, number), "the automation")
    await house.client.delete_care(fern.id, newest.id)

    async def told() -> bool:
        return f"{thirst} has called" in await _notes(house, fern, CareKind.NOTE)

    await until(told, "what the automation writes into the care log")
    await house.door.ask("DELETE", f"/api/config/automation/config/{number}")


async def _automation_is_on(house: House, number: str) -> bool:
    states: list[dict[str, Any]] = await house.door.ask("GET", "/api/states")
    return any(one["attributes"].get("id") == number and one["state"] == "on" for one in states)


async def test_what_is_ticked_off_is_in_the_care_log(house: House, fern: Plant) -> None:
    due = datetime.now(UTC) + timedelta(days=1)
    rule = TaskRuleCreate(plant_id=fern.id, kind=TaskKind.FERTILISED, every=2, unit=Unit.WEEKS, first_due=due)
    await house.client.create_task_rule(rule)
    to_do = await house.entity(f"{await house.instance()}_care_tasks")

    async def items() -> dict[str, str]:
        what = {"entity_id": to_do, "status": "needs_action"}
        answer = await house.door.ask("POST", "/api/services/todo/get_items?return_response", what)
        return {item["summary"]: item["uid"] for item in answer["service_response"][to_do]["items"]}

    async def ours() -> str | None:
        return (await items()).get(f"Fertilise {fern.name}")

    done = {"entity_id": to_do, "item": await until(ours, "the task in the list"), "status": "completed"}
    await house.door.ask("POST", "/api/services/todo/update_item", done)
    assert len(await _notes(house, fern, CareKind.FERTILISED)) == 1

    async def gone() -> bool:
        return await ours() is None

    await until(gone, "a list without what is done")


async def test_both_may_be_started_again(house: House) -> None:
    """Who is killed is started again by the demo; in Home Assistant everything comes back as it was."""
    plant = next(plant for plant in (await house.client.garden()).plants if plant.name == "Monstera")
    health = await house.entity(f"{plant.id}_health")
    connected = await house.entity(f"{await house.instance()}_connected")
    before = await house.state(connected)
    house.process("serve").kill()

    async def again() -> bool:
        now = await house.state(connected)
        return (
            before is not None
            and now is not None
            and now["state"] == "on"
            and now["last_changed"] != before["last_changed"]
        )

    await until(again, "the way to the backend, lost and found again")
    await until(lambda: _known(house, health), "the garden after the backend was killed")
    begun = datetime.now(UTC)
    _hurry(house)
    hass = house.process("homeassistant")
    hass.terminate()
    await asyncio.to_thread(hass.wait, PATIENCE_SECONDS)
    await until(lambda: _loaded(house), "the integration, after Home Assistant was started again")
    await until(lambda: _known(house, health), "the garden after Home Assistant was started again")
    await until(lambda: _no_hole(house, plant, begun), "statistics of two weeks without a hole")


def _hurry(house: House) -> None:
    """Let the integration look at the statistics at once after the next start: it gives nodes five minutes."""
    folder = house.hass_folder / "custom_components" / "hurry"
    folder.mkdir(mode=0o755)
    (folder / "manifest.json").write_text(json.dumps({"domain": "hurry", "name": "Hurry", "version": "1.0.0"}))
    (folder / "__init__.py").write_text(HURRY)
    with (house.hass_folder / "configuration.yaml").open("a") as file:
        file.write("hurry:\n")


async def _no_hole(house: House, plant: Plant, now: datetime) -> bool:
    """Look whether every hour of the demo's past is in Home Assistant, up to the last whole one."""
    moisture = await house.entity(f"{plant.id}_soil_moisture")
    since = (now - timedelta(days=20)).isoformat()
    asked = {"start_time": since, "statistic_ids": [moisture], "period": "hour", "types": ["mean", "min", "max"]}
    found = await house.command("recorder/statistics_during_period", **asked)
    rows = found.get(moisture, [])
    hours = [datetime.fromtimestamp(row["start"] / 1000, UTC) for row in rows]
    if not hours or hours[-1] < now - timedelta(hours=2) or hours[0] > now - timedelta(days=13):
        return False
    assert {later - hour for hour, later in pairwise(hours)} == {timedelta(hours=1)}
    assert all(row["min"] <= row["mean"] <= row["max"] for row in rows)
    return True


async def _known(house: House, entity_id: str) -> bool:
    state = await house.state(entity_id)
    return state is not None and state["state"] not in {"unavailable", "unknown"}


async def test_the_dashboard_is_what_people_see_first(home: Home) -> None:
    """It is drawn without an error, from the release; the pictures are for people to look at."""
    seen = await visit(home.browser, home.login, PICTURES)
    assert seen.complaints == []
    assert "plantops-garden" in seen.first_address
    assert seen.cards > MANY, "the cards of the release"


async def test_only_the_password_on_the_screen_opens(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(HassRefused, match="password was changed"):
            await Door(house.login["url"], session).log_in("gardener", "guessed")


async def test_home_assistant_has_nothing_to_complain_about_us(house: House) -> None:
    """Nor when somebody looks what may be done about the probe that tells volts."""
    await until(lambda: _loaded(house), "the integration")
    issues = (await house.command("repairs/list_issues"))["issues"]
    volts = next(one for one in issues if one["translation_key"] == "channel_uncalibrated")
    begin = {"handler": volts["domain"], "issue_id": volts["issue_id"]}
    assert (await house.door.ask("POST", "/api/repairs/issues/fix", begin))["type"] == "menu"
    last = {"message": f"Last words {secrets.token_hex(6)}", "level": "warning"}
    await house.door.ask("POST", "/api/services/system_log/write", last)
    await until(lambda: _said(house, last["message"]), "the log up to now")
    complaints = [
        line
        for line in house.log()
        if (" WARNING " in line or " ERROR " in line)
        and "plantops" in line.lower()
        and not any(words in line for words in NOT_OURS)
    ]
    assert complaints == []


async def _said(house: House, words: str) -> bool:
    return any(words in line for line in house.log())


async def _loaded(house: House) -> bool:
    entries = await house.door.ask("GET", "/api/config/config_entries/entry?domain=plantops")
    return [entry["state"] for entry in entries] == ["loaded"]
