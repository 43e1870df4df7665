"""Home Assistant's long-term statistics: which hours are there, and how missing ones are added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from homeassistant.components.recorder.db_schema import StatisticsRuns
from homeassistant.components.recorder.entity_options import is_entity_recorded
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
    process_timestamp,
)
from homeassistant.components.recorder.statistics import (
    STATISTIC_UNIT_TO_UNIT_CONVERTER,
    UNIT_CLASS_TO_UNIT_CONVERTER,
    async_import_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.components.sensor import ATTR_STATE_CLASS, SensorStateClass
from homeassistant.components.sensor.const import UNIT_CONVERTERS
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.util import dt as dt_util
from sqlalchemy import func, select

from .gaps import HOUR, Hour, whole_hour

RECORDER = "recorder"

FIVE_MINUTES = HOUR / 12
"""How long one run of the recorder's statistics is."""


@callback
def kept(hass: HomeAssistant) -> bool:
    """Tell whether Home Assistant keeps statistics at all, and is ready to."""
    return RECORDER in hass.config.components and get_instance(hass).async_recorder_ready.is_set()


async def up_to_date(hass: HomeAssistant) -> None:
    """Wait until the recorder has done what it was told so far: renamings, its own work, and ours."""
    await get_instance(hass).async_block_till_done()


async def compiled_until(hass: HomeAssistant) -> datetime | None:
    """Tell up to which hour the recorder has done its own work; None: nothing yet.

    What it missed while it was off it makes up after a start; that stands in its queue before we do.
    """
    await up_to_date(hass)
    last = await get_instance(hass).async_add_executor_job(_last_run, hass)
    return None if last is None else whole_hour(last + FIVE_MINUTES)


def _last_run(hass: HomeAssistant) -> datetime | None:
    with session_scope(hass=hass, read_only=True) as session:
        return process_timestamp(session.execute(select(func.max(StatisticsRuns.start))).scalar())


async def starts(hass: HomeAssistant, statistic_id: str, begin: datetime, end: datetime) -> set[datetime]:
    """Give the hours of a span for which there is a row."""
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, begin, end, {statistic_id}, "hour", None, {"mean"}
    )
    return {dt_util.utc_from_timestamp(row["start"]) for row in found.get(statistic_id, ())}


async def number_of(hass: HomeAssistant, statistic_id: str) -> int:
    """Give what a series is known by in the database, under whatever name; 0: there is none yet."""
    known = await get_instance(hass).async_add_executor_job(_known, hass, statistic_id)
    return 0 if known is None else known[0]


async def _metadata(hass: HomeAssistant, statistic_id: str) -> StatisticMetaData | None:
    """Give what a series is kept as, or would be by the recorder; None: nothing that hours could be added to."""
    if not is_entity_recorded(hass, statistic_id):
        return None
    known = await get_instance(hass).async_add_executor_job(_known, hass, statistic_id)
    metadata = _fresh(hass, statistic_id) if known is None else known[1]
    if metadata is None or metadata["mean_type"] is not StatisticMeanType.ARITHMETIC or metadata["has_sum"]:
        return None
    return metadata


def _known(hass: HomeAssistant, statistic_id: str) -> tuple[int, StatisticMetaData] | None:
    return get_metadata(hass, statistic_ids={statistic_id}).get(statistic_id)


def _fresh(hass: HomeAssistant, statistic_id: str) -> StatisticMetaData | None:
    """Say what the recorder would say of a sensor with its first number: the unit is the one that is shown now."""
    state = hass.states.get(statistic_id)
    if state is None or state.attributes.get(ATTR_STATE_CLASS) != SensorStateClass.MEASUREMENT:
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    by_class = UNIT_CONVERTERS.get(state.attributes.get(ATTR_DEVICE_CLASS))
    known = by_class if by_class is not None and unit in by_class.VALID_UNITS else None
    converter = known or STATISTIC_UNIT_TO_UNIT_CONVERTER.get(unit)
    return {
        "mean_type": StatisticMeanType.ARITHMETIC,
        "has_sum": False,
        "name": None,
        "source": RECORDER,
        "statistic_id": statistic_id,
        "unit_class": None if converter is None else converter.UNIT_CLASS,
        "unit_of_measurement": unit,
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """What a sensor's series is kept as."""

    metadata: StatisticMetaData
    convert: Callable[[float], float]
    """Makes of what the backend tells what is kept."""

    @callback
    def add(self, hass: HomeAssistant, found: Sequence[Hour]) -> None:
        """Queue hours for which there is no row; what is there would be overwritten."""
        convert = self.convert
        rows = [
            StatisticData(start=hour.start, mean=convert(hour.mean), min=convert(hour.low), max=convert(hour.high))
            for hour in found
        ]
        async_import_statistics(hass, self.metadata, rows)


async def series_for(hass: HomeAssistant, statistic_id: str, unit: str | None) -> Kept | None:
    """Give what hours in a unit are added to; None: nothing that they fit."""
    if (metadata := await _metadata(hass, statistic_id)) is None:
        return None
    wanted = metadata["unit_of_measurement"]
    if wanted == unit:
        return Kept(metadata, lambda value: value)
    converter = UNIT_CLASS_TO_UNIT_CONVERTER.get(metadata["unit_class"])
    if converter is None or not {unit, wanted} <= converter.VALID_UNITS:
        return None
    return Kept(metadata, converter.converter_factory(unit, wanted))
