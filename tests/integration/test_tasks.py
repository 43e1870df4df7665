"""Care tasks as a to-do list and a calendar, and pictures, with the real backend."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.components.image import async_get_image
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from PIL import Image
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.plantops.const import DOMAIN
from custom_components.plantops.lib.aioplantops.tasks import TaskKind
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener, House
from tests.integration.test_actions import call, device
from tests.integration.test_entities import entity_id, state_of
from tests.integration.waiting import PATIENCE_SECONDS, until


async def _task(gardener: Gardener, title: str, *, days: float, **more: object) -> dict[str, Any]:
    """Make a rule whose first task is due in so many days; give that task. Without a title, the backend calls it."""
    due = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    named = {"title": title} if title else {}
    rule = {"kind": "custom", **named, "every": 10, "first_due": due, **more}
    made = await gardener.ask("POST", "/api/v1/task-rules", rule)
    tasks = (await gardener.ask("GET", "/api/v1/tasks?limit=200"))["items"]
    task: dict[str, Any] = next(task for task in tasks if task["rule_id"] == made["id"])
    return task


async def _overdue(gardener: Gardener, house: House, title: str, **more: object) -> dict[str, Any]:
    """Make a task that was due yesterday."""
    task = await _task(gardener, title, days=1, **more)
    await house.tell(f"sql UPDATE care_task SET due_at = now() - interval '1 day' WHERE id = '{task['id']}'")  # noqa: S608
    return task


def _list(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    return entity_id(hass, "todo", f"{entry.runtime_data.instance}_care_tasks")


async def _items(
    hass: HomeAssistant, entry: MockConfigEntry, status: str = "needs_action"
) -> dict[str, dict[str, Any]]:
    target = {"entity_id": _list(hass, entry), "status": status}
    told = await hass.services.async_call("todo", "get_items", target, blocking=True, return_response=True)
    assert told is not None
    items: Any = told[_list(hass, entry)]
    return {item["summary"]: item for item in items["items"]}


async def test_what_nobody_has_named_is_called_in_the_language_of_the_house(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant("Farn")
    kinds = [kind.value for kind in TaskKind if kind is not TaskKind.CUSTOM]
    for kind in kinds:
        await _task(gardener, "", days=1, kind=kind, plant_id=fern["id"])
    everywhere = await _task(gardener, "", days=1, kind="photo")
    await _task(gardener, "Mit Regenwasser", days=1, kind="watered", plant_id=fern["id"])
    await _task(gardener, "Farn schneiden", days=1, kind="pruned", plant_id=fern["id"])  # so says a German backend
    await set_up(hass, entry)
    english = set(await _items(hass, entry))
    assert {"Water Farn", "Take a picture of the plants", "Farn: Mit Regenwasser", "Prune Farn"} <= english
    assert "Farn schneiden" not in english
    hass.config.language = "de"
    items = await _items(hass, entry)
    assert {"Farn gießen", "Farn düngen", "Pflanzen fotografieren", "Farn: Mit Regenwasser"} <= set(items)
    assert len([title for title in items if title.startswith("Farn ")]) == len(kinds)
    await gardener.ask("DELETE", f"/api/v1/task-rules/{everywhere['rule_id']}")


async def test_a_task_is_ticked_off_in_the_list_and_the_care_log_has_it(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern = await gardener.plant("Fern of the list")
    await _overdue(gardener, house, "Feed it", kind="fertilised", plant_id=fern["id"])
    await _task(gardener, "Clean the windows", days=30)
    await set_up(hass, entry)
    items = await _items(hass, entry)
    assert "Clean the windows" not in items
    item = items["Fern of the list: Feed it"]
    assert state_of(hass, "sensor", fern, "tasks_due").state == "1"
    done = {"entity_id": _list(hass, entry), "item": item["uid"], "status": "completed"}
    await hass.services.async_call("todo", "update_item", done, blocking=True)
    await until(hass, lambda: state_of(hass, "sensor", fern, "tasks_due").state == "0")
    (logged,) = (await gardener.ask("GET", f"/api/v1/plants/{fern['id']}/care"))["items"]
    assert logged["kind"] == "fertilised"
    assert (await _items(hass, entry, "completed"))["Fern of the list: Feed it"]["uid"] == item["uid"]
    await hass.services.async_call("todo", "update_item", done, blocking=True)  # once more changes nothing
    await hass.services.async_call("todo", "update_item", {**done, "status": "needs_action"}, blocking=True)
    await until(hass, lambda: state_of(hass, "sensor", fern, "tasks_due").state == "1")
    assert (await _items(hass, entry))["Fern of the list: Feed it"]["uid"] == item["uid"]
    assert "Fern of the list: Feed it" not in await _items(hass, entry, "completed")
    assert (await gardener.ask("GET", f"/api/v1/plants/{fern['id']}/care"))["items"] == []


async def test_what_is_done_elsewhere_is_ticked_in_the_list(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    earlier, later = [await _overdue(gardener, house, title) for title in ("Sweep the balcony", "Sow cress")]
    away = await _overdue(gardener, house, "Mow the lawn")
    await gardener.ask("POST", f"/api/v1/tasks/{earlier['id']}/complete", {})
    await set_up(hass, entry)
    shown = hass.states.get(_list(hass, entry))
    assert shown is not None
    before = int(shown.state)
    await gardener.ask("POST", f"/api/v1/tasks/{later['id']}/complete", {})
    await until(hass, lambda: (state := hass.states.get(_list(hass, entry))) and int(state.state) == before - 1)
    done = await _items(hass, entry, "completed")
    assert {"Sweep the balcony", "Sow cress"} <= set(done)
    await hass.services.async_call(
        "todo", "remove_item", {"entity_id": _list(hass, entry), "item": later["id"]}, blocking=True
    )
    assert "Sow cress" not in await _items(hass, entry, "completed")
    coordinator = entry.runtime_data
    try:
        await house.tell("stop")
        await until(hass, lambda: not coordinator.last_update_success)
    finally:
        await house.tell("start")
    await gardener.ask("POST", f"/api/v1/tasks/{away['id']}/complete", {})
    await until(hass, lambda: coordinator.last_update_success)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "Mow the lawn" not in await _items(hass, entry, "completed"):
            await asyncio.sleep(0.05)


async def test_a_task_is_put_off_or_left_out_in_the_list(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    first = await _overdue(gardener, house, "Sharpen the shears")
    await _overdue(gardener, house, "Wash the pots")
    await set_up(hass, entry)
    coordinator = entry.runtime_data
    until_then = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    put_off = {"entity_id": _list(hass, entry), "item": first["id"], "due_datetime": until_then.isoformat()}
    await hass.services.async_call("todo", "update_item", put_off, blocking=True)
    await until(hass, lambda: any(task.snoozed_until == until_then for task in coordinator.data.tasks.values()))
    its_own = {"rename": "Whet the shears"}, {"due_datetime": datetime.now(UTC).isoformat()}, {"due_datetime": None}
    for change in its_own:
        wish = {"entity_id": _list(hass, entry), "item": first["id"], **change}
        with pytest.raises(ServiceValidationError, match="ticked off, put off or left out"):
            await hass.services.async_call("todo", "update_item", wish, blocking=True)
    left_out = {"entity_id": _list(hass, entry), "item": "Wash the pots"}
    await hass.services.async_call("todo", "remove_item", left_out, blocking=True)
    pots = (await gardener.ask("GET", "/api/v1/tasks?limit=200"))["items"]
    (again,) = [task for task in pots if task["title"] == "Wash the pots"]
    assert datetime.fromisoformat(again["due_at"]) > datetime.now(UTC)


async def test_tasks_by_actions(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House) -> None:
    fern = await gardener.plant()
    await _overdue(gardener, house, "Turn it", plant_id=fern["id"])
    await set_up(hass, entry)
    due = [item for item in (await call(hass, "get_schedule"))["items"] if item.get("title") == "Turn it"]
    assert [(item["plant"], item["now"]) for item in due] == [(fern["name"], True)]
    task_id = due[0]["task_id"]
    assert (await call(hass, "snooze_task", task_id=task_id, days=1))["snoozed_until"] is not None
    assert (await call(hass, "complete_task", task_id=task_id, note="half a turn"))["completed_at"] is not None
    with pytest.raises(ServiceValidationError, match="not open"):
        await call(hass, "snooze_task", task_id=task_id, until=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    with pytest.raises(Exception, match="no id of a task"):
        await call(hass, "complete_task", task_id="the first one")
    with pytest.raises(HomeAssistantError):
        await call(hass, "complete_task", task_id="0b5f2a5e-7b1c-4a5e-9d57-3f1f9b6a0c11")


async def test_the_calendar_tells_what_was_and_what_comes(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant("Fern of the calendar")
    at = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    await gardener.ask("POST", f"/api/v1/plants/{fern['id']}/care", {"kind": "repotted", "at": at, "note": "roots"})
    await _task(gardener, "Turn it", days=3, plant_id=fern["id"])
    await set_up(hass, entry)
    calendar = entity_id(hass, "calendar", f"{entry.runtime_data.instance}_care_calendar")
    start, end = (datetime.now(UTC) + timedelta(days=days) for days in (-5, 5))
    span = {"entity_id": calendar, "start_date_time": start.isoformat(), "end_date_time": end.isoformat()}
    told = await hass.services.async_call("calendar", "get_events", span, blocking=True, return_response=True)
    assert told is not None
    found: Any = told[calendar]
    ours = [event for event in found["events"] if event["summary"].startswith("Fern of the calendar")]
    assert [event["summary"] for event in ours] == ["Fern of the calendar: repotted", "Fern of the calendar: Turn it"]
    assert ours[0]["description"] == "roots"


async def test_waterings_are_foretold_also_where_they_are_no_tasks(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    await gardener.ask("PATCH", "/api/v1/settings", {"watering_tasks": False})
    try:
        fern = await gardener.plant("Fern without tasks")
        for days in (15, 10, 5):
            at = (datetime.now(UTC) - timedelta(days=days, hours=-1)).isoformat()
            await gardener.ask("POST", f"/api/v1/plants/{fern['id']}/care", {"kind": "watered", "at": at})
        await set_up(hass, entry)
        items = (await call(hass, "get_schedule", days=30))["items"]
        ours = [(item["kind"], item["title"]) for item in items if item["plant"] == fern["name"]]
        assert ours == [("watering", "Water Fern without tasks")]
        calendar = hass.states.get(entity_id(hass, "calendar", f"{entry.runtime_data.instance}_care_calendar"))
        assert calendar is not None
        assert calendar.attributes["message"]
    finally:
        await gardener.ask("PATCH", "/api/v1/settings", {"watering_tasks": True})


async def test_a_task_that_falls_due_begins_an_automation(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    calls: list[ServiceCall] = async_mock_service(hass, "test", "done")
    begin = {"trigger": "plantops.task_due", "target": {"device_id": device(hass, entry, fern)}}
    automation = {"triggers": [begin], "actions": [{"action": "test.done"}]}
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await until(hass, lambda: state_of(hass, "sensor", fern, "tasks_due").state == "0")
    await _task(gardener, "Turn it", days=1 / 86_400, plant_id=fern["id"])
    coordinator = entry.runtime_data
    await until(hass, lambda: calls or coordinator._tick(datetime.now(UTC)))


async def test_the_newest_picture_is_shown(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    seen: list[str] = []
    for colour in ("green", "brown"):
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(picture, "JPEG")
        await gardener.upload(f"/api/v1/plants/{fern['id']}/photos", picture.getvalue())
        await until(hass, lambda: _shown(hass, fern) not in {None, *seen})
        seen.append(str(_shown(hass, fern)))
    shown = await async_get_image(hass, entity_id(hass, "image", f"{fern['id']}_photo"))
    red, green, _ = Image.open(io.BytesIO(shown.content)).convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert red > green
    # A start makes no picture newer.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert _shown(hass, fern) == seen[-1]


def _shown(hass: HomeAssistant, plant: dict[str, Any]) -> str | None:
    found = er.async_get(hass).async_get_entity_id("image", DOMAIN, f"{plant['id']}_photo")
    state = None if found is None else hass.states.get(found)
    return None if state is None else state.state
