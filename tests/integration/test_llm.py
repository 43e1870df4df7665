"""What a language model is offered: what the tools tell and do with a real backend, and what they keep secret."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import probatio
import pytest
from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.llm import async_get_tools
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, Tool, ToolInput, ToolResult, selector_serializer
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_capture_events

from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener, House
from tests.integration.test_actions import device
from tests.integration.test_entities import entity_id
from tests.integration.waiting import until

TOOLS = {f"{DOMAIN}__list_thirsty", f"{DOMAIN}__plant_report", f"{DOMAIN}__log_care"}


@dataclass(slots=True)
class Assistant:
    """A language model's side of Home Assistant."""

    hass: HomeAssistant
    context: LLMContext

    async def tools(self, api: str = LLM_API_ASSIST) -> dict[str, Tool]:
        """Give our tools as they are offered now."""
        offered = await async_get_tools(self.hass, self.context, api)
        return {tool.name: tool for tool in offered.tools if tool.name in TOOLS}

    async def ask(self, tool: str, **said: object) -> ToolResult:
        """Use a tool."""
        name = f"{DOMAIN}__{tool}"
        answer = await (await self.tools())[name].async_call(self.hass, ToolInput(name, said), self.context)
        assert isinstance(answer, ToolResult)
        return answer

    async def hear(self, tool: str, **said: object) -> Any:
        """Use a tool that must answer well."""
        answer = await self.ask(tool, **said)
        assert not answer.error, answer.data
        return answer.data

    async def miss(self, tool: str, **said: object) -> Any:
        """Use a tool that must answer with an error in words."""
        answer = await self.ask(tool, **said)
        assert answer.error, answer.data
        assert answer.data["error"]
        return answer.data

    def show(self, platform: str, plant: Mapping[str, Any], *keys: str) -> None:
        """Expose some entities of a plant."""
        for key in keys:
            shown = entity_id(self.hass, platform, f"{plant['id']}_{key}")
            async_expose_entity(self.hass, "conversation", shown, should_expose=True)


@pytest.fixture
async def assistant(hass: HomeAssistant, hass_admin_user: MockUser) -> Assistant:
    """Give an assistant that speaks for a user; nothing is exposed to it that nobody chose."""
    for domain in ("homeassistant", "llm"):
        assert await async_setup_component(hass, domain, {})
    hass.data[DATA_EXPOSED_ENTITIES].async_set_expose_new_entities("conversation", expose_new=False)
    context = Context(user_id=hass_admin_user.id)
    return Assistant(hass, LLMContext("test", context, "en", "conversation", None))


async def _thirsty(gardener: Gardener, name: str, **more: object) -> dict[str, Any]:
    """Plant something that was watered every five days, and not for ten."""
    plant = await gardener.plant(name, **more)
    for days in (20, 15, 10):
        at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        await gardener.ask("POST", f"/api/v1/plants/{plant['id']}/care", {"kind": "watered", "at": at})
    return plant


def _names(plants: Iterable[Mapping[str, Any]]) -> set[str]:
    return {plant["plant"] for plant in plants}


async def test_nothing_is_offered_until_something_is_exposed(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant
) -> None:
    fern = await gardener.plant()
    assert await assistant.tools() == {}
    await set_up(hass, entry)
    assert await assistant.tools() == {}
    assistant.show("sensor", fern, "health")
    assert set(await assistant.tools()) == TOOLS
    assert await assistant.tools("homeassistant") == {}
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await assistant.tools() == {}


