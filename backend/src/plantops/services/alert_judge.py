"""Judges everything that alerts are about, turn by turn; the holder of the ingest lease runs it.

A turn looks who was heard, judges the plants with news in batches, and tells again what nobody acknowledged. Sensors
and batteries are looked at every hour, all plants every quarter of an hour, since time alone changes things too. What
was judged is kept in the transaction that gives its note back: a crash in between loses nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from aioplantops.errors import PlantNotFound

from plantops.domain.alert_clock import Tick, listening
from plantops.domain.species.season import Hemisphere, season_month
from plantops.domain.tongue import Speech, Tongue
from plantops.ops.metrics import Metrics
from plantops.storage import alert_devices, alert_notes, alert_sight
from plantops.storage import alerts as store
from plantops.storage.alert_notes import PlantNote
from plantops.storage.pool import Database

from .alert_devices import DeviceJudge
from .alert_light import judge_light
from .alert_plants import judge_plants
from .alert_weather import judge_frost
from .alerts import escalate, tell
from .days import Days
from .news import News

AT_ONCE = 500
"""Plants that are judged in one transaction."""
MOST_BATCHES = 10
"""Transactions of one turn: what is left waits for the next one."""
SWEEP_EVERY = timedelta(minutes=15)
HOURLY = timedelta(hours=1)
LIT_AT_ONCE = 10
"""Plants whose days of light are made sure of in one turn."""
KEPT = timedelta(days=730)
"""Alerts that are over for longer are forgotten: two winters can be compared."""
AGAIN_AFTER = timedelta(minutes=15)
"""A plant that could not be judged is tried again after that."""

log = structlog.get_logger()


class AlertJudge:
    """Judges plants and devices."""

    def __init__(  # noqa: PLR0913 - all by name
        self,
        database: Database,
        days: Days,
        *,
        news: News,
        metrics: Metrics,
        zone: ZoneInfo,
        hemisphere: Hemisphere = Hemisphere.NORTH,
        tongue: Tongue,
    ) -> None:
        """Take the store, who tells days of light, who hears of changes, gauges, where the garden lies, language."""
        self._database = database
        self._days = days
        self._news = news
        self._metrics = metrics
        self._zone = zone
        self._hemisphere = hemisphere
        self._speech = Speech(tongue, zone)
        self._devices = DeviceJudge(self._speech)
        self._last: Tick | None = None
        self._doubted: float | None = None
        self._swept: datetime | None = None
        self._looked: datetime | None = None
        self._trying: list[UUID] = []
        self._suspects: set[UUID] = set()
        self._failed: dict[UUID, datetime] = {}
        self._lit: dict[UUID, date] = {}

    def begin(self) -> None:
        """Begin anew: somebody else, or nobody, has listened meanwhile."""
        self._devices.begin()
        self._last = self._swept = self._looked = None

    def end(self) -> None:
        """Leave it to somebody else to tell how many alerts are open."""
        self._metrics.alerts_open.clear()

    async def turn(self, tick: Tick) -> None:
        """Judge what there is to judge now. Nothing is judged while the clock cannot be believed."""
        now = tick.now
        async with self._database.transaction("listen_for_devices") as connection:
            here = listening(await alert_devices.presence(connection), self._last, tick, self._doubted)
            if here is None:
                self._doubt(tick)
                return
            self._last, self._doubted = tick, None
            await alert_devices.be_present(connection, here)
            news = await self._devices.listen(connection, now, here.listening_since)
        tell(self._news, news)
        look = self._looked is None or now - self._looked >= HOURLY
        if look:
            await self._look_at_sensors(now)
        await self._judge_noted(now)
        if look:
            await self._look_at_batteries(now)
        await self._judge_light(now)
        async with self._database.transaction("escalate_alerts") as connection:
            news = await escalate(connection, now, self._speech.tongue)
            counts = await store.counts(connection)
        tell(self._news, news)
        self._metrics.tell_alerts(counts)

    def _doubt(self, tick: Tick) -> None:
        if self._doubted is None:
            log.warning("clock_not_believed", now=tick.now.isoformat(), consequence="no alerts are judged")
            self._doubted = tick.steady

    async def _look_at_sensors(self, now: datetime) -> None:
        async with self._database.transaction("look_at_sensors") as connection:
            news = await self._devices.look_at_sensors(connection, now)
        tell(self._news, news)

    async def _look_at_batteries(self, now: datetime) -> None:
        async with self._database.transaction("look_at_batteries") as connection:
            news = await self._devices.look_at_batteries(connection, now)
            await store.trim(connection, now - KEPT)
        self._looked = now
        tell(self._news, news)

    async def _judge_noted(self, now: datetime) -> None:
        """Judge the plants with news, many at a time; one that cannot be judged does not keep the others back."""
        self._learn_from_failure(now)
        await self._sweep(now)
        for _ in range(MOST_BATCHES):
            async with self._database.acquire("alert_notes") as connection:
                notes = await alert_notes.plants(connection, AT_ONCE, self._failed)
            if not notes:
                return
            suspect = next((note for note in notes if note.plant_id in self._suspects), None)
            batch = notes if suspect is None else [suspect]
            self._trying = [note.plant_id for note in batch]
            await self._judge(batch, now)
            self._suspects.difference_update(self._trying)
            self._trying = []

    async def _sweep(self, now: datetime) -> None:
        """Note all plants now and then: time alone changes things too."""
        if self._swept is None or now - self._swept >= SWEEP_EVERY:
            async with self._database.transaction("sweep_alerts") as connection:
                await alert_sight.note_all_plants(connection, now)
            self._swept = now

    def _learn_from_failure(self, now: datetime) -> None:
        """Judge the plants singly among which the last turn failed, and the one for a while not that it failed at."""
        self._failed = {plant: at for plant, at in self._failed.items() if now - at < AGAIN_AFTER}
        if len(self._trying) == 1:
            self._failed[self._trying[0]] = now
            self._suspects.difference_update(self._trying)
        else:
            self._suspects.update(self._trying)
        self._trying = []

    async def _judge(self, notes: Sequence[PlantNote], now: datetime) -> None:
        month = season_month(now, self._hemisphere)
        async with self._database.transaction("judge_alerts") as connection:
            plants = await alert_sight.plants(connection, [note.plant_id for note in notes], month)
            news = await judge_plants(connection, plants, self._devices.doubts, now, self._speech.tongue)
            news |= await judge_frost(connection, plants, now, self._speech)
            await alert_notes.plants_judged(connection, notes)
        tell(self._news, news)

    async def _judge_light(self, now: datetime) -> None:
        """Make sure of some plants' last days of light, and judge them once a day."""
        today = now.astimezone(self._zone).date()
        async with self._database.acquire("light_to_judge") as connection:
            measured = await alert_sight.lit_plants(connection, now)
        self._lit = {plant: day for plant, day in self._lit.items() if plant in measured}
        due = [plant for plant in measured if self._lit.get(plant) != today][:LIT_AT_ONCE]
        for plant_id in due:
            self._lit[plant_id] = today
            try:
                days = await self._days.of_plant(plant_id, today - timedelta(days=7), today)
            except PlantNotFound:  # removed meanwhile
                continue
            async with self._database.transaction("judge_light") as connection:
                plants = await alert_sight.plants(connection, [plant_id], season_month(now, self._hemisphere))
                news = await judge_light(connection, plants, days, now, self._speech.tongue)
            tell(self._news, news)
