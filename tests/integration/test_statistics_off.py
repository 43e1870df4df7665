"""Where Home Assistant keeps no statistics, nothing is looked for."""

from datetime import timedelta

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from tests.integration.conftest import set_up
from tests.integration.garden import Gardener


async def test_without_a_recorder(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    plant = await gardener.plant("Lily that nobody records")
    await gardener.serve(plant, await gardener.probe(soil_moisture=40.0))
    await set_up(hass, entry)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=6))
    await hass.async_block_till_done(wait_background_tasks=False)
    assert entry.runtime_data.filled is None
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    state = hass.states.get("sensor.lily_that_nobody_records_soil_moisture")
    assert state is not None
    assert state.state != STATE_UNAVAILABLE
