"""Looks at plants that have news: finds their waterings, keeps them as care events, tells when each wants water next.

The ingest leaves a dirty mark with each channel. A mark is turned into a note about the plants it concerns, in one
short statement; a note is given back in the transaction that keeps the judgement. A crash in between leaves mark or
note where they are, and judging twice says the same. Every judgement looks at the last 60 days anew, so that late
readings need no path of their own.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid7

import structlog
from aioplantops.care import CareSource, NextWatering
from aioplantops.errors import PlantNotFound

from plantops.domain.moisture import PER_CENT, VOLTS, Moisture, Scale, moisture
from plantops.domain.outlook import Outlook, look_ahead, look_at_log, reason
from plantops.domain.resolution import Line
from plantops.domain.watering import Watering, waterings
from plantops.ops.logs import Clock
from plantops.storage import alert_notes, calibration
from plantops.storage import care as store
from plantops.storage.care import Kept, Noted, SoilChannel
from plantops.storage.pool import Connection, Database

from .garden import Garden
from .news import News, Thing
from .things import care_key

LOOK_BACK = timedelta(days=60)
LOOK_BACK_LOG = timedelta(days=400)
"""People who water a cactus write it down rarely."""
SETTLED = timedelta(days=2)
"""What the beginning of the series shows has no before: what was found there earlier stays."""
SAME = timedelta(hours=3)
"""A watering that is found again may be dated a little differently."""
SAME_SECONDS = SAME.total_seconds()
SAME_LOGGED = timedelta(hours=6)
"""People write down late."""
AGAIN_AFTER = timedelta(minutes=15)
"""A plant is not judged more often: soil is slow."""
MOST_MARKS = 500
"""Marks that are taken in one statement; the ingest waits for no longer than that takes."""
MOST_STATEMENTS = 10
"""Statements of a turn that take marks."""
PERCENT = "%"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Soil:
    """What a plant's probe says of it."""

    series: Moisture
    found: Sequence[Watering]
    """Its waterings, of which the last may still be soaking in."""
    outlook: Outlook | None


class Watch:
    """Judges one plant after the other; the holder of the ingest lease runs it."""

    def __init__(self, database: Database, garden: Garden, *, news: News, clock: Clock) -> None:
        """Take the store, who reads the garden, who wants to hear of changes, and the clock (aware UTC)."""
        self._database = database
        self._garden = garden
        self._news = news
        self._clock = clock
        self._failed: dict[UUID, datetime] = {}
        self._taken = 0

    async def turn(self) -> bool:
        """Take what marks there are and judge one plant; tell whether there was one. A turn is bounded work.

        A plant that can't be judged makes room for the others and is tried again later; what was wrong is raised.
        """
        now = self._clock()
        self._failed = {plant: at for plant, at in self._failed.items() if now - at < AGAIN_AFTER}
        async with self._database.acquire("take_marks") as connection:
            await self._take_marks(connection, now)
            noted = await store.next_to_judge(connection, now - AGAIN_AFTER, self._failed)
        if noted is None:
            return False
        self._failed[noted.plant_id] = now
        await self.judge(noted, now)
        del self._failed[noted.plant_id]
        return True

    async def _take_marks(self, connection: Connection, now: datetime) -> None:
        """Take marks from where the last turn ended, so that channels that are never quiet starve no others."""
        for _ in range(MOST_STATEMENTS):
            taken = await store.take_marks(connection, now, self._taken, MOST_MARKS)
            self._taken = taken[-1] if len(taken) == MOST_MARKS else 0
            if not self._taken:
                return

    async def judge(self, noted: Noted, now: datetime) -> None:
        """Judge a plant and keep what it says, in one transaction."""
        try:
            soil = await self._look(noted.plant_id, now)
        except PlantNotFound:
            return  # removed meanwhile, and its note with it
        async with self._database.transaction("judge_plant") as connection:
            if not await store.hold(connection, noted.plant_id):
                return
            events = await _keep_waterings(connection, noted.plant_id, soil, now) if soil else []
            news = await _keep_outlook(connection, noted.plant_id, soil, now)
            await store.judged(connection, noted)
            if news or events:
                await alert_notes.note_plant(connection, noted.plant_id, now)
        for event in events:
            self._news.thing(Thing.CARE, care_key(noted.plant_id, event))
        if news or events:
            self._news.plant(noted.plant_id)

    async def _look(self, plant_id: UUID, now: datetime) -> Soil | None:
        """Read a plant's soil and think about it, in a thread: the telemetry goes on meanwhile."""
        async with self._database.snapshot("plant_soil") as connection:
            plant = await self._garden.plant_within(connection, plant_id)
            channels = await store.soil_channels(connection, plant_id, now - LOOK_BACK)
            if not channels:
                return None
            newest = channels[-1]
            hours = await store.hours(connection, newest.channel_id, _spans(channels, now))
            none = [at.timestamp() for at in await store.dismissed(connection, plant_id, now - LOOK_BACK)]
            known = (await calibration.of_channels(connection, [newest.channel_id])).get(newest.channel_id)
        scale = _scale(newest, None if known is None else known.line_at(now))
        band = plant.thresholds.soil_moisture
        threshold = band.low if band is not None and scale is not VOLTS else None

        def think() -> Soil | None:
            series = moisture(hours, scale)
            if not len(series):
                return None
            found = [one for one in waterings(series) if all(abs(one.at - at) > SAME_SECONDS for at in none)]
            return Soil(series, found, look_ahead(series, found, now.timestamp(), threshold=threshold))

        return await asyncio.to_thread(think)


