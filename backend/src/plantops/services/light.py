"""Each plant's light of now: looked at every few minutes, told when it has changed."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.days import PlantLight

from plantops.domain.daily import LIGHT, light
from plantops.domain.garden_day import ONE_DAY, Calendar
from plantops.domain.resolution import DAY, Span
from plantops.ops.logs import Clock
from plantops.storage import days as store
from plantops.storage.locks import Lock
from plantops.storage.maintenance import alone
from plantops.storage.pool import Database

from .curves import read_series, window
from .news import News

LIT_FOR = timedelta(days=3)
"""A plant whose light nobody measures any more has none to tell after so long."""


class Lights:
    """Keeps each plant's light of now."""

    def __init__(self, database: Database, zone: ZoneInfo, *, news: News, clock: Clock) -> None:
        """Take the store, the garden's time zone, who wants to hear of changes, and the clock (aware UTC)."""
        self._database = database
        self._zone = zone
        self._news = news
        self._clock = clock
        self._wanted: set[UUID] = set()
        self._asked = asyncio.Event()

    def look_soon(self, plant_id: UUID) -> None:
        """Ask for a look at a plant whose channels or site have changed: people want to see what came of it."""
        self._wanted.add(plant_id)
        self._asked.set()

    async def asked(self) -> None:
        """Wait until somebody asks for a look."""
        await self._asked.wait()
        self._asked.clear()

    async def look(self) -> None:
        """Look at the plants that were asked for."""
        wanted, self._wanted = self._wanted, set()
        for plant_id in wanted:
            if await self._refresh(plant_id, self._clock()):
                self._news.plant(plant_id)

    async def round(self, *, unless_since: timedelta = timedelta(0)) -> int | None:
        """Refresh the light of now of all plants, but those that were so a moment ago; tell how many were told anew.

        None: another replica is at it.
        """
        async with self._database.acquire("light_round") as connection, alone(connection, Lock.LIGHT) as mine:
            if not mine:
                return None
            lit = await store.measured_plants(connection, LIGHT, self._clock() - LIT_FOR)
            changed = [plant_id for plant_id in lit if await self._refresh(plant_id, self._clock() - unless_since)]
            changed += await store.forget_light(connection, lit)
        for plant_id in changed:
            self._news.plant(plant_id)
        return len(changed)

    async def _refresh(self, plant_id: UUID, unless_since: datetime) -> bool:
        """Look at a plant's light of now; tell whether it changed."""
        now = self._clock()
        async with self._database.snapshot("light") as connection:
            found = await store.site(connection, plant_id)
            if found is None or (found[1] is not None and found[1].time > unless_since):
                return False
            site, told = found
            spans = _spans_of_now(Calendar.at(self._zone, site.day_begins), now)
            pieces = await store.served(connection, plant_id, LIGHT, window(spans.whole))
            series = await read_series(connection, pieces)
        if not pieces:
            return told is not None and await self._forget(plant_id)
        news = PlantLight(
            time=now.replace(microsecond=0),
            day=spans.day,
            today=light(series, site, spans.today),
            yesterday=light(series, site, spans.yesterday),
            last_24_hours=light(series, site, spans.last_24_hours),
        )
        if told is not None and told == news.model_copy(update={"time": told.time}):
            return False
        async with self._database.transaction("keep_light") as connection:
            await store.keep_light(connection, plant_id, news)
        return True

    async def _forget(self, plant_id: UUID) -> bool:
        async with self._database.transaction("forget_light") as connection:
            return await store.drop_light(connection, plant_id)


@dataclass(frozen=True, slots=True)
class _Now:
    """The spans that a plant's light of now is told for."""

    day: date
    today: Span
    yesterday: Span
    last_24_hours: Span

    @property
    def whole(self) -> Span:
        """All of them."""
        return Span(min(self.yesterday.from_, self.last_24_hours.from_), self.today.until)


def _spans_of_now(calendar: Calendar, now: datetime) -> _Now:
    day = calendar.day(now)
    return _Now(day, Span(calendar.beginning(day), now), calendar.span(day - ONE_DAY), Span(now - DAY, now))
