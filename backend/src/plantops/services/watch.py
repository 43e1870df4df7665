"""Looks at plants that have news: finds their waterings, keeps them as care events, tells when each wants water next.

The ingest leaves a dirty mark with each channel. A mark is turned into a note about the plants it concerns, in one
short statement; a note is given back in the transaction that keeps the judgement. A crash in between leaves mark or
note where they are, and judging twice says the same. Most plants have only dried since they were judged last: there a
glance at the last hours is enough. All others are looked at as a whole, the last 60 days anew, so that late readings
need no path of their own.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from plantops.domain.soil_memory import SoilMemory
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.storage import alert_notes, care, hints
from plantops.storage import soil as store
from plantops.storage.care import Noted
from plantops.storage.pool import Database

from .garden import Garden
from .news import News, Thing
from .soil import LOOK_BACK_LOG, Glanced, Ground, Soil, glances, hint, read, think
from .things import care_key
from .waterings import Difference, compare, keep, outlook_of, put

AGAIN_AFTER = timedelta(minutes=15)
"""A plant is not judged more often for its readings: soil is slow."""
MOST_MARKS = 500
"""Marks that are taken in one statement; the ingest waits for no longer than that takes."""
MOST_STATEMENTS = 10
"""Statements of a turn that take marks."""
MARKS_EVERY = timedelta(seconds=5)
"""So often marks are taken however much there is to judge: alerts wait for them too."""
MOST_GLANCES = 250
MOST_LOOKS = 10
"""Plants of a turn that are glanced at, or looked at as a whole: each is well below a tenth of a second."""


class Watch:
    """Judges plants; the holder of the ingest lease runs it."""

    def __init__(self, database: Database, garden: Garden, *, news: News, clock: Clock, tongue: Tongue) -> None:
        """Take the store, who reads the garden, who hears of changes, the clock (aware UTC), the house's language."""
        self._database = database
        self._garden = garden
        self._news = news
        self._clock = clock
        self._tongue = tongue
        self._failed: dict[UUID, datetime] = {}
        self._taken = 0
        self._marked_at = datetime.min.replace(tzinfo=UTC)
        self._waiting: list[Sequence[Noted]] = []

    async def turn(self) -> int:
        """Take what marks there are and judge some plants; tell how many. A turn is bounded work.

        A plant that can't be judged makes room for the others and is tried again later; what was wrong is raised.
        """
        now = self._clock()
        if not self._waiting or now - self._marked_at >= MARKS_EVERY:
            await self._take_marks(now)
        if not self._waiting and (glanced := await self._begin(now)):
            return glanced
        if not self._waiting:
            return 0
        batch = self._waiting.pop(0)
        if len(batch) == 1:
            self._failed[batch[0].plant_id] = now
        alone = [[noted] for noted in batch]
        self._waiting[:0] = alone if len(batch) > 1 else []
        await self._judge(batch, now)
        if len(batch) > 1:
            del self._waiting[: len(alone)]
        self._failed.pop(batch[0].plant_id, None)
        return len(batch)

    async def _begin(self, now: datetime) -> int:
        """Judge plants with news by a glance, and let the others wait for a whole look; tell how many were judged."""
        self._failed = {plant: at for plant, at in self._failed.items() if now - at < AGAIN_AFTER}
        async with self._database.acquire("plants_to_judge") as connection:
            noted = await store.due(connection, now - AGAIN_AFTER, self._failed, MOST_GLANCES)
        self._wait(noted)
        if all(one.since is None for one in noted):
            return 0
        glanced = await self._glance(noted, now)
        self._wait([one for one in noted if one.plant_id not in glanced])
        return len(glanced)

    def _wait(self, noted: Sequence[Noted]) -> None:
        self._waiting = [noted[at : at + MOST_LOOKS] for at in range(0, len(noted), MOST_LOOKS)]

    async def _take_marks(self, now: datetime) -> None:
        """Take marks from where the last turn ended, so that channels that are never quiet starve no others."""
        self._marked_at = now
        async with self._database.acquire("take_marks") as connection:
            for _ in range(MOST_STATEMENTS):
                taken = await care.take_marks(connection, now, self._taken, MOST_MARKS)
                self._taken = taken[-1] if len(taken) == MOST_MARKS else 0
                if not self._taken:
                    return

    async def _glance(self, noted: Sequence[Noted], now: datetime) -> Collection[UUID]:
        async with self._database.transaction("glance_at_plants") as connection:
            there = await store.hold(connection, [one.plant_id for one in noted])
            seen: list[Glanced] = await glances(connection, [one for one in noted if one.plant_id in there], now)
            told = [put(one.noted.plant_id, one.outlook, one.last_watered_at, self._tongue) for one in seen]
            news = await store.keep_outlooks(connection, now, told)
            await store.judged(connection, [one.noted for one in seen])
        for plant_id in news:
            self._news.plant(plant_id)
        return {one.noted.plant_id for one in seen}

    async def judge(self, noted: Noted, now: datetime) -> None:
        """Judge a plant as a whole, at once."""
        await self._judge([noted], now)

    async def _judge(self, noted: Sequence[Noted], now: datetime) -> None:
        """Look at some plants as a whole and keep what they say, in one transaction."""
        async with self._database.snapshot("plant_soil") as connection:
            grounds = await read(connection, self._garden, [one.plant_id for one in noted], now)
        soils = await asyncio.to_thread(_think, grounds, now.timestamp())  # the telemetry goes on meanwhile
        async with self._database.transaction("judge_plants") as connection:
            there = sorted(await store.hold(connection, grounds))  # the others were removed, and their notes with them
            known = await store.waterings(connection, there, now - LOOK_BACK_LOG)
            differences = {plant_id: compare(known[plant_id], soils[plant_id]) for plant_id in there}
            await keep(connection, differences, now)
            left = {plant_id: differences[plant_id].left for plant_id in there}
            told = [outlook_of(plant_id, soils[plant_id], left[plant_id], now, self._tongue) for plant_id in there]
            news = await store.keep_outlooks(connection, now, told)
            news |= {plant_id for plant_id, difference in differences.items() if difference.events}
            await store.keep_memories(connection, {plant_id: _memory(soils[plant_id]) for plant_id in there})
            found = [hint(plant_id, grounds[plant_id], left[plant_id], self._tongue) for plant_id in there]
            devices = await hints.keep(connection, there, [one for one in found if one is not None])
            await store.judged(connection, noted)
            for plant_id in sorted(news):
                await alert_notes.note_plant(connection, plant_id, now)
        self._tell(differences, news)
        for device_id in devices:
            self._news.device(device_id)

    def _tell(self, differences: Mapping[UUID, Difference], news: Collection[UUID]) -> None:
        for plant_id, difference in differences.items():
            for event in difference.events:
                self._news.thing(Thing.CARE, care_key(plant_id, event))
        for plant_id in news:
            self._news.plant(plant_id)


def _think(grounds: Mapping[UUID, Ground], now: float) -> dict[UUID, Soil | None]:
    return {plant_id: think(ground, now) for plant_id, ground in grounds.items()}


def _memory(soil: Soil | None) -> SoilMemory | None:
    return None if soil is None else soil.memory
