"""Hours that Home Assistant missed come from the backend; what is there stays as it is."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.components.recorder.tasks import CompileMissingStatisticsTask
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.diagnostics import async_get_config_entry_diagnostics
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener, House
from tests.integration.past import Past, looked, started, was_off, whole_hour
from tests.integration.waiting import until

TOLD = {-5: [10.0], -4: [20.0, 20.0, 20.0, 60.0], -3: [30.0], -2: [31.0, 35.0], -1: [42.0]}
pytestmark = pytest.mark.usefixtures("recorder_mock")


async def test_a_hole_is_filled(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="custom_components.plantops")
    past = await Past.of(gardener, "soil_moisture", TOLD)
    moisture = past.known(hass, entry, 4)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    # Nothing of the time before the sensor came; every reading weighs alike.
    assert await past.rows(hass, moisture) == {
        -4: (30.0, 20.0, 60.0),
        -3: (30.0, 30.0, 30.0),
        -2: (33.0, 31.0, 35.0),
        -1: (42.0, 42.0, 42.0),
    }
    lines = [line for line in caplog.messages if "had missed" in line]
    assert len(lines) == 1
    assert "4 hours of 1 sensors" in lines[0]
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert (told["statistics"]["hours"], told["statistics"]["sensors"]) == (4, 1)


async def test_what_is_there_stays_and_a_second_look_changes_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    past = await Past.of(gardener, "soil_moisture", TOLD)
    moisture = past.known(hass, entry, 5)
    await started(hass, entry, past.end)
    series: StatisticMetaData = {
        "mean_type": StatisticMeanType.ARITHMETIC,
        "has_sum": False,
        "name": None,
        "source": "recorder",
        "statistic_id": moisture,
        "unit_class": "unitless",
        "unit_of_measurement": "%",
    }
    own = StatisticData(start=past.end - timedelta(hours=3), mean=7.0, min=6.0, max=8.0)
    async_import_statistics(hass, series, [own])
    await looked(hass, entry)
    rows = await past.rows(hass, moisture)
    assert rows[-3] == (7.0, 6.0, 8.0)
    assert sorted(rows) == [-5, -4, -3, -2, -1]
    await past.tell({-2: [99.0]})
    await looked(hass, entry, timedelta(days=1, hours=1))
    assert await past.rows(hass, moisture) == rows
    assert entry.runtime_data.filled.hours == 0


async def test_what_comes_late_is_filled_later(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    past = await Past.of(gardener, "temperature", {-4: [10.0]})
    entity = past.known(hass, entry, 4)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    assert sorted(await past.rows(hass, entity)) == [-4]
    assert entry.runtime_data.filled.open == 3
    await past.tell({-2: [14.0, 16.0]})
    await looked(hass, entry, timedelta(hours=1, minutes=8))
    assert (await past.rows(hass, entity))[-2] == (15.0, 14.0, 16.0)


async def test_the_hour_that_runs_is_left_to_home_assistant(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    past = await Past.of(gardener, "soil_moisture", TOLD)
    moisture = past.known(hass, entry, 5)
    await started(hass, entry, past.end - timedelta(hours=2))
    await looked(hass, entry)
    # The recorder has not compiled the last two hours yet: it may still have something to say of them.
    assert sorted(await past.rows(hass, moisture)) == [-5, -4, -3]


async def test_somebody_who_thinks_in_fahrenheit(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    past = await Past.of(gardener, "temperature", {-2: [10.0, 20.0], -1: [0.0]})
    entity = past.known(hass, entry, 2)
    er.async_get(hass).async_update_entity_options(entity, "sensor", {"unit_of_measurement": "°F"})
    await started(hass, entry, past.end)
    await looked(hass, entry)
    assert await past.rows(hass, entity) == {-2: (59.0, 50.0, 68.0), -1: (32.0, 32.0, 32.0)}
    # Whoever changes the unit that is shown does not change the one that is kept.
    er.async_get(hass).async_update_entity_options(entity, "sensor", {"unit_of_measurement": "°C"})
    await hass.async_block_till_done()
    assert (await past.rows(hass, entity))[-1] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("wish", "filled"), [("off", []), ("gaps", []), ("past", [-5, -4, -3, -2, -1])])
async def test_the_past_before_the_installation(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, wish: str, filled: list[int]
) -> None:
    hass.config_entries.async_update_entry(entry, options={"statistics": wish})
    past = await Past.of(gardener, "soil_moisture", TOLD)
    moisture = past.known(hass, entry, 0)
    await started(hass, entry, past.end)
    if wish != "off":
        await looked(hass, entry)
    assert sorted(await past.rows(hass, moisture)) == filled


async def test_a_series_that_was_deleted_is_filled_anew(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    hass.config_entries.async_update_entry(entry, options={"statistics": "past"})
    past = await Past.of(gardener, "soil_moisture", {-1200: [10.0], -1: [20.0]})
    moisture = past.known(hass, entry, 1)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    await looked(hass, entry, timedelta(days=1, hours=1))
    assert sorted(await past.rows(hass, moisture)) == [-1200, -1]
    get_instance(hass).async_clear_statistics([moisture])
    assert await past.rows(hass, moisture) == {}
    await looked(hass, entry, timedelta(days=2, hours=2))
    assert sorted(await past.rows(hass, moisture)) == [-1200, -1]


async def test_a_renamed_sensor_keeps_its_one_series(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    past = await Past.of(gardener, "soil_moisture", {-3: [10.0]})
    before = past.known(hass, entry, 3)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    er.async_get(hass).async_update_entity(before, new_entity_id="sensor.by_another_name")
    await hass.async_block_till_done()
    await past.tell({-2: [20.0]})
    await looked(hass, entry, timedelta(hours=1, minutes=8))
    assert sorted(await past.rows(hass, "sensor.by_another_name")) == [-3, -2]
    assert await past.rows(hass, before) == {}


async def test_volts_are_filled_as_what_a_calibration_makes_of_them(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    plant = await gardener.plant()
    device = await gardener.volts(2.0)
    (channel,) = device["channels"]
    past = Past(gardener, plant, device, "soil_moisture", whole_hour())
    await past.tell({-2: [1.0, 2.0], -1: [0.5]})
    await gardener.ask(
        "POST",
        f"/api/v1/plants/{plant['id']}/assignments",
        {"channel_id": channel["id"], "from": (past.end - timedelta(hours=2)).isoformat()},
    )
    moisture = past.known(hass, entry, 2)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    assert await past.rows(hass, moisture) == {}
    # 3 V is dry, 1 V is soaked; more than soaked is shown as that.
    line = {
        "points": [{"sent": 3.0, "value": 0.0}, {"sent": 1.0, "value": 100.0}],
        "from": (past.end - timedelta(hours=2)).isoformat(),
    }
    await gardener.ask("POST", f"/api/v1/channels/{channel['id']}/calibration", line)
    await looked(hass, entry, timedelta(hours=1, minutes=8))
    assert await past.rows(hass, moisture) == {-2: (75.0, 50.0, 100.0), -1: (100.0, 100.0, 100.0)}


async def test_the_battery_of_a_probe_has_a_past_too(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    past = await Past.of(gardener, "battery", {-1: [80.0, 90.0]})
    unique_id = f"{entry.unique_id}_{past.device['id']}_battery"
    with freeze_time(past.end - timedelta(hours=1)):
        battery = er.async_get(hass).async_get_or_create("sensor", "plantops", unique_id, config_entry=entry)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    assert await past.rows(hass, battery.entity_id) == {-1: (85.0, 80.0, 90.0)}


async def test_a_sensor_that_is_switched_off_has_no_statistics(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    past = await Past.of(gardener, "soil_moisture", TOLD)
    moisture = past.known(hass, entry, 5, disabled_by=er.RegistryEntryDisabler.USER)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    assert await past.rows(hass, moisture) == {}


@pytest.mark.parametrize("recorder_config", [{"exclude": {"entity_globs": ["sensor.*"]}}])
async def test_a_sensor_that_the_recorder_leaves_out_has_no_statistics(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    past = await Past.of(gardener, "soil_moisture", TOLD)
    moisture = past.known(hass, entry, 5)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    assert await past.rows(hass, moisture) == {}


async def test_after_an_absence_of_the_backend_it_is_looked_again(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    past = await Past.of(gardener, "soil_moisture", {-2: [10.0]})
    moisture = past.known(hass, entry, 2)
    await started(hass, entry, past.end)
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    await looked(hass, entry)
    assert await past.rows(hass, moisture) == {}
    await house.tell("start")
    await until(hass, lambda: entry.runtime_data.last_update_success)
    await looked(hass, entry)
    assert sorted(await past.rows(hass, moisture)) == [-2]


@pytest.mark.parametrize("cut", [False, True])
async def test_home_assistant_was_off(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, *, cut: bool
) -> None:
    past = await Past.of(gardener, "soil_moisture", TOLD)
    moisture = past.known(hass, entry, 9)
    await started(hass, entry, past.end - timedelta(hours=5))
    if not cut:
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await hass.async_block_till_done()
    await was_off(hass, past.end - timedelta(hours=5))
    assert await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry)
    get_instance(hass).queue_task(CompileMissingStatisticsTask())
    made_up = await past.rows(hass, moisture)
    await looked(hass, entry)
    rows = await past.rows(hass, moisture)
    if cut:
        # The recorder goes on with the last number from its last run until the start. That is its own affair.
        assert sorted(made_up) == [-5, -4, -3, -2, -1]
        assert rows == made_up
    else:
        assert made_up == {}
        assert sorted(rows) == [-5, -4, -3, -2, -1]
        assert rows[-4] == (30.0, 20.0, 60.0)


async def test_what_was_looked_at_is_remembered(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, hass_storage: dict[str, Any]
) -> None:
    hass.config_entries.async_update_entry(entry, options={"statistics": "past"})
    past = await Past.of(gardener, "soil_moisture", TOLD)
    past.known(hass, entry, 3)
    await started(hass, entry, past.end)
    await looked(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    key = f"plantops.{entry.entry_id}.statistics"
    number, begin, end = hass_storage[key]["data"][f"{past.plant['id']}_soil_moisture"]
    assert begin == "1970-01-01T00:00:00+00:00"
    assert number > 0
    assert end == (past.end - timedelta(hours=3)).isoformat()
    await started(hass, entry, past.end)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert key not in hass_storage
