"""Light, air and growth by the day: what is kept of days that are over, and what today has come to.

A day is kept with a digest of all that it was made from: the counts of its readings (which only ever grow, and the
roll-ups have them exactly), who served the plant, its site, the time zone. Whoever asks for a day compares digests, so
that a day which late readings, another lamp or a moved probe touched is made anew, and no other.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import batched
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.days import MOST_DAYS, PlantDay, PlantDays
from aioplantops.errors import PlantNotFound, SpanInvalid
from aioplantops.site import Site

from plantops.domain.daily import USED, Daily, daily
from plantops.domain.garden_day import ONE_DAY, Calendar
from plantops.domain.resolution import DAY, EARLIEST, LATEST, Span
from plantops.ops.logs import Clock
from plantops.storage import days as store
from plantops.storage.days import Kept, Served
from plantops.storage.pool import Connection, Database

from .curves import read_series, window

DEFAULT_DAYS = 30
"""Days that are told when nobody says since when."""

STROKE_DAYS = 31
"""Days that are looked at in one go, so that no connection is borrowed for long."""

LATE_DAYS = 36
"""Days that the daily round makes sure of: late readings may come for 35."""

REST = 4
"""The daily round rests so many times as long as it works: readings go first."""

MAKING = 1
"""Raised when days are made in another way, so that all are made anew."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long readings, and their hourly counts, are kept."""

    raw: timedelta
    hourly: timedelta

    def whole_since(self, now: datetime) -> datetime:
        """Tell since when nothing has been trimmed."""
        return now - min(self.raw, self.hourly) + DAY


@dataclass(frozen=True, slots=True)
class _Day:
    """A day, and all that it is made from."""

    day: date
    span: Span
    pieces: Sequence[Served]
    counted: int
    made_from: str


class Days:
    """Tells the days of plants."""

    def __init__(self, database: Database, zone: ZoneInfo, *, clock: Clock, retention: Retention) -> None:
        """Take the store, the garden's time zone, the clock (aware UTC), and how long readings are kept."""
        self._database = database
        self._zone = zone
        self._clock = clock
        self._retention = retention

    async def of_plant(self, plant_id: UUID, first: date | None = None, until: date | None = None) -> PlantDays:
        """Tell some days of a plant, `until` not among them; by default the last ones and today.

        Raises PlantNotFound and SpanInvalid.
        """
        today = (await self._calendar(plant_id)).day(self._clock())
        until = until or today + ONE_DAY
        first = first or until - timedelta(days=DEFAULT_DAYS)
        _check(first, until)
        days: list[PlantDay] = []
        wanted = [first + timedelta(days=n) for n in range((until - first).days)]
        for some in batched([day for day in wanted if day <= today], STROKE_DAYS, strict=False):
            days += await self._tell(plant_id, some)
        return PlantDays(plant_id=plant_id, time_zone=self._zone.key, days=tuple(days))

    async def keep_all(self) -> int:
        """Make sure of all plants' last days, before their readings are trimmed; tell how many plants there are."""
        async with self._database.acquire("days") as connection:
            plants = await store.measured_plants(connection, USED, self._clock() - timedelta(days=LATE_DAYS))
        loop = asyncio.get_running_loop()
        for plant_id in plants:
            begun = loop.time()
            try:
                today = (await self._calendar(plant_id)).day(self._clock())
                await self.of_plant(plant_id, today - timedelta(days=LATE_DAYS), today)
            except PlantNotFound:  # removed meanwhile
                continue
            await asyncio.sleep(REST * (loop.time() - begun))
        return len(plants)

    async def _calendar(self, plant_id: UUID) -> Calendar:
        async with self._database.acquire("site") as connection:
            return Calendar.at(self._zone, (await _site(connection, plant_id)).day_begins)

    async def _tell(self, plant_id: UUID, some: Sequence[date]) -> list[PlantDay]:
        """Tell some days that follow each other, and keep those that were made anew and are over."""
        now = self._clock()
        told: list[PlantDay] = []
        anew: dict[date, Kept] = {}
        async with self._database.snapshot("days") as connection:
            site = await _site(connection, plant_id)
            kept = await store.kept(connection, plant_id, some[0], some[-1] + ONE_DAY)
            for day in await self._look(connection, plant_id, site, some):
                found = self._fitting(kept, day, now)
                if found is None:
                    found = await _make(connection, site, day, now)
                    if found is not None and day.span.until <= now:
                        anew[day.day] = Kept(day.made_from, found)
                if found is not None and found.known:
                    told.append(_told(day, found, now))
        if anew:
            async with self._database.transaction("keep_days") as connection:
                await store.keep(connection, plant_id, anew)
        return told

    async def _look(self, connection: Connection, plant_id: UUID, site: Site, some: Sequence[date]) -> list[_Day]:
        """Tell what some days are made from; days in which no channel served the plant are left out."""
        calendar = Calendar.at(self._zone, site.day_begins)
        spans = {day: calendar.span(day) for day in some}
        whole = window(Span(spans[some[0]].from_, spans[some[-1]].until))
        served = await store.served(connection, plant_id, USED, whole)
        cut = {day: _cut(served, window(span)) for day, span in spans.items()}
        counts = iter(await store.counts(connection, [piece for pieces in cut.values() for piece in pieces]))
        days = []
        for day, pieces in cut.items():
            if pieces:
                counted = [next(counts) for _ in pieces]
                days.append(_Day(day, spans[day], pieces, sum(counted), self._digest(site, pieces, counted)))
        return days

    def _digest(self, site: Site, pieces: Sequence[Served], counted: Sequence[int]) -> str:
        who = [
            (one.metric, one.channel_id, one.span.from_.timestamp(), one.span.until.timestamp(), one.line)
            for one in pieces
        ]
        made_from = (MAKING, self._zone.key, site.model_dump_json(), who, list(counted))
        return sha256(repr(made_from).encode()).hexdigest()[:32]

    def _fitting(self, kept: Mapping[date, Kept], day: _Day, now: datetime) -> Daily | None:
        """Give a day as it was kept, if it is still made from the same, or can't be made any more."""
        found = kept.get(day.day)
        if found is None:
            return None
        trimmed = window(day.span).from_ < self._retention.whole_since(now)
        return found.daily if trimmed or found.made_from == day.made_from else None


