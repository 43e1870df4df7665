"""A past that the backend knows and Home Assistant does not, and what stands in Home Assistant's statistics."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from freezegun import freeze_time
from homeassistant.components.recorder.db_schema import States, StatisticsRuns
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)
from sqlalchemy import delete, update

from custom_components.plantops.const import DOMAIN
from custom_components.plantops.missed import SETTLE
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener

HOUR = timedelta(hours=1)
MOST_LOOKS = 5_000

type Row = tuple[float | None, float | None, float | None]
"""Mean, least, greatest."""


def whole_hour() -> datetime:
    """Give the beginning of this hour; a test asks once, whatever the clock does meanwhile."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@dataclass(slots=True)
class Past:
    """A plant with a probe that measured before this hour."""

    gardener: Gardener
    plant: Mapping[str, Any]
    device: Mapping[str, Any]
    metric: str
    end: datetime

    @classmethod
    async def of(
        cls, gardener: Gardener, metric: str, told: Mapping[int, list[float]], end: datetime | None = None
    ) -> Past:
        """Let a probe have told some values in the hours -1, -2, … before `end`, and one now; it serves a plant."""
        end = end or whole_hour()
        plant = await gardener.plant()
        device = await gardener.probe(device_id=None, **{metric: 1.0})
        past = cls(gardener, plant, device, metric, end)
        await past.tell(told)
        (channel,) = device["channels"]
        wish = {"channel_id": channel["id"], "from": (end + min(told) * HOUR).isoformat()}
        await gardener.ask("POST", f"/api/v1/plants/{plant['id']}/assignments", wish)
        return past

    async def tell(self, told: Mapping[int, list[float]]) -> None:
        """Let the probe tell values of some hours, late."""
        readings = [
            {"c": self.metric, "t": (self.end + hour * HOUR).timestamp() + 60 * (1 + minute), "v": value}
            for hour, values in told.items()
            for minute, value in enumerate(values)
        ]
        await self.gardener.ask("POST", "/api/v1/readings", {"device_id": self.device["id"], "readings": readings})

    def known(self, hass: HomeAssistant, entry: MockConfigEntry, hours: int, **more: Any) -> str:
        """Let its sensor have come to Home Assistant some hours ago; give the entity's id."""
        unique_id = f"{self.plant['id']}_{self.metric}"
        with freeze_time(self.end - hours * HOUR):
            entity = er.async_get(hass).async_get_or_create(
                "sensor", DOMAIN, unique_id, config_entry=entry, suggested_object_id=f"{DOMAIN}_{unique_id}", **more
            )
        return entity.entity_id

    async def rows(self, hass: HomeAssistant, entity_id: str, unit: dict[str, str] | None = None) -> dict[int, Row]:
        """Give what stands in the statistics, by hours before the end."""
        await async_wait_recording_done(hass)
        found = await get_instance(hass).async_add_executor_job(
            statistics_during_period,
            hass,
            dt_util.utc_from_timestamp(0),
            None,
            {entity_id},
            "hour",
            unit,
            {"mean", "min", "max"},
        )
        return {
            round((row["start"] - self.end.timestamp()) / 3600): (row["mean"], row["min"], row["max"])
            for row in found.get(entity_id, ())
        }


async def started(hass: HomeAssistant, entry: MockConfigEntry, end: datetime) -> None:
    """Set the entry up when the recorder has compiled everything up to an hour."""

    def forget_runs() -> None:
        with session_scope(hass=hass) as session:
            session.execute(delete(StatisticsRuns))

    await get_instance(hass).async_add_executor_job(forget_runs)
    await set_up(hass, entry)
    do_adhoc_statistics(hass, start=end - timedelta(minutes=5))
    await async_wait_recording_done(hass)


async def was_off(hass: HomeAssistant, since: datetime) -> None:
    """Let everything that the recorder knows of sensors be from before a moment."""

    def move() -> None:
        with session_scope(hass=hass) as session:
            in_order = since.timestamp() - 600 + States.state_id / 1000.0
            session.execute(update(States).values(last_updated_ts=in_order, last_changed_ts=None))
            session.flush()
            get_instance(hass).states_manager.load_from_db(session)

    await async_wait_recording_done(hass)
    await get_instance(hass).async_add_executor_job(move)


async def looked(hass: HomeAssistant, entry: MockConfigEntry, after: timedelta = SETTLE) -> None:
    """Let so much time pass that the statistics are looked at, and wait until that is done."""
    entry.runtime_data.filled = None
    for asked in count():
        # Now and then anew: who has just connected sets the clock for the next look a moment later. (The end of a
        # timeout of asyncio would come at once, too.)
        if asked % 100 == 0:
            async_fire_time_changed(hass, dt_util.utcnow() + after + timedelta(seconds=1))
        await asyncio.sleep(0.02)
        await hass.async_block_till_done()
        if entry.runtime_data.filled is not None:
            break
        assert asked < MOST_LOOKS, "nobody looked at the statistics"
    await async_wait_recording_done(hass)