async def test_the_tools_are_as_home_assistant_and_models_want_them(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    gardener: Gardener,
    assistant: Assistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    assistant.show("sensor", fern, "health")
    offered = await async_get_tools(hass, assistant.context, LLM_API_ASSIST)
    assert all(name in str(offered.prompt) for name in TOOLS)
    for name, tool in (await assistant.tools()).items():
        assert (tool.integration, bool(tool.title), bool(tool.description)) == (DOMAIN, True, True), name
        assert (tool.annotations.read_only, tool.annotations.destructive) == (not name.endswith("log_care"), False)
        said = probatio.to_openapi(tool.parameters, custom_serializer=selector_serializer)
        assert all(one.get("type") or one.get("enum") for one in said["properties"].values()), said
    assert [one for one in caplog.records if "LLM" in one.getMessage()] == []


async def test_thirsty_plants_are_listed_with_their_reason(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant
) -> None:
    dry = await _thirsty(gardener, "Dry basil", area="Kitchen of the dry")
    content, secret = await gardener.plant("Content basil"), await _thirsty(gardener, "Secret basil")
    half = await _thirsty(gardener, "Half shown basil")
    await set_up(hass, entry)
    for plant in (dry, content):
        assistant.show("binary_sensor", plant, "needs_water")
    assistant.show("sensor", half, "tasks_due")
    told = await assistant.hear("list_thirsty")
    (thirsty,) = told["thirsty"]
    assert (thirsty["plant"], thirsty["area"], thirsty["now"]) == ("Dry basil", "Kitchen of the dry", True)
    assert thirsty["reason"]
    assert told["not_known_yet"] == ["Content basil"]
    assert "1 more" in told["note"]
    assert secret["name"] not in str(told)
    assert _names((await assistant.hear("list_thirsty", area="the kitchen of the dry"))["thirsty"]) == {"Dry basil"}
    assert "No plant stands" in (await assistant.miss("list_thirsty", area="Moon"))["error"]
    assert "60" in (await assistant.miss("list_thirsty", days=1_000))["error"]


async def test_plants_that_will_want_water_are_listed_ahead(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant
) -> None:
    plant = await gardener.plant("Basil of the week")
    for days in (11, 6, 1):
        at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        await gardener.ask("POST", f"/api/v1/plants/{plant['id']}/care", {"kind": "watered", "at": at})
    await set_up(hass, entry)
    assistant.show("sensor", plant, "next_watering")
    assert (await assistant.hear("list_thirsty"))["thirsty"] == []
    (coming,) = (await assistant.hear("list_thirsty", days=7))["thirsty"]
    assert (coming["plant"], coming["now"]) == ("Basil of the week", False)


async def test_a_report_tells_what_is_exposed_and_nothing_else(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant, house: House
) -> None:
    fern = await gardener.plant(
        "Reported fern", species="Nephrolepis", area="Bath of reports", notes="The key is below."
    )
    await gardener.serve(fern, await gardener.probe(soil_moisture=41.4, temperature=21.0, humidity=55.0))
    await gardener.ask("POST", f"/api/v1/plants/{fern['id']}/care", {"kind": "fertilised", "note": "half the dose"})
    await house.alert("temperature_low", plant_id=fern["id"])
    rule = {"kind": "custom", "title": "Turn it", "every": 10, "plant_id": fern["id"]}
    await gardener.ask("POST", "/api/v1/task-rules", rule)
    await set_up(hass, entry)
    assistant.show("sensor", fern, "soil_moisture")
    told = await assistant.hear("plant_report", plant="reported fern")
    assert set(told) == {"plant", "area", "species", "measured"}
    assert {key: one["value"] for key, one in told["measured"].items()} == {"soil_moisture": "41 %"}
    assistant.show("sensor", fern, "health", "vpd", "tasks_due", "last_watered", "next_watering", "temperature")
    assistant.show("binary_sensor", fern, "problem", "needs_water")
    assistant.show("event", fern, "care")
    told = await assistant.hear("plant_report", plant="reported fern")
    assert told["health"] == "problem"
    assert told["problem"] == ["Something is wrong."]
    assert told["vpd"].endswith(" kPa")
    assert "Turn it" in [task["title"] for task in told["tasks_due"]["open"]]
    assert [(care["kind"], care["note"]) for care in told["care"]] == [("fertilised", "half the dose")]
    assert told["measured"]["temperature"]["value"] == "21.0 °C"
    assert "below" not in str(told)


async def test_care_is_written_down_in_the_users_name(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant
) -> None:
    fern = await gardener.plant("Logged fern")
    await set_up(hass, entry)
    assistant.show("sensor", fern, "health")
    calls: list[Event[Any]] = async_capture_events(hass, EVENT_CALL_SERVICE)
    told = await assistant.hear("log_care", plant="the logged fern", litres=0.5, note="", at=None)
    assert told["plant"] == "Logged fern"
    at = (datetime.now(UTC) - timedelta(hours=5)).replace(microsecond=0)
    await assistant.hear("log_care", plant="Logged fern", kind="note", note="A new leaf", at=at.isoformat())
    await assistant.hear("log_care", plant="Logged fern", kind="moved", moved_to="Window of logs")
    logged = (await gardener.ask("GET", f"/api/v1/plants/{fern['id']}/care"))["items"]
    assert {(one["kind"], one["note"], one["litres"]) for one in logged} == {
        ("watered", "", 0.5),
        ("note", "A new leaf", None),
        ("moved", "", None),
    }
    assert datetime.fromisoformat(next(one["at"] for one in logged if one["kind"] == "note")) == at
    assert [call.context for call in calls if call.data["domain"] == DOMAIN] == [assistant.context.context] * 3
    assert "a note needs words" in (await assistant.miss("log_care", plant="Logged fern", kind="note"))["error"]
    assert (await assistant.miss("log_care", plant="Logged fern", kind="eaten"))["error"]


async def test_a_name_that_fits_several_plants_is_asked_back(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant
) -> None:
    here = await gardener.plant("Twin aloe", area="Bedroom of twins")
    there = await gardener.plant("Twin aloe", area="Office of twins")
    hidden = await gardener.plant("Twin aloe", area="Cellar of twins")
    await set_up(hass, entry)
    for plant in (here, there):
        assistant.show("sensor", plant, "health")
    asked = await assistant.miss("log_care", plant="twin aloe")
    assert "ask which one" in asked["error"]
    assert {(one["area"], one["id"]) for one in asked["plants"]} == {
        ("Bedroom of twins", here["id"]),
        ("Office of twins", there["id"]),
    }
    assert (await assistant.hear("log_care", plant="twin aloe", area="office of twins"))["area"] == "Office of twins"
    assert (await assistant.hear("log_care", plant=here["id"]))["area"] == "Bedroom of twins"
    missed = await assistant.miss("log_care", plant="twin aloe", area="cellar of twins")
    assert "No plant is called" in missed["error"]
    assert hidden["id"] not in str(missed)
    assert (await gardener.ask("GET", f"/api/v1/plants/{hidden['id']}/care"))["items"] == []


async def test_what_the_user_calls_it_in_home_assistant_counts(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant
) -> None:
    fern = await gardener.plant("Fern by its old name")
    await set_up(hass, entry)
    assistant.show("sensor", fern, "health")
    area = ar.async_get(hass).async_create("Winter garden")
    dr.async_get(hass).async_update_device(device(hass, entry, fern), name_by_user="Aunt Erna", area_id=area.id)
    told = await assistant.hear("plant_report", plant="aunt erna", area="winter garden")
    assert (told["plant"], told["area"]) == ("Aunt Erna", "Winter garden")


async def test_a_backend_that_is_away_is_said_to_be(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, assistant: Assistant, house: House
) -> None:
    fern = await gardener.plant("Fern that waits")
    await set_up(hass, entry)
    assistant.show("sensor", fern, "health")
    try:
        await house.tell("stop")
        await until(hass, lambda: not entry.runtime_data.last_update_success)
        for tool, said in (("list_thirsty", {}), ("plant_report", {"plant": "fern that waits"})):
            assert "away" in (await assistant.miss(tool, **said))["error"]
    finally:
        await house.tell("start")
    await until(hass, lambda: entry.runtime_data.last_update_success)
    assert await assistant.hear("plant_report", plant="fern that waits")