async def _site(connection: Connection, plant_id: UUID) -> Site:
    found = await store.site(connection, plant_id)
    if found is None:
        raise PlantNotFound
    return found[0]


async def _make(connection: Connection, site: Site, day: _Day, now: datetime) -> Daily | None:
    """Make a day from its readings; None where there are none, or some of them are gone."""
    if not day.counted:
        return None
    series = await read_series(connection, day.pieces)
    there = sum(len(curve.points) for curves in series.values() for curve in curves)
    return daily(series, site, day.span, now) if there == day.counted else None


def _cut(served: Sequence[Served], window: Span) -> list[Served]:
    parts = [replace(one, span=one.span.within(window)) for one in served]
    return [part for part in parts if not part.span.empty]


def _check(first: date, until: date) -> None:
    if until <= first:
        raise SpanInvalid("The days end before they begin: `until` is the day after the last one.")
    if first < EARLIEST.date() or until > LATEST.date():
        raise SpanInvalid(f"Days must lie between the years {EARLIEST.year} and {LATEST.year}.")
    if (until - first).days > MOST_DAYS:
        raise SpanInvalid(f"These are {(until - first).days} days; at most {MOST_DAYS} are told at once.")


def _told(day: _Day, made: Daily, now: datetime) -> PlantDay:
    return PlantDay.model_construct(
        day=day.day,
        from_=day.span.from_,
        until=day.span.until,
        complete=day.span.until <= now,
        dli=made.light.dli,
        light_coverage=made.light.coverage,
        light_metric=made.light.metric,
        vpd_mean=made.vpd_mean,
        vpd_max=made.vpd_max,
        air_coverage=made.air_coverage,
        temperature_mean=made.temperature_mean,
        temperature_min=made.temperature_min,
        temperature_max=made.temperature_max,
        temperature_coverage=made.temperature_coverage,
        growing_degree_days=made.growing_degree_days,
    )
