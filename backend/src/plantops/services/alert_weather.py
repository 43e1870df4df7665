"""The weather forecast that somebody gives us, and what it means for the plants outside."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from aioplantops.alerts import AlertKind
from aioplantops.errors import Invalid
from aioplantops.forecast import Forecast, ForecastPoint, ForecastWish

from plantops.domain.alert_frost import Outside, Weather, judge, misfit
from plantops.domain.alerts import Over, Subject, Verdict
from plantops.domain.tongue import Speech
from plantops.ops.logs import Clock
from plantops.storage import alert_sight
from plantops.storage import forecast as store
from plantops.storage.alert_sight import PlantRow
from plantops.storage.pool import Connection, Database

from .alerts import known, settle


class Forecasts:
    """Takes forecasts, and tells the newest."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Take the store and the clock (aware UTC)."""
        self._database = database
        self._clock = clock

    async def put(self, wish: ForecastWish) -> Forecast:
        """Take a forecast in place of the one before. Raises Invalid for weather that cannot be."""
        now = self._clock()
        if (why := misfit([point.time for point in wish.points], now)) is not None:
            raise Invalid(f"points: {why}.", errors=({"where": "points", "why": why},))
        points = sorted(wish.points, key=lambda point: point.time)
        async with self._database.transaction("put_forecast") as connection:
            told = await store.put(connection, wish.source, [(one.time, one.temperature) for one in points], now)
            await alert_sight.note_all_plants(connection, now)
        return _told(told)

    async def show(self) -> Forecast:
        """Give the newest forecast, an empty one if there was never one."""
        async with self._database.acquire("forecast") as connection:
            return _told(await store.newest(connection))


def _told(found: tuple[str, Weather] | None) -> Forecast:
    if found is None:
        return Forecast()
    source, weather = found
    points = tuple(ForecastPoint(time=time, temperature=degrees) for time, degrees in weather.points)
    return Forecast(source=source, received_at=weather.received_at, points=points)


async def judge_frost(connection: Connection, plants: Sequence[PlantRow], now: datetime, speech: Speech) -> set[UUID]:
    """Judge the cold to come for some plants; give the ids of the alerts with news. Needs a transaction."""
    alerts = await known(connection, [Subject(AlertKind.FROST, plant.id) for plant in plants], now)
    opened = {alert.plant_id for alert in alerts if alert.resolved_at is None}
    found = await store.newest(connection)
    weather = None if found is None else found[1]
    verdicts: list[Verdict] = []
    for plant in plants:
        if plant.outdoors:
            span = plant.thresholds.temperature
            outside = Outside(plant.id, plant.name, None if span is None else span.low)
            verdicts.append(judge(outside, weather, now, speech, is_open=plant.id in opened))
        elif plant.id in opened:
            verdicts.append(Over(Subject(AlertKind.FROST, plant.id), speech.tongue.alerts.inside))
    return await settle(connection, verdicts, alerts, now, speech.tongue)