def _scale(channel: SoilChannel, line: Line | None) -> Scale:
    """Tell how a channel's values become %: the line of now, for the whole time: the curve gets no step."""
    if line is not None:
        return Scale(line.factor, line.shift)
    return PER_CENT if channel.unit == PERCENT else VOLTS


def _spans(channels: Sequence[SoilChannel], now: datetime) -> list[tuple[datetime, datetime]]:
    """Tell when the newest channel served the plant: another probe shows another level, and makes no line with it."""
    newest = channels[-1].channel_id
    return [
        (max(one.from_, now - LOOK_BACK), min(one.until or now, now)) for one in channels if one.channel_id == newest
    ]


async def _keep_waterings(connection: Connection, plant_id: UUID, soil: Soil, now: datetime) -> list[UUID]:
    """Make the store agree with what the soil says; tell which events are new, better known or gone."""
    first, last = (datetime.fromtimestamp(soil.series.times[at], UTC) for at in (0, -1))
    kept = [one for one in await store.waterings(connection, plant_id, first) if one.at <= last + SAME]
    news = []
    for one in soil.found:
        seen = Kept(
            uuid7(), CareSource.DETECTED, datetime.fromtimestamp(one.at, UTC), one.before, one.after, one.soaked_through
        )
        known = _same(kept, seen)
        if known is None:
            await store.add_detected(connection, plant_id, seen, now)
            news.append(seen.id)
            continue
        kept.remove(known)
        if known.dismissed:
            continue
        better = replace(
            seen, id=known.id, source=known.source, at=known.at if known.source != seen.source else seen.at
        )
        if better != known:
            await store.amend(connection, better)
            news.append(known.id)
    detected = [one for one in kept if one.source is CareSource.DETECTED and not one.dismissed]
    wrong = [one.id for one in detected if one.at >= first + SETTLED]
    if wrong:
        await store.forget(connection, wrong)
    return news + wrong


def _same(kept: Sequence[Kept], seen: Kept) -> Kept | None:
    """Find the stored watering that is the same: what a person wrote down first, then the nearest."""
    near = [
        one for one in kept if abs(one.at - seen.at) <= (SAME if one.source is CareSource.DETECTED else SAME_LOGGED)
    ]
    return min(near, key=lambda one: (one.source is CareSource.DETECTED, abs(one.at - seen.at)), default=None)


async def _keep_outlook(connection: Connection, plant_id: UUID, soil: Soil | None, now: datetime) -> bool:
    known = await store.waterings(connection, plant_id, now - LOOK_BACK_LOG)
    times = [one.at for one in known if not one.dismissed]
    outlook = soil.outlook if soil is not None else None
    if outlook is None:
        outlook = look_at_log([time.timestamp() for time in times], now.timestamp())
    return await store.keep_outlook(
        connection,
        plant_id,
        now,
        None if outlook is None else told(outlook),
        last_watered_at=max(times, default=None),
        lasts_days=None if outlook is None else outlook.lasts_days,
    )


def told(outlook: Outlook) -> NextWatering:
    """Put an outlook into the words of the API; whole minutes are exact enough."""
    at, earliest, latest = (
        datetime.fromtimestamp(moment // 60 * 60, UTC) for moment in (outlook.at, outlook.earliest, outlook.latest)
    )
    return NextWatering(
        at=at,
        earliest=earliest,
        latest=latest,
        reason=reason(outlook),
        basis=outlook.basis,
        confidence=outlook.confidence,
    )
