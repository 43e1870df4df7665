"""What the shipped blueprints say, in a German house too, where entities have German ids."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.blueprints import SHIPPED
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener
from tests.integration.test_actions import call, device
from tests.integration.test_automations import water
from tests.integration.test_entities import entity_id


def _steps(name: str) -> list[Any]:
    steps: list[Any] = load_yaml_dict(str(SHIPPED / f"{name}.yaml"))["actions"]
    return steps


def _says(hass: HomeAssistant, template: str, **variables: object) -> str:
    return str(Template(template, hass).async_render(variables))


async def test_the_reason_is_told_wherever_its_entity_is_called_otherwise(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    hass.config.language = "de"
    fern = await gardener.plant()
    await water(gardener, fern, 18, 13, 8, 3)
    await set_up(hass, entry)
    foretold = entity_id(hass, "sensor", f"{fern['id']}_next_watering")
    assert foretold.endswith("_nachstes_giessen")
    state = hass.states.get(foretold)
    assert state is not None
    (message,) = [step["message"] for step in _steps("water_me") if "message" in step]
    assert _says(hass, message, plant=device(hass, entry, fern)) == state.attributes["reason"] != ""


async def test_a_plant_of_which_nothing_is_foretold_wants_water_all_the_same(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    (message,) = [step["message"] for step in _steps("water_me") if "message" in step]
    assert _says(hass, message, plant=device(hass, entry, fern)) == "It wants water."


async def test_the_morning_round_tells_who_wants_what(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    hass.config.language = "de"
    fern = await gardener.plant(area="Bad")
    await water(gardener, fern, 15, 10, 5)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    rule = {"kind": "custom", "title": "Drehen", "every": 10, "first_due": tomorrow, "plant_id": fern["id"]}
    await gardener.ask("POST", "/api/v1/task-rules", rule)
    await set_up(hass, entry)
    (todo,) = [step["variables"]["todo"] for step in _steps("morning_round") if "variables" in step]
    lines = _says(hass, todo, schedule=await call(hass, "get_schedule", days=30)).splitlines()
    ours = sorted(line for line in lines if fern["name"] in line)
    assert ours == [f"- {fern['name']} gießen (Bad)", f"- {fern['name']}: Drehen (Bad)"]
